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

THIRD_HEIGHT = 260
"""The height in pixels of charts of which three stand side by side."""

GOOD = "#118A4E"
LIMIT = "#C8321F"

# ---- three rates -----------------------------------------------------------------------------------------------------


def three_places(pictures: Sequence[Picture]) -> list[Picture]:
    """Curves or maps (see charts.descent) to stand side by side: a small, a fitting and a large learning rate."""
    draws = (_draw_small_rate, _draw_fitting_rate, _draw_large_rate)
    return [dataclasses.replace(picture, draw=draw) for picture, draw in zip(pictures, draws, strict=True)]


# three names: each picture stands for itself in the browser, and is told apart there by its function's name
def _draw_small_rate(**look: Any) -> Chart:
    return _third(look)


def _draw_fitting_rate(**look: Any) -> Chart:
    return _third(look)


def _draw_large_rate(**look: Any) -> Chart:
    return _third(look)


def _third(look: Mapping[str, Any]) -> Chart:
    draw = descent._draw_map if "height" in look else descent._draw_curve
    return draw(**look).properties(height=THIRD_HEIGHT)


def three_heights(runs: Mapping[str, frames.Run], x_title: str, y_title: str) -> Picture:
    """The height at every step of the three runs; see ``descent.height_by_step``."""
    return dataclasses.replace(descent.height_by_step(runs, x_title, y_title), draw=_draw_three_heights)


def _draw_three_heights(**look: Any) -> Chart:
    return descent._draw_heights(**look).properties(height=THIRD_HEIGHT)


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
    return Picture(_draw_rate_axis, axes.plain(look), data)


def _draw_rate_axis(x_title: str, x_domain: Range, names: Sequence[str]) -> Chart:
    x = alt.X(**axes.axis("x", x_title, x_domain, log=True, axis=axes.log_axis()))
    corner = alt.X(**axes.axis("x0", x_title, x_domain, log=True, axis=axes.log_axis()))
    row = alt.Y("row:Q", axis=None, scale=alt.Scale(domain=[1, 0], nice=False))
    drawn = fast_marks.of("marks").encode(x=x)
    smaller, larger = (drawn.transform_filter(f"datum.place == {place}") for place in range(2))
    label = {"text": "label:N", "y": alt.value(14)}
    told = [alt.Tooltip("name:N", title="η"), alt.Tooltip("x:Q", title=x_title, format=".4~g")]
    return fast_marks.layered(
        fast_marks.of("beyond").mark_rect(color=LIMIT, opacity=0.15, clip=True).encode(x=corner, x2="x1:Q"),
        drawn.mark_rule(strokeDash=[5, 3], strokeWidth=2, color=style.NEUTRAL, clip=True),
        # the two may nearly touch: one label stands to the left of its mark, the other to the right
        smaller.mark_text(align="right", dx=-5, fontSize=13, color=style.NEUTRAL).encode(**label),
        larger.mark_text(align="left", dx=6, fontSize=13, fontWeight="bold", color=LIMIT).encode(**label),
        fast_marks.of("rates")
        .mark_point(filled=True, size=170, opacity=1, stroke="white", strokeWidth=1.5, clip=True)
        .encode(x=x, y=row, tooltip=told, **axes.by_run(names, "shape")),
    ).properties(height=THIRD_HEIGHT)


# ---- the loss by rate ------------------------------------------------------------------------------------------------

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
) -> Picture:
    """What is left of the loss by learning rate, at the step that the player shows.

    rates: shape (rates,). left: the share of the first loss after every step, shape (steps + 1, rates); NaN is drawn
    on the upper edge, like all that is above it. useful: the lowest, the best and the highest useful rate after every
    step, shape (steps + 1, 3). chosen: which rate is the reader's. limit: where to draw one; infinite for none.
    """
    floor = _decade_below(left[1:] if len(left) > 1 else left, 1e-4)
    with np.errstate(invalid="ignore"):
        # the drawing has a floor and a ceiling; a pointer is told the number itself
        true = np.where(np.isnan(left), np.inf, left)
        shown = np.clip(true, floor, CEILING)
    look = {"x_title": x_title, "y_title": y_title, "x_domain": (rates[0], rates[-1]), "y_domain": (floor, CEILING)}
    count = len(left)
    step, until = frames.when(count)
    best = np.searchsorted(rates, useful[:, 1])
    data = {
        "curve": {
            "step": np.repeat(step, len(rates)),
            "until": np.repeat(until, len(rates)),
            "x": np.tile(rates.astype(np.float32), count),
            "height": shown.ravel().astype(np.float32),
            "left": true.ravel(),
        },
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
    return Picture(_draw_by_rate, axes.plain(look), data)


def _draw_by_rate(x_title: str, y_title: str, x_domain: Range, y_domain: Range) -> Chart:
    x = alt.X(**axes.axis("x", x_title, x_domain, log=True, axis=axes.log_axis()))
    y = alt.Y(**axes.axis("height", y_title, y_domain, log=True, axis=alt.Axis(format="~%", tickCount=5)))
    band = alt.X(**axes.axis("x0", x_title, x_domain, log=True, axis=axes.log_axis()))
    curve = fast_marks.of("curve")
    limit = fast_marks.of("limit").encode(x=x)
    mine, best = (fast_marks.of(name).transform_filter(NOW) for name in ("mine", "best"))
    told = axes.told(x_title, y_title, "left")
    return (
        fast_marks.layered(
            fast_marks.of("useful").transform_filter(NOW).mark_rect(color=GOOD, opacity=0.16).encode(x=band, x2="x1:Q"),
            curve.transform_filter(f"datum.until == {frames.FOREVER}")
            .mark_line(color=style.NEUTRAL, strokeWidth=1.5, strokeDash=[3, 3], opacity=0.7)
            .encode(x=x, y=y),
            limit.mark_rule(strokeDash=[5, 3], strokeWidth=2, color=LIMIT),
            limit.mark_text(align="left", dx=5, fontSize=13, fontWeight="bold", color=LIMIT, text="2/λ").encode(
                y=alt.value(34)
            ),
            curve.transform_filter(NOW).mark_line(color=style.CURVE, strokeWidth=3).encode(x=x, y=y, tooltip=told),
            mine.mark_rule(color=style.RATE, strokeWidth=2).encode(x=x),
            mine.mark_point(filled=True, size=170, opacity=1, color=style.RATE, stroke="white").encode(
                x=x, y=y, tooltip=told
            ),
            best.mark_point(filled=True, shape="diamond", size=210, opacity=1, color=GOOD, stroke="white").encode(
                x=x, y=y, tooltip=told
            ),
        )
        .add_params(axes.step_shown())
        .properties(height=360)
    )


def _decade_below(values: np.ndarray, least: float) -> float:
    """The power of ten below all values, but not below ``least``, and at most a tenth."""
    good = values[np.isfinite(values) & (values > 0)]
    low = float(good.min()) if good.size else 0.1
    return min(0.1, max(least, 10.0 ** math.floor(math.log10(low))))
