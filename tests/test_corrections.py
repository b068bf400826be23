"""What the boxes "check the note" say is so: each number in them, computed."""

import math
import re
from itertools import pairwise

import numpy as np
import pytest

from dlcore import activations, losses
from dlcore.datasets import AutoMPG, BreastCancer, Penguins
from dlcore.experiments import logic_gates, loss_mismatch, optimizer_comparison, robust_regression, selection_bias
from dlcore.experiments.descent import basins
from dlcore.experiments.gradient_flow import DeepNetwork
from dlcore.experiments.logic_gates import CORNERS, TABLES, UNITS, TwoHidden
from dlcore.experiments.lr_finder import Growth, range_test
from dlcore.experiments.rate_trials import Trial
from dlcore.experiments.single_unit import Unit
from dlcore.experiments.training_config import prepare
from dlcore.experiments.xor_training import train_on_xor
from dlcore.layers import Dense, Input
from dlcore.models import Sequential
from dlcore.optimizers import SGD, Adagrad, Adam, RMSprop
from dlcore.schedules import ExponentialDecay
from dlcore.surfaces import Bowl, Himmelblau, LineFit, NarrowValley, Saddle, SlopeFit
from lessons.activations.does_it_matter import EPOCHS, ROWS, WIDTH
from ui.page.navigation import topics
from ui.quiz import misconceptions
from ui.text import texts

PAGES = {page.name: page for page in topics()}
FOUND = {
    (page.name, name): {
        language: misconceptions.parse(texts.prose(page.text(language))[name]) for language in ("ko", "en")
    }
    for page in PAGES.values()
    for name in texts.prose(page.text("en"))
    if name.startswith(misconceptions.PREFIX)
}


def says(page: str, name: str, *numbers: str) -> None:
    """Fails unless a box has these numbers, in both languages."""
    for each in FOUND[page, f"check_{name}"].values():
        text = f"{each.claim} {each.fact} {each.experiment}"
        for number in numbers:
            assert re.search(rf"(?<![\d.]){re.escape(number)}(?![\d]|\.\d)", text), number


@pytest.mark.parametrize("key", FOUND, ids="-".join)
def test_both_languages_have_the_same_numbers(key: tuple[str, str]) -> None:
    korean, english = (
        set(re.findall(r"\d[\d,]*(?:\.\d+)?", f"{each.claim} {each.fact} {each.experiment}".replace(",", "")))
        for each in FOUND[key].values()
    )
    # small whole numbers may be words
    large = [{number for number in found if float(number) > 10 or "." in number} for found in (korean, english)]
    assert large[0] == large[1]


# ---- gradient descent, learning rate ---------------------------------------------------------------------------------


def test_one_weight() -> None:
    surface = SlopeFit()
    (lowest,) = surface.minima[0]
    excess = [float(surface(np.array(lowest + d)) - surface(np.array(lowest))) for d in (1.0, -1.1)]
    assert excess[1] / excess[0] == pytest.approx(1.21)
    (g,) = surface.gradient(np.array(2.5))
    assert g > 0
    says("gradient_descent", "one_weight_2", "2", "1.05", "1.1", "1.21")


def test_landscapes_of_two_weights() -> None:
    assert np.allclose(Saddle().gradient(np.array(0.0), np.array(0.0)), 0)
    across = Saddle()(np.array([0.0, 0.0]), np.array([0.0, 0.1]))
    assert across[1] < across[0]
    starts = np.array(Himmelblau().grid(60))
    one, two = (basins(Himmelblau(), starts, SGD(rate), 200) for rate in (0.01, 0.02))
    assert np.mean((one.label >= 0) & (two.label < 0)) > 0.5
    raw, rate = LineFit(scaled=False), 2.4e-5
    w = start = np.array([-1.9, 2.3])
    for _ in range(300):
        w = w - rate * np.array(raw.gradient(*w))
    left = (w - raw.minima[0]) / (start - raw.minima[0])
    assert abs(left[1]) > 0.99, "hardly any way along the valley"
    says("gradient_descent", "where_it_ends", "0.01", "0.02", "10,000")


