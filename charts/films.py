"""Pictures of a training, epoch by epoch: answers, hidden units, weights; each frame is shown until the next one's.

The clock of all of them is the epoch: ``epochs`` (frames,) says when each frame is taken, rising, the first 0.
"""

import dataclasses
import json
import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import altair as alt
import numpy as np

from charts import frames, marks, parts, style
from charts.frames import Columns
from charts.parts import NOW, SO_FAR, Chart, Extent, Range
from charts.picture import Picture
from charts.png import indexed_png

# fmt: off
CLASSES = (
    "#2B6CB0", "#D9590F", "#0B8F6A", "#8A3FB5", "#A67C00", "#C51B7D", "#138A8A", "#8C5A2B", "#5F6B7A", "#4F7F12",
)
# fmt: on
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-left", "triangle-right")
"""How classes are told apart, by their number: by colour and by shape."""

MIDDLE, NO_NUMBER = "#F4F4F4", "#9AA3AE"
INK = "#1B2430"

LEVELS = 8
"""Shades from undecided to sure; more would be finer and cost more."""

STRONGEST = 0.78
"""How much of a class's colour the surest region has: points of that class still stand out."""

MOST_POINTS = 400


def _blended(colour: str, share: float, ground: str = MIDDLE) -> str:
    mixed = [round(int(ground[k : k + 2], 16) * (1 - share) + int(colour[k : k + 2], 16) * share) for k in (1, 3, 5)]
    return "#" + "".join(f"{part:02X}" for part in mixed)


def _class_palette(classes: int) -> list[str]:
    """LEVELS shades for each class, the palest first, and what is no number at the end."""
    shades = [
        _blended(CLASSES[k % len(CLASSES)], STRONGEST * (level + 0.5) / LEVELS)
        for k in range(classes)
        for level in range(LEVELS)
    ]
    return [*shades, NO_NUMBER]


def class_shades(answers: np.ndarray, ends: Range = (0.0, 1.0)) -> str:
    """The picture of a plane of answers: each place in the colour of its class, the paler the less sure.

    answers: shape (columns, rows, outputs): one output between the ``ends``, which mean class 0 and class 1, or one for
    each class. What is not a number is grey.
    """
    with np.errstate(invalid="ignore", over="ignore"):
        if answers.shape[-1] == 1:
            share = np.clip((answers[..., 0] - ends[0]) / (ends[1] - ends[0]), 0, 1)
            # as the accuracy counts it: what is just on the border is not yet class 1
            winner, sure = share > 0.5, np.abs(2 * share - 1)
        else:
            count = answers.shape[-1]
            winner = np.nan_to_num(answers, nan=-np.inf).argmax(axis=-1)
            sure = np.clip((answers.max(axis=-1) - 1 / count) / (1 - 1 / count), 0, 1)
    known = np.isfinite(answers).all(axis=-1)
    level = np.minimum((np.nan_to_num(sure) * LEVELS).astype(int), LEVELS - 1)
    palette = _class_palette(max(2, answers.shape[-1]))
    return indexed_png(np.where(known, winner * LEVELS + level, len(palette) - 1), palette)


def _one_a_frame(addresses: Sequence[str], epochs: np.ndarray, extent: Extent) -> Columns:
    """A picture for every frame, all with the same corners."""
    step, until = frames.when(len(epochs), epochs)
    corners = {key: np.full(len(epochs), value[0]) for key, value in frames.of_image("", extent).items()}
    return corners | {"url": np.array(addresses), "step": step, "until": until}


def _images(x: alt.X, y: alt.Y) -> alt.Chart:
    """The layer of all frames' pictures, of which one can be seen.

    All of them stay in the scene: one that comes anew has to be read by the browser first, and the picture would
    flicker.
    """
    return parts.image(x, y).encode(opacity=alt.condition(NOW, alt.value(1), alt.value(0)))


