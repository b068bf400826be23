"""Parts that every picture is put together from: axes, the step that the player shows, how runs are told apart."""

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
"""The upper end of the bound slider; a run may be shorter, its last step then stays shown."""

NOW = "datum.step <= t && t < datum.until"
SO_FAR = "datum.step <= t"


SHORT_NAMES = 12
"""How many letters three names may have together to stand in one row of a legend, also of a narrow chart."""


def legend_columns(names: Sequence[str]) -> int:
    """How many names stand in a row of a legend, so that a narrow chart does not cut the last one off."""
    return 3 if len(names) == 3 and sum(map(len, names)) <= SHORT_NAMES else 2


def height_with(names: Sequence[str], height: int = style.SIDE_HEIGHT) -> int:
    """The height of a chart that has a legend of these names; what the legend takes is not taken from the chart."""
    rows = -(-len(names) // legend_columns(names))
    return height + 22 * (rows - 1)


def step_shown() -> alt.Parameter:
    """The parameter that the player moves: which step is shown."""
    slider = alt.binding_range(min=0, max=MOST_STEPS, step=1, name="t ")
    return alt.param(name="t", value=MOST_STEPS, bind=slider)


def by_run(
    names: Sequence[str], *channels: str, outline: int = 0, named: Sequence[str] = (), first: int = 0
) -> dict[str, Any]:
    """How runs are told apart, by colour and by dash or shape; a legend only if there is more than one run.

    outline: the width of the lines in the legend, the same in all layers of a chart; 0 if its symbols are filled.
    named: what the legend calls the runs, if not by their names. first: how many runs the picture beside this one has
    before these; names that have no look of their own take theirs by their place.
    """
    looks = [style.look_of(name, place) for place, name in enumerate(names, first)]
    ranges = {"color": [look.colour for look in looks], "strokeDash": [list(look.dash) for look in looks]}
    ranges["shape"] = [look.shape for look in looks]
    # of lines the legend shows pieces, with their dashes
    symbols: dict[str, Any] = {}
    if outline:
        symbols |= {"symbolType": "stroke", "symbolSize": 260, "symbolStrokeWidth": outline + 0.5}
    if named:
        symbols["labelExpr"] = f"{json.dumps(dict(zip(names, named, strict=True)))}[datum.label]"
    columns = legend_columns(named or names)
    legend = alt.Legend(title=None, orient="top", columns=columns, symbolOpacity=1, labelLimit=110, **symbols)
    made = {"color": alt.Color, "strokeDash": alt.StrokeDash, "shape": alt.Shape}
    return {
        channel: made[channel](
            "name:N",
            scale=alt.Scale(domain=list(names), range=ranges[channel]),
            legend=legend if len(names) > 1 else None,
        )
        for channel in ("color", *channels)
    }


def axis(field: str, title: str, domain: Range | None = None, log: bool = False, **options: Any) -> dict[str, Any]:
    """A quantitative axis: over ``domain`` exactly, else as far as the data reach."""
    how: dict[str, Any] = {"type": "log"} if log else {"zero": False} if domain is None else {}
    if log and "%" not in str(options.get("axis", {"format": ""})["format"]):
        options["axis"] = options["axis"].copy() if "axis" in options else alt.Axis()
        options["axis"].labelExpr = POWERS
    scale = alt.Scale(domain=list(domain), nice=False, **how) if domain else alt.Scale(**how)
    return {"field": field, "type": "quantitative", "scale": scale, "title": title, **options}


_POWER = "floor(log(datum.value) / LN10 + 1e-9)"
_FACTOR = f"datum.value / pow(10, {_POWER})"


def _raised(digit: str) -> str:
    return f"slice('⁰¹²³⁴⁵⁶⁷⁸⁹', {digit}, {digit} + 1)"


POWERS = (
    "datum.label == '' ? '' : datum.value >= 1e-3 && datum.value < 1e5 ? format(datum.value, '.6~g') : "
    f"(abs({_FACTOR} - 1) < 0.01 ? '' : format({_FACTOR}, '.2~f') + '×') + '10' + ({_POWER} < 0 ? '⁻' : '')"
    f" + (abs({_POWER}) > 9 ? {_raised(f'floor(abs({_POWER}) / 10)')} : '') + {_raised(f'abs({_POWER}) % 10')}"
)
"""What stands at a logarithmic axis, for Vega to work out: 0.001, 1, 10000, and beyond them 10⁻⁴ instead of 1e-4."""


def ends(values: np.ndarray, room: float = 0.0) -> Range:
    """The lowest and the highest value, and ``room`` times their distance beyond."""
    low, high = float(np.min(values)), float(np.max(values))
    return low - room * (high - low), high + room * (high - low)


def plain(look: dict[str, Any]) -> dict[str, Any]:
    """The look with Python's own numbers: ranges that differ by rounding alone are the same look.

    Six digits of an end, or of the length of the range where that is finer: years and ids lie close together.
    """
    return {key: _in_digits(*part) if key.endswith("domain") and part else part for key, part in look.items()}


def _in_digits(low: float, high: float) -> tuple[float, float]:
    def rounded(end: float) -> float:
        sizes = [size for size in (abs(end), abs(float(high) - float(low))) if 0 < size < math.inf]
        if not sizes or not math.isfinite(end):
            return end
        return round(end, 5 - math.floor(math.log10(min(sizes))))

    return rounded(float(low)), rounded(float(high))


def image(x: alt.X, y: alt.Y) -> alt.Chart:
    """The layer that fills the map with the one picture in the data set "image" (see frames.of_image)."""
    corners = {"x": x.copy(), "y": y.copy()}
    corners["x"].field, corners["y"].field = "x0", "y0"
    return (
        fast_marks.of("image").mark_image(aspect=False, clip=True).encode(x2="x1:Q", y2="y1:Q", url="url:N", **corners)
    )


def told(x_title: str, y_title: str, y_field: str = "height") -> list[alt.Tooltip]:
    """What a pointer over a mark is told: its place in both directions."""
    return [
        alt.Tooltip("x:Q", title=x_title, format=".5~g"),
        alt.Tooltip(f"{y_field}:Q", title=y_title, format=".5~g"),
    ]


def log_axis() -> alt.Axis:
    """A logarithmic axis whose labels are plain numbers and do not touch."""
    return alt.Axis(format="~g", labelOverlap=True, tickCount=6)
