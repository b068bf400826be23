"""Pictures of gates: corners and the lines that part them, as they are set and as a network learns them."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np

from charts import axes, fast_marks, frames, style
from charts.axes import NOW, SO_FAR, Chart, Extent, Range
from charts.cell_and_unit import LIT, UNLIT
from charts.frames import Columns
from charts.neuron import HIGH, INK, LOW
from charts.picture import Picture

__all__ = ["corners_with_line", "grid_shares", "hidden_corners", "learned_hidden", "learned_inputs"]


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
        axes.rounded_ranges(look),
        _corner_data(address, extent, corners, answers, wanted, lines, reveal, answered_at),
        name="corners",
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
    played: bool = True,
) -> Picture:
    """Where the corners stand in the plane of two hidden outputs, and the line of the output unit there.

    places: shape (count, 2), each once; there may be none yet. labels: which corners are there.
    """
    look: dict[str, Any] = {"x_title": x_title, "y_title": y_title, "x_domain": extent[0], "y_domain": extent[1]}
    look |= {"names": ("ŷ",), "played": played}
    data = _corner_data(
        address,
        extent,
        places,
        answers,
        wanted,
        {"ŷ": line},
        {"ŷ": answered_at if played else 0},
        answered_at,
        placed_at,
    )
    # what the output unit makes of every place is known before anything is there
    data["image"]["step"] = np.array([0])
    count = len(places)
    data["labels"] = frames.of_points(places) | {"text": np.array(labels, dtype=str), "step": np.full(count, placed_at)}
    return Picture(_draw_hidden_corners, axes.rounded_ranges(look), data, name="hidden_corners")


def _corner_data(
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
        "lines": frames.stack(drawn),
        "points": points | {"judged": np.array(judged, dtype=str)},
    }


def _draw_corners(
    x_title: str, y_title: str, x_domain: Range, y_domain: Range, names: Sequence[str], played: bool
) -> Chart:
    return _corner_chart(x_title, y_title, x_domain, y_domain, names, labelled=False, played=played)


def _draw_hidden_corners(
    x_title: str, y_title: str, x_domain: Range, y_domain: Range, names: Sequence[str], played: bool
) -> Chart:
    return _corner_chart(x_title, y_title, x_domain, y_domain, names, labelled=True, played=played)


def _corner_chart(
    x_title: str, y_title: str, x_domain: Range, y_domain: Range, names: Sequence[str], labelled: bool, played: bool
) -> Chart:
    ticks = alt.Axis(values=[0, 0.5, 1], grid=True)
    x = alt.X(**axes.axis("x", x_title, x_domain, axis=ticks))
    y = alt.Y(**axes.axis("y", y_title, y_domain, axis=ticks))
    points = fast_marks.of("points").transform_filter(SO_FAR)
    # a condition, not a scale: the scale of colours and its legend belong to the lines
    fill = alt.condition("datum.answer == 1", alt.value(HIGH), alt.value(LOW))
    tooltip = [*axes.position_tooltip(x_title, y_title, "y"), alt.Tooltip("answer:Q", title="a")]
    judged = {"x": x, "y": y, "text": "judged:N"}
    text = {"fontSize": 17, "fontWeight": "bold", "dy": -26}
    layers = [
        axes.image(x, y).transform_filter(SO_FAR),
        # what a line comes from is known before the player gets there
        fast_marks.of("lines")
        .mark_line(strokeWidth=1.5, opacity=style.TO_COME, clip=True)
        .encode(x=x, y=y, **_by_line(names)),
        fast_marks.of("lines")
        .transform_filter(SO_FAR)
        .mark_line(strokeWidth=3.5, clip=True)
        .encode(x=x, y=y, **_by_line(names)),
        fast_marks.of("waiting")
        .transform_filter(NOW)
        .mark_point(filled=True, size=650, color=style.NEUTRAL, stroke="white", strokeWidth=2.5, opacity=1)
        .encode(x=x, y=y),
        points.mark_point(filled=True, size=650, stroke="white", strokeWidth=2.5, opacity=1).encode(
            x=x, y=y, color=fill, tooltip=tooltip
        ),
        points.mark_text(color="white", fontSize=16, fontWeight="bold").encode(x=x, y=y, text="answer:N"),
        # a mark on blue and on orange, on white and on black: dark, within a light rim
        points.mark_text(stroke="white", strokeWidth=4, color="white", **text).encode(**judged),
        points.mark_text(color=INK, **text).encode(**judged),
    ]
    if labelled:
        labels = fast_marks.of("labels").transform_filter(SO_FAR)
        below = {"fontSize": 13, "dy": 26, "fontWeight": "bold"}
        layers += [
            labels.mark_text(stroke="white", strokeWidth=4, color="white", **below).encode(x=x, y=y, text="text:N"),
            labels.mark_text(color=INK, **below).encode(x=x, y=y, text="text:N"),
        ]
    # without a player there is nothing to move, and no slider is to be seen
    shown = axes.step_parameter() if played else axes.last_step()
    return fast_marks.layer(*layers).add_params(shown).properties(height=style.SIDE_HEIGHT)


# ---- gates that are learned ------------------------------------------------------------------------------------------

CORNER_LABELS = {"(0,0)": (0, 24), "(0,1)": (-30, 0), "(1,0)": (30, 0), "(1,1)": (0, -24)}
"""By corner, how far from its mark its name stands: two that come to the same place can still be read."""


def learned_inputs(
    addresses: Sequence[str],
    extent: Extent,
    corners: np.ndarray,
    answers: np.ndarray,
    wanted: Sequence[int],
    lines: Mapping[str, Sequence[np.ndarray]],
    x_title: str,
    y_title: str,
) -> Picture:
    """The corners in the plane of inputs while a network learns a gate: its answers and the lines of its hidden units.

    addresses: a picture of the answers for each step (see answer_shades). corners: shape (4, 2). answers: at each step,
    shape (steps, 4). wanted: what the gate says. lines: by unit, the ends at each step, shape (2, 2) or (0, 2).
    """
    places = np.broadcast_to(corners, (len(addresses), *corners.shape))
    data = _learned_data(addresses, extent, places, answers, wanted, lines)
    return Picture(_draw_learned_inputs, _learned_look(extent, x_title, y_title, lines), data, name="learned_inputs")


def learned_hidden(
    addresses: Sequence[str],
    extent: Extent,
    places: np.ndarray,
    answers: np.ndarray,
    wanted: Sequence[int],
    line: Sequence[np.ndarray],
    x_title: str,
    y_title: str,
) -> Picture:
    """The same in the plane of the hidden outputs, through which the corners move: shape (steps, 4, 2).

    line: the ends of the output unit's, at each step. The corners are in the order of CORNER_LABELS.
    """
    lines = {"ŷ": line}
    data = _learned_data(addresses, extent, places, answers, wanted, lines)
    count = len(addresses)
    away = np.tile(np.array(list(CORNER_LABELS.values()), dtype=float), (count, 1))
    points = data["points"]
    data["labels"] = {key: points[key] for key in ("x", "y", "step", "until")}
    data["labels"] |= {"text": np.tile(np.array(list(CORNER_LABELS)), count), "dx": away[:, 0], "dy": away[:, 1]}
    return Picture(_draw_learned_hidden, _learned_look(extent, x_title, y_title, lines), data, name="learned_hidden")


def _learned_look(extent: Extent, x_title: str, y_title: str, lines: Mapping[str, Any]) -> dict[str, Any]:
    look = {"x_title": x_title, "y_title": y_title, "x_domain": extent[0], "y_domain": extent[1]}
    return axes.rounded_ranges(look | {"names": tuple(lines)})


def _learned_data(
    addresses: Sequence[str],
    extent: Extent,
    places: np.ndarray,
    answers: np.ndarray,
    wanted: Sequence[int],
    lines: Mapping[str, Sequence[np.ndarray]],
) -> dict[str, Columns]:
    step, until = frames.step_ranges(len(addresses))
    count = places.shape[1]
    shown = {"step": np.repeat(step, count), "until": np.repeat(until, count)}
    given, target = np.rint(answers).astype(int).ravel(), np.tile(np.asarray(wanted, dtype=int), len(addresses))
    drawn = [
        frames.of_points(ends)
        | {"name": np.full(len(ends), name), "step": np.full(len(ends), step[k]), "until": np.full(len(ends), until[k])}
        for name, every in lines.items()
        for k, ends in enumerate(every)
    ]
    judged = np.where(given == target, "✓", np.char.add("✗ ≠", target.astype(str)))
    images = frames.stack([frames.of_image(address, extent) for address in addresses])
    return {
        "image": images | {"step": step, "until": until},
        "lines": frames.stack(drawn),
        "points": frames.of_points(places.reshape(-1, 2))
        | shown
        | {"answer": given, "output": answers.ravel().astype(float), "wanted": target, "judged": judged},
    }


def _draw_learned_inputs(x_title: str, y_title: str, x_domain: Range, y_domain: Range, names: Sequence[str]) -> Chart:
    x, y, layers = _learned_ground(x_title, y_title, x_domain, y_domain, names)
    points = fast_marks.of("points").transform_filter(NOW)
    text = {"fontSize": 17, "fontWeight": "bold", "dy": -26}
    judged = {"x": x, "y": y, "text": "judged:N"}
    layers += [
        _learned_points(points, "answer", 650, x, y, x_title, y_title),
        points.mark_text(color="white", fontSize=16, fontWeight="bold").encode(x=x, y=y, text="answer:N"),
        points.mark_text(stroke="white", strokeWidth=4, color="white", **text).encode(**judged),
        points.mark_text(color=INK, **text).encode(**judged),
    ]
    return fast_marks.layer(*layers).add_params(axes.step_parameter()).properties(height=style.SIDE_HEIGHT)


def _draw_learned_hidden(x_title: str, y_title: str, x_domain: Range, y_domain: Range, names: Sequence[str]) -> Chart:
    x, y, layers = _learned_ground(x_title, y_title, x_domain, y_domain, names)
    points = fast_marks.of("points").transform_filter(NOW)
    labels = fast_marks.of("labels").transform_filter(NOW)
    away = {key: alt.ExprRef(f"datum.{key}") for key in ("dx", "dy")}
    text: dict[str, Any] = {"fontSize": 13, "fontWeight": "bold", **away}
    layers += [
        _learned_points(points, "wanted", 260, x, y, x_title, y_title),
        labels.mark_text(stroke="white", strokeWidth=4, color="white", **text).encode(x=x, y=y, text="text:N"),
        labels.mark_text(color=INK, **text).encode(x=x, y=y, text="text:N"),
    ]
    return fast_marks.layer(*layers).add_params(axes.step_parameter()).properties(height=style.SIDE_HEIGHT)


def _learned_ground(
    x_title: str, y_title: str, x_domain: Range, y_domain: Range, names: Sequence[str]
) -> tuple[alt.X, alt.Y, list[Any]]:
    ticks = alt.Axis(values=[0, 0.5, 1], grid=True)
    x = alt.X(**axes.axis("x", x_title, x_domain, axis=ticks))
    y = alt.Y(**axes.axis("y", y_title, y_domain, axis=ticks))
    lines = fast_marks.of("lines").transform_filter(NOW).mark_line(strokeWidth=3.5, clip=True)
    return x, y, [axes.image(x, y).transform_filter(NOW), lines.encode(x=x, y=y, **_by_line(names))]


def _learned_points(
    points: fast_marks.Marks, field: str, size: int, x: alt.X, y: alt.Y, x_title: str, y_title: str
) -> Any:
    """The marks of the corners, coloured by a column of zeros and ones."""
    fill = alt.condition(f"datum.{field} == 1", alt.value(HIGH), alt.value(LOW))
    tooltip = [*axes.position_tooltip(x_title, y_title, "y"), alt.Tooltip("output:Q", title="ŷ", format=".3~f")]
    return points.mark_point(filled=True, size=size, stroke="white", strokeWidth=2.5, opacity=1).encode(
        x=x, y=y, color=fill, tooltip=tooltip
    )


INKS = ("#7A3FF2", "#0A7F46")
"""For two lines that have a legend: to be seen on the map and on the ground of either theme."""
INK_DASHES = ([1, 0], [7, 4])


def _by_line(names: Sequence[str]) -> dict[str, Any]:
    """The channels that tell lines over blue and orange apart, by colour and by dash."""
    legend = alt.Legend(
        title=None, orient="top", symbolType="stroke", symbolSize=400, symbolStrokeWidth=3, symbolOpacity=1
    )
    shown = legend if len(names) > 1 else None
    inks = INKS if len(names) > 1 else (INK,)
    ink, dash = (alt.Scale(domain=list(names), range=list(of[: len(names)])) for of in (inks, INK_DASHES))
    return {
        "color": alt.Color("name:N", scale=ink, legend=shown),
        "strokeDash": alt.StrokeDash("name:N", scale=dash, legend=shown),
    }


def grid_shares(
    names: Sequence[str], share: np.ndarray, best: np.ndarray, chosen: str, x_title: str, known: bool = True
) -> Picture:
    """The share of all units on a grid that make each gate, and at how many of four corners the best one is right.

    known: whether they are drawn; else a question mark stands for each.
    """
    ceiling = float(f"{max(float(share.max()), 1e-6) * 1.6:.1g}")
    columns = {
        "name": np.array(names),
        "x": share if known else np.zeros(len(share)),
        "text": np.array([f"{s:.2%} · {b}/4" if known else "?" for s, b in zip(share, best, strict=True)]),
        "chosen": np.array([name == chosen for name in names]),
    }
    look = {"x_title": x_title, "names": tuple(names), "x_domain": (0.0, ceiling)}
    return Picture(_draw_grid_shares, axes.rounded_ranges(look), {"shares": columns}, name="grid_shares")


def _draw_grid_shares(x_title: str, names: Sequence[str], x_domain: Range) -> Chart:
    x = alt.X(**axes.axis("x", x_title, x_domain, axis=alt.Axis(format=".1%", tickCount=4)))
    y = alt.Y("name:N", sort=list(names), title=None, axis=alt.Axis(labelFontSize=13))
    shares = fast_marks.of("shares")
    colour = alt.condition("datum.chosen", alt.value(LIT), alt.value(UNLIT))
    return fast_marks.layer(
        shares.mark_bar(height=18).encode(x=x, y=y, color=colour),
        shares.mark_text(align="left", dx=6, fontSize=13, color=style.NEUTRAL).encode(x=x, y=y, text="text:N"),
    ).properties(height=style.SIDE_HEIGHT)
