"""Pictures of losses: what each makes of an error, lines fitted by them, pulls at a unit, shares of classes, rows."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np

from charts import axes, fast_marks, frames, optimizers, style
from charts.axes import NOW, Chart, Range
from charts.picture import Picture

OWN = "#C8321F"
"""Points that the reader has added to the data."""

# ---- curves with a point that moves ----------------------------------------------------------------------------------


def penalty(
    x: np.ndarray, curves: Mapping[str, np.ndarray], at: float, chosen: str, ends: Range, x_title: str, y_title: str
) -> Picture:
    """The loss by the prediction, a curve for each; the point is at ``at`` on the chosen one, with its tangent.

    x and every curve: shape (places,). ends: of the upright axis; what leaves it is cut off.
    """
    value, rise = float(np.interp(at, x, curves[chosen])), float(np.interp(at, x, np.gradient(curves[chosen], x)))
    reach = 0.18 * float(x[-1] - x[0])
    tangent = {"x0": at - reach, "y0": value - reach * rise, "x1": at + reach, "y1": value + reach * rise}
    made = _curved(_draw_penalty, x, curves, {chosen: (at, value)}, ends, x_title, y_title)
    line = {key: np.array([number]) for key, number in tangent.items()}
    return dataclasses.replace(made, data={**made.data, "tangent": line})


def slope(
    x: np.ndarray, curves: Mapping[str, np.ndarray], at: float, chosen: str, ends: Range, x_title: str, y_title: str
) -> Picture:
    """The slope of the loss by the prediction, see ``penalty``."""
    point = {chosen: (at, float(np.interp(at, x, curves[chosen])))}
    return _curved(_draw_slope, x, curves, point, ends, x_title, y_title)


def pull(
    x: np.ndarray, curves: Mapping[str, np.ndarray], at: float, ends: Range, x_title: str, y_title: str
) -> Picture:
    """The gradient by the weighted sum of a unit, with a point on every curve at ``at``."""
    points = {name: (at, float(np.interp(at, x, curve))) for name, curve in curves.items()}
    return _curved(_draw_pull, x, curves, points, ends, x_title, y_title)


def _curved(
    draw: Any,
    x: np.ndarray,
    curves: Mapping[str, np.ndarray],
    points: Mapping[str, tuple[float, float]],
    ends: Range,
    x_title: str,
    y_title: str,
) -> Picture:
    rows = [{"name": np.full(len(x), name), "x": x, "value": curve} for name, curve in curves.items()]
    places = np.array(list(points.values()), dtype=float)
    dots = {"name": np.array(list(points)), "x": places[:, 0], "value": np.clip(places[:, 1], *ends)}
    look = {"x_title": x_title, "y_title": y_title, "names": tuple(curves), "y_domain": ends}
    # a probability keeps off 0 and 1 by a little; its axis does not
    look["x_domain"] = (round(float(x[0]), 3), round(float(x[-1]), 3))
    return Picture(draw, axes.plain(look), {"curves": frames.stacked(rows), "points": dots})


def _draw_penalty(**look: Any) -> Chart:
    x = alt.X(**axes.axis("x0", look["x_title"], look["x_domain"]))
    y = alt.Y(**axes.axis("y0", look["y_title"], look["y_domain"], axis=alt.Axis(format=".5~g")))
    tangent = fast_marks.of("tangent").mark_rule(strokeWidth=2, color=style.NEUTRAL, clip=True)
    return _curves(look, tangent.encode(x=x, x2="x1:Q", y=y, y2="y1:Q"))


def _draw_slope(**look: Any) -> Chart:
    return _curves(look)


def _draw_pull(**look: Any) -> Chart:
    return _curves(look)


def _curves(look: Mapping[str, Any], *beneath: alt.Chart) -> Chart:
    x = alt.X(**axes.axis("x", look["x_title"], look["x_domain"]))
    y = alt.Y(**axes.axis("value", look["y_title"], look["y_domain"], axis=alt.Axis(format=".5~g")))
    names = look["names"]
    tooltip = [alt.Tooltip("name:N", title=""), *axes.told(look["x_title"], look["y_title"], "value")]
    curves = fast_marks.of("curves").mark_line(strokeWidth=2.5, clip=True)
    points = fast_marks.of("points").mark_point(filled=True, size=190, opacity=1, stroke="white", strokeWidth=2)
    return fast_marks.layered(
        *beneath,
        curves.encode(x=x, y=y, **axes.by_run(names, "strokeDash", outline=2)),
        points.encode(x=x, y=y, tooltip=tooltip, **axes.by_run(names, outline=2)),
    ).properties(height=style.SIDE_HEIGHT)


# ---- fitted lines ----------------------------------------------------------------------------------------------------


def fits(
    data: tuple[np.ndarray, np.ndarray],
    own: tuple[np.ndarray, np.ndarray],
    lines: Mapping[str, tuple[np.ndarray, np.ndarray]],
    extent: tuple[Range, Range],
    x_title: str,
    y_title: str,
) -> Picture:
    """Data, the reader's own points (diamonds), and the line of every run at the step shown.

    data, own: x and y, each of shape (points,). lines: by run, slopes and intercepts, each of shape (steps + 1,).
    """
    names = tuple(lines)
    look = {"x_title": x_title, "y_title": y_title, "x_domain": extent[0], "y_domain": extent[1], "names": names}
    # without a run there is still a table, of no rows
    drawn = frames.of_lines(lines or {"": (np.zeros(0), np.zeros(0))}, extent[0])
    points = {key: {"x": x, "y": y} for key, (x, y) in (("points", data), ("own", own))}
    return Picture(_draw_fits, axes.plain(look), {**points, "lines": drawn})


def _draw_fits(x_title: str, y_title: str, x_domain: Range, y_domain: Range, names: Sequence[str]) -> Chart:
    x, y = alt.X(**axes.axis("x", x_title, x_domain)), alt.Y(**axes.axis("y", y_title, y_domain))
    told = axes.told(x_title, y_title, "y")
    lines = fast_marks.of("lines").transform_filter(NOW).mark_rule(strokeWidth=3, clip=True)
    return (
        fast_marks.layered(
            fast_marks.of("points")
            .mark_circle(color=style.NEUTRAL, size=34, opacity=0.7, clip=True)
            .encode(x=x, y=y, tooltip=told),
            lines.encode(x="x0:Q", x2="x1:Q", y="y0:Q", y2="y1:Q", **axes.by_run(names, "strokeDash", outline=2)),
            fast_marks.of("own")
            .mark_point(shape="diamond", filled=True, color=OWN, size=170, opacity=1, stroke="white", clip=True)
            .encode(x=x, y=y, tooltip=told),
        )
        .add_params(axes.step_shown())
        .properties(height=style.SIDE_HEIGHT)
    )


# ---- trainings -------------------------------------------------------------------------------------------------------


def accuracies(values: Mapping[str, np.ndarray], x_title: str, y_title: str) -> Picture:
    """The accuracy of trainings after every epoch; see ``race.lines_by_step``."""
    return dataclasses.replace(optimizers.lines_by_step(values, x_title, y_title), draw=_draw_accuracies)


def _draw_accuracies(**look: Any) -> Chart:
    return optimizers._draw_lines(**look)


# ---- classes and rows ------------------------------------------------------------------------------------------------


def class_shares(shares: Mapping[str, np.ndarray], x_title: str, y_title: str) -> Picture:
    """The probability of every class at the step shown, by run, each of shape (steps + 1, classes)."""
    return _by_class(_draw_class_shares, shares, (0.0, 1.12), x_title, y_title)


def class_pulls(pulls: Mapping[str, np.ndarray], x_title: str, y_title: str) -> Picture:
    """The gradient by the logit of every class at the step shown, by run, each of shape (steps + 1, classes)."""
    return _by_class(_draw_class_pulls, pulls, (-1.15, 1.15), x_title, y_title)


def _by_class(draw: Any, values: Mapping[str, np.ndarray], ends: Range, x_title: str, y_title: str) -> Picture:
    rows = []
    for name, value in values.items():
        count, classes = value.shape
        step, until = frames.when(count)
        row = {"name": np.full(value.size, name), "step": np.repeat(step, classes), "until": np.repeat(until, classes)}
        rows.append(row | {"class": np.tile(np.arange(classes).astype(str), count), "value": value.ravel()})
    look = {"x_title": x_title, "y_title": y_title, "y_domain": ends, "names": tuple(values)}
    return Picture(draw, axes.plain(look), {"bars": frames.stacked(rows)})


def _draw_class_shares(**look: Any) -> Chart:
    return _bars(**look)


def _draw_class_pulls(**look: Any) -> Chart:
    return _bars(**look)


def _bars(x_title: str, y_title: str, y_domain: Range, names: Sequence[str]) -> Chart:
    x = alt.X("class:N", title=x_title, axis=alt.Axis(labelAngle=0))
    y = alt.Y(**axes.axis("value", y_title, y_domain, axis=alt.Axis(format=".5~g")))
    aside = alt.XOffset("name:N", scale=alt.Scale(domain=list(names)))
    bars = fast_marks.of("bars").transform_filter(NOW)
    tooltip = [alt.Tooltip("name:N", title=""), alt.Tooltip("class:N", title=x_title)]
    tooltip.append(alt.Tooltip("value:Q", title=y_title, format=".5~g"))
    written = {"text": alt.Text("value:Q", format=".2f"), "x": x, "y": y, "xOffset": aside} | axes.by_run(names)
    return (
        fast_marks.layered(
            bars.mark_bar().encode(x=x, y=y, xOffset=aside, tooltip=tooltip, **axes.by_run(names)),
            bars.transform_filter("datum.value >= 0").mark_text(dy=-8, fontSize=11).encode(**written),
            bars.transform_filter("datum.value < 0").mark_text(dy=9, fontSize=11).encode(**written),
        )
        .add_params(axes.step_shown())
        .properties(height=style.SIDE_HEIGHT)
    )


def row_shares(shares: Mapping[str, np.ndarray], x_title: str, y_title: str) -> Picture:
    """How much of every loss's sum comes from each row, by loss, each of shape (rows,)."""
    rows = []
    for name, share in shares.items():
        rows.append({"name": np.full(len(share), name), "row": np.arange(1, len(share) + 1), "value": share})
    look = {"x_title": x_title, "y_title": y_title, "names": tuple(shares)}
    return Picture(_draw_row_shares, look, {"rows": frames.stacked(rows)})


def _draw_row_shares(x_title: str, y_title: str, names: Sequence[str]) -> Chart:
    x = alt.X("row:O", title=x_title, axis=alt.Axis(labelAngle=0))
    y = alt.Y(**axes.axis("value", y_title, (0.0, 1.0), axis=alt.Axis(format="~%")))
    rows = fast_marks.of("rows")
    tooltip = [alt.Tooltip("name:N", title=""), alt.Tooltip("row:O", title=x_title)]
    tooltip.append(alt.Tooltip("value:Q", title=y_title, format=".1%"))
    return fast_marks.layered(
        rows.mark_line(strokeWidth=1.5, opacity=0.6).encode(x=x, y=y, **axes.by_run(names, "strokeDash", outline=2)),
        rows.mark_point(filled=True, size=90, opacity=1, stroke="white", strokeWidth=1).encode(
            x=x, y=y, tooltip=tooltip, **axes.by_run(names, outline=2)
        ),
    ).properties(height=style.SIDE_HEIGHT)
