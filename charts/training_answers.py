"""Pictures of a training, epoch by epoch: answers, hidden units, weights; each frame is shown until the next one's.

The clock of all of them is the epoch: ``epochs`` (frames,) says when each frame is taken, rising, the first 0.
"""

from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np

from charts import axes, fast_marks, frames, style
from charts.axes import NOW, Chart, Extent, Range
from charts.class_colours import CLASSES, INK, blend, by_class, class_shades
from charts.film_frames import (
    as_float32,
    evenly_spaced_rows,
    image_layer,
    label_expression,
    one_image_per_frame,
    rows_per_frame,
)
from charts.picture import Picture

__all__ = ["confusion_film", "curve_film", "predictions_film", "regions_film"]

MOST_POINTS = 400


# ---- answers ---------------------------------------------------------------------------------------------------------
def regions_film(
    answers: np.ndarray,
    epochs: np.ndarray,
    extent: Extent,
    points: np.ndarray,
    labels: np.ndarray,
    validation: np.ndarray,
    classes: Sequence[str],
    x_title: str,
    y_title: str,
    ends: Range = (0.0, 1.0),
) -> Picture:
    """The regions of the classes at every frame under the rows; those for validation are hollow.

    answers: shape (frames, columns, rows, outputs), see ``class_shades``. points: shape (rows, 2), labels, validation:
    shape (rows,), the number of the class and whether a row is for validation. classes: their names. Of many rows some
    are shown.
    """
    some = evenly_spaced_rows(len(points), MOST_POINTS)
    names = np.array(classes)[np.asarray(labels, dtype=int)[some]]
    rows = frames.of_points(as_float32(points[some])) | {"name": names}
    rows["validation"] = np.asarray(validation, dtype=np.int8)[some]
    look = {"x_title": x_title, "y_title": y_title, "x_domain": extent[0], "y_domain": extent[1]}
    image = one_image_per_frame([class_shades(each, ends) for each in answers], epochs, extent)
    return Picture(
        _draw_regions,
        axes.rounded_ranges(look | {"classes": tuple(classes)}),
        {"image": image, "points": rows},
        name="regions",
    )


def _draw_regions(x_title: str, y_title: str, x_domain: Range, y_domain: Range, classes: Sequence[str]) -> Chart:
    x, y = alt.X(**axes.axis("x", x_title, x_domain)), alt.Y(**axes.axis("y", y_title, y_domain))
    points = fast_marks.of("points")
    tooltip = [alt.Tooltip("name:N", title=""), *axes.position_tooltip(x_title, y_title, "y")]
    at = {"x": x, "y": y, "tooltip": tooltip, **by_class(classes)}
    return (
        fast_marks.layer(
            image_layer(x, y),
            points.transform_filter("datum.validation == 0")
            .mark_point(filled=True, size=62, stroke="white", strokeWidth=0.9, opacity=1, clip=True)
            .encode(**at),
            points.transform_filter("datum.validation == 1")
            .mark_point(filled=False, fill="white", size=52, strokeWidth=2.2, opacity=1, clip=True)
            .encode(**at),
        )
        .add_params(axes.step_parameter())
        .properties(height=430)
    )


def predictions_film(
    truth: np.ndarray, predicted: np.ndarray, validation: np.ndarray, epochs: np.ndarray, x_title: str, y_title: str
) -> Picture:
    """Predictions against the truth at every frame: on the diagonal they are right; those for validation are hollow.

    truth, validation: shape (rows,). predicted: shape (frames, rows); what is beyond the axes lies on their edge. Of
    many rows some are shown.
    """
    some = evenly_spaced_rows(len(truth), 120)
    low, high = axes.value_range(truth, 0.12)
    low, high = (low, high) if low < high else (low - 1, high + 1)
    with np.errstate(invalid="ignore"):
        shown = np.clip(predicted[:, some], low, high)
    # what lies on the edge of the picture is told as it is
    columns = {"x": np.broadcast_to(truth[some], shown.shape), "y": shown, "prediction": predicted[:, some]}
    rows = rows_per_frame({name: as_float32(part) for name, part in columns.items()}, epochs)
    rows["validation"] = np.tile(np.asarray(validation, dtype=np.int8)[some], len(epochs))
    look = {"x_title": x_title, "y_title": y_title, "domain": (low, high)}
    diagonal = {"x": np.array([low, high]), "y": np.array([low, high])}
    return Picture(_draw_answers, axes.rounded_ranges(look), {"rows": rows, "diagonal": diagonal}, name="answers")


