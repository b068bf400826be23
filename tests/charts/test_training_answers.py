"""Pictures of a training epoch by epoch as data: the rows of a frame stay until the next one's, and bytes are few."""

import base64
import json
import struct
import zlib
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

import charts
from charts import frames
from charts.axes import MOST_STEPS, NOW, SO_FAR
from charts.class_colours import CLASSES, LEVELS, NO_NUMBER, class_shades
from charts.picture import Picture
from charts.training_inside import MOST_LAYERS, MOST_LINES, MOST_UNITS, SHADES
from tests.charts.spec import layers, whole
from ui.pictures import arrow_tables

EPOCHS = np.array([0, 2, 4, 6, 7])
EXTENT = ((-2.0, 3.0), (-1.0, 2.0))
RNG = np.random.default_rng(0)
POINTS, LABELS, VALIDATION = RNG.uniform(-1, 2, (30, 2)), np.arange(30) % 3, np.arange(30) >= 24
MOST_BYTES = 250_000


def waves(count: int, side: int, outputs: int, factor: float = 1.0) -> np.ndarray:
    """Smooth answers, shape (count, side, side, outputs), between 0 and 1; rows of several outputs add up to 1."""
    x, y = np.meshgrid(np.linspace(-2, 2, side), np.linspace(-2, 2, side), indexing="ij")
    turn = np.arange(count)[:, None, None, None] / 10 + np.arange(outputs) * 2
    z = 3 * factor * np.sin(x[..., None] + turn) * np.cos(1.5 * y[..., None] + turn / 2)
    if outputs == 1:
        return 1 / (1 + np.exp(-2 * z))
    e = np.exp(2 * z)
    return e / e.sum(axis=-1, keepdims=True)


@cache
def regions(factor: float = 1.0, outputs: int = 3) -> Picture:
    names = ("a", "b", "c")[: max(2, outputs)]
    answers = waves(len(EPOCHS), 12, outputs, factor)
    labels = LABELS % len(names)
    return charts.regions_film(answers, EPOCHS, EXTENT, POINTS, labels, VALIDATION, names, "x", "y")


@cache
def predictions(factor: float = 1.0) -> Picture:
    truth = POINTS[:, 0]
    predicted = truth * np.linspace(0, factor, len(EPOCHS))[:, None]
    return charts.predictions_film(truth, predicted, VALIDATION, EPOCHS, "y", "ŷ")


@cache
def curve(factor: float = 1.0) -> Picture:
    x = np.linspace(-1, 2, 20)
    curves = np.sin(x) * np.linspace(0, factor, len(EPOCHS))[:, None]
    return charts.curve_film(x, curves, POINTS, VALIDATION, EPOCHS, "x", "y")


@cache
def shares(factor: float = 1.0) -> Picture:
    counts = np.tile(np.diag([5, 6, 7]), (len(EPOCHS), 1, 1))
    counts[0, 0] = [0, 5, 0] if factor == 1 else [1, 4, 0]
    return charts.confusion_film(counts, EPOCHS, ("a", 'b"c', "d'"), "predicted", "true")


@cache
def units(factor: float = 1.0) -> Picture:
    return charts.unit_maps_film(waves(len(EPOCHS), 6, 8, factor) - 0.1, EPOCHS)


@cache
def histograms(factor: float = 1.0) -> Picture:
    spread = {f"dense_{k}": RNG.dirichlet(np.ones(6) * factor, len(EPOCHS)) for k in range(3)}
    return charts.histograms_film(np.linspace(-2, 2, 7), spread, EPOCHS, "w")


@cache
def network(factor: float = 1.0) -> Picture:
    kernels = [
        np.cumsum(np.random.default_rng(k).normal(size=(5, *s)), 0) * factor for k, s in enumerate(((3, 4), (4, 1)))
    ]
    return charts.network_drawing(kernels, EPOCHS, ("x", "h", "y"))


