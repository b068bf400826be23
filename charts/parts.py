"""Parts that every picture is put together from: axes, the step that the player shows, how runs are told apart."""

import json
from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np

from charts import marks, style

Range = tuple[float, float]
Extent = tuple[Range, ...]
Chart = alt.LayerChart | alt.FacetChart

MOST_STEPS = 1000
"""The upper end of the bound slider; a run may be shorter, its last step then stays shown."""

NOW = "datum.step <= t && t < datum.until"
SO_FAR = "datum.step <= t"


LEGEND_COLUMNS = (3, 2)
"""How many names stand in a row of a legend: of up to three names, and of more."""


def height_with(names: Sequence[str], height: int = style.SIDE_HEIGHT) -> int:
    """The height of a chart that has a legend of these names; what the legend takes is not taken from the chart."""
    rows = -(-len(names) // LEGEND_COLUMNS[len(names) > 3])
    return height + 22 * (rows - 1)


def step_shown() -> alt.Parameter:
    """The parameter that the player moves: which step is shown."""
    slider = alt.binding_range(min=0, max=MOST_STEPS, step=1, name="t ")
    return alt.param(name="t", value=MOST_STEPS, bind=slider)


def by_run(names: Sequence[str], *channels: str, outline: int = 0, named: Sequence[str] = ()) -> dict[str, Any]:
    """How runs are told apart, by colour and by dash or shape; a legend only if there is more than one run.

    outline: the width of the lines in the legend, the same in all layers of a chart; 0 if its symbols are filled.
    named: what the legend calls the runs, if not by their names.
    """
    looks = [style.look_of(name, place) for place, name in enumerate(names)]
    ranges = {"color": [look.colour for look in looks], "strokeDash": [list(look.dash) for look in looks]}
    ranges["shape"] = [look.shape for look in looks]
    # few in a row, or a narrow chart would cut the rest off; of lines the legend shows pieces, with their dashes
    symbols: dict[str, Any] = {}
    if outline:
        symbols |= {"symbolType": "stroke", "symbolSize": 260, "symbolStrokeWidth": outline + 0.5}
    if named:
        symbols["labelExpr"] = f"{json.dumps(dict(zip(names, named, strict=True)))}[datum.label]"
    columns = LEGEND_COLUMNS[len(names) > 3]
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
    scale = alt.Scale(domain=list(domain), nice=False, **how) if domain else alt.Scale(**how)
    return {"field": field, "type": "quantitative", "scale": scale, "title": title, **options}


def ends(values: np.ndarray, room: float = 0.0) -> Range:
    """The lowest and the highest value, and ``room`` times their distance beyond."""
    low, high = float(np.min(values)), float(np.max(values))
    return low - room * (high - low), high + room * (high - low)


def plain(look: dict[str, Any]) -> dict[str, Any]:
    """The look with Python's own numbers, in six digits: a range that differs by rounding is the same look."""
    return {
        key: tuple(float(f"{v:.6g}") for v in part) if key.endswith("domain") else part for key, part in look.items()
    }


def image(x: alt.X, y: alt.Y) -> alt.Chart:
    """The layer that fills the map with the one picture in the data set "image" (see frames.of_image)."""
    corners = {"x": x.copy(), "y": y.copy()}
    corners["x"].field, corners["y"].field = "x0", "y0"
    return marks.of("image").mark_image(aspect=False, clip=True).encode(x2="x1:Q", y2="y1:Q", url="url:N", **corners)


def told(x_title: str, y_title: str, y_field: str = "height") -> list[alt.Tooltip]:
    """What a pointer over a mark is told: its place in both directions."""
    return [
        alt.Tooltip("x:Q", title=x_title, format=".5~g"),
        alt.Tooltip(f"{y_field}:Q", title=y_title, format=".5~g"),
    ]


def log_axis() -> alt.Axis:
    """A logarithmic axis whose labels are plain numbers and do not touch."""
    return alt.Axis(format="~g", labelOverlap=True, tickCount=6)
