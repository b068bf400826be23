"""Pictures of residuals: predictions against the truth, what is left over by prediction, and how it is spread."""

from typing import Any

import altair as alt
import numpy as np

from charts import axes, fast_marks, frames, style
from charts.axes import NOW, Chart, Range
from charts.picture import Picture

__all__ = ["predicted_and_true", "residual_histogram", "residuals_by_prediction"]

ROW = "#D1480F"
"""The row that the player shows."""


def predicted_and_true(y: np.ndarray, p: np.ndarray, mean: float, ends: Range, x_title: str, y_title: str) -> Picture:
    """The truth by the prediction, both of shape (rows,), a row for every step; on the diagonal they are the same.

    mean: where a level line shows what a model that always says so would have to explain.
    """
    data = _rows(p, y, p) | {
        "level": {"y": np.array([mean])},
        "diagonal": {"x": np.array(ends, dtype=float), "y": np.array(ends, dtype=float)},
    }
    return Picture(
        _draw_predicted,
        axes.rounded_ranges({"x_title": x_title, "y_title": y_title, "x_domain": ends}),
        data,
        name="predicted",
    )


def residuals_by_prediction(
    p: np.ndarray, r: np.ndarray, spread: float, x_ends: Range, y_ends: Range, x_title: str, y_title: str
) -> Picture:
    """The residuals by the prediction, both of shape (rows,), with a band of ``spread`` to either side of 0."""
    data = _rows(p, r, np.zeros(len(r)))
    data["band"] = {"y0": np.array([-spread]), "y1": np.array([spread])}
    data["level"] = {"y": np.zeros(1)}
    look = {"x_title": x_title, "y_title": y_title, "x_domain": x_ends, "y_domain": y_ends}
    return Picture(_draw_residuals, axes.rounded_ranges(look), data, name="residuals")


def _rows(x: np.ndarray, y: np.ndarray, foot: np.ndarray) -> Any:
    step, until = frames.step_ranges(len(x))
    return {"rows": {"step": step, "until": until, "x": x, "y": y, "y0": foot}}


def _draw_predicted(x_title: str, y_title: str, x_domain: Range) -> Chart:
    y = alt.Y(**axes.axis("y", y_title, x_domain, axis=alt.Axis(format=".4~g", tickCount=5)))
    x = alt.X(**axes.axis("x", x_title, x_domain, axis=alt.Axis(format=".4~g", tickCount=5)))
    foot = alt.Y(**axes.axis("y0", y_title, x_domain))
    diagonal = fast_marks.of("diagonal").mark_line(color=style.CURVE, strokeWidth=2, clip=True)
    return _row_layers(x, y, foot, x_title, y_title, _level(y), diagonal.encode(x=x, y=y))


def _draw_residuals(x_title: str, y_title: str, x_domain: Range, y_domain: Range) -> Chart:
    y = alt.Y(**axes.axis("y", y_title, y_domain, axis=alt.Axis(format=".4~g", tickCount=5)))
    x = alt.X(**axes.axis("x", x_title, x_domain, axis=alt.Axis(format=".4~g", tickCount=5)))
    band = fast_marks.of("band").mark_rect(color=style.CURVE, opacity=0.15, clip=True)
    foot = alt.Y(**axes.axis("y0", y_title, y_domain))
    return _row_layers(x, y, foot, x_title, y_title, band.encode(y=foot, y2="y1:Q"), _level(y))


def _level(y: alt.Y) -> alt.Chart:
    return (
        fast_marks.of("level").mark_rule(color=style.NEUTRAL, strokeWidth=2, strokeDash=[5, 4], clip=True).encode(y=y)
    )


def _row_layers(x: alt.X, y: alt.Y, foot: alt.Y, x_title: str, y_title: str, *beneath: alt.Chart) -> Chart:
    rows, tooltip = fast_marks.of("rows"), axes.position_tooltip(x_title, y_title, "y")
    now = rows.transform_filter(NOW)
    return (
        fast_marks.layer(
            *beneath,
            rows.mark_circle(color=style.CURVE, size=30, opacity=0.6, clip=True).encode(x=x, y=y, tooltip=tooltip),
            now.mark_rule(color=ROW, strokeWidth=2.5, clip=True).encode(x=x, y=foot, y2="y:Q"),
            now.mark_point(
                shape="diamond", filled=True, color=ROW, size=150, opacity=1, stroke="white", clip=True
            ).encode(x=x, y=y, tooltip=tooltip),
        )
        .add_params(axes.step_parameter())
        .properties(height=style.SIDE_HEIGHT)
    )


def residual_histogram(r: np.ndarray, edges: np.ndarray, x_title: str, y_title: str) -> Picture:
    """How many residuals lie in every bin, and the one of the row that the player shows."""
    count, _ = np.histogram(r, edges)
    step, until = frames.step_ranges(len(r))
    data = {
        "bars": {"x0": edges[:-1], "x1": edges[1:], "y0": np.zeros(len(count)), "y1": count.astype(float)},
        "rows": {"step": step, "until": until, "x": r},
        "level": {"x": np.zeros(1)},
    }
    look = {"x_title": x_title, "y_title": y_title, "x_domain": (float(edges[0]), float(edges[-1]))}
    return Picture(_draw_residual_histogram, axes.rounded_ranges(look), data, name="residual_histogram")


def _draw_residual_histogram(x_title: str, y_title: str, x_domain: Range) -> Chart:
    left = alt.X(**axes.axis("x0", x_title, x_domain, axis=alt.Axis(format=".4~g", tickCount=8)))
    x = alt.X(**axes.axis("x", x_title, x_domain))
    y = alt.Y(**axes.axis("y0", y_title, axis=alt.Axis(tickMinStep=1, format="d", tickCount=4)))
    tooltip = [alt.Tooltip("y1:Q", title=y_title)]
    bars = fast_marks.of("bars").mark_bar(color=style.CURVE, opacity=0.8, binSpacing=1)
    level = fast_marks.of("level").mark_rule(color=style.NEUTRAL, strokeWidth=2, strokeDash=[5, 4])
    rows = fast_marks.of("rows").transform_filter(NOW).mark_rule(color=ROW, strokeWidth=3)
    return (
        fast_marks.layer(
            bars.encode(x=left, x2="x1:Q", y=y, y2="y1:Q", tooltip=tooltip), level.encode(x=x), rows.encode(x=x)
        )
        .add_params(axes.step_parameter())
        .properties(height=200)
    )
