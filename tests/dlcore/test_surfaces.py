"""Surfaces: every landscape against its own definition; a new one is tested by being defined."""

import math

import numpy as np
import pytest

from dlcore.datasets import NoisyLine, Penguins
from dlcore.experiments.descent import descend
from dlcore.family import SettingError
from dlcore.formulas import FormulaError
from dlcore.losses import MeanSquaredError
from dlcore.optimizers import SGD
from dlcore.preprocessing import standardize
from dlcore.surfaces import LineFit, OwnFormula, SlopeFit, Surface

NOISY = NoisyLine(count=80, outliers=0.1, seed=3)
MEMBERS = [Surface.get(name) for name in Surface.members]
MEMBERS += [
    LineFit(scaled=False),
    LineFit(NOISY),
    LineFit(NOISY, scaled=False),
    SlopeFit(NOISY),
    OwnFormula("cosh(x) + x", 3.0),
]

every_surface = pytest.mark.parametrize("surface", MEMBERS, ids=repr)


def places(surface: Surface, *shape: int) -> np.ndarray:
    """Random places all over the map, shape (weights, *shape)."""
    rng = np.random.default_rng(11)
    return np.array([rng.uniform(low, high, shape) for low, high in surface.extent])


def sides(surface: Surface) -> np.ndarray:
    return np.array([high - low for low, high in surface.extent])


@every_surface
def test_gradient_is_the_limit_of_central_differences(surface: Surface) -> None:
    w = places(surface, 200)
    gradient = surface.gradient(*w)
    for i, side in enumerate(sides(surface)):
        step = np.zeros_like(w)
        step[i] = h = 1e-6 * side
        slope = (surface(*(w + step)) - surface(*(w - step))) / (2 * h)
        # the heights are rounded to 16 digits, which a difference of 1e-6 of the map magnifies
        blur = 1e-9 * np.abs(surface(*w)).max() / side
        assert gradient[i] == pytest.approx(slope, rel=2e-5, abs=blur + 1e-7)


@every_surface
def test_hessian_is_the_limit_of_second_differences_of_the_height(surface: Surface) -> None:
    w, h = places(surface, 100), 1e-4 * sides(surface)
    hessian, step = surface.hessian(*w), np.diag(h)
    assert hessian.shape == (len(w), len(w), 100)
    assert np.array_equal(hessian, hessian.swapaxes(0, 1))
    blur = 1e-7 * np.abs(surface(*w)).max()
    for i in range(len(w)):
        for j in range(len(w)):
            corners = [
                s * t * surface(*(w + s * step[i][:, None] + t * step[j][:, None])) for s in (1, -1) for t in (1, -1)
            ]
            bend = sum(corners) / (4 * h[i] * h[j])
            assert hessian[i, j] == pytest.approx(
                bend, rel=2e-3, abs=blur / (h[i] * h[j]) * 1e-4 + 1e-4 * np.abs(bend).max()
            )


@every_surface
def test_curvatures_are_the_eigenvalues_smallest_first(surface: Surface) -> None:
    w = places(surface, 50)
    curvatures, hessian = surface.curvatures(*w), surface.hessian(*w)
    assert np.all(np.diff(curvatures, axis=0) >= 0)
    assert curvatures.sum(axis=0) == pytest.approx(np.trace(hessian))
    assert curvatures.prod(axis=0) == pytest.approx(np.linalg.det(np.moveaxis(hessian, -1, 0)), rel=1e-6)


@every_surface
@pytest.mark.parametrize("shape", [(), (7,), (3, 4)])
def test_height_and_slopes_have_the_shape_of_the_weights(surface: Surface, shape: tuple[int, ...]) -> None:
    w = places(surface, *shape)
    height, gradient = surface(*w), surface.gradient(*w)
    assert np.shape(height) == shape and gradient.shape == w.shape
    flat = w.reshape(len(w), -1)
    assert np.ravel(height) == pytest.approx(surface(*flat), rel=1e-12)
    assert gradient.reshape(flat.shape) == pytest.approx(surface.gradient(*flat), rel=1e-12)


