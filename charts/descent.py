"""Pictures of balls on landscapes: the curve, the map, the data with the current line, the error by step."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np

from charts import axes, fast_marks, frames, style
from charts.axes import NOW, SO_FAR, Chart, Extent, Range
from charts.frames import Columns, WeightPath
from charts.picture import Picture

__all__ = ["basin_map", "curve_with_balls", "data_with_lines", "height_by_step", "map_for_each_run", "map_with_paths"]

# ---- one weight ----------------------------------------------------------------------------------------------------


def curve_with_balls(
    x: np.ndarray, height: np.ndarray, runs: Mapping[str, WeightPath], x_title: str, y_title: str
) -> Picture:
    """One weight: the landscape as a curve, the balls, a tangent, where they were, and an arrow to the next place.

    x, height: the curve, both of shape (points,).
    """
    finite = height[np.isfinite(height)]
    low, high = (finite.min(), finite.max()) if finite.size else (0.0, 1.0)
    room = 0.06 * (high - low) or 1.0
    look = {
        "x_title": x_title,
        "y_title": y_title,
        "x_domain": axes.value_range(x),
        "y_domain": (low - room, high + room),
    }
    look = axes.rounded_ranges(look | {"names": tuple(runs)})
    path = frames.with_tangents(frames.of_path(runs), reach=(x[-1] - x[0]) / 7)
    curve = {"x": x, "height": np.where(np.isfinite(height), height, np.nan)}
    exits = frames.of_exits(path, ("x", "height"), (look["x_domain"], look["y_domain"]))
    return Picture(draw_curve, look, {"curve": curve, "path": path, "exits": exits}, name="curve")


def draw_curve(x_title: str, y_title: str, x_domain: Range, y_domain: Range, names: Sequence[str]) -> Chart:
    x = alt.X(**axes.axis("x", x_title, x_domain))
    y = alt.Y(**axes.axis("height", y_title, y_domain))
    path = fast_marks.of("path")
    now = path.transform_filter(NOW)
    curve = (
        fast_marks.of("curve").mark_line(color=style.CURVE, strokeWidth=2.5, clip=True).encode(x=x, y=y, order="x:Q")
    )
    trail = path.transform_filter(SO_FAR).mark_point(filled=True, size=28, opacity=0.55, clip=True)
    tangent = now.transform_filter("datum.name == '×1'").mark_rule(strokeWidth=2, clip=True, opacity=0.9)
    ahead = now.mark_rule(strokeWidth=2, clip=True)
    ball = now.mark_point(filled=True, size=190, opacity=1, stroke="white", strokeWidth=1.5, clip=True)
    return (
        fast_marks.layer(
            curve,
            trail.encode(x="x:Q", y="height:Q", **axes.by_run(names, "shape")),
            tangent.encode(x="x0:Q", x2="x1:Q", y="y0:Q", y2="y1:Q", **axes.by_run(names)),
            ahead.encode(x="x:Q", x2="x_next:Q", y="height:Q", **axes.by_run(names)),
            axes.arrow_heads(now, "x", "height", "x_next", "height").encode(
                x="x_next:Q", y="height:Q", **axes.by_run(names)
            ),
            ball.encode(
                x="x:Q", y="height:Q", tooltip=axes.position_tooltip(x_title, y_title), **axes.by_run(names, "shape")
            ),
            _marks_outside(names, axes.position_tooltip(x_title, y_title)),
        )
        .add_params(axes.step_parameter())
        .properties(height=style.SIDE_HEIGHT)
    )


def _marks_outside(names: Sequence[str], tooltip: Sequence[alt.Tooltip], **look: Any) -> alt.Chart:
    """The marks of the balls that have left a curve or a map, on its edge; the pointer is told where they are."""
    place = {"x": "edge_x:Q", "y": "edge_y:Q", "angle": alt.Angle("angle:Q", scale=None)}
    return axes.left_picture(names, tooltip, **place, **look)


def data_with_lines(
    x: np.ndarray, y: np.ndarray, lines: Mapping[str, tuple[np.ndarray, np.ndarray]], x_title: str, y_title: str
) -> Picture:
    """The data with the line that the weights of each run stand for at the step shown.

    x, y: shape (rows,). lines: by run, slopes and intercepts at every step, each of shape (steps + 1,).
    """
    look = {
        "x_title": x_title,
        "y_title": y_title,
        "x_domain": axes.value_range(x, 0.04),
        "y_domain": axes.value_range(y, 0.25),
    }
    look["names"] = tuple(lines)
    points = {"x": x, "y": y}
    return Picture(
        _draw_data,
        axes.rounded_ranges(look),
        {"points": points, "lines": frames.of_lines(lines, axes.rounded_ranges(look)["x_domain"])},
        name="data",
    )


def _draw_data(x_title: str, y_title: str, x_domain: Range, y_domain: Range, names: Sequence[str]) -> Chart:
    points = (
        fast_marks.of("points")
        .mark_circle(color=style.NEUTRAL, size=22, opacity=0.55, clip=True)
        .encode(x=alt.X(**axes.axis("x", x_title, x_domain)), y=alt.Y(**axes.axis("y", y_title, y_domain)))
    )
    lines = fast_marks.of("lines").transform_filter(NOW).mark_rule(strokeWidth=3, clip=True)
    return (
        fast_marks.layer(
            points,
            lines.encode(x="x0:Q", x2="x1:Q", y="y0:Q", y2="y1:Q", **axes.by_run(names, "strokeDash", outline=2)),
        )
        .add_params(axes.step_parameter())
        .properties(height=style.SIDE_HEIGHT)
    )


# ---- any number of weights -----------------------------------------------------------------------------------------


def height_by_step(
    runs: Mapping[str, WeightPath],
    x_title: str,
    y_title: str,
    steps: int | None = None,
    lowest: float | None = None,
) -> Picture:
    """The height at every step of every run; one that is out of the picture has a mark at the edge.

    steps: how far the level axis reaches, if farther than the runs; lowest: the same of the upright axis, downwards. It
    ends above at one and a half times the start's height above the lowest.
    """
    path = frames.of_path(runs)
    heights = path["height"]
    start = float(heights[0]) if np.isfinite(heights[0]) else 0.0
    low = float(np.fmin.reduce(heights)) if lowest is None else min(lowest, start)
    low = low if np.isfinite(low) else start
    ceiling = start + 0.5 * (start - low) if start > low else start + abs(start) + 1
    look: dict[str, Any] = {"x_title": x_title, "y_title": y_title, "names": tuple(runs)}
    last = int(max(path["step"])) if steps is None else steps
    look |= {"x_domain": (0, max(1, last)), "y_domain": (low - 0.04 * (ceiling - low), ceiling)}
    look = axes.rounded_ranges(look)
    out = frames.exits_at(heights, look["y_domain"])
    shown = {key: path[key] for key in ("name", "step", "until", "height")}
    shown["drawn"] = frames.drawn_beyond(heights, look["y_domain"])
    shown["dot"] = np.where(out == 0, heights, np.nan)
    exits = {key: shown[key][out != 0] for key in ("name", "step", "until", "height")} | {
        "edge": np.array(look["y_domain"])[(out[out != 0] > 0).astype(int)],
        "angle": np.where(out[out != 0] > 0, 0, 180),
    }
    return Picture(draw_heights, look, {"heights": shown, "exits": exits}, name="heights")


def draw_heights(x_title: str, y_title: str, names: Sequence[str], x_domain: Range, y_domain: Range) -> Chart:
    x = alt.X(**axes.axis("step", x_title, x_domain, axis=alt.Axis(tickMinStep=1, format="d")))
    y = alt.Y(**axes.axis("drawn", y_title, y_domain, axis=alt.Axis(format=".3~g")))
    heights = fast_marks.of("heights")
    whole = heights.mark_line(strokeWidth=1, opacity=style.TO_COME, clip=True)
    so_far = heights.transform_filter(SO_FAR).mark_line(strokeWidth=2.5, clip=True)
    ball = heights.transform_filter(NOW).mark_point(filled=True, size=110, opacity=1, stroke="white", strokeWidth=1.5)
    # balls on the edges are not cut in half; for what is out of the picture there is a mark
    dot = alt.Y(**axes.axis("dot", y_title, y_domain, axis=alt.Axis(format=".3~g")))
    at_edge = {"x": "step:Q", "y": "edge:Q", "angle": alt.Angle("angle:Q", scale=None)}
    tooltip = [alt.Tooltip("name:N", title="η"), alt.Tooltip("step:Q", title=x_title)]
    tooltip.append(alt.Tooltip("height:Q", title=y_title, format=".5~g"))
    return (
        fast_marks.layer(
            whole.encode(x=x, y=y, **axes.by_run(names, "strokeDash", outline=2)),
            so_far.encode(x=x, y=y, **axes.by_run(names, "strokeDash", outline=2)),
            ball.encode(x=x, y=dot, tooltip=tooltip, **axes.by_run(names, outline=2)),
            axes.left_picture(names, tooltip, **at_edge),
        )
        .add_params(axes.step_parameter())
        .properties(height=style.SIDE_HEIGHT)
    )


# ---- two weights ---------------------------------------------------------------------------------------------------


def map_with_paths(
    address: str,
    extent: Extent,
    runs: Mapping[str, WeightPath],
    minima: Sequence[Sequence[float]],
    x_title: str,
    y_title: str,
    height: int = style.SIDE_HEIGHT,
    clock: Mapping[str, np.ndarray] | None = None,
    arrows: bool = False,
    legend: bool = True,
) -> Picture:
    """The landscape from above (``address``: a picture of it, see frames.height_bands), minima and paths across it.

    A ball that is off the map has a mark where it left. minima: pairs of coordinates; there may be none. clock: when
    each row of a run is shown, see frames.step_columns. arrows: whether each ball has an arrow to its next place, and
    the first one the gradient, too. legend: whether it says which run is which; the picture beside it may do so.
    """
    x, y = extent
    look = {"x_title": x_title, "y_title": y_title, "x_domain": x, "y_domain": y, "height": height}
    look |= {"names": tuple(runs), "arrows": arrows, "equal": axes.has_equal_scales(extent), "legend": legend}
    path = frames.of_path(runs, clock)
    data = {
        "image": frames.of_image(address, extent),
        "path": path,
        "minima": frames.of_points(np.array(minima).reshape(-1, 2)),
        "exits": frames.of_exits(path, ("x", "y"), (x, y), straight=True),
    }
    if arrows:
        data["slopes"] = _gradient_arrows(path, next(iter(runs)), 0.1 * max(x[1] - x[0], y[1] - y[0]))
    return Picture(draw_map, axes.rounded_ranges(look), data, name="map")


LONGEST = 2.0
"""How many times as long as at the start the arrow of a gradient may be."""

SHORTEST = 0.1
"""The same of an arrow that is drawn: a shorter one would be all head, and a gradient of next to nothing look large."""


def _gradient_arrows(path: Columns, name: str, length: float) -> Columns:
    """The gradient of a run as an arrow at every step where it has one, from (x, y) to (x1, y1).

    At the start it has that length.
    """
    mine = {key: column[path["name"] == name] for key, column in path.items()}
    g = np.stack([mine["gx"], mine["gy"]], axis=1)
    with np.errstate(all="ignore"):
        size = np.linalg.norm(g, axis=1)
        share = np.minimum(size / size[0], LONGEST) if size[0] > 0 else np.zeros(len(size))
        arrow = np.where((size > 0)[:, None], g / size[:, None], 0.0) * (length * share)[:, None]
    ends = {"x1": mine["x"] + arrow[:, 0], "y1": mine["y"] + arrow[:, 1]}
    arrows = {key: mine[key] for key in ("step", "until", "x", "y")} | ends
    return {key: column[share >= SHORTEST] for key, column in arrows.items()}


GRADIENT = "#1B2430"
"""The colour of the gradient's arrow, within a white rim."""