def test_limits_of_the_rate() -> None:
    for surface, curvature in ((NarrowValley(), 25), (Bowl(), 2)):
        g = surface.gradient(*(np.array(v) for v in (surface.minima[0] + np.array([0.0, 0.1]))))
        assert g[1] / 0.1 == pytest.approx(curvature)
    says("learning_rate", "three_rates", "25", "0.08", "0.079", "0.081", "2.5")
    says("learning_rate", "how_much", "0.08", "25", "2", "1", "0.5")
    assert 0.081 / 0.079 == pytest.approx(1.025, abs=1e-3)
    assert 1 - 0.5 * 2 == 0


def test_a_reading_at_the_lowest_place_is_near_the_edge() -> None:
    trial = Trial(AutoMPG(), batch_size=16, epochs=20)
    assert range_test(trial, Growth()).lowest == pytest.approx(0.24, abs=0.006)
    ends = trial.sweep(np.array([0.025, 0.25, 0.5])).height[-1]
    assert ends[0] < 1.15 * ends[1] and not ends[2] < 1
    says("learning_rate", "finding_a_rate", "0.24", "0.5")


def test_a_schedule_does_not_look_at_the_loss() -> None:
    trial = Trial(AutoMPG())
    falling = ExponentialDecay(0.1, decay_steps=round(0.05 * trial.steps), decay_rate=0.1)
    assert falling(trial.steps) < 1e-15
    assert trial.train(falling).loss[-1] > 1.3 * trial.train(0.1).loss[-1]


# ---- neuron ----------------------------------------------------------------------------------------------------------


def test_units() -> None:
    assert Unit((1.5, 1.0), -2.0)((1.0, 0.5)) == 1 and Unit((1.5, 1.0), -2.01)((1.0, 0.5)) == 0
    found = logic_gates.search(2, 17)
    assert (found.grid_size, round(found.share["AND"] * found.grid_size), found.share["XOR"]) == (4913, 84, 0)
    assert logic_gates.right(Unit((0.75, 1.75), -2.0), "AND").all()
    says("neuron", "one_unit_gates", "4,913", "17", "84", "0.75", "1.75")
    twice = TwoHidden(UNITS["OR"], UNITS["OR"], UNITS["AND"]).hidden(CORNERS)
    assert len(np.unique(twice, axis=0)) == 2
    alike = [k for k in range(3) if (twice[k] == twice[3]).all()]
    assert len(alike) == 2 and all(TABLES["XOR"][k] != TABLES["XOR"][3] for k in alike)


def test_two_hidden_units_do_not_always_learn_xor() -> None:
    training = train_on_xor(5)
    assert training.right < 4 and training.loss[-1] == pytest.approx(math.log(2) / 2, abs=0.01)
    assert np.sort(np.abs(training.answers[-1] - 0.5))[:2] == pytest.approx([0, 0], abs=0.01)
    says("neuron", "two_hidden_2", "0.5", "0.347", "5")


# ---- activations -----------------------------------------------------------------------------------------------------


def test_slopes() -> None:
    sigmoid, relu = activations.get("sigmoid"), activations.get("relu")
    assert sigmoid.derivative(np.linspace(-9, 9, 18001)).max() == 0.25
    assert (0.3 / 0.25) ** 10 == pytest.approx(6.19, abs=0.01)
    assert relu.derivative(np.array([0.0]))[0] == 0
    says("activations", "shape_and_slope", "0.25", "0.3", "0.5")


def test_what_is_left_of_a_gradient() -> None:
    assert DeepNetwork(activation="relu", start="small_normal").gradient_flow().left[0] == pytest.approx(
        2.8e-7, abs=5e-9
    )
    assert DeepNetwork(activation="sigmoid").gradient_flow().left[0] == pytest.approx(2.5e-7, abs=5e-9)
    says("activations", "vanishing", "0.05", "2.8", "2.5")


