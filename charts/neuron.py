"""Pictures of a single unit: its line and its answers over the plane of its inputs, and its activations."""

from collections.abc import Mapping, Sequence

import altair as alt
import numpy as np

from charts import axes, fast_marks, frames, style
from charts.axes import Chart, Extent, Range
from charts.picture import Picture
from charts.png import indexed_png

__all__ = ["answer_shades", "plane_with_line", "unit_curves"]

LOW, MIDDLE, HIGH = "#2B6CB0", "#F4F4F4", "#D9590F"
"""The colours of a small, a middle and a large answer."""

INK = "#1B2430"
"""Lines and marks on them."""

SHADES = 33


def _shades() -> list[str]:
    ends = np.array([[int(colour[k : k + 2], 16) for k in (1, 3, 5)] for colour in (LOW, MIDDLE, HIGH)])
    mixed = np.stack([np.interp(np.linspace(0, 2, SHADES), (0, 1, 2), channel) for channel in ends.T], axis=1)
    return ["#{:02X}{:02X}{:02X}".format(*colour) for colour in np.rint(mixed).astype(int)]


def answer_shades(answers: np.ndarray, middle: float, reach: float) -> str:
    """The image of a unit's answers over the plane as a data address: blue below ``middle``, white at it, orange above.

    answers: shape (columns, rows). reach: how far from the middle the colours go.
    """
    share = np.clip((answers - middle) / (2 * reach) + 0.5, 0, 1)
    return indexed_png(np.rint(np.nan_to_num(share, nan=0.5) * (SHADES - 1)), _shades())


def plane_with_line(
    address: str,
    extent: Extent,
    line: np.ndarray,
    ahead: np.ndarray,
    point: Sequence[float],
    x_title: str,
    y_title: str,
) -> Picture:
    """The answers of a unit over the plane of its inputs (``address``, see answer_shades), its line, and one input.

    line: the ends of the line z = 0, shape (2, 2) or (0, 2). ahead: from where to where the weights point, shape
    (2, 2) or (0, 2).
    """
    look = {"x_title": x_title, "y_title": y_title, "x_domain": extent[0], "y_domain": extent[1]}
    data = {
        "image": frames.of_image(address, extent),
        "line": frames.of_points(line),
        "ahead": {key: ahead[k : k + 1, axis] for key, (k, axis) in ENDS.items()}
        | {"text": np.array(["w"][: len(ahead)])},
        "point": frames.of_points(np.array([point])),
    }
    return Picture(_draw_plane_with_line, axes.rounded_ranges(look), data, name="plane_with_line")


ENDS = {"x": (0, 0), "y": (0, 1), "x1": (1, 0), "y1": (1, 1)}
"""Where the columns of an arrow stand in the array of its two ends."""


def _draw_plane_with_line(x_title: str, y_title: str, x_domain: Range, y_domain: Range) -> Chart:
    x, y, ends = axes.equal_axes(x_title, y_title, x_domain, y_domain, equal=True)
    ahead = fast_marks.of("ahead")
    layers = fast_marks.layer(
        axes.image(x, y),
        fast_marks.of("line").mark_line(color=INK, strokeWidth=3, clip=True).encode(x=x, y=y),
        ahead.mark_rule(color=INK, strokeWidth=2.5, clip=True).encode(x=x, y=y, x2="x1:Q", y2="y1:Q"),
        axes.arrow_heads(ahead, size=170, color=INK).encode(x="x1:Q", y="y1:Q"),
        ahead.mark_text(color=INK, fontSize=18, fontWeight="bold", dx=12, dy=-8, clip=True).encode(
            x="x1:Q", y="y1:Q", text="text:N"
        ),
        fast_marks.of("point")
        .mark_point(filled=True, size=220, color=INK, stroke="white", strokeWidth=2.5, opacity=1, clip=True)
        .encode(x=x, y=y, tooltip=axes.position_tooltip(x_title, y_title, "y")),
    )
    return layers.add_params(*ends).properties(height=style.SIDE_HEIGHT)


def unit_curves(
    z: np.ndarray,
    curves: Mapping[str, np.ndarray],
    at: float,
    answers: Mapping[str, float],
    y_domain: Range,
    x_title: str,
    y_title: str,
) -> Picture:
    """Activations side by side as curves over z, and what each makes of the same sum ``at``.

    A sum beyond the ends of ``z`` is drawn at the end; the pointer is told the numbers themselves.
    """
    rows = [{"name": np.full(len(z), name), "x": z, "y": np.clip(a, *y_domain)} for name, a in curves.items()]
    here = float(np.clip(at, z[0], z[-1]))
    marks = {
        "name": np.array(list(answers)),
        "x": np.full(len(answers), here),
        "y": np.clip(np.array(list(answers.values()), dtype=float), *y_domain),
        "sum": np.full(len(answers), float(at)),
        "answer": np.array(list(answers.values()), dtype=float),
    }
    look = {"x_title": x_title, "y_title": y_title, "x_domain": axes.value_range(z), "y_domain": y_domain}
    look["names"] = tuple(curves)
    data = {"curves": frames.stack(rows), "marks": marks, "here": {"x": np.array([here])}}
    return Picture(_draw_unit_curves, axes.rounded_ranges(look), data, name="unit_curves")


def _draw_unit_curves(x_title: str, y_title: str, x_domain: Range, y_domain: Range, names: Sequence[str]) -> Chart:
    x, y = alt.X(**axes.axis("x", x_title, x_domain)), alt.Y(**axes.axis("y", y_title, y_domain))
    tooltip = [alt.Tooltip("name:N", title=""), alt.Tooltip("sum:Q", title=x_title, format=".5~g")]
    tooltip.append(alt.Tooltip("answer:Q", title=y_title, format=".5~g"))
    return fast_marks.layer(
        fast_marks.of("here").mark_rule(color=style.NEUTRAL, strokeDash=[4, 4]).encode(x=x),
        fast_marks.of("curves")
        .mark_line(strokeWidth=2.5, clip=True)
        .encode(x=x, y=y, **axes.by_run(names, "strokeDash", outline=2)),
        fast_marks.of("marks")
        .mark_point(filled=True, size=170, opacity=1, stroke="white", strokeWidth=2)
        .encode(x=x, y=y, tooltip=tooltip, **axes.by_run(names, outline=2)),
    ).properties(height=style.SIDE_HEIGHT)
