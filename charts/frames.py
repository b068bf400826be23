"""Frames: the numbers of a run as tables with neutral column names, ready for the charts of ``charts.descent``."""

from collections.abc import Mapping
from typing import Protocol

import numpy as np
import pandas as pd

from charts import style
from charts.png import indexed_png

FOREVER = 1_000_000
"""Until when the last row of a run is the one to show: longer than any player counts."""


class Run(Protocol):
    """What a run has to offer: weights (steps + 1, weights), heights (steps + 1,), gradients (steps + 1, weights)."""

    @property
    def w(self) -> np.ndarray: ...
    @property
    def height(self) -> np.ndarray: ...
    @property
    def gradient(self) -> np.ndarray: ...


def of_path(runs: Mapping[str, Run]) -> pd.DataFrame:
    """One row a step for every run, by the name of the run.

    Columns: name; step, shown from ``step`` until before ``until``; the weights x and, if there are two, y; height; the
    gradient gx, gy; and where the next step leads, x_next, y_next (the same place in the last row).
    """
    return pd.concat(
        [_one_path(name, run.w, run.height, run.gradient) for name, run in runs.items()], ignore_index=True
    )


def _one_path(name: str, w: np.ndarray, height: np.ndarray, gradient: np.ndarray) -> pd.DataFrame:
    step = np.arange(len(w))
    until = np.where(step == step[-1], FOREVER, step + 1)
    after = np.concatenate([w[1:], w[-1:]])
    columns: dict[str, object] = {"name": name, "step": step, "until": until, "height": height}
    for i, letter in enumerate("xy"[: w.shape[1]]):
        columns |= {letter: w[:, i], f"g{letter}": gradient[:, i], f"{letter}_next": after[:, i]}
    return pd.DataFrame(columns)


def with_tangents(path: pd.DataFrame, reach: float) -> pd.DataFrame:
    """The path of one weight with the ends of a tangent at every step, ``reach`` to either side: x0, y0, x1, y1."""
    left, right = path["x"] - reach, path["x"] + reach
    rise = reach * path["gx"]
    return path.assign(x0=left, y0=path["height"] - rise, x1=right, y1=path["height"] + rise)


def below(path: pd.DataFrame, ceiling: float) -> pd.DataFrame:
    """The path's heights for a chart with an upper edge: higher ones, and what is not a number, become empty."""
    height = path["height"].to_numpy()
    with np.errstate(invalid="ignore"):
        shown = np.where(np.isfinite(height) & (height <= ceiling), height, np.nan)
    return pd.DataFrame({"name": path["name"], "step": path["step"], "until": path["until"], "height": shown})


def of_lines(runs: Mapping[str, tuple[np.ndarray, np.ndarray]], x: tuple[float, float]) -> pd.DataFrame:
    """The line slope * x + intercept at every step of every run, between the two ends ``x``: x0, y0, x1, y1."""
    parts = []
    for name, (slope, intercept) in runs.items():
        step = np.arange(len(slope))
        until = np.where(step == step[-1], FOREVER, step + 1)
        ends = {"y0": slope * x[0] + intercept, "y1": slope * x[1] + intercept}
        parts.append(pd.DataFrame({"name": name, "step": step, "until": until, "x0": x[0], "x1": x[1], **ends}))
    return pd.concat(parts, ignore_index=True)


def of_points(points: np.ndarray) -> pd.DataFrame:
    """Points, shape (count, 1 or 2), as columns x and y."""
    return pd.DataFrame(points, columns=pd.Index(list("xy"[: points.shape[1]])))


def of_image(address: str, extent: tuple[tuple[float, float], ...]) -> pd.DataFrame:
    """One picture that fills the map: its address and its corners."""
    (x0, x1), (y0, y1) = extent
    return pd.DataFrame({"url": [address], "x0": [x0], "x1": [x1], "y0": [y0], "y1": [y1]})


def height_bands(height: np.ndarray) -> str:
    """The picture of a landscape in bands, dark low and light high; heights of shape (columns, rows).

    The bands are not equally high: they are spread so that the median height falls on the middle one, which shows the
    floor of a valley whose walls are a thousand times higher. What is not a number is drawn as the highest.
    """
    finite = height[np.isfinite(height)]
    if finite.size == 0 or finite.min() == finite.max():
        return indexed_png(np.full(height.shape, len(style.HEIGHTS) // 2), style.HEIGHTS)
    low, high = finite.min(), finite.max()
    with np.errstate(invalid="ignore", over="ignore"):
        share = np.nan_to_num((height - low) / (high - low), nan=1.0, posinf=1.0, neginf=0.0)
    middle = float(np.clip(np.median(share), 1e-6, 0.5))
    bands = np.floor(np.power(share, np.log(0.5) / np.log(middle)) * len(style.HEIGHTS))
    return indexed_png(np.minimum(bands, len(style.HEIGHTS) - 1), style.HEIGHTS)


def basin_colours(label: np.ndarray) -> str:
    """The picture of where starts end up: label >= 0 a minimum, -1 undecided, -2 diverged; shape (columns, rows)."""
    palette = [style.DIVERGED, style.UNDECIDED, *style.BASINS]
    return indexed_png(np.where(label < 0, label + 2, 2 + label % len(style.BASINS)), palette)