@cache
def curves(factor: float = 1.0) -> Picture:
    falling = np.exp(-np.arange(8) / 3)
    return charts.curves_by_epoch({"train": falling, "val": 1 - (1 - falling) * factor}, "t", "L", ("majority", 0.9))


PICTURES = {"regions_film": regions, "predictions_film": predictions, "curve_film": curve, "confusion_film": shares}
PICTURES |= {"unit_maps_film": units, "histograms_film": histograms, "network_drawing": network}
PICTURES |= {"curves_by_epoch": curves}
FILMS = {name: make for name, make in PICTURES.items() if name != "curves_by_epoch"}
every_picture = pytest.mark.parametrize("make", PICTURES.values(), ids=PICTURES.keys())
every_film = pytest.mark.parametrize("make", FILMS.values(), ids=FILMS.keys())


def pixels(address: str) -> tuple[np.ndarray, list[str]]:
    """The indices of a picture, shape (columns, rows), y upwards, and its palette."""
    data = base64.b64decode(address.split(",")[1])
    width, height = struct.unpack(">II", data[16:24])
    start, chunks = 8, {}
    while start < len(data):
        (length,) = struct.unpack(">I", data[start : start + 4])
        chunks[data[start + 4 : start + 8]] = data[start + 8 : start + 8 + length]
        start += length + 12
    rows = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(height, width + 1)[:, 1:]
    palette = [
        f"#{part.hex().upper()}" for part in (chunks[b"PLTE"][k : k + 3] for k in range(0, len(chunks[b"PLTE"]), 3))
    ]
    return rows[::-1].T, palette


def sent(picture: Picture) -> int:
    """The bytes that go to a browser for the data."""
    tables = [arrow_tables.table(columns) for columns in picture.data.values()]
    return sum(len(table) for table in tables if isinstance(table, bytes))


# ---- all of them -----------------------------------------------------------------------------------------------------


@every_picture
def test_the_player_moves_it(make: Any) -> None:
    (shown,) = (param for param in whole(make())["params"] if param["name"] == "t")
    assert shown["bind"]["input"] == "range" and shown["value"] == MOST_STEPS
    text = json.dumps(whole(make()))
    assert NOW.replace('"', "'") in text or SO_FAR in text


@every_film
def test_a_frame_is_shown_until_the_next_one(make: Any) -> None:
    moving = [columns for columns in make().data.values() if "step" in columns]
    assert moving
    for columns in moving:
        assert set(columns["step"]) <= set(EPOCHS) and set(columns["until"]) <= {*EPOCHS, frames.FOREVER}
        assert (columns["step"] < columns["until"]).all()
    # at each epoch between two frames as much is shown as at the frame before it
    for epoch in range(int(EPOCHS[-1]) + 3):
        frame = EPOCHS[EPOCHS <= epoch].max()
        for columns in moving:
            now = (columns["step"] <= epoch) & (epoch < columns["until"])
            assert now.any()
            then = (columns["step"] <= frame) & (frame < columns["until"])
            assert np.array_equal(now, then)


# ---- answers ---------------------------------------------------------------------------------------------------------


def test_a_place_has_the_colour_of_its_class_and_the_shade_of_its_sureness() -> None:
    answers = np.array([[[0.0], [0.4]], [[0.6], [1.0]], [[0.5], [np.nan]]])
    cells, palette = pixels(class_shades(answers))
    assert cells.tolist() == [[LEVELS - 1, 1], [LEVELS + 1, 2 * LEVELS - 1], [0, 2 * LEVELS]], "0.5 is not above 0.5"
    assert palette[-1] == NO_NUMBER and len(palette) == 2 * LEVELS + 1
    three = np.array([[[1.0, 0, 0], [0.3, 0.3, 0.4]], [[0, 1.0, 0], [np.inf, 0, 0]]])
    cells, palette = pixels(class_shades(three))
    assert cells.tolist() == [[LEVELS - 1, 2 * LEVELS], [2 * LEVELS - 1, 3 * LEVELS]]
    # a margin loss means class 0 at -1
    assert pixels(class_shades(np.array([[[-1.0], [1.0]]]), (-1, 1)))[0].tolist() == [[7, 15]]


