"""Pictures as data: valid Vega-Lite whose every name has its column, and a look that runs do not change."""

import dataclasses
import json
from functools import cache

import numpy as np
import pandas as pd
import pytest

import charts
from charts import frames, style
from charts.axes import MOST_STEPS, NOW, SO_FAR
from charts.picture import Picture
from dlcore.experiments.descent import Path, basins, descend
from dlcore.optimizers import SGD, named_rules
from dlcore.surfaces import Bowl, DoubleWell, Himmelblau, LineFit, NarrowValley, OwnFormula, SlopeFit, Surface
from tests.charts.spec import built_of, fields, layers, whole

SLOPE = SlopeFit()
FACTORS = {"×½": 0.5, "×1": 1.0, "×2": 2.0}


def runs(surface: Surface, rate: float, start: tuple[float, ...] | None = None, steps: int = 12) -> dict[str, Path]:
    start = surface.start if start is None else start
    return {name: descend(surface, start, SGD(factor * rate), steps) for name, factor in FACTORS.items()}


@cache
def curve(rate: float = 0.1, start: tuple[float, ...] = (-1.5,), surface: Surface = SLOPE) -> Picture:
    (w,) = surface.grid(50)
    return charts.curve_with_balls(w, surface(w), runs(surface, rate, start), "w", "E")


@cache
def lines(rate: float = 0.1, start: tuple[float, ...] = (2.0, 1.0)) -> Picture:
    surface = LineFit()
    moving = {name: (path.w[:, 0], path.w[:, 1]) for name, path in runs(surface, rate, start).items()}
    return charts.data_with_lines(*surface.points, moving, "flipper", "mass")


@cache
def heights(rate: float = 0.1, start: tuple[float, ...] = (-3.0, 2.0)) -> Picture:
    return charts.height_by_step(runs(Bowl(), rate, start), "step", "E")


@cache
def above(rate: float = 0.01, start: tuple[float, ...] = (-0.5, -1.0)) -> Picture:
    surface = Himmelblau()
    image = charts.height_bands(surface(*surface.grid(30)))
    extent = ((-6.0, 6.0), (-6.0, 6.0))
    return charts.map_with_paths(image, extent, runs(surface, rate, start), surface.minima, "x", "y", arrows=True)


@cache
def ends(rate: float = 0.01, start: tuple[float, ...] = ()) -> Picture:
    surface = Himmelblau()
    found = basins(surface, surface.grid(20), SGD(rate), 100)
    return charts.basin_map(charts.basin_colours(found.label), ((-6.0, 6.0), (-6.0, 6.0)), found.minima, "x", "y")


@cache
def each(rate: float = 0.01, start: tuple[float, ...] = (-0.5, -1.0)) -> Picture:
    surface = Himmelblau()
    extent = ((-6.0, 6.0), (-6.0, 6.0))
    return charts.map_for_each_run(charts.landscape_image(surface), extent, runs(surface, rate, start), surface.minima)


PICTURES = {"curve_with_balls": curve, "data_with_lines": lines, "height_by_step": heights}
PICTURES |= {"map_with_paths": above, "basin_map": ends, "map_for_each_run": each}
BESIDE = [lambda: dataclasses.replace(each(), name="rate_maps")]
every_picture = pytest.mark.parametrize("make", PICTURES.values(), ids=PICTURES.keys())
playing = pytest.mark.parametrize("make", [curve, lines, heights, above], ids=lambda make: make.__name__)


OTHER_STARTS = {curve: (3.0,), lines: (0.0, 0.0), heights: (1.0, 1.0), above: (5.0, 5.0), each: (5.0, 5.0)}


@playing
def test_the_step_shown_is_a_parameter_bound_to_a_slider(make) -> None:
    (shown,) = (param for param in whole(make())["params"] if param["name"] == "t")
    assert shown["bind"] | {"name": ""} == {"input": "range", "min": 0, "max": MOST_STEPS, "step": 1, "name": ""}
    assert shown["value"] == MOST_STEPS, "all of a run is seen where nothing plays it"


@playing
def test_what_moves_is_filtered_on_the_step_shown(make) -> None:
    picture = make()
    moving = {name for name, frame in picture.data.items() if "until" in frame} - {"exits", "slopes"}
    assert len(moving) == 1
    filters = [
        [f["filter"] for f in layer.get("transform", [])]
        for layer in layers(whole(picture))
        if layer["data"]["name"] in moving
    ]
    # the head of an arrow is drawn where the arrow is longer than nothing
    filters = [[each for each in part if not each.startswith("isValid")] for part in filters]
    assert any(NOW in each for each in filters)
    # only the faint line of the whole error curve stands still
    assert sum(not each for each in filters) == (make is heights)
    assert all(set(each) <= {NOW, SO_FAR, "datum.name == '×1'"} for each in filters)


