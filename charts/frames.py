"""The numbers of runs as tables with fixed column names, for the charts to draw; and images of landscapes."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from charts import style
from charts.png import indexed_png

__all__ = ["basin_colours", "height_bands", "landscape_image"]

FOREVER = 1_000_000
"""The ``until`` of the last row of a run, which stays: more steps than any player has."""


Range = tuple[float, float]

Columns = dict[str, np.ndarray]
"""A table: equally long columns by name. A pandas frame would cost more than the rest of a rerun."""


class WeightPath(Protocol):
    """Weights and gradients of a run at every step, shape (steps + 1, weights), and heights, shape (steps + 1,)."""

    @property
    def w(self) -> np.ndarray: ...
    @property
    def height(self) -> np.ndarray: ...
    @property
    def gradient(self) -> np.ndarray: ...


def of_path(runs: Mapping[str, WeightPath], clock: Mapping[str, np.ndarray] | None = None) -> Columns:
    """One row a step for every run, by the name of the run.

    clock: by run, when its rows are shown (see ``step_columns``).
    Columns: name; step, shown from ``step`` until before ``until``; the weights x and, if there are two, y; height; the
    gradient gx, gy; and where the next step leads, x_next, y_next (the same place in the last row).
    """
    clocks = {} if clock is None else clock
    return stack([_one_path(name, run, clocks.get(name)) for name, run in runs.items()])


def _one_path(name: str, run: WeightPath, clock: np.ndarray | None) -> Columns:
    w = run.w
    after = np.concatenate([w[1:], w[-1:]])
    columns = step_columns(name, len(w), clock) | {"height": run.height}
    for i, letter in enumerate("xy"[: w.shape[1]]):
        columns |= {letter: w[:, i], f"g{letter}": run.gradient[:, i], f"{letter}_next": after[:, i]}
    return columns


def with_tangents(path: Columns, reach: float) -> Columns:
    """The path of one weight with the ends of a tangent at every step, ``reach`` to either side: x0, y0, x1, y1."""
    rise = reach * path["gx"]
    ends = {"x0": path["x"] - reach, "y0": path["height"] - rise, "x1": path["x"] + reach, "y1": path["height"] + rise}
    return path | ends


def drawn_beyond(values: np.ndarray, ends: Range, log: bool = False) -> np.ndarray:
    """The values with those outside ``ends`` moved to where a line that leads there is seen to leave the picture.

    What is no number counts as infinitely high.
    """
    low, high = ends
    far = 1e3 * (high / low) if log else 1e3 * (high - low)
    above, below = (high * far, low / far) if log else (high + far, low - far)
    return np.clip(np.nan_to_num(values, nan=np.inf), below, above)


def exits_at(values: np.ndarray, ends: Range) -> np.ndarray:
    """1 where a value is above ``ends`` or no number, −1 where it is below them, 0 between them."""
    with np.errstate(invalid="ignore"):
        return np.where(np.isnan(values) | (values > ends[1]), 1, np.where(values < ends[0], -1, 0))


def of_exits(path: Columns, letters: tuple[str, str], ends: tuple[Range, Range], straight: bool = False) -> Columns:
    """The rows of a path that lie outside a picture: where on its edge, and which way out.

    letters: the columns of both coordinates; ends: of both axes. straight: whether a run goes from place to place in a
    straight line, so that it leaves the picture where that line does. Columns: name, step, until; edge_x, edge_y, and
    the ``angle`` of a mark that points upwards; x and y, or what ``letters`` calls them, are the true place.
    """
    places = np.stack([path[letter] for letter in letters], axis=1).astype(float)
    out = np.stack([exits_at(column, end) for column, end in zip(places.T, ends, strict=True)], axis=1)
    rows = np.flatnonzero(out.any(axis=1))
    low, high = np.array(ends).T
    edge = np.clip(np.nan_to_num(places[rows], nan=np.inf), low, high)
    if straight:
        for k, row in enumerate(rows):
            if row and path["name"][row - 1] == path["name"][row]:
                edge[k] = _leaving(places[row - 1], places[row], low, high, edge[k])
    outwards = np.where(edge == high, 1, np.where(edge == low, -1, 0)) * (out[rows] != 0)
    angle = np.degrees(np.arctan2(outwards[:, 0], outwards[:, 1]))
    columns = {key: path[key][rows] for key in ("name", "step", "until", *letters)}
    return columns | {"edge_x": edge[:, 0], "edge_y": edge[:, 1], "angle": angle}


def _leaving(
    start: np.ndarray, end: np.ndarray, low: np.ndarray, high: np.ndarray, otherwise: np.ndarray
) -> np.ndarray:
    """Where the straight way between two places leaves a box; ``otherwise`` where it never is in it."""
    if not np.isfinite([start, end]).all():
        return otherwise
    way = end - start
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = np.sort(np.stack([(low - start) / way, (high - start) / way]), axis=0)
    still = way == 0
    if (still & ((start < low) | (start > high))).any():
        return otherwise
    enters, leaves = ends[0][~still].max(), ends[1][~still].min()
    if not max(enters, 0.0) <= leaves <= 1:
        return otherwise
    # exactly on the edge, whatever rounding says
    place = np.clip(start + leaves * way, low, high)
    at = np.where(still, np.inf, ends[1]).argmin()
    place[at] = high[at] if way[at] > 0 else low[at]
    return place


def of_lines(runs: Mapping[str, tuple[np.ndarray, np.ndarray]], x: tuple[float, float]) -> Columns:
    """The line slope * x + intercept at every step of every run, between the two ends ``x``: x0, y0, x1, y1."""
    parts = []
    for name, (slope, intercept) in runs.items():
        rows = step_columns(name, len(slope))
        for end, at in enumerate(x):
            rows |= {f"x{end}": np.full(len(slope), at), f"y{end}": slope * at + intercept}
        parts.append(rows)
    return stack(parts)


def of_points(points: np.ndarray) -> Columns:
    """Points, shape (count, 1 or 2), as columns x and y."""
    return {letter: points[:, i] for i, letter in enumerate("xy"[: points.shape[1]])}


def of_image(address: str, extent: tuple[tuple[float, float], ...]) -> Columns:
    """One picture that fills the map: its address and its corners."""
    (x0, x1), (y0, y1) = extent
    return {"url": np.array([address])} | {
        k: np.array([v]) for k, v in {"x0": x0, "x1": x1, "y0": y0, "y1": y1}.items()
    }


def step_ranges(count: int, clock: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """The steps at which each of ``count`` rows is shown: from ``step`` until before ``until``; the last row stays.

    clock: the first step of each row, rising; None: 0, 1, 2, ...
    """
    step = np.arange(count, dtype=np.int32) if clock is None else np.asarray(clock)
    return step, np.append(step[1:], FOREVER)[:count].astype(step.dtype)


def step_columns(name: str, count: int, clock: np.ndarray | None = None) -> Columns:
    """The columns that every run has: name, and step and until, see ``step_ranges``."""
    step, until = step_ranges(count, clock)
    return {"name": np.full(count, name), "step": step, "until": until}


def stack(tables: Sequence[Columns]) -> Columns:
    """One table of tables with the same columns, one below the other."""
    return {key: np.concatenate([table[key] for table in tables]) for key in tables[0]}


def landscape_image(surface: Any) -> str:
    """The image of a landscape of two weights (see ``height_bands``), fine enough for a large screen.

    surface: ``surface.grid(count)`` gives places all over its map, shape (2, count, count), and ``surface(x, y)`` the
    heights there.
    """
    return height_bands(surface(*surface.grid(200)))


def height_bands(height: np.ndarray) -> str:
    """The image of a landscape in bands as a data address, dark low and light high; height: shape (columns, rows).

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
    """The image of where starts end up, as a data address; label, shape (columns, rows), has the minimum of each.

    -1 stands for a start that is undecided, -2 for one that diverged.
    """
    palette = [style.DIVERGED, style.UNDECIDED, *style.BASINS]
    return indexed_png(np.where(label < 0, label + 2, 2 + label % len(style.BASINS)), palette)
