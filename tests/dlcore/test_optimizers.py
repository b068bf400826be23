"""Optimizers: one code for every shape, one step by hand, and the theory of the quadratic."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dlcore import optimizers
from dlcore.family import SettingError, UnknownMember
from dlcore.optimizers import (
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    Lion,
    Nadam,
    Optimizer,
    RMSprop,
    Stepper,
    named_rules,
)
from tests.dlcore.golden_files import KERAS


def in_every_way(member: type[Optimizer]) -> list[Optimizer]:
    """A member with each of its switches off and on, and without and with momentum."""
    ways = {key: (False, True) for key, declared in member.settings().items() if isinstance(declared.default, bool)}
    ways |= {"momentum": (0.0, 0.9)} if "momentum" in member.settings() else {}
    return [member(**dict(zip(ways, way, strict=True))) for way in itertools.product(*ways.values())]


def label(rule: Optimizer) -> str:
    """The rule as one would write it: without what is at its default."""
    return repr(rule).replace(", weight_decay=None, clipnorm=None, clipvalue=None, global_clipnorm=None", "")


MEMBERS = [rule for member in Optimizer.members.values() for rule in in_every_way(member)]  # type: ignore[arg-type]
every_rule = pytest.mark.parametrize("rule", MEMBERS, ids=label)
RATED = [rule for rule in MEMBERS if not isinstance(rule, SGD | Lion)]


def slope(w: np.ndarray) -> np.ndarray:
    """A gradient that treats every entry by itself and is not the same twice."""
    return np.sin(3 * w) + w


def stepped(rule: Optimizer, w: np.ndarray, steps: int = 5) -> np.ndarray:
    memory = rule.start(w)
    for t in range(1, steps + 1):
        w = rule.update(w, slope(w), memory, t)
    return w


@every_rule
def test_an_update_leaves_weights_and_gradient_as_they_are(rule: Optimizer) -> None:
    w, g = np.array([1.0, -2.0]), np.array([0.5, 3.0])
    memory = rule.start(w)
    for t in (1, 2, 3):
        new = rule.update(w, g, memory, t)
        assert new is not w and not np.shares_memory(new, w) and not np.shares_memory(new, g)
    assert w.tolist() == [1.0, -2.0] and g.tolist() == [0.5, 3.0]


@every_rule
@pytest.mark.parametrize("shape", [(), (3,), (2, 5), (2, 3, 4), (0,)])
def test_any_shape_is_one_flat_vector_in_another_shape(rule: Optimizer, shape: tuple[int, ...]) -> None:
    w = np.random.default_rng(2).normal(size=shape)
    moved = stepped(rule, w)
    assert np.shape(moved) == shape
    assert np.array_equal(np.ravel(moved), stepped(rule, np.ravel(w)))


@every_rule
def test_one_flat_vector_gives_the_numbers_of_its_pieces(rule: Optimizer) -> None:
    pieces = [np.random.default_rng(k).normal(size=n) for k, n in enumerate((4, 1, 6))]
    whole = stepped(rule, np.concatenate(pieces))
    assert np.array_equal(whole, np.concatenate([stepped(rule, piece) for piece in pieces]))


@every_rule
def test_a_small_first_step_goes_downhill(rule: Optimizer) -> None:
    w, g = np.array([1.0, -1.0]), np.array([2.0, -0.5])
    assert np.all((rule.update(w, g, rule.start(w), 1) - w) * g < 0)


@every_rule
def test_a_rule_starts_afresh_with_every_memory(rule: Optimizer) -> None:
    w = np.array([0.3, 4.0])
    assert np.array_equal(stepped(rule, w), stepped(rule, w))


@every_rule
def test_every_rule_shows_its_formula(rule: Optimizer) -> None:
    assert r"w \leftarrow" in rule.formula


def test_one_step_of_gradient_descent_by_hand() -> None:
    # 1.2 - 0.1 * 2.5 = 0.95 and -3 - 0.1 * (-4) = -2.6
    w = SGD(learning_rate=0.1).update(np.array([1.2, -3.0]), np.array([2.5, -4.0]), {}, 1)
    assert w == pytest.approx([0.95, -2.6], abs=1e-15)
    assert SGD() == SGD(learning_rate=0.01), "Keras's default"


def quadratic_run(curvature: float, rate: float, start: float, steps: int) -> np.ndarray:
    """The distances from the bottom of E = curvature w^2 / 2, at every step."""
    w = np.array(start)
    rule, distances = SGD(rate), [abs(start)]
    for t in range(1, steps + 1):
        w = rule.update(w, curvature * w, {}, t)
        distances.append(float(abs(w)))
    return np.array(distances)


curvatures = st.floats(1e-2, 1e4)
starts = st.floats(1e-3, 1e3).flatmap(lambda v: st.sampled_from([v, -v]))


@settings(deadline=None)
@given(curvatures, starts, st.floats(1e-3, 1))
def test_below_two_over_lambda_gradient_descent_always_comes_closer(curvature: float, start: float, gap: float) -> None:
    distances = quadratic_run(curvature, (2 - gap) / curvature, start, 40)
    # near a gap of 1 the share that is left of the distance is itself a rounded difference
    assert distances[-1] <= (abs(1 - (2 - gap)) + 1e-14) ** 40 * abs(start) * (1 + 1e-9) + 1e-300
    assert distances[-1] < distances[0]


@settings(deadline=None)
@given(curvatures, starts, st.floats(1e-3, 1))
def test_above_two_over_lambda_gradient_descent_always_runs_away(curvature: float, start: float, gap: float) -> None:
    distances = quadratic_run(curvature, (2 + gap) / curvature, start, 40)
    assert np.all(np.diff(distances) > 0)
    assert distances[-1] == pytest.approx((1 + gap) ** 40 * abs(start), rel=1e-9)


@settings(deadline=None)
@given(curvatures, starts)
def test_at_one_over_lambda_gradient_descent_arrives_in_one_step(curvature: float, start: float) -> None:
    assert quadratic_run(curvature, 1 / curvature, start, 1)[1] <= 1e-15 * abs(start)


# one hand-worked run per rule: the weight 1, one gradient a step, epsilon so large that its place in the formula shows
BY_HAND = [
    # v = -0.1 * 2 = -0.2, w = 0.8;  v = 0.9 * -0.2 - 0.1 * 1 = -0.28, w = 0.52
    (SGD(0.1, momentum=0.9), [2, 1], [0.8, 0.52]),
    # v = -0.2, w = 1 - 0.2 + 0.9 * -0.2 = 0.62;  v = -0.28, w = 0.62 - 0.1 + 0.9 * -0.28 = 0.268
    (SGD(0.1, momentum=0.9, nesterov=True), [2, 1], [0.62, 0.268]),
    # G = 2 + 9, sqrt(11 + 5) = 4, w = 1 - 0.5 / 4 * 3;  G = 11 + 9, sqrt(20 + 5) = 5, w = 0.625 + 0.5 / 5 * 3
    (Adagrad(0.5, initial_accumulator_value=2.0, epsilon=5.0), [3, -3], [0.625, 0.925]),
    # v = 0.5 * 16 = 8, sqrt(8 + 1) = 3, w = 1 - 0.3 / 3 * 4;  v = 4 + 0 and w stays
    (RMSprop(0.3, rho=0.5, epsilon=1.0), [4, 0], [0.6, 0.6]),
    # m = 0.4 as above;  m = 0.5 * 0.4 + 0, w = 0.6 - 0.2
    (RMSprop(0.3, rho=0.5, momentum=0.5, epsilon=1.0), [4, 0], [0.6, 0.4]),
    # v = 8, a = 2, sqrt(8 - 4 + 5) = 3, w = 1 - 0.3 / 3 * 4
    (RMSprop(0.3, rho=0.5, epsilon=5.0, centered=True), [4], [0.6]),
    # v = 8, d = sqrt(0 + 1) / sqrt(8 + 1) * 4 = 4/3, w = 1 - 0.3 * 4/3;  u = 0.5 * 16/9 = 8/9,
    # v = 4 + 8 = 12, d = sqrt(8/9 + 1) / sqrt(12 + 1) * 4 = sqrt(17/117) * 4 = 1.5247250, w = 0.6 - 0.3 * 1.5247250
    (Adadelta(0.3, rho=0.5, epsilon=1.0), [4, 4], [0.6, 0.14258250]),
    # m = 1.5, m_hat = 1.5 / 0.5 = 3, v = 4.5, v_hat = 4.5 / 0.5 = 9, w = 1 - 0.5 / (3 + 1) * 3;
    # m = 0.75 - 1.5, m_hat = -0.75 / 0.75 = -1, v = 2.25 + 4.5, v_hat = 6.75 / 0.75 = 9, w = 0.625 + 0.5 / 4 * 1
    (Adam(0.5, beta_1=0.5, beta_2=0.5, epsilon=1.0), [3, -3], [0.625, 0.75]),
    # v_hat = 16, w = 1 - 0.5 / 5 * 4;  v_max stays 16 * 2/9 where v falls, v_hat = v_max / (1 - 49/81) = 9,
    # m = 1, m_hat = 1 / 0.75 = 4/3, w = 0.6 - 0.5 / 4 * 4/3
    (Adam(0.5, beta_1=0.5, beta_2=7 / 9, epsilon=1.0, amsgrad=True), [4, 0], [0.6, 13 / 30]),
    # the decay 0.5 * 0.1 * 1 = 0.05, and Adam's 0.375;  0.05 * 0.575 = 0.02875, and Adam's -0.125
    (AdamW(0.5, 0.1, beta_1=0.5, beta_2=0.5, epsilon=1.0), [3, -3], [0.575, 0.67125]),
    # m_hat = 3, u = 3, w = 1 - 0.5 / 4 * 3;  u = max(1.5, 1), m_hat = (0.75 - 0.5) / 0.75, w = 0.625 - 0.5 / 2.5 / 3
    (Adamax(0.5, beta_1=0.5, beta_2=0.5, epsilon=1.0), [3, -1], [0.625, 0.625 - 1 / 15]),
    # mu = 0.5 * (1 - 0.48) = 0.26, then 0.5 * (1 - 0.4608) = 0.2696; p = 0.26, m = 1.5, v_hat = 9,
    # m_hat = 0.2696 * 1.5 / (1 - 0.26 * 0.2696) + 0.74 * 3 / 0.74 = 0.4044 / 0.929904 + 3 = 3.4348836,
    # w = 1 - 0.5 / 4 * m_hat
    (Nadam(0.5, beta_1=0.5, beta_2=0.5, epsilon=1.0), [3], [0.57063955]),
    # c = 1.5, w = 1 - 0.1, m = 0.75;  c = 0.375 - 0.25 > 0 though the slope has turned, w = 0.9 - 0.1
    (Lion(0.1, beta_1=0.5, beta_2=0.75), [3, -0.5], [0.9, 0.8]),
]


@pytest.mark.parametrize(("rule", "gradients", "weights"), BY_HAND, ids=[label(rule) for rule, _, _ in BY_HAND])
def test_steps_by_hand(rule: Optimizer, gradients: list[float], weights: list[float]) -> None:
    w, memory = np.array([1.0]), rule.start(np.array([1.0]))
    for t, (g, expected) in enumerate(zip(gradients, weights), start=1):
        w = rule.update(w, np.array([float(g)]), memory, t)
        assert w == pytest.approx([expected], abs=1e-8)


def test_every_rule_has_been_worked_by_hand() -> None:
    assert {type(rule).name() for rule, _, _ in BY_HAND} == set(Optimizer.members), "BY_HAND above"


def test_what_all_optimizers_share_is_no_rule_by_itself() -> None:
    assert Optimizer().start(np.ones(2)) == {}
    with pytest.raises(NotImplementedError):
        Optimizer().update(np.ones(2), np.ones(2), {}, 1)


def test_names_and_defaults_are_keras_ones() -> None:
    assert [name for name in Optimizer.members if name in KERAS] == list(KERAS)
    assert optimizers.get("AdamW") == AdamW(0.001, 0.004, 0.9, 0.999, 1e-7, False)
    assert SGD(0.01, 0.0, False) == SGD()
    assert RMSprop(0.001, 0.9, 0.0, 1e-7, False) == RMSprop()
    assert (Lion().beta_2, Adagrad().initial_accumulator_value, Adadelta().rho) == (0.99, 0.1, 0.95)
    with pytest.raises(UnknownMember, match="did you mean 'adam'"):
        optimizers.get("Adams")


@every_rule
def test_what_a_step_told_is_what_the_update_does(rule: Optimizer) -> None:
    rule = replace(rule, weight_decay=0.1, clipvalue=0.9)
    w, memory = np.array([1.0, -2.0, 0.01]), rule.start(np.array([1.0, -2.0, 0.01]))
    for t in range(1, 5):
        before = {letter: part.copy() for letter, part in memory.items()}
        told = rule.step_terms(w, slope(w), memory, t)
        assert memory.keys() == before.keys() and all(np.array_equal(memory[k], before[k]) for k in memory)
        new = rule.update(w, slope(w), memory, t)
        assert np.array_equal(told.pop("w"), new)
        assert np.array_equal(told.pop("step"), new - w)
        assert np.array_equal(told.pop("g"), np.clip(slope(w), -0.9, 0.9))
        assert told.pop("eta") == rule.learning_rate
        assert told.keys() == memory.keys() and all(np.array_equal(told[k], memory[k]) for k in memory)
        assert not any(np.shares_memory(told[k], memory[k]) for k in memory)
        assert all(part.shape in ((), w.shape) for part in told.values())
        w = new


def told_after(rule: Optimizer, gradients: list[float]) -> dict[str, np.ndarray]:
    """What the last of several steps told, from the weight 1."""
    w, memory = np.array(1.0), rule.start(np.array(1.0))
    for t, g in enumerate(gradients[:-1], start=1):
        w = rule.update(w, np.array(g), memory, t)
    return rule.step_terms(w, np.array(gradients[-1]), memory, len(gradients))


def test_a_step_tells_velocity_look_ahead_and_corrected_moments() -> None:
    told = told_after(SGD(0.1, 0.9, nesterov=True), [2.0, 1.0])
    assert told["v"] == pytest.approx(-0.28) and told["ball"] == pytest.approx(0.52)
    assert told["look_ahead"] == told["w"] == pytest.approx(0.52 + 0.9 * -0.28)
    told = told_after(Adam(0.5, 0.5, 0.5), [3.0, 3.0, 3.0])
    assert (told["m_hat"], told["v_hat"]) == pytest.approx((3, 9)), "a constant gradient is its own mean"
    assert (told["m"], told["v"]) == pytest.approx((3 * 7 / 8, 9 * 7 / 8))


@pytest.mark.parametrize("rule", RATED, ids=label)
def test_the_rate_of_each_weight_is_told_and_its_formula_uses_it(rule: Optimizer) -> None:
    told = told_after(replace(rule, weight_decay=0.0), [2.0, -1.0, 3.0])
    direction = told.get("m_hat", told["g"])
    moved = told["m"] if "m" in told and "m_hat" not in told else told["rate"] * direction
    assert told["step"] == pytest.approx(-moved, rel=1e-12, abs=1e-15)


def test_every_rule_has_a_name_of_its_own_and_grew_from_known_ones() -> None:
    rules = named_rules()
    assert set(Optimizer.members) < set(rules)
    assert len({rule for rule, *_ in rules.values()}) == len(rules), "a variant differs from its class's defaults"
    known: set[str] = set()
    for name, (rule, formula, grew_from, better) in rules.items():
        assert set(grew_from) <= known, f"{name} comes after what it grew from"
        assert bool(grew_from) == (name != "sgd") and r"\leftarrow" in formula
        assert type(rule).members is Optimizer.members
        known.add(name)
        # what is claimed is measured: a rule with rates of its own tells them, one with a better direction remembers it
        memory = told_after(rule, [2.0, -1.0, 3.0])
        assert ("rate" in memory) == (better in ("size", "both")), name
        assert bool({"v", "m"} & set(rule.remembers())) or better in ("plain", "size"), name


@every_rule
def test_single_precision_stays_single(rule: Optimizer) -> None:
    assert stepped(replace(rule, clipnorm=1.0, weight_decay=0.1), np.ones(3, np.float32)).dtype == np.float32
    assert stepped(rule, np.ones(3, int)).dtype == np.float64


def momentum_run(rule: SGD, curvature: float, steps: int) -> np.ndarray:
    """The distances of a heavy ball from the bottom of E = curvature w^2 / 2."""
    w = np.array(1.0)
    memory, distances = rule.start(w), [1.0]
    for t in range(1, steps + 1):
        w = rule.update(w, curvature * w, memory, t)
        distances.append(abs(float(w)))
    return np.array(distances)


def limit(beta: float, nesterov: bool) -> float:
    """The largest stable learning rate times curvature (Polyak 1964; for Nesterov by the same characteristic root)."""
    return 2 * (1 + beta) / (1 + 2 * beta if nesterov else 1)


@pytest.mark.parametrize("nesterov", [False, True])
@settings(deadline=None, max_examples=30)
@given(st.floats(1e-2, 1e3), st.floats(0, 0.9), st.floats(0.05, 0.5))
def test_a_heavy_ball_is_stable_up_to_its_limit(nesterov: bool, curvature: float, beta: float, gap: float) -> None:
    assume(beta == 0 or beta > 1e-6)
    edge = limit(beta, nesterov) / curvature
    assert momentum_run(SGD(edge * (1 - gap), beta, nesterov), curvature, 1000)[-1] < 1e-6
    assert momentum_run(SGD(edge * (1 + gap), beta, nesterov), curvature, 80)[-1] > 10


@pytest.mark.parametrize("nesterov", [False, True])
def test_without_momentum_a_ball_is_gradient_descent(nesterov: bool) -> None:
    w = np.array([1.0, -2.0])
    assert np.array_equal(stepped(SGD(0.1, 0.0, nesterov), w), stepped(SGD(0.1), w))
    assert stepped(SGD(0.1, 1e-300, nesterov), w) == pytest.approx(stepped(SGD(0.1), w), rel=1e-14)


def test_looking_ahead_is_another_path() -> None:
    w = np.array([1.0, -2.0])
    assert not np.allclose(stepped(SGD(0.1, 0.9, nesterov=True), w), stepped(SGD(0.1, 0.9), w))
    # a ball that looks ahead brakes earlier, so that it swings less
    swings = [momentum_run(SGD(0.1, 0.9, nesterov), 1.0, 60)[30:].max() for nesterov in (True, False)]
    assert swings[0] < swings[1]


@pytest.mark.parametrize("member", [Adam, Adamax, Lion])
@given(g=st.floats(1e-3, 1e6), rate=st.floats(1e-4, 1.0))
def test_the_first_step_is_as_long_as_the_learning_rate(member: type[Optimizer], g: float, rate: float) -> None:
    step = told_after(member(rate) if member is Lion else member(rate, epsilon=1e-16), [-g])["step"]  # type: ignore
    assert step == pytest.approx(rate, rel=1e-9)


def test_centered_means_a_steady_gradient_has_no_spread() -> None:
    steady, noisy = [1.0] * 400, [1.0, -1.0] * 200
    assert told_after(RMSprop(centered=True), steady)["rate"] == pytest.approx(0.001 / math.sqrt(1e-7), rel=1e-6)
    plain, centered = (told_after(RMSprop(centered=way), noisy)["rate"] for way in (False, True))
    assert centered == pytest.approx(plain, rel=0.01), "the mean of a gradient that swings is 0"


def test_a_spread_that_is_rounded_below_zero_counts_as_none() -> None:
    rates = [told_after(RMSprop(centered=True), [g] * 400)["rate"] for g in np.linspace(1e5, 2e5, 50)]
    assert np.all(np.isfinite(rates)) and np.max(rates) == pytest.approx(0.001 / math.sqrt(1e-7))


gradients = st.lists(st.floats(-100, 100), min_size=2, max_size=20)


@given(gradients)
def test_adagrads_rates_only_fall(gs: list[float]) -> None:
    rates = [float(told_after(Adagrad(), gs[:k])["rate"]) for k in range(1, len(gs) + 1)]
    assert all(later <= earlier for earlier, later in itertools.pairwise(rates))


@given(gradients)
def test_amsgrads_largest_square_never_falls(gs: list[float]) -> None:
    told = [told_after(Adam(amsgrad=True), gs[:k]) for k in range(1, len(gs) + 1)]
    assert all(later["v_max"] >= earlier["v_max"] for earlier, later in itertools.pairwise(told))
    assert all(step["v_max"] >= step["v"] for step in told)


def test_adadelta_does_not_mind_the_units_of_the_loss() -> None:
    rule, w = Adadelta(1.0, epsilon=1e-16), np.array([1.0])
    steps = [told_after(rule, [scale * 2.0, scale * -1.0])["step"] for scale in (1.0, 1e6)]
    assert steps[0] == pytest.approx(steps[1], rel=1e-9)
    assert rule.start(w).keys() == {"v", "u"}


@every_rule
def test_weight_decay_takes_its_share_off_every_weight(rule: Optimizer) -> None:
    w, rule = np.array([1.0, -2.0]), replace(rule, learning_rate=0.1, weight_decay=0.5)
    shrunk = rule.update(w, np.zeros(2), rule.start(w), 1)
    assert shrunk == pytest.approx(w * (1 - 0.1 * 0.5), rel=1e-14)
    plain = replace(rule, weight_decay=0.0)
    assert rule.update(w, slope(w), rule.start(w), 1) == pytest.approx(
        plain.update(w * 0.95, slope(w), plain.start(w), 1), rel=1e-14
    )


@every_rule
def test_a_schedule_is_asked_for_the_number_of_steps_done(rule: Optimizer) -> None:
    asked: list[int] = []
    scheduled = replace(rule, learning_rate=lambda step: asked.append(step) or 0.5 / (1 + step))
    w = stepped(scheduled, np.array([1.0, -2.0]), steps=3)
    assert asked == [0, 1, 2]
    by_hand, memory = np.array([1.0, -2.0]), rule.start(np.ones(2))
    for t in (1, 2, 3):
        by_hand = replace(rule, learning_rate=0.5 / t).update(by_hand, slope(by_hand), memory, t)
    assert w == pytest.approx(by_hand, rel=1e-6)


def test_clipping_by_value_and_by_length() -> None:
    g = np.array([3.0, -4.0])
    assert SGD(clipvalue=3.5).clip(g).tolist() == [3.0, -3.5]
    assert SGD(clipnorm=1.0).clip(g) == pytest.approx([0.6, -0.8])
    assert SGD(global_clipnorm=10.0).clip(g).tolist() == [3.0, -4.0], "short enough, not one digit changes"
    assert SGD(clipnorm=1.0).clip(np.zeros(2)).tolist() == [0.0, 0.0]
    assert SGD(clipnorm=1.0).clip(np.array(-7.0)) == -1.0
    assert SGD(clipnorm=0.0, clipvalue=None).clip(g) is g
    assert g.tolist() == [3.0, -4.0]


def test_every_variable_and_every_ball_is_clipped_by_itself() -> None:
    g, slices = np.array([3.0, -4.0, 0.0, 0.5]), (slice(0, 2), slice(2, 4))
    assert SGD(clipnorm=1.0).clip(g, slices) == pytest.approx([0.6, -0.8, 0.0, 0.5])
    whole = SGD(global_clipnorm=1.0).clip(g, slices)
    assert whole == pytest.approx(g / np.linalg.norm(g))
    balls = np.array([[3.0, 0.3], [-4.0, 0.4]])
    assert SGD(clipnorm=1.0).clip(balls) == pytest.approx(np.array([[0.6, 0.3], [-0.8, 0.4]]))


@pytest.mark.parametrize(
    ("given_settings", "message"),
    [
        ({"learning_rate": -0.1}, "Adam's learning_rate must be from 0 to 1000; it is -0.1"),
        ({"learning_rate": "fast"}, "Adam's learning_rate must be a number from 0 to 1000; it is 'fast'"),
        ({"beta_1": 1.0}, "Adam's beta_1 must be from 0 to 0.999999; it is 1.0"),
        ({"clipnorm": -1.0}, "Adam's clipnorm must be from 0 to 1e+12; it is -1.0"),
        ({"weight_decay": "yes"}, "Adam's weight_decay must be a number from 0 to 1e+12; it is 'yes'"),
        ({"clipnorm": 1.0, "clipvalue": 1.0}, "Adam clips in one way only; it is given clipnorm and clipvalue"),
    ],
)
def test_wrong_settings_are_refused(given_settings: dict[str, object], message: str) -> None:
    with pytest.raises(SettingError) as error:
        Adam(**given_settings)  # type: ignore[arg-type]
    assert str(error.value) == message


def test_adamw_always_has_a_decay() -> None:
    with pytest.raises(SettingError, match="AdamW's weight_decay must be a number"):
        AdamW(weight_decay=None)  # type: ignore[arg-type]


@every_rule
def test_a_stepper_takes_the_steps_of_its_rule(rule: Optimizer) -> None:
    w = np.array([1.0, -2.0])
    stepper, last = Stepper(rule), w
    for done in range(5):
        assert stepper.iterations == done
        told = stepper.step_terms(last, slope(last))
        last = stepper.step(last, slope(last))
        assert np.array_equal(told["w"], last)
    assert np.array_equal(last, stepped(rule, w))
    assert w.tolist() == [1.0, -2.0] and stepper.rule is rule


def test_a_steppers_rate_can_be_set_between_steps() -> None:
    stepper = Stepper("sgd")
    assert stepper.learning_rate == 0.01
    stepper.learning_rate = np.float32(0.5)  # type: ignore[assignment]
    assert stepper.step(np.array([1.0]), np.array([1.0])) == 0.5
    stepper.learning_rate = 0.0
    assert stepper.step(np.array([1.0]), np.array([1.0])) == 1.0
    stepper.learning_rate = lambda step: 0.1 * step
    assert stepper.learning_rate == pytest.approx(0.2), "two steps are done"
    with pytest.raises(TypeError, match="follows"):
        stepper.learning_rate = 0.1
    assert Stepper(SGD()).rule == SGD(), "the rule itself is never changed"


def test_a_stepper_keeps_its_memory_when_its_rate_is_set() -> None:
    stepper, w = Stepper(SGD(0.1, momentum=0.5)), np.array([0.0])
    w = stepper.step(w, np.array([1.0]))
    stepper.learning_rate = 0.2
    # v = -0.1, then 0.5 * -0.1 - 0.2 * 1 = -0.25
    assert stepper.step(w, np.array([1.0])) == pytest.approx([-0.35])


def test_a_stepper_knows_where_each_variable_lies() -> None:
    stepper = Stepper(SGD(1.0, clipnorm=1.0), slices=(slice(0, 2), slice(2, 3)))
    g = np.array([3.0, -4.0, 0.5])
    assert stepper.step_terms(np.zeros(3), g)["g"] == pytest.approx([0.6, -0.8, 0.5])
    assert stepper.step(np.zeros(3), g) == pytest.approx([-0.6, 0.8, -0.5])


def test_a_stepper_refuses_a_gradient_of_another_shape() -> None:
    with pytest.raises(ValueError, match=r"the weights have shape \(3,\) and their gradient has \(3, 1\)"):
        Stepper(Adam()).step(np.zeros(3), np.zeros((3, 1)))


def test_a_program_taken_home_finds_the_terms_of_a_step_by_their_old_name() -> None:
    w, g = np.array([1.0, -2.0]), np.array([0.5, 0.25])
    for rule in (SGD(0.1), Adam(0.1)):
        memory = rule.start(w)
        with pytest.warns(DeprecationWarning, match="step_terms") as caught:
            told = rule.told(w, g, memory, 1)
        assert caught[0].filename == __file__
        terms = rule.step_terms(w, g, memory, 1)
        assert told.keys() == terms.keys() and all(np.array_equal(told[letter], terms[letter]) for letter in terms)