def _thinned(count: int, most: int) -> np.ndarray:
    """At most so many rows out of ``count``, evenly spread."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(int)) if count else np.arange(0)


def _every_frame(values: Mapping[str, np.ndarray], epochs: np.ndarray) -> Columns:
    """One row for every entry at every frame; values: shape (frames, entries)."""
    step, until = frames.when(len(epochs), np.asarray(epochs, dtype=np.int32))
    entries = next(iter(values.values())).shape[1]
    columns = {"step": np.repeat(step, entries), "until": np.repeat(until, entries)}
    return columns | {name: part.ravel() for name, part in values.items()}


def _small(values: np.ndarray) -> np.ndarray:
    """Half as many bytes; a picture has no use for more digits."""
    with np.errstate(over="ignore"):
        return np.asarray(values, dtype=np.float32)


def _labelled(names: Sequence[str]) -> str:
    """The expression that writes names where an axis has 0, 1, 2, ...: names may come from a reader's own table."""
    return f"{json.dumps(list(names))}[datum.value]"


def _by_class(names: Sequence[str]) -> dict[str, Any]:
    """Colour and shape by class."""
    domain = list(names)
    legend = alt.Legend(title=None, orient="top", columns=5, symbolOpacity=1, labelLimit=110)
    colours = [CLASSES[k % len(CLASSES)] for k in range(len(names))]
    shapes = [SHAPES[k % len(SHAPES)] for k in range(len(names))]
    return {
        "color": alt.Color("name:N", scale=alt.Scale(domain=domain, range=colours), legend=legend),
        "shape": alt.Shape("name:N", scale=alt.Scale(domain=domain, range=shapes), legend=legend),
    }


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
    some = _thinned(len(points), MOST_POINTS)
    names = np.array(classes)[np.asarray(labels, dtype=int)[some]]
    rows = frames.of_points(_small(points[some])) | {"name": names}
    rows["validation"] = np.asarray(validation, dtype=np.int8)[some]
    look = {"x_title": x_title, "y_title": y_title, "x_domain": extent[0], "y_domain": extent[1]}
    image = _one_a_frame([class_shades(each, ends) for each in answers], epochs, extent)
    return Picture(_draw_regions, parts.plain(look | {"classes": tuple(classes)}), {"image": image, "points": rows})


def _draw_regions(x_title: str, y_title: str, x_domain: Range, y_domain: Range, classes: Sequence[str]) -> Chart:
    x, y = alt.X(**parts.axis("x", x_title, x_domain)), alt.Y(**parts.axis("y", y_title, y_domain))
    points = marks.of("points")
    told = [alt.Tooltip("name:N", title=""), *parts.told(x_title, y_title, "y")]
    at = {"x": x, "y": y, "tooltip": told, **_by_class(classes)}
    return (
        marks.layered(
            _images(x, y),
            points.transform_filter("datum.validation == 0")
            .mark_point(filled=True, size=62, stroke="white", strokeWidth=0.9, opacity=1, clip=True)
            .encode(**at),
            points.transform_filter("datum.validation == 1")
            .mark_point(filled=False, fill="white", size=52, strokeWidth=2.2, opacity=1, clip=True)
            .encode(**at),
        )
        .add_params(parts.step_shown())
        .properties(height=430)
    )


def predictions_film(
    truth: np.ndarray, predicted: np.ndarray, validation: np.ndarray, epochs: np.ndarray, x_title: str, y_title: str
) -> Picture:
    """Predictions against the truth at every frame: on the diagonal they are right; those for validation are hollow.

    truth, validation: shape (rows,). predicted: shape (frames, rows); what is beyond the axes lies on their edge. Of
    many rows some are shown.
    """
    some = _thinned(len(truth), 120)
    low, high = parts.ends(truth, 0.12)
    low, high = (low, high) if low < high else (low - 1, high + 1)
    with np.errstate(invalid="ignore"):
        shown = np.clip(predicted[:, some], low, high)
    columns = {"x": np.broadcast_to(truth[some], shown.shape), "y": shown}
    rows = _every_frame({name: _small(part) for name, part in columns.items()}, epochs)
    rows["validation"] = np.tile(np.asarray(validation, dtype=np.int8)[some], len(epochs))
    look = {"x_title": x_title, "y_title": y_title, "domain": (low, high)}
    diagonal = {"x": np.array([low, high]), "y": np.array([low, high])}
    return Picture(_draw_answers, parts.plain(look), {"rows": rows, "diagonal": diagonal})