def test_ten_classes_have_colours_and_shapes_that_differ() -> None:
    assert len(set(CLASSES)) == 10
    points = np.zeros((10, 2))
    picture = charts.regions_film(
        waves(5, 8, 10), EPOCHS, EXTENT, points, np.arange(10), np.zeros(10), [*"0123456789"], "x", "y"
    )
    encoding = next(layer["encoding"] for layer in layers(whole(picture)) if "shape" in layer["encoding"])
    scales = encoding["color"]["scale"]["range"], encoding["shape"]["scale"]["range"]
    assert len(set(zip(*scales, strict=True))) == 10


def test_rows_for_validation_are_hollow_and_the_others_filled() -> None:
    for make, name in ((regions, "points"), (predictions, "rows"), (curve, "points")):
        marks = [
            (layer["transform"][-1]["filter"], layer["mark"]["filled"])
            for layer in layers(whole(make()))
            if layer["data"]["name"] == name
        ]
        assert marks == [("datum.validation == 0", True), ("datum.validation == 1", False)]
        assert make().data[name]["validation"].sum() > 0


def test_two_classes_and_many_rows() -> None:
    assert regions(outputs=1).look["classes"] == ("a", "b")
    many = RNG.normal(size=(5000, 2))
    picture = charts.regions_film(
        waves(5, 8, 1), EPOCHS, EXTENT, many, np.arange(5000) % 2, np.arange(5000) >= 4000, ("a", "b"), "x", "y"
    )
    assert len(picture.data["points"]["x"]) <= 400
    assert picture.data["points"]["validation"].mean() == pytest.approx(0.2, abs=0.01)


def test_predictions_beyond_the_axes_lie_on_their_edge() -> None:
    predicted = np.array([[1e9, -1e9, np.nan, np.inf]] * 5)
    picture = charts.predictions_film(np.array([0.0, 1, 2, 3]), predicted, np.zeros(4), EPOCHS, "y", "ŷ")
    low, high = picture.look["domain"]
    assert picture.data["rows"]["y"][:4] == pytest.approx([high, low, np.nan, high], nan_ok=True)
    same = charts.predictions_film(np.ones(3), np.ones((5, 3)), np.zeros(3), EPOCHS, "y", "ŷ")
    assert same.look["domain"][0] < 1 < same.look["domain"][1]


def test_a_curve_that_is_lost_is_left_out() -> None:
    x = np.linspace(0, 1, 4)
    curves = np.array([[0.0, 1, 2, 3], [1e200, np.nan, np.inf, -1e31]])
    picture = charts.curve_film(x, curves, POINTS, VALIDATION, np.array([0, 1]), "x", "y")
    assert picture.data["curve"]["y"][:4].tolist() == [0, 1, 2, 3]
    assert np.isnan(picture.data["curve"]["y"][4:]).all()


def test_squares_count_the_rows_of_every_class() -> None:
    cells = shares().data["cells"]
    first = cells["step"] == 0
    assert sorted(zip(cells["truth"][first], cells["predicted"][first], cells["count"][first], strict=True)) == [
        (0, 1, 5),
        (1, 1, 6),
        (2, 2, 7),
    ]
    assert (cells["share"] == 1).all()
    text = json.dumps(whole(shares()))
    assert json.dumps(json.dumps(["a", 'b"c', "d'"]))[1:-1] in text, "names are written as a list, whatever they hold"