def test_the_map_of_basins_stands_still() -> None:
    assert "t" not in {each["name"] for each in whole(ends()).get("params", ())}


@every_picture
def test_a_look_does_not_change_when_only_the_run_does(make) -> None:
    one, other = make(), make(rate=0.003) if make is ends else make(rate=0.003, start=OTHER_STARTS[make])
    assert built_of(one.look) == built_of(other.look) and one.draw is other.draw


@every_picture
def test_words_of_the_reader_are_titles_and_never_columns(make) -> None:
    spec = json.dumps(whole(make()), ensure_ascii=False)
    renamed = {key: "낱말 " + key if key.endswith("_title") else value for key, value in make().look.items()}
    spoken = make().draw(**renamed).to_dict()
    # a map for each run has no axes, and no titles but the names
    titled = "x_title" in make().look
    assert ("낱말 x_title" in json.dumps(spoken, ensure_ascii=False)) == titled and "낱말" not in spec
    for layer, plain in zip(layers(spoken), layers(whole(make())), strict=True):
        assert fields(layer["encoding"]) == fields(plain["encoding"])


# ---- one by one ----------------------------------------------------------------------------------------------------


def test_the_curve_is_the_surface_and_its_range_holds_it() -> None:
    picture = curve()
    drawn = pd.DataFrame(picture.data["curve"])
    assert drawn["height"].to_numpy() == pytest.approx(SlopeFit()(drawn["x"].to_numpy()))
    low, high = picture.look["y_domain"]
    assert low < drawn["height"].min() and drawn["height"].max() < high
    assert picture.look["x_domain"] == (-2.2, 4.0)


@pytest.mark.parametrize("text", ["log(x)", "1/x", "log(-1 - x**2)", "0*x + 3", "exp(exp(x))"])
def test_a_curve_with_holes_or_without_relief_can_be_drawn(text: str) -> None:
    surface = OwnFormula(text)
    path = descend(surface, (1.0,), SGD(0.1), 3)
    (w,) = surface.grid(51) if len(surface.weights) == 1 else (np.linspace(-5, 5, 51),)
    height = surface(w)
    picture = charts.curve_with_balls(w, height, {"×1": path}, "w", "E")
    assert np.array_equal(np.isfinite(height), ~np.isnan(picture.data["curve"]["height"]))
    low, high = picture.look["y_domain"]
    assert np.isfinite([low, high]).all() and low < high


def test_the_tangent_is_that_of_the_chosen_run_alone() -> None:
    tangents = [layer for layer in layers(whole(curve())) if fields(layer["encoding"]) >= {"x0", "y0", "x1", "y1"}]
    (filters,) = ([f["filter"] for f in layer["transform"]] for layer in tangents)
    assert set(filters) == {NOW, "datum.name == '×1'"}


def test_the_level_line_leads_to_the_next_step() -> None:
    frame = pd.DataFrame(curve().data["path"])
    for _, run in frame.groupby("name"):
        assert run["x_next"].iloc[:-1].tolist() == run["x"].iloc[1:].tolist()
        assert run["x_next"].iloc[-1] == run["x"].iloc[-1]


def test_the_data_lie_inside_their_picture_with_room_for_the_line() -> None:
    picture = lines()
    x, y = LineFit().points
    for values, domain in ((x, picture.look["x_domain"]), (y, picture.look["y_domain"])):
        assert domain[0] < values.min() and values.max() < domain[1]
    ends = pd.DataFrame(picture.data["lines"])
    assert (ends["x0"].iloc[0], ends["x1"].iloc[0]) == picture.look["x_domain"]


def test_what_climbs_out_of_the_heights_has_a_mark_at_the_edge_and_its_own_number() -> None:
    """A run that diverges was cut off where it left the picture: nothing was to be seen of it any more."""
    picture = charts.height_by_step(runs(Bowl(), 1.1), "step", "E")
    frame, exits = pd.DataFrame(picture.data["heights"]), pd.DataFrame(picture.data["exits"])
    start, low = 13.0, descend(Bowl(), (-3.0, 2.0), SGD(0.55), 12).height.min()
    bottom, top = picture.look["y_domain"]
    assert top == pytest.approx(start + 0.5 * (start - low)) and bottom < low
    out = frame.query("height > @top")
    assert set(out["name"]) == {"×1", "×2"} and len(out) > 5
    assert exits[["step", "height"]].to_numpy().tolist() == out[["step", "height"]].to_numpy().tolist()
    assert set(exits["edge"]) == {top} and set(exits["angle"]) == {0}
    # the line goes on to where it leaves the picture, the ball stays away
    dots, drawn = out["dot"].to_numpy(), out["drawn"].to_numpy()
    assert np.isnan(dots).all() and (drawn > top).all()
    inside = frame.query("height <= @top")
    assert inside["dot"].tolist() == inside["drawn"].tolist() == inside["height"].tolist()


