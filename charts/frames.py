"""Frames: the numbers of a run as tables with neutral column names, ready for the charts of ``charts.descent``."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from charts import style
from charts.png import indexed_png

FOREVER = 1_000_000
"""Until when the last row of a run is the one to show: longer than any player counts."""


Columns = dict[str, np.ndarray]
"""A table: equally long columns by name. A pandas frame would cost more than all the rest of a rerun."""


class Run(Protocol):
    """What a run has to offer: weights (steps + 1, weights), heights (steps + 1,), gradients (steps + 1, weights)."""

    @property
    def w(self) -> np.ndarray: ...
    @property
    def height(self) -> np.ndarray: ...
    @property
    def gradient(self) -> np.ndarray: ...


def of_path(runs: Mapping[str, Run], clock: Mapping[str, np.ndarray] | None = None) -> Columns:
    """One row a step for every run, by the name of the run; ``clock`` says when the rows are shown (see ``steps``).

    Columns: name; step, shown from ``step`` until before ``until``; the weights x and, if there are two, y; height; the
    gradient gx, gy; and where the next step leads, x_next, y_next (the same place in the last row).
    """
    clocks = {} if clock is None else clock
    return stacked([_one_path(name, run, clocks.get(name)) for name, run in runs.items()])


def _one_path(name: str, run: Run, clock: np.ndarray | None) -> Columns:
    w = run.w
    after = np.concatenate([w[1:], w[-1:]])
    columns = steps(name, len(w), clock) | {"height": run.height}
    for i, letter in enumerate("xy"[: w.shape[1]]):
        columns |= {letter: w[:, i], f"g{letter}": run.gradient[:, i], f"{letter}_next": after[:, i]}
    return columns


def with_tangents(path: Columns, reach: float) -> Columns:
    """The path of one weight with the ends of a tangent at every step, ``reach`` to either side: x0, y0, x1, y1."""
    rise = reach * path["gx"]
    ends = {"x0": path["x"] - reach, "y0": path["height"] - rise, "x1": path["x"] + reach, "y1": path["height"] + rise}
    return path | ends


def below(path: Columns, ceiling: float) -> Columns:
    """The path's heights for a chart with an upper edge: higher ones, and what is not a number, become empty."""
    height = path["height"]
    with np.errstate(invalid="ignore"):
        shown = np.where(np.isfinite(height) & (height <= ceiling), height, np.nan)
    return {"name": path["name"], "step": path["step"], "until": path["until"], "height": shown}


def of_lines(runs: Mapping[str, tuple[np.ndarray, np.ndarray]], x: tuple[float, float]) -> Columns:
    """The line slope * x + intercept at every step of every run, between the two ends ``x``: x0, y0, x1, y1."""
    parts = []
    for name, (slope, intercept) in runs.items():
        rows = steps(name, len(slope))
        for end, at in enumerate(x):
            rows |= {f"x{end}": np.full(len(slope), at), f"y{end}": slope * at + intercept}
        parts.append(rows)
    return stacked(parts)


def of_points(points: np.ndarray) -> Columns:
    """Points, shape (count, 1 or 2), as columns x and y."""
    return {letter: points[:, i] for i, letter in enumerate("xy"[: points.shape[1]])}


def of_image(address: str, extent: tuple[tuple[float, float], ...]) -> Columns:
    """One picture that fills the map: its address and its corners."""
    (x0, x1), (y0, y1) = extent
    return {"url": np.array([address])} | {
        k: np.array([v]) for k, v in {"x0": x0, "x1": x1, "y0": y0, "y1": y1}.items()
    }


def when(count: int, clock: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """From which step each of so many rows is shown, and until before which; the last one stays.

    clock: when the rows are shown, rising, if that is not 0, 1, 2, ...
    """
    step = np.arange(count, dtype=np.int32) if clock is None else np.asarray(clock)
    return step, np.append(step[1:], FOREVER)[:count].astype(step.dtype)


def steps(name: str, count: int, clock: np.ndarray | None = None) -> Columns:
    """The columns that every run has: its name, and from when until before when each of its rows is shown."""
    step, until = when(count, clock)
    return {"name": np.full(count, name), "step": step, "until": until}


def stacked(tables: Sequence[Columns]) -> Columns:
    """Tables with the same columns, one below the other."""
    return {key: np.concatenate([table[key] for table in tables]) for key in tables[0]}


def seen_from_above(surface: Any) -> str:
    """The picture of a landscape of two weights (see ``height_bands``), fine enough for a large screen.

    surface: gives places all over its map, ``grid(count)`` of shape (2, count, count), and ``surface(x, y)``, heights.
    """
    return height_bands(surface(*surface.grid(200)))


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