def _draw_answers(x_title: str, y_title: str, domain: Range) -> Chart:
    x, y = alt.X(**parts.axis("x", x_title, domain)), alt.Y(**parts.axis("y", y_title, domain))
    return (
        marks.layered(
            marks.of("diagonal")
            .mark_line(color=style.NEUTRAL, strokeWidth=2, strokeDash=[6, 4], clip=True)
            .encode(x=x, y=y),
            *_two_parts(marks.of("rows").transform_filter(NOW), x, y, parts.told(x_title, y_title, "y")),
        )
        .add_params(parts.step_shown())
        .properties(height=430)
    )


def _two_parts(rows: alt.Chart, x: alt.X, y: alt.Y, told: list[alt.Tooltip]) -> list[alt.Chart]:
    """Rows of the training as dots, those for validation as rings."""
    filled = {"filled": True, "color": style.CURVE, "stroke": "white", "strokeWidth": 0.9}
    hollow = {"filled": False, "fill": "white", "stroke": style.RATE, "strokeWidth": 2.2}
    return [
        rows.transform_filter(f"datum.validation == {part}")
        .mark_point(size=58, opacity=1, clip=True, **how)
        .encode(x=x, y=y, tooltip=told)
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
    some, places = _thinned(len(points), MOST_POINTS), _thinned(len(x), 100)
    with np.errstate(invalid="ignore"):
        # as far as a line can be drawn
        bent = np.where(np.abs(curves[:, places]) < 1e30, curves[:, places], np.nan)
    curve = _every_frame({"x": _small(np.broadcast_to(x[places], bent.shape)), "y": _small(bent)}, epochs)
    rows = frames.of_points(_small(points[some])) | {"validation": np.asarray(validation, dtype=np.int8)[some]}
    look = {
        "x_title": x_title,
        "y_title": y_title,
        "x_domain": parts.ends(x),
        "y_domain": parts.ends(points[:, 1], 0.2),
    }
    return Picture(_draw_curve_film, parts.plain(look), {"curve": curve, "points": rows})


def _draw_curve_film(x_title: str, y_title: str, x_domain: Range, y_domain: Range) -> Chart:
    x, y = alt.X(**parts.axis("x", x_title, x_domain)), alt.Y(**parts.axis("y", y_title, y_domain))
    return (
        marks.layered(
            *_two_parts(marks.of("points"), x, y, parts.told(x_title, y_title, "y")),
            marks.of("curve")
            .transform_filter(NOW)
            .mark_line(color=style.RATE, strokeWidth=3.5, clip=True)
            .encode(x=x, y=y),
        )
        .add_params(parts.step_shown())
        .properties(height=430)
    )


EMPTY = "#EDF1F5"
"""The ground of a square without a row, on white and on near-black."""


def shares_film(counts: np.ndarray, epochs: np.ndarray, classes: Sequence[str], x_title: str, y_title: str) -> Picture:
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
        "share": _small(share.reshape(len(counts), -1)),
    }
    cells = _every_frame(values, epochs)
    # squares are as wide as their place, however wide the chart becomes
    for low, high, middle in (("left", "right", "predicted"), ("above", "below", "truth")):
        cells |= {low: _small(cells[middle] - 0.47), high: _small(cells[middle] + 0.47)}
    # an empty square is the ground, which is drawn once for all frames
    kept = cells["count"] > 0
    ground = {name: column[: size * size] for name, column in cells.items() if name not in ("step", "until", "share")}
    ground["count"] = np.zeros(size * size, np.int32)
    cells = {name: column[kept] for name, column in cells.items()}
    look = {"classes": tuple(classes), "x_title": x_title, "y_title": y_title}
    return Picture(_draw_confusion, look, {"ground": ground, "cells": cells})