def test_on_the_way_forwards_the_first_layer_is_the_clearest() -> None:
    """So depth is no memory that fades: what fades towards the first layer is the gradient alone."""
    flow = DeepNetwork(activation="sigmoid").gradient_flow()
    reach = flow.spread[:, -1] - flow.spread[:, 0]
    assert reach.argmax() == 0 and flow.left.argmin() == 0
    says("activations", "vanishing_2", "10", "90")


def test_ten_sigmoids_learn_with_batch_normalization() -> None:
    deep = DeepNetwork(BreastCancer(), 10, WIDTH, "sigmoid", "batch_normalization", ROWS)
    assert (EPOCHS, round(deep.train(SGD(0.1), EPOCHS).loss[-1], 2), round(deep.baseline(), 2)) == (20, 0.15, 0.66)
    says("activations", "does_it_matter", "20", "0.15", "0.66")


# ---- optimizers ------------------------------------------------------------------------------------------------------


def test_bias_correction() -> None:
    w, rule = np.array([1.0, 1.0]), Adam(learning_rate=0.2)
    moved = rule.update(w, np.array([30.0, -0.01]), rule.start(w), 1) - w
    assert np.allclose(np.abs(moved), 0.2, atol=1e-5)
    assert 0.1 / math.sqrt(0.001) == pytest.approx(3.16, abs=0.005)
    says("optimizers", "one_step_4", "0.1", "0.001", "3.16", "0.2")


def test_the_rate_of_adagrad_only_falls() -> None:
    gradients = [3.0, 0.1, 0.1, 0.1]

    def steps(rule) -> list[float]:
        w = np.zeros(1)
        memory, sizes = rule.start(w), []
        for t, g in enumerate(gradients, start=1):
            new = rule.update(w, np.array([g]), memory, t)
            sizes.append(abs(float((new - w)[0])) / g)
            w = new
        return sizes

    falling, forgetting = steps(Adagrad(0.1)), steps(RMSprop(0.1, rho=0.5))
    assert all(later < earlier for earlier, later in pairwise(falling))
    assert forgetting[-1] > forgetting[0]


def test_adam_is_not_first_on_the_bowl() -> None:
    surface = Bowl()
    ends = {}
    for name, rule in (("sgd", SGD()), ("adam", Adam())):
        best, _ = optimizer_comparison.tune(surface, surface.start, rule, 60)
        w = np.array(surface.start)
        memory, height = best.start(w), [float(surface(*w))]
        for t in range(1, 61):
            w = best.update(w, surface.gradient(*w), memory, t)
            height.append(float(surface(*w)))
        ends[name] = next((t for t, h in enumerate(height) if h <= 0.01 * height[0]), None)
    assert ends == {"sgd": 2, "adam": 39}
    says("optimizers", "fair_race", "2", "39", "99")


def test_much_momentum_is_slower_than_a_little_in_a_valley_that_is_not_very_narrow() -> None:
    steps = {}
    for beta in (0.4, 0.9):
        # of a height of two curvatures each direction goes its own way
        places, curvatures = np.array(NarrowValley().start), np.array([1.0, 25.0])
        velocity, heights = np.zeros(2), [float(np.sum(curvatures * places**2) / 2)]
        for _ in range(60):
            velocity = beta * velocity - 0.07 * curvatures * places
            places = places + velocity
            heights.append(float(np.sum(curvatures * places**2) / 2))
        steps[beta] = max(t for t, height in enumerate(heights) if height > 0.01 * heights[0]) + 1
    assert steps == {0.4: 13, 0.9: 47}
    says("optimizers", "class_race", "25", "0.07", "0.4", "13", "0.9", "47", "99")


def test_a_sum_of_gradients_is_ten_times_their_mean() -> None:
    summed = averaged = 0.0
    for _ in range(500):
        summed, averaged = 0.9 * summed + 1, 0.9 * averaged + 0.1
    assert (summed, averaged) == (pytest.approx(10), pytest.approx(1))


# ---- losses ----------------------------------------------------------------------------------------------------------


