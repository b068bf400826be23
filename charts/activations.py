"""Pictures of activations: their shapes and slopes, and what many layers of them do to gradients and signals."""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, cast

import altair as alt
import numpy as np

from charts import axes, fast_marks, frames, style
from charts.axes import NOW, SO_FAR, Chart, Range
from charts.frames import Columns
from charts.picture import Picture
from charts.style import RunStyle

__all__ = ["activation_curves", "activation_slopes", "gradient_by_layer", "signal_by_layer"]

ACTIVATION_STYLES = {
    "sigmoid": RunStyle("#D1480F"),
    "tanh": RunStyle("#2C7FB8", (6, 3), "square"),
    "relu": RunStyle("#0B8F6A", (2, 2), "triangle-up"),
    "linear": RunStyle("#66727F", (4, 4), "cross"),
    "step": RunStyle("#8A3FB5", (1, 2), "diamond"),
    "hard_sigmoid": RunStyle("#B5651D", (8, 3), "square"),
    "softsign": RunStyle("#5394D0", (6, 2, 2, 2), "triangle-down"),
    "softplus": RunStyle("#6B8E23", (4, 1, 1, 1), "cross"),
    "relu6": RunStyle("#17A2A2", (12, 4), "diamond"),
    "leaky_relu": RunStyle("#8A3FB5", (8, 3, 2, 3), "diamond"),
    "elu": RunStyle("#C51B7D", (4, 2), "cross"),
    "selu": RunStyle("#B58900", (10, 3), "triangle-down"),
    "gelu": RunStyle("#D1480F", (6, 2, 1, 2), "triangle-left"),
    "silu": RunStyle("#2F6FDE", (3, 1), "triangle-right"),
    "hard_silu": RunStyle("#2F6FDE", (9, 2, 2, 2), "square"),
    "mish": RunStyle("#E0609F", (5, 5), "circle"),
    "exponential": RunStyle("#7B6FD0", (1, 1), "square"),
}
"""The style of an activation by its name; no two of the seventeen share both colour and dash."""

SHORT_NAME = 7
"""The letters that a name may have if four of them are to fit into one row of a narrow chart's legend."""

NO_SLOPE = "datum.value < slopes_low - 1e-9"
"""The test of a tick below all slopes, where the strips are: it has no number and no line."""

LOW, HIGH = -2.2, 3.0
"""The lowest and the highest value drawn: far from 0 nothing new happens."""


# ---- shapes ----------------------------------------------------------------------------------------------------------


def activation_curves(
    z: np.ndarray, values: Mapping[str, np.ndarray], x_title: str, y_title: str, named: Sequence[str] = ()
) -> Picture:
    """Activations on one axis, and at the step that the player shows the value of each at one z.

    z: rising, one for each step, shape (steps,); values: by name, of the same shape. What leaves the picture is cut.
    named: what the legend calls them, if not by their names.
    """
    low, high = _upright_ends(values)
    look = {"x_title": x_title, "y_title": y_title, "x_domain": (float(z[0]), float(z[-1]))}
    return Picture(
        _draw_activations,
        axes.rounded_ranges(look | {"y_domain": (low, high), "names": tuple(values), "named": tuple(named or values)}),
        {"curves": _curves(z, values), "here": _moving_rule(z)},
        name="activations",
    )


def activation_slopes(
    z: np.ndarray,
    slopes: dict[str, np.ndarray],
    flat: Mapping[str, Sequence[tuple[float, float]]],
    x_title: str,
    y_title: str,
    unknown: str = "",
    named: Sequence[str] = (),
    largest: Mapping[str, float] | None = None,
) -> Picture:
    """The derivatives, the steepest place of each with its slope, and strips below where each is all but flat.

    The strips lie below the axis, where it has no numbers: their height is no slope. flat: by name, from where to
    where. unknown: whose slope is not drawn yet, nor told by the end of the axis. named: what the legend calls them, if
    not by their names. largest: what is written at each one's steepest place, if that lies between the numbers of z.
    """
    _, high = _upright_ends(slopes)
    high = max(high, 1.0) if unknown else high
    lowest = float(np.clip(min(slope.min() for slope in slopes.values()), LOW, 0))
    strip = 0.055 * (high - lowest)
    bottom = lowest - strip * (len(slopes) + 1.2)
    strips = [
        (name, begin, end, bottom + strip * (k + 0.2), bottom + strip * (k + 0.9))
        for k, name in enumerate(slopes)
        for begin, end in (() if name == unknown else flat.get(name, ()))
    ]
    columns = list(zip(*strips, strict=True)) if strips else [(), (), (), (), ()]
    shaded: Columns = {"name": np.array(columns[0], dtype=str)}
    shaded |= {key: np.array(columns[i], dtype=float) for i, key in enumerate(("x0", "x1", "y0", "y1"), start=1)}
    # one that rises without end, and one that is nowhere steep, has no steepest place
    tops = [name for name, slope in slopes.items() if name != unknown and 0 < slope.max() <= high and np.ptp(slope) > 0]
    at = [_middle(z, slopes[name]) for name in tops]
    steepest = np.array([float(slopes[name].max()) for name in tops])
    peaks = {"name": np.array(tops, dtype=str), "x": np.array(at, dtype=float), "value": steepest}
    written = [largest[name] for name in tops] if largest else steepest
    peaks["label"] = np.array([f"{value:.4g}" for value in written], dtype=str)
    look = {"x_title": x_title, "y_title": y_title, "x_domain": (float(z[0]), float(z[-1]))}
    look |= {"y_domain": (bottom, high), "slopes_domain": (lowest, high), "names": tuple(slopes)}
    look["named"] = tuple(named or slopes)
    return Picture(
        _draw_slopes,
        axes.rounded_ranges(look),
        {
            "curves": _curves(z, slopes | {unknown: np.full(len(z), np.nan)} if unknown else slopes),
            "here": _moving_rule(z),
            "flat": shaded,
            "peaks": peaks,
        },
        name="slopes",
    )


