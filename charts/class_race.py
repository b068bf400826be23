"""Pictures of a race with many entries: all paths on one map, all errors by step, and who had which settings."""

from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np

from charts import axes, fast_marks, frames, style
from charts.axes import NOW, SO_FAR, Chart, Extent, Range
from charts.frames import Columns
from charts.picture import Picture

__all__ = ["entries_plane", "errors_of_many", "map_of_many"]

MOST_ROWS = 12_000
"""How many places of all runs together a picture has: a browser goes through them at every step that is played."""

MANY = 24
"""From how many runs on balls are drawn small and lines thin."""


CLEAR, FAINT = 0.8, 0.35
"""The opacity of a path on the map, and that of one which leaves it for good."""


def shown_steps(steps: int, runs: int) -> np.ndarray:
    """The steps at which many runs are drawn, the first and the last among them; every one if that is not too many.

    Else an odd number of steps lies between them, so that a ball that swings at every step is still seen to.
    """
    every = -(-(steps + 1) * runs // MOST_ROWS) if runs else 1
    return np.unique(np.append(np.arange(0, steps + 1, every + 1 - every % 2), steps))


def _rows(is_there: np.ndarray) -> Columns:
    """A row for each run and step that are drawn: run, step, until; the last step of each run is always among them.

    is_there: whether a run has a place at a step, from the first step to its last, shape (steps + 1, runs).
    """
    steps, runs = is_there.shape
    drawn = np.zeros_like(is_there)
    drawn[shown_steps(steps - 1, runs)] = True
    drawn[np.maximum(is_there.sum(axis=0) - 1, 0), np.arange(runs)] = True
    run, step = np.nonzero((drawn & is_there).T)
    is_last = np.append(run[1:] != run[:-1], True)[: len(run)]
    until = np.where(is_last, frames.FOREVER, np.append(step[1:], 0)[: len(step)])
    return {"run": run.astype(np.int16), "step": step.astype(np.int32), "until": until.astype(np.int32)}


def _with_entries(rows: Columns, names: np.ndarray, entries: Columns, first: np.ndarray) -> Columns:
    """The rows with what a pointer is told of their run, its name, and whether it is a first one."""
    columns = {key: entries[key][rows["run"]] for key in ("number", "rate", "momentum")}
    return rows | columns | {"name": names[rows["run"]], "first": first[rows["run"]].astype(np.int8)}


def _tooltip(*more: alt.Tooltip) -> list[alt.Tooltip]:
    signs = {"number": "#", "rate": "η", "momentum": "β"}
    return [alt.Tooltip(f"{key}:Q", title=sign, format=".4~g") for key, sign in signs.items()] + list(more)


FIRST = "datum.first == 1"


def map_of_many(
    address: str,
    extent: Extent,
    w: np.ndarray,
    names: np.ndarray,
    entries: Columns,
    first: np.ndarray,
    lost: np.ndarray,
    minima: Sequence[Sequence[float]],
    x_title: str,
    y_title: str,
    kinds: Sequence[str],
) -> Picture:
    """The landscape from above with the paths of many runs from one start; those that are first are drawn thick.

    address: see ``descent.map_with_paths``. w: shape (steps + 1, 2, runs), NaN from where a run is lost. names: of each
    run, one of ``kinds``, which have the colours. entries: of each run its number, rate and momentum. first: whether
    it is drawn thick, shape (runs,). lost: whether it is drawn faint, for it is all over the map. The picture beside
    it says which colour is whose.
    """
    x, y = extent
    rows = _with_entries(_rows(np.isfinite(w[:, 0]) & np.isfinite(w[:, 1])), names, entries, first)
    places = w[rows["step"], :, rows["run"]]
    path = rows | {"x": places[:, 0], "y": places[:, 1]}
    # where there are many, those beneath are to be seen through those above
    shown = 0.6 if len(names) >= MANY else 1.0
    path["opacity"] = (shown * np.where(lost, FAINT, CLEAR))[rows["run"]].astype(np.float32)
    exits = frames.of_exits(path | {"name": rows["run"]}, ("x", "y"), (x, y), straight=True)
    exits["name"] = names[exits["name"]]
    path |= {letter: path[letter].astype(np.float32) for letter in "xy"}
    data = {"image": frames.of_image(address, extent), "path": path, "exits": exits}
    data["minima"] = frames.of_points(np.array(minima).reshape(-1, 2))
    look = {"x_title": x_title, "y_title": y_title, "x_domain": x, "y_domain": y, "names": tuple(kinds)}
    look |= {"equal": axes.has_equal_scales(extent), "many": len(names) >= MANY}
    return Picture(_draw_map, axes.rounded_ranges(look), data, name="map_of_many")


def _draw_map(
    x_title: str, y_title: str, x_domain: Range, y_domain: Range, names: Sequence[str], equal: bool, many: bool
) -> Chart:
    x, y, ends = axes.equal_axes(x_title, y_title, x_domain, y_domain, equal)
    path = fast_marks.of("path")
    so_far, now = path.transform_filter(SO_FAR), path.transform_filter(NOW)
    along: dict[str, Any] = {"x": "x:Q", "y": "y:Q", "order": "step:Q"}
    colour = axes.by_run(names, legend=False)
    looks = axes.by_run(names, "shape", legend=False)
    tooltip = _tooltip(*axes.position_tooltip(x_title, y_title, "y"))
    ball = {"filled": True, "stroke": "white", "clip": True}
    winner = so_far.transform_filter(FIRST)
    return (
        fast_marks.layer(
            axes.image(x, y),
            fast_marks.of("minima")
            .mark_point(shape="cross", size=90, filled=True, color="white", stroke="black", strokeWidth=1, clip=True)
            .encode(x="x:Q", y="y:Q", tooltip=axes.position_tooltip(x_title, y_title, "y")),
            so_far.mark_line(strokeWidth=1 if many else 1.6, clip=True).encode(
                detail="run:N", opacity=alt.Opacity("opacity:Q", scale=None), **along, **colour
            ),
            winner.mark_line(strokeWidth=6, color="white", opacity=0.85, clip=True).encode(detail="run:N", **along),
            winner.mark_line(strokeWidth=3, clip=True).encode(detail="run:N", **along, **colour),
            now.mark_point(size=45 if many else 90, opacity=1, strokeWidth=0.7 if many else 1.2, **ball).encode(
                x="x:Q", y="y:Q", tooltip=tooltip, **looks
            ),
            now.transform_filter(FIRST)
            .mark_point(size=210, opacity=1, strokeWidth=2, **ball)
            .encode(x="x:Q", y="y:Q", tooltip=tooltip, **looks),
            fast_marks.of("exits")
            .transform_filter(NOW)
            .mark_point(shape=axes.OUT, size=60 if many else 120, opacity=axes.WHERE_UNSEEN, strokeWidth=1, **ball)
            .encode(
                x="edge_x:Q",
                y="edge_y:Q",
                angle=alt.Angle("angle:Q", scale=None),
                tooltip=axes.position_tooltip(x_title, y_title, "y"),
                **colour,
            ),
        )
        .add_params(axes.step_parameter(), *ends)
        .properties(height=style.SIDE_HEIGHT)
    )


def errors_of_many(
    error: np.ndarray,
    names: np.ndarray,
    entries: Columns,
    first: np.ndarray,
    goal: float,
    ends: Range,
    last: int,
    x_title: str,
    y_title: str,
    kinds: Sequence[str],
    named: Sequence[str],
) -> Picture:
    """The errors of many runs by step on a logarithmic axis, with a line at the ``goal`` below which they arrive.

    error: shape (steps + 1, runs), infinite from where a run is lost, which leaves the picture there. names, entries,
    first, kinds: see ``map_of_many``. ends: of the upright axis; what is lower runs out below. last: where the level
    axis ends. named: what the legend calls the kinds.
    """
    lost = np.isinf(error)
    # up to the step that loses it
    is_there = ~lost | (lost & (np.cumsum(lost, axis=0) == 1))
    rows = _with_entries(_rows(is_there), names, entries, first)
    value = error[rows["step"], rows["run"]].astype(float)
    low = ends[0]
    drawn = np.maximum(frames.drawn_beyond(value, ends, log=True), 1e-3 * low)
    dot = np.where(value > ends[1], np.nan, np.maximum(value, low))
    lines = rows | {"value": value, "drawn": drawn.astype(np.float32), "dot": dot.astype(np.float32)}
    look = {"x_title": x_title, "y_title": y_title, "x_domain": (0.0, float(last) or 1.0), "y_domain": ends}
    look |= {"names": tuple(kinds), "named": tuple(named), "many": len(names) >= MANY}
    data = {"lines": lines, "goal": {"value": np.array([goal]), "label": np.array(["1%"])}}
    return Picture(_draw_errors, axes.rounded_ranges(look), data, name="errors_of_many")


def _draw_errors(
    x_title: str,
    y_title: str,
    x_domain: Range,
    y_domain: Range,
    names: Sequence[str],
    named: Sequence[str],
    many: bool,
) -> Chart:
    x = alt.X(**axes.axis("step", x_title, x_domain, axis=alt.Axis(tickMinStep=1, format="d")))
    y, dot, at = (
        alt.Y(**axes.axis(field, y_title, y_domain, log=True, axis=alt.Axis(format=".3~g")))
        for field in ("drawn", "dot", "value")
    )
    looks = axes.by_run(names, "strokeDash", outline=2, named=named)
    colour = axes.by_run(names, outline=2, named=named)
    lines, goal = fast_marks.of("lines"), fast_marks.of("goal")
    so_far, now = lines.transform_filter(SO_FAR), lines.transform_filter(NOW)
    tooltip = _tooltip(alt.Tooltip("step:Q", title=x_title), alt.Tooltip("value:Q", title=y_title, format=".4~g"))
    ball = {"filled": True, "opacity": 1, "stroke": "white"}
    winner = so_far.transform_filter(FIRST)
    return (
        fast_marks.layer(
            so_far.mark_line(strokeWidth=1 if many else 1.6, opacity=0.75, clip=True).encode(
                x=x, y=y, detail="run:N", **looks
            ),
            goal.mark_rule(color=style.NEUTRAL, strokeDash=[5, 4], strokeWidth=1.5).encode(y=at),
            goal.mark_text(align="left", baseline="top", dx=4, dy=4, color=style.NEUTRAL, fontSize=12).encode(
                x=alt.value(0), y=at, text="label:N"
            ),
            winner.mark_line(strokeWidth=3.5, clip=True).encode(x=x, y=y, detail="run:N", **colour),
            now.mark_point(size=25 if many else 60, strokeWidth=0.7, **ball).encode(
                x=x, y=dot, tooltip=tooltip, **colour
            ),
            now.transform_filter(FIRST)
            .mark_point(size=140, strokeWidth=1.5, **ball)
            .encode(x=x, y=dot, tooltip=tooltip, **colour),
        )
        .add_params(axes.step_parameter())
        .properties(height=axes.height_with(names))
    )


def entries_plane(
    entries: Columns,
    names: np.ndarray,
    first: np.ndarray,
    limit: tuple[np.ndarray, np.ndarray],
    fastest: tuple[np.ndarray, np.ndarray],
    extent: tuple[Range, Range],
    x_title: str,
    y_title: str,
    kinds: Sequence[str],
    named: Sequence[str],
) -> Picture:
    """The plane of learning rate and momentum with a dot for each entry, coloured by what became of it.

    entries: see ``map_of_many``. names: of each entry, one of ``kinds``, which the legend calls ``named``. first:
    whether it was first, and has a ring. limit: rates and momenta along the limit of stability, fastest: of the place
    that is fastest in the long run; both may be empty.
    """
    dots = {key: entries[key] for key in ("number", "rate", "momentum")} | {"name": names}
    data = {
        "entries": dots,
        "winners": {key: column[first] for key, column in dots.items()},
        "limit": {"rate": limit[0], "momentum": limit[1], "row": np.arange(len(limit[0]))},
        "fastest": {"rate": fastest[0], "momentum": fastest[1]},
    }
    look = {"x_title": x_title, "y_title": y_title, "x_domain": extent[0], "y_domain": extent[1]}
    look |= {"names": tuple(kinds), "named": tuple(named)}
    return Picture(_draw_plane, axes.rounded_ranges(look), data, name="entries_plane")


LIMIT, FASTEST = "#C8321F", "#118A4E"
"""The colours of the limit of stability and of the fastest place."""


def _draw_plane(
    x_title: str,
    y_title: str,
    x_domain: Range,
    y_domain: Range,
    names: Sequence[str],
    named: Sequence[str],
) -> Chart:
    x = alt.X(**axes.axis("rate", x_title, x_domain, log=True, axis=axes.log_axis()))
    y = alt.Y(**axes.axis("momentum", y_title, y_domain))
    looks = axes.by_run(names, "shape", named=named)
    fastest = fast_marks.of("fastest").mark_point(shape="diamond", size=170, color=FASTEST, strokeWidth=3)
    return fast_marks.layer(
        fast_marks.of("limit").mark_line(color=LIMIT, strokeWidth=2, clip=True).encode(x=x, y=y, order="row:Q"),
        fastest.encode(x=x, y=y, tooltip=_tooltip()[1:]),
        fast_marks.of("winners")
        .mark_point(size=330, strokeWidth=2.5, color=style.NEUTRAL)
        .encode(x=x, y=y, tooltip=_tooltip()),
        fast_marks.of("entries")
        .mark_point(filled=True, size=75, opacity=0.85, stroke="white", strokeWidth=1)
        .encode(x=x, y=y, tooltip=_tooltip(), **looks),
    ).properties(height=style.BELOW_HEIGHT)
