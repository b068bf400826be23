"""Pictures of a small network, number by number: forwards and back through two hidden units, and what each sees."""

from collections.abc import Mapping, Sequence

import altair as alt
import numpy as np

from charts import axes, fast_marks, frames, style
from charts.axes import NOW, Chart, Extent
from charts.frames import FOREVER, Columns
from charts.picture import Picture

PLACES = {"x₁": (0.0, 1.0), "x₂": (0.0, 0.0), "h₁": (1.15, 1.0), "h₂": (1.15, 0.0), "ŷ": (2.3, 0.5)}
"""Where the nodes stand."""

EDGES = (("x₁", "h₁"), ("x₂", "h₁"), ("x₁", "h₂"), ("x₂", "h₂"), ("h₁", "ŷ"), ("h₂", "ŷ"))
LABEL_AT = (0.5, 0.24, 0.24, 0.5, 0.42, 0.42)
"""How far along each edge its numbers stand: where the two that cross do not meet."""


Note = tuple[str, int, int | None]
"""A number that is written beside a node or an edge: the text, from which step on, until before which, if it goes."""


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
    inside, around: what is written in a node and above or below it, by the names of PLACES. beneath: what the output is
    held against.
    active: step, and which nodes and edges are at work then.
    """
    widths = 1.2 + 6.8 * np.minimum(np.abs(weights) / max(1.0, float(np.max(np.abs(weights)))), 1)
    ends = np.array([[*PLACES[one], *PLACES[other]] for one, other in EDGES])
    edges: Columns = dict(zip(("x", "y", "x1", "y1"), ends.T, strict=True))
    edges |= {"width": widths, "sign": np.array(["+" if w >= 0 else "−" for w in weights])}
    texts: list[tuple[float, float, str, int, int, str]] = []
    for k, (number, slope) in enumerate(zip(on_edges, slopes, strict=True)):
        x, y, x1, y1 = ends[k]
        at = x + LABEL_AT[k] * (x1 - x), y + LABEL_AT[k] * (y1 - y)
        texts += _written(at, 0.085, [number], "weight") + _written(at, -0.085, [slope], "slope")
    for name, place in PLACES.items():
        texts += _written(place, 0.0, inside.get(name, ()), "inside")
        # around the nodes of the upper row everything stands above, or it would meet the edges
        for line, note in enumerate(around.get(name, ())):
            up = (0.21 + 0.1 * line) * (-1 if name in ("x₂", "h₂") else 1)
            texts += _written(place, up, [note], "slope" if note[0].startswith(("∂", "δ")) else "note")
    for line, note in enumerate(beneath):
        texts += _written(PLACES["ŷ"], -0.25 - 0.1 * line, [note], "note")
    rings = [(*PLACES[name], step, step + 1) for step, nodes, _ in active for name in nodes]
    lit = [(*ends[k], widths[k] + 4, step, step + 1) for step, _, which in active for k in which]
    data = {
        "edges": edges,
        "lit": _columns(lit, ("x", "y", "x1", "y1", "width", "step", "until")),
        "nodes": frames.of_points(np.array(list(PLACES.values()))) | {"name": np.array(list(PLACES))},
        "rings": _columns(rings, ("x", "y", "step", "until")),
        "texts": _columns(texts, ("x", "y", "text", "step", "until", "kind")),
    }
    return Picture(_draw_small_network, {"height": 440}, data)


def _columns(rows: Sequence[tuple], names: Sequence[str]) -> Columns:
    return {name: np.array([row[k] for row in rows]) for k, name in enumerate(names)}


def _written(
    place: tuple[float, float], up: float, notes: Sequence[Note], kind: str
) -> list[tuple[float, float, str, int, int, str]]:
    x, y = place
    return [(x, y + up, text, step, FOREVER if until is None else until, kind) for text, step, until in notes]


POSITIVE, NEGATIVE = "#D9590F", "#2B6CB0"
NODE = "#566880"
ACTIVE = "#B8860B"
KINDS = {
    "inside": {"color": "white", "fontSize": 13, "fontWeight": "bold"},
    "note": {"color": style.NEUTRAL, "fontSize": 13, "fontWeight": "bold"},
    "weight": {"color": "#1B2430", "fontSize": 13, "fontWeight": "bold"},
    "slope": {"color": "#C2359B", "fontSize": 13, "fontWeight": "bold"},
}
"""How each kind of number is written: a gradient in a colour of its own, and with a sign before it."""


def _draw_small_network(height: int) -> Chart:
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[-0.28, 2.68], nice=False))
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[-0.62, 1.62], nice=False))
    along = {"x": x, "y": y, "x2": "x1:Q", "y2": "y1:Q"}
    width = alt.StrokeWidth("width:Q", scale=None)
    legend = alt.Legend(title="w", orient="top", symbolType="stroke", symbolSize=400, symbolStrokeWidth=3)
    signs = ["+", "−"]
    nodes = fast_marks.of("nodes")
    texts = fast_marks.of("texts")
    written = []
    for kind, how in KINDS.items():
        here = texts.transform_filter(f"datum.kind == '{kind}'").transform_filter(NOW)
        # on the edges, in either theme: within a light rim
        rims = [{**how, "stroke": "white", "strokeWidth": 3.5}] if kind in ("weight", "slope") else []
        written += [here.mark_text(**each).encode(x=x, y=y, text="text:N") for each in (*rims, how)]
    return (
        fast_marks.layered(
            fast_marks.of("lit")
            .transform_filter(NOW)
            .mark_rule(color=ACTIVE, opacity=0.75)
            .encode(**along, strokeWidth=width),
            fast_marks.of("edges")
            .mark_rule(opacity=0.8)
            .encode(
                **along,
                strokeWidth=width,
                color=alt.Color("sign:N", scale=alt.Scale(domain=signs, range=[POSITIVE, NEGATIVE]), legend=legend),
                strokeDash=alt.StrokeDash(
                    "sign:N", scale=alt.Scale(domain=signs, range=[[1, 0], [7, 4]]), legend=legend
                ),
            ),
            nodes.mark_point(filled=True, size=2600, color=NODE, opacity=1).encode(x=x, y=y, tooltip="name:N"),
            fast_marks.of("rings")
            .transform_filter(NOW)
            .mark_point(size=3000, strokeWidth=4, color=ACTIVE, opacity=1)
            .encode(x=x, y=y),
            *written,
        )
        .add_params(axes.step_shown())
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
        "image": frames.stacked(images),
        "lines": frames.stacked(drawn),
        "points": _columns(points, ("x", "y")),
        "titles": _columns(titles, ("x", "y", "text")),
    }
    return Picture(_draw_three_views, {"count": len(addresses)}, data)


def _draw_three_views(count: int) -> Chart:
    x = alt.X(
        field="x0", type="quantitative", axis=None, scale=alt.Scale(domain=[-0.02, 1.08 * count - 0.06], nice=False)
    )
    y = alt.Y(field="y0", type="quantitative", axis=None, scale=alt.Scale(domain=[-0.02, 1.2], nice=False))
    at = {"x": "x:Q", "y": "y:Q"}
    return fast_marks.layered(
        axes.image(x, y),
        fast_marks.of("lines").mark_line(color="#1B2430", strokeWidth=2.5).encode(**at, detail="name:N"),
        fast_marks.of("points")
        .mark_point(filled=True, size=110, color="#1B2430", stroke="white", strokeWidth=2, opacity=1)
        .encode(**at),
        fast_marks.of("titles")
        .mark_text(fontSize=15, fontWeight="bold", color=style.NEUTRAL)
        .encode(**at, text="text:N"),
    ).properties(height=260)
