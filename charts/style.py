"""Colours and sizes by role, the same in every picture."""

from typing import NamedTuple


class RunStyle(NamedTuple):
    """The colour, the dash and the shape of a run: it can be told from others without seeing colours."""

    colour: str
    dash: tuple[int, ...] = (1, 0)
    shape: str = "circle"


RUN_STYLES = {
    "train": RunStyle("#2C7FB8", (6, 3), "square"),
    "val": RunStyle("#D1480F"),
    "B train": RunStyle("#2C7FB8", (6, 3), "square"),
    "B val": RunStyle("#D1480F"),
    "×½": RunStyle("#0B8F6A", (6, 3), "square"),
    "×1": RunStyle("#D1480F"),
    "×2": RunStyle("#8A3FB5", (2, 2), "triangle-up"),
    "η₁": RunStyle("#2F6FDE", (6, 3), "square"),
    "η₂": RunStyle("#118A4E"),
    "η₃": RunStyle("#C8321F", (2, 2), "triangle-up"),
    "sgd": RunStyle("#D1480F"),
    "momentum": RunStyle("#0B8F6A", (6, 3), "square"),
    "nesterov": RunStyle("#8A3FB5", (2, 2), "triangle-up"),
    "adagrad": RunStyle("#B58900", (8, 3, 2, 3), "diamond"),
    "rmsprop": RunStyle("#2C7FB8", (4, 2), "cross"),
    "adam": RunStyle("#C51B7D", (10, 3), "triangle-down"),
    "adadelta": RunStyle("#8C6D31", (1, 3), "triangle-left"),
    "adamw": RunStyle("#E0609F", (3, 1), "triangle-right"),
    "adamax": RunStyle("#6B8E23", (5, 5), "square"),
    "nadam": RunStyle("#17A2A2", (8, 2), "diamond"),
    "lion": RunStyle("#A0522D", (2, 4), "cross"),
    "amsgrad": RunStyle("#7B6FD0", (6, 1), "triangle-up"),
    "rmsprop_momentum": RunStyle("#5394D0", (4, 4), "circle"),
    "rmsprop_centered": RunStyle("#2A68A8", (1, 1), "square"),
    "MSE": RunStyle("#D1480F"),
    "MAE": RunStyle("#2C7FB8", (6, 3), "square"),
    "Huber": RunStyle("#0B8F6A", (2, 2), "triangle-up"),
    "log-cosh": RunStyle("#8A3FB5", (8, 3, 2, 3), "diamond"),
    "MAPE": RunStyle("#B58900", (4, 2), "cross"),
    "MSLE": RunStyle("#C51B7D", (10, 3), "triangle-down"),
    "BCE": RunStyle("#2F6FDE", (6, 3), "square"),
    "focal": RunStyle("#8A3FB5", (8, 3, 2, 3), "diamond"),
    "hinge": RunStyle("#8C6D31", (4, 2), "cross"),
    "hinge²": RunStyle("#C51B7D", (10, 3), "triangle-down"),
    "arrived": RunStyle("#118A4E"),
    "on_the_way": RunStyle("#2F6FDE", (6, 3), "square"),
    "diverged": RunStyle("#C8321F", (2, 2), "triangle-up"),
}
"""The style of a run by its name, on every page: training and validation, optimizers, losses, learning rates."""

OTHER_STYLES = (
    RunStyle("#D1480F"),
    RunStyle("#2C7FB8", (6, 3), "square"),
    RunStyle("#0B8F6A", (2, 2), "triangle-up"),
    RunStyle("#8A3FB5", (8, 3, 2, 3), "diamond"),
    RunStyle("#B58900", (4, 2), "cross"),
    RunStyle("#C51B7D", (10, 3), "triangle-down"),
)
"""For runs whose names are not known, by their place."""


def style_of(name: str, place: int = 0) -> RunStyle:
    """The style of a run: by its name, or by its place if the name is not known."""
    return RUN_STYLES.get(name, OTHER_STYLES[place % len(OTHER_STYLES)])


NEUTRAL = "#7A8699"
"""The colour of what is not a run: data, reference lines, plain text. Readable on white and on near-black."""

CURVE = "#3E7CC0"

CHOSEN = "#D1480F"
"""What a reader has picked out of a picture."""

RATE = "#D1480F"
"""The learning rate that the reader has chosen."""

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

TO_COME = 0.55
"""The opacity of a curve where the player has not been yet: fainter than what is past, but not gone on near-black."""

EMPTY_SQUARE = 0.14
"""The opacity of a square of a matrix without a row: the page, white or near-black, a little towards NEUTRAL."""

SIDE_HEIGHT = 330
"""The height in pixels of charts that stand side by side."""

BELOW_HEIGHT = 260
"""The same of charts below a player, which nobody looks at together with it."""