def _arrows(now: fast_marks.Marks, names: Sequence[str], legend: bool) -> list[alt.Chart]:
    """The layers with the gradient of the first run and the next step of each."""
    slopes, ends = fast_marks.of("slopes").transform_filter(NOW), {"x": "x:Q", "y": "y:Q", "x2": "x1:Q", "y2": "y1:Q"}
    tip, step = {"x": "x1:Q", "y": "y1:Q"}, {"x": "x:Q", "y": "y:Q", "x2": "x_next:Q", "y2": "y_next:Q"}
    letter: dict[str, Any] = {"fontSize": 15, "fontWeight": "bold", "fontStyle": "italic", "text": "g", "clip": True}
    letter |= axes.beside_the_tip(14)
    return [
        slopes.mark_rule(strokeWidth=5, color="white", opacity=0.8, clip=True).encode(**ends),
        axes.arrow_heads(slopes, color="white", stroke="white", strokeWidth=3).encode(**tip),
        slopes.mark_rule(strokeWidth=2, color=GRADIENT, clip=True).encode(**ends),
        axes.arrow_heads(slopes, color=GRADIENT).encode(**tip),
        slopes.mark_text(color="white", stroke="white", strokeWidth=3, **letter).encode(**tip),
        slopes.mark_text(color=GRADIENT, **letter).encode(**tip),
        now.mark_rule(strokeWidth=6, color="white", opacity=0.8, clip=True).encode(**step, detail="name:N"),
        now.mark_rule(strokeWidth=3, clip=True).encode(**step, **axes.by_run(names, legend=legend)),
        axes.arrow_heads(now, "x", "y", "x_next", "y_next", stroke="white", strokeWidth=1).encode(
            x="x_next:Q", y="y_next:Q", **axes.by_run(names, legend=legend)
        ),
    ]


