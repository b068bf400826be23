"""Pictures of balls on landscapes: the curve, the map, the data with the current line, the error by step."""

from collections.abc import Mapping, Sequence

import altair as alt
import numpy as np

from charts import axes, fast_marks, frames, style
from charts.axes import NOW, SO_FAR, Chart, Extent, Range
from charts.frames import Run
from charts.picture import Picture

# ---- one weight ----------------------------------------------------------------------------------------------------


def curve_with_balls(x: np.ndarray, height: np.ndarray, runs: Mapping[str, Run], x_title: str, y_title: str) -> Picture:
    """One weight: the landscape as a curve, the balls, a tangent, where they were, and where the next step leads.

    x, height: the curve, both of shape (points,).
    """
    finite = height[np.isfinite(height)]
    low, high = (finite.min(), finite.max()) if finite.size else (0.0, 1.0)
    room = 0.06 * (high - low) or 1.0
    look = {"x_title": x_title, "y_title": y_title, "x_domain": axes.ends(x), "y_domain": (low - room, high + room)}
    look["names"] = tuple(runs)
    path = frames.with_tangents(frames.of_path(runs), reach=(x[-1] - x[0]) / 7)
    curve = {"x": x, "height": np.where(np.isfinite(height), height, np.nan)}
    return Picture(_draw_curve, axes.plain(look), {"curve": curve, "path": path})


def _draw_curve(x_title: str, y_title: str, x_domain: Range, y_domain: Range, names: Sequence[str]) -> Chart:
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
        fast_marks.layered(
            curve,
            trail.encode(x="x:Q", y="height:Q", **axes.by_run(names, "shape")),
            tangent.encode(x="x0:Q", x2="x1:Q", y="y0:Q", y2="y1:Q", **axes.by_run(names)),
            ahead.encode(x="x:Q", x2="x_next:Q", y="height:Q", **axes.by_run(names)),
            ball.encode(x="x:Q", y="height:Q", tooltip=axes.told(x_title, y_title), **axes.by_run(names, "shape")),
        )
        .add_params(axes.step_shown())
        .properties(height=style.SIDE_HEIGHT)
    )


def data_with_lines(
    x: np.ndarray, y: np.ndarray, lines: Mapping[str, tuple[np.ndarray, np.ndarray]], x_title: str, y_title: str
) -> Picture:
    """The data with the line that the weights of each run stand for at the step shown.

    x, y: shape (rows,). lines: by run, slopes and intercepts at every step, each of shape (steps + 1,).
    """
    look = {"x_title": x_title, "y_title": y_title, "x_domain": axes.ends(x, 0.04), "y_domain": axes.ends(y, 0.25)}
    look["names"] = tuple(lines)
    points = {"x": x, "y": y}
    return Picture(
        _draw_data,
        axes.plain(look),
        {"points": points, "lines": frames.of_lines(lines, axes.plain(look)["x_domain"])},
    )


def _draw_data(x_title: str, y_title: str, x_domain: Range, y_domain: Range, names: Sequence[str]) -> Chart:
    points = (
        fast_marks.of("points")
        .mark_circle(color=style.NEUTRAL, size=22, opacity=0.55, clip=True)
        .encode(x=alt.X(**axes.axis("x", x_title, x_domain)), y=alt.Y(**axes.axis("y", y_title, y_domain)))
    )
    lines = fast_marks.of("lines").transform_filter(NOW).mark_rule(strokeWidth=3, clip=True)
    return (
        fast_marks.layered(
            points,
            lines.encode(x="x0:Q", x2="x1:Q", y="y0:Q", y2="y1:Q", **axes.by_run(names, "strokeDash", outline=2)),
        )
        .add_params(axes.step_shown())
        .properties(height=style.SIDE_HEIGHT)
    )


# ---- any number of weights -----------------------------------------------------------------------------------------


def height_by_step(runs: Mapping[str, Run], x_title: str, y_title: str) -> Picture:
    """The height at every step of every run; what climbs over one and a half times the start's height is cut off."""
    path = frames.of_path(runs)
    heights = path["height"]
    start, low = float(heights[0]), float(np.fmin.reduce(heights))
    ceiling = start + 0.5 * (start - low) if start > low else start + abs(start) + 1
    look = {"x_title": x_title, "y_title": y_title, "names": tuple(runs)}
    return Picture(_draw_heights, look, {"heights": frames.below(path, ceiling)})


