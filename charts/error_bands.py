"""Pictures of training and validation error: by the size of a network, by epoch, by number of rows, by remedy."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np

from charts import axes, fast_marks, frames, style
from charts.axes import NOW, SO_FAR, Chart, Range
from charts.frames import Columns
from charts.picture import Picture

__all__ = ["error_by_epoch", "error_by_rows", "error_by_size"]

SPLITS = ("train", "validation")
TRAIN, VALIDATION = style.RUN_STYLES["train"], style.RUN_STYLES["val"]
SPLIT_STYLES = (TRAIN, VALIDATION)

BAND_FIELDS = ("value", "low", "high")

Bands = Mapping[str, np.ndarray]
"""Errors by key (of SPLITS), each of shape (places, repetitions)."""


def _band(values: np.ndarray) -> Columns:
    """The mean, the lowest and the highest of the repetitions at every place: BAND_FIELDS, each of shape (places,).

    A place where a repetition is no finite number has NaN in all three.
    """
    finite = np.isfinite(values.sum(axis=1))
    whole = np.where(finite[:, None], values, np.nan)
    # np.min, unlike np.nanmin, does not warn of rows that are all NaN
    return {"value": whole.mean(axis=1), "low": np.min(whole, axis=1), "high": np.max(whole, axis=1)}


def _top(values: Bands, baseline: float) -> float:
    """The upper end of the error axis: above the baseline and every finite error, at most twice the baseline."""
    highest = max(float(np.max(v[np.isfinite(v)], initial=0.0)) for v in values.values())
    return min(max(1.08 * baseline, 1.05 * highest), 2 * baseline) or 1.0


def by_split(titles: Sequence[str], *channels: str) -> dict[str, Any]:
    """The channels that tell training from validation: by colour, and by the further ``channels``, dash or shape.

    titles: what the legend calls the two.
    """
    names = list(SPLITS)
    legend = alt.Legend(
        title=None,
        orient="top",
        labelExpr=axes.words_for(SPLITS, titles),
        labelLimit=220,
        symbolOpacity=1,
        symbolStrokeWidth=0,
    )
    ranges = {"color": [each.colour for each in SPLIT_STYLES], "strokeDash": [list(each.dash) for each in SPLIT_STYLES]}
    ranges["shape"] = [each.shape for each in SPLIT_STYLES]
    made = {"color": alt.Color, "strokeDash": alt.StrokeDash, "shape": alt.Shape}
    return {
        channel: made[channel]("name:N", scale=alt.Scale(domain=names, range=ranges[channel]), legend=legend)
        for channel in ("color", *channels)
    }


def _picture(
    name: str,
    draw: Callable[..., Chart],
    places: Mapping[str, Columns],
    errors: Bands,
    baseline: float,
    titles: Sequence[str],
    look: Mapping[str, Any],
    hidden: Sequence[str],
) -> Picture:
    """The errors with their bands at every place, and the baseline.

    places: by key of ``errors``, the columns that say where each row stands. hidden: keys of errors that are not drawn,
    though the axis has room for them.
    """
    tables = [{**places[key], **_band(values)} for key, values in errors.items() if key not in hidden]
    domains = {"y_domain": (0.0, _top(errors, baseline)), **look}
    data = {"errors": frames.stack(tables), "baseline": {"y": np.array([baseline])}}
    return Picture(draw, axes.rounded_ranges(domains | {"titles": tuple(titles)}), data, name=name)


def _upright(y_title: str, y_domain: Range, share: bool) -> list[alt.Y]:
    """The error axis for the mean, for the lower end of the band, and for the baseline."""
    ticks = alt.Axis(format=".0%" if share else ".6~g")
    return [alt.Y(**axes.axis(field, y_title, y_domain, axis=ticks)) for field in ("value", "low", "y")]


def _band_tooltip(place: alt.Tooltip, y_title: str, share: bool) -> list[alt.Tooltip]:
    """The place, then the mean and the ends of the band there: signs, which need no translation."""
    form = ".1%" if share else ".3~g"
    titles = zip(BAND_FIELDS, (y_title, "≥", "≤"), strict=True)
    return [place, *(alt.Tooltip(f"{field}:Q", title=title, format=form) for field, title in titles)]


def _baseline(y: alt.Y, title: str) -> list[alt.Chart]:
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
    hidden: Sequence[str] = (),
) -> Picture:
    """Training and validation error by the size of a network, with a band from the lowest to the highest repetition.

    sizes: from left to right; ``chosen`` is the marked one. errors: by key, shape (sizes, repetitions); a key that is
    missing, or ``hidden``, is not drawn. titles: of training and validation. share: errors are shares, in percent.
    """
    places: dict[str, Columns] = {key: {"name": np.full(len(sizes), key), "x": np.array(sizes)} for key in errors}
    look = {"x_title": x_title, "y_title": y_title, "line_title": line_title, "share": share, "order": tuple(sizes)}
    picture = _picture("ladder", _draw_by_size, places, errors, baseline, titles, look, hidden)
    return dataclasses.replace(picture, data={**picture.data, "chosen": {"x": np.array([chosen])}})


def error_by_rows(rows: Sequence[str], *args: Any, **kwargs: Any) -> Picture:
    """The learning curve: training and validation error by the number of training rows; see ``error_by_size``."""
    return dataclasses.replace(error_by_size(rows, *args, **kwargs), name="learning_curve")


def _draw_by_size(
    x_title: str,
    y_title: str,
    line_title: str,
    titles: Sequence[str],
    share: bool,
    order: Sequence[str],
    y_domain: Range,
) -> Chart:
    scale = alt.Scale(domain=list(order))
    x = alt.X("x:N", sort=list(order), scale=scale, title=x_title, axis=alt.Axis(labelAngle=0, labelOverlap=False))
    y, low, line = _upright(y_title, y_domain, share)
    tooltip = _band_tooltip(alt.Tooltip("x:N", title=x_title), y_title, share)
    errors = fast_marks.of("errors")
    return fast_marks.layer(
        fast_marks.of("chosen")
        .mark_rule(strokeWidth=26, opacity=0.14, color=style.NEUTRAL)
        .encode(x=alt.X("x:N", sort=list(order), scale=scale)),
        errors.mark_area(opacity=0.18, clip=True).encode(x=x, y=low, y2="high:Q", **by_split(titles)),
        *_baseline(line, line_title),
        errors.mark_line(strokeWidth=2.5, clip=True).encode(x=x, y=y, **by_split(titles, "strokeDash")),
        errors.mark_point(filled=True, size=80, opacity=1, stroke="white", strokeWidth=1, clip=True).encode(
            x=x, y=y, tooltip=tooltip, **by_split(titles, "shape")
        ),
    ).properties(height=style.SIDE_HEIGHT)


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
    hidden: Sequence[str] = (),
) -> Picture:
    """Training and validation error of one network by epoch, as far as the player shows.

    epoch: rising, shape (points,); point k is step k of the player. errors: by key, shape (points, repetitions); one
    that is ``hidden`` is not drawn.
    """
    places = {key: frames.step_columns(key, len(epoch)) | {"x": epoch} for key in errors}
    look = {"x_title": x_title, "y_title": y_title, "line_title": line_title, "share": share}
    look["x_domain"] = (0.0, float(epoch[-1]))
    return _picture("by_epoch", _draw_by_epoch, places, errors, baseline, titles, look, hidden)


def _draw_by_epoch(
    x_title: str, y_title: str, line_title: str, titles: Sequence[str], share: bool, x_domain: Range, y_domain: Range
) -> Chart:
    x = alt.X(**axes.axis("x", x_title, x_domain, axis=alt.Axis(format="d", tickMinStep=1, labelFlush=axes.FLUSH)))
    y, low, line = _upright(y_title, y_domain, share)
    tooltip = _band_tooltip(alt.Tooltip("x:Q", title=x_title), y_title, share)
    errors = fast_marks.of("errors")
    return (
        fast_marks.layer(
            errors.mark_area(opacity=0.13, clip=True).encode(x=x, y=low, y2="high:Q", **by_split(titles)),
            *_baseline(line, line_title),
            errors.mark_line(strokeWidth=1, opacity=style.TO_COME, clip=True).encode(x=x, y=y, **by_split(titles)),
            errors.transform_filter(SO_FAR)
            .mark_line(strokeWidth=2.5, clip=True)
            .encode(x=x, y=y, **by_split(titles, "strokeDash")),
            errors.transform_filter(NOW)
            .mark_point(filled=True, size=100, opacity=1, stroke="white", strokeWidth=1.5, clip=True)
            .encode(x=x, y=y, tooltip=tooltip, **by_split(titles, "shape")),
        )
        .add_params(axes.step_parameter())
        .properties(height=style.SIDE_HEIGHT)
    )