def _middle(z: np.ndarray, slope: np.ndarray) -> float:
    """Where the slope is largest; of several such places one well to the right, where its label has room."""
    places = z[slope >= slope.max() * (1 - 1e-12)]
    return float(places[np.argmin(np.abs(places - 4))])


def _upright_ends(values: Mapping[str, np.ndarray]) -> Range:
    """The ends of the upright axis: of all that is drawn, to the next half, but not beyond LOW and HIGH."""
    drawn = np.concatenate(list(values.values()))
    low, high = float(np.clip(drawn.min(), LOW, 0)), float(np.clip(drawn.max(), 0.25, HIGH))
    step = 0.5 if high > 0.5 else 0.05
    return max(LOW, math.floor(low / step - 0.02) * step), min(HIGH, math.ceil(high / step + 0.1) * step)


def _curves(z: np.ndarray, values: Mapping[str, np.ndarray]) -> Columns:
    tables = [
        frames.step_columns(name, len(z)) | {"x": z.astype(np.float32), "value": value.astype(np.float32)}
        for name, value in values.items()
    ]
    return frames.stack(tables)


def _moving_rule(z: np.ndarray) -> Columns:
    step, until = frames.step_ranges(len(z))
    return {"step": step, "until": until, "x": z}


def _by_name(names: Sequence[str], named: Sequence[str], *channels: str) -> dict[str, Any]:
    """The channels that tell activations apart by their own styles, with a legend of ``named``."""
    styles = [ACTIVATION_STYLES.get(name, style.style_of(name, place)) for place, name in enumerate(names)]
    ranges = {"color": [each.colour for each in styles], "strokeDash": [list(each.dash) for each in styles]}
    legend = alt.Legend(
        title=None,
        orient="top",
        columns=axes.fitting_columns(named, 4 if max(map(len, named)) <= SHORT_NAME else 2, 150),
        labelExpr=axes.words_for(names, named),
        symbolType="stroke",
        symbolSize=260,
        symbolStrokeWidth=2.5,
        labelLimit=150,
    )
    made = {"color": alt.Color, "strokeDash": alt.StrokeDash}
    return {
        channel: made[channel]("name:N", scale=alt.Scale(domain=list(names), range=ranges[channel]), legend=legend)
        for channel in ("color", *channels)
    }


def _lines_and_dots(
    x_title: str,
    y_title: str,
    x_domain: Range,
    y_domain: Range,
    names: Sequence[str],
    named: Sequence[str],
    ticks: alt.Axis,
) -> list[alt.Chart]:
    x = alt.X(**axes.axis("x", x_title, x_domain))
    y = alt.Y(**axes.axis("value", y_title, y_domain, axis=ticks))
    tooltip = [alt.Tooltip("name:N", title=""), alt.Tooltip("x:Q", title=x_title, format=".3~g")]
    tooltip.append(alt.Tooltip("value:Q", title=y_title, format=".4~g"))
    curves = fast_marks.of("curves")
    return [
        fast_marks.of("here")
        .transform_filter(NOW)
        .mark_rule(color=style.NEUTRAL, strokeWidth=1.5)
        .encode(x=alt.X("x:Q")),
        curves.mark_line(strokeWidth=2.6, clip=True).encode(x=x, y=y, **_by_name(names, named, "strokeDash")),
        curves.transform_filter(NOW)
        .mark_point(filled=True, size=120, opacity=1, stroke="white", strokeWidth=1.5, clip=True)
        .encode(x=x, y=y, tooltip=tooltip, **_by_name(names, named)),
    ]


