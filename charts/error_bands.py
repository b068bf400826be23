"""Pictures of training and validation error: by the size of a network, by epoch, by number of rows, by remedy."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np

from charts import axes, fast_marks, frames, style
from charts.axes import NOW, SO_FAR, Chart, Range
from charts.frames import Columns
from charts.picture import Picture

KEYS = ("train", "validation")
TRAIN, VALIDATION = style.LOOKS["train"], style.LOOKS["val"]
LOOKS = (TRAIN, VALIDATION)

Bands = Mapping[str, np.ndarray]
"""By key (of KEYS), one row a place and one column a repetition."""


def _band(values: np.ndarray) -> Columns:
    """Mean, lowest and highest of the repetitions at every place; a place where one is lost is left out."""
    fine = np.isfinite(values.sum(axis=1))
    kept = np.where(fine[:, None], values, np.nan)
    # the extremes of rows that are all NaN are NaN, without a complaint
    return {"value": kept.mean(axis=1), "low": np.min(kept, axis=1), "high": np.max(kept, axis=1)}


def _top(values: Bands, baseline: float) -> float:
    """The upper edge: above the baseline and all there is, but never more than twice the baseline."""
    found = [float(np.max(v[np.isfinite(v)], initial=0.0)) for v in values.values()]
    return min(max(1.08 * baseline, 1.05 * max(found)), 2 * baseline) or 1.0


def _told_apart(titles: Sequence[str], *channels: str) -> dict[str, Any]:
    """Training and validation by colour, and by dash or shape, named by ``titles``."""
    names = list(KEYS)
    label = "{" + ", ".join(f"'{key}': '{title}'" for key, title in zip(KEYS, titles, strict=True)) + "}[datum.label]"
    shown = alt.Legend(title=None, orient="top", labelExpr=label, labelLimit=220, symbolOpacity=1, symbolStrokeWidth=0)
    ranges = {"color": [look.colour for look in LOOKS], "strokeDash": [list(look.dash) for look in LOOKS]}
    ranges["shape"] = [look.shape for look in LOOKS]
    made = {"color": alt.Color, "strokeDash": alt.StrokeDash, "shape": alt.Shape}
    return {
        channel: made[channel]("name:N", scale=alt.Scale(domain=names, range=ranges[channel]), legend=shown)
        for channel in ("color", *channels)
    }


def _baseline(y: Any, title: str) -> list[alt.Chart]:
    """The line that has to be beaten, and its name on it."""
    line = fast_marks.of("baseline")
    mark = line.mark_rule(strokeDash=[2, 3], strokeWidth=2, color=style.NEUTRAL, clip=True).encode(y=y)
    name = line.mark_text(align="right", baseline="bottom", dy=-3, dx=-4, fontSize=12, color=style.NEUTRAL, text=title)
    return [mark, name.encode(y=y, x=alt.value("width"))]


# ---- by size -------------------------------------------------------------------------------------------------------


def error_by_size(
    sizes: Sequence[str],
    errors: Bands,
    baseline: float,
    chosen: str,
    titles: Sequence[str],
    x_title: str,
    y_title: str,
    line_title: str,
    share: bool,
) -> Picture:
    """Training and validation error on every rung, with a band from the lowest to the highest repetition.

    errors: by key, shape (rungs, repetitions); a key that is missing is not shown yet. share: errors are shares.
    """
    tables = [
        {"name": np.full(len(sizes), key), "x": np.array(sizes), **_band(values)} for key, values in errors.items()
    ]
    look = {"x_title": x_title, "y_title": y_title, "line_title": line_title, "titles": tuple(titles), "share": share}
    look |= {"order": tuple(sizes), "y_domain": (0.0, _top(errors, baseline))}
    data = {"errors": frames.stacked(tables), "baseline": {"y": np.array([baseline])}}
    return Picture(_draw_ladder, axes.plain(look), data | {"chosen": {"x": np.array([chosen])}})


def error_by_rows(rows: Sequence[str], *shown: Any, **how: Any) -> Picture:
    """The learning curve: what ``error_by_size`` draws, by the number of rows that were learned from."""
    return dataclasses.replace(error_by_size(rows, *shown, **how), draw=_draw_learning_curve)


def _draw_ladder(**look: Any) -> Chart:
    return _bands_by_place(**look)


def _draw_learning_curve(**look: Any) -> Chart:
    return _bands_by_place(**look)


def _bands_by_place(
    x_title: str,
    y_title: str,
    line_title: str,
    titles: Sequence[str],
    share: bool,
    order: Sequence[str],
    y_domain: Range,
) -> Chart:
    form = ".0%" if share else ".6~g"
    scale = alt.Scale(domain=list(order))
    x = alt.X("x:N", sort=list(order), scale=scale, title=x_title, axis=alt.Axis(labelAngle=0, labelOverlap=False))
    y = alt.Y(**axes.axis("value", y_title, y_domain, axis=alt.Axis(format=form)))
    low = alt.Y(**axes.axis("low", y_title, y_domain, axis=alt.Axis(format=form)))
    line = alt.Y(**axes.axis("y", y_title, y_domain, axis=alt.Axis(format=form)))
    told = [alt.Tooltip("x:N", title=x_title)]
    told += [alt.Tooltip(f"{field}:Q", title=field, format=".1%" if share else ".3~g") for field in _TOLD]
    errors = fast_marks.of("errors")
    return fast_marks.layered(
        fast_marks.of("chosen")
        .mark_rule(strokeWidth=26, opacity=0.14, color=style.NEUTRAL)
        .encode(x=alt.X("x:N", sort=list(order), scale=scale)),
        errors.mark_area(opacity=0.18, clip=True).encode(x=x, y=low, y2="high:Q", **_told_apart(titles)),
        *_baseline(line, line_title),
        errors.mark_line(strokeWidth=2.5, clip=True).encode(x=x, y=y, **_told_apart(titles, "strokeDash")),
        errors.mark_point(filled=True, size=80, opacity=1, stroke="white", strokeWidth=1, clip=True).encode(
            x=x, y=y, tooltip=told, **_told_apart(titles, "shape")
        ),
    ).properties(height=style.SIDE_HEIGHT)


_TOLD = ("value", "low", "high")

# ---- by epoch ------------------------------------------------------------------------------------------------------


def error_by_epoch(
    epoch: np.ndarray,
    errors: Bands,
    baseline: float,
    titles: Sequence[str],
    x_title: str,
    y_title: str,
    line_title: str,
    share: bool,
) -> Picture:
    """Training and validation error of one network at every mark, as far as the player shows.

    epoch: shape (marks,); mark k is step k of the player. errors: by key, shape (marks, repetitions).
    """
    tables = [frames.steps(key, len(epoch)) | {"x": epoch, **_band(values)} for key, values in errors.items()]
    look = {"x_title": x_title, "y_title": y_title, "line_title": line_title, "titles": tuple(titles), "share": share}
    look |= {"x_domain": (0.0, float(epoch[-1])), "y_domain": (0.0, _top(errors, baseline))}
    data = {"errors": frames.stacked(tables), "baseline": {"y": np.array([baseline])}}
    return Picture(_draw_by_epoch, axes.plain(look), data)


def _draw_by_epoch(
    x_title: str, y_title: str, line_title: str, titles: Sequence[str], share: bool, x_domain: Range, y_domain: Range
) -> Chart:
    form = ".0%" if share else ".6~g"
    x = alt.X(**axes.axis("x", x_title, x_domain, axis=alt.Axis(format="d", tickMinStep=1)))
    y, low, line = (
        alt.Y(**axes.axis(field, y_title, y_domain, axis=alt.Axis(format=form))) for field in ("value", "low", "y")
    )
    told = [alt.Tooltip("x:Q", title=x_title)]
    told += [alt.Tooltip(f"{field}:Q", title=field, format=".1%" if share else ".3~g") for field in _TOLD]
    errors = fast_marks.of("errors")
    return (
        fast_marks.layered(
            errors.mark_area(opacity=0.13, clip=True).encode(x=x, y=low, y2="high:Q", **_told_apart(titles)),
            *_baseline(line, line_title),
            errors.mark_line(strokeWidth=1, opacity=0.3, clip=True).encode(x=x, y=y, **_told_apart(titles)),
            errors.transform_filter(SO_FAR)
            .mark_line(strokeWidth=2.5, clip=True)
            .encode(x=x, y=y, **_told_apart(titles, "strokeDash")),
            errors.transform_filter(NOW)
            .mark_point(filled=True, size=100, opacity=1, stroke="white", strokeWidth=1.5, clip=True)
            .encode(x=x, y=y, tooltip=told, **_told_apart(titles, "shape")),
        )
        .add_params(axes.step_shown())
        .properties(height=style.SIDE_HEIGHT)
    )
