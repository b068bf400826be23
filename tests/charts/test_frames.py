"""Frames: the rows that the player shows, tangents and lines that are true, and pictures of whole grids."""

import base64
import io

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from charts import frames, style
from charts.png import indexed_png
from dlcore.experiments.descent import Path, descend
from dlcore.optimizers import SGD
from dlcore.surfaces import DoubleWell, Himmelblau, OwnFormula, Surface

MAPS = [Surface.get(name) for name in Surface.members if len(Surface.get(name).weights) == 2]


def decoded(address: str) -> Image.Image:
    head, data = address.split(",")
    assert head == "data:image/png;base64"
    return Image.open(io.BytesIO(base64.b64decode(data)))


def cells(address: str) -> np.ndarray:
    """The indices in a picture, shape (columns, rows), y growing upwards."""
    return np.array(decoded(address))[::-1].T


# ---- rows ----------------------------------------------------------------------------------------------------------


def two_runs() -> dict[str, Path]:
    return {
        name: descend(Himmelblau(), (-0.5, -1.0), SGD(rate), n) for name, rate, n in (("×1", 0.01, 7), ("×2", 0.02, 3))
    }


def test_at_every_step_exactly_one_row_of_each_run_is_shown() -> None:
    frame = pd.DataFrame(frames.of_path(two_runs()))
    for t in (0, 1, 3, 6, 7, 8, 1000):
        shown = frame[(frame["step"] <= t) & (t < frame["until"])]
        assert shown["name"].tolist() == ["×1", "×2"]
        assert shown["step"].tolist() == [min(t, 7), min(t, 3)], "a shorter run keeps showing its last step"


def test_a_path_has_the_numbers_of_its_run_and_where_the_next_step_leads() -> None:
    runs = two_runs()
    frame = pd.DataFrame(frames.of_path(runs))
    assert list(frame.columns) == ["name", "step", "until", "height", "x", "gx", "x_next", "y", "gy", "y_next"]
    for name, run in runs.items():
        rows = frame[frame["name"] == name]
        assert np.array_equal(rows[["x", "y"]], run.w) and np.array_equal(rows[["gx", "gy"]], run.gradient)
        assert np.array_equal(rows["height"], run.height)
        assert np.array_equal(rows[["x_next", "y_next"]], [*run.w[1:], run.w[-1]])


def test_one_weight_has_no_y() -> None:
    frame = pd.DataFrame(frames.of_path({"×1": descend(DoubleWell(), (1.0,), SGD(0.01), 2)}))
    assert list(frame.columns) == ["name", "step", "until", "height", "x", "gx", "x_next"]


def test_the_slope_of_a_tangent_is_the_gradient_and_it_touches_the_ball() -> None:
    run = descend(DoubleWell(), (1.6,), SGD(0.03), 20)
    frame = pd.DataFrame(frames.with_tangents(frames.of_path({"×1": run}), reach=0.4))
    slope = (frame["y1"] - frame["y0"]) / (frame["x1"] - frame["x0"])
    assert slope.to_numpy() == pytest.approx(run.gradient[:, 0])
    assert ((frame["x0"] + frame["x1"]) / 2).to_numpy() == pytest.approx(run.w[:, 0])
    assert ((frame["y0"] + frame["y1"]) / 2).to_numpy() == pytest.approx(run.height)
    assert (frame["x1"] - frame["x"]).to_numpy() == pytest.approx(0.4)


def test_what_lies_outside_a_picture_is_known_and_a_line_leads_there() -> None:
    heights = np.array([1.0, 5.0, 5.1, np.inf, np.nan, -np.inf, -2.0])
    assert frames.exits_at(heights, (0.0, 5.0)).tolist() == [0, 0, 1, 1, 1, -1, -1]
    drawn = frames.drawn_beyond(heights, (0.0, 5.0))
    assert np.isfinite(drawn).all() and drawn[:3].tolist() == [1.0, 5.0, 5.1] and drawn[-1] == -2.0
    assert (drawn[3:5] > 1000).all() and drawn[5] < -1000
    tall = frames.drawn_beyond(np.array([1e-200, 0.5, 1e200, np.nan]), (0.1, 1.0), log=True)
    assert (tall > 0).all() and np.isfinite(tall).all() and tall[1] == 0.5 and tall[0] < 1e-3 < 1e3 < tall[2]


def test_a_way_leaves_a_box_where_its_straight_line_does() -> None:
    places = np.array([[0.0, 0.0], [4.0, 2.0], [-4.0, -4.0], [-9.0, -4.0], [0.0, 0.5], [np.inf, np.nan]])
    path = {"name": np.full(6, "a"), "step": np.arange(6), "until": np.arange(1, 7)}
    path |= {"x": places[:, 0], "y": places[:, 1]}
    exits = frames.of_exits(path, ("x", "y"), ((-1.0, 1.0), (-1.0, 1.0)), straight=True)
    assert exits["step"].tolist() == [1, 2, 3, 5]
    edge = list(zip(exits["edge_x"].tolist(), exits["edge_y"].tolist(), strict=True))
    assert edge[0] == (1.0, 0.5), "to the right, half way up"
    assert edge[1] == (-1.0, -1.0) or edge[1][1] == -1.0
    assert edge[2] == (-1.0, -1.0), "a way beside the box: the nearest place of its edge"
    assert edge[3] == (1.0, 1.0), "what is no number is far off"
    assert exits["angle"].tolist()[0] == 90 and exits["angle"].tolist()[3] == 45
    assert (
        frames.of_exits({key: column[:1] for key, column in path.items()}, ("x", "y"), ((-1, 1), (-1, 1)))["step"].size
        == 0
    )