def _draw_confusion(classes: Sequence[str], x_title: str, y_title: str) -> Chart:
    labels = {"labelExpr": _labelled(classes), "values": list(range(len(classes))), "labelLimit": 110, "ticks": False}
    scale = alt.Scale(domain=[-0.5, len(classes) - 0.5], nice=False)
    x_axis = alt.Axis(orient="top", grid=False, labelAngle=0 if len(classes) < 5 else -40, **labels)
    y_axis = alt.Axis(grid=False, **labels)
    x = alt.X("predicted:Q", title=x_title, scale=scale, axis=x_axis)
    y = alt.Y("truth:Q", title=y_title, scale=alt.Scale(domain=[len(classes) - 0.5, -0.5], nice=False), axis=y_axis)
    ground = marks.of("ground")
    cells = marks.of("cells").transform_filter(NOW)
    told = [alt.Tooltip("count:Q", title="n"), alt.Tooltip("share:Q", title="%", format=".1%")]
    corners: dict[str, Any] = {"x": x.copy(), "y": y.copy()}
    corners["x"].shorthand, corners["y"].shorthand = "left:Q", "above:Q"
    corners |= {"x2": "right:Q", "y2": "below:Q"}
    size = 15 if len(classes) < 6 else 11
    squares = [
        ground.mark_rect(cornerRadius=3, color=EMPTY).encode(**corners),
        ground.mark_text(fontSize=size, color=style.NEUTRAL).encode(x=x, y=y, text="count:Q"),
    ]
    for same, strong in (("==", CLASSES[0]), ("!=", CLASSES[1])):
        shade = alt.Scale(domain=[0, 1], range=[EMPTY, strong], interpolate="rgb")
        squares.append(
            cells.transform_filter(f"datum.truth {same} datum.predicted")
            .mark_rect(cornerRadius=3)
            .encode(
                color=alt.Color("share:Q", scale=shade, legend=None),
                tooltip=told,
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
        marks.layered(*squares, *written)
        .resolve_scale(color="independent")
        .add_params(parts.step_shown())
        .properties(height=430)
    )


# ---- inside the network ----------------------------------------------------------------------------------------------

SHADES = 13
"""Shades of a unit's answers, from the lowest to the highest, the middle one for 0."""


def unit_maps_film(maps: np.ndarray, epochs: np.ndarray) -> Picture:
    """What each unit of a layer answers all over the plane of two inputs, at every frame: white at 0, orange above.

    maps: shape (frames, columns, rows, units). Each unit has a scale of its own, the same at every frame.
    """
    units = maps.shape[-1]
    down = -(-units // 6)
    across = -(-units // down)
    addresses = [_tiles(level, across, down) for level in _shade_levels(maps)]
    image = _one_a_frame(addresses, epochs, ((0.0, float(across)), (0.0, float(down))))
    k = np.arange(units)
    names = np.array([f"h{_lowered(unit + 1)}" for unit in k])
    titles = {"x": (k % across) + 0.5, "y": down - k // across - 0.5, "name": names}
    return Picture(_draw_unit_maps, {"across": across, "down": down}, {"image": image, "titles": titles})


def _lowered(number: int) -> str:
    return str(number).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))


def _shade_levels(maps: np.ndarray) -> np.ndarray:
    """The shade of every answer; what is no number has the last."""
    finite = np.isfinite(maps)
    reach = np.abs(np.where(finite, maps, 0.0)).max(axis=(0, 1, 2))
    with np.errstate(invalid="ignore"):
        share = maps / np.where(reach > 0, reach, 1.0)
        level = np.rint((np.nan_to_num(share) + 1) / 2 * (SHADES - 1)).clip(0, SHADES - 1)
    return np.where(finite, level, SHADES).astype(int)


def _tiles(level: np.ndarray, across: int, down: int) -> str:
    """Maps beside and below each other; level: shape (columns, rows, units)."""
    columns, rows, units = level.shape
    ground, half = SHADES, SHADES // 2
    cells = np.full((across * (columns + 1) + 1, down * (rows + 1) + 1), ground)
    for k in range(across * down):
        left, low = (k % across) * (columns + 1) + 1, (down - 1 - k // across) * (rows + 1) + 1
        tile = level[..., k] if k < units else ground
        cells[left : left + columns, low : low + rows] = tile
    below = [_blended(CLASSES[0], 0.9 * (half - k) / half) for k in range(half)]
    above = [_blended(CLASSES[1], 0.9 * k / half) for k in range(half + 1)]
    return indexed_png(cells, [*below, *above, NO_NUMBER])


def _draw_unit_maps(across: int, down: int) -> Chart:
    x = alt.X(field="x0", type="quantitative", axis=None, scale=alt.Scale(domain=[0, across], nice=False))
    y = alt.Y(field="y0", type="quantitative", axis=None, scale=alt.Scale(domain=[0, down], nice=False))
    titles = marks.of("titles").encode(x="x:Q", y="y:Q", text="name:N")
    written = {"fontSize": 15, "fontWeight": "bold"}
    return (
        marks.layered(
            _images(x, y),
            titles.mark_text(**written, color=INK, stroke="white", strokeWidth=4),
            titles.mark_text(**written, color=INK),
        )
        .add_params(parts.step_shown())
        .properties(height=160 * down)
    )


MOST_LAYERS = 6


def histograms_film(
    edges: np.ndarray, shares: Mapping[str, np.ndarray], epochs: np.ndarray, x_title: str, log: bool = False
) -> Picture:
    """How the weights, or their gradients, of every layer are spread at every frame: a row of bars a layer.

    edges: shape (bins + 1,). shares: by the layer's name, shape (frames, bins). log: a logarithmic axis. Of many layers
    six are shown, the first and the last among them; each has its own height, the same at every frame.
    """
    every = list(shares)
    names = [every[k] for k in _thinned(len(every), MOST_LAYERS)]
    tables = []
    for place, name in enumerate(names):
        share = shares[name]
        top = share.max() or 1.0
        base = np.full(share.shape, place + 0.42)
        values = {"x": np.broadcast_to(edges[:-1], share.shape), "x1": np.broadcast_to(edges[1:], share.shape)}
        values |= {"y": base, "y1": base - 0.84 * share / top, "share": share}
        rows = _every_frame({key: _small(part) for key, part in values.items()}, epochs)
        kept = rows["share"] > 0
        tables.append({key: column[kept] for key, column in rows.items()})
    look = {"x_title": x_title, "x_domain": (float(edges[0]), float(edges[-1])), "names": tuple(names), "log": log}
    return Picture(_draw_histograms, parts.plain(look), {"bars": frames.stacked(tables)})


def _draw_histograms(x_title: str, x_domain: Range, names: Sequence[str], log: bool) -> Chart:
    axis = alt.Axis(format=".0e" if log else "~g", labelOverlap=True, tickCount=8, grid=not log)
    x = alt.X(**parts.axis("x", x_title, x_domain, log=log, axis=axis))
    labels = alt.Axis(labelExpr=_labelled(names), values=list(range(len(names))), ticks=False, labelLimit=130)
    y = alt.Y("y:Q", title=None, scale=alt.Scale(domain=[len(names) - 0.5, -0.5], nice=False), axis=labels)
    told = [alt.Tooltip("x:Q", title="≥", format=".3~g"), alt.Tooltip("x1:Q", title="<", format=".3~g")]
    told.append(alt.Tooltip("share:Q", title="%", format=".1%"))
    return (
        marks.layered(
            marks.of("bars")
            .transform_filter(NOW)
            .mark_rect(color=style.CURVE, stroke="white", strokeWidth=0.4, clip=True)
            .encode(x=x, x2="x1:Q", y=y, y2="y1:Q", tooltip=told)
        )
        .add_params(parts.step_shown())
        .properties(height=max(200, 85 * len(names)))
    )


MOST_UNITS, MOST_LINES = 16, 120
POSITIVE, NEGATIVE = "#D9590F", "#2B6CB0"
NODE = "#566880"


def lines_shown(sizes: Sequence[int]) -> tuple[int, int]:
    """How many of a network's weights ``network_drawing`` shows, and how many there are; sizes: units by column."""
    most = _most_lines(len(sizes) - 1)
    pairs = list(pairwise(sizes))
    return sum(min(most, min(a, MOST_UNITS) * min(b, MOST_UNITS)) for a, b in pairs), sum(a * b for a, b in pairs)


def _most_lines(pairs: int) -> int:
    return max(4, MOST_LINES // pairs)


def network_drawing(kernels: Sequence[np.ndarray], epochs: np.ndarray, names: Sequence[str]) -> Picture:
    """The units of every layer in a column, and the weights between them at every frame: the wider the larger.

    kernels: of every layer, shape (frames, inputs, units). names: of the columns, one more than kernels. Of many units
    the first are shown and the rest is counted; of many weights the largest of each layer are, negative ones dashed.
    """
    sizes = [kernels[0].shape[1], *(kernel.shape[2] for kernel in kernels)]
    largest = max((float(np.abs(k[np.isfinite(k)]).max(initial=0.0)) for k in kernels), default=0.0) or 1.0
    tables = [_lines(kernel, place, epochs, largest, sizes) for place, kernel in enumerate(kernels)]
    nodes = [(place, unit, size) for place, size in enumerate(sizes) for unit in range(min(size, MOST_UNITS))]
    at = {
        "x": np.array([float(place) for place, _, _ in nodes]),
        "y": np.array([_height(unit, size) for _, unit, size in nodes]),
    }
    writing: Columns = {"x": np.arange(len(sizes), dtype=float)}
    writing["text"] = np.array([str(size) for size in sizes])
    writing["more"] = np.array([f"+{size - MOST_UNITS}" if size > MOST_UNITS else "" for size in sizes])
    writing["name"] = np.array(list(names))
    look = {"columns": len(sizes), "dot": 260 if len(sizes) < 9 else 90}
    return Picture(_draw_network, look, {"lines": frames.stacked(tables), "nodes": at, "columns": writing})


def network_standing(kernels: Sequence[np.ndarray], names: Sequence[str]) -> Picture:
    """The same at one moment, without a player; kernels: of every layer, shape (1, inputs, units)."""
    return dataclasses.replace(network_drawing(kernels, np.array([0]), names), draw=_draw_network_standing)


def _draw_network_standing(columns: int, dot: int) -> Chart:
    chart = _draw_network(columns, dot)
    # not bound to an input, so nothing is drawn that would move it
    bound: Sequence[Any] = chart.params  # type: ignore[assignment]
    for part in bound:
        part.bind = alt.Undefined
    return chart


def _height(unit: int, size: int) -> float:
    """Where a unit stands: the first above, all around the middle; few stand closer together than they could."""
    shown = min(size, MOST_UNITS)
    return ((shown - 1) / 2 - unit) / max(shown - 1, 5)


WIDTHS = 24
"""How many widths of lines there are: a weight that moves by less is drawn as it was, and costs no row."""


def _lines(kernel: np.ndarray, place: int, epochs: np.ndarray, largest: float, sizes: Sequence[int]) -> Columns:
    """The weights from one column to the next: a row for as long as one looks the same."""
    seen = np.nan_to_num(kernel[:, :MOST_UNITS, :MOST_UNITS], nan=0.0, posinf=largest, neginf=-largest)
    seen = np.clip(seen, -largest, largest)
    inputs, units = seen.shape[1:]
    flat = seen.reshape(len(seen), -1)
    drawn = np.argsort(-np.abs(flat).max(axis=0), kind="stable")[: _most_lines(len(sizes) - 1)]
    level = np.rint(flat[:, drawn] / largest * WIDTHS).astype(int)
    changed = np.concatenate([np.ones((1, len(drawn)), bool), level[1:] != level[:-1]])
    rows: dict[str, list[np.ndarray]] = {"line": [], "level": [], "step": [], "until": []}
    for k in range(len(drawn)):
        at = np.flatnonzero(changed[:, k])
        step, until = frames.when(len(at), np.asarray(epochs, dtype=np.int32)[at])
        for key, part in zip(rows, (np.full(len(at), drawn[k]), level[at, k], step, until), strict=True):
            rows[key].append(part)
    line, shown, step, until = (np.concatenate(part) for part in rows.values())
    of, to = np.divmod(line, units)
    kept = shown != 0
    columns = {
        "x": np.full(len(line), float(place)),
        "y": np.array([_height(unit, inputs if inputs < MOST_UNITS else sizes[place]) for unit in of]),
        "x1": np.full(len(line), place + 1.0),
        "y1": np.array([_height(unit, units if units < MOST_UNITS else sizes[place + 1]) for unit in to]),
        "width": 0.3 + (6.5 if len(sizes) < 9 else 3.5) * np.abs(shown) / WIDTHS,
    }
    small: Columns = {name: _small(part)[kept] for name, part in columns.items()}
    return small | {"positive": (shown > 0).astype(np.int8)[kept], "step": step[kept], "until": until[kept]}


def _draw_network(columns: int, dot: int) -> Chart:
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[-0.35, columns - 0.65], nice=False))
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[-0.72, 0.66], nice=False))
    lines = marks.of("lines").transform_filter(NOW)
    signs = (("datum.positive == 1", POSITIVE, [1, 0]), ("datum.positive == 0", NEGATIVE, [6, 3]))
    below = marks.of("columns")
    written = {"fontWeight": "bold", "color": style.NEUTRAL, "fontSize": 13 if columns < 9 else 10}
    # many columns: every name would meet the next
    named = [below.mark_text(**written, baseline="top").encode(x=x, y=alt.datum(0.65), text="name:N")]
    return (
        marks.layered(
            *(
                lines.transform_filter(sign)
                .mark_rule(color=colour, strokeDash=dash, opacity=0.75)
                .encode(x=x, y=y, x2="x1:Q", y2="y1:Q", strokeWidth=alt.StrokeWidth("width:Q", scale=None))
                for sign, colour, dash in signs
            ),
            marks.of("nodes")
            .mark_point(filled=True, size=dot, color=NODE, stroke="white", strokeWidth=1.5, opacity=1)
            .encode(x=x, y=y),
            below.mark_text(**written, baseline="bottom").encode(x=x, y=alt.datum(-0.64), text="text:N"),
            below.mark_text(**written, baseline="bottom").encode(x=x, y=alt.datum(-0.71), text="more:N"),
            *(named if columns < 9 else []),
        )
        .add_params(parts.step_shown())
        .properties(height=440)
    )