def draw_map(
    x_title: str,
    y_title: str,
    x_domain: Range,
    y_domain: Range,
    height: int,
    names: Sequence[str],
    arrows: bool,
    equal: bool,
    legend: bool,
) -> Chart:
    x, y, ends = axes.equal_axes(x_title, y_title, x_domain, y_domain, equal)
    path = fast_marks.of("path")
    so_far, now = path.transform_filter(SO_FAR), path.transform_filter(NOW)
    along = {"x": "x:Q", "y": "y:Q", "order": "step:Q"}
    return (
        fast_marks.layer(
            axes.image(x, y),
            fast_marks.of("minima")
            .mark_point(shape="cross", size=90, filled=True, color="white", stroke="black", strokeWidth=1, clip=True)
            .encode(x="x:Q", y="y:Q", tooltip=axes.position_tooltip(x_title, y_title, "y")),
            so_far.mark_line(strokeWidth=5, color="white", opacity=0.75, clip=True).encode(detail="name:N", **along),
            so_far.mark_line(strokeWidth=2.5, clip=True).encode(**axes.by_run(names, legend=legend), **along),
            so_far.mark_point(filled=True, size=22, clip=True).encode(
                x="x:Q", y="y:Q", **axes.by_run(names, "shape", legend=legend)
            ),
            *(_arrows(now, names, legend) if arrows else ()),
            now.mark_point(filled=True, size=190, opacity=1, stroke="white", strokeWidth=2, clip=True).encode(
                x="x:Q",
                y="y:Q",
                tooltip=axes.position_tooltip(x_title, y_title, "y"),
                **axes.by_run(names, "shape", legend=legend),
            ),
            # with equal scales the frame shows more than the map, and a ball there can be seen
            _marks_outside(
                names, axes.position_tooltip(x_title, y_title, "y"), opacity=axes.WHERE_UNSEEN, legend=legend
            ),
        )
        .add_params(axes.step_parameter(), *ends)
        .properties(height=axes.height_with(names, height))
    )


