"""Pictures of learning rates: three side by side, the axis they lie on, and what is left of the loss by rate."""

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np

from charts import axes, descent, fast_marks, frames, style
from charts.axes import NOW, Chart, Range
from charts.picture import Picture

__all__ = ["loss_by_rate", "rate_axis", "three_heights", "three_places"]

THIRD_HEIGHT = 200
"""The height in pixels of charts of which three stand side by side."""

GOOD = "#118A4E"
LIMIT = "#C8321F"

# ---- three rates -----------------------------------------------------------------------------------------------------


def three_places(pictures: Sequence[Picture]) -> list[Picture]:
    """Curves with a ball each (see charts.descent) to stand side by side: a small, a fitting, a large learning rate."""
    names = ("small_rate", "fitting_rate", "large_rate")
    return [
        dataclasses.replace(picture, draw=_draw_place, name=name) for picture, name in zip(pictures, names, strict=True)
    ]


def _draw_place(**look: Any) -> Chart:
    (name,) = look["names"]
    return descent.draw_curve(**look).properties(height=THIRD_HEIGHT, title=alt.TitleParams(name, fontSize=15))


def three_heights(
    runs: Mapping[str, frames.WeightPath],
    x_title: str,
    y_title: str,
    steps: int | None = None,
    lowest: float | None = None,
) -> Picture:
    """The height at every step of the three runs; see ``descent.height_by_step``."""
    return dataclasses.replace(
        descent.height_by_step(runs, x_title, y_title, steps, lowest), draw=_draw_three_heights, name="three_heights"
    )


def _draw_three_heights(**look: Any) -> Chart:
    return descent.draw_heights(**look).properties(height=THIRD_HEIGHT)


def rate_axis(rates: Mapping[str, float], marks: Mapping[str, float], ends: Range, x_title: str) -> Picture:
    """Learning rates on their logarithmic axis, and marks on it: the last one is the limit, beyond which it is shaded.

    marks: by label, none, one or two, the smaller first.
    """
    look = {"x_title": x_title, "x_domain": ends, "names": tuple(rates)}
    limit = list(marks.values())[-1:]
    # each on a line of its own, since rates may nearly be the same
    rows = np.linspace(0.4, 0.85, len(rates))
    data = {
        "rates": {"name": np.array(list(rates)), "x": np.array(list(rates.values())), "row": rows},
        "marks": {
            "x": np.array(list(marks.values()), dtype=float),
            "label": np.array(list(marks), dtype=str),
            "place": np.arange(2 - len(marks), 2),
        },
        "beyond": {"x0": np.array(limit, dtype=float), "x1": np.full(len(limit), ends[1])},
    }
    return Picture(_draw_rate_axis, axes.rounded_ranges(look), data, name="rate_axis")


def _draw_rate_axis(x_title: str, x_domain: Range, names: Sequence[str]) -> Chart:
    x = alt.X(**axes.axis("x", x_title, x_domain, log=True, axis=axes.log_axis()))
    corner = alt.X(**axes.axis("x0", x_title, x_domain, log=True, axis=axes.log_axis()))
    row = alt.Y("row:Q", axis=None, scale=alt.Scale(domain=[1, 0], nice=False))
    drawn = fast_marks.of("marks").encode(x=x)
    smaller, larger = (drawn.transform_filter(f"datum.place == {place}") for place in range(2))
    label = {"text": "label:N", "y": alt.value(14)}
    tooltip = [alt.Tooltip("name:N", title="η"), alt.Tooltip("x:Q", title=x_title, format=".4~g")]
    return fast_marks.layer(
        fast_marks.of("beyond").mark_rect(color=LIMIT, opacity=0.15, clip=True).encode(x=corner, x2="x1:Q"),
        drawn.mark_rule(strokeDash=[5, 3], strokeWidth=2, color=style.NEUTRAL, clip=True),
        # the two may nearly touch: one label stands to the left of its mark, the other to the right
        smaller.mark_text(align="right", dx=-5, fontSize=13, color=style.NEUTRAL).encode(**label),
        larger.mark_text(align="left", dx=6, fontSize=13, fontWeight="bold", color=LIMIT).encode(**label),
        fast_marks.of("rates")
        .mark_point(filled=True, size=170, opacity=1, stroke="white", strokeWidth=1.5, clip=True)
        .encode(x=x, y=row, tooltip=tooltip, **axes.by_run(names, "shape")),
    ).properties(height=THIRD_HEIGHT)


# ---- the loss by rate ------------------------------------------------------------------------------------------------

MOST_OUT = 12
"""About how many marks the whole upper edge has room for."""

CEILING = 2.0
"""The upper edge of pictures of what is left of a loss: twice what there was."""


