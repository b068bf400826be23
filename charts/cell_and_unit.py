"""Pictures of a nerve cell and of a unit of a network, whose parts are named alike."""

from collections.abc import Mapping
from typing import Any

import altair as alt
import numpy as np

from charts import fast_marks, frames, style
from charts.axes import Chart
from charts.frames import Columns
from charts.picture import Picture

__all__ = ["nerve_cell", "unit_diagram"]

Scene = dict[str, list[tuple[Any, ...]]]

SIZES = (110.0, 150.0, 1100.0, 2000.0, 3600.0)
"""The areas of the dots: ends of the axon, synapses; inputs, activation and sum of the unit."""


def _bezier(*through: tuple[float, float]) -> np.ndarray:
    """A cubic Bézier curve from the first to the last of three or four points, drawn towards the others: (25, 2)."""
    t = np.linspace(0, 1, 25)[:, None]
    p = np.array(through)
    while len(p) < 4:
        p = np.insert(p, 1, p[:2].mean(axis=0), axis=0)
    return (1 - t) ** 3 * p[0] + 3 * t * (1 - t) ** 2 * p[1] + 3 * t * t * (1 - t) * p[2] + t**3 * p[3]


def _cell() -> dict[str, list[tuple[str, np.ndarray, float]]]:
    """The strokes, areas and dots of a nerve cell: part, points, width or size; in a frame 10 wide and 6 high."""
    tips = [(1.1, 5.0), (0.75, 3.7), (0.75, 2.3), (1.1, 1.0), (2.4, 5.5), (2.4, 0.5)]
    roots = [(3.2, 3.6), (2.9, 3.2), (2.9, 2.8), (3.2, 2.4), (3.5, 3.8), (3.5, 2.2)]
    bends = [(2.2, 3.7), (1.8, 3.1), (1.8, 2.9), (2.2, 2.3), (3.0, 4.7), (3.0, 1.3)]
    strokes = [("dendrite", _bezier(root, bend, tip), 6.0) for root, bend, tip in zip(roots, bends, tips, strict=True)]
    # twigs begin on their branches, whatever the shape of the picture
    twigs = [(0, 12, (1.7, 5.0)), (1, 14, (1.0, 3.0)), (3, 12, (1.75, 0.9)), (4, 14, (3.1, 5.5))]
    starts = [(tuple(strokes[branch][1][at]), end) for branch, at, end in twigs]
    strokes += [("dendrite", _bezier(start, start, end), 3.5) for start, end in starts]
    ends = [(0.15, 5.5), (0.1, 3.9), (0.1, 2.1), (0.15, 0.5)]
    strokes += [("synapse", _bezier(end, end, tip), 2.5) for end, tip in zip(ends, tips, strict=False)]
    strokes.append(("axon", _bezier((5.1, 3.0), (6.2, 3.5), (7.0, 2.4), (8.2, 3.0)), 7.0))
    fingers = [(9.5, 4.6), (9.7, 3.5), (9.7, 2.4), (9.5, 1.3)]
    strokes += [("axon", _bezier((8.2, 3.0), (9.0, 3.0), end), 3.5) for end in fingers]
    angle = np.linspace(0, 2 * np.pi, 60)
    radius = 1 + 0.09 * np.cos(3 * angle) + 0.05 * np.sin(5 * angle)
    body = np.stack([3.65 + 0.95 * radius * np.cos(angle), 3 + 1.05 * radius * np.sin(angle)], axis=1)
    areas = [("soma", body, 2.0), ("threshold", np.array([(4.35, 3.6), (5.25, 3.14), (5.25, 2.86), (4.35, 2.4)]), 2.0)]
    dots = [("synapse", np.array([tip]), SIZES[1]) for tip in tips[:4]]
    dots += [("axon", np.array([end]), SIZES[0]) for end in fingers]
    return {"strokes": strokes, "areas": areas, "dots": dots}


def _unit() -> dict[str, list[tuple[str, np.ndarray, float]]]:
    """The strokes, areas and dots of a unit, as ``_cell`` gives those of a nerve cell."""
    inputs = [(0.7, 5.0), (0.7, 3.0), (0.7, 1.0)]
    strokes = [("synapse", np.array([place, (4.2, 3.0)]), 3.0) for place in inputs]
    strokes.append(("soma", np.array([(4.6, 3.0), (7.0, 3.0)]), 4.0))
    strokes.append(("axon", np.array([(7.0, 3.0), (9.3, 3.0)]), 4.0))
    areas = [("axon", np.array([(9.25, 3.25), (9.75, 3.0), (9.25, 2.75)]), 1.0)]
    dots = [("dendrite", np.array([place]), SIZES[2]) for place in inputs]
    dots += [("soma", np.array([(4.5, 3.0)]), SIZES[4]), ("threshold", np.array([(7.1, 3.0)]), SIZES[3])]
    return {"strokes": strokes, "areas": areas, "dots": dots}


CELL_LABELS = {
    "dendrite": (4.9, 5.6),
    "synapse": (1.4, 0.0),
    "soma": (4.7, 1.45),
    "threshold": (6.6, 4.1),
    "axon": (6.6, 2.0),
}
UNIT_LABELS = {
    "dendrite": (1.2, 0.0),
    "synapse": (3.6, 5.2),
    "soma": (5.2, 1.4),
    "threshold": (7.1, 4.3),
    "axon": (8.9, 2.0),
}
"""Where the names of the parts stand."""

