"""The inside of a network while it trains: what its units answer, how its weights are spread, its drawing."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np

from charts import axes, fast_marks, frames, style
from charts.axes import NOW, Chart, Range
from charts.class_colours import CLASSES, INK, NO_NUMBER, blend
from charts.film_frames import (
    as_float32,
    evenly_spaced_rows,
    image_layer,
    label_expression,
    one_image_per_frame,
    rows_per_frame,
)
from charts.frames import Columns
from charts.picture import Picture
from charts.png import indexed_png

__all__ = ["histograms_film", "network_drawing", "network_snapshot", "unit_maps_film"]

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
    image = one_image_per_frame(addresses, epochs, ((0.0, float(across)), (0.0, float(down))))
    k = np.arange(units)
    names = np.array([f"h{_subscript(unit + 1)}" for unit in k])
    titles = {"x": (k % across) + 0.5, "y": down - k // across - 0.5, "name": names}
    return Picture(
        _draw_unit_maps, {"across": across, "down": down}, {"image": image, "titles": titles}, name="unit_maps"
    )


def _subscript(number: int) -> str:
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
    below = [blend(CLASSES[0], 0.9 * (half - k) / half) for k in range(half)]
    above = [blend(CLASSES[1], 0.9 * k / half) for k in range(half + 1)]
    return indexed_png(cells, [*below, *above, NO_NUMBER])


def _draw_unit_maps(across: int, down: int) -> Chart:
    x = alt.X(field="x0", type="quantitative", axis=None, scale=alt.Scale(domain=[0, across], nice=False))
    y = alt.Y(field="y0", type="quantitative", axis=None, scale=alt.Scale(domain=[0, down], nice=False))
    titles = fast_marks.of("titles").encode(x="x:Q", y="y:Q", text="name:N")
    written = {"fontSize": 15, "fontWeight": "bold"}
    return (
        fast_marks.layer(
            image_layer(x, y),
            titles.mark_text(**written, color=INK, stroke="white", strokeWidth=4),
            titles.mark_text(**written, color=INK),
        )
        .add_params(axes.step_parameter())
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
    names = [every[k] for k in evenly_spaced_rows(len(every), MOST_LAYERS)]
    tables = []
    for place, name in enumerate(names):
        share = shares[name]
        top = share.max() or 1.0
        base = np.full(share.shape, place + 0.42)
        values = {"x": np.broadcast_to(edges[:-1], share.shape), "x1": np.broadcast_to(edges[1:], share.shape)}
        values |= {"y": base, "y1": base - 0.84 * share / top, "share": share}
        rows = rows_per_frame({key: as_float32(part) for key, part in values.items()}, epochs)
        kept = rows["share"] > 0
        tables.append({key: column[kept] for key, column in rows.items()})
    look = {"x_title": x_title, "x_domain": (float(edges[0]), float(edges[-1])), "names": tuple(names), "log": log}
    return Picture(_draw_histograms, axes.rounded_ranges(look), {"bars": frames.stack(tables)}, name="histograms")


def _draw_histograms(x_title: str, x_domain: Range, names: Sequence[str], log: bool) -> Chart:
    axis = alt.Axis(format=".0e" if log else "~g", labelOverlap=True, tickCount=8, grid=not log)
    x = alt.X(**axes.axis("x", x_title, x_domain, log=log, axis=axis))
    labels = alt.Axis(labelExpr=label_expression(names), values=list(range(len(names))), ticks=False, labelLimit=130)
    y = alt.Y("y:Q", title=None, scale=alt.Scale(domain=[len(names) - 0.5, -0.5], nice=False), axis=labels)
    tooltip = [alt.Tooltip("x:Q", title="≥", format=".3~g"), alt.Tooltip("x1:Q", title="<", format=".3~g")]
    tooltip.append(alt.Tooltip("share:Q", title="%", format=".1%"))
    return (
        fast_marks.layer(
            fast_marks.of("bars")
            .transform_filter(NOW)
            .mark_rect(color=style.CURVE, stroke="white", strokeWidth=0.4, clip=True)
            .encode(x=x, x2="x1:Q", y=y, y2="y1:Q", tooltip=tooltip)
        )
        .add_params(axes.step_parameter())
        .properties(height=max(200, 85 * len(names)))
    )


MOST_UNITS, MOST_LINES = 16, 120
POSITIVE, NEGATIVE = "#D9590F", "#2B6CB0"
NODE = "#566880"


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
    return Picture(
        _draw_network, look, {"lines": frames.stack(tables), "nodes": at, "columns": writing}, name="network"
    )


def network_snapshot(kernels: Sequence[np.ndarray], names: Sequence[str]) -> Picture:
    """The same at one moment, without a player; kernels: of every layer, shape (1, inputs, units)."""
    return dataclasses.replace(
        network_drawing(kernels, np.array([0]), names), draw=_draw_network_standing, name="network_standing"
    )


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
        step, until = frames.step_ranges(len(at), np.asarray(epochs, dtype=np.int32)[at])
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
    small: Columns = {name: as_float32(part)[kept] for name, part in columns.items()}
    return small | {"positive": (shown > 0).astype(np.int8)[kept], "step": step[kept], "until": until[kept]}


def _draw_network(columns: int, dot: int) -> Chart:
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[-0.35, columns - 0.65], nice=False))
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[-0.72, 0.66], nice=False))
    lines = fast_marks.of("lines").transform_filter(NOW)
    signs = (("datum.positive == 1", POSITIVE, [1, 0]), ("datum.positive == 0", NEGATIVE, [6, 3]))
    below = fast_marks.of("columns")
    written = {"fontWeight": "bold", "color": style.NEUTRAL, "fontSize": 13 if columns < 9 else 10}
    # many columns: every name would meet the next
    named = [below.mark_text(**written, baseline="top").encode(x=x, y=alt.datum(0.65), text="name:N")]
    return (
        fast_marks.layer(
            *(
                lines.transform_filter(sign)
                .mark_rule(color=colour, strokeDash=dash, opacity=0.75)
                .encode(x=x, y=y, x2="x1:Q", y2="y1:Q", strokeWidth=alt.StrokeWidth("width:Q", scale=None))
                for sign, colour, dash in signs
            ),
            fast_marks.of("nodes")
            .mark_point(filled=True, size=dot, color=NODE, stroke="white", strokeWidth=1.5, opacity=1)
            .encode(x=x, y=y),
            below.mark_text(**written, baseline="bottom").encode(x=x, y=alt.datum(-0.64), text="text:N"),
            below.mark_text(**written, baseline="bottom").encode(x=x, y=alt.datum(-0.71), text="more:N"),
            *(named if columns < 9 else []),
        )
        .add_params(axes.step_parameter())
        .properties(height=440)
    )
