"""Pictures as data: valid Vega-Lite whose every name has its column, and a look that runs do not change."""

import json
from functools import cache

import numpy as np
import pandas as pd
import pytest

import charts
from charts import frames, style
from charts.axes import MOST_STEPS, NOW, SO_FAR
from charts.picture import Picture
from dlcore.descent import Path, basins, descend
from dlcore.optimizers import SGD, named_rules
from dlcore.surfaces import Bowl, DoubleWell, Himmelblau, LineFit, SlopeFit, Surface, parse
from tests.charts.spec import fields, layers, whole

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
    return charts.map_with_paths(image, extent, runs(surface, rate, start), surface.minima, "x", "y")


@cache
def ends(rate: float = 0.01, start: tuple[float, ...] = ()) -> Picture:
    surface = Himmelblau()
    found = basins(surface, surface.grid(20), SGD(rate), 100)
    return charts.basin_map(charts.basin_colours(found.label), ((-6.0, 6.0), (-6.0, 6.0)), found.minima, "x", "y")


PICTURES = {"curve_with_balls": curve, "data_with_lines": lines, "height_by_step": heights}
PICTURES |= {"map_with_paths": above, "basin_map": ends}
every_picture = pytest.mark.parametrize("make", PICTURES.values(), ids=PICTURES.keys())
playing = pytest.mark.parametrize("make", [curve, lines, heights, above], ids=lambda make: make.__name__)


OTHER_STARTS = {curve: (3.0,), lines: (0.0, 0.0), heights: (1.0, 1.0), above: (5.0, 5.0)}


@playing
def test_the_step_shown_is_a_parameter_bound_to_a_slider(make) -> None:
    (shown,) = (param for param in whole(make())["params"] if param["name"] == "t")
    assert shown["bind"] | {"name": ""} == {"input": "range", "min": 0, "max": MOST_STEPS, "step": 1, "name": ""}
    assert shown["value"] == MOST_STEPS, "all of a run is seen where nothing plays it"


@playing
def test_what_moves_is_filtered_on_the_step_shown(make) -> None:
    picture = make()
    moving = {name for name, frame in picture.data.items() if "until" in frame}
    assert len(moving) == 1
    filters = [
        [f["filter"] for f in layer.get("transform", [])]
        for layer in layers(whole(picture))
        if layer["data"]["name"] in moving
    ]
    assert any(NOW in each for each in filters)
    # only the faint line of the whole error curve stands still
    assert sum(not each for each in filters) == (make is heights)
    assert all(set(each) <= {NOW, SO_FAR, "datum.name == '×1'"} for each in filters)


def test_the_map_of_basins_stands_still() -> None:
    assert "params" not in whole(ends())


@every_picture
def test_a_look_does_not_change_when_only_the_run_does(make) -> None:
    one, other = make(), make(rate=0.003) if make is ends else make(rate=0.003, start=OTHER_STARTS[make])
    assert one.look == other.look and one.draw is other.draw


@every_picture
def test_words_of_the_reader_are_titles_and_never_columns(make) -> None:
    spec = json.dumps(whole(make()), ensure_ascii=False)
    renamed = {key: "낱말 " + key if key.endswith("_title") else value for key, value in make().look.items()}
    spoken = make().draw(**renamed).to_dict()
    assert "낱말 x_title" in json.dumps(spoken, ensure_ascii=False) and "낱말" not in spec
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
    surface = parse(text)
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


def test_what_climbs_out_of_the_heights_is_cut_off() -> None:
    frame = pd.DataFrame(charts.height_by_step(runs(Bowl(), 1.1), "step", "E").data["heights"])
    start, low = 13.0, descend(Bowl(), (-3.0, 2.0), SGD(0.55), 12).height.min()
    assert frame["height"].max() <= start + 0.5 * (start - low)
    assert frame.loc[frame["name"] == "×2", "height"].isna().sum() > 0
    assert frame.loc[frame["name"] == "×½", "height"].notna().all()


@pytest.mark.parametrize("text", ["3", "log(-1 - x**2 - y**2)", "-x**2 - y**2", "log(x*y)", "exp(x**2 + y**2)"])
def test_heights_without_a_fall_can_be_drawn(text: str) -> None:
    surface = parse(text)
    path = descend(surface, (0.5, 0.5), SGD(1.0), 8)
    frame = pd.DataFrame(charts.height_by_step({"×1": path}, "step", "E").data["heights"])
    assert not np.isinf(frame["height"]).any() and len(frame) == path.steps + 1
    assert frame["height"].iloc[0] == path.height[0] or np.isnan(path.height[0])


def test_runs_are_told_apart_by_colour_dash_and_shape() -> None:
    assert len({style.LOOKS[name].colour for name in named_rules()}) == len(named_rules())
    for together in (["×½", "×1", "×2"], ["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam"]):
        looks = [style.look_of(name) for name in together]
        for marks in zip(*looks):
            assert len(set(marks)) == len(together), together
    assert style.look_of("unheard of", 1) != style.look_of("unheard of", 2)
    for make in (curve, lines, heights, above):
        shown = [layer for layer in layers(whole(make())) if layer["encoding"].keys() & {"strokeDash", "shape"}]
        assert shown and all(layer["encoding"]["color"]["field"] == "name" for layer in shown), make.__name__


def test_a_run_keeps_its_colour_and_there_is_a_legend_only_where_runs_are_compared() -> None:
    path = descend(Bowl(), (-3.0, 2.0), SGD(0.1), 3)
    for names in (("×1",), ("×1", "×2"), ("×1", "×½", "×2")):
        spec = charts.height_by_step(dict.fromkeys(names, path), "step", "E").to_dict()
        colour = next(layers(spec))["encoding"]["color"]
        assert dict(zip(*(colour["scale"][k] for k in ("domain", "range")), strict=True)) == {
            n: style.LOOKS[n].colour for n in names
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