def test_the_heights_have_the_axes_that_they_are_given_also_before_there_is_a_run() -> None:
    path = descend(Bowl(), (-3.0, 2.0), SGD(0.1), 12)
    first = Path(path.w[:1], path.height[:1], path.gradient[:1])
    one, other = (charts.height_by_step({"×1": each}, "t", "E", 12, 0.0).look for each in (first, path))
    assert one == other and one["x_domain"] == (0, 12) and one["y_domain"] == (-0.78, 19.5)


@pytest.mark.parametrize("text", ["3", "log(-1 - x**2 - y**2)", "-x**2 - y**2", "log(x*y)", "exp(x**2 + y**2)"])
def test_heights_without_a_fall_can_be_drawn(text: str) -> None:
    surface = OwnFormula(text)
    path = descend(surface, (0.5, 0.5), SGD(1.0), 8)
    picture = charts.height_by_step({"×1": path}, "step", "E")
    frame = pd.DataFrame(picture.data["heights"])
    assert not np.isinf(frame[["drawn", "dot"]]).any(axis=None) and len(frame) == path.steps + 1
    assert frame["dot"].iloc[0] == path.height[0] or np.isnan(path.height[0])
    # of an infinite extent a browser complains: the axes have ends of their own
    layer = picture.to_dict()["layer"][0]["encoding"]
    for channel in ("x", "y"):
        low, high = layer[channel]["scale"]["domain"]
        assert np.isfinite([low, high]).all() and low < high


def test_a_ball_beside_its_map_has_a_mark_where_it_left() -> None:
    path = descend(Bowl(), (2.0, 1.0), SGD(1.1), 6)
    picture = charts.map_with_paths("data:,", ((-3.0, 3.0), (-3.0, 3.0)), {"×1": path}, (), "x", "y")
    exits = pd.DataFrame(picture.data["exits"])
    outside = np.abs(path.w).max(axis=1) > 3
    assert exits["step"].tolist() == np.flatnonzero(outside).tolist() and outside.sum() >= 3
    for row in exits.to_dict("records"):
        start, end = path.w[row["step"] - 1], path.w[row["step"]]
        edge = np.array([row["edge_x"], row["edge_y"]])
        assert np.abs(edge).max() == 3 and (row["x"], row["y"]) == pytest.approx(tuple(end))
        # on the straight line between both places
        assert np.cross(np.append(end - start, 0), np.append(edge - start, 0)) == pytest.approx(0)
        assert row["angle"] == {3.0: 90, -3.0: -90}[row["edge_x"]]
    (mark,) = (layer for layer in layers(whole(picture)) if layer["data"]["name"] == "exits")
    assert [one["filter"] for one in mark["transform"]] == [NOW]
    assert {one["field"] for one in mark["encoding"]["tooltip"]} == {"x", "y"}, "the pointer is told where it really is"
    assert "clip" not in mark["mark"]


def test_a_ball_beside_its_curve_has_a_mark_at_the_edge() -> None:
    surface = SlopeFit()
    path = descend(surface, (-1.5,), SGD(1.05), 40)
    (w,) = surface.grid(50)
    picture = charts.curve_with_balls(w, surface(w), {"×1": path}, "w", "E")
    exits = pd.DataFrame(picture.data["exits"])
    outside = (path.w[:, 0] < -2.2) | (path.w[:, 0] > 4)
    assert set(np.flatnonzero(outside)) <= set(exits["step"]) and exits["step"].iloc[-1] == 40
    assert set(exits["edge_x"]) == {-2.2, 4.0}


