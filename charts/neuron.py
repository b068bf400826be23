"""Pictures of a single unit: the nerve cell beside it, its line and its answers over the plane, gates and corners."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np

from charts import axes, fast_marks, frames, style
from charts.axes import NOW, SO_FAR, Chart, Extent, Range
from charts.frames import Columns
from charts.picture import Picture
from charts.png import indexed_png

LOW, MIDDLE, HIGH = "#2B6CB0", "#F4F4F4", "#D9590F"
"""The colours of a small, a middle and a large answer."""

SHADES = 33


def _shades() -> list[str]:
    ends = np.array([[int(colour[k : k + 2], 16) for k in (1, 3, 5)] for colour in (LOW, MIDDLE, HIGH)])
    mixed = np.stack([np.interp(np.linspace(0, 2, SHADES), (0, 1, 2), channel) for channel in ends.T], axis=1)
    return ["#{:02X}{:02X}{:02X}".format(*colour) for colour in np.rint(mixed).astype(int)]


def answer_shades(answers: np.ndarray, middle: float, reach: float) -> str:
    """The picture of a unit's answers over the plane: blue below ``middle``, white at it, orange above.

    answers: shape (columns, rows). reach: how far from the middle the colours go.
    """
    share = np.clip((answers - middle) / (2 * reach) + 0.5, 0, 1)
    return indexed_png(np.rint(np.nan_to_num(share, nan=0.5) * (SHADES - 1)), _shades())


# ---- the nerve cell and the unit -----------------------------------------------------------------------------------

Scene = dict[str, list[tuple[Any, ...]]]


def _bent(*through: tuple[float, float]) -> np.ndarray:
    """A curve that begins and ends at the first and last of three or four points and is drawn towards the others."""
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
    strokes = [("dendrite", _bent(root, bend, tip), 6.0) for root, bend, tip in zip(roots, bends, tips, strict=True)]
    twigs = [((1.65, 4.3), (1.7, 5.0)), ((1.3, 3.3), (1.0, 3.0)), ((1.65, 1.7), (1.75, 0.9)), ((2.75, 4.8), (3.1, 5.5))]
    strokes += [("dendrite", _bent(start, start, end), 3.5) for start, end in twigs]
    ends = [(0.15, 5.5), (0.1, 3.9), (0.1, 2.1), (0.15, 0.5)]
    strokes += [("synapse", _bent(end, end, tip), 2.5) for end, tip in zip(ends, tips, strict=False)]
    strokes.append(("axon", _bent((5.1, 3.0), (6.2, 3.5), (7.0, 2.4), (8.2, 3.0)), 7.0))
    fingers = [(9.5, 4.6), (9.7, 3.5), (9.7, 2.4), (9.5, 1.3)]
    strokes += [("axon", _bent((8.2, 3.0), (9.0, 3.0), end), 3.5) for end in fingers]
    angle = np.linspace(0, 2 * np.pi, 60)
    radius = 1 + 0.09 * np.cos(3 * angle) + 0.05 * np.sin(5 * angle)
    body = np.stack([3.65 + 0.95 * radius * np.cos(angle), 3 + 1.05 * radius * np.sin(angle)], axis=1)
    areas = [("soma", body, 2.0), ("threshold", np.array([(4.35, 3.6), (5.25, 3.14), (5.25, 2.86), (4.35, 2.4)]), 2.0)]
    dots = [("synapse", np.array([tip]), 150.0) for tip in tips[:4]]
    dots += [("axon", np.array([end]), 110.0) for end in fingers]
    return {"strokes": strokes, "areas": areas, "dots": dots}


def _unit() -> dict[str, list[tuple[str, np.ndarray, float]]]:
    """The strokes, areas and dots of a unit, as ``_cell`` gives those of a nerve cell."""
    inputs = [(0.7, 5.0), (0.7, 3.0), (0.7, 1.0)]
    strokes = [("synapse", np.array([place, (4.2, 3.0)]), 3.0) for place in inputs]
    strokes.append(("soma", np.array([(4.6, 3.0), (7.0, 3.0)]), 4.0))
    strokes.append(("axon", np.array([(7.0, 3.0), (9.3, 3.0)]), 4.0))
    areas = [("axon", np.array([(9.25, 3.25), (9.75, 3.0), (9.25, 2.75)]), 1.0)]
    dots = [("dendrite", np.array([place]), 1100.0) for place in inputs]
    dots += [("soma", np.array([(4.5, 3.0)]), 3600.0), ("threshold", np.array([(7.1, 3.0)]), 2000.0)]
    return {"strokes": strokes, "areas": areas, "dots": dots}


CELL_LABELS = {
    "dendrite": (4.9, 5.6),
    "synapse": (1.4, 0.0),
    "soma": (4.7, 1.45),
    "threshold": (6.6, 4.1),
    "axon": (7.0, 2.0),
}
UNIT_LABELS = {
    "dendrite": (1.2, 0.0),
    "synapse": (3.6, 5.2),
    "soma": (5.2, 1.4),
    "threshold": (7.1, 4.3),
    "axon": (8.9, 2.0),
}
"""Where the names of the parts stand."""

UNIT_SYMBOLS = {
    (0.7, 5.0): "x₁",
    (0.7, 3.0): "x₂",
    (0.7, 1.0): "x₃",
    (4.5, 3.0): "Σ + b",
    (7.1, 3.0): "φ",
}
UNIT_LETTERS = {(2.3, 4.5): "w₁", (1.9, 3.3): "w₂", (2.3, 1.5): "w₃", (5.85, 3.4): "z", (8.4, 3.4): "a"}


def nerve_cell(names: Mapping[str, str], lit: str) -> Picture:
    """A nerve cell with names for its dendrite, synapse, soma, threshold and axon; the part ``lit`` stands out."""
    return Picture(_draw_nerve_cell, {"height": 300}, _scene(_cell(), CELL_LABELS, names, {}, {}, lit))


def unit_diagram(names: Mapping[str, str], lit: str) -> Picture:
    """A unit of a network, its parts named by the keys of ``nerve_cell``; the one called ``lit`` stands out."""
    data = _scene(_unit(), UNIT_LABELS, names, UNIT_SYMBOLS, UNIT_LETTERS, lit)
    return Picture(_draw_unit_diagram, {"height": 300}, data)


def _scene(
    shapes: Mapping[str, list[tuple[str, np.ndarray, float]]],
    places: Mapping[str, tuple[float, float]],
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
        data[kind] = frames.stacked(rows)
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


def _draw_nerve_cell(height: int) -> Chart:
    return _drawn_scene(height)


def _draw_unit_diagram(height: int) -> Chart:
    return _drawn_scene(height)


def _drawn_scene(height: int) -> Chart:
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[0, 10], nice=False))
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[-0.3, 6], nice=False))
    colour = alt.condition("datum.lit", alt.value(LIT), alt.value(UNLIT))
    along = {"x": x, "y": y, "detail": "shape:N", "order": "order:Q"}
    names = fast_marks.of("names")
    dots = fast_marks.of("dots").mark_point(filled=True, opacity=1, stroke="white", strokeWidth=1.5)
    written = {"x": x, "y": y, "text": "text:N"}
    # on the lines the names would be hard to read, in either theme: a halo in the theme's own ground is not to be had
    return fast_marks.layered(
        fast_marks.of("strokes")
        .mark_line(strokeCap="round", strokeJoin="round")
        .encode(**along, color=colour, strokeWidth=alt.StrokeWidth("width:Q", scale=None)),
        fast_marks.of("areas")
        .mark_line(filled=True, interpolate="linear-closed", stroke="white", strokeWidth=1.5)
        .encode(**along, fill=colour),
        dots.encode(x=x, y=y, color=colour, size=alt.Size("width:Q", scale=None)),
        fast_marks.of("symbols").mark_text(fontSize=16, fontWeight="bold", color="white").encode(**written),
        fast_marks.of("letters").mark_text(fontSize=16, fontStyle="italic", color=style.NEUTRAL).encode(**written),
        names.transform_filter("datum.lit == false")
        .mark_text(fontSize=13, color=style.NEUTRAL, fontWeight="bold")
        .encode(**written),
        names.transform_filter("datum.lit == true")
        .mark_text(fontSize=16, color=LIT, fontWeight="bold")
        .encode(**written),
    ).properties(height=height)


# ---- one unit over the plane of its inputs -------------------------------------------------------------------------


def plane_with_line(
    address: str,
    extent: Extent,
    line: np.ndarray,
    ahead: np.ndarray,
    point: Sequence[float],
    x_title: str,
    y_title: str,
) -> Picture:
    """The answers of a unit over the plane of its inputs (``address``, see answer_shades), its line, and one input.

    line: the ends of the line z = 0, shape (2, 2) or (0, 2). ahead: from where to where the weights point, shape
    (2, 2) or (0, 2).
    """
    look = {"x_title": x_title, "y_title": y_title, "x_domain": extent[0], "y_domain": extent[1]}
    data = {
        "image": frames.of_image(address, extent),
        "line": frames.of_points(line),
        "ahead": frames.of_points(ahead) | {"text": np.array(["", "w"])[: len(ahead)]},
        "point": frames.of_points(np.array([point])),
    }
    return Picture(_draw_plane_with_line, axes.plain(look), data)


def _draw_plane_with_line(x_title: str, y_title: str, x_domain: Range, y_domain: Range) -> Chart:
    x, y = alt.X(**axes.axis("x", x_title, x_domain)), alt.Y(**axes.axis("y", y_title, y_domain))
    ahead = fast_marks.of("ahead")
    return fast_marks.layered(
        axes.image(x, y),
        fast_marks.of("line").mark_line(color="#1B2430", strokeWidth=3, clip=True).encode(x=x, y=y),
        ahead.mark_line(color="#1B2430", strokeWidth=2, strokeDash=[4, 3], clip=True).encode(x=x, y=y),
        ahead.mark_text(color="#1B2430", fontSize=18, fontWeight="bold", dx=12, dy=-8, clip=True).encode(
            x=x, y=y, text="text:N"
        ),
        fast_marks.of("point")
        .mark_point(filled=True, size=220, color="#1B2430", stroke="white", strokeWidth=2.5, opacity=1, clip=True)
        .encode(x=x, y=y, tooltip=axes.told(x_title, y_title, "y")),
    ).properties(height=style.SIDE_HEIGHT)


def unit_curves(
    z: np.ndarray,
    curves: Mapping[str, np.ndarray],
    at: float,
    answers: Mapping[str, float],
    y_domain: Range,
    x_title: str,
    y_title: str,
) -> Picture:
    """Activations side by side as curves over z, and what each makes of the same sum ``at``.

    A sum beyond the ends of ``z`` is drawn at the end.
    """
    rows = [{"name": np.full(len(z), name), "x": z, "y": np.clip(a, *y_domain)} for name, a in curves.items()]
    here = float(np.clip(at, z[0], z[-1]))
    marks = {
        "name": np.array(list(answers)),
        "x": np.full(len(answers), here),
        "y": np.clip(np.array(list(answers.values()), dtype=float), *y_domain),
    }
    look = {"x_title": x_title, "y_title": y_title, "x_domain": axes.ends(z), "y_domain": y_domain}
    look["names"] = tuple(curves)
    data = {"curves": frames.stacked(rows), "marks": marks, "here": {"x": np.array([here])}}
    return Picture(_draw_unit_curves, axes.plain(look), data)


def _draw_unit_curves(x_title: str, y_title: str, x_domain: Range, y_domain: Range, names: Sequence[str]) -> Chart:
    x, y = alt.X(**axes.axis("x", x_title, x_domain)), alt.Y(**axes.axis("y", y_title, y_domain))
    told = [alt.Tooltip("name:N", title=""), *axes.told(x_title, y_title, "y")]
    return fast_marks.layered(
        fast_marks.of("here").mark_rule(color=style.NEUTRAL, strokeDash=[4, 4]).encode(x=x),
        fast_marks.of("curves")
        .mark_line(strokeWidth=2.5, clip=True)
        .encode(x=x, y=y, **axes.by_run(names, "strokeDash", outline=2)),
        fast_marks.of("marks")
        .mark_point(filled=True, size=170, opacity=1, stroke="white", strokeWidth=2)
        .encode(x=x, y=y, tooltip=told, **axes.by_run(names, outline=2)),
    ).properties(height=style.SIDE_HEIGHT)


# ---- gates ---------------------------------------------------------------------------------------------------------


def corners_with_line(
    address: str,
    extent: Extent,
    corners: np.ndarray,
    answers: np.ndarray,
    wanted: Sequence[int],
    lines: Mapping[str, np.ndarray],
    x_title: str,
    y_title: str,
    reveal: Mapping[str, int] | None = None,
    answered_at: int = 0,
) -> Picture:
    """The corners coloured by their answers, with what was wanted where it is something else, and lines by name.

    corners: shape (count, 2). answers: 0 or 1, shape (count,). lines: the ends of each, shape (2, 2) or (0, 2).
    reveal: by line, from which step of the player on it is shown. answered_at: from when the answers are.
    """
    look: dict[str, Any] = {"x_title": x_title, "y_title": y_title, "x_domain": extent[0], "y_domain": extent[1]}
    look |= {"names": tuple(lines), "played": reveal is not None}
    return Picture(
        _draw_corners,
        axes.plain(look),
        _cornered(address, extent, corners, answers, wanted, lines, reveal, answered_at),
    )


def hidden_corners(
    address: str,
    extent: Extent,
    places: np.ndarray,
    labels: Sequence[str],
    answers: np.ndarray,
    wanted: Sequence[int],
    line: np.ndarray,
    x_title: str,
    y_title: str,
    placed_at: int,
    answered_at: int,
) -> Picture:
    """Where the corners stand in the plane of two hidden outputs, and the line of the output unit there.

    places: shape (count, 2), each once. labels: which corners are there.
    """
    look = {"x_title": x_title, "y_title": y_title, "x_domain": extent[0], "y_domain": extent[1], "names": ("y",)}
    data = _cornered(address, extent, places, answers, wanted, {"y": line}, {"y": answered_at}, answered_at, placed_at)
    count = len(places)
    data["labels"] = frames.of_points(places) | {"text": np.array(labels), "step": np.full(count, placed_at)}
    return Picture(_draw_hidden_corners, axes.plain(look), data)


def _cornered(
    address: str,
    extent: Extent,
    corners: np.ndarray,
    answers: np.ndarray,
    wanted: Sequence[int],
    lines: Mapping[str, np.ndarray],
    reveal: Mapping[str, int] | None,
    answered_at: int,
    placed_at: int = 0,
) -> dict[str, Columns]:
    count = len(corners)
    right = np.asarray(answers) == np.asarray(wanted)
    judged = [("✓" if ok else f"✗ ≠{want}") for ok, want in zip(right, wanted, strict=True)]
    drawn = []
    for name, ends in lines.items():
        shown = 0 if reveal is None else reveal[name]
        drawn.append(frames.of_points(ends) | {"name": np.full(len(ends), name), "step": np.full(len(ends), shown)})
    points = frames.of_points(corners) | {"step": np.full(count, answered_at), "answer": np.asarray(answers, dtype=int)}
    waiting = frames.of_points(corners) | {"step": np.full(count, placed_at), "until": np.full(count, answered_at)}
    return {
        "image": frames.of_image(address, extent) | {"step": np.array([answered_at])},
        "waiting": waiting,
        "lines": frames.stacked(drawn),
        "points": points | {"judged": np.array(judged)},
    }


def _draw_corners(
    x_title: str, y_title: str, x_domain: Range, y_domain: Range, names: Sequence[str], played: bool
) -> Chart:
    return _drawn_corners(x_title, y_title, x_domain, y_domain, names, labelled=False, played=played)


def _draw_hidden_corners(x_title: str, y_title: str, x_domain: Range, y_domain: Range, names: Sequence[str]) -> Chart:
    return _drawn_corners(x_title, y_title, x_domain, y_domain, names, labelled=True, played=True)


def _drawn_corners(
    x_title: str, y_title: str, x_domain: Range, y_domain: Range, names: Sequence[str], labelled: bool, played: bool
) -> Chart:
    ticks = alt.Axis(values=[0, 0.5, 1], grid=True)
    x = alt.X(**axes.axis("x", x_title, x_domain, axis=ticks))
    y = alt.Y(**axes.axis("y", y_title, y_domain, axis=ticks))
    points = fast_marks.of("points").transform_filter(SO_FAR)
    # a condition, not a scale: the scale of colours and its legend belong to the lines
    fill = alt.condition("datum.answer == 1", alt.value(HIGH), alt.value(LOW))
    told = [*axes.told(x_title, y_title, "y"), alt.Tooltip("answer:Q", title="a")]
    judged = {"x": x, "y": y, "text": "judged:N"}
    text = {"fontSize": 17, "fontWeight": "bold", "dy": -26}
    layers = [
        axes.image(x, y).transform_filter(SO_FAR),
        fast_marks.of("lines")
        .transform_filter(SO_FAR)
        .mark_line(strokeWidth=3.5, clip=True)
        .encode(x=x, y=y, **_inked(names)),
        fast_marks.of("waiting")
        .transform_filter(NOW)
        .mark_point(filled=True, size=650, color=style.NEUTRAL, stroke="white", strokeWidth=2.5, opacity=1)
        .encode(x=x, y=y),
        points.mark_point(filled=True, size=650, stroke="white", strokeWidth=2.5, opacity=1).encode(
            x=x, y=y, color=fill, tooltip=told
        ),
        points.mark_text(color="white", fontSize=16, fontWeight="bold").encode(x=x, y=y, text="answer:N"),
        # a mark on blue and on orange, on white and on black: dark, within a light rim
        points.mark_text(stroke="white", strokeWidth=4, color="white", **text).encode(**judged),
        points.mark_text(color="#1B2430", **text).encode(**judged),
    ]
    if labelled:
        labels = fast_marks.of("labels").transform_filter(SO_FAR)
        below = {"fontSize": 13, "dy": 26, "fontWeight": "bold"}
        layers += [
            labels.mark_text(stroke="white", strokeWidth=4, color="white", **below).encode(x=x, y=y, text="text:N"),
            labels.mark_text(color="#1B2430", **below).encode(x=x, y=y, text="text:N"),
        ]
    # without a player there is nothing to move, and no slider is to be seen
    shown = axes.step_shown() if played else alt.param(name="t", value=axes.MOST_STEPS)
    return fast_marks.layered(*layers).add_params(shown).properties(height=style.SIDE_HEIGHT)


INKS = ("#7A3FF2", "#0A7F46")
"""For two lines that have a legend: to be seen on the map and on the ground of either theme."""
INK = "#1B2430"
INK_DASHES = ([1, 0], [7, 4])


def _inked(names: Sequence[str]) -> dict[str, Any]:
    """How lines over blue and orange are told apart."""
    legend = alt.Legend(title=None, orient="top", symbolType="stroke", symbolSize=400, symbolStrokeWidth=3)
    shown = legend if len(names) > 1 else None
    inks = INKS if len(names) > 1 else (INK,)
    ink, dash = (alt.Scale(domain=list(names), range=list(of[: len(names)])) for of in (inks, INK_DASHES))
    return {
        "color": alt.Color("name:N", scale=ink, legend=shown),
        "strokeDash": alt.StrokeDash("name:N", scale=dash, legend=shown),
    }


def grid_shares(names: Sequence[str], share: np.ndarray, best: np.ndarray, chosen: str, x_title: str) -> Picture:
    """The share of all units on a grid that make each gate, and at how many of four corners the best one is right."""
    ceiling = float(f"{max(float(share.max()), 1e-6) * 1.6:.1g}")
    columns = {
        "name": np.array(names),
        "x": share,
        "text": np.array([f"{s:.2%} · {b}/4" for s, b in zip(share, best, strict=True)]),
        "chosen": np.array([name == chosen for name in names]),
    }
    look = {"x_title": x_title, "names": tuple(names), "x_domain": (0.0, ceiling)}
    return Picture(_draw_grid_shares, axes.plain(look), {"shares": columns})


def _draw_grid_shares(x_title: str, names: Sequence[str], x_domain: Range) -> Chart:
    x = alt.X(**axes.axis("x", x_title, x_domain, axis=alt.Axis(format=".1%", tickCount=4)))
    y = alt.Y("name:N", sort=list(names), title=None, axis=alt.Axis(labelFontSize=13))
    shares = fast_marks.of("shares")
    colour = alt.condition("datum.chosen", alt.value(LIT), alt.value(UNLIT))
    return fast_marks.layered(
        shares.mark_bar(height=18).encode(x=x, y=y, color=colour),
        shares.mark_text(align="left", dx=6, fontSize=13, color=style.NEUTRAL).encode(x=x, y=y, text="text:N"),
    ).properties(height=style.SIDE_HEIGHT)