def _draw_answers(x_title: str, y_title: str, domain: Range) -> Chart:
    x, y = alt.X(**axes.axis("x", x_title, domain)), alt.Y(**axes.axis("y", y_title, domain))
    return (
        fast_marks.layer(
            fast_marks.of("diagonal")
            .mark_line(color=style.NEUTRAL, strokeWidth=2, strokeDash=[6, 4], clip=True)
            .encode(x=x, y=y),
            *_two_parts(
                fast_marks.of("rows").transform_filter(NOW), x, y, axes.position_tooltip(x_title, y_title, "prediction")
            ),
        )
        .add_params(axes.step_parameter())
        .properties(height=430)
    )


def _two_parts(rows: alt.Chart, x: alt.X, y: alt.Y, tooltip: list[alt.Tooltip]) -> list[alt.Chart]:
    """Rows of the training as dots, those for validation as rings."""
    filled = {"filled": True, "color": style.CURVE, "stroke": "white", "strokeWidth": 0.9}
    hollow = {"filled": False, "fill": "white", "stroke": style.RATE, "strokeWidth": 2.2}
    return [
        rows.transform_filter(f"datum.validation == {part}")
        .mark_point(size=58, opacity=1, clip=True, **how)
        .encode(x=x, y=y, tooltip=tooltip)
        for part, how in enumerate((filled, hollow))
    ]


def curve_film(
    x: np.ndarray,
    curves: np.ndarray,
    points: np.ndarray,
    validation: np.ndarray,
    epochs: np.ndarray,
    x_title: str,
    y_title: str,
) -> Picture:
    """What is predicted from one input at every frame, as a curve through the rows; those for validation are hollow.

    x: shape (places,), rising; curves: shape (frames, places). points: shape (rows, 2), input and target.
    """
    some, places = evenly_spaced_rows(len(points), MOST_POINTS), evenly_spaced_rows(len(x), 100)
    with np.errstate(invalid="ignore"):
        # as far as a line can be drawn
        bent = np.where(np.abs(curves[:, places]) < 1e30, curves[:, places], np.nan)
    curve = rows_per_frame({"x": as_float32(np.broadcast_to(x[places], bent.shape)), "y": as_float32(bent)}, epochs)
    rows = frames.of_points(as_float32(points[some])) | {"validation": np.asarray(validation, dtype=np.int8)[some]}
    look = {
        "x_title": x_title,
        "y_title": y_title,
        "x_domain": axes.value_range(x),
        "y_domain": axes.value_range(points[:, 1], 0.2),
    }
    return Picture(_draw_curve_film, axes.rounded_ranges(look), {"curve": curve, "points": rows}, name="curve_film")


def _draw_curve_film(x_title: str, y_title: str, x_domain: Range, y_domain: Range) -> Chart:
    x, y = alt.X(**axes.axis("x", x_title, x_domain)), alt.Y(**axes.axis("y", y_title, y_domain))
    return (
        fast_marks.layer(
            *_two_parts(fast_marks.of("points"), x, y, axes.position_tooltip(x_title, y_title, "y")),
            fast_marks.of("curve")
            .transform_filter(NOW)
            .mark_line(color=style.RATE, strokeWidth=3.5, clip=True)
            .encode(x=x, y=y),
        )
        .add_params(axes.step_parameter())
        .properties(height=430)
    )


FAINTEST = tuple(blend(colour, 0.2, "#FFFFFF") for colour in CLASSES[:2])
"""Squares with the smallest shares: right, and wrong. One without a row is the page, white or near-black."""


