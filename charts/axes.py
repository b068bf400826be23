"""Parts of every picture: axes, the parameter that the player moves, the colours and dashes of runs, tooltips."""

import json
import math
from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np

from charts import fast_marks, style

Range = tuple[float, float]
Extent = tuple[Range, ...]
Chart = alt.LayerChart | alt.FacetChart

MOST_STEPS = 1000
"""The upper end of the slider; a run may be shorter, its last step then stays."""

NOW = "datum.step <= t && t < datum.until"
SO_FAR = "datum.step <= t"
"""Filters: the rows of the step that the player shows, and those of all steps until then."""

SHORT_NAMES = 12
"""The letters that three names may have together to fit into one row of a narrow chart's legend."""


LOW = "windowSize()[1] < 500 && windowSize()[0] > 420 && windowSize()[0] <= 640"
"""Whether a window is so low that rows of a legend are dear, and pictures stand in a row as wide as it: zoomed in."""
ROOM = "containerSize()[0]"
"""The width of a picture with its axes, in pixels: reckoned again in an expression that names the width, too."""
LITTLE = "containerSize()[1] < 300 ? 30 : 0"
"""In a low picture rows are dear: rather than be pressed together it loses the end of a name, in pixels."""
LEGEND_SYMBOL, LEGEND_BEGINS = 35, 72
"""The pixels that a legend's symbol takes with the gaps around it, and those of the axis before the first of them."""
FLUSH = 24
"""So close to the end of an axis, in pixels, the number of a tick stands beside the end, and so is not cut off."""


def legend_columns(names: Sequence[str]) -> int:
    """The number of names in a row of a legend that a narrow chart does not cut off."""
    return 3 if len(names) == 3 and sum(map(len, names)) <= SHORT_NAMES else 2


def fitting_columns(named: Sequence[str], most: int, limit: float, low: int = 0) -> alt.ExprRef:
    """As many names in a row of a legend as the picture is wide for, one at least, in a window that grows and shrinks.

    named: what the legend calls them; most: the names in a row where there is room; limit: the pixels that a name may
    take; low: how many in a row of a low window.
    """
    entries = [LEGEND_SYMBOL + min(limit, sum(map(_letter_width, name))) for name in named]

    def fits(columns: int) -> str:
        room = sum(max(entries[column::columns]) for column in range(columns))
        # its size is asked for again whenever the width changes; by the width itself, which a legend makes smaller, the
        # rows would change once more when the picture has found its height
        return f"width && {ROOM} + ({LITTLE}) >= {math.ceil(LEGEND_BEGINS + room)} ? {columns} : "

    def down_from(columns: int) -> str:
        return "".join(map(fits, range(min(columns, len(named)), 1, -1))) + "1"

    return alt.ExprRef(f"{LOW} ? ({down_from(low)}) : {down_from(most)}" if low > most else down_from(most))


def _letter_width(letter: str) -> float:
    """About as wide as a letter of a legend is, in pixels."""
    return 12.5 if ord(letter) > 0x1100 else 10.5 if letter in "mwMW" else 7


