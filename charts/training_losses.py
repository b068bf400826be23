"""Pictures of trainings: the loss and the learning rate by epoch, and the range test that looks for a rate."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np

from charts import axes, fast_marks, frames, style
from charts.axes import NOW, SO_FAR, Chart, Range
from charts.frames import Columns
from charts.picture import Picture

__all__ = ["loss_by_epoch", "loss_comparison", "range_curve", "rate_by_epoch"]

# ---- by epoch --------------------------------------------------------------------------------------------------------


def loss_by_epoch(
    losses: Mapping[str, np.ndarray], x_title: str, y_title: str, known: Mapping[str, int] | None = None
) -> Picture:
    """The loss of trainings after every epoch, each of shape (epochs + 1,), on a logarithmic axis.

    The picture shows what happens after the first epoch: a first loss that is far higher lies above it. A training that
    rises above twice its first loss for good, or to no number, ends on the upper edge with a cross. known: by name, how
    many losses of a training are drawn, if not all; the axes are the same as if all were.
    """
    drawn = {name: len(loss) for name, loss in losses.items()} | dict(known or {})
    ceiling = _ceiling(list(losses.values()))
    epochs = max(len(loss) for loss in losses.values()) - 1
    rows, crosses, lows = [], [], []
    for name, loss in losses.items():
        with np.errstate(invalid="ignore"):
            held = np.flatnonzero(loss <= max(ceiling, float(loss[0])))
        lost = int(held[-1]) + 1
        # one that comes back is not lost: its peak is cut off
        seen = loss[: lost + 1].copy()
        if lost < len(loss):
            seen[-1] = ceiling
            if lost < drawn[name]:
                crosses.append((name, lost))
        seen[~np.isfinite(seen)] = np.nan
        lows.append(float(np.nanmin(np.maximum(seen, 1e-9))))
        count = min(len(seen), drawn[name])
        step, until = frames.step_ranges(count)
        rows.append({"name": np.full(count, name), "step": step, "until": until})
        # a logarithm needs a floor; a pointer is told the loss itself
        rows[-1] |= {"height": np.maximum(seen[:count], 1e-9), "loss": loss[:count]}
    data = {key: np.concatenate([row[key] for row in rows]) for key in rows[0]}
    lost_at: Columns = {
        "name": np.array([name for name, _ in crosses], dtype=str),
        "step": np.array([step for _, step in crosses], dtype=np.int64),
        "height": np.full(len(crosses), ceiling),
    }
    floor = axes.nice_below(min(lows))
    look = {"x_title": x_title, "y_title": y_title, "x_domain": (0.0, 1.01 * epochs), "y_domain": (floor, ceiling)}
    return Picture(
        _draw_losses,
        axes.rounded_ranges(look | {"names": tuple(losses)}),
        {"losses": data, "lost": lost_at},
        name="losses",
    )


def loss_comparison(
    losses: Mapping[str, np.ndarray], x_title: str, y_title: str, known: Mapping[str, int] | None = None
) -> Picture:
    """The same, standing still while the player moves something else."""
    return dataclasses.replace(loss_by_epoch(losses, x_title, y_title, known), draw=_draw_compared, name="compared")


def _ceiling(losses: Sequence[np.ndarray]) -> float:
    """Twice the first loss if any training is lost; else twice the highest loss after the first epoch, if lower."""
    first = 2 * float(losses[0][0])
    later = np.concatenate([loss[1:] for loss in losses])
    with np.errstate(invalid="ignore"):
        kept = later[later <= first]
    return min(first, axes.nice_above(2 * float(kept.max()))) if len(kept) == len(later) else first


# both pictures stand above each other: their axes begin at the same place
_Y_ROOM: dict[str, Any] = {"minExtent": 52, "maxExtent": 52}


def _draw_losses(**look: Any) -> Chart:
    return _losses(axes.step_parameter(), **look)


def _draw_compared(**look: Any) -> Chart:
    # not bound to an input, so the player does not find it
    return _losses(alt.param(name="t", value=axes.MOST_STEPS), **look)


def _losses(
    shown: alt.Parameter, x_title: str, y_title: str, x_domain: Range, y_domain: Range, names: Sequence[str]
) -> Chart:
    x = alt.X(**axes.axis("step", x_title, x_domain, axis=alt.Axis(tickMinStep=1, format="d")))
    y = alt.Y(**axes.axis("height", y_title, y_domain, log=True, axis=alt.Axis(format="~g", tickCount=5, **_Y_ROOM)))
    losses = fast_marks.of("losses")
    tooltip = [alt.Tooltip("name:N", title="η"), alt.Tooltip("step:Q", title=x_title)]
    tooltip.append(alt.Tooltip("loss:Q", title=y_title, format=".4~g"))
    return (
        fast_marks.layer(
            losses.mark_line(strokeWidth=1.2, opacity=style.TO_COME, clip=True).encode(
                x=x, y=y, **axes.by_run(names, "strokeDash", outline=2)
            ),
            losses.transform_filter(SO_FAR)
            .mark_line(strokeWidth=2.8, clip=True)
            .encode(x=x, y=y, **axes.by_run(names, "strokeDash", outline=2)),
            losses.transform_filter(NOW)
            .mark_point(filled=True, size=110, opacity=1, stroke="white", strokeWidth=1.5, clip=True)
            .encode(x=x, y=y, tooltip=tooltip, **axes.by_run(names, outline=2)),
            fast_marks.of("lost")
            .transform_filter(SO_FAR)
            .mark_text(text="✕", fontSize=20, fontWeight="bold", baseline="top")
            .encode(x=x, y=y, tooltip=tooltip[:2], **axes.by_run(names, outline=2)),
        )
        .add_params(shown)
        .properties(height=310)
    )


def rate_by_epoch(rates: Mapping[str, np.ndarray], batches: int, epochs: int, x_title: str, y_title: str) -> Picture:
    """The learning rate of every step, each of shape (steps,), over the same epochs as ``loss_by_epoch``."""
    top = max((float(rate.max()) for rate in rates.values() if len(rate)), default=1.0)
    rows = [_rate_columns(name, rate, batches) for name, rate in rates.items()]
    data = {key: np.concatenate([row[key] for row in rows]) for key in rows[0]}
    look = {"x_title": x_title, "y_title": y_title, "x_domain": (0.0, 1.01 * epochs), "y_domain": (0.0, 1.08 * top)}
    return Picture(_draw_rates, axes.rounded_ranges(look | {"names": tuple(rates)}), {"rates": data}, name="rates")


def _rate_columns(name: str, rate: np.ndarray, batches: int) -> Columns:
    k = np.unique(np.linspace(0, len(rate) - 1, min(len(rate), 241)).round().astype(int)) if len(rate) else np.arange(0)
    x = k / batches
    return {"name": np.full(len(k), name), "x": x, "step": np.ceil(x).astype(np.int64), "height": rate[k]}


def _draw_rates(x_title: str, y_title: str, x_domain: Range, y_domain: Range, names: Sequence[str]) -> Chart:
    x = alt.X(**axes.axis("x", x_title, x_domain, axis=alt.Axis(tickMinStep=1, format="d")))
    y = alt.Y(**axes.axis("height", y_title, y_domain, axis=alt.Axis(format=".6~g", tickCount=4, **_Y_ROOM)))
    rates = fast_marks.of("rates").encode(x=x, y=y, **axes.by_run(names, "strokeDash", outline=2))
    return (
        fast_marks.layer(
            rates.mark_line(strokeWidth=1.2, opacity=style.TO_COME),
            rates.transform_filter(SO_FAR).mark_line(strokeWidth=2.8),
        )
        .add_params(axes.step_parameter())
        .properties(height=210)
    )


# ---- the range test --------------------------------------------------------------------------------------------------


def range_curve(
    rate: np.ndarray, loss: np.ndarray, smoothed: np.ndarray, reading: float, ends: Range, x_title: str, y_title: str
) -> Picture:
    """The loss of every batch while the rate grows, faint, the running mean over it, and the reader's reading.

    rate, loss, smoothed: shape (batches,). ends: how far the test could have gone; what it did not reach is left out.
    """
    ends = (ends[0], min(ends[1], max(3 * float(rate[-1]), 1.5 * reading)))
    top = 1.15 * float(max(smoothed[: max(1, len(smoothed) // 2)].max(), 3 * smoothed.min()))
    step, until = frames.step_ranges(len(rate))
    batches = {"step": step, "until": until, "x": rate, "loss": np.minimum(loss, top)}
    batches |= {"height": np.minimum(smoothed, top), "mean": smoothed}
    look = {"x_title": x_title, "y_title": y_title, "x_domain": ends, "y_domain": (0.0, top)}
    return Picture(
        _draw_range,
        axes.rounded_ranges(look),
        {"batches": batches, "reading": {"x": np.array([reading])}},
        name="range",
    )


def _draw_range(x_title: str, y_title: str, x_domain: Range, y_domain: Range) -> Chart:
    x = alt.X(**axes.axis("x", x_title, x_domain, log=True, axis=axes.log_axis()))
    y = alt.Y(**axes.axis("height", y_title, y_domain))
    raw = alt.Y(**axes.axis("loss", y_title, y_domain))
    batches = fast_marks.of("batches").encode(x=x)
    reading = fast_marks.of("reading").encode(x=x)
    # the drawing has a ceiling; a pointer is told the number itself
    tooltip = axes.position_tooltip(x_title, y_title, "mean")
    return (
        fast_marks.layer(
            batches.transform_filter(SO_FAR)
            .mark_point(filled=True, size=16, color=style.NEUTRAL, opacity=0.6, clip=True)
            .encode(y=raw),
            batches.transform_filter(SO_FAR).mark_line(color=style.CURVE, strokeWidth=3, clip=True).encode(y=y),
            batches.transform_filter(NOW)
            .mark_point(filled=True, size=130, color=style.CURVE, opacity=1, stroke="white", clip=True)
            .encode(y=y, tooltip=tooltip),
            reading.mark_rule(color=style.RATE, strokeWidth=2.5, clip=True),
            reading.mark_text(align="left", dx=6, fontSize=14, fontWeight="bold", color=style.RATE, text="η").encode(
                y=alt.value(12)
            ),
        )
        .add_params(axes.step_parameter())
        .properties(height=300)
    )