def confusion_film(
    counts: np.ndarray, epochs: np.ndarray, classes: Sequence[str], x_title: str, y_title: str
) -> Picture:
    """How many rows of each class are taken for which one, at every frame, as a table of squares.

    counts: shape (frames, classes, classes), by the true class and by the predicted one; a square is the stronger the
    larger its share of the true class: on the diagonal in blue, where it is right, beside it in orange.
    """
    size = counts.shape[1]
    share = counts / np.maximum(counts.sum(axis=2, keepdims=True), 1)
    truth, predicted = np.divmod(np.arange(size * size), size)
    values = {
        "truth": np.broadcast_to(truth, (len(counts), size * size)).astype(np.int8),
        "predicted": np.broadcast_to(predicted, (len(counts), size * size)).astype(np.int8),
        "count": counts.reshape(len(counts), -1).astype(np.int32),
        "share": as_float32(share.reshape(len(counts), -1)),
    }
    cells = rows_per_frame(values, epochs)
    # squares are as wide as their place, however wide the chart becomes
    for low, high, middle in (("left", "right", "predicted"), ("above", "below", "truth")):
        cells |= {low: as_float32(cells[middle] - 0.47), high: as_float32(cells[middle] + 0.47)}
    # an empty square is the ground, which is drawn once for all frames
    kept = cells["count"] > 0
    ground = {name: column[: size * size] for name, column in cells.items() if name not in ("step", "until", "share")}
    ground["count"] = np.zeros(size * size, np.int32)
    cells = {name: column[kept] for name, column in cells.items()}
    look = {"classes": tuple(classes), "x_title": x_title, "y_title": y_title}
    return Picture(_draw_confusion, look, {"ground": ground, "cells": cells}, name="confusion")


def _draw_confusion(classes: Sequence[str], x_title: str, y_title: str) -> Chart:
    labels = {
        "labelExpr": label_expression(classes),
        "values": list(range(len(classes))),
        "labelLimit": 110,
        "ticks": False,
    }
    scale = alt.Scale(domain=[-0.5, len(classes) - 0.5], nice=False)
    x_axis = alt.Axis(orient="top", grid=False, labelAngle=0 if len(classes) < 5 else -40, **labels)
    y_axis = alt.Axis(grid=False, **labels)
    x = alt.X("predicted:Q", title=x_title, scale=scale, axis=x_axis)
    y = alt.Y("truth:Q", title=y_title, scale=alt.Scale(domain=[len(classes) - 0.5, -0.5], nice=False), axis=y_axis)
    ground = fast_marks.of("ground")
    cells = fast_marks.of("cells").transform_filter(NOW)
    tooltip = [alt.Tooltip("count:Q", title="n"), alt.Tooltip("share:Q", title="%", format=".1%")]
    corners: dict[str, Any] = {"x": x.copy(), "y": y.copy()}
    corners["x"].shorthand, corners["y"].shorthand = "left:Q", "above:Q"
    corners |= {"x2": "right:Q", "y2": "below:Q"}
    size = 15 if len(classes) < 6 else 11
    squares = [
        ground.mark_rect(cornerRadius=3, color=style.NEUTRAL, opacity=style.EMPTY_SQUARE).encode(**corners),
        ground.mark_text(fontSize=size, color=style.NEUTRAL).encode(x=x, y=y, text="count:Q"),
    ]
    for same, faint, strong in zip(("==", "!="), FAINTEST, CLASSES, strict=False):
        shade = alt.Scale(domain=[0, 1], range=[faint, strong], interpolate="rgb")
        squares.append(
            cells.transform_filter(f"datum.truth {same} datum.predicted")
            .mark_rect(cornerRadius=3)
            .encode(
                color=alt.Color("share:Q", scale=shade, legend=None),
                tooltip=tooltip,
                **corners,
            )
        )
    written = [
        cells.transform_filter(f"datum.share {where} 0.55")
        .mark_text(fontSize=size, fontWeight="bold", color=ink)
        .encode(x=x, y=y, text="count:Q")
        for where, ink in (("<", INK), (">=", "white"))
    ]
    return (
        fast_marks.layer(*squares, *written)
        .resolve_scale(color="independent")
        .add_params(axes.step_parameter())
        .properties(height=430)
    )
