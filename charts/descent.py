"""Pictures of balls on landscapes: the curve, the map, the data with the current line, the error by step."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np

from charts import frames, style
from charts.frames import Run
from charts.picture import Picture

Range = tuple[float, float]
Extent = tuple[Range, ...]
Chart = alt.LayerChart | alt.FacetChart

MOST_STEPS = 1000
"""The upper end of the bound slider; a run may be shorter, its last step then stays shown."""


def _step_shown() -> alt.Parameter:
    slider = alt.binding_range(min=0, max=MOST_STEPS, step=1, name="t ")
    return alt.param(name="t", value=MOST_STEPS, bind=slider)


NOW = "datum.step <= t && t < datum.until"
SO_FAR = "datum.step <= t"


def _by_run(names: Sequence[str], *channels: str, outline: int = 0) -> dict[str, Any]:
    """How runs are told apart, by colour and by dash or shape; a legend only if there is more than one run.

    outline: the width of the lines in the legend, the same in all layers of a chart; 0 if its symbols are filled.
    """
    looks = {"color": style.RUNS, "strokeDash": style.DASHES, "shape": style.SHAPES}
    legend = alt.Legend(title=None, orient="top", symbolStrokeWidth=outline, symbolOpacity=1)
    made = {"color": alt.Color, "strokeDash": alt.StrokeDash, "shape": alt.Shape}
    return {
        channel: made[channel](
            "name:N",
            scale=alt.Scale(domain=list(names), range=[looks[channel][name] for name in names]),
            legend=legend if len(names) > 1 else None,
        )
        for channel in ("color", *channels)
    }


def _axis(field: str, title: str, domain: Range | None = None, **options: Any) -> dict[str, Any]:
    scale = alt.Scale(domain=list(domain), nice=False) if domain else alt.Scale(zero=False)
    return {"field": field, "type": "quantitative", "scale": scale, "title": title, **options}


# ---- one weight ----------------------------------------------------------------------------------------------------


def curve_with_balls(x: np.ndarray, height: np.ndarray, runs: Mapping[str, Run], x_title: str, y_title: str) -> Picture:
    """One weight: the landscape as a curve, the balls, a tangent, where they were, and where the next step leads.

    x, height: the curve, both of shape (points,).
    """
    finite = height[np.isfinite(height)]
    low, high = (finite.min(), finite.max()) if finite.size else (0.0, 1.0)
    room = 0.06 * (high - low) or 1.0
    look = {"x_title": x_title, "y_title": y_title, "x_domain": _ends(x), "y_domain": (low - room, high + room)}
    look["names"] = tuple(runs)
    path = frames.with_tangents(frames.of_path(runs), reach=(x[-1] - x[0]) / 7)
    curve = {"x": x, "height": np.where(np.isfinite(height), height, np.nan)}
    return Picture(_draw_curve, _plain(look), {"curve": curve, "path": path})


def _draw_curve(x_title: str, y_title: str, x_domain: Range, y_domain: Range, names: Sequence[str]) -> Chart:
    x = alt.X(**_axis("x", x_title, x_domain))
    y = alt.Y(**_axis("height", y_title, y_domain))
    path = alt.Chart(alt.NamedData("path"))
    now = path.transform_filter(NOW)
    curve = (
        alt.Chart(alt.NamedData("curve"))
        .mark_line(color=style.CURVE, strokeWidth=2.5, clip=True)
        .encode(x=x, y=y, order="x:Q")
    )
    trail = path.transform_filter(SO_FAR).mark_point(filled=True, size=28, opacity=0.55, clip=True)
    tangent = now.transform_filter("datum.name == '×1'").mark_rule(strokeWidth=2, clip=True, opacity=0.9)
    ahead = now.mark_rule(strokeWidth=2, clip=True)
    ball = now.mark_point(filled=True, size=190, opacity=1, stroke="white", strokeWidth=1.5, clip=True)
    return (
        alt.layer(
            curve,
            trail.encode(x="x:Q", y="height:Q", **_by_run(names, "shape")),
            tangent.encode(x="x0:Q", x2="x1:Q", y="y0:Q", y2="y1:Q", **_by_run(names)),
            ahead.encode(x="x:Q", x2="x_next:Q", y="height:Q", **_by_run(names)),
            ball.encode(x="x:Q", y="height:Q", tooltip=_told(x_title, y_title), **_by_run(names, "shape")),
        )
        .add_params(_step_shown())
        .properties(height=style.SIDE_HEIGHT)
    )


def data_with_lines(
    x: np.ndarray, y: np.ndarray, lines: Mapping[str, tuple[np.ndarray, np.ndarray]], x_title: str, y_title: str
) -> Picture:
    """The data with the line that the weights of each run stand for at the step shown.

    x, y: shape (rows,). lines: by run, slopes and intercepts at every step, each of shape (steps + 1,).
    """
    look = {"x_title": x_title, "y_title": y_title, "x_domain": _ends(x, 0.04), "y_domain": _ends(y, 0.25)}
    look["names"] = tuple(lines)
    points = {"x": x, "y": y}
    return Picture(
        _draw_data, _plain(look), {"points": points, "lines": frames.of_lines(lines, _plain(look)["x_domain"])}
    )


def _draw_data(x_title: str, y_title: str, x_domain: Range, y_domain: Range, names: Sequence[str]) -> Chart:
    points = (
        alt.Chart(alt.NamedData("points"))
        .mark_circle(color=style.NEUTRAL, size=22, opacity=0.55, clip=True)
        .encode(x=alt.X(**_axis("x", x_title, x_domain)), y=alt.Y(**_axis("y", y_title, y_domain)))
    )
    lines = alt.Chart(alt.NamedData("lines")).transform_filter(NOW).mark_rule(strokeWidth=3, clip=True)
    return (
        alt.layer(
            points,
            lines.encode(x="x0:Q", x2="x1:Q", y="y0:Q", y2="y1:Q", **_by_run(names, "strokeDash", outline=2)),
        )
        .add_params(_step_shown())
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
    x = alt.X(**_axis("step", x_title, axis=alt.Axis(tickMinStep=1, format="d")))
    y = alt.Y(**_axis("height", y_title, axis=alt.Axis(format=".3~g")))
    heights = alt.Chart(alt.NamedData("heights"))
    whole = heights.mark_line(strokeWidth=1, opacity=0.25)
    so_far = heights.transform_filter(SO_FAR).mark_line(strokeWidth=2.5)
    ball = heights.transform_filter(NOW).mark_point(filled=True, size=110, opacity=1, stroke="white", strokeWidth=1.5)
    told = [alt.Tooltip("name:N", title="η"), alt.Tooltip("step:Q", title=x_title)]
    told.append(alt.Tooltip("height:Q", title=y_title, format=".5~g"))
    return (
        alt.layer(
            whole.encode(x=x, y=y, **_by_run(names, "strokeDash", outline=2)),
            so_far.encode(x=x, y=y, **_by_run(names, "strokeDash", outline=2)),
            ball.encode(x=x, y=y, tooltip=told, **_by_run(names, outline=2)),
        )
        .add_params(_step_shown())
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
) -> Picture:
    """The landscape from above (``address``: a picture of it, see frames.height_bands), minima and paths across it.

    minima: pairs of coordinates; there may be none.
    """
    x, y = extent
    look = {"x_title": x_title, "y_title": y_title, "x_domain": x, "y_domain": y, "height": height}
    look["names"] = tuple(runs)
    data = {
        "image": frames.of_image(address, extent),
        "path": frames.of_path(runs),
        "minima": frames.of_points(np.array(minima).reshape(-1, 2)),
    }
    return Picture(_draw_map, _plain(look), data)


def _draw_map(x_title: str, y_title: str, x_domain: Range, y_domain: Range, height: int, names: Sequence[str]) -> Chart:
    x, y = alt.X(**_axis("x", x_title, x_domain)), alt.Y(**_axis("y", y_title, y_domain))
    path = alt.Chart(alt.NamedData("path"))
    so_far, now = path.transform_filter(SO_FAR), path.transform_filter(NOW)
    along = {"x": "x:Q", "y": "y:Q", "order": "step:Q"}
    return (
        alt.layer(
            _image(x, y),
            alt.Chart(alt.NamedData("minima"))
            .mark_point(shape="cross", size=90, filled=True, color="white", stroke="black", strokeWidth=1, clip=True)
            .encode(x="x:Q", y="y:Q", tooltip=_told(x_title, y_title, "y")),
            so_far.mark_line(strokeWidth=5, color="white", opacity=0.75, clip=True).encode(detail="name:N", **along),
            so_far.mark_line(strokeWidth=2.5, clip=True).encode(**_by_run(names), **along),
            so_far.mark_point(filled=True, size=22, clip=True).encode(x="x:Q", y="y:Q", **_by_run(names, "shape")),
            now.mark_point(filled=True, size=190, opacity=1, stroke="white", strokeWidth=2, clip=True).encode(
                x="x:Q", y="y:Q", tooltip=_told(x_title, y_title, "y"), **_by_run(names, "shape")
            ),
        )
        .add_params(_step_shown())
        .properties(height=height)
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
    return Picture(_draw_basins, _plain(look), {"image": frames.of_image(address, extent), "minima": numbered})


def _draw_basins(x_title: str, y_title: str, x_domain: Range, y_domain: Range, height: int) -> Chart:
    x, y = alt.X(**_axis("x", x_title, x_domain)), alt.Y(**_axis("y", y_title, y_domain))
    minima = alt.Chart(alt.NamedData("minima")).encode(x="x:Q", y="y:Q")
    return alt.layer(
        _image(x, y),
        minima.mark_point(shape="circle", size=260, filled=True, color="white", stroke="black", opacity=1, clip=True),
        minima.mark_text(fontSize=12, fontWeight="bold", color="black", clip=True).encode(text="label:N"),
    ).properties(height=height)


# ---- shared --------------------------------------------------------------------------------------------------------


def _ends(values: np.ndarray, room: float = 0.0) -> Range:
    low, high = float(np.min(values)), float(np.max(values))
    return low - room * (high - low), high + room * (high - low)


def _plain(look: dict[str, Any]) -> dict[str, Any]:
    """The look with Python's own numbers, in six digits: a range that differs by rounding is the same look."""
    return {
        key: tuple(float(f"{v:.6g}") for v in part) if key.endswith("domain") else part for key, part in look.items()
    }


def _image(x: alt.X, y: alt.Y) -> alt.Chart:
    corners = {"x": x.copy(), "y": y.copy()}
    corners["x"].field, corners["y"].field = "x0", "y0"
    return (
        alt.Chart(alt.NamedData("image"))
        .mark_image(aspect=False, clip=True)
        .encode(x2="x1:Q", y2="y1:Q", url="url:N", **corners)
    )


def _told(x_title: str, y_title: str, y_field: str = "height") -> list[alt.Tooltip]:
    return [
        alt.Tooltip("x:Q", title=x_title, format=".5~g"),
        alt.Tooltip(f"{y_field}:Q", title=y_title, format=".5~g"),
    ]
