"""Pictures of losses: what each makes of an error, lines fitted by them, pulls at a unit, shares of classes, rows."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np

from charts import axes, fast_marks, frames, optimizers, style
from charts.axes import NOW, Chart, Range
from charts.picture import Picture

__all__ = [
    "accuracy_by_epoch",
    "class_gradients",
    "class_probabilities",
    "fitted_lines",
    "gradient_by_sum",
    "loss_by_prediction",
    "loss_slope_by_prediction",
    "row_shares",
]

OWN = "#C8321F"
"""Points that the reader has added to the data."""

# ---- curves with a point that moves ----------------------------------------------------------------------------------


Place = tuple[float, float]
"""A place on the level axis, and the value there."""


def loss_by_prediction(
    x: np.ndarray,
    curves: Mapping[str, np.ndarray],
    point: Place,
    rise: float,
    chosen: str,
    ends: Range,
    x_title: str,
    y_title: str,
) -> Picture:
    """Losses by the prediction, a curve for each, with a point and a tangent that rises by ``rise`` on the chosen one.

    x and every curve: shape (places,). ends: of the upright axis; what leaves it is cut off.
    """
    (at, value), reach = point, 0.18 * float(x[-1] - x[0])
    tangent = {"x0": at - reach, "y0": value - reach * rise, "x1": at + reach, "y1": value + reach * rise}
    made = _curve_picture("penalty", _draw_with_tangent, x, curves, {chosen: point}, ends, x_title, y_title)
    line = {key: np.array([number]) for key, number in tangent.items()}
    return dataclasses.replace(made, data={**made.data, "tangent": line})


def loss_slope_by_prediction(
    x: np.ndarray,
    curves: Mapping[str, np.ndarray],
    point: Place,
    chosen: str,
    ends: Range,
    x_title: str,
    y_title: str,
    known: bool = True,
) -> Picture:
    """The derivatives of losses by the prediction; see ``loss_by_prediction``. known: more than the point."""
    made = _curve_picture("slope", _draw_curves, x, curves, {chosen: point}, ends, x_title, y_title)
    if known:
        return made
    nothing = {key: column[:0] for key, column in made.data["curves"].items()}
    return dataclasses.replace(made, data={**made.data, "curves": nothing})


def gradient_by_sum(
    x: np.ndarray,
    curves: Mapping[str, np.ndarray],
    points: Mapping[str, Place],
    ends: Range,
    x_title: str,
    y_title: str,
) -> Picture:
    """Gradients by the weighted sum of a unit, a curve for each loss, with a point on every curve."""
    return _curve_picture("pull", _draw_curves, x, curves, points, ends, x_title, y_title)


def _curve_picture(
    name: str,
    draw: Callable[..., Chart],
    x: np.ndarray,
    curves: Mapping[str, np.ndarray],
    points: Mapping[str, Place],
    ends: Range,
    x_title: str,
    y_title: str,
) -> Picture:
    rows = [{"name": np.full(len(x), name), "x": x, "value": curve} for name, curve in curves.items()]
    x_of, value = np.array(list(points.values()), dtype=float).T
    dots = {"name": np.array(list(points)), "x": x_of, "value": value}
    out = frames.exits_at(value, ends)
    exits = {key: column[out != 0] for key, column in dots.items()}
    exits |= {"edge": np.where(out > 0, ends[1], ends[0])[out != 0], "angle": np.where(out > 0, 0, 180)[out != 0]}
    dots = {key: column[out == 0] for key, column in dots.items()}
    look = {"x_title": x_title, "y_title": y_title, "names": tuple(curves), "y_domain": ends}
    # a probability keeps off 0 and 1 by a little; its axis does not
    look["x_domain"] = (round(float(x[0]), 3), round(float(x[-1]), 3))
    data = {"curves": frames.stack(rows), "points": dots, "exits": exits}
    return Picture(draw, axes.rounded_ranges(look), data, name=name)


def _draw_with_tangent(**look: Any) -> Chart:
    x = alt.X(**axes.axis("x0", look["x_title"], look["x_domain"]))
    y = alt.Y(**axes.axis("y0", look["y_title"], look["y_domain"], axis=alt.Axis(format=".5~g")))
    tangent = fast_marks.of("tangent").mark_rule(strokeWidth=2, color=style.NEUTRAL, clip=True)
    return _curve_layers(look, tangent.encode(x=x, x2="x1:Q", y=y, y2="y1:Q"))


def _draw_curves(**look: Any) -> Chart:
    return _curve_layers(look)


def _curve_layers(look: Mapping[str, Any], *beneath: alt.Chart) -> Chart:
    x = alt.X(**axes.axis("x", look["x_title"], look["x_domain"]))
    y = alt.Y(**axes.axis("value", look["y_title"], look["y_domain"], axis=alt.Axis(format=".5~g")))
    names = look["names"]
    tooltip = [alt.Tooltip("name:N", title=""), *axes.position_tooltip(look["x_title"], look["y_title"], "value")]
    curves = fast_marks.of("curves").mark_line(strokeWidth=2.5, clip=True)
    points = fast_marks.of("points").mark_point(filled=True, size=190, opacity=1, stroke="white", strokeWidth=2)
    return fast_marks.layer(
        *beneath,
        curves.encode(x=x, y=y, **axes.by_run(names, "strokeDash", outline=2)),
        points.encode(x=x, y=y, tooltip=tooltip, **axes.by_run(names, outline=2)),
        # where the value is beyond the picture, a mark at its edge that points there
        fast_marks.of("exits")
        .mark_point(shape=axes.OUT, filled=True, size=190, opacity=1, stroke="white", strokeWidth=1.5)
        .encode(
            x=x, y="edge:Q", angle=alt.Angle("angle:Q", scale=None), tooltip=tooltip, **axes.by_run(names, outline=2)
        ),
    ).properties(height=style.SIDE_HEIGHT)


# ---- fitted lines ----------------------------------------------------------------------------------------------------


def fitted_lines(
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
    return Picture(_draw_fits, axes.rounded_ranges(look), {**points, "lines": drawn}, name="fits")


def _draw_fits(x_title: str, y_title: str, x_domain: Range, y_domain: Range, names: Sequence[str]) -> Chart:
    x, y = alt.X(**axes.axis("x", x_title, x_domain)), alt.Y(**axes.axis("y", y_title, y_domain))
    tooltip = axes.position_tooltip(x_title, y_title, "y")
    lines = fast_marks.of("lines").transform_filter(NOW).mark_rule(strokeWidth=3, clip=True)
    return (
        fast_marks.layer(
            fast_marks.of("points")
            .mark_circle(color=style.NEUTRAL, size=34, opacity=0.7, clip=True)
            .encode(x=x, y=y, tooltip=tooltip),
            lines.encode(x="x0:Q", x2="x1:Q", y="y0:Q", y2="y1:Q", **axes.by_run(names, "strokeDash", outline=2)),
            fast_marks.of("own")
            .mark_point(shape="diamond", filled=True, color=OWN, size=170, opacity=1, stroke="white", clip=True)
            .encode(x=x, y=y, tooltip=tooltip),
        )
        .add_params(axes.step_parameter())
        .properties(height=style.SIDE_HEIGHT)
    )


# ---- trainings -------------------------------------------------------------------------------------------------------


def accuracy_by_epoch(
    values: Mapping[str, np.ndarray], x_title: str, y_title: str, known: int | None = None
) -> Picture:
    """The accuracy of trainings after every epoch; see ``optimizers.lines_by_step``."""
    return dataclasses.replace(optimizers.lines_by_step(values, x_title, y_title, known=known), name="accuracies")


# ---- classes and rows ------------------------------------------------------------------------------------------------


def class_probabilities(shares: Mapping[str, np.ndarray], x_title: str, y_title: str) -> Picture:
    """The probability of every class at the step shown, by run, each of shape (steps + 1, classes)."""
    return _by_class("class_shares", shares, (0.0, 1.12), x_title, y_title)


def class_gradients(pulls: Mapping[str, np.ndarray], x_title: str, y_title: str) -> Picture:
    """The gradient by the logit of every class at the step shown, by run, each of shape (steps + 1, classes)."""
    return _by_class("class_pulls", pulls, (-1.15, 1.15), x_title, y_title)


def _by_class(name: str, values: Mapping[str, np.ndarray], ends: Range, x_title: str, y_title: str) -> Picture:
    rows = []
    for run, value in values.items():
        count, classes = value.shape
        step, until = frames.step_ranges(count)
        row = {"name": np.full(value.size, run), "step": np.repeat(step, classes), "until": np.repeat(until, classes)}
        rows.append(row | {"class": np.tile(np.arange(classes).astype(str), count), "value": value.ravel()})
    look = {"x_title": x_title, "y_title": y_title, "y_domain": ends, "names": tuple(values)}
    return Picture(_draw_class_bars, axes.rounded_ranges(look), {"bars": frames.stack(rows)}, name=name)


def _draw_class_bars(x_title: str, y_title: str, y_domain: Range, names: Sequence[str]) -> Chart:
    x = alt.X("class:N", title=x_title, axis=alt.Axis(labelAngle=0))
    y = alt.Y(**axes.axis("value", y_title, y_domain, axis=alt.Axis(format=".5~g")))
    aside = alt.XOffset("name:N", scale=alt.Scale(domain=list(names)))
    bars = fast_marks.of("bars").transform_filter(NOW)
    tooltip = [alt.Tooltip("name:N", title=""), alt.Tooltip("class:N", title=x_title)]
    tooltip.append(alt.Tooltip("value:Q", title=y_title, format=".5~g"))
    written = {"text": alt.Text("value:Q", format=".2f"), "x": x, "y": y, "xOffset": aside} | axes.by_run(names)
    return (
        fast_marks.layer(
            bars.mark_bar().encode(x=x, y=y, xOffset=aside, tooltip=tooltip, **axes.by_run(names)),
            bars.transform_filter("datum.value >= 0").mark_text(dy=-8, fontSize=11).encode(**written),
            bars.transform_filter("datum.value < 0").mark_text(dy=9, fontSize=11).encode(**written),
        )
        .add_params(axes.step_parameter())
        .properties(height=style.SIDE_HEIGHT)
    )


def row_shares(shares: Mapping[str, np.ndarray], x_title: str, y_title: str) -> Picture:
    """Bars for the share of every row in the sum of a loss, by loss, each of shape (rows,), NaN if not known.

    Half is marked.
    """
    rows = []
    for name, share in shares.items():
        rows.append({"name": np.full(len(share), name), "row": np.arange(1, len(share) + 1), "value": share})
    count = max(len(share) for share in shares.values())
    look = {"x_title": x_title, "y_title": y_title, "names": tuple(shares), "count": count}
    data = {"rows": frames.stack(rows), "half": {"y": np.array([0.5])}}
    return Picture(_draw_row_shares, look, data, name="row_shares")


def _draw_row_shares(x_title: str, y_title: str, names: Sequence[str], count: int) -> Chart:
    # all rows, also those of which nothing is drawn yet
    every = alt.Scale(domain=list(range(1, count + 1)))
    x = alt.X("row:O", title=x_title, axis=alt.Axis(labelAngle=0), scale=every)
    y = alt.Y(**axes.axis("value", y_title, (0.0, 1.0), axis=alt.Axis(format="~%")))
    aside = alt.XOffset("name:N", scale=alt.Scale(domain=list(names)))
    tooltip = [alt.Tooltip("name:N", title=""), alt.Tooltip("row:O", title=x_title)]
    tooltip.append(alt.Tooltip("value:Q", title=y_title, format=".1%"))
    return fast_marks.layer(
        fast_marks.of("rows").mark_bar().encode(x=x, y=y, xOffset=aside, tooltip=tooltip, **axes.by_run(names)),
        fast_marks.of("half").mark_rule(color=style.NEUTRAL, strokeDash=[4, 4], strokeWidth=1.5).encode(y="y:Q"),
    ).properties(height=style.SIDE_HEIGHT)
