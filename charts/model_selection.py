"""Pictures of scores that depend on which rows were the judges: remedies compared, the best of many, k folds."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np

from charts import axes, fast_marks, frames, style
from charts.axes import NOW, Chart, Range
from charts.error_bands import TRAIN, VALIDATION, by_split
from charts.picture import Picture

__all__ = ["candidates", "fold_rows", "fold_scores", "optimism_by_models", "remedies"]


# ---- remedies ------------------------------------------------------------------------------------------------------


def remedies(
    names: Mapping[str, str],
    errors: Mapping[str, np.ndarray],
    baseline: float,
    titles: Sequence[str],
    x_title: str,
    line_title: str,
    share: bool,
    hidden: Sequence[str] = (),
) -> Picture:
    """Training and validation error of the same network with each remedy, from top to bottom; a dot a repetition.

    names: what each is called, by key, the untamed one first. errors: by "train" and "validation", shape (remedies,
    repetitions). hidden: which of the two is not drawn, though the axis has room for it. The line is the untamed
    one's validation error, the dotted one the baseline.
    """
    every = np.concatenate([values.mean(axis=1) for values in errors.values()])
    top = max(float(np.nanmax(every)) * 1.25, 1.05 * baseline)
    dots, means = [], []
    for key, values in errors.items():
        if key in hidden:
            continue
        count = values.shape[1]
        dots.append({"name": np.full(values.size, key), "who": np.repeat(list(names), count), "value": values.ravel()})
        means.append({"name": np.full(len(names), key), "who": np.array(list(names)), "value": values.mean(axis=1)})
    both = [m["value"] for m in means]
    bars = {"who": np.array(list(names)), "low": both[0], "high": both[-1]}
    untamed = both[-1][:1] if len(both) > 1 else np.empty(0)
    look = {"x_title": x_title, "line_title": line_title, "titles": tuple(titles), "share": share}
    look |= {"keys": tuple(names), "labels": tuple(names.values()), "x_domain": (0.0, top)}
    data = {"dots": frames.stack(dots), "means": frames.stack(means), "bars": bars}
    data |= {"untamed": {"x": untamed}, "baseline": {"x": np.array([baseline])}}
    return Picture(_draw_remedies, axes.rounded_ranges(look), data, name="remedies")


def _draw_remedies(
    x_title: str,
    line_title: str,
    titles: Sequence[str],
    share: bool,
    keys: Sequence[str],
    labels: Sequence[str],
    x_domain: Range,
) -> Chart:
    form = ".0%" if share else ".6~g"
    x, low, at = (
        alt.X(**axes.axis(field, x_title, x_domain, axis=alt.Axis(format=form))) for field in ("value", "low", "x")
    )
    shown = alt.Axis(labelExpr=axes.words_for(keys, labels), labelLimit=140, labelFontSize=12)
    y = alt.Y("who:N", sort=list(keys), scale=alt.Scale(domain=list(keys)), title=None, axis=shown)
    tooltip = [alt.Tooltip("value:Q", title=x_title, format=".1%" if share else ".3~g")]
    baseline = fast_marks.of("baseline").encode(x=at)
    return fast_marks.layer(
        fast_marks.of("bars")
        .mark_rule(strokeWidth=5, opacity=0.35, color=style.NEUTRAL, clip=True)
        .encode(x=low, x2="high:Q", y=y),
        fast_marks.of("untamed").mark_rule(strokeWidth=2, color=VALIDATION.colour).encode(x=at),
        baseline.mark_rule(strokeDash=[2, 3], strokeWidth=2, color=style.NEUTRAL),
        baseline.mark_text(
            align="right", baseline="bottom", dx=-5, dy=-4, fontSize=12, color=style.NEUTRAL, text=line_title
        ).encode(y=alt.value("height")),
        fast_marks.of("dots")
        .mark_point(filled=True, size=26, opacity=0.4, clip=True)
        .encode(x=x, y=y, tooltip=tooltip, **by_split(titles, "shape")),
        fast_marks.of("means")
        .mark_point(filled=True, size=140, opacity=1, stroke="white", strokeWidth=1.5, clip=True)
        .encode(x=x, y=y, tooltip=tooltip, **by_split(titles, "shape")),
    ).properties(height=style.SIDE_HEIGHT)


# ---- the best of many ----------------------------------------------------------------------------------------------


def candidates(
    scores: np.ndarray, taken: int, opened: tuple[int, float] | None, titles: Sequence[str], x_title: str, y_title: str
) -> Picture:
    """The validation score of every model; the one taken is marked, and where a test was opened, its test score.

    scores: shape (models,). opened: the place of the model and its test score. titles: of both kinds of score.
    """
    place = np.arange(1, len(scores) + 1)
    look = {"x_title": x_title, "y_title": y_title, "titles": tuple(titles)}
    tested = np.array([] if opened is None else [opened[0] + 1]), np.array([] if opened is None else [opened[1]])
    low = min(float(scores.min()), *tested[1].tolist(), 0.9)
    look |= {"x_domain": (0.0, len(scores) + 1.0), "y_domain": (np.floor(20 * low - 1e-9) / 20, 1.01)}
    data = {"scores": {"name": np.full(len(scores), "validation"), "x": place, "value": scores}}
    data["taken"] = {"x": place[[taken]], "value": scores[[taken]]}
    data["test"] = {"name": np.full(len(tested[0]), "test"), "x": tested[0], "value": tested[1]}
    return Picture(_draw_candidates, axes.rounded_ranges(look), data, name="candidates")


TEST = style.RunStyle("#8A3FB5", (2, 2), "diamond")


def _draw_candidates(x_title: str, y_title: str, titles: Sequence[str], x_domain: Range, y_domain: Range) -> Chart:
    x = alt.X(**axes.axis("x", x_title, x_domain, axis=alt.Axis(format="d", tickMinStep=1)))
    # there is room above 1 for a mark, and no score
    shares = alt.Axis(format=".0%", tickCount=8, labelExpr="datum.value > 1.001 ? '' : datum.label")
    y = alt.Y(**axes.axis("value", y_title, y_domain, axis=shares))
    keys = ("validation", "test")
    legend = alt.Legend(title=None, orient="top", labelExpr=axes.words_for(keys, titles), labelLimit=220)
    looks = {
        "color": alt.Color(
            "name:N", scale=alt.Scale(domain=list(keys), range=[VALIDATION.colour, TEST.colour]), legend=legend
        ),
        "shape": alt.Shape("name:N", scale=alt.Scale(domain=list(keys), range=["circle", TEST.shape]), legend=legend),
    }
    tooltip = [alt.Tooltip("x:Q", title=x_title), alt.Tooltip("value:Q", title=y_title, format=".1%")]
    return fast_marks.layer(
        fast_marks.of("taken").mark_point(size=420, strokeWidth=2.5, color=VALIDATION.colour).encode(x=x, y=y),
        fast_marks.of("scores")
        .mark_point(filled=True, size=80, opacity=0.9)
        .encode(x=x, y=y, tooltip=tooltip, **looks),
        fast_marks.of("test")
        .mark_point(filled=True, size=260, opacity=1, stroke="white")
        .encode(x=x, y=y, tooltip=tooltip, **looks),
    ).properties(height=style.SIDE_HEIGHT)


def optimism_by_models(
    mean: np.ndarray, low: np.ndarray, high: np.ndarray, models: int, x_title: str, y_title: str
) -> Picture:
    """How much too good the best score is, by the number of models it is the best of: the mean and a band.

    mean, low, high: shape (models,); nothing of them is shown if they are empty. models: how many are compared now.
    """
    place = np.arange(1, len(mean) + 1)
    # as far below 0 as above it: the axis is not to say which way the scores err
    ends = (min(-0.05, float(low.min(initial=0.0))), max(0.05, float(high.max(initial=0.0))))
    look = {"x_title": x_title, "y_title": y_title, "x_domain": (1.0, 32.0), "y_domain": ends}
    data = {"lines": {"x": place, "value": mean, "low": low, "high": high}, "now": {"x": np.array([models])}}
    return Picture(_draw_optimism, axes.rounded_ranges(look), data | {"zero": {"y": np.zeros(1)}}, name="optimism")


def _draw_optimism(x_title: str, y_title: str, x_domain: Range, y_domain: Range) -> Chart:
    x = alt.X(**axes.axis("x", x_title, x_domain, axis=alt.Axis(format="d", tickMinStep=1)))
    # the title says that they are points
    points = alt.Axis(format="+.0%", labelExpr="datum.value == 0 ? '0' : replace(datum.label, '%', '')")
    y, low, at = (alt.Y(**axes.axis(field, y_title, y_domain, axis=points)) for field in ("value", "low", "y"))
    lines = fast_marks.of("lines")
    tooltip = [alt.Tooltip("x:Q", title=x_title), alt.Tooltip("value:Q", title=y_title, format="+.1%")]
    return fast_marks.layer(
        lines.mark_area(opacity=0.18, color=VALIDATION.colour).encode(x=x, y=low, y2="high:Q"),
        fast_marks.of("zero").mark_rule(color=style.NEUTRAL, strokeDash=[2, 3], strokeWidth=2).encode(y=at),
        fast_marks.of("now").mark_rule(strokeWidth=12, opacity=0.16, color=style.NEUTRAL).encode(x=x),
        lines.mark_line(strokeWidth=2.5, color=VALIDATION.colour).encode(x=x, y=y),
        lines.mark_point(filled=True, size=40, opacity=1, color=VALIDATION.colour).encode(x=x, y=y, tooltip=tooltip),
    ).properties(height=style.SIDE_HEIGHT)


# ---- folds ---------------------------------------------------------------------------------------------------------


def fold_rows(belongs: np.ndarray, label: np.ndarray, k: int, titles: Sequence[str], y_title: str) -> Picture:
    """Every row as a square, in one line a fold: filled where it judges, pale where it is learned from.

    belongs: the fold that a row judges in, shape (rows,). label: its class, or 0, drawn in the line below. The player
    shows fold by fold.
    """
    rows = len(belongs)
    fold, row = (grid.ravel() for grid in np.mgrid[0:k, 0:rows])
    judges = belongs[row] == fold
    step, until = fold + 1, fold + 2
    data = {
        "rows": {
            "name": np.where(judges, "validation", "train"),
            "x": row,
            "x1": row + 0.85,
            "y": fold + 0.62,
            "y1": fold + 1.38,
            "step": step,
            "until": until,
            "of_class": label[row],
        }
    }
    look = {"titles": tuple(titles), "y_title": y_title, "x_domain": (0.0, float(rows)), "y_domain": (k + 0.6, 0.4)}
    return Picture(_draw_fold_rows, axes.rounded_ranges(look), data, name="fold_rows")


def _draw_fold_rows(titles: Sequence[str], y_title: str, x_domain: Range, y_domain: Range) -> Chart:
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=list(x_domain), nice=False))
    ticks = alt.Axis(tickMinStep=1, format="d", grid=False)
    y = alt.Y("y:Q", title=y_title, axis=ticks, scale=alt.Scale(domain=list(y_domain), nice=False))
    rows = fast_marks.of("rows")
    tooltip = [alt.Tooltip("x:Q", title="#"), alt.Tooltip("of_class:Q", title="y")]
    places = {"x": x, "x2": "x1:Q", "y": y, "y2": "y1:Q"}
    looks = by_split(titles)
    return (
        fast_marks.layer(
            rows.mark_rect(opacity=0.28).encode(**places, **looks),
            rows.transform_filter("datum.step <= t && datum.name == 'validation'")
            .mark_rect(opacity=1)
            .encode(**places, tooltip=tooltip, **looks),
            rows.transform_filter(NOW).mark_rect(opacity=0.75).encode(**places, tooltip=tooltip, **looks),
        )
        .add_params(axes.step_parameter())
        .properties(height=style.SIDE_HEIGHT)
    )


def fold_scores(
    folds: np.ndarray,
    spread: Mapping[str, np.ndarray],
    titles: Mapping[str, str],
    fresh: float,
    x_title: str,
    line_title: str,
    share: bool,
    known: bool = True,
) -> Picture:
    """The errors of k folds, shown fold by fold, above what other shuffles would have given: single splits and means.

    folds: shape (k,). spread: by key, shape (shuffles,). titles: of the lines, "folds" first. fresh: the error on rows
    that no fold has. known: whether the spread is drawn; the axis has room for it anyway.
    """
    keys = tuple(titles)
    step, until = frames.step_ranges(len(folds))
    ends = [folds, *spread.values(), np.array([fresh])]
    top = 1.08 * float(np.max(np.concatenate(ends))) or 1.0
    spread = spread if known else {}
    look = {"x_title": x_title, "line_title": line_title, "share": share, "keys": keys, "x_domain": (0.0, top)}
    look["labels"], look["name_left"] = tuple(titles.values()), fresh > 0.5 * top
    mean = {"who": np.array(["folds", *spread]), "x": np.array([folds.mean(), *[v.mean() for v in spread.values()]])}
    deviation = np.array([folds.std(ddof=1), *[v.std(ddof=1) for v in spread.values()]])
    mean |= {"low": np.maximum(mean["x"] - deviation, 0), "high": mean["x"] + deviation}
    dots = {"who": np.repeat(list(spread), [len(v) for v in spread.values()]).astype(str)}
    dots["x"] = np.concatenate([np.empty(0), *spread.values()])
    data = {"folds": {"who": np.full(len(folds), "folds"), "x": folds, "step": step + 1, "until": until + 1}}
    return Picture(
        _draw_fold_scores,
        axes.rounded_ranges(look),
        data | {"dots": dots, "mean": mean, "fresh": {"x": np.array([fresh])}},
        name="fold_scores",
    )


def _draw_fold_scores(
    x_title: str,
    line_title: str,
    share: bool,
    keys: Sequence[str],
    labels: Sequence[str],
    name_left: bool,
    x_domain: Range,
) -> Chart:
    form = alt.Axis(format=".0%" if share else ".6~g")
    x, low = (alt.X(**axes.axis(field, x_title, x_domain, axis=form)) for field in ("x", "low"))
    shown = alt.Axis(labelExpr=axes.words_for(keys, labels), labelLimit=150, labelFontSize=12)
    y = alt.Y("who:N", sort=list(keys), scale=alt.Scale(domain=list(keys)), title=None, axis=shown)
    tooltip = [alt.Tooltip("x:Q", title=x_title, format=".1%" if share else ".3~g")]
    folds, fresh = fast_marks.of("folds"), fast_marks.of("fresh").encode(x=x)
    mean = fast_marks.of("mean")
    beside: dict[str, Any] = {"align": "right", "dx": -5} if name_left else {"align": "left", "dx": 5}
    return (
        fast_marks.layer(
            fresh.mark_rule(color=TEST.colour, strokeDash=[5, 3], strokeWidth=2),
            fresh.mark_text(**beside, fontSize=12, color=TEST.colour, text=line_title).encode(y=alt.value(9)),
            mean.mark_rule(strokeWidth=10, opacity=0.25, color=style.NEUTRAL, clip=True).encode(
                x=low, x2="high:Q", y=y
            ),
            fast_marks.of("dots")
            .mark_point(filled=True, size=46, opacity=0.45, color=TRAIN.colour, shape="square")
            .encode(x=x, y=y, tooltip=tooltip),
            folds.mark_point(size=90, opacity=0.5, color=VALIDATION.colour).encode(x=x, y=y),
            folds.transform_filter("datum.step <= t")
            .mark_point(filled=True, size=100, opacity=1, color=VALIDATION.colour)
            .encode(x=x, y=y, tooltip=tooltip),
            mean.mark_tick(thickness=3, size=34, color=style.NEUTRAL).encode(x=x, y=y, tooltip=tooltip),
        )
        .add_params(axes.step_parameter())
        .properties(height=style.SIDE_HEIGHT)
    )