def test_the_arrow_of_the_gradient_points_uphill_and_shrinks_with_it() -> None:
    surface, start = Himmelblau(), (-0.5, -1.0)
    path = descend(surface, start, SGD(0.01), 12)
    extent = ((-6.0, 6.0), (-6.0, 6.0))
    slopes = charts.map_with_paths("data:,", extent, {"×1": path}, (), "x", "y", arrows=True).data["slopes"]
    arrow = np.stack([slopes["x1"] - slopes["x"], slopes["y1"] - slopes["y"]], axis=1)
    length, size = np.linalg.norm(arrow, axis=1), np.linalg.norm(path.gradient, axis=1)
    assert length[0] == pytest.approx(1.2)
    assert length == pytest.approx(1.2 * np.minimum(size / size[0], 2))
    assert arrow / length[:, None] == pytest.approx(path.gradient / size[:, None])
    # at a place without a slope there is no arrow, and nothing is divided by it
    still = charts.map_with_paths(
        "data:,", extent, {"×1": descend(Bowl(), (0.0, 0.0), SGD(0.1), 3)}, (), "x", "y", arrows=True
    )
    assert still.data["slopes"]["x1"].tolist() == []
    # nor at the bottom, where a head alone looked like a gradient that points somewhere
    down = descend(Bowl(), (2.0, 0.0), SGD(0.25), 20)
    arrived = charts.map_with_paths("data:,", extent, {"×1": down}, (), "x", "y", arrows=True)
    assert arrived.data["slopes"]["step"].tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("make", [curve, above], ids=lambda make: make.__name__)
def test_an_arrow_to_the_next_place_has_a_head_that_turns_with_the_scales(make) -> None:
    """The next step was a line that one could not tell from a tangent."""
    heads = [layer for layer in layers(whole(make())) if "angle" in layer["mark"]]
    tips = {tuple(layer["encoding"][axis]["field"] for axis in "xy") for layer in heads}
    assert tips == ({("x_next", "height")} if make is curve else {("x_next", "y_next"), ("x1", "y1")})
    for layer in heads:
        turn = layer["mark"]["angle"]["expr"]
        assert "scale('x', datum.x" in turn and "scale('y', datum." in turn and "atan2" in turn
        assert any("isValid" in one["filter"] and " != " in one["filter"] for one in layer["transform"])


def test_runs_are_told_apart_by_colour_dash_and_shape() -> None:
    assert len({style.RUN_STYLES[name].colour for name in named_rules()}) == len(named_rules())
    for together in (["×½", "×1", "×2"], ["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam"]):
        looks = [style.style_of(name) for name in together]
        for marks in zip(*looks):
            assert len(set(marks)) == len(together), together
    assert style.style_of("unheard of", 1) != style.style_of("unheard of", 2)
    for make in (curve, lines, heights, above):
        shown = [layer for layer in layers(whole(make())) if layer["encoding"].keys() & {"strokeDash", "shape"}]
        assert shown and all(layer["encoding"]["color"]["field"] == "name" for layer in shown), make.__name__


def test_a_run_keeps_its_colour_and_there_is_a_legend_only_where_runs_are_compared() -> None:
    path = descend(Bowl(), (-3.0, 2.0), SGD(0.1), 3)
    for names in (("×1",), ("×1", "×2"), ("×1", "×½", "×2")):
        spec = charts.height_by_step(dict.fromkeys(names, path), "step", "E").to_dict()
        colour = next(layers(spec))["encoding"]["color"]
        assert dict(zip(*(colour["scale"][k] for k in ("domain", "range")), strict=True)) == {
            n: style.RUN_STYLES[n].colour for n in names
        }
        assert (colour["legend"] is not None) == (len(names) > 1)


def test_the_map_shows_its_picture_from_corner_to_corner() -> None:
    picture = above()
    image = {key: column[0] for key, column in picture.data["image"].items()}
    assert image["url"].startswith("data:image/png;base64,")
    assert (image["x0"], image["x1"]) == picture.look["x_domain"] == (-6, 6)
    assert (image["y0"], image["y1"]) == picture.look["y_domain"] == (-6, 6)
    first = next(layers(whole(picture)))
    assert first["mark"]["type"] == "image" and first["mark"]["aspect"] is False
    assert [first["encoding"][k]["field"] for k in ("x", "x2", "y", "y2")] == ["x0", "x1", "y0", "y1"]


def test_a_map_without_known_minima_can_be_drawn() -> None:
    picture = charts.map_with_paths("data:,", ((0.0, 1.0), (0.0, 1.0)), runs(Bowl(), 0.1), (), "x", "y")
    assert {key: len(column) for key, column in picture.data["minima"].items()} == {"x": 0, "y": 0}
    json.dumps(whole(picture), allow_nan=False)


@pytest.mark.parametrize("count", [0, 1, 4, 12, 30])
def test_the_first_twelve_minima_are_numbered_from_one(count: int) -> None:
    minima = np.random.default_rng(0).uniform(size=(count, 2))
    numbered = pd.DataFrame(charts.basin_map("data:,", ((0.0, 1.0), (0.0, 1.0)), minima, "x", "y").data["minima"])
    assert numbered["label"].tolist() == [str(k) for k in range(1, min(count, 12) + 1)]
    assert numbered[["x", "y"]].to_numpy() == pytest.approx(minima[:12])