@every_surface
def test_weights_broadcast_and_whole_numbers_are_numbers(surface: Surface) -> None:
    row = np.arange(-2, 3)
    if len(surface.weights) == 2:
        x, y = np.broadcast_arrays(row, row[:2, None])
        assert np.array_equal(surface(row, row[:2, None]), surface(x, y))
        assert surface.gradient(x, y).shape == (2, 2, 5)
        assert np.array_equal(surface.gradient(row, row[:2, None]), surface.gradient(x, y))
    w = [2] * len(surface.weights)
    assert surface(*w) == surface(*map(float, w)) == surface(*(np.array([v]) for v in w))[0]


@every_surface
def test_known_minima_are_minima_in_the_map_and_a_lowest_comes_first(surface: Surface) -> None:
    for place in surface.minima:
        assert surface.gradient(*place) * sides(surface) == pytest.approx(0, abs=1e-9 * (1 + abs(surface(*place))))
        assert np.all(surface.curvatures(*place) >= 0)
        assert all(low <= v <= high for v, (low, high) in zip(place, surface.extent, strict=True))
    heights = [float(surface(*place)) for place in surface.minima]
    assert np.all(np.diff(heights) >= -1e-12)
    if heights:
        every = surface(*surface.grid(400))
        assert every.min() >= heights[0] - 1e-12 * (1 + abs(every).max())


@every_surface
def test_a_map_is_worth_drawing_and_has_its_start_in_it(surface: Surface) -> None:
    assert 1 <= len(surface.weights) <= 2
    assert len(surface.weights) == len(surface.extent) == len(surface.start)
    for v, (low, high) in zip(surface.start, surface.extent, strict=True):
        assert low < high and low <= v <= high
    assert np.ptp(surface(*surface.grid(20))) > 0
    assert surface.gradient(*surface.start).any()


@every_surface
def test_the_rate_behaves_well_from_the_start(surface: Surface) -> None:
    path = descend(surface, surface.start, SGD(surface.rate), 300)
    assert path.diverged is None
    assert path.height.max() <= path.height[0]
    assert path.height[-1] < path.height[0]


@every_surface
@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan, 1e200, -1e308])
def test_infinities_and_nan_pass_silently(surface: Surface, value: float) -> None:
    # a warning would be an error here, and Python's own floats overflow with an exception
    for w in ([value] * len(surface.weights), [np.array([value, 1.0])] * len(surface.weights)):
        for rule in (surface, surface.gradient, surface.hessian, surface.curvatures):
            rule(*w)
    if math.isnan(value):
        assert np.isnan(surface(*[value] * len(surface.weights)))
        assert np.isnan(surface.curvatures(*[value] * len(surface.weights))).all()


@every_surface
def test_the_grid_covers_the_map_with_x_along_the_first_axis(surface: Surface) -> None:
    grid = surface.grid(5)
    assert grid.shape == (len(surface.weights),) + (5,) * len(surface.weights)
    for i, (low, high) in enumerate(surface.extent):
        along = np.moveaxis(grid[i], i, 0).reshape(5, -1)
        assert np.allclose(along, np.linspace(low, high, 5)[:, None])


@every_surface
def test_far_is_more_than_100_map_widths_from_the_middle_or_no_number(surface: Surface) -> None:
    middle = np.array([(low + high) / 2 for low, high in surface.extent])
    for i, side in enumerate(sides(surface)):
        for share, expected in (
            (99.9, False),
            (-99.9, False),
            (100.1, True),
            (-100.1, True),
            (np.nan, True),
            (np.inf, True),
        ):
            w = middle.copy()
            w[i] += share * side
            assert bool(surface.far(w)) is expected
            assert surface.far(np.stack([middle, w], axis=1)).tolist() == [False, expected]


@every_surface
def test_every_surface_shows_its_formula_and_is_shared_by_value(surface: Surface) -> None:
    assert surface.formula.startswith(f"E({', '.join(surface.weights)}) = ")
    hash(surface)


