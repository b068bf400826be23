"""Colours and sizes by role, the same in every picture."""

from typing import NamedTuple


class Look(NamedTuple):
    """How a run is told from others: by colour, and for those who cannot, by dash and by shape."""

    colour: str
    dash: tuple[int, ...] = (1, 0)
    shape: str = "circle"


LOOKS = {
    "train": Look("#2C7FB8", (6, 3), "square"),
    "val": Look("#D1480F"),
    "B train": Look("#2C7FB8", (6, 3), "square"),
    "B val": Look("#D1480F"),
    "×½": Look("#0B8F6A", (6, 3), "square"),
    "×1": Look("#D1480F"),
    "×2": Look("#8A3FB5", (2, 2), "triangle-up"),
    "η₁": Look("#2F6FDE", (6, 3), "square"),
    "η₂": Look("#118A4E"),
    "η₃": Look("#C8321F", (2, 2), "triangle-up"),
    "sgd": Look("#D1480F"),
    "momentum": Look("#0B8F6A", (6, 3), "square"),
    "nesterov": Look("#8A3FB5", (2, 2), "triangle-up"),
    "adagrad": Look("#B58900", (8, 3, 2, 3), "diamond"),
    "rmsprop": Look("#2C7FB8", (4, 2), "cross"),
    "adam": Look("#C51B7D", (10, 3), "triangle-down"),
    "adadelta": Look("#8C6D31", (1, 3), "triangle-left"),
    "adamw": Look("#E0609F", (3, 1), "triangle-right"),
    "adamax": Look("#6B8E23", (5, 5), "square"),
    "nadam": Look("#17A2A2", (8, 2), "diamond"),
    "lion": Look("#A0522D", (2, 4), "cross"),
    "amsgrad": Look("#7B6FD0", (6, 1), "triangle-up"),
    "rmsprop_momentum": Look("#5394D0", (4, 4), "circle"),
    "rmsprop_centered": Look("#2A68A8", (1, 1), "square"),
    "MSE": Look("#D1480F"),
    "MAE": Look("#2C7FB8", (6, 3), "square"),
    "Huber": Look("#0B8F6A", (2, 2), "triangle-up"),
    "log-cosh": Look("#8A3FB5", (8, 3, 2, 3), "diamond"),
    "MAPE": Look("#B58900", (4, 2), "cross"),
    "MSLE": Look("#C51B7D", (10, 3), "triangle-down"),
    "BCE": Look("#2F6FDE", (6, 3), "square"),
    "focal": Look("#8A3FB5", (8, 3, 2, 3), "diamond"),
    "hinge": Look("#8C6D31", (4, 2), "cross"),
    "hinge²": Look("#C51B7D", (10, 3), "triangle-down"),
    "softmax": Look("#2F6FDE"),
    "softmax²": Look("#C8321F", (6, 3), "square"),
}
"""The look of a run by its name, on every page: of training and validation, of an optimizer, of a loss, of a rate."""

OTHER_LOOKS = (
    Look("#D1480F"),
    Look("#2C7FB8", (6, 3), "square"),
    Look("#0B8F6A", (2, 2), "triangle-up"),
    Look("#8A3FB5", (8, 3, 2, 3), "diamond"),
    Look("#B58900", (4, 2), "cross"),
    Look("#C51B7D", (10, 3), "triangle-down"),
)
"""For runs whose names are not known, by their place."""


def look_of(name: str, place: int = 0) -> Look:
    """The look of a run by its name; of one that is not known by its place."""
    return LOOKS.get(name, OTHER_LOOKS[place % len(OTHER_LOOKS)])


NEUTRAL = "#7A8699"
"""What is not a run: data, axes drawn by hand, the landscape's curve. Readable on white and on near-black."""

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

SIDE_HEIGHT = 330
"""The height in pixels of charts that stand side by side."""