@pytest.mark.parametrize("surface", [DoubleWell(), Himmelblau()], ids=repr)
def test_a_run_may_be_nothing_but_its_start(surface: Surface) -> None:
    path = descend(surface, surface.start, SGD(0.1), 0)
    frame = pd.DataFrame(frames.of_path({"×1": path}))
    assert len(frame) == 1 and frame["until"].iloc[0] == frames.FOREVER
    heights = charts.height_by_step({"×1": path}, "step", "E")
    assert heights.data["heights"]["height"].tolist() == path.height.tolist()


# ---- a map for each --------------------------------------------------------------------------------------------------


def tiles(picture: Picture) -> dict[str, tuple[float, float, float, float]]:
    """By run, where its map lies: left, right, lower and upper end."""
    image = picture.data["image"]
    ends = zip(*(image[key] for key in ("x0", "x1", "y0", "y1")), strict=True)
    return dict(zip(picture.data["titles"]["name"].tolist(), ends, strict=True))


def test_every_run_has_a_map_of_its_own_on_which_it_stays() -> None:
    """The ball with the larger rates leaves the map, and must not run across the next one."""
    surface = NarrowValley()
    paths = {f"run {k}": descend(surface, surface.start, SGD(rate), 30) for k, rate in enumerate((0.02, 0.079, 0.13))}
    assert surface.far(paths["run 2"].w[-1]) or np.abs(paths["run 2"].w[:, 1]).max() > surface.extent[1][1]
    picture = charts.map_for_each_run(charts.landscape_image(surface), surface.extent, paths, surface.minima)
    places = tiles(picture)
    assert len(set(places.values())) == 3
    for name, (left, right, low, high) in places.items():
        for table, x, y in (("path", "x", "y"), ("exits", "edge_x", "edge_y")):
            rows = picture.data[table]["name"] == name
            across, up = picture.data[table][x][rows], picture.data[table][y][rows]
            seen = np.isfinite(across)
            assert (across[seen] >= left - 1e-9).all() and (across[seen] <= right + 1e-9).all(), (name, table)
            assert (up[seen] >= low - 1e-9).all() and (up[seen] <= high + 1e-9).all(), (name, table)
    mine = picture.data["path"]["name"] == "run 0"
    moved = picture.data["path"]["x"][mine] - paths["run 0"].w[:, 0]
    assert np.ptp(moved) == pytest.approx(0) and picture.data["path"]["on"][mine].all()
    assert not picture.data["path"]["on"][picture.data["path"]["name"] == "run 2"].all()


def test_three_wide_maps_stand_two_by_two() -> None:
    """Three strips beside each other left most of a screen that is wider than high to nobody."""
    surface = NarrowValley()
    paths = {f"run {k}": descend(surface, surface.start, SGD(0.01), 2) for k in range(3)}
    picture = charts.map_for_each_run("data:", surface.extent, paths, surface.minima, name="rate_maps", slope=0.5)
    assert picture.name == "rate_maps"
    # the names covered the balls, which set out on the left
    assert picture.data["titles"]["right"].all() and picture.data["titles"]["x"][0] == picture.data["image"]["x1"][0]
    (_, right), (_, top) = picture.look["x_domain"], picture.look["y_domain"]
    assert right / top == pytest.approx(2, rel=0.05)


@pytest.mark.parametrize(
    ("surface", "count", "across"),
    [
        *((Bowl(), count, across) for count, across in ((1, 1), (2, 2), (6, 3), (7, 3), (14, 4))),
        # twice as wide as high: one above the other they are larger
        *((NarrowValley(), count, across) for count, across in ((2, 1), (6, 2), (14, 3))),
    ],
)
def test_maps_stand_in_rows_from_the_upper_left(surface: Surface, count: int, across: int) -> None:
    paths = {f"run {k}": descend(surface, surface.start, SGD(0.1), 2) for k in range(count)}
    picture = charts.map_for_each_run("data:", surface.extent, paths, surface.minima)
    places = list(tiles(picture).values())
    assert len({place[0] for place in places}) == across
    assert len({place[2] for place in places}) == -(-count // across)
    assert places[0][0] == min(place[0] for place in places) and places[0][3] == max(place[3] for place in places)
    assert picture.look["x_domain"][1] == pytest.approx(max(place[1] for place in places))
    assert picture.look["y_domain"][1] == pytest.approx(places[0][3])