def _draw_activations(
    x_title: str, y_title: str, x_domain: Range, y_domain: Range, names: Sequence[str], named: Sequence[str]
) -> Chart:
    layers = _lines_and_dots(x_title, y_title, x_domain, y_domain, names, named, alt.Axis(tickCount=6))
    return fast_marks.layer(*layers).add_params(axes.step_parameter()).properties(height=style.SIDE_HEIGHT)


def _draw_slopes(
    x_title: str,
    y_title: str,
    x_domain: Range,
    y_domain: Range,
    slopes_domain: Range,
    names: Sequence[str],
    named: Sequence[str],
) -> Chart:
    # a look's ranges are filled in when the chart is there: the axis compares with a parameter
    lowest = alt.param(name="slopes_low", value=slopes_domain[0])
    seen = {"condition": {"test": NO_SLOPE, "value": 0}, "value": 1}
    words = f"{NO_SLOPE} ? '' : datum.label"
    ticks = alt.Axis(tickCount=8, labelExpr=words, gridOpacity=cast(Any, seen), tickOpacity=cast(Any, seen))
    layers = _lines_and_dots(x_title, y_title, x_domain, y_domain, names, named, ticks)
    colour = _by_name(names, named)
    corners = {"x": alt.X("x0:Q"), "x2": "x1:Q", "y": alt.Y("y0:Q"), "y2": "y1:Q"}
    peaks = fast_marks.of("peaks")
    flat = fast_marks.of("flat").mark_rect(opacity=0.55, clip=True).encode(**corners, **colour)
    tops = peaks.mark_text(dy=-9, fontSize=13, fontWeight="bold").encode(x="x:Q", y="value:Q", text="label:N", **colour)
    shown = fast_marks.layer(*layers, flat, tops).add_params(axes.step_parameter(), lowest)
    return shown.properties(height=style.SIDE_HEIGHT)


# ---- many layers -----------------------------------------------------------------------------------------------------


def gradient_by_layer(
    left: Mapping[str, np.ndarray],
    bound: np.ndarray,
    label: str,
    x_title: str,
    y_title: str,
    output_title: str,
    y_ends: Range | None = None,
) -> Picture:
    """What is left of the gradient in every layer, on a logarithmic axis, as it travels from right to left.

    left: by network, shape (depth,), the layer next to the data first; 1 is what the output sends back. What is 0 has
    no place on the axis and is left out. bound: the most that the slopes alone could leave, shape (depth,); empty for
    none. label: what is written beside it. output_title: what the level axis calls the place beyond the last layer.
    y_ends: of the upright axis, if not to follow from values.
    """
    depth = max(len(share) for share in left.values())
    tables = []
    for name, share in left.items():
        back = np.append(1.0, share[::-1])
        value = np.where(back > 0, np.clip(back, 1e-60, 1e60), np.nan)
        tables.append(frames.step_columns(name, len(back)) | {"x": depth + 1 - np.arange(len(back)), "value": value})
    layers = np.arange(1, len(bound) + 1)
    ends = {"x": layers[:1], "value": bound[:1], "label": np.array([label] * min(1, len(bound)), dtype=str)}
    drawn = np.concatenate([*(table["value"] for table in tables), bound])
    low, high = (math.log10(f(drawn[np.isfinite(drawn)])) for f in (np.min, np.max))
    look = {"x_title": x_title, "y_title": y_title, "names": tuple(left), "depth": depth}
    # beyond the last place there is room for half of its name
    look["x_domain"] = (0.5, depth + 1 + max(0.5, 0.09 * depth))
    look["y_domain"] = y_ends or (10.0 ** (math.floor(low) - 0.5), 10.0 ** (math.ceil(high) + 0.5))
    look["labels"] = (output_title,)
    data = {"lines": frames.stack(tables), "bound": {"x": layers, "value": bound}, "ends": ends}
    return Picture(_draw_gradients, axes.rounded_ranges(look), data, name="gradients")


