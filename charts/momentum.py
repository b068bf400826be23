"""Picture of momentum: how fast a bowl is descended, by learning rate and momentum, and where a ball is lost."""

import altair as alt
import numpy as np

from charts import axes, fast_marks, frames, style
from charts.axes import Chart, Range
from charts.picture import Picture
from charts.png import indexed_png

__all__ = ["momentum_plane"]

SLOWEST = 1000.0
"""The steps from which on all places have the lightest colour."""

LIMIT, FASTEST = "#C8321F", "#118A4E"
"""The colours of the limit of stability and of the fastest place."""


def momentum_plane(
    steps: np.ndarray,
    extent: tuple[Range, Range],
    limit: tuple[np.ndarray, np.ndarray],
    here: tuple[float, float],
    fastest: tuple[float, float],
    x_title: str,
    y_title: str,
) -> Picture:
    """The plane of learning rate and momentum: dark where few steps are needed, black where a ball is lost.

    steps: how many are needed, infinite where a ball is lost, shape (columns, rows). extent: the ends of the plane.
    limit: rates and momenta along the limit of stability, drawn as a line. here: the setting in use; one beside the
    plane has a mark on its edge. fastest: where the fewest steps are needed.
    """
    (left, right), _ = extent
    is_out = not left <= here[0] <= right
    place = {"x": np.array([here[0]]), "y": np.array([here[1]])}
    data = {
        "image": frames.of_image(indexed_png(_levels(steps), [*style.HEIGHTS, style.DIVERGED]), extent),
        "limit": {"x": limit[0], "y": limit[1], "row": np.arange(len(limit[0]))},
        "fastest": {"x": np.array([fastest[0]]), "y": np.array([fastest[1]])},
        "here": {key: part[: not is_out] for key, part in place.items()},
        "exits": {key: part[: int(is_out)] for key, part in (place | {"edge": np.array([right])}).items()},
    }
    look = {"x_title": x_title, "y_title": y_title, "x_domain": extent[0], "y_domain": extent[1]}
    return Picture(_draw_plane, axes.rounded_ranges(look), data, name="momentum_plane")


def _levels(steps: np.ndarray) -> np.ndarray:
    """The band of every place, by the logarithm of its steps; those where a ball is lost have one of their own."""
    bands = len(style.HEIGHTS)
    share = np.log(np.clip(steps, 1.0, SLOWEST)) / np.log(SLOWEST)
    return np.where(np.isfinite(steps), np.minimum(share * bands, bands - 1), bands).astype(int)


def _draw_plane(x_title: str, y_title: str, x_domain: Range, y_domain: Range) -> Chart:
    x, y = alt.X(**axes.axis("x", x_title, x_domain)), alt.Y(**axes.axis("y", y_title, y_domain))
    point = {"filled": True, "opacity": 1, "stroke": "white", "strokeWidth": 2}
    tooltip = axes.position_tooltip(x_title, y_title, "y")
    return fast_marks.layer(
        axes.image(x, y),
        fast_marks.of("limit").mark_line(color=LIMIT, strokeWidth=3, clip=True).encode(x=x, y=y, order="row:Q"),
        fast_marks.of("fastest")
        .mark_point(shape="diamond", size=210, color=FASTEST, **point)
        .encode(x="x:Q", y="y:Q", tooltip=tooltip),
        fast_marks.of("here")
        .mark_point(size=190, color=style.CHOSEN, **point)
        .encode(x="x:Q", y="y:Q", tooltip=tooltip),
        fast_marks.of("exits")
        .mark_point(shape=axes.OUT, angle=90, size=190, color=style.CHOSEN, **point)
        .encode(x="edge:Q", y="y:Q", tooltip=tooltip),
    ).properties(height=style.SIDE_HEIGHT)
