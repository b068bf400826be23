"""Colours and sizes by role, the same in every picture."""

RUNS = {"×½": "#0B8F6A", "×1": "#D1480F", "×2": "#8A3FB5"}
"""The colour of a run by its learning rate, compared with the one chosen; told apart by dash and shape, too."""

DASHES = {"×½": [6, 3], "×1": [1, 0], "×2": [2, 2]}
SHAPES = {"×½": "square", "×1": "circle", "×2": "triangle-up"}

NEUTRAL = "#7A8699"
"""What is not a run: data, axes drawn by hand, the landscape's curve. Readable on white and on near-black."""

CURVE = "#3E7CC0"

# fmt: off
HEIGHTS = (
    "#0B2A4A", "#12395F", "#1B4A75", "#265B89", "#346C9A", "#457DA9", "#588EB6",
    "#6D9FC2", "#83AFCD", "#9ABFD7", "#B1CEE0", "#C8DDE9", "#DDE9F1", "#EEF4F8",
)
# fmt: on
"""Fourteen bands from the lowest (dark) to the highest (light)."""

# fmt: off
BASINS = (
    "#3B6FB6", "#E0A526", "#2F9E77", "#B65AA8", "#C8572B", "#5AB4D6", "#8C6BB1",
    "#9A9A3C", "#D98880", "#3F7F93", "#7FB069", "#A0703C",
)
# fmt: on
"""Where starts end up; taken again from the front after the twelfth."""

DIVERGED = "#202020"
UNDECIDED = "#D9D9D9"

SIDE_HEIGHT = 330
"""The height in pixels of charts that stand side by side."""
