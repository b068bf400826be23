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


def scattered(
    x: np.ndarray,
    y: np.ndarray,
    name: np.ndarray,
    held_out: np.ndarray,
    x_title: str,
    y_title: str,
    classes: Sequence[str] = (),
    domains: Extent | None = None,
) -> Picture:
    """Rows as points, by class if there are classes; hollow if they are held out for validation.

    x, y, name, held_out: shape (rows,). domains: what the axes show; None as far as the rows reach.
    """
    reach = domains or (_reach(x), _reach(y))
    rows: Columns = {"x": x, "y": y, "name": name, "part": np.where(held_out, 1, 0)}
    # only so many of them can be told apart
    look = {"x_title": x_title, "y_title": y_title, "x_domain": reach[0], "y_domain": reach[1]}
    return Picture(_draw_scattered, axes.plain(look | {"names": tuple(classes)}), {"rows": rows})


def _reach(values: np.ndarray) -> Range:
    low, high = axes.ends(values, 0.05)
    return (low, high) if high > low else (low - 1, high + 1)


def _draw_scattered(x_title: str, y_title: str, x_domain: Range, y_domain: Range, names: Sequence[str]) -> Chart:
    x, y = alt.X(**axes.axis("x", x_title, x_domain)), alt.Y(**axes.axis("y", y_title, y_domain))
    told = [*axes.told(x_title, y_title, "y"), *([alt.Tooltip("name:N", title="")] if names else [])]
    look: dict[str, Any] = by_class(names) if names else {"color": alt.value(style.CURVE)}
    rows = fast_marks.of("rows").encode(x=x, y=y, tooltip=told, **look)
    return fast_marks.layered(
        rows.transform_filter("datum.part == 0").mark_point(filled=True, size=42, opacity=0.75, clip=True),
        rows.transform_filter("datum.part == 1").mark_point(filled=False, size=48, strokeWidth=1.6, clip=True),
    ).properties(height=axes.height_with(names))


def column_ranges(ranges: Columns, x_title: str) -> Picture:
    """A bar for every column from its lowest to its highest value, thick within one standard deviation of its mean.

    ranges: name, low, high, mean, and from, to: the ends of the thick part; each of shape (columns,).
    """
    low, high = float(ranges["low"].min()), float(ranges["high"].max())
    room = 0.03 * (high - low) or 1.0
    look = {"x_title": x_title, "order": tuple(ranges["name"].tolist()), "x_domain": (low - room, high + room)}
    return Picture(_draw_ranges, axes.plain(look), {"ranges": ranges})


def _draw_ranges(x_title: str, order: Sequence[str], x_domain: Range) -> Chart:
    y = alt.Y("name:N", sort=list(order), title=None, axis=alt.Axis(labelLimit=170))
    scale = {"scale": alt.Scale(domain=list(x_domain), nice=False), "title": x_title}
    told = [alt.Tooltip("name:N", title="")]
    told += [alt.Tooltip(f"{field}:Q", format=".4~g") for field in ("low", "mean", "high")]
    bars = fast_marks.of("ranges").encode(y=y, tooltip=told)
    return fast_marks.layered(
        bars.mark_rule(strokeWidth=2, color=style.NEUTRAL).encode(x=alt.X("low:Q", **scale), x2="high:Q"),
        bars.mark_rule(strokeWidth=9, color=style.CURVE, opacity=0.75).encode(x=alt.X("from:Q", **scale), x2="to:Q"),
        bars.mark_tick(thickness=3, size=18, color=style.RATE).encode(x=alt.X("mean:Q", **scale)),
    ).properties(height=style.SIDE_HEIGHT)