def loss_by_rate(
    rates: np.ndarray,
    left: np.ndarray,
    useful: np.ndarray,
    chosen: int,
    limit: float,
    x_title: str,
    y_title: str,
    known: int | None = None,
) -> Picture:
    """What is left of the loss by learning rate, at the step that the player shows.

    rates: shape (rates,). left: the share of the first loss after every step, shape (steps + 1, rates); NaN is drawn
    on the upper edge, like all that is above it, where there are marks. useful: the lowest, the best and the highest
    useful rate after every step, shape (steps + 1, 3). chosen: which rate is the reader's. limit: where to draw one;
    infinite for none. known: how many steps are drawn, if not all; the axes are the same as if all were.
    """
    floor = _decade_below(left[1:] if len(left) > 1 else left, 1e-4)
    left, useful = left[: None if known is None else known + 1], useful[: None if known is None else known + 1]
    with np.errstate(invalid="ignore"):
        # the drawing has a floor and a ceiling; a pointer is told the number itself
        true = np.where(np.isnan(left), np.inf, left)
        shown = np.clip(true, floor, CEILING)
    look = {"x_title": x_title, "y_title": y_title, "x_domain": (rates[0], rates[-1]), "y_domain": (floor, CEILING)}
    count = len(left)
    step, until = frames.step_ranges(count)
    best = np.searchsorted(rates, useful[:, 1])
    curve = {
        "step": np.repeat(step, len(rates)),
        "until": np.repeat(until, len(rates)),
        "x": np.tile(rates.astype(np.float32), count),
        "height": shown.ravel().astype(np.float32),
        "left": true.ravel(),
    }
    # a few marks stand for all
    out = (curve["left"] > CEILING) & np.tile(np.arange(len(rates)) % max(1, len(rates) // MOST_OUT) == 0, count)
    data = {
        "curve": curve,
        "out": {key: column[out] for key, column in curve.items()},
        "useful": {"step": step, "until": until, "x0": useful[:, 0], "x1": useful[:, 2]},
        "best": {
            "step": step,
            "until": until,
            "x": useful[:, 1],
            "height": shown[np.arange(count), best],
            "left": true[np.arange(count), best],
        },
        "mine": {
            "step": step,
            "until": until,
            "x": np.full(count, rates[chosen]),
            "height": shown[:, chosen],
            "left": true[:, chosen],
        },
        "limit": {"x": np.array([limit] if rates[0] < limit < rates[-1] else [], dtype=float)},
    }
    return Picture(_draw_by_rate, axes.rounded_ranges(look), data, name="by_rate")


def _draw_by_rate(x_title: str, y_title: str, x_domain: Range, y_domain: Range) -> Chart:
    x = alt.X(**axes.axis("x", x_title, x_domain, log=True, axis=axes.log_axis()))
    ticks = alt.Axis(format="~%", tickCount=5)
    y = alt.Y(**axes.axis("height", y_title, y_domain, log=True, percent=True, axis=ticks))
    band = alt.X(**axes.axis("x0", x_title, x_domain, log=True, axis=axes.log_axis()))
    curve = fast_marks.of("curve")
    limit = fast_marks.of("limit").encode(x=x)
    mine, best = (fast_marks.of(name).transform_filter(NOW) for name in ("mine", "best"))
    tooltip = axes.position_tooltip(x_title, y_title, "left")
    return (
        fast_marks.layer(
            fast_marks.of("useful").transform_filter(NOW).mark_rect(color=GOOD, opacity=0.16).encode(x=band, x2="x1:Q"),
            curve.transform_filter(f"datum.until == {frames.FOREVER}")
            .mark_line(color=style.NEUTRAL, strokeWidth=1.5, strokeDash=[3, 3], opacity=0.7)
            .encode(x=x, y=y),
            limit.mark_rule(strokeDash=[5, 3], strokeWidth=2, color=LIMIT),
            limit.mark_text(align="left", dx=5, fontSize=13, fontWeight="bold", color=LIMIT, text="2/λ").encode(
                y=alt.value(34)
            ),
            curve.transform_filter(NOW).mark_line(color=style.CURVE, strokeWidth=3).encode(x=x, y=y, tooltip=tooltip),
            fast_marks.of("out")
            .transform_filter(NOW)
            .mark_point(filled=True, shape=axes.OUT, size=110, opacity=1, color=style.CURVE, stroke="white")
            .encode(x=x, y=y, tooltip=tooltip),
            mine.mark_rule(color=style.RATE, strokeWidth=2).encode(x=x),
            mine.mark_point(filled=True, size=170, opacity=1, color=style.RATE, stroke="white").encode(
                x=x, y=y, tooltip=tooltip
            ),
            best.mark_point(filled=True, shape="diamond", size=210, opacity=1, color=GOOD, stroke="white").encode(
                x=x, y=y, tooltip=tooltip
            ),
        )
        .add_params(axes.step_parameter())
        .properties(height=360)
    )


def _decade_below(values: np.ndarray, least: float) -> float:
    """The power of ten below all values, but not below ``least``, and at most a tenth."""
    good = values[np.isfinite(values) & (values > 0)]
    low = float(good.min()) if good.size else 0.1
    return min(0.1, max(least, 10.0 ** math.floor(math.log10(low))))
