"""The colours and shapes of classes, the same in every picture."""

from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np

from charts.axes import Range
from charts.png import indexed_png

# fmt: off
CLASSES = (
    "#2B6CB0", "#D9590F", "#0B8F6A", "#8A3FB5", "#A67C00", "#C51B7D", "#138A8A", "#8C5A2B", "#5F6B7A", "#4F7F12",
)
# fmt: on
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-left", "triangle-right")
"""The colour and the shape of a class, by its number."""

MIDDLE, NO_NUMBER = "#F4F4F4", "#9AA3AE"
INK = "#1B2430"
LEVELS = 8
"""The number of shades of a class, from undecided to sure; more would make larger images."""

STRONGEST = 0.78
"""The share of a class's colour in its surest region; points of the class still stand out on it."""


def blend(colour: str, share: float, ground: str = MIDDLE) -> str:
    """The colour that is ``share`` of one and the rest of the ground, "#RRGGBB"."""
    mixed = [round(int(ground[k : k + 2], 16) * (1 - share) + int(colour[k : k + 2], 16) * share) for k in (1, 3, 5)]
    return "#" + "".join(f"{part:02X}" for part in mixed)


def _class_palette(classes: int) -> list[str]:
    """LEVELS shades for each class, the palest first, and what is no number at the end."""
    shades = [
        blend(CLASSES[k % len(CLASSES)], STRONGEST * (level + 0.5) / LEVELS)
        for k in range(classes)
        for level in range(LEVELS)
    ]
    return [*shades, NO_NUMBER]


def class_shades(answers: np.ndarray, ends: Range = (0.0, 1.0)) -> str:
    """The image of a plane of outputs as a data address: each place in the colour of its class, paler if less sure.

    answers: shape (columns, rows, outputs): one output between the ``ends``, which stand for class 0 and class 1, or
    one for each class. NaN and infinity are grey.
    """
    with np.errstate(invalid="ignore", over="ignore"):
        if answers.shape[-1] == 1:
            share = np.clip((answers[..., 0] - ends[0]) / (ends[1] - ends[0]), 0, 1)
            # as the accuracy counts it: what is just on the border is not yet class 1
            winner, sure = share > 0.5, np.abs(2 * share - 1)
        else:
            count = answers.shape[-1]
            winner = np.nan_to_num(answers, nan=-np.inf).argmax(axis=-1)
            sure = np.clip((answers.max(axis=-1) - 1 / count) / (1 - 1 / count), 0, 1)
    known = np.isfinite(answers).all(axis=-1)
    level = np.minimum((np.nan_to_num(sure) * LEVELS).astype(int), LEVELS - 1)
    palette = _class_palette(max(2, answers.shape[-1]))
    return indexed_png(np.where(known, winner * LEVELS + level, len(palette) - 1), palette)


def by_class(names: Sequence[str]) -> dict[str, Any]:
    """The channels that tell classes apart: by colour and by shape."""
    colours = [CLASSES[k % len(CLASSES)] for k in range(len(names))]
    shapes = [SHAPES[k % len(SHAPES)] for k in range(len(names))]
    legend = alt.Legend(title=None, orient="top", columns=5, labelLimit=110, symbolOpacity=1)
    return {
        "color": alt.Color("name:N", scale=alt.Scale(domain=list(names), range=colours), legend=legend),
        "shape": alt.Shape("name:N", scale=alt.Scale(domain=list(names), range=shapes), legend=legend),
    }