MAPS_SLOPE = 0.9
"""How high a picture of maps is, as a share of the width that it has beside another picture."""
MOST_ACROSS = 4
"""How many maps stand side by side at most."""

ROOM = 0.04
"""How far maps stand apart, as a share of a map's width."""


def map_for_each_run(
    address: str,
    extent: Extent,
    runs: Mapping[str, WeightPath],
    minima: Sequence[Sequence[float]],
    name: str = "map_for_each",
    slope: float = MAPS_SLOPE,
) -> Picture:
    """The same landscape from above once for every run, each with the path of that run alone and its name.

    address, minima: see ``map_with_paths``. So many maps stand side by side as makes them largest, at most four; the
    first stands on the upper left. name: of the picture. slope: how high the picture is, as a share of its width.
    """
    (left, right), (low, high) = extent
    wide, tall, room = right - left, high - low, ROOM * (right - left)
    across = _most_room(len(runs), slope, tall / wide if axes.has_equal_scales(extent) else 1.0)
    down = -(-len(runs) // across)
    tables: dict[str, list[Columns]] = {"image": [], "path": [], "minima": [], "exits": [], "titles": []}
    # a name stands in the corner where no ball sets out
    on_right = next(iter(runs.values())).w[0, 0] < (left + right) / 2
    corner = {"x": np.array([right if on_right else left]), "y": np.array([high]), "right": np.array([on_right])}
    for k, (run_name, run) in enumerate(runs.items()):
        at = (k % across) * (wide + room) - left, (down - 1 - k // across) * (tall + room) - low
        path = frames.of_path({run_name: run})
        exits = frames.of_exits(path, ("x", "y"), ((left, right), (low, high)), straight=True)
        found = {
            "image": frames.of_image(address, extent),
            "path": _until_edge(path, exits, extent),
            "minima": frames.of_points(np.array(minima).reshape(-1, 2)),
            "exits": exits,
            "titles": {"name": np.array([run_name])} | corner,
        }
        for part, table in found.items():
            tables[part].append(_shift(table, *at))
    look: dict[str, Any] = {"names": tuple(runs), "equal": axes.has_equal_scales(extent)}
    look |= {"x_domain": (0.0, across * (wide + room) - room), "y_domain": (0.0, down * (tall + room) - room)}
    data = {part: frames.stack(rows) for part, rows in tables.items()}
    return Picture(_draw_maps, axes.rounded_ranges(look), data, name=name)


def _most_room(count: int, slope: float, map_slope: float) -> int:
    """How many maps side by side have most room; slopes: how high the picture and a map are, by their widths."""
    rows = {across: -(-count // across) for across in range(1, min(count, MOST_ACROSS) + 1)}
    return max(rows, key=lambda across: min(1 / across, slope / (map_slope * rows[across])))


def _until_edge(path: Columns, exits: Columns, extent: Extent) -> Columns:
    """The places of a path as far as they are on the map; where it leaves the map, that place on its edge."""
    x, y = path["x"].astype(float), path["y"].astype(float)
    out = np.isin(path["step"], exits["step"])
    first = out & ~np.append(False, out[:-1])
    for column, edge in ((x, exits["edge_x"]), (y, exits["edge_y"])):
        column[out] = np.where(first[out], edge, np.nan)
    return {key: path[key] for key in ("name", "step", "until")} | {"x": x, "y": y, "on": ~out}


def _shift(table: Columns, right: float, up: float) -> Columns:
    """A table whose places are moved."""
    by = dict.fromkeys(("x", "x0", "x1", "edge_x"), right) | dict.fromkeys(("y", "y0", "y1", "edge_y"), up)
    return {key: column + by[key] if key in by else column for key, column in table.items()}


def _draw_maps(x_domain: Range, y_domain: Range, names: Sequence[str], equal: bool) -> Chart:
    x, y, ends = axes.equal_axes("", "", x_domain, y_domain, equal)
    for channel in (x, y):
        channel["axis"] = None
    path = fast_marks.of("path")
    so_far, now = path.transform_filter(SO_FAR), path.transform_filter(NOW).transform_filter("datum.on")
    along, looks = {"x": "x:Q", "y": "y:Q", "order": "step:Q"}, axes.by_run(names, legend=False)
    shaped = axes.by_run(names, "shape", legend=False)
    titles = fast_marks.of("titles").encode(x="x:Q", y="y:Q", text="name:N")
    written: dict[str, Any] = {"baseline": "top", "dy": 6, "fontSize": 14, "fontWeight": "bold"}
    beside: dict[str, dict[str, Any]] = {
        "datum.right": {"align": "right", "dx": -6},
        "!datum.right": {"align": "left", "dx": 6},
    }
    labels = [
        titles.transform_filter(side).mark_text(color=GRADIENT, **written, **aligned, **rim)
        for side, aligned in beside.items()
        for rim in ({"stroke": "white", "strokeWidth": 4}, {})
    ]
    place = {"x": "edge_x:Q", "y": "edge_y:Q", "angle": alt.Angle("angle:Q", scale=None)}
    return (
        fast_marks.layer(
            axes.image(x, y),
            fast_marks.of("minima")
            .mark_point(shape="cross", size=70, filled=True, color="white", stroke="black", strokeWidth=1)
            .encode(x="x:Q", y="y:Q"),
            so_far.mark_line(strokeWidth=5, color="white", opacity=0.75).encode(detail="name:N", **along),
            so_far.mark_line(strokeWidth=2.5).encode(**looks, **along),
            now.mark_point(filled=True, size=130, opacity=1, stroke="white", strokeWidth=2).encode(
                x="x:Q", y="y:Q", tooltip=[alt.Tooltip("name:N", title="")], **shaped
            ),
            axes.left_picture(names, [alt.Tooltip("name:N", title="")], legend=False, **place),
            *labels,
        )
        .add_params(axes.step_parameter(), *ends)
        .properties(height=axes.height_with(names, style.BELOW_HEIGHT))
    )


def basin_map(
    address: str,
    extent: Extent,
    minima: np.ndarray,
    x_title: str,
    y_title: str,
    height: int = 480,
    starts: np.ndarray | None = None,
    path: np.ndarray | None = None,
) -> Picture:
    """Every start coloured by the minimum that it reaches (``address``: see frames.basin_colours), minima numbered.

    minima: shape (count, 2), the most visited first; the first twelve are numbered. starts: places to be marked, shape
    (count, 2). path: the places of one ball, step by step, shape (steps + 1, 2).
    """
    x, y = extent
    look = {"x_title": x_title, "y_title": y_title, "x_domain": x, "y_domain": y, "height": height}
    look |= {"equal": axes.has_equal_scales(extent)}
    numbered = frames.of_points(minima[:12]) | {"label": np.arange(1, len(minima[:12]) + 1).astype(str)}
    return Picture(
        _draw_basins,
        axes.rounded_ranges(look),
        {
            "image": frames.of_image(address, extent),
            "starts": frames.of_points(np.empty((0, 2)) if starts is None else starts),
            "path": _in_order(np.empty((0, 2)) if path is None else path),
            "minima": numbered,
        },
        name="basins",
    )


def _in_order(places: np.ndarray) -> frames.Columns:
    return frames.of_points(places) | {"step": np.arange(len(places))}


def _draw_basins(x_title: str, y_title: str, x_domain: Range, y_domain: Range, height: int, equal: bool) -> Chart:
    x, y, ends = axes.equal_axes(x_title, y_title, x_domain, y_domain, equal)
    minima = fast_marks.of("minima").encode(x="x:Q", y="y:Q")
    path = fast_marks.of("path").encode(x="x:Q", y="y:Q", order="step:Q")
    layers = fast_marks.layer(
        axes.image(x, y),
        path.mark_line(strokeWidth=5, color="white", opacity=0.85, clip=True),
        path.mark_line(strokeWidth=2.5, color=GRADIENT, clip=True),
        path.mark_point(filled=True, size=18, color=GRADIENT, opacity=1, clip=True),
        fast_marks.of("starts")
        .mark_point(filled=True, size=40, color="#D1480F", stroke="white", strokeWidth=1, opacity=1, clip=True)
        .encode(x="x:Q", y="y:Q"),
        minima.mark_point(shape="circle", size=260, filled=True, color="white", stroke="black", opacity=1, clip=True),
        minima.mark_text(fontSize=12, fontWeight="bold", color="black", clip=True).encode(text="label:N"),
    )
    return (layers.add_params(*ends) if ends else layers).properties(height=height)