def test_a_line_joins_the_heights_that_its_weights_give_at_both_ends() -> None:
    slope, intercept = np.array([1.0, -2.0, 0.5]), np.array([0.0, 3.0, 1.0])
    frame = pd.DataFrame(frames.of_lines({"×1": (slope, intercept), "×2": (slope[:1], intercept[:1])}, (-1.0, 4.0)))
    assert frame["y0"].tolist() == [-1.0, 5.0, 0.5, -1.0] and frame["y1"].tolist() == [4.0, -5.0, 3.0, 4.0]
    assert set(frame["x0"]) == {-1.0} and set(frame["x1"]) == {4.0}
    assert frame["until"].tolist() == [1, 2, frames.FOREVER, frames.FOREVER]


# ---- pictures of grids ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(1, 1), (5, 3), (3, 5), (200, 200)])
def test_an_indexed_png_decodes_to_the_same_cells_with_y_upwards(shape: tuple[int, int]) -> None:
    palette = [f"#{k:02x}{255 - k:02x}80" for k in range(256)]
    wanted = np.random.default_rng(6).integers(0, 256, shape)
    picture = decoded(indexed_png(wanted, palette))
    assert picture.mode == "P" and picture.size == shape
    assert np.array_equal(cells(indexed_png(wanted, palette)), wanted)
    k = int(wanted[0, -1])
    assert picture.convert("RGB").getpixel((0, 0)) == (k, 255 - k, 0x80), "the top left is x lowest, y highest"


@pytest.mark.parametrize("surface", MAPS, ids=repr)
def test_a_map_is_a_few_kilobytes_and_uses_its_bands(surface: Surface) -> None:
    height = surface(*surface.grid(200))
    address = frames.height_bands(height)
    assert len(address) < 30_000
    bands = cells(address)
    assert bands.shape == (200, 200) and bands.min() == 0 and bands.max() == len(style.HEIGHTS) - 1
    order = np.argsort(height, axis=None)
    assert np.all(np.diff(bands.ravel()[order].astype(int)) >= 0), "higher ground never has a lower band"
    assert len(np.unique(bands)) >= 6, "enough bands to see the valley"


@pytest.mark.parametrize("text", ["3", "log(-1 - x**2 - y**2)", "1/(x - x) + y"])
def test_ground_without_relief_is_one_band(text: str) -> None:
    surface = OwnFormula(text)
    bands = cells(frames.height_bands(surface(*surface.grid(20))))
    assert np.all(bands == len(style.HEIGHTS) // 2)


def test_what_is_no_number_is_drawn_as_the_highest_and_minus_infinity_as_the_lowest() -> None:
    height = np.array([[0.0, 1.0, 2.0], [np.nan, np.inf, -np.inf]])
    top = len(style.HEIGHTS) - 1
    assert cells(frames.height_bands(height))[1].tolist() == [top, top, 0]
    assert cells(frames.height_bands(height))[0, [0, 2]].tolist() == [0, top]


@pytest.mark.parametrize("scale", [2.0**-1000, 2.0**-30, 2.0**30, 2.0**1000])
def test_bands_do_not_depend_on_the_unit_of_the_height(scale: float) -> None:
    height = np.linspace(-1, 1, 400).reshape(20, 20)
    assert np.array_equal(cells(frames.height_bands(height * scale)), cells(frames.height_bands(height)))


def test_every_label_has_a_colour_and_the_twelve_return() -> None:
    label = np.array([[-2, -1, 0, 1], [11, 12, 13, 199]])
    picture = decoded(frames.basin_colours(label)).convert("RGB")
    names = [style.DIVERGED, style.UNDECIDED, style.BASINS[0], style.BASINS[1]]
    names += [style.BASINS[11], style.BASINS[0], style.BASINS[1], style.BASINS[199 % 12]]
    for (x, y), name in zip(np.ndindex(2, 4), names, strict=True):
        assert picture.getpixel((x, 3 - y)) == tuple(bytes.fromhex(name[1:]))


def test_colours_of_different_meaning_differ() -> None:
    assert len({style.DIVERGED, style.UNDECIDED, *style.BASINS}) == 2 + len(style.BASINS)
    assert len(set(style.HEIGHTS)) == len(style.HEIGHTS)
    brightness = [sum(bytes.fromhex(colour[1:])) for colour in style.HEIGHTS]
    assert brightness == sorted(brightness), "dark is low and light is high"