def test_slopes_of_losses() -> None:
    mae = losses.get("mae")
    for r in (0.1, 2.5):
        assert mae.gradient(np.array([3.0]), np.array([3 + r]))[0] == 1
    shares = [float(loss_mismatch.squared_error_pull(z, 0) / loss_mismatch.crossentropy_pull(z, 0)) for z in (5.0, 0.0)]
    assert shares == [pytest.approx(0.007, abs=0.0005), pytest.approx(0.25)]
    says("losses", "not_squares_for_classes", "5", "0.7")


def test_outliers_move_every_line() -> None:
    x, y = Penguins().load()
    chosen = np.random.default_rng(0).permutation(len(x))[:30]
    x, y, far = x[chosen, 0], y[chosen], np.array([172.0, 175, 178, 182, 186, 190, 194])
    wide = np.linspace(170, 235, 101)
    moved = {}
    for name in ("mse", "mae"):
        runs = [
            robust_regression.fitted_line(
                np.append(x, more), np.append(y, np.full(len(more), 11.0)), losses.get(name), 100
            )
            for more in (far, far[:0])
        ]
        lines = [run.slope[-1] * wide + run.intercept[-1] for run in runs]
        moved[name] = float(np.mean(np.abs(lines[0] - lines[1])))
    assert 0 < moved["mae"] < 0.5 * moved["mse"]
    says("losses", "outlying_points", "1.92", "0.24", "30")


def test_softmax_applied_twice() -> None:
    most = math.e / (math.e + 2)
    assert (round(most, 3), round(-math.log(most), 3)) == (0.576, 0.551)
    loss, _ = loss_mismatch.surprise(np.array([60.0, 0.0, 0.0]), np.array([1.0, 0.0, 0.0]), True)
    assert loss == pytest.approx(-math.log(most))
    says("losses", "softmax_once", "0.576", "0.551")


def test_msle_takes_one_more() -> None:
    msle = losses.get("mean_squared_logarithmic_error")
    assert msle(np.array([0.0, 5, 2, 8]), np.array([1.0, 5.5, 4, 7])) == pytest.approx(0.190, abs=5e-4)
    says("losses", "by_hand_and_by_machine", "0.190")


# ---- training, model evaluation --------------------------------------------------------------------------------------


def test_weights_and_steps_of_the_lesson_network() -> None:
    model = Sequential([Input((8,)), Dense(12), Dense(8), Dense(1)])
    assert model.count_params() == 9 * 12 + 13 * 8 + 9 * 1 == 221
    x, y = BreastCancer().load()
    parts = prepare(x[:, :8], y, losses.get("binary_crossentropy"), 2, 0.2, 0, True)
    rows = len(parts.train.x)
    assert (rows, -(-rows // 10), rows % 10) == (455, 46, 5)
    assert np.allclose(parts.train.x.mean(axis=0), 0) and not np.allclose(parts.validation.x.mean(axis=0), 0, atol=1e-3)
    says("training", "fit", "455", "46", "5")


def test_the_cheapest_threshold_of_good_probabilities() -> None:
    p = np.linspace(0.001, 0.999, 999)
    for cost in (5, 0.2):
        # a yes costs 1 - p on average, a no costs p times the cost of a miss
        cheapest = p[np.argmax(1 - p <= cost * p)]
        assert cheapest == pytest.approx(1 / (1 + cost), abs=0.002)
    assert (round(1 / 6, 2), round(1 / 1.2, 2)) == (0.17, 0.83)
    says("model_evaluation", "behind_the_score", "0.17", "0.83", "0.16", "0.75")


def test_the_best_of_many_is_flattered() -> None:
    rng = np.random.default_rng(0)
    miss = (rng.random((4, 32, 509)) < 0.06).astype(float)
    found = [selection_bias.optimism(miss, rows, 30).mean(axis=1)[15] for rows in (40, 200)]
    assert found[0] > found[1] > 0
    says("model_evaluation", "only_once", "40", "16", "1.7", "200", "0.9")
