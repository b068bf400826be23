"""Pictures of a small network, number by number: forwards and back through two hidden units, and what each sees."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import altair as alt
import numpy as np

from charts import axes, fast_marks, frames, style
from charts.axes import NOW, Chart, Extent
from charts.frames import FOREVER, Columns
from charts.picture import Picture

__all__ = ["small_network", "three_views"]

PLACES = {"x₁": (0.0, 1.0), "x₂": (0.0, 0.0), "h₁": (1.15, 1.0), "h₂": (1.15, 0.0), "ŷ": (2.3, 0.5)}
"""Where the nodes stand in a tall picture, whose ends are REACH."""

REACH = ((-0.28, 2.68), (-0.62, 1.62))

WIDE_PLACES = {"x₁": (2.0, 8.9), "x₂": (2.0, 2.9), "h₁": (16.0, 8.9), "h₂": (16.0, 2.9), "ŷ": (34.0, 5.9)}
"""Where they stand in a wide one, in letters; it is WIDE letters wide and high."""

WIDE = (43.6, 11.8)

EDGES = (("x₁", "h₁"), ("x₂", "h₁"), ("x₁", "h₂"), ("x₂", "h₂"), ("h₁", "ŷ"), ("h₂", "ŷ"))
LABEL_AT = (0.55, 0.24, 0.24, 0.55, 0.42, 0.42)
WIDE_LABEL_AT = (0.66, 0.27, 0.27, 0.66, 0.5, 0.5)
"""How far along each edge its numbers stand: where the two that cross do not meet."""


Note = tuple[str, int, int | None]
"""A number that is written beside a node or an edge: the text, from which step on, until before which, if it goes."""

Place = tuple[float, float]


@dataclass(frozen=True)
class Spot:
    """Where a text stands: in a tall picture as shares of it, in a wide one, and there so many letters further.

    left: whether it begins there in a wide picture, instead of having its middle there.
    """

    tall: Place
    wide: Place
    further: Place = (0.0, 0.0)
    left: bool = False


def small_network(
    weights: Sequence[float],
    on_edges: Sequence[Note],
    slopes: Sequence[Note],
    inside: Mapping[str, Sequence[Note]],
    around: Mapping[str, Sequence[Note]],
    beneath: Sequence[Note],
    active: Sequence[tuple[int, Sequence[str], Sequence[int]]],
) -> Picture:
    """Two inputs, two hidden units and one output; an edge is as wide as its weight is large, dashed if negative.

    weights, on_edges, slopes: of the EDGES, in their order; what they weigh, what is written there, and the gradients.
    inside, around: what is written in a node and beside it, by the names of PLACES. beneath: what the output is held
    against.
    active: step, and which nodes and edges are at work then.
    """
    widths = 1.2 + 6.8 * np.minimum(np.abs(weights) / max(1.0, float(np.max(np.abs(weights)))), 1)
    ends = [(*_tall(PLACES[one]), *_tall(PLACES[other]), *_wide(one), *_wide(other)) for one, other in EDGES]
    edges = _columns(ends, ENDS) | {"width": widths, "sign": np.array(["+" if w >= 0 else "−" for w in weights])}
    texts: list[tuple] = []
    for k, (number, slope) in enumerate(zip(on_edges, slopes, strict=True)):
        texts += _notes(_on_edge(k, 1), [number], "weight") + _notes(_on_edge(k, -1), [slope], "edge_slope")
    for name in PLACES:
        texts += _notes(Spot(_tall(PLACES[name]), _wide(name)), inside.get(name, ()), "inside")
        for line, note in enumerate(around.get(name, ())):
            texts += _notes(_beside(name, line), [note], "slope" if note[0].startswith(("∂", "δ")) else "note")
    for line, note in enumerate(beneath):
        texts += _notes(_beneath(line, len(around.get("ŷ", ())) - 1), [note], "note")
    rings = [(*_tall(PLACES[name]), *_wide(name), step, step + 1) for step, nodes, _ in active for name in nodes]
    lit = [(*ends[k], widths[k] + 4, step, step + 1) for step, _, which in active for k in which]
    nodes = [(*_tall(place), *_wide(name), name) for name, place in PLACES.items()]
    data = {
        "edges": edges,
        "lit": _columns(lit, (*ENDS, "width", "step", "until")),
        "nodes": _columns(nodes, (*AT, "name")),
        "rings": _columns(rings, (*AT, "step", "until")),
        "texts": _columns(texts, (*AT, "further", "up", "left", "text", "step", "until", "kind")),
    }
    return Picture(_draw_small_network, {"height": 440}, data, name="small_network")


AT = ("x", "y", "u", "v")
"""The columns of a place: in a tall picture, and in a wide one."""

ENDS = ("x", "y", "x1", "y1", "u", "v", "u1", "v1")


def _tall(place: Place) -> Place:
    (left, right), (low, high) = REACH
    return (place[0] - left) / (right - left), (place[1] - low) / (high - low)


def _wide(name: str) -> Place:
    x, y = WIDE_PLACES[name]
    return x / WIDE[0], y / WIDE[1]


def _on_edge(k: int, side: int) -> Spot:
    """Above an edge, side 1, or below it, side -1."""
    ends = [(np.array(PLACES[name]), np.array(_wide(name))) for name in EDGES[k]]
    (tall, wide), (tall1, wide1) = ends
    x, y = tall + LABEL_AT[k] * (tall1 - tall)
    u, v = wide + WIDE_LABEL_AT[k] * (wide1 - wide)
    return Spot(_tall((float(x), float(y) + 0.085 * side)), (float(u), float(v)), (0.0, 0.65 * side))


def _beside(name: str, line: int) -> Spot:
    """Around a node: in a tall picture one above the other, or beneath the lower row; in a wide one right of it."""
    down = name in ("x₂", "h₂")
    x, y = PLACES[name]
    # in the place of the name, the first line, comes the sum
    tall = _tall((x, y + (0.21 + 0.1 * max(line - 1, 0)) * (-1 if down else 1)))
    if name.startswith("x"):
        return Spot(tall, _wide(name), (0.0, -2.35 if down else 2.35))
    if name == "ŷ":
        return Spot(tall, _wide(name), (2.1, 3.0 - 1.2 * max(line - 1, 0)), left=True)
    # the name, in whose place comes the sum; right of it the bias with its gradient, beneath it the sum's
    column, row = ((0, 0), (0, 0), (1, 0), (1, 1), (0, 1))[line]
    return Spot(tall, _wide(name), (2.0 + 8.7 * column, (1.75 - 1.15 * row) * (-1 if down else 1)), left=True)


def _beneath(line: int, above: int) -> Spot:
    """Below the output; in a wide picture right of it, after what stands ``above``."""
    x, y = PLACES["ŷ"]
    return Spot(_tall((x, y - 0.25 - 0.1 * line)), _wide("ŷ"), (2.1, 3.0 - 1.2 * (above + line)), left=True)


def _columns(rows: Sequence[tuple], names: Sequence[str]) -> Columns:
    return {name: np.array([row[k] for row in rows]) for k, name in enumerate(names)}


def _notes(spot: Spot, notes: Sequence[Note], kind: str) -> list[tuple]:
    place = (*spot.tall, *spot.wide, *spot.further, spot.left)
    return [(*place, text, step, FOREVER if until is None else until, kind) for text, step, until in notes]


POSITIVE, NEGATIVE = "#D9590F", "#2B6CB0"
NODE = "#566880"
ACTIVE = "#B8860B"
TALL_LETTERS = "max(9, min(0.042 * height, 0.035 * width))"
WIDE_LETTERS = f"min(width / {WIDE[0]}, height / {WIDE[1]})"
"""The size of what is written: as large as notes leave room for that stand one above the other, or beside the nodes."""

AS_ROOM = {"expr": "letters"}
NODE_SIZE = {"expr": "PI * pow(1.75 * letters, 2)"}
RING_SIZE = {"expr": "PI * pow(1.75 * letters + 2, 2)"}
"""The areas of a node and of the ring around it: a node is as wide as the longest number in it."""

KINDS = {
    "inside": {"color": "white", "fontSize": AS_ROOM, "fontWeight": "bold"},
    "note": {"color": style.NEUTRAL, "fontSize": AS_ROOM, "fontWeight": "bold"},
    "weight": {"color": "#1B2430", "fontSize": AS_ROOM, "fontWeight": "bold"},
    "slope": {"color": "#C2359B", "fontSize": AS_ROOM, "fontWeight": "bold"},
    "edge_slope": {"color": "#A3187D", "fontSize": AS_ROOM, "fontWeight": "bold"},
}
"""How each kind of number is written: a gradient in a colour of its own, and with a sign before it."""

ON_EDGES = ("weight", "edge_slope")
PLATE = {
    "color": "#EDF1F6",
    "opacity": 1,
    "cornerRadius": 4,
    "width": {"expr": "(0.58 * length(datum.text) + 0.5) * letters"},
    "height": {"expr": "1.25 * letters"},
}
"""What lies between a number and the edge that it stands on: to be read in either theme, on a line of any colour."""


def _place_marks(rows: str, **columns: str) -> fast_marks.Marks:
    """Rows with the columns that say where they stand in a picture of this shape."""
    marks = fast_marks.of(rows)
    for name, (tall, wide) in {name: each.split(" or ") for name, each in columns.items()}.items():
        marks = marks.transform_calculate(**{name: f"wide ? {wide} : {tall}"})
    return marks


def _draw_small_network(height: int) -> Chart:
    x = alt.X("x_at:Q", axis=None, scale=alt.Scale(domain=[0, 1], nice=False))
    y = alt.Y("y_at:Q", axis=None, scale=alt.Scale(domain=[0, 1], nice=False))
    here = {"x_at": "datum.x or datum.u", "y_at": "datum.y or datum.v"}
    there = {"x1_at": "datum.x1 or datum.u1", "y1_at": "datum.y1 or datum.v1"}
    along = {"x": x, "y": y, "x2": "x1_at:Q", "y2": "y1_at:Q"}
    # as much wider as the letters are larger than on a small screen
    thick = {"thickness": "datum.width * max(1, letters / 14)"}
    width = alt.StrokeWidth("thickness:Q", scale=None)
    signs = ["+", "−"]
    texts = _place_marks(
        "texts",
        x_at="datum.x or datum.u + datum.further * letters / width",
        y_at="datum.y or datum.v + datum.up * letters / height",
    )
    written = []
    for kind, how in KINDS.items():
        of_kind = texts.transform_filter(f"datum.kind == {json.dumps(kind)}").transform_filter(NOW)
        if kind in ON_EDGES:
            written.append(of_kind.mark_rect(**PLATE).encode(x=x, y=y))
        align = {"expr": "wide && datum.left ? 'left' : 'center'"}
        written.append(of_kind.mark_text(**how, align=align).encode(x=x, y=y, text="text:N"))
    letters = alt.param(name="letters", expr=f"max({TALL_LETTERS}, {WIDE_LETTERS})")
    wide = alt.param(name="wide", expr=f"{WIDE_LETTERS} > {TALL_LETTERS}")
    return (
        fast_marks.layer(
            _place_marks("lit", **here, **there)
            .transform_calculate(**thick)
            .transform_filter(NOW)
            .mark_rule(color=ACTIVE, opacity=0.75)
            .encode(**along, strokeWidth=width),
            _place_marks("edges", **here, **there)
            .transform_calculate(**thick)
            .mark_rule(opacity=0.8)
            .encode(
                **along,
                strokeWidth=width,
                # no legend: the weights are written on the edges with their signs
                color=alt.Color("sign:N", scale=alt.Scale(domain=signs, range=[POSITIVE, NEGATIVE]), legend=None),
                strokeDash=alt.StrokeDash("sign:N", scale=alt.Scale(domain=signs, range=[[1, 0], [7, 4]]), legend=None),
            ),
            _place_marks("nodes", **here)
            .mark_point(filled=True, size=NODE_SIZE, color=NODE, opacity=1)
            .encode(x=x, y=y, tooltip=alt.Tooltip("name:N", title="")),
            _place_marks("rings", **here)
            .transform_filter(NOW)
            .mark_point(size=RING_SIZE, strokeWidth=4, color=ACTIVE, opacity=1)
            .encode(x=x, y=y),
            *written,
        )
        .add_params(axes.step_parameter(), letters, wide)
        .properties(height=height)
    )


def three_views(
    addresses: Mapping[str, str], extent: Extent, lines: Sequence[np.ndarray], point: Sequence[float]
) -> Picture:
    """What each unit answers over the plane of the inputs: one small map a unit, with its line and the input shown.

    addresses: by name, a picture of its answers (see neuron.answer_shades). lines: the ends of each one's line z = 0,
    shape (2, 2) or (0, 2), in the same order.
    """
    (left, right), (low, high) = extent
    images, drawn, titles, points = [], [], [], []
    for k, (name, address) in enumerate(addresses.items()):
        begin = 1.08 * k

        def across(x: np.ndarray, begin: float = begin) -> np.ndarray:
            return begin + (np.asarray(x) - left) / (right - left)

        def up(y: np.ndarray) -> np.ndarray:
            return (np.asarray(y) - low) / (high - low)

        images.append(frames.of_image(address, ((begin, begin + 1), (0.0, 1.0))))
        ends = lines[k]
        drawn.append({"x": across(ends[:, 0]), "y": up(ends[:, 1]), "name": np.full(len(ends), name)})
        points.append((float(across(np.array(point[0]))), float(up(np.array(point[1])))))
        titles.append((begin + 0.5, 1.1, name))
    data = {
        "image": frames.stack(images),
        "lines": frames.stack(drawn),
        "points": _columns(points, ("x", "y")),
        "titles": _columns(titles, ("x", "y", "text")),
    }
    return Picture(_draw_three_views, {"count": len(addresses)}, data, name="three_views")


def _draw_three_views(count: int) -> Chart:
    x = alt.X(
        field="x0", type="quantitative", axis=None, scale=alt.Scale(domain=[-0.02, 1.08 * count - 0.06], nice=False)
    )
    y = alt.Y(field="y0", type="quantitative", axis=None, scale=alt.Scale(domain=[-0.02, 1.2], nice=False))
    at = {"x": "x:Q", "y": "y:Q"}
    return fast_marks.layer(
        axes.image(x, y),
        fast_marks.of("lines").mark_line(color="#1B2430", strokeWidth=2.5).encode(**at, detail="name:N"),
        fast_marks.of("points")
        .mark_point(filled=True, size=110, color="#1B2430", stroke="white", strokeWidth=2, opacity=1)
        .encode(**at),
        fast_marks.of("titles")
        .mark_text(fontSize=15, fontWeight="bold", color=style.NEUTRAL)
        .encode(**at, text="text:N"),
    ).properties(height=260)
