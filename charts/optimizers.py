"""Pictures of rules compared: values by step, how much the rate matters, a step taken apart, kinship, who arrives."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np

from charts import axes, fast_marks, frames, style
from charts.axes import NOW, SO_FAR, Chart, Extent, Range
from charts.frames import Columns
from charts.picture import Picture

__all__ = ["kinship", "lines_by_step", "map_with_arrows", "noise_by_size", "shares_with_intervals", "value_by_rate"]

# ---- values along a run --------------------------------------------------------------------------------------------


def lines_by_step(
    values: Mapping[str, np.ndarray],
    x_title: str,
    y_title: str,
    x: Mapping[str, np.ndarray] | None = None,
    clock: Mapping[str, np.ndarray] | None = None,
    log: bool = False,
    ceiling: float | None = None,
    first: int = 0,
    floor: float | None = None,
    known: int | Mapping[str, int] | None = None,
    ends: Range | None = None,
    last: float | None = None,
    legend: bool = True,
    name: str = "lines",
) -> Picture:
    """A line for every run, as far as the step shown.

    values: by run, shape (steps + 1,). x: where they stand on the level axis, if not at their step. clock: when each
    is shown, if not at its step. log: a logarithmic upright axis, on which only numbers above 0 have a place. first:
    how many runs the picture beside it has before these. ceiling: where the axis ends above at the latest; a run that
    is higher, or no number, leaves it there, and has a mark at the edge. floor: where a logarithmic axis ends below;
    lines run on beyond, 0 has its place there, and dots stay at the edge, with their own numbers. known: how many
    values of each run are drawn, of all or by run, such as 1 before an answer; the axes are the same as if all were.
    ends: those of the upright axis, if they are not to follow from the values. last: where the level axis ends, if
    runs may end earlier. legend: whether it says which run is which; the picture beside it may do so. name: of the
    picture, if a question has several of lines.
    """
    lowest = floor if log else None
    tables, places = [], []
    for run, value in values.items():
        rows = frames.step_columns(run, len(value), None if clock is None else clock[run])
        places.append(np.asarray(rows["step"] if x is None else x[run], dtype=float))
        count = len(value) if known is None else known if isinstance(known, int) else known[run]
        table = rows | {"x": places[-1], "value": np.asarray(value, dtype=float)}
        tables.append({key: column[:count] for key, column in table.items()})
    lines = frames.stack(tables)
    every = np.concatenate([np.asarray(value, dtype=float) for value in values.values()])
    domain = ends or _upright_ends(every, log, ceiling, lowest)
    farthest = max((float(place.max()) for place in places if len(place)), default=0.0) if last is None else last
    look = {"x_title": x_title, "y_title": y_title, "names": tuple(values), "log": log, "whole": x is None}
    look |= {"first": first, "legend": legend, "x_domain": (0.0, float(farthest) or 1.0), "y_domain": domain}
    look = axes.rounded_ranges(look)
    lines |= _drawable(lines["value"], look["y_domain"], log, ceiling is not None, lowest)
    out = frames.exits_at(lines["value"], look["y_domain"]) * np.isfinite(lines["drawn"])
    out[(out < 0) & (lowest is not None)] = 0
    exits = {key: lines[key][out != 0] for key in ("name", "step", "until", "x", "value")}
    exits["edge"] = np.where(out[out != 0] > 0, look["y_domain"][1], look["y_domain"][0])
    exits["angle"] = np.where(out[out != 0] > 0, 0, 180)
    return Picture(_draw_lines, look, {"lines": lines, "exits": exits}, name=name)


def _upright_ends(values: np.ndarray, log: bool, ceiling: float | None, floor: float | None) -> Range:
    """The ends of the upright axis of ``lines_by_step``."""
    with np.errstate(invalid="ignore"):
        within = values if ceiling is None else values[values <= ceiling]
    low, high = axes.span(within, log)
    if len(within) < len(values):
        high = max(float(ceiling or high), 1.1 * low if log else low)
    if floor is not None:
        low, high = floor, _above(high / 1.05, floor) if len(within) == len(values) else max(high, 10 * floor)
    return low, high


def _drawable(values: np.ndarray, ends: Range, log: bool, leaves: bool, floor: float | None) -> Columns:
    """Where lines and dots are drawn: NaN for what has no place.

    leaves: whether what is no number leaves the picture, or is left out.
    """
    with np.errstate(invalid="ignore"):
        places = np.isfinite(values) | leaves
        if log:
            places &= ~(values <= 0) if floor is None else ~(values < 0)
        drawn = frames.drawn_beyond(values, ends, log)
        if floor is not None:
            drawn = np.maximum(drawn, BELOW * floor)
        dots = np.where(values > ends[1], np.nan, values if floor is None else np.maximum(values, floor))
        dots = np.where(~log & (values < ends[0]), np.nan, dots)
    return {"drawn": np.where(places, drawn, np.nan), "dot": np.where(places, dots, np.nan)}


def _above(highest: float, floor: float) -> float:
    """The upper end of a logarithmic axis that begins at ``floor``: the power of ten above the highest value."""
    return 10.0 ** np.ceil(np.log10(max(highest, 10 * floor)))


BELOW = 1e-3
"""How far beyond the lower edge of a picture lines run on, as a share of the value there."""


def _at_least(lowest: float) -> str:
    """A value as Vega draws it; what is no number has no place."""
    return f"isValid(datum.value) ? max(datum.value, {lowest:g}) : null"


def _draw_lines(
    x_title: str,
    y_title: str,
    names: Sequence[str],
    log: bool,
    whole: bool,
    first: int,
    legend: bool,
    x_domain: Range,
    y_domain: Range,
) -> Chart:
    ticks = alt.Axis(tickMinStep=1, format="d") if whole else alt.Axis(format=".6~g")
    x = alt.X(**axes.axis("x", x_title, x_domain, axis=ticks))
    y, dot = (
        alt.Y(**axes.axis(field, y_title, y_domain, log=log, axis=alt.Axis(format=".3~g")))
        for field in ("drawn", "dot")
    )
    lines = fast_marks.of("lines")
    tooltip = [alt.Tooltip("name:N", title=""), alt.Tooltip("x:Q", title=x_title, format=".4~g")]
    tooltip.append(alt.Tooltip("value:Q", title=y_title, format=".5~g"))
    at_edge = {"x": "x:Q", "y": "edge:Q", "angle": alt.Angle("angle:Q", scale=None)}
    return (
        fast_marks.layer(
            lines.mark_line(strokeWidth=1, opacity=style.TO_COME, clip=True).encode(
                x=x, y=y, **axes.by_run(names, "strokeDash", outline=2, first=first, legend=legend)
            ),
            lines.transform_filter(SO_FAR)
            .mark_line(strokeWidth=2.5, clip=True)
            .encode(x=x, y=y, **axes.by_run(names, "strokeDash", outline=2, first=first, legend=legend)),
            # dots on the edges are not cut in half; for what is out of the picture there is a mark
            lines.transform_filter(NOW)
            .mark_point(filled=True, size=90, opacity=1, stroke="white", strokeWidth=1.5)
            .encode(x=x, y=dot, tooltip=tooltip, **axes.by_run(names, outline=2, first=first, legend=legend)),
            axes.left_picture(names, tooltip, first, legend=legend, **at_edge),
        )
        .add_params(axes.step_parameter())
        .properties(height=axes.height_with(names))
    )


# ---- how much the rate matters -------------------------------------------------------------------------------------


def value_by_rate(
    rates: Mapping[str, np.ndarray],
    values: Mapping[str, np.ndarray],
    used: Mapping[str, tuple[float, float]],
    ceiling: float,
    floor: float | None,
    x_title: str,
    y_title: str,
) -> Picture:
    """What a run ends with, by its learning rate, for several rules; ``used``: the rate of each in the race, its end.

    Both axes are logarithmic. Values above ``ceiling``, and those that are no number, end the line at its upper edge;
    ``floor``, if given, is the lower edge, and lines run on beyond it. Dots out there stay at the edge, with their own
    numbers.
    """
    lines, dots = [], []
    for name, rate in rates.items():
        value = np.asarray(values[name], dtype=float)
        with np.errstate(invalid="ignore"):
            shown = np.where((value <= ceiling) & ((value > 0) | (floor is not None)), value, np.nan)
        lines.append({"name": np.full(len(rate), name), "x": rate, "value": shown})
        own, end = used[name]
        told = f"{end:.4g}" if np.isfinite(end) else "∞"
        place = min(max(np.nan_to_num(end, nan=ceiling), floor or 0.0), ceiling)
        dots.append({key: np.array([part]) for key, part in zip(DOT, (name, own, place, told), strict=True)})
    look = {"x_title": x_title, "y_title": y_title, "names": tuple(rates)}
    if floor is not None:
        look |= axes.rounded_ranges({"floor": floor, "y_domain": (floor, max(ceiling, 10 * floor))})
    return Picture(
        _draw_values_by_rate,
        look,
        {"lines": frames.stack(lines), "dots": frames.stack(dots)},
        name="values_by_rate",
    )


DOT = ("name", "x", "value", "told")


def _draw_values_by_rate(
    x_title: str, y_title: str, names: Sequence[str], floor: float | None = None, y_domain: Range | None = None
) -> Chart:
    x = alt.X(**axes.axis("x", x_title, log=True, axis=alt.Axis(format="~g", labelOverlap=True)))
    lines, field = fast_marks.of("lines"), "value"
    if floor is not None:
        lines, field = lines.transform_calculate(drawn=_at_least(BELOW * floor)), "drawn"
    beyond, y = (
        alt.Y(**axes.axis(name, y_title, y_domain, log=True, axis=alt.Axis(format=".1~e", labelOverlap=True)))
        for name in (field, "value")
    )
    tooltip = [alt.Tooltip("name:N", title=""), alt.Tooltip("x:Q", title=x_title, format=".3~g")]
    tooltip.append(alt.Tooltip("told:N", title=y_title))
    return fast_marks.layer(
        lines.mark_line(strokeWidth=2.5, clip=floor is not None).encode(
            x=x, y=beyond, **axes.by_run(names, "strokeDash", outline=2)
        ),
        fast_marks.of("dots")
        .mark_point(filled=True, size=130, opacity=1, stroke="white", strokeWidth=1.5)
        .encode(x=x, y=y, tooltip=tooltip, **axes.by_run(names, outline=2)),
    ).properties(height=axes.height_with(names, style.BELOW_HEIGHT))


# ---- a step taken apart --------------------------------------------------------------------------------------------


def map_with_arrows(
    address: str,
    extent: Extent,
    w: np.ndarray,
    x_title: str,
    y_title: str,
    arrows: Mapping[str, np.ndarray],
    titles: Mapping[str, str],
) -> Picture:
    """The landscape from above with the path, and at the step shown an arrow for every named part of the step.

    w: shape (steps + 1, 2). arrows: by name, from where to where, shape (steps, 4): x, y, x of the end, y of the end;
    NaN where a step has none. titles: what the legend calls them.
    """
    (left, right), (low, high) = extent
    rows = []
    for name, ends in arrows.items():
        count = len(ends)
        columns = dict(zip(("x", "y", "x1", "y1"), ends.T, strict=True))
        # after its step an arrow is gone, also the last one
        rows.append(frames.step_columns(name, count) | columns | {"until": np.arange(1, count + 1)})
    path = frames.step_columns("path", len(w)) | {"x": w[:, 0], "y": w[:, 1]}
    look: dict[str, Any] = {"x_title": x_title, "y_title": y_title}
    look |= {"x_domain": (left, right), "y_domain": (low, high), "titles": tuple(titles[name] for name in arrows)}
    look |= {"names": tuple(arrows), "equal": axes.has_equal_scales(extent)}
    data = {"image": frames.of_image(address, extent), "path": path, "arrows": frames.stack(rows)}
    return Picture(_draw_arrows, axes.rounded_ranges(look), data, name="arrows")


ARROWS = ("#E0A526", "#FF5A1F", "#B65AA8", "#17A2A2")
"""The colours of arrows, bright since they lie on the landscape."""
ARROW_DASHES = ([4, 3], [1, 0], [2, 2], [8, 3])


def _draw_arrows(
    x_title: str,
    y_title: str,
    x_domain: Range,
    y_domain: Range,
    titles: Sequence[str],
    names: Sequence[str],
    equal: bool,
) -> Chart:
    x, y, ends = axes.equal_axes(x_title, y_title, x_domain, y_domain, equal)
    path = fast_marks.of("path")
    legend = alt.Legend(
        title=None,
        orient="top",
        columns=1,
        labelExpr=axes.words_for(names, titles),
        labelLimit=260,
        symbolType="stroke",
        symbolStrokeWidth=3,
    )
    colour = alt.Color("name:N", scale=alt.Scale(domain=list(names), range=list(ARROWS[: len(names)])), legend=legend)
    dash = alt.StrokeDash(
        "name:N", scale=alt.Scale(domain=list(names), range=list(ARROW_DASHES[: len(names)])), legend=legend
    )
    now = fast_marks.of("arrows").transform_filter(NOW)
    along = {"x": "x:Q", "y": "y:Q", "x2": "x1:Q", "y2": "y1:Q"}
    return (
        fast_marks.layer(
            axes.image(x, y),
            path.transform_filter(SO_FAR)
            .mark_line(strokeWidth=2, color="white", opacity=0.8, clip=True)
            .encode(x="x:Q", y="y:Q", order="step:Q"),
            path.transform_filter(SO_FAR)
            .mark_point(filled=True, size=16, color="white", opacity=0.9, clip=True)
            .encode(x="x:Q", y="y:Q"),
            now.mark_rule(strokeWidth=5, color="#1B2430", clip=True).encode(**along, detail="name:N"),
            axes.arrow_heads(now, size=190, color="#1B2430", stroke="#1B2430", strokeWidth=2).encode(
                x="x1:Q", y="y1:Q"
            ),
            now.mark_rule(strokeWidth=3, clip=True).encode(**along, color=colour, strokeDash=dash),
            axes.arrow_heads(now, size=190).encode(x="x1:Q", y="y1:Q", color=colour),
            path.transform_filter(NOW)
            .mark_point(filled=True, size=150, color="#D1480F", stroke="white", strokeWidth=2, opacity=1, clip=True)
            .encode(x="x:Q", y="y:Q", tooltip=axes.position_tooltip(x_title, y_title, "y")),
        )
        .add_params(axes.step_parameter(), *ends)
        .properties(height=style.SIDE_HEIGHT)
    )


# ---- kinship -------------------------------------------------------------------------------------------------------


def kinship(
    names: Sequence[str],
    grew_from: Sequence[Sequence[str]],
    groups: Sequence[str],
    titles: Mapping[str, str],
    chosen: str,
    known: bool = True,
) -> Picture:
    """Who grew from whom: every rule stands one column to the right of the last of those that it grew from.

    names: parents before children. groups: what each improves, one of the keys of ``titles``, which the legend shows.
    known: more than the names and the columns.
    """
    column: dict[str, int] = {}
    for name, parents in zip(names, grew_from, strict=True):
        column[name] = 1 + max((column[parent] for parent in parents), default=-1)
    place: dict[str, tuple[float, float]] = {}
    for k in range(max(column.values()) + 1):
        here = [name for name in names if column[name] == k]
        for i, name in enumerate(here):
            place[name] = (float(k), (i + 0.5) / len(here))
    x, y = (np.array([place[name][axis] for name in names]) for axis in (0, 1))
    # a long name takes two lines
    written = np.array([name.replace("_", "_\n", 1) for name in names])
    places: Columns = {"name": np.array(names), "written": written, "x": x, "y": y}
    places["lines"] = np.char.count(written, "\n") + 1
    places["chosen"] = np.array([name == chosen for name in names])
    nodes: Columns = {"x": x, "y": y, "group": np.array(groups)}
    pairs = [(parent, name) for name, parents in zip(names, grew_from, strict=True) for parent in parents]
    ends = np.array([(*place[parent], *place[name]) for parent, name in pairs]).reshape(-1, 4)
    links: Columns = dict(zip(("x", "y", "x1", "y1"), ends.T, strict=True))
    links["chosen"] = np.array([name == chosen for _, name in pairs])
    if not known:
        nodes, links = ({key: part[:0] for key, part in table.items()} for table in (nodes, links))
    look = {"keys": tuple(titles), "titles": tuple(titles.values()), "columns": max(column.values()) + 1}
    return Picture(_draw_kinship, look, {"places": places, "nodes": nodes, "links": links}, name="kinship")


GROUPS = {"plain": "#66727F", "direction": "#0B7F5E", "size": "#2C6FB0", "both": "#B5307A"}


def _draw_kinship(keys: Sequence[str], titles: Sequence[str], columns: int) -> Chart:
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[-0.5, columns - 0.5], nice=False))
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[0, 1], nice=False))
    words = axes.words_for(keys, titles)
    legend = alt.Legend(title=None, orient="top", columns=2, labelExpr=words, labelLimit=240)
    colours = alt.Scale(domain=list(keys), range=[GROUPS[key] for key in keys])
    shapes = alt.Scale(domain=list(keys), range=["circle", "triangle-right", "square", "diamond"][: len(keys)])
    places, nodes = fast_marks.of("places"), fast_marks.of("nodes")
    links = fast_marks.of("links").encode(x=x, y=y, x2="x1:Q", y2="y1:Q")
    return fast_marks.layer(
        # names stand on the links of others, which are therefore faint
        links.transform_filter("!datum.chosen").mark_rule(color=style.NEUTRAL, strokeWidth=1.2, opacity=0.45),
        links.transform_filter("datum.chosen").mark_rule(color=style.CHOSEN, strokeWidth=2.5),
        places.transform_filter("datum.chosen")
        .mark_point(size=700, strokeWidth=2.5, color=style.CHOSEN)
        .encode(x=x, y=y),
        places.mark_point(filled=True, size=120, opacity=1, color=style.NEUTRAL).encode(x=x, y=y),
        nodes.mark_point(filled=True, size=260, opacity=1).encode(
            x=x,
            y=y,
            color=alt.Color("group:N", scale=colours, legend=legend),
            shape=alt.Shape("group:N", scale=shapes, legend=legend),
        ),
        # above the ring around the one that is looked at
        *(
            places.transform_filter(f"datum.lines == {lines}")
            .mark_text(dy=-9 - 15 * lines, lineBreak="\n", fontSize=12, fontWeight="bold", color=style.NEUTRAL)
            .encode(x=x, y=y, text="written:N")
            for lines in (1, 2)
        ),
    ).properties(height=style.SIDE_HEIGHT)


# ---- noise, and who arrives ----------------------------------------------------------------------------------------


def noise_by_size(
    sizes: np.ndarray, measured: np.ndarray, theory: np.ndarray, shown: int, x_title: str, y_title: str
) -> Picture:
    """How far a batch's gradient is from that of all rows: measured (points) and by theory (line), both axes log.

    ``shown``: the batch size in use, marked.
    """
    points = {"x": sizes, "value": np.where(measured > 0, measured, np.nan)}
    line = {"x": sizes, "value": np.where(theory > 0, theory, np.nan)}
    mark = {"x": np.array([shown])}
    look = {"x_title": x_title, "y_title": y_title, "x_domain": (0.9, 1.1 * float(sizes[-1]))}
    return Picture(_draw_noise, axes.rounded_ranges(look), {"points": points, "line": line, "mark": mark}, name="noise")


def _draw_noise(x_title: str, y_title: str, x_domain: Range) -> Chart:
    x = alt.X(**axes.axis("x", x_title, x_domain, log=True, axis=alt.Axis(format="d", labelOverlap=True)))
    y = alt.Y(**axes.axis("value", y_title, log=True, axis=alt.Axis(format=".2~g", labelOverlap=True)))
    tooltip = [alt.Tooltip("x:Q", title=x_title), alt.Tooltip("value:Q", title=y_title, format=".4~g")]
    return fast_marks.layer(
        fast_marks.of("mark").mark_rule(color=style.NEUTRAL, strokeDash=[4, 4]).encode(x="x:Q"),
        fast_marks.of("line").mark_line(color=style.CURVE, strokeWidth=2).encode(x=x, y=y),
        fast_marks.of("points")
        .mark_point(filled=True, size=70, color="#D1480F", opacity=1)
        .encode(x=x, y=y, tooltip=tooltip),
    ).properties(height=style.BELOW_HEIGHT)


def shares_with_intervals(
    names: Sequence[str],
    share: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    steps: Sequence[str],
    x_title: str,
) -> Picture:
    """The share of starts from which each rule arrives, with its confidence interval; from top to bottom.

    steps: what is written beside each, such as its median number of steps; where a share is no number, at the axis.
    """
    columns = {"name": np.array(names), "x": share, "x0": low, "x1": high, "steps": np.array(steps)}
    columns["beside"] = np.where(np.isfinite(high), high, 0.0)
    return Picture(_draw_shares, {"x_title": x_title, "order": tuple(names)}, {"shares": columns}, name="shares")


def _draw_shares(x_title: str, order: Sequence[str]) -> Chart:
    x = alt.X(**axes.axis("x", x_title, (0, 1.75), axis=alt.Axis(format=".0%", values=[0, 0.25, 0.5, 0.75, 1])))
    y = alt.Y("name:N", sort=list(order), title=None, axis=alt.Axis(labelLimit=160, labelFontSize=12))
    shares = fast_marks.of("shares")
    looks = axes.by_run(order, "shape")
    for channel in looks.values():
        channel.legend = None
    tooltip = [alt.Tooltip("name:N", title=""), alt.Tooltip("x:Q", title=x_title, format=".1%")]
    tooltip += [alt.Tooltip("x0:Q", title="≥", format=".1%"), alt.Tooltip("x1:Q", title="≤", format=".1%")]
    return fast_marks.layer(
        shares.mark_rule(strokeWidth=3).encode(x="x0:Q", x2="x1:Q", y=y, color=looks["color"]),
        shares.mark_point(filled=True, size=130, opacity=1).encode(x=x, y=y, tooltip=tooltip, **looks),
        shares.mark_text(align="left", dx=8, color=style.NEUTRAL, fontSize=12).encode(
            x="beside:Q", y=y, text="steps:N"
        ),
    ).properties(height=60 + 34 * len(order))