def height_with(names: Sequence[str], height: int = style.SIDE_HEIGHT) -> int:
    """The height of a chart with a legend of these names: ``height`` and the legend's further rows, in pixels."""
    rows = -(-len(names) // legend_columns(names))
    return height + 22 * (rows - 1)


def step_parameter() -> alt.Parameter:
    """The parameter ``t``, bound to a slider: the step that the player shows."""
    slider = alt.binding_range(min=0, max=MOST_STEPS, step=1, name="t ")
    return alt.param(name="t", value=MOST_STEPS, bind=slider)


def last_step() -> alt.Parameter:
    """The parameter ``t`` of a picture that no player moves: behind the last step."""
    return alt.param(name="t", value=MOST_STEPS)


def by_run(
    names: Sequence[str],
    *channels: str,
    outline: int = 0,
    named: Sequence[str] = (),
    first: int = 0,
    legend: bool = True,
) -> dict[str, Any]:
    """The channels that tell runs apart, by colour and by the further ``channels``, dash or shape.

    There is a legend if there is more than one run, and ``legend``: the picture beside it may have it. outline: the
    width of the lines in the legend, the same in all layers of a chart; 0 if its symbols are filled. named: what the
    legend calls the runs, if not by their names. first: the place of the first run among all runs of a question, by
    which names without a style of their own take one.
    """
    styles = [style.style_of(name, place) for place, name in enumerate(names, first)]
    ranges = {"color": [each.colour for each in styles], "strokeDash": [list(each.dash) for each in styles]}
    ranges["shape"] = [each.shape for each in styles]
    # the legend shows a piece of each line, long enough for its dashes
    symbols: dict[str, Any] = {}
    if outline:
        symbols |= {"symbolType": "stroke", "symbolSize": 260, "symbolStrokeWidth": outline + 0.5}
    elif "shape" in channels:
        # the white edge of a mark would leave next to nothing of a small triangle
        symbols["symbolStrokeWidth"] = 0
    if named:
        symbols["labelExpr"] = words_for(names, named)
    columns = fitting_columns(named or names, legend_columns(named or names), 110, low=3 if len(names) > 3 else 0)
    titles = alt.Legend(title=None, orient="top", columns=columns, symbolOpacity=1, labelLimit=110, **symbols)
    channel_classes = {"color": alt.Color, "strokeDash": alt.StrokeDash, "shape": alt.Shape}
    return {
        channel: channel_classes[channel](
            "name:N",
            scale=alt.Scale(domain=list(names), range=ranges[channel]),
            legend=titles if legend and len(names) > 1 else None,
        )
        for channel in ("color", *channels)
    }


def words_for(keys: Sequence[str], words: Sequence[str]) -> str:
    """The expression by which a legend or an axis writes the word for each key, whatever letters are in it."""
    return f"{json.dumps(dict(zip(keys, words, strict=True)))}[datum.label]"


def axis(
    field: str, title: str, domain: Range | None = None, log: bool = False, percent: bool = False, **options: Any
) -> dict[str, Any]:
    """The arguments of a channel with a quantitative axis: over ``domain`` exactly, else as far as the data reach.

    log: the axis is logarithmic and writes small and large numbers as powers of ten. percent: they are shares, and the
    format of the ``axis`` among the options says how they are written. options: further arguments of the channel.
    """
    how: dict[str, Any] = {"type": "log"} if log else {"zero": False} if domain is None else {}
    if log and not percent:
        options["axis"] = options["axis"].copy() if "axis" in options else alt.Axis()
        options["axis"].labelExpr = POWERS
    scale = alt.Scale(domain=list(domain), nice=False, **how) if domain else alt.Scale(**how)
    return {"field": field, "type": "quantitative", "scale": scale, "title": title, **options}


def has_equal_scales(extent: Sequence[Range]) -> bool:
    """Whether a map over an extent is drawn with equal scales: its weights are of about the same size."""
    if len(extent) != 2:
        return False
    across, up = (high - low for low, high in extent)
    return 1 / 3 <= across / up <= 3


def equal_axes(
    x_title: str, y_title: str, x_domain: Range, y_domain: Range, equal: bool
) -> tuple[alt.X, alt.Y, list[alt.Parameter]]:
    """The axes x and y over their domains, and parameters that the chart needs for them.

    equal: one unit is as long across as up, whatever the size of the picture, so that circles are circles: the axis
    that has room shows more than its domain.
    """
    x, y = axis("x", x_title, x_domain), axis("y", y_title, y_domain)
    if not equal:
        return alt.X(**x), alt.Y(**y), []
    ends = {"x_low": x_domain[0], "x_high": x_domain[1], "y_low": y_domain[0], "y_high": y_domain[1]}
    unit = "max((x_high - x_low) / max(1, width), (y_high - y_low) / max(1, height))"
    for channel, name, pixels in ((x, "x", "width"), (y, "y", "height")):
        low, high = (alt.ExprRef(f"({name}_low + {name}_high) / 2 {sign} {pixels} / 2 * {unit}") for sign in "-+")
        channel["scale"] = alt.Scale(domain=[low, high], nice=False)
        # a number at the very end would be cut: how far the axis reaches is known when all has been laid out
        channel["axis"] = alt.Axis(labelBound=True)
    return alt.X(**x), alt.Y(**y), [alt.param(name=name, value=end) for name, end in ends.items()]


_POWER = "floor(log(datum.value) / LN10 + 1e-9)"
_FACTOR = f"datum.value / pow(10, {_POWER})"


def _superscript(digit: str) -> str:
    return f"slice('⁰¹²³⁴⁵⁶⁷⁸⁹', {digit}, {digit} + 1)"


POWERS = (
    "datum.label == '' ? '' : datum.value >= 1e-3 && datum.value < 1e5 ? format(datum.value, '.6~g') : "
    f"(abs({_FACTOR} - 1) < 0.01 ? '' : format({_FACTOR}, '.2~f') + '×') + '10' + ({_POWER} < 0 ? '⁻' : '')"
    f" + (abs({_POWER}) > 9 ? {_superscript(f'floor(abs({_POWER}) / 10)')} : '')"
    f" + {_superscript(f'abs({_POWER}) % 10')}"
)
"""The Vega expression of a label on a logarithmic axis: 0.001, 1, 10000, and beyond them 10⁻⁴ instead of 1e-4."""


def span(values: np.ndarray, log: bool = False, room: float = 0.05) -> Range:
    """The ends of an axis that holds all values that are numbers, and on a logarithmic one are above 0, with some room.

    Those of a logarithmic axis are round: 1, 2 or 5 times a power of ten.
    """
    seen = values[np.isfinite(values) & ((values > 0) | (not log))]
    if not seen.size:
        return (0.1, 1.0) if log else (0.0, 1.0)
    low, high = float(seen.min()), float(seen.max())
    if log:
        return nice_below(low / 1.05), nice_above(1.05 * high)
    rise = (high - low) or abs(high) or 1.0
    return low - room * rise, high + room * rise


def nice_above(value: float) -> float:
    """The next 1, 2 or 5 times a power of ten at or above the value."""
    decade = 10.0 ** math.floor(math.log10(value))
    return decade * min(m for m in (1, 2, 5, 10) if m * decade >= value * (1 - 1e-9))


def nice_below(value: float) -> float:
    """The next 1, 2 or 5 times a power of ten at or below the value."""
    decade = 10.0 ** math.floor(math.log10(value))
    return decade * max(m for m in (1, 2, 5) if m * decade <= value * (1 + 1e-9))


def value_range(values: np.ndarray, room: float = 0.0) -> Range:
    """The lowest and the highest value, each moved out by ``room`` times their distance."""
    low, high = float(np.min(values)), float(np.max(values))
    return low - room * (high - low), high + room * (high - low)


def rounded_ranges(look: dict[str, Any]) -> dict[str, Any]:
    """The look with its ranges rounded, as Python's own numbers: looks that differ by rounding errors become equal.

    Each end keeps six digits of itself, or of the length of the range where that is finer: years and ids lie close
    together.
    """
    return {key: _in_digits(*part) if key.endswith("domain") and part else part for key, part in look.items()}


def _in_digits(low: float, high: float) -> tuple[float, float]:
    def round_end(end: float) -> float:
        sizes = [size for size in (abs(end), abs(float(high) - float(low))) if 0 < size < math.inf]
        if not sizes or not math.isfinite(end):
            return end
        return round(end, 5 - math.floor(math.log10(min(sizes))))

    return round_end(float(low)), round_end(float(high))


def image(x: alt.X, y: alt.Y) -> alt.Chart:
    """The layer that fills the map with the image in the data set "image" (see frames.of_image)."""
    corners = {"x": x.copy(), "y": y.copy()}
    corners["x"].field, corners["y"].field = "x0", "y0"
    return (
        fast_marks.of("image").mark_image(aspect=False, clip=True).encode(x2="x1:Q", y2="y1:Q", url="url:N", **corners)
    )


def position_tooltip(x_title: str, y_title: str, y_field: str = "height") -> list[alt.Tooltip]:
    """The tooltip of a mark: its place on both axes."""
    return [
        alt.Tooltip("x:Q", title=x_title, format=".5~g"),
        alt.Tooltip(f"{y_field}:Q", title=y_title, format=".5~g"),
    ]


OUT = "triangle-up"
"""The shape that stands at the edge of a picture for what has left it, and points outwards."""


WHERE_UNSEEN = alt.ExprRef(
    "isValid(datum.x) && isValid(datum.y) && inrange(scale('x', datum.x), [0, width])"
    " && inrange(scale('y', datum.y), [0, height]) ? 0 : 1"
)
"""The opacity of what stands for a place (x, y) that cannot be seen: 0 where the frame shows that place."""


def left_picture(
    names: Sequence[str],
    tooltip: Sequence[alt.Tooltip],
    first: int = 0,
    opacity: Any = 1,
    legend: bool = True,
    **place: Any,
) -> alt.Chart:
    """The layer that says where the runs that are out of the picture now have left it (see frames.of_exits)."""
    out = fast_marks.of("exits").transform_filter(NOW)
    mark = out.mark_point(shape=OUT, filled=True, size=190, opacity=opacity, stroke="white", strokeWidth=1.5)
    return mark.encode(tooltip=list(tooltip), **place, **by_run(names, first=first, legend=legend))


HEAD = "M0,0L-2,0.85L-2,-0.85Z"
"""The head of an arrow as a path: its tip is where the mark stands, and it points to the right."""

_DIRECTION = "atan2(scale('y', datum.{y1}) - scale('y', datum.{y}), scale('x', datum.{x1}) - scale('x', datum.{x}))"


def arrow_heads(
    marks: fast_marks.Marks, x: str = "x", y: str = "y", x1: str = "x1", y1: str = "y1", size: int = 130, **look: Any
) -> fast_marks.Marks:
    """Heads at (x1, y1) of the arrows that come from (x, y), turned as they are seen; to be encoded.

    An arrow without length has no head.
    """
    moves = f"isValid(datum.{x1}) && ( datum.{x} != datum.{x1} || datum.{y} != datum.{y1} )"
    turn = alt.ExprRef(f"180 / PI * {_DIRECTION.format(x=x, y=y, x1=x1, y1=y1)}")
    return marks.transform_filter(moves).mark_point(
        shape=HEAD, filled=True, opacity=1, size=size, angle=turn, clip=True, **look
    )


def beside_the_tip(distance: int) -> dict[str, Any]:
    """The offsets of a text at (x1, y1) that keep it off the arrow from (x, y), whichever way that points."""
    direction = _DIRECTION.format(x="x", y="y", x1="x1", y1="y1")
    parts = {"dx": f"{distance} * sin({direction})", "dy": f"{-distance} * cos({direction})"}
    return {key: alt.ExprRef(expression) for key, expression in parts.items()}


def log_axis() -> alt.Axis:
    """The ticks of a logarithmic level axis, whose labels do not touch."""
    return alt.Axis(format="~g", labelOverlap=True, tickCount=6)