def _draw_gradients(
    x_title: str,
    y_title: str,
    x_domain: Range,
    y_domain: Range,
    names: Sequence[str],
    labels: Sequence[str],
    depth: int,
) -> Chart:
    # what the output sends back stands where one more layer would
    words = f"datum.value > {depth} ? {json.dumps(labels[0])} : datum.label"
    apart = math.ceil(depth / 10)
    layers = [layer for layer in range(1, depth + 1, apart) if depth + 1 - layer >= apart]
    # the first of them is written however little room there is
    ticks = alt.Axis(values=[depth + 1, *reversed(layers)], labelOverlap="parity", labelExpr=words)
    x = alt.X(**axes.axis("x", x_title, x_domain, axis=ticks))
    power = alt.Axis(format=".0e", tickCount=6, labelOverlap=True)
    y = alt.Y(**axes.axis("value", y_title, y_domain, log=True, axis=power))
    lines = fast_marks.of("lines")
    tooltip = [alt.Tooltip("name:N", title=""), alt.Tooltip("x:Q", title=x_title)]
    tooltip.append(alt.Tooltip("value:Q", title=y_title, format=".3~e"))
    ends = fast_marks.of("ends")
    return (
        fast_marks.layer(
            fast_marks.of("bound").mark_line(color=style.NEUTRAL, strokeDash=[2, 4], strokeWidth=2).encode(x=x, y=y),
            ends.mark_text(color=style.NEUTRAL, fontSize=14, fontWeight="bold", align="left", dx=-16, dy=-18).encode(
                x=x, y=y, text="label:N"
            ),
            lines.mark_line(strokeWidth=1.2, opacity=style.TO_COME).encode(
                x=x, y=y, **axes.by_run(names, "strokeDash", outline=2)
            ),
            lines.transform_filter(SO_FAR)
            .mark_line(strokeWidth=2.8)
            .encode(x=x, y=y, **axes.by_run(names, "strokeDash", outline=2)),
            lines.transform_filter(SO_FAR)
            .mark_point(filled=True, size=26, opacity=1)
            .encode(x=x, y=y, tooltip=tooltip, **axes.by_run(names, outline=2)),
            lines.transform_filter(NOW)
            .mark_point(filled=True, size=120, opacity=1, stroke="white", strokeWidth=1.5)
            .encode(x=x, y=y, tooltip=tooltip, **axes.by_run(names, outline=2)),
        )
        .add_params(axes.step_parameter())
        .properties(height=style.SIDE_HEIGHT)
    )


def signal_by_layer(spread: Sequence[np.ndarray], x_title: str, y_title: str) -> list[Picture]:
    """The distribution of activations in every layer of two networks: the median, and bands with 50 % and with 90 %.

    spread: for each network the quantiles of 5, 25, 50, 75 and 95 %, shape (depth, 5).
    """
    looks = zip(("first_signal", "second_signal"), style.OTHER_STYLES, spread, strict=False)
    return [_signal(name, look.colour, table, x_title, y_title) for name, look, table in looks]


def _signal(name: str, colour: str, spread: np.ndarray, x_title: str, y_title: str) -> Picture:
    shown = np.clip(np.nan_to_num(spread, nan=0.0), -1e30, 1e30)
    # a layer is a step as wide as itself, so that one layer alone can be seen too
    layer = np.arange(1, len(shown) + 1)
    columns = {"x0": layer - 0.42, "x1": layer + 0.42, "x": layer}
    columns |= {f"q{k}": shown[:, k] for k in range(5)}
    low, high = float(shown.min()), float(shown.max())
    room = 0.06 * (high - low) or 0.5
    look = {"colour": colour, "x_title": x_title, "y_title": y_title, "x_domain": (0.5, len(shown) + 0.5)}
    look["y_domain"] = (low - room, high + room)
    return Picture(_draw_signal, axes.rounded_ranges(look), {"layers": columns}, name=name)


def _draw_signal(colour: str, x_title: str, y_title: str, x_domain: Range, y_domain: Range) -> Chart:
    whole = alt.Axis(tickMinStep=1, format="d", tickCount=8)
    x = alt.X(**axes.axis("x0", x_title, x_domain, axis=whole))
    middle = alt.X(**axes.axis("x", x_title, x_domain, axis=whole))
    y = [alt.Y(**axes.axis(f"q{k}", y_title, y_domain, axis=alt.Axis(format=".3~g", tickCount=5))) for k in range(5)]
    layers = fast_marks.of("layers")
    tooltip = [alt.Tooltip("x:Q", title=x_title)]
    tooltip += [alt.Tooltip(f"q{k}:Q", title=name, format=".3~g") for k, name in enumerate(("5 %", "25 %", "50 %"))]
    tooltip += [alt.Tooltip("q3:Q", title="75 %", format=".3~g"), alt.Tooltip("q4:Q", title="95 %", format=".3~g")]
    return fast_marks.layer(
        layers.mark_rect(color=colour, opacity=0.25).encode(x=x, x2="x1:Q", y=y[0], y2="q4:Q", tooltip=tooltip),
        layers.mark_rect(color=colour, opacity=0.5).encode(x=x, x2="x1:Q", y=y[1], y2="q3:Q", tooltip=tooltip),
        # bands that are thinner than a line would not be seen
        layers.mark_rule(color=colour, strokeWidth=3).encode(x=x, x2="x1:Q", y=y[2]),
        layers.mark_point(color=colour, filled=True, size=14, opacity=1).encode(x=middle, y=y[2], tooltip=tooltip),
    ).properties(height=230)