def test_the_landscapes_promised_are_there() -> None:
    named = [name for name in Surface.members if name != OwnFormula.name()]
    assert len(named) >= 12
    assert {len(Surface.get(name).weights) for name in named} == {1, 2}


# ---- lines through data --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [Penguins(), NOISY], ids=repr)
@pytest.mark.parametrize("scaled", [True, False])
def test_line_fit_is_the_mean_squared_error_of_a_line(data, scaled: bool) -> None:
    x, y = data.load()
    x = standardize(x[:, 0]).values if scaled else x[:, 0]
    surface = LineFit(data, scaled)
    for a, b in places(surface, 20).T:
        y_pred = a * x + b
        # d/da = sum over the data of (dE/dy_pred) x, and d/db without the x
        by_prediction = MeanSquaredError().gradient(y, y_pred)
        assert surface(a, b) == pytest.approx(MeanSquaredError()(y, y_pred), rel=1e-9)
        assert surface.gradient(a, b) == pytest.approx([by_prediction @ x, by_prediction.sum()], rel=1e-9, abs=1e-9)
    assert surface.minima[0] == pytest.approx(np.polyfit(x, y, 1), rel=1e-8)


@pytest.mark.parametrize("data", [Penguins(), NOISY], ids=repr)
def test_slope_fit_is_the_mean_squared_error_and_its_bottom_the_correlation(data) -> None:
    x, y = (standardize(part.ravel()).values for part in data.load())
    surface = SlopeFit(data)
    for (w,) in places(surface, 20).T:
        assert surface(w) == pytest.approx(MeanSquaredError()(y, w * x), rel=1e-9)
    assert surface.minima[0][0] == pytest.approx(np.corrcoef(x, y)[0, 1], rel=1e-12)


def test_raw_inputs_make_a_valley_a_million_times_as_curved_across_as_along() -> None:
    across, along = (LineFit(scaled=s).curvatures(*LineFit(scaled=s).minima[0]) for s in (False, True))
    assert across[1] / across[0] > 1e6
    assert along[1] / along[0] == pytest.approx(1)


# ---- own formulas --------------------------------------------------------------------------------------------------


def test_a_typed_formula_is_a_surface() -> None:
    surface = OwnFormula("x**2 + 3*sin(y)", size=2.0)
    assert surface == OwnFormula("x**2 + 3*sin(y)", 2.0)
    assert surface.extent == ((-2.0, 2.0), (-2.0, 2.0)) and surface.minima == ()
    assert surface(3.0, np.pi / 2) == pytest.approx(12)
    assert surface.gradient(3.0, 0.0).tolist() == [6.0, 3.0]
    assert surface.formula == r"E(x, y) = x^{2} + 3 \sin(y)"


def test_a_formula_in_x_alone_has_one_weight() -> None:
    surface = OwnFormula("x**2")
    assert surface.weights == ("x",) and len(surface.extent) == len(surface.start) == 1
    assert surface.gradient(np.array([1.0, 2.0])).tolist() == [[2.0, 4.0]]


def test_what_is_no_formula_is_refused_when_it_is_read() -> None:
    with pytest.raises(FormulaError):
        OwnFormula("__import__('os')")
    with pytest.raises(SettingError, match="size"):
        OwnFormula("x", size=1e6)


@pytest.mark.parametrize("text", ["log(x)", "sqrt(x)", "log(x) + y", "sqrt(x - 1)", "log(y) + x", "sqrt(x - 4.5)"])
def test_a_formula_that_is_defined_in_part_has_its_start_there(text: str) -> None:
    surface = OwnFormula(text)
    numbers = np.append(surface.gradient(*surface.start), surface(*surface.start))
    assert np.isfinite(numbers).all()
    assert all(low <= v <= high for v, (low, high) in zip(surface.start, surface.extent, strict=True))


def test_a_formula_that_is_defined_everywhere_or_nowhere_has_the_usual_start() -> None:
    assert OwnFormula("x**2 + y**2", 10).start == OwnFormula("log(-1 - x**2)*y", 10).start == (-7.0, 6.0)
    assert OwnFormula("x**2", 10).start == (-7.0,)
