"""Pictures of rows before a training: where they lie, which are held out, and how wide their columns are."""

from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np

from charts import axes, fast_marks, style
from charts.axes import Chart, Extent, Range
from charts.class_colours import by_class
from charts.frames import Columns
from charts.picture import Picture

__all__ = ["column_ranges", "rows_scatter"]


def rows_scatter(
    x: np.ndarray,
    y: np.ndarray,
    name: np.ndarray,
    held_out: np.ndarray,
    x_title: str,
    y_title: str,
    classes: Sequence[str] = (),
    domains: Extent | None = None,
) -> Picture:
    """A scatter plot of rows, by class if there are classes; rows held out for validation are hollow.

    x, y, name, held_out: shape (rows,); name is that of the row's class. classes: their names in the order of the
    legend. domains: the ends of both axes; None: as far as the rows reach.
    """
    reach = domains or (_reach(x), _reach(y))
    rows: Columns = {"x": x, "y": y, "name": name, "part": np.where(held_out, 1, 0)}
    look = {"x_title": x_title, "y_title": y_title, "x_domain": reach[0], "y_domain": reach[1]}
    return Picture(
        _draw_scattered, axes.rounded_ranges(look | {"names": tuple(classes)}), {"rows": rows}, name="scattered"
    )


def _reach(values: np.ndarray) -> Range:
    low, high = axes.value_range(values, 0.05)
    return (low, high) if high > low else (low - 1, high + 1)


def _draw_scattered(x_title: str, y_title: str, x_domain: Range, y_domain: Range, names: Sequence[str]) -> Chart:
    x, y = alt.X(**axes.axis("x", x_title, x_domain)), alt.Y(**axes.axis("y", y_title, y_domain))
    tooltip = [*axes.position_tooltip(x_title, y_title, "y"), *([alt.Tooltip("name:N", title="")] if names else [])]
    look: dict[str, Any] = by_class(names) if names else {"color": alt.value(style.CURVE)}
    rows = fast_marks.of("rows").encode(x=x, y=y, tooltip=tooltip, **look)
    return fast_marks.layer(
        rows.transform_filter("datum.part == 0").mark_point(filled=True, size=42, opacity=0.75, clip=True),
        rows.transform_filter("datum.part == 1").mark_point(filled=False, size=48, strokeWidth=1.6, clip=True),
    ).properties(height=axes.height_with(names))


def column_ranges(ranges: Columns, x_title: str, mean_title: str) -> Picture:
    """A bar for every input from its lowest to its highest value, thick within one standard deviation of its mean.

    ranges: name, low, high, mean, and from, to, the ends of the thick part; each of shape (inputs,). mean_title: what
    a mean is called.
    """
    low, high = float(ranges["low"].min()), float(ranges["high"].max())
    room = 0.03 * (high - low) or 1.0
    titles = {"x_title": x_title, "mean_title": mean_title}
    look = titles | {"order": tuple(ranges["name"].tolist()), "x_domain": (low - room, high + room)}
    return Picture(_draw_ranges, axes.rounded_ranges(look), {"ranges": ranges}, name="ranges")


def _draw_ranges(x_title: str, mean_title: str, order: Sequence[str], x_domain: Range) -> Chart:
    y = alt.Y("name:N", sort=list(order), title=None, axis=alt.Axis(labelLimit=170))
    scale = {"scale": alt.Scale(domain=list(x_domain), nice=False), "title": x_title}
    tooltip = [alt.Tooltip("name:N", title="")]
    fields = {"low": "≥", "mean": mean_title, "high": "≤"}
    tooltip += [alt.Tooltip(f"{field}:Q", title=title, format=".4~g") for field, title in fields.items()]
    bars = fast_marks.of("ranges").encode(y=y, tooltip=tooltip)
    return fast_marks.layer(
        bars.mark_rule(strokeWidth=2, color=style.NEUTRAL).encode(x=alt.X("low:Q", **scale), x2="high:Q"),
        bars.mark_rule(strokeWidth=9, color=style.CURVE, opacity=0.75).encode(x=alt.X("from:Q", **scale), x2="to:Q"),
        bars.mark_tick(thickness=3, size=18, color=style.RATE).encode(x=alt.X("mean:Q", **scale)),
    ).properties(height=style.SIDE_HEIGHT)
