"""Losses and metrics after every epoch, of training and validation."""

import math
from collections.abc import Mapping, Sequence

import altair as alt
import numpy as np

from charts import axes, fast_marks, frames, style
from charts.axes import NOW, SO_FAR, Chart, Range
from charts.film_frames import evenly_spaced_rows
from charts.picture import Picture

__all__ = ["curves_by_epoch"]


# ---- curves ----------------------------------------------------------------------------------------------------------
def curves_by_epoch(
    values: Mapping[str, np.ndarray],
    x_title: str,
    y_title: str,
    baseline: tuple[str, float] | None = None,
    log: bool = False,
    named: Sequence[str] = (),
    start: Mapping[str, float] | None = None,
    ends: Range | None = None,
    played: bool = True,
) -> Picture:
    """Curves by epoch, with the values of all of them under the pointer, and what common sense scores as a dashed line.

    values: by name, shape (epochs,), the first after epoch 1; what is not a number is left out. named: what a reader
    calls them, if not by their names. baseline: its name and value. log: a logarithmic axis, on which only numbers
    above 0 have a place. The axis shows what happens where most of the values are: a curve that climbs out of it is cut
    off. start: by name, the values before the first epoch, which are drawn as dots. ends: of the upright axis, if they
    are not to follow from the values. played: whether a player shows epoch after epoch; if
    not, all that is there is drawn.
    """
    longest = max(len(value) for value in values.values())
    some = evenly_spaced_rows(longest, 1000)
    lines, wide = [], {"step": (some + 1).astype(np.int32)}
    for place, (name, value) in enumerate(values.items()):
        with np.errstate(invalid="ignore"):
            shown = np.where(np.isfinite(value) & ((value > 0) | (not log)), value, np.nan)
        whole = np.append(shown, np.full(longest - len(value), np.nan))[some]
        wide[f"v{place}"] = whole
        step, until = frames.step_ranges(len(some), wide["step"])
        lines.append({"name": np.full(len(some), name), "step": step, "until": until, "value": whole})
    level = baseline[1] if baseline is not None and math.isfinite(baseline[1]) else None
    domain = _room_for([whole for key, whole in wide.items() if key != "step"], level, log)
    look = {
        "x_title": x_title,
        "y_title": y_title,
        "x_domain": (0.0, 1.02 * _round_above(longest)),
        "y_domain": ends or domain,
        "log": log,
    }
    look |= {"names": tuple(values), "named": tuple(named or values), "played": played}
    shown = baseline is not None and level is not None and (level > 0 or not log)
    first = {name: value for name, value in (start or {}).items() if math.isfinite(value)}
    data = {
        "start": {
            "name": np.array(list(first), dtype=str),
            "step": np.zeros(len(first)),
            "value": np.array(list(first.values()), dtype=float),
        },
        "lines": frames.stack(lines),
        "epochs": wide,
        "baseline": {
            "value": np.array([level] if shown else [], dtype=float),
            "text": np.array([baseline[0]] if baseline is not None and shown else [], dtype=str),
        },
    }
    return Picture(_draw_epoch_curves, axes.rounded_ranges(look), data, name="epoch_curves")


def _room_for(columns: Sequence[np.ndarray], level: float | None, log: bool) -> Range:
    """The upright axis: as far as the values reach, unless a few of them reach far beyond the rest."""
    finite = np.concatenate([part[np.isfinite(part)] for part in columns])
    if level is not None and (level > 0 or not log):
        finite = np.append(finite, level)
    if not finite.size:
        return (0.1, 1.0)
    low, high = float(finite.min()), float(finite.max())
    usual = max(float(np.quantile(finite, 0.9)), level or 0.0)
    if log:
        high = min(high, 1e3 * usual)
        return (max(low, 1e-9 * high) / 1.2, 1.2 * high)
    high = min(high, usual + 3 * max(usual - low, abs(usual) * 1e-3))
    room = 0.06 * ((high - low) or abs(high) or 1.0)
    low, high = 0.0 if 0 <= low < 0.4 * high else low - room, high + room
    # axes end at round numbers: curves that differ a little share one look, which is costly to build
    step = _round_above((high - low) / 10)
    return (step * math.floor(low / step), step * math.ceil(high / step))


def _round_above(value: float) -> float:
    """The next number like 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6 or 8 that is not below."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(power * k for k in (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if power * k >= value * (1 - 1e-9))


def _draw_epoch_curves(
    x_title: str,
    y_title: str,
    x_domain: Range,
    y_domain: Range,
    log: bool,
    names: Sequence[str],
    named: Sequence[str],
    played: bool,
) -> Chart:
    x = alt.X(**axes.axis("step", x_title, x_domain, axis=alt.Axis(tickMinStep=1, format="d", labelFlush=axes.FLUSH)))
    y = alt.Y(**axes.axis("value", y_title, y_domain, log=log, axis=alt.Axis(format=".3~g", tickCount=6)))
    lines, baseline = fast_marks.of("lines"), fast_marks.of("baseline")
    by_run = axes.by_run(names, "strokeDash", outline=2, named=named)
    tooltip = [alt.Tooltip("step:Q", title=x_title)]
    tooltip += [alt.Tooltip(f"v{place}:Q", title=name, format=".4~g") for place, name in enumerate(named)]
    under = alt.selection_point(
        name="under", nearest=True, on="pointermove", clear="pointerout", fields=["step"], empty=False
    )
    return (
        fast_marks.layer(
            lines.mark_line(strokeWidth=1.2, opacity=style.TO_COME, clip=True).encode(x=x, y=y, **by_run),
            lines.transform_filter(SO_FAR).mark_line(strokeWidth=2.6, clip=True).encode(x=x, y=y, **by_run),
            baseline.mark_rule(color=style.NEUTRAL, strokeWidth=2, strokeDash=[3, 4]).encode(y=y),
            baseline.mark_text(
                align="right", baseline="bottom", dx=-4, dy=-3, color=style.NEUTRAL, fontSize=12, fontWeight="bold"
            ).encode(x=alt.value("width"), y=y, text="text:N"),
            lines.transform_filter(NOW)
            .mark_point(filled=True, size=100, opacity=1, stroke="white", strokeWidth=1.5, clip=True)
            .encode(x=x, y=y, **axes.by_run(names, outline=2, named=named)),
            fast_marks.of("start")
            .mark_point(filled=True, size=100, opacity=1, stroke="white", strokeWidth=1.5)
            .encode(x=x, y=y, **axes.by_run(names, outline=2, named=named)),
            fast_marks.of("epochs")
            .mark_rule(color=style.NEUTRAL, strokeWidth=1.5)
            .encode(x=x, opacity=alt.condition(under, alt.value(0.9), alt.value(0)), tooltip=tooltip)
            .add_params(under),
        )
        .add_params(axes.step_parameter() if played else axes.last_step())
        .properties(height=axes.height_with(names, 340))
    )