# ---- curves ----------------------------------------------------------------------------------------------------------


def curves_by_epoch(
    values: Mapping[str, np.ndarray],
    x_title: str,
    y_title: str,
    baseline: tuple[str, float] | None = None,
    log: bool = False,
    named: Sequence[str] = (),
) -> Picture:
    """Curves by epoch, with the values of all of them under the pointer, and what common sense scores as a dashed line.

    values: by name, shape (epochs,), the first after epoch 1; what is not a number is left out. named: what a reader
    calls them, if not by their names. baseline: its name and value. log: a logarithmic axis, on which only numbers
    above 0 have a place. The axis shows what happens where most of the values are: a curve that climbs out of it is cut
    off.
    """
    longest = max(len(value) for value in values.values())
    some = _thinned(longest, 1000)
    lines, wide = [], {"step": (some + 1).astype(np.int32)}
    for place, (name, value) in enumerate(values.items()):
        with np.errstate(invalid="ignore"):
            shown = np.where(np.isfinite(value) & ((value > 0) | (not log)), value, np.nan)
        whole = np.append(shown, np.full(longest - len(value), np.nan))[some]
        wide[f"v{place}"] = whole
        step, until = frames.when(len(some), wide["step"])
        lines.append({"name": np.full(len(some), name), "step": step, "until": until, "value": whole})
    level = baseline[1] if baseline is not None and math.isfinite(baseline[1]) else None
    domain = _room_for([whole for key, whole in wide.items() if key != "step"], level, log)
    look = {
        "x_title": x_title,
        "y_title": y_title,
        "x_domain": (0.0, 1.02 * _round_above(longest)),
        "y_domain": domain,
        "log": log,
    }
    look |= {"names": tuple(values), "named": tuple(named or values)}
    shown = baseline is not None and level is not None and (level > 0 or not log)
    data = {
        "lines": frames.stacked(lines),
        "epochs": wide,
        "baseline": {
            "value": np.array([level] if shown else [], dtype=float),
            "text": np.array([baseline[0]] if baseline is not None and shown else [], dtype=str),
        },
    }
    return Picture(_draw_epoch_curves, parts.plain(look), data)