CELL_LEADERS = {
    "dendrite": (4.3, 5.35, 3.05, 4.65),
    "synapse": (1.3, 0.22, 1.13, 0.8),
    "soma": (4.4, 1.68, 3.95, 2.2),
    "threshold": (5.9, 3.88, 4.9, 3.3),
    "axon": (6.6, 2.22, 6.62, 2.85),
}
UNIT_LEADERS = {
    "dendrite": (1.1, 0.22, 0.85, 0.58),
    "synapse": (3.4, 4.97, 2.8, 3.9),
    "soma": (5.0, 1.62, 4.7, 2.25),
    "threshold": (7.1, 4.08, 7.1, 3.6),
    "axon": (8.9, 2.22, 8.9, 2.88),
}
"""The lines that lead from the names to the parts: where they begin, where they end."""

UNIT_SYMBOLS = {
    (0.7, 5.0): "x₁",
    (0.7, 3.0): "x₂",
    (0.7, 1.0): "x₃",
    (4.5, 3.0): "Σ + b",
    (7.1, 3.0): "f",
}
UNIT_LETTERS = {(2.3, 4.5): "w₁", (1.9, 3.3): "w₂", (2.3, 1.5): "w₃", (5.85, 3.4): "z", (8.4, 3.4): "a"}


def nerve_cell(names: Mapping[str, str], lit: str) -> Picture:
    """A nerve cell with names for its dendrite, synapse, soma, threshold and axon; the part ``lit`` stands out."""
    data = _scene(_cell(), CELL_LABELS, CELL_LEADERS, names, {}, {}, lit)
    return Picture(_draw_scene, {"height": 300}, data, name="nerve_cell")


def unit_diagram(names: Mapping[str, str], lit: str) -> Picture:
    """A unit of a network, its parts named by the keys of ``nerve_cell``; the one called ``lit`` stands out."""
    data = _scene(_unit(), UNIT_LABELS, UNIT_LEADERS, names, UNIT_SYMBOLS, UNIT_LETTERS, lit)
    return Picture(_draw_scene, {"height": 300}, data, name="unit_diagram")


def _scene(
    shapes: Mapping[str, list[tuple[str, np.ndarray, float]]],
    places: Mapping[str, tuple[float, float]],
    leaders: Mapping[str, tuple[float, float, float, float]],
    names: Mapping[str, str],
    symbols: Mapping[tuple[float, float], str],
    letters: Mapping[tuple[float, float], str],
    lit: str,
) -> dict[str, Columns]:
    data = {}
    for kind, drawn in shapes.items():
        rows = [
            {
                "x": points[:, 0],
                "y": points[:, 1],
                "shape": np.full(len(points), f"{kind}{k}"),
                "order": np.arange(len(points)),
                "width": np.full(len(points), width * (1.35 if part == lit else 1)),
                "lit": np.full(len(points), part == lit),
            }
            for k, (part, points, width) in enumerate(drawn)
        ]
        data[kind] = frames.stack(rows)
    # dots are as large as they are, whether they are lit or not: what is written in them has to fit
    data["dots"]["width"] = np.array([width for _, _, width in shapes["dots"]])
    ends = np.array([leaders[part] for part in names]).T
    lines: Columns = dict(zip(("x", "y", "x1", "y1"), ends, strict=True))
    data["leaders"] = lines | {"lit": np.array([part == lit for part in names])}
    at = np.array([places[part] for part in names])
    data["names"] = frames.of_points(at) | {
        "text": np.array(list(names.values())),
        "lit": np.array([part == lit for part in names]),
    }
    for name, texts in (("symbols", symbols), ("letters", letters)):
        data[name] = frames.of_points(np.array(list(texts)).reshape(-1, 2)) | {"text": np.array(list(texts.values()))}
    return data


LIT = "#D1480F"
UNLIT = "#4A7FB5"


def _draw_scene(height: int) -> Chart:
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[0, 10], nice=False))
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[-0.3, 6], nice=False))
    colour = alt.condition("datum.lit", alt.value(LIT), alt.value(UNLIT))
    along = {"x": x, "y": y, "detail": "shape:N", "order": "order:Q"}
    names = fast_marks.of("names")
    # an area that is a number grows with the type that is written on it, in presenter mode too
    dots = [
        fast_marks.of("dots")
        .transform_filter(f"datum.width == {size}")
        .mark_point(filled=True, size=size, opacity=1, stroke="white", strokeWidth=1.5)
        .encode(x=x, y=y, color=colour)
        for size in SIZES
    ]
    written = {"x": x, "y": y, "text": "text:N"}
    # on the lines the names would be hard to read, in either theme: a halo in the theme's own ground is not to be had
    return fast_marks.layer(
        fast_marks.of("strokes")
        .mark_line(strokeCap="round", strokeJoin="round")
        .encode(**along, color=colour, strokeWidth=alt.StrokeWidth("width:Q", scale=None)),
        fast_marks.of("areas")
        .mark_line(filled=True, interpolate="linear-closed", stroke="white", strokeWidth=1.5)
        .encode(**along, fill=colour),
        *dots,
        fast_marks.of("leaders")
        .mark_rule(strokeWidth=1.5)
        .encode(
            x=x, y=y, x2="x1:Q", y2="y1:Q", color=alt.condition("datum.lit", alt.value(LIT), alt.value(style.NEUTRAL))
        ),
        fast_marks.of("symbols").mark_text(fontSize=16, fontWeight="bold", color="white").encode(**written),
        fast_marks.of("letters").mark_text(fontSize=16, fontStyle="italic", color=style.NEUTRAL).encode(**written),
        names.transform_filter("datum.lit == false")
        .mark_text(fontSize=13, color=style.NEUTRAL, fontWeight="bold")
        .encode(**written),
        names.transform_filter("datum.lit == true")
        .mark_text(fontSize=16, color=LIT, fontWeight="bold")
        .encode(**written),
    ).properties(height=height)