# ---- inside ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 6, 7, 12, 16])
def test_every_unit_has_its_tile(count: int) -> None:
    maps = np.zeros((2, 4, 3, count))
    maps[..., count - 1] = 1
    maps[1, 0, 0, 0] = np.nan
    picture = charts.unit_maps_film(maps, np.array([0, 1]))
    across, down = picture.look["across"], picture.look["down"]
    cells, palette = pixels(str(picture.data["image"]["url"][1]))
    assert cells.shape == (across * 5 + 1, down * 4 + 1) and across * down >= count and across <= 6
    titles = picture.data["titles"]
    for k in range(count):
        left, low = int(titles["x"][k]) * 5 + 1, int(titles["y"][k]) * 4 + 1
        assert cells[left + 1, low + 1] == (SHADES - 1 if k == count - 1 else SHADES // 2)
    assert cells[1, (down - 1) * 4 + 1] == SHADES and palette[SHADES] == NO_NUMBER


def test_a_histogram_has_a_row_a_layer_and_of_many_layers_both_ends() -> None:
    spread = {f"dense_{k}": np.full((5, 4), 0.25) for k in range(21)}
    picture = charts.histograms_film(np.geomspace(1e-6, 1, 5), spread, EPOCHS, "g", log=True)
    names = picture.look["names"]
    assert len(names) == MOST_LAYERS and (names[0], names[-1]) == ("dense_0", "dense_20")
    assert whole(picture)["layer"][0]["encoding"]["x"]["scale"]["type"] == "log"
    bars = picture.data["bars"]
    assert (bars["y"] > bars["y1"]).all() and (bars["x"] < bars["x1"]).all()
    assert histograms().data["bars"]["share"].sum() == pytest.approx(3 * len(EPOCHS), rel=1e-5)


def test_lines_are_as_wide_as_their_weights_and_dashed_if_negative() -> None:
    kernel = np.array([[[1.0, -0.5]], [[1.0, 0.0]]])
    picture = charts.network_drawing([kernel], np.array([0, 3]), ("x", "y"))
    lines = picture.data["lines"]
    rows = {
        (int(step), int(until), bool(positive)): float(width)
        for step, until, positive, width in zip(
            *(lines[k] for k in ("step", "until", "positive", "width")), strict=True
        )
    }
    assert rows == pytest.approx({(0, frames.FOREVER, True): 6.8, (0, 3, False): 3.55})
    dashes = {
        layer["transform"][-1]["filter"]: layer["mark"]["strokeDash"]
        for layer in layers(whole(picture))
        if layer["data"]["name"] == "lines"
    }
    assert dashes["datum.positive == 0"] != dashes["datum.positive == 1"] == [1, 0]


@pytest.mark.parametrize("sizes", [(1, 1), (2, 512, 1), (30, *[512] * 2, 10), (2, *[20] * 20, 3), (64, 3)])
def test_large_networks_are_drawn_in_part(sizes: tuple[int, ...]) -> None:
    kernels = [RNG.normal(size=(2, a, b)) for a, b in pairwise(sizes)]
    picture = charts.network_drawing(kernels, np.array([0, 1]), [str(k) for k in range(len(sizes))])
    lines, nodes, columns = (picture.data[name] for name in ("lines", "nodes", "columns"))
    drawn = set(zip(*(lines[key].tolist() for key in ("x", "y", "x1", "y1")), strict=True))
    assert len(drawn) <= MOST_LINES + 4 * len(sizes)
    places = set(zip(nodes["x"].astype(np.float32).tolist(), nodes["y"].astype(np.float32).tolist(), strict=True))
    for x, y, x1, y1 in drawn:
        assert {(x, y), (x1, y1)} <= places, "a line goes from a unit to a unit"
    assert columns["more"].tolist() == [f"+{n - MOST_UNITS}" if n > MOST_UNITS else "" for n in sizes]
    assert np.abs(nodes["y"]).max() <= 0.5


def test_a_network_that_diverged_can_be_drawn() -> None:
    kernel = np.array([[[1.0]], [[np.nan]], [[np.inf]]])
    lines = charts.network_drawing([kernel], np.array([0, 1, 2]), ("x", "y")).data["lines"]
    assert np.isfinite(lines["width"]).all() and lines["step"].tolist() == [0, 2]


# ---- curves ----------------------------------------------------------------------------------------------------------


def test_values_can_be_read_at_every_epoch() -> None:
    table = curves().data["epochs"]
    assert table["step"].tolist() == list(range(1, 9))
    assert table["v0"] == pytest.approx(np.exp(-np.arange(8) / 3))
    under = [layer for layer in layers(whole(curves())) if layer["data"]["name"] == "epochs"]
    assert [each["title"] for each in under[0]["encoding"]["tooltip"]] == ["t", "train", "val"]


def test_the_baseline_is_a_line_if_there_is_one() -> None:
    assert curves().data["baseline"]["value"].tolist() == [0.9]
    for baseline, log in ((None, False), (("a", np.nan), False), (("a", -1.0), True)):
        picture = charts.curves_by_epoch({"t": np.ones(3)}, "t", "L", baseline, log)
        assert not len(picture.data["baseline"]["value"])


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize(
    "values",
    [[1.0, np.nan, np.inf], [np.nan], [5.0], [0.0, 0.0], [1, *[0.1] * 30, 1e30], [-3.0, -2.0], [1e-300, 1e300]],
)
def test_the_axis_is_readable_whatever_comes(values: list[float], log: bool) -> None:
    picture = charts.curves_by_epoch({"t": np.array(values), "v": np.array(values[:1])}, "t", "L", ("b", 0.5), log)
    low, high = picture.look["y_domain"]
    assert np.isfinite([low, high]).all() and low < high and (low > 0 or not log)
    whole(picture)


def test_a_curve_that_climbs_out_does_not_flatten_the_others() -> None:
    picture = charts.curves_by_epoch({"t": np.array([1, *[0.1] * 30, 1e30])}, "t", "L", ("b", 0.5))
    assert 0.5 < picture.look["y_domain"][1] < 10


# ---- how much is sent ------------------------------------------------------------------------------------------------


def at_their_largest() -> dict[str, Picture]:
    epochs, many = np.arange(60) * 8, np.random.default_rng(1)
    points, validation = many.normal(size=(2000, 2)), np.arange(2000) >= 1600
    noisy = np.abs(many.normal(size=(60, 24)))
    kernels = [np.cumsum(many.normal(size=(60, *size)), 0) for size in ((8, 12), (12, 8), (8, 1))]
    deep = [np.cumsum(many.normal(size=(60, *size)), 0) for size in ((8, 20), *[(20, 20)] * 19, (20, 1))]
    names = [f"class {k}" for k in range(10)]
    titles = ("x", "y")
    return {
        "regions": charts.regions_film(
            waves(60, 64, 1), epochs, EXTENT, points, np.arange(2000) % 2, validation, names[:2], *titles
        ),
        "regions of ten": charts.regions_film(
            waves(60, 64, 10), epochs, EXTENT, points, np.arange(2000) % 10, validation, names, *titles
        ),
        "predictions": charts.predictions_film(points[:, 0], many.normal(size=(60, 2000)), validation, epochs, *titles),
        "curve": charts.curve_film(
            np.linspace(0, 1, 200), many.normal(size=(60, 200)), points, validation, epochs, *titles
        ),
        "shares": charts.confusion_film(many.integers(1, 99, (60, 10, 10)), epochs, names, *titles),
        "units": charts.unit_maps_film(waves(60, 24, 16), epochs),
        "histograms": charts.histograms_film(np.linspace(-1, 1, 25), {f"d{k}": noisy for k in range(6)}, epochs, "w"),
        "network": charts.network_drawing(kernels, epochs, names[:4]),
        "deep network": charts.network_drawing(deep, epochs, [str(k) for k in range(22)]),
        "curves": charts.curves_by_epoch({n: many.random(2000) for n in "abcd"}, *titles, ("b", 0.5)),
    }


def test_a_picture_of_sixty_frames_is_small() -> None:
    bytes_sent = {name: sent(picture) for name, picture in at_their_largest().items()}
    assert max(bytes_sent.values()) <= MOST_BYTES, bytes_sent
    regions = at_their_largest()["regions"].data["image"]["url"]
    assert max(len(base64.b64decode(url.split(",")[1])) for url in regions) <= 2500
