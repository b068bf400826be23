"""Pictures of scores: contenders against a line, scores with a threshold, squares of right and wrong, curves."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np

from charts import axes, fast_marks, frames, style
from charts.axes import NOW, Chart, Range
from charts.frames import Columns
from charts.picture import Picture

__all__ = [
    "binary_confusion",
    "confusion_matrix",
    "contenders",
    "precision_recall",
    "recall_by_class",
    "roc",
    "score_histogram",
]

RIGHT, WRONG = "#118A4E", "#C8321F"
PALE_RIGHT, PALE_WRONG, INK = "#A9DBC0", "#F3B9AB", "#15202B"
"""Fills of squares, the same in a light and in a dark page, and what is written on them."""

FAINT_RIGHT, FAINT_WRONG = "#D9F0E3", "#FBE3DC"
"""The same for the smallest shares; a square without a row is the page, see ``style.EMPTY_SQUARE``."""

ROLES = ("line", "open", "above", "below")
ROLE_COLOURS = (style.NEUTRAL, style.CURVE, RIGHT, WRONG)
ROLE_SHAPES = ("diamond", "circle", "triangle-up", "triangle-down")
CHEAPEST = "#9B51C9"

SQUARES_HEIGHT = style.SIDE_HEIGHT + 20
"""The height of a confusion matrix of several classes, and of what stands beside it."""

# ---- contenders against a line ---------------------------------------------------------------------------------------


def contenders(
    scores: Mapping[str, float], baselines: Sequence[str], line: float | None, ends: Range, up: bool, x_title: str
) -> Picture:
    """The score of every contender; models are on the good or the bad side of the line that the best baseline draws.

    scores: by name, those without a number are left out. baselines: which of the names are these. line: None if it is
    not to be seen. up: whether more is better.
    """
    lines = dict.fromkeys(scores, np.nan if line is None else line)
    return _scores_by_name("contenders", _draw_contenders, scores, lines, baselines, ends, up, x_title)


def recall_by_class(recall: Mapping[str, float], share: Mapping[str, float], x_title: str) -> Picture:
    """The recall of every class, and how much of it a guess by the shares of the classes would have."""
    return _scores_by_name("recall_by_class", _draw_recall_by_class, recall, share, (), (0.0, 1.04), True, x_title)


def _scores_by_name(
    name: str,
    draw: Callable[..., Chart],
    scores: Mapping[str, float],
    lines: Mapping[str, float],
    baselines: Sequence[str],
    ends: Range,
    up: bool,
    x_title: str,
) -> Picture:
    rows = [(name, score, lines[name]) for name, score in scores.items() if np.isfinite(score)]
    roles = [_role(name in baselines, score, line, up) for name, score, line in rows]
    # a label beyond its mark, as seen from the line, unless there the axis ends
    far = ends[0] + 0.85 * (ends[1] - ends[0])
    sides = [1 if line < score < far else -1 for _, score, line in rows]
    points = {
        "name": np.array([name for name, _, _ in rows], dtype=str),
        "x": np.array([score for _, score, _ in rows], dtype=float),
        "x0": np.array([score if np.isnan(line) else line for _, score, line in rows], dtype=float),
        "role": np.array(roles, dtype=str),
        "side": np.array(sides, dtype=float),
        "label": np.array([_score_text(score) for _, score, _ in rows], dtype=str),
    }
    marks = {"name": np.array(list(lines), dtype=str), "x": np.array(list(lines.values()), dtype=float)}
    seen = np.isfinite(marks["x"])
    look = {"x_title": x_title, "x_domain": ends, "names": tuple(scores)}
    data = {"points": points, "marks": {key: column[seen] for key, column in marks.items()}}
    return Picture(draw, axes.rounded_ranges(look), data, name=name)


def _score_text(score: float) -> str:
    return (f"{score:.3f}" if abs(score) < 100 else f"{score:.0f}").replace("-", "−")


def _role(baseline: bool, score: float, line: float, up: bool) -> str:
    if baseline:
        return "line"
    if np.isnan(line):
        return "open"
    return "above" if (score > line) == up and score != line else "below"


def _draw_contenders(**look: Any) -> Chart:
    # one line from top to bottom: it is the same for everyone
    line = fast_marks.of("marks").mark_rule(strokeWidth=3, color=style.NEUTRAL)
    height = 70 + 36 * len(look["names"])
    return _lollipops(line.encode(x=_score(**look)), **look).properties(height=height)


def _draw_recall_by_class(**look: Any) -> Chart:
    ticks = fast_marks.of("marks").mark_tick(thickness=3, color=style.NEUTRAL)
    return _lollipops(ticks.encode(x=_score(**look), y=_row(look["names"])), **look).properties(height=SQUARES_HEIGHT)


def _score(x_title: str, x_domain: Range, names: Sequence[str]) -> alt.X:
    return alt.X(**axes.axis("x", x_title, x_domain, axis=alt.Axis(format=".4~g", tickCount=6)))


def _row(names: Sequence[str]) -> alt.Y:
    axis = alt.Axis(labelLimit=150, labelFontSize=12)
    return alt.Y("name:N", sort=list(names), title=None, scale=alt.Scale(domain=list(names)), axis=axis)


def _lollipops(behind: alt.Chart, x_title: str, x_domain: Range, names: Sequence[str]) -> Chart:
    x, row = _score(x_title, x_domain, names), _row(names)
    from_line = alt.X(**axes.axis("x0", x_title, x_domain))
    colour = alt.Color("role:N", scale=alt.Scale(domain=ROLES, range=ROLE_COLOURS), legend=None)
    shape = alt.Shape("role:N", scale=alt.Scale(domain=ROLES, range=ROLE_SHAPES), legend=None)
    points = fast_marks.of("points")
    tooltip = [alt.Tooltip("name:N", title=""), alt.Tooltip("x:Q", title=x_title, format=".4~g")]
    return fast_marks.layer(
        behind,
        points.mark_rule(strokeWidth=3, opacity=0.7, clip=True).encode(x=from_line, x2="x:Q", y=row, color=colour),
        points.mark_point(filled=True, size=150, opacity=1, stroke="white", strokeWidth=1, clip=True).encode(
            x=x, y=row, color=colour, shape=shape, tooltip=tooltip
        ),
        *(
            points.transform_filter(f"datum.side == {side}")
            .mark_text(dy=-12, dx=24 * side, fontSize=12, fontWeight="bold")
            .encode(x=x, y=row, text="label:N", color=colour)
            for side in (-1, 1)
        ),
    )


# ---- a threshold that moves ------------------------------------------------------------------------------------------


def score_histogram(
    edges: np.ndarray,
    counts: Mapping[str, np.ndarray],
    thresholds: np.ndarray,
    best: float | None,
    x_title: str,
    y_title: str,
) -> Picture:
    """How many rows of each class have which score: the first class stands upwards, the second one hangs.

    edges: shape (bins + 1,). counts: by class, shape (bins,), two of them. thresholds: one for every step of a player.
    """
    bars = []
    for sign, (name, count) in zip((1, -1), counts.items(), strict=True):
        row = {"name": np.full(len(count), name), "x0": edges[:-1], "x1": edges[1:], "rows": count}
        bars.append(row | {"y0": np.zeros(len(count)), "y1": sign * count.astype(float)})
    step, until = frames.step_ranges(len(thresholds))
    look = {"x_title": x_title, "y_title": y_title, "names": tuple(counts)}
    data = {
        "bars": frames.stack(bars),
        "now": {"step": step, "until": until, "x": thresholds},
        "best": _at_most_one(best),
    }
    return Picture(_draw_score_histogram, look, data, name="score_histogram")


def _at_most_one(value: float | None) -> Columns:
    return {"x": np.array([] if value is None else [value], dtype=float)}


def _draw_score_histogram(x_title: str, y_title: str, names: Sequence[str]) -> Chart:
    left = alt.X(**axes.axis("x0", x_title, (0.0, 1.0), axis=alt.Axis(format=".6~g", tickCount=5)))
    x = alt.X(**axes.axis("x", x_title, (0.0, 1.0)))
    y = alt.Y(**axes.axis("y0", y_title, axis=alt.Axis(labelExpr="format(abs(datum.value), 'd')", tickMinStep=1)))
    tooltip = [alt.Tooltip("name:N", title=""), alt.Tooltip("rows:Q", title=y_title)]
    now, best = fast_marks.of("now").transform_filter(NOW), fast_marks.of("best")
    return (
        fast_marks.layer(
            fast_marks.of("bars")
            .mark_bar(opacity=0.85, binSpacing=1)
            .encode(x=left, x2="x1:Q", y=y, y2="y1:Q", tooltip=tooltip, **axes.by_run(names)),
            # within a light rim, or it would be lost on the bars
            best.mark_rule(strokeWidth=5, color="white", opacity=0.85).encode(x=x),
            best.mark_rule(strokeWidth=2.5, strokeDash=[5, 4], color=CHEAPEST).encode(x=x),
            now.mark_rule(strokeWidth=3, color=style.NEUTRAL).encode(x=x),
        )
        .add_params(axes.step_parameter())
        .properties(height=style.SIDE_HEIGHT)
    )


def binary_confusion(
    counts: Sequence[np.ndarray], kinds: Sequence[str], called: Sequence[str], true: Sequence[str], titles: Range | Any
) -> Picture:
    """Right and wrong, yes and no, counted at every step of the player.

    counts: tp, fp, fn, tn, each of shape (steps,). kinds: what each of the four is called. called, true: what was said
    and what is, yes first. titles: of the level and the upright axis.
    """
    steps = len(counts[0])
    step, until = frames.step_ranges(steps)
    squares = []
    for k, (short, count) in enumerate(zip(("TP", "FP", "FN", "TN"), counts, strict=True)):
        row = {
            "step": step,
            "until": until,
            "called": np.full(steps, called[k // 2]),
            "true": np.full(steps, true[k % 2]),
        }
        row |= {"right": np.full(steps, int(k in (0, 3))), "kind": np.full(steps, f"{short} · {kinds[k]}")}
        squares.append(row | {"count": np.asarray(count), "label": np.asarray(count).astype(str)})
    look = {"x_title": titles[0], "y_title": titles[1], "called": tuple(called), "true": tuple(true)}
    return Picture(_draw_four_squares, look, {"squares": frames.stack(squares)}, name="four_squares")


def _draw_four_squares(x_title: str, y_title: str, called: Sequence[str], true: Sequence[str]) -> Chart:
    x_axis = alt.Axis(labelAngle=0, orient="top", labelLimit=110)
    y_axis = alt.Axis(labelLimit=90, labelAngle=-90, labelAlign="center")
    # the page shows between the squares, whatever its colour
    gap = alt.Scale(paddingInner=0.02)
    x = alt.X("called:N", sort=list(called), title=x_title, axis=x_axis, scale=gap)
    y = alt.Y("true:N", sort=list(true), title=y_title, axis=y_axis, scale=gap)
    squares = fast_marks.of("squares").transform_filter(NOW)
    fill = alt.Color("right:N", scale=alt.Scale(domain=[0, 1], range=[PALE_WRONG, PALE_RIGHT]), legend=None)
    tooltip = [alt.Tooltip("kind:N", title=""), alt.Tooltip("count:Q", title="")]
    return (
        fast_marks.layer(
            squares.mark_rect().encode(x=x, y=y, color=fill, tooltip=tooltip),
            squares.mark_text(fontSize=26, fontWeight="bold", color=INK, dy=-6).encode(x=x, y=y, text="label:N"),
            squares.mark_text(fontSize=12, color=INK, dy=18).encode(x=x, y=y, text="kind:N"),
        )
        .add_params(axes.step_parameter())
        .properties(height=style.SIDE_HEIGHT)
    )


# ---- curves ----------------------------------------------------------------------------------------------------------

Places = tuple[np.ndarray, np.ndarray]


def roc(curve: Places, now: Places, best: int | None, x_title: str, y_title: str) -> Picture:
    """The true positive rate by the false positive rate, with the place of the threshold; the line is a guess's.

    curve: x and y along the curve. now: x and y at every step of the player. best: a step to be marked.
    """
    return _threshold_curve("roc", curve, (np.array([0.0, 1.0]), np.array([0.0, 1.0])), now, best, x_title, y_title)


def precision_recall(curve: Places, share: float, now: Places, best: int | None, x_title: str, y_title: str) -> Picture:
    """Precision by recall, see ``roc``; a guess has the precision ``share``, the share of the positives."""
    line = np.array([0.0, 1.0]), np.full(2, share)
    return _threshold_curve("precision_recall", curve, line, now, best, x_title, y_title)


def _threshold_curve(
    name: str, curve: Places, line: Places, now: Places, best: int | None, x_title: str, y_title: str
) -> Picture:
    step, until = frames.step_ranges(len(now[0]))
    marked = slice(0) if best is None else slice(best, best + 1)
    data = {
        "curve": {"order": np.arange(len(curve[0])), "x": curve[0], "y": curve[1]},
        "line": {"x": line[0], "y": line[1]},
        "now": {"step": step, "until": until, "x": now[0], "y": now[1]},
        "best": {"x": now[0][marked], "y": now[1][marked]},
    }
    return Picture(_draw_curve_with_place, {"x_title": x_title, "y_title": y_title}, data, name=name)


def _draw_curve_with_place(x_title: str, y_title: str) -> Chart:
    ticks = alt.Axis(format=".6~g", tickCount=5)
    x = alt.X(**axes.axis("x", x_title, (0.0, 1.0), axis=ticks))
    y = alt.Y(**axes.axis("y", y_title, (0.0, 1.0), axis=ticks))
    tooltip = axes.position_tooltip(x_title, y_title, "y")
    curve, line, now, best = (fast_marks.of(name) for name in ("curve", "line", "now", "best"))
    return (
        fast_marks.layer(
            line.mark_line(color=style.NEUTRAL, strokeWidth=2, strokeDash=[5, 4]).encode(x=x, y=y),
            curve.mark_line(color=style.CURVE, strokeWidth=2.5).encode(x=x, y=y, order="order:Q", tooltip=tooltip),
            best.mark_point(filled=True, shape="diamond", size=230, opacity=1, color=CHEAPEST, stroke="white").encode(
                x=x, y=y, tooltip=tooltip
            ),
            now.transform_filter(NOW)
            .mark_point(filled=True, size=170, opacity=1, color=style.RATE, stroke="white", strokeWidth=2)
            .encode(x=x, y=y, tooltip=tooltip),
        )
        .add_params(axes.step_parameter())
        .properties(height=style.SIDE_HEIGHT)
    )


# ---- several classes -------------------------------------------------------------------------------------------------


def confusion_matrix(matrix: np.ndarray, names: Sequence[str], x_title: str, y_title: str) -> Picture:
    """A confusion matrix, shape (classes, classes): rows are true classes, columns what they were called."""
    count = len(names)
    true, called = np.divmod(np.arange(count * count), count)
    flat = matrix.ravel()
    with np.errstate(invalid="ignore"):
        share = np.nan_to_num(flat / np.repeat(matrix.sum(axis=1), count))
    squares = {"true": np.array(names)[true], "called": np.array(names)[called], "count": flat, "share": share}
    squares["right"] = (true == called).astype(np.int64)
    squares["label"] = np.where(flat > 0, flat.astype(str), "")
    return Picture(
        _draw_class_squares,
        {"x_title": x_title, "y_title": y_title, "names": tuple(names)},
        {"squares": squares},
        name="class_squares",
    )


def _draw_class_squares(x_title: str, y_title: str, names: Sequence[str]) -> Chart:
    gap, x_axis = alt.Scale(paddingInner=0.04), alt.Axis(labelAngle=0, orient="top", labelLimit=70)
    x = alt.X("called:N", sort=list(names), title=x_title, axis=x_axis, scale=gap)
    y = alt.Y("true:N", sort=list(names), title=y_title, axis=alt.Axis(labelLimit=80), scale=gap)
    squares = fast_marks.of("squares")
    tooltip = [alt.Tooltip(f"{field}:N", title=title) for field, title in (("true", y_title), ("called", x_title))]
    tooltip += [alt.Tooltip("count:Q", title=""), alt.Tooltip("share:Q", title="", format=".1%")]
    empty = squares.transform_filter("datum.count == 0").mark_rect(color=style.NEUTRAL, opacity=style.EMPTY_SQUARE)
    fills = [empty.encode(x=x, y=y, tooltip=tooltip)]
    # a mistake of one in ten is as dark as it gets: there are few of them
    for right, *ends, most in ((1, FAINT_RIGHT, PALE_RIGHT, 1.0), (0, FAINT_WRONG, PALE_WRONG, 0.1)):
        scale = alt.Scale(domain=[0, most], range=ends, clamp=True, interpolate="rgb")
        colour = alt.Color("share:Q", scale=scale, legend=None)
        mine = squares.transform_filter(f"datum.right == {right} && datum.count > 0").mark_rect()
        fills.append(mine.encode(x=x, y=y, color=colour, tooltip=tooltip))
    numbers = squares.mark_text(fontSize=12, color=INK).encode(x=x, y=y, text="label:N")
    layered = fast_marks.layer(*fills, numbers).resolve_scale(color="independent")
    return layered.properties(height=SQUARES_HEIGHT)
