"""Frames of a film as data: one row a frame, as an image or as marks."""

import json
from collections.abc import Mapping, Sequence

import altair as alt
import numpy as np

from charts import axes, frames
from charts.axes import NOW, Extent
from charts.frames import Columns


def one_image_per_frame(addresses: Sequence[str], epochs: np.ndarray, extent: Extent) -> Columns:
    """A table with the image of every frame, all with the same corners."""
    step, until = frames.step_ranges(len(epochs), epochs)
    corners = {key: np.full(len(epochs), value[0]) for key, value in frames.of_image("", extent).items()}
    return corners | {"url": np.array(addresses), "step": step, "until": until}


def image_layer(x: alt.X, y: alt.Y) -> alt.Chart:
    """The layer with the images of all frames, of which one is visible.

    All of them stay in the scene: a browser has to decode an image that is new to it, and the picture would flicker.
    """
    return axes.image(x, y).encode(opacity=alt.condition(NOW, alt.value(1), alt.value(0)))


def evenly_spaced_rows(count: int, most: int) -> np.ndarray:
    """The numbers of at most ``most`` rows out of ``count``, evenly spaced, the first and the last among them."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(int)) if count else np.arange(0)


def rows_per_frame(values: Mapping[str, np.ndarray], epochs: np.ndarray) -> Columns:
    """A table with a row for every entry at every frame; values: by column, shape (frames, entries)."""
    step, until = frames.step_ranges(len(epochs), np.asarray(epochs, dtype=np.int32))
    entries = next(iter(values.values())).shape[1]
    columns = {"step": np.repeat(step, entries), "until": np.repeat(until, entries)}
    return columns | {name: part.ravel() for name, part in values.items()}


def as_float32(values: np.ndarray) -> np.ndarray:
    """The values in single precision: half as many bytes, and digits enough for a picture."""
    with np.errstate(over="ignore"):
        return np.asarray(values, dtype=np.float32)


def label_expression(names: Sequence[str]) -> str:
    """The expression that writes names where an axis has 0, 1, 2, ...: names may come from a reader's own table."""
    return f"{json.dumps(list(names))}[datum.value]"
