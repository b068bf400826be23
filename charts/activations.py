"""Pictures of activations: their shapes and slopes, and what many layers of them do to gradients and signals."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np

from charts import axes, fast_marks, frames, style
from charts.axes import NOW, SO_FAR, Chart, Range
from charts.frames import Columns
from charts.picture import Picture
from charts.style import Look

LOOKS = {
    "sigmoid": Look("#D1480F"),
    "tanh": Look("#2C7FB8", (6, 3), "square"),
    "relu": Look("#0B8F6A", (2, 2), "triangle-up"),
    "linear": Look("#66727F", (4, 4), "cross"),
    "step": Look("#8A3FB5", (1, 2), "diamond"),
    "hard_sigmoid": Look("#B5651D", (8, 3), "square"),
    "softsign": Look("#5394D0", (6, 2, 2, 2), "triangle-down"),
    "softplus": Look("#6B8E23", (4, 1, 1, 1), "cross"),
    "relu6": Look("#17A2A2", (12, 4), "diamond"),
    "leaky_relu": Look("#8A3FB5", (8, 3, 2, 3), "diamond"),
    "elu": Look("#C51B7D", (4, 2), "cross"),
    "selu": Look("#B58900", (10, 3), "triangle-down"),
    "gelu": Look("#D1480F", (6, 2, 1, 2), "triangle-left"),
    "silu": Look("#2F6FDE", (3, 1), "triangle-right"),
    "mish": Look("#E0609F", (5, 5), "circle"),
    "exponential": Look("#7B6FD0", (1, 1), "square"),
}
"""The look of an activation by its name; of sixteen no two have the same colour and the same dash."""

LOW, HIGH = -2.2, 3.0
"""How far down and up activations are drawn: their ends are the same for ever, what happens is near 0."""


# ---- shapes ----------------------------------------------------------------------------------------------------------


def activation_curves(z: np.ndarray, values: Mapping[str, np.ndarray], x_title: str, y_title: str) -> Picture:
    """Activations on one axis, and at the step that the player shows the value of each at one z.

    z: rising, one for each step, shape (steps,); values: by name, of the same shape. What leaves the picture is cut.
    """
    low, high = _rounded(values)
    look = {"x_title": x_title, "y_title": y_title, "x_domain": (float(z[0]), float(z[-1]))}
    return Picture(
        _draw_activations,
        axes.plain(look | {"y_domain": (low, high), "names": tuple(values)}),
        {"curves": _curves(z, values), "here": _place(z)},
    )


def activation_slopes(
    z: np.ndarray,
    slopes: Mapping[str, np.ndarray],
    flat: Mapping[str, Sequence[tuple[float, float]]],
    x_title: str,
    y_title: str,
) -> Picture:
    """The derivatives, the steepest place of each with its slope, and strips below where each is all but flat.

    flat: by name, from where to where.
    """
    low, high = _rounded(slopes)
    strip = 0.055 * (high - low)
    bottom = low - strip * (len(slopes) + 0.6)
    strips = [
        (name, begin, end, bottom + strip * (k + 0.2), bottom + strip * (k + 0.9))
        for k, name in enumerate(slopes)
        for begin, end in flat.get(name, ())
    ]
    columns = list(zip(*strips, strict=True)) if strips else [(), (), (), (), ()]
    shaded: Columns = {"name": np.array(columns[0], dtype=str)}
    shaded |= {key: np.array(columns[i], dtype=float) for i, key in enumerate(("x0", "x1", "y0", "y1"), start=1)}
    # one that rises without end, and one that is nowhere steep, has no steepest place
    tops = [name for name, slope in slopes.items() if 0 < slope.max() <= high and np.ptp(slope) > 0]
    at = [_middle(z, slopes[name]) for name in tops]
    steepest = np.array([float(slopes[name].max()) for name in tops])
    peaks = {"name": np.array(tops, dtype=str), "x": np.array(at, dtype=float), "value": steepest}
    peaks["label"] = np.array([f"{value:.4g}" for value in steepest], dtype=str)
    look = {"x_title": x_title, "y_title": y_title, "x_domain": (float(z[0]), float(z[-1]))}
    return Picture(
        _draw_slopes,
        axes.plain(look | {"y_domain": (bottom, high), "names": tuple(slopes)}),
        {"curves": _curves(z, slopes), "here": _place(z), "flat": shaded, "peaks": peaks},
    )


def _middle(z: np.ndarray, slope: np.ndarray) -> float:
    """Where the slope is largest; of several such places one well to the right, where its label has room."""
    places = z[slope >= slope.max() * (1 - 1e-12)]
    return float(places[np.argmin(np.abs(places - 4))])


def _rounded(values: Mapping[str, np.ndarray]) -> Range:
    """The ends of the upright axis: of all that is drawn, to the next half, but not beyond LOW and HIGH."""
    drawn = np.concatenate(list(values.values()))
    low, high = float(np.clip(drawn.min(), LOW, 0)), float(np.clip(drawn.max(), 0.25, HIGH))
    step = 0.5 if high > 0.5 else 0.05
    return max(LOW, math.floor(low / step - 0.02) * step), min(HIGH, math.ceil(high / step + 0.1) * step)


def _curves(z: np.ndarray, values: Mapping[str, np.ndarray]) -> Columns:
    tables = [
        frames.steps(name, len(z)) | {"x": z.astype(np.float32), "value": value.astype(np.float32)}
        for name, value in values.items()
    ]
    return frames.stacked(tables)


def _place(z: np.ndarray) -> Columns:
    step, until = frames.when(len(z))
    return {"step": step, "until": until, "x": z}


def _by_name(names: Sequence[str], *channels: str) -> dict[str, Any]:
    """Activations told apart by their own looks; four in a row of the legend."""
    looks = [LOOKS.get(name, style.look_of(name, place)) for place, name in enumerate(names)]
    ranges = {"color": [look.colour for look in looks], "strokeDash": [list(look.dash) for look in looks]}
    legend = alt.Legend(
        title=None, orient="top", columns=4, symbolType="stroke", symbolSize=260, symbolStrokeWidth=2.5, labelLimit=90
    )
    made = {"color": alt.Color, "strokeDash": alt.StrokeDash}
    return {
        channel: made[channel]("name:N", scale=alt.Scale(domain=list(names), range=ranges[channel]), legend=legend)
        for channel in ("color", *channels)
    }


def _lines_and_dots(
    x_title: str, y_title: str, x_domain: Range, y_domain: Range, names: Sequence[str], ticks: alt.Axis
) -> list[alt.Chart]:
    x = alt.X(**axes.axis("x", x_title, x_domain))
    y = alt.Y(**axes.axis("value", y_title, y_domain, axis=ticks))
    told = [alt.Tooltip("name:N", title=""), alt.Tooltip("x:Q", title=x_title, format=".3~g")]
    told.append(alt.Tooltip("value:Q", title=y_title, format=".4~g"))
    curves = fast_marks.of("curves")
    return [
        fast_marks.of("here")
        .transform_filter(NOW)
        .mark_rule(color=style.NEUTRAL, strokeWidth=1.5)
        .encode(x=alt.X("x:Q")),
        curves.mark_line(strokeWidth=2.6, clip=True).encode(x=x, y=y, **_by_name(names, "strokeDash")),
        curves.transform_filter(NOW)
        .mark_point(filled=True, size=120, opacity=1, stroke="white", strokeWidth=1.5, clip=True)
        .encode(x=x, y=y, tooltip=told, **_by_name(names)),
    ]


def _draw_activations(x_title: str, y_title: str, x_domain: Range, y_domain: Range, names: Sequence[str]) -> Chart:
    layers = _lines_and_dots(x_title, y_title, x_domain, y_domain, names, alt.Axis(tickCount=6))
    return fast_marks.layered(*layers).add_params(axes.step_shown()).properties(height=style.SIDE_HEIGHT)


def _draw_slopes(x_title: str, y_title: str, x_domain: Range, y_domain: Range, names: Sequence[str]) -> Chart:
    layers = _lines_and_dots(x_title, y_title, x_domain, y_domain, names, alt.Axis(tickCount=6))
    colour = _by_name(names)
    corners = {"x": alt.X("x0:Q"), "x2": "x1:Q", "y": alt.Y("y0:Q"), "y2": "y1:Q"}
    peaks = fast_marks.of("peaks")
    flat = fast_marks.of("flat").mark_rect(opacity=0.55, clip=True).encode(**corners, **colour)
    tops = peaks.mark_text(dy=-9, fontSize=13, fontWeight="bold").encode(x="x:Q", y="value:Q", text="label:N", **colour)
    return fast_marks.layered(*layers, flat, tops).add_params(axes.step_shown()).properties(height=style.SIDE_HEIGHT)


# ---- many layers -----------------------------------------------------------------------------------------------------


def gradient_by_layer(
    left: Mapping[str, np.ndarray], bound: np.ndarray, label: str, x_title: str, y_title: str
) -> Picture:
    """What is left of the gradient in every layer, on a logarithmic axis, as it travels from right to left.

    left: by network, shape (depth,), the layer next to the data first; 1 is what the output sends back. What is 0 has
    no place on the axis and is left out. bound: the most that the slopes alone could leave, shape (depth,); empty for
    none. label: what is written beside it.
    """
    depth = max(len(share) for share in left.values())
    tables = []
    for name, share in left.items():
        back = np.append(1.0, share[::-1])
        value = np.where(back > 0, np.clip(back, 1e-60, 1e60), np.nan)
        tables.append(frames.steps(name, len(back)) | {"x": depth + 1 - np.arange(len(back)), "value": value})
    layers = np.arange(1, len(bound) + 1)
    ends = {"x": layers[:1], "value": bound[:1], "label": np.array([label] * min(1, len(bound)), dtype=str)}
    drawn = np.concatenate([*(table["value"] for table in tables), bound])
    low, high = (math.log10(f(drawn[np.isfinite(drawn)])) for f in (np.min, np.max))
    look = {"x_title": x_title, "y_title": y_title, "x_domain": (0.5, depth + 1.5), "names": tuple(left)}
    look["y_domain"] = (10.0 ** (math.floor(low) - 0.5), 10.0 ** (math.ceil(high) + 0.5))
    data = {"lines": frames.stacked(tables), "bound": {"x": layers, "value": bound}, "ends": ends}
    return Picture(_draw_gradients, axes.plain(look), data)


def _draw_gradients(x_title: str, y_title: str, x_domain: Range, y_domain: Range, names: Sequence[str]) -> Chart:
    # what comes back from the loss E stands where one more layer would
    ticks = alt.Axis(tickMinStep=1, tickCount=12, labelExpr="datum.value > domain('x')[1] - 1 ? 'E' : datum.label")
    x = alt.X(**axes.axis("x", x_title, x_domain, axis=ticks))
    power = alt.Axis(format=".0e", tickCount=6, labelOverlap=True)
    y = alt.Y(**axes.axis("value", y_title, y_domain, log=True, axis=power))
    lines = fast_marks.of("lines")
    told = [alt.Tooltip("name:N", title=""), alt.Tooltip("x:Q", title=x_title)]
    told.append(alt.Tooltip("value:Q", title=y_title, format=".3~e"))
    ends = fast_marks.of("ends")
    return (
        fast_marks.layered(
            fast_marks.of("bound").mark_line(color=style.NEUTRAL, strokeDash=[2, 4], strokeWidth=2).encode(x=x, y=y),
            ends.mark_text(color=style.NEUTRAL, fontSize=14, fontWeight="bold", align="left", dx=-16, dy=-18).encode(
                x=x, y=y, text="label:N"
            ),
            lines.mark_line(strokeWidth=1.2, opacity=0.35).encode(
                x=x, y=y, **axes.by_run(names, "strokeDash", outline=2)
            ),
            lines.transform_filter(SO_FAR)
            .mark_line(strokeWidth=2.8)
            .encode(x=x, y=y, **axes.by_run(names, "strokeDash", outline=2)),
            lines.transform_filter(SO_FAR)
            .mark_point(filled=True, size=26, opacity=1)
            .encode(x=x, y=y, tooltip=told, **axes.by_run(names, outline=2)),
            lines.transform_filter(NOW)
            .mark_point(filled=True, size=120, opacity=1, stroke="white", strokeWidth=1.5)
            .encode(x=x, y=y, tooltip=told, **axes.by_run(names, outline=2)),
        )
        .add_params(axes.step_shown())
        .properties(height=style.SIDE_HEIGHT)
    )


def signal_by_layer(spread: Sequence[np.ndarray], x_title: str, y_title: str) -> list[Picture]:
    """How activations are spread in every layer of two networks: bands with 90 % and with 50 % of them, the median.

    spread: for each network the quantiles of 5, 25, 50, 75 and 95 %, shape (depth, 5).
    """
    draws = (_draw_first_signal, _draw_second_signal)
    return [_signal(draw, table, x_title, y_title) for draw, table in zip(draws, spread, strict=True)]


def _signal(draw: Any, spread: np.ndarray, x_title: str, y_title: str) -> Picture:
    shown = np.clip(np.nan_to_num(spread, nan=0.0), -1e30, 1e30)
    # a layer is a step as wide as itself, so that one layer alone can be seen too
    layer = np.arange(1, len(shown) + 1)
    columns = {"x0": layer - 0.42, "x1": layer + 0.42, "x": layer}
    columns |= {f"q{k}": shown[:, k] for k in range(5)}
    low, high = float(shown.min()), float(shown.max())
    room = 0.06 * (high - low) or 0.5
    look = {"x_title": x_title, "y_title": y_title, "x_domain": (0.5, len(shown) + 0.5)}
    return Picture(draw, axes.plain(look | {"y_domain": (low - room, high + room)}), {"layers": columns})


# two names: each picture stands for itself in the browser, and is told apart there by its function's name
def _draw_first_signal(**look: Any) -> Chart:
    return _signals(style.OTHER_LOOKS[0].colour, **look)


def _draw_second_signal(**look: Any) -> Chart:
    return _signals(style.OTHER_LOOKS[1].colour, **look)


def _signals(colour: str, x_title: str, y_title: str, x_domain: Range, y_domain: Range) -> Chart:
    whole = alt.Axis(tickMinStep=1, format="d", tickCount=8)
    x = alt.X(**axes.axis("x0", x_title, x_domain, axis=whole))
    middle = alt.X(**axes.axis("x", x_title, x_domain, axis=whole))
    y = [alt.Y(**axes.axis(f"q{k}", y_title, y_domain, axis=alt.Axis(format=".3~g", tickCount=5))) for k in range(5)]
    layers = fast_marks.of("layers")
    told = [alt.Tooltip("x:Q", title=x_title)]
    told += [alt.Tooltip(f"q{k}:Q", title=name, format=".3~g") for k, name in enumerate(("5 %", "25 %", "50 %"))]
    told += [alt.Tooltip("q3:Q", title="75 %", format=".3~g"), alt.Tooltip("q4:Q", title="95 %", format=".3~g")]
    return fast_marks.layered(
        layers.mark_rect(color=colour, opacity=0.25).encode(x=x, x2="x1:Q", y=y[0], y2="q4:Q", tooltip=told),
        layers.mark_rect(color=colour, opacity=0.5).encode(x=x, x2="x1:Q", y=y[1], y2="q3:Q", tooltip=told),
        # bands that are thinner than a line would not be seen
        layers.mark_rule(color=colour, strokeWidth=3).encode(x=x, x2="x1:Q", y=y[2]),
        layers.mark_point(color=colour, filled=True, size=14, opacity=1).encode(x=middle, y=y[2], tooltip=told),
    ).properties(height=230)