def _draw_heights(x_title: str, y_title: str, names: Sequence[str]) -> Chart:
    x = alt.X(**axes.axis("step", x_title, axis=alt.Axis(tickMinStep=1, format="d")))
    y = alt.Y(**axes.axis("height", y_title, axis=alt.Axis(format=".3~g")))
    heights = fast_marks.of("heights")
    whole = heights.mark_line(strokeWidth=1, opacity=0.25)
    so_far = heights.transform_filter(SO_FAR).mark_line(strokeWidth=2.5)
    ball = heights.transform_filter(NOW).mark_point(filled=True, size=110, opacity=1, stroke="white", strokeWidth=1.5)
    told = [alt.Tooltip("name:N", title="η"), alt.Tooltip("step:Q", title=x_title)]
    told.append(alt.Tooltip("height:Q", title=y_title, format=".5~g"))
    return (
        fast_marks.layered(
            whole.encode(x=x, y=y, **axes.by_run(names, "strokeDash", outline=2)),
            so_far.encode(x=x, y=y, **axes.by_run(names, "strokeDash", outline=2)),
            ball.encode(x=x, y=y, tooltip=told, **axes.by_run(names, outline=2)),
        )
        .add_params(axes.step_shown())
        .properties(height=style.SIDE_HEIGHT)
    )


# ---- two weights ---------------------------------------------------------------------------------------------------


def map_with_paths(
    address: str,
    extent: Extent,
    runs: Mapping[str, Run],
    minima: Sequence[Sequence[float]],
    x_title: str,
    y_title: str,
    height: int = style.SIDE_HEIGHT,
    clock: Mapping[str, np.ndarray] | None = None,
) -> Picture:
    """The landscape from above (``address``: a picture of it, see frames.height_bands), minima and paths across it.

    minima: pairs of coordinates; there may be none. clock: when each row of a run is shown, see frames.steps.
    """
    x, y = extent
    look = {"x_title": x_title, "y_title": y_title, "x_domain": x, "y_domain": y, "height": height}
    look["names"] = tuple(runs)
    data = {
        "image": frames.of_image(address, extent),
        "path": frames.of_path(runs, clock),
        "minima": frames.of_points(np.array(minima).reshape(-1, 2)),
    }
    return Picture(_draw_map, axes.plain(look), data)


def _draw_map(x_title: str, y_title: str, x_domain: Range, y_domain: Range, height: int, names: Sequence[str]) -> Chart:
    x, y = alt.X(**axes.axis("x", x_title, x_domain)), alt.Y(**axes.axis("y", y_title, y_domain))
    path = fast_marks.of("path")
    so_far, now = path.transform_filter(SO_FAR), path.transform_filter(NOW)
    along = {"x": "x:Q", "y": "y:Q", "order": "step:Q"}
    return (
        fast_marks.layered(
            axes.image(x, y),
            fast_marks.of("minima")
            .mark_point(shape="cross", size=90, filled=True, color="white", stroke="black", strokeWidth=1, clip=True)
            .encode(x="x:Q", y="y:Q", tooltip=axes.told(x_title, y_title, "y")),
            so_far.mark_line(strokeWidth=5, color="white", opacity=0.75, clip=True).encode(detail="name:N", **along),
            so_far.mark_line(strokeWidth=2.5, clip=True).encode(**axes.by_run(names), **along),
            so_far.mark_point(filled=True, size=22, clip=True).encode(x="x:Q", y="y:Q", **axes.by_run(names, "shape")),
            now.mark_point(filled=True, size=190, opacity=1, stroke="white", strokeWidth=2, clip=True).encode(
                x="x:Q", y="y:Q", tooltip=axes.told(x_title, y_title, "y"), **axes.by_run(names, "shape")
            ),
        )
        .add_params(axes.step_shown())
        .properties(height=axes.height_with(names, height))
    )


def basin_map(
    address: str, extent: Extent, minima: np.ndarray, x_title: str, y_title: str, height: int = 480
) -> Picture:
    """Every start coloured by the minimum that it reaches (``address``: see frames.basin_colours), minima numbered.

    minima: shape (count, 2), the most visited first; the first twelve are numbered.
    """
    x, y = extent
    look = {"x_title": x_title, "y_title": y_title, "x_domain": x, "y_domain": y, "height": height}
    numbered = frames.of_points(minima[:12]) | {"label": np.arange(1, len(minima[:12]) + 1).astype(str)}
    return Picture(_draw_basins, axes.plain(look), {"image": frames.of_image(address, extent), "minima": numbered})


def _draw_basins(x_title: str, y_title: str, x_domain: Range, y_domain: Range, height: int) -> Chart:
    x, y = alt.X(**axes.axis("x", x_title, x_domain)), alt.Y(**axes.axis("y", y_title, y_domain))
    minima = fast_marks.of("minima").encode(x="x:Q", y="y:Q")
    return fast_marks.layered(
        axes.image(x, y),
        minima.mark_point(shape="circle", size=260, filled=True, color="white", stroke="black", opacity=1, clip=True),
        minima.mark_text(fontSize=12, fontWeight="bold", color="black", clip=True).encode(text="label:N"),
    ).properties(height=height)