def _room_for(columns: Sequence[np.ndarray], level: float | None, log: bool) -> Range:
    """The upright axis: as far as the values reach, unless a few of them reach far beyond the rest."""
    finite = np.concatenate([part[np.isfinite(part)] for part in columns])
    if level is not None and (level > 0 or not log):
        finite = np.append(finite, level)
    if not finite.size:
        return (0.1, 1.0)
    low, high = float(finite.min()), float(finite.max())
    usual = max(float(np.quantile(finite, 0.9)), level or 0.0)
    if log:
        high = min(high, 1e3 * usual)
        return (max(low, 1e-9 * high) / 1.2, 1.2 * high)
    high = min(high, usual + 3 * max(usual - low, abs(usual) * 1e-3))
    room = 0.06 * ((high - low) or abs(high) or 1.0)
    low, high = 0.0 if 0 <= low < 0.4 * high else low - room, high + room
    # axes end at round numbers: curves that differ a little share one look, which is costly to build
    step = _round_above((high - low) / 10)
    return (step * math.floor(low / step), step * math.ceil(high / step))


def _round_above(value: float) -> float:
    """The next number like 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6 or 8 that is not below."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(power * k for k in (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if power * k >= value * (1 - 1e-9))


def _draw_epoch_curves(
    x_title: str, y_title: str, x_domain: Range, y_domain: Range, log: bool, names: Sequence[str], named: Sequence[str]
) -> Chart:
    x = alt.X(**parts.axis("step", x_title, x_domain, axis=alt.Axis(tickMinStep=1, format="d")))
    y = alt.Y(**parts.axis("value", y_title, y_domain, log=log, axis=alt.Axis(format=".3~g", tickCount=6)))
    lines, baseline = marks.of("lines"), marks.of("baseline")
    by_run = parts.by_run(names, "strokeDash", outline=2, named=named)
    told = [alt.Tooltip("step:Q", title=x_title)]
    told += [alt.Tooltip(f"v{place}:Q", title=name, format=".4~g") for place, name in enumerate(named)]
    under = alt.selection_point(
        name="under", nearest=True, on="pointermove", clear="pointerout", fields=["step"], empty=False
    )
    return (
        marks.layered(
            lines.mark_line(strokeWidth=1.2, opacity=0.3, clip=True).encode(x=x, y=y, **by_run),
            lines.transform_filter(SO_FAR).mark_line(strokeWidth=2.6, clip=True).encode(x=x, y=y, **by_run),
            baseline.mark_rule(color=style.NEUTRAL, strokeWidth=2, strokeDash=[3, 4]).encode(y=y),
            baseline.mark_text(
                align="right", baseline="bottom", dx=-4, dy=-3, color=style.NEUTRAL, fontWeight="bold"
            ).encode(x=alt.value("width"), y=y, text="text:N"),
            lines.transform_filter(NOW)
            .mark_point(filled=True, size=100, opacity=1, stroke="white", strokeWidth=1.5, clip=True)
            .encode(x=x, y=y, **parts.by_run(names, outline=2, named=named)),
            marks.of("epochs")
            .mark_rule(color=style.NEUTRAL, strokeWidth=1.5)
            .encode(x=x, opacity=alt.condition(under, alt.value(0.9), alt.value(0)), tooltip=told)
            .add_params(under),
        )
        .add_params(parts.step_shown())
        .properties(height=parts.height_with(names, 340))
    )
