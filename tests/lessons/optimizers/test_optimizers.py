"""The optimizers' page: what its texts claim and its presets promise is what is measured."""

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path as File
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import charts
import dlcore
import lessons
import ui
from charts.picture import Picture
from dlcore.datasets import Dataset
from dlcore.experiments.descent import Path
from dlcore.experiments.minibatches import SampledPath
from dlcore.experiments.optimizer_comparison import Standing, share_interval
from dlcore.experiments.optimizer_conventions import (
    AdagradStart,
    Convention,
    EpsilonPlace,
    EpsilonSize,
    MomentumMean,
    MomentumScale,
)
from dlcore.optimizers import Nadam
from dlcore.surfaces import Bowl, Himmelblau, LineFit, NarrowValley, OwnFormula, Plateau, SixHumpCamel
from lessons.optimizers import (
    all_or_a_sample,
    fair_race,
    family,
    many_starts,
    momentum_plane,
    on_a_network,
    one_name,
    one_step,
    worked_formulas,
)
from lessons.optimizers import rules as rules_
from lessons.optimizers.entrants import Entrants
from lessons.shared import landscapes
from ui.beat import Beat
from ui.number_format import readable

SURFACE = NarrowValley()
LINE = LineFit()
TASK = on_a_network.Task(Dataset.get("moons"), 4, 16, 3, 0)


def race_setup(surface, names=rules_.COURSE, steps: int = 60, rates: tuple[float, ...] = ()) -> fair_race.Setup:
    return fair_race.Setup(surface, surface.start, Entrants(names, rates), steps)


def race(surface, names=rules_.COURSE, steps: int = 60, rates: tuple[float, ...] = ()) -> fair_race.Race:
    return fair_race.measure(race_setup(surface, names, steps, rates))


def line_setup(rate: float, size: int = 20, epochs: int = 1) -> all_or_a_sample.Setup:
    return all_or_a_sample.Setup(LINE, LINE.start, rate, size, epochs, 0)


def steps_of(name: str, rate: float, steps: int) -> one_step.Steps:
    return one_step.measure(one_step.Setup(name, SURFACE, rate, SURFACE.start, steps))


def says(word: str, **facts: object) -> str:
    return f"{word}: {facts}"


# ---- samples ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rate", "epochs", "nearest"), [(0.1, 1, "some_rows"), (0.01, 3, "single_row"), (0.5, 1, "all_rows")]
)
def test_each_preset_has_another_batch_size_in_front(rate: float, epochs: int, nearest: str) -> None:
    setup = line_setup(rate, epochs=epochs)
    runs = all_or_a_sample.measure(setup)
    assert all_or_a_sample.question(setup, runs).truths == (nearest,)
    assert (runs.paths["single_row"].diverged is not None) == (rate == 0.5)
    assert ("sampled_lost" in all_or_a_sample.explain(setup, runs, says)) == (rate == 0.5)


def test_the_clock_counts_rows_and_ends_with_the_epochs() -> None:
    runs = all_or_a_sample.measure(line_setup(0.05, epochs=2))
    assert all(clock[-1] == 2 * all_or_a_sample.TICKS for clock in runs.clock().values())
    lines = runs.player_lines(2)
    assert len(lines) == 2 * all_or_a_sample.TICKS + 1
    assert lines[all_or_a_sample.TICKS].splitlines()[0].startswith(f"B = {runs.rows}: k = 1,")
    # with a batch of all rows of one's own there are two runs, not three
    assert len(all_or_a_sample.measure(line_setup(0.05, size=runs.rows + 50)).path_by_size()) == 2


def line_runs(**errors: list[float]) -> all_or_a_sample.Runs:
    """Runs that were so far above the lowest error; all_rows, some_rows, single_row."""
    real = all_or_a_sample.measure(line_setup(0.1))
    above = {name: np.array(error) for name, error in errors.items()}
    paths = {
        name: SampledPath(np.zeros((len(e), 2)), e, np.zeros((len(e), 2)), np.arange(len(e)))
        for name, e in above.items()
    }
    return dataclasses.replace(real, paths=paths, errors=above)


def test_a_run_swings_as_far_as_it_climbs_again_near_its_end() -> None:
    down = [10.0, 6.6]
    short = [9.0, 4.0, 5.0, 3.0]
    late = [9.0, 8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0, 1.5, 1.2, 1.7, 0.9]
    found = line_runs(all_rows=down, some_rows=short, single_row=late).report(says).splitlines()
    # a single step that goes down is no swing, and three steps are too few for one
    assert "swings_nowhere" in found[0] and "'error': '6.6'" in found[0]
    assert "swings_unknown" in found[1] and f"'few': {all_or_a_sample.FEW}" in found[1]
    # from 1 up to 1.7, past a dip that is not as deep
    assert "swings_late: {'swing': '0.7'}" in found[2]
    early = [9.0, 9.5, *late[1:9], 0.8, 0.7, 0.6]
    assert "swings_early" in line_runs(all_rows=early).report(says)


def test_the_page_opens_with_one_step_that_swings_nowhere() -> None:
    first, *others = all_or_a_sample.measure(line_setup(0.1)).report(says).splitlines()
    assert "'steps': 1," in first and "swings_nowhere" in first and "swing'" not in first
    assert all("swings_late" in line for line in others)


def test_runs_that_end_alike_in_the_numbers_shown_are_equally_near() -> None:
    assert line_runs(all_rows=[9.0, 0.12345], some_rows=[9.0, 0.12341], single_row=[9.0, 0.2]).nearest == (
        "all_rows",
        "some_rows",
    )


def test_with_a_batch_of_all_rows_or_more_two_of_the_answers_are_one_run() -> None:
    runs = all_or_a_sample.measure(line_setup(0.01, size=10**6))
    assert runs.sizes["some_rows"] == runs.rows and len(runs.report(says).splitlines()) == 2
    assert all_or_a_sample.measure(line_setup(0.5, size=10**6)).nearest == ("all_rows", "some_rows")


def test_of_runs_that_are_all_lost_nobody_is_nearest() -> None:
    runs = all_or_a_sample.measure(line_setup(3.0, epochs=5))
    assert all(path.diverged for path in runs.paths.values()) and runs.nearest == ("nobody",)


def test_all_rows_at_half_the_limit_arrive_in_one_step_to_within_rounding() -> None:
    """The bowl of a standardised line is round, its curvature 2: at a rate of 0.5 the first step ends at the bottom."""
    setup = line_setup(0.5)
    runs = all_or_a_sample.measure(setup)
    assert runs.errors["all_rows"][-1] == 0 and "'error': '0 ± " in runs.report(says)
    assert runs.lowest_line == 1e-11 and "noise_of_rounding" in runs.errors_sentence(setup, says)


def test_the_noise_told_of_a_batch_is_that_of_theory_not_of_its_neighbours() -> None:
    runs = all_or_a_sample.measure(line_setup(0.1))
    single, rows = runs.noise.measured[0], runs.rows
    expected = single / np.sqrt(20) * np.sqrt((rows - 20) / (rows - 1))
    assert f"'here': '{readable(expected, 3)}'" in runs.noise_sentence(says)


def test_before_the_guess_nothing_says_that_a_mini_batch_is_a_bargain(opened: Callable[..., AppTest]) -> None:
    for asks, said in (("1", False), ("0", True)):
        at = opened("pages/5_optimizers.py", lang="en", beat="all_or_a_sample", predict=asks)
        assert any("bargain" in text.value for text in at.markdown) == said


def test_before_the_guess_the_runs_on_samples_show_their_start_only() -> None:
    runs = all_or_a_sample.measure(line_setup(0.1))
    start = runs.start()
    assert len(start.table()) == 3 and all(path.steps == 0 for path in start.paths.values())
    assert {float(error[-1]) for error in start.errors.values()} == {float(runs.errors["all_rows"][0])}


# ---- one step --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(rules_.RULES))
def test_every_rule_is_taken_apart_and_its_arrows_lead_where_it_goes(name: str) -> None:
    setup = one_step.Setup(name, SURFACE, 0.01, SURFACE.start, 8)
    steps = one_step.measure(setup)
    assert set(steps.parts) <= {*one_step.SYMBOLS, *one_step.PLACES} and len(steps.player_lines(setup)) == 9
    arrows = steps.arrows()
    assert set(arrows) <= set(one_step.ARROWS)
    assert arrows["arrow_step"][:, 2:] == pytest.approx(steps.w[1:])
    assert arrows["arrow_step"][:, :2] == pytest.approx(steps.w[:-1])
    assert one_step.table(setup, steps).shape[0] == 8
    start = steps.start()
    assert len(start.player_lines(setup)) == 1 and len(one_step.table(setup, start)) == 0
    assert list(start.parts) == list(steps.parts) and start.first == {}


def test_plain_descent_follows_its_own_arrow_and_the_heavy_ball_adds_what_it_carries() -> None:
    plain = steps_of("sgd", 0.01, 5).arrows()
    assert plain["arrow_plain"] == pytest.approx(plain["arrow_step"])
    heavy = steps_of("momentum", 0.01, 5).arrows()
    assert heavy["arrow_plain"][:, 2:] == pytest.approx(heavy["arrow_carried"][:, :2])
    assert heavy["arrow_carried"][:, 2:] == pytest.approx(heavy["arrow_step"][:, 2:])


WRITTEN = [("√v̂", "sqrt(v_hat)"), ("m̂", "m_hat"), ("v̂", "v_hat"), ("β₁ᵗ", "β₁**t"), ("β₂ᵗ", "β₂**t"), ("²", "**2")]
WRITTEN += [("√", "sqrt"), ("·", "*"), ("−", "-"), ("|g|", "abs(g)"), ("′", "_next"), ("₁", "_1"), ("₂", "_2")]


def worked_out(formula: str, known: dict[str, object]) -> object:
    """The right side of a formula by NumPy, with the values of its letters."""
    for sign, code in WRITTEN:
        formula = formula.replace(sign, code)
    return eval(
        formula, {"__builtins__": {}, "sqrt": np.sqrt, "abs": np.abs, "max": np.maximum, "sign": np.sign}, known
    )


@pytest.mark.parametrize("name", list(rules_.RULES))
def test_the_lines_of_a_formula_are_what_the_rule_computes(name: str) -> None:
    """Each line worked out from what those before it have made is what dlcore has; the rates are no round numbers."""
    setup = one_step.Setup(name, SURFACE, 0.03, SURFACE.start, 6)
    steps, rule = one_step.measure(setup), setup.rule
    fields = {"β": "momentum", "ρ": "rho", "β_1": "beta_1", "β_2": "beta_2", "ε": "epsilon", "λ": "weight_decay"}
    settings = {letter: getattr(rule, field) for letter, field in fields.items() if hasattr(rule, field)}
    for k in range(6):
        known: dict[str, object] = settings | {"η": 0.03, "t": k + 1, "w": steps.w[k], "g": steps.parts["g"][k]}
        if isinstance(rule, Nadam):
            known |= {"μ": rule.mu(k + 1), "μ_next": rule.mu(k + 2)}
        start = rule.start(steps.w[0])
        known |= {letter: steps.parts[letter][k - 1] if k else value for letter, value in start.items()}
        for line in worked_formulas.FORMULAS[name]:
            letter, _, right = re.split(" ([←=]) ", line, maxsplit=1)
            part = worked_formulas.PARTS.get(letter, letter)
            assert worked_out(right, known) == pytest.approx(steps.parts[part][k], rel=1e-9, abs=1e-12), (line, k)
            known[part] = steps.parts[part][k]


def test_every_rule_has_the_lines_of_its_formula() -> None:
    assert set(worked_formulas.FORMULAS) == set(rules_.RULES), "FORMULAS of lessons/optimizers/worked_formulas.py"


@pytest.mark.parametrize("name", list(rules_.RULES))
def test_a_step_is_written_out_in_letters_and_with_its_numbers(name: str) -> None:
    setup = one_step.Setup(name, SURFACE, 0.03, SURFACE.start, 12)
    steps = one_step.measure(setup)
    for k, text in enumerate(steps.player_lines(setup)[:-1]):
        first, *lines = text.split("\n")
        assert first.startswith(f"w = {worked_formulas.in_brackets(steps.w[k])},")
        assert [line.split(" = ")[0].partition(" ← ")[0] for line in lines] == [
            formula.split(" = ")[0].partition(" ← ")[0] for formula in worked_formulas.FORMULAS[name]
        ]
        for formula, line in zip(worked_formulas.FORMULAS[name], lines, strict=True):
            numbers, result = re.split(" [=≈] ", line.removeprefix(f"{formula} = "))
            assert not set("ηβρελμwvmgGuacdp") & set(numbers.replace("max", "").replace("sign", "")), line
            letter = re.split(" [←=] ", formula)[0]
            value = steps.parts[worked_formulas.PARTS.get(letter, letter)][k]
            assert result == worked_formulas.in_brackets(value[0] if letter == "p" else value), line
            assert not re.search("[−-] ?[−-]|- ?\\d", line), f"two signs in a row, or a hyphen for a minus: {line}"


BY_HAND = [(r"×10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", r"e\1"), (r"(?<=\d),(?=\d)", ""), (r"\|(.*?)\|", r"abs(\1)")]
BY_HAND += [(r"\(([^()]+, [^()]+)\)", r"A([\1])"), (r"√(A\(.*?\))", r"sqrt(\1)"), ("√", "sqrt")]
BY_HAND += [(r"(?<=[\d)])([⁰¹²³⁴⁵⁶⁷⁸⁹]+)", r"**\1"), ("·", "*"), ("−", "-")]


def by_hand(numbers: str) -> np.ndarray:
    """A line of numbers, one a weight in brackets, worked out by NumPy."""
    for sign, code in BY_HAND:
        numbers = re.sub(sign, code, numbers)
    known = {"A": np.array, "sqrt": np.sqrt, "abs": np.abs, "max": np.maximum, "sign": np.sign, "__builtins__": {}}
    return np.atleast_1d(eval(numbers.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")), known))


@pytest.mark.parametrize("name", list(rules_.RULES))
def test_the_numbers_of_a_step_give_its_result_by_hand(name: str) -> None:
    """0.999·0.078228 + (1 − 0.999)·0.7187² was said to be 0.078667, and is 0.078666."""
    setup = one_step.Setup(name, SURFACE, 0.2 if name not in ("sgd", *one_step.HEAVY) else 0.03, SURFACE.start, 30)
    lines = [line for text in one_step.measure(setup).player_lines(setup)[:-1] for line in text.split("\n")[1:]]
    assert len(lines) == 30 * len(worked_formulas.FORMULAS[name])
    for formula, line in zip(worked_formulas.FORMULAS[name] * 30, lines, strict=True):
        numbers, sign, result = re.split(" ([=≈]) ", line.removeprefix(f"{formula} = "))
        shown = by_hand(result)
        if sign == "≈":
            # what is left where two numbers cancel
            assert np.min(np.abs(shown)) < 1e-15, line
            continue
        digits = [each.partition("×10") for each in result.strip("()").split(", ")]
        units = [by_hand(f"1×10{power or '⁰'}") * 10.0 ** -len(d.partition(".")[2]) for d, _, power in digits]
        assert np.all(np.abs(by_hand(numbers) - shown) <= 0.5001 * np.array(units).ravel()), line


def test_a_power_has_the_number_of_its_step() -> None:
    setup = one_step.Setup("adam", SURFACE, 0.03, SURFACE.start, 12)
    lines = one_step.measure(setup).player_lines(setup)
    assert "(1 − 0.9¹)" in lines[0] and "(1 − 0.9¹²)" in lines[11] and "(1 − 0.999¹²)" in lines[11]


def test_the_momentum_that_is_set_is_that_of_the_rule_and_of_no_other() -> None:
    for name in rules_.RULES:
        setups = [one_step.Setup(name, SURFACE, 0.01, SURFACE.start, 4, beta) for beta in (0.9, 0.5)]
        differ = setups[0].rule != setups[1].rule
        assert differ == (name in one_step.HEAVY)
        assert (one_step.measure(setups[0]).w != one_step.measure(setups[1]).w).any() == differ


# ---- the plane of momentum -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rate", "beta", "word"), [(0.1, 0.9, "momentum_plane_here"), (0.1, 0.0, "momentum_plane_lost")]
)
def test_what_the_plane_says_of_a_setting_is_what_becomes_of_it(rate: float, beta: float, word: str) -> None:
    """Without momentum the limit of the narrow valley is 2/25 = 0.08; with 0.9 it is 0.152."""
    said = momentum_plane.sentence(momentum_plane.bottom(SURFACE), rate, beta, says)
    assert f"'limit': '{readable(2 * (1 + beta) / 25, 3)}'" in said and word in said
    setup = one_step.Setup("momentum", SURFACE, rate, SURFACE.start, 300, beta)
    steps = one_step.measure(setup)
    comes_to_rest = len(steps.w) == 301 and np.abs(steps.w[-1]).max() < 1e-3
    assert comes_to_rest == (word == "momentum_plane_here")


def test_the_plane_stands_under_momentum_and_plain_descent_alone(opened: Callable[..., AppTest]) -> None:
    for name in ("sgd", "momentum", "nesterov", "adam"):
        at = opened("pages/5_optimizers.py", lang="en", beat="one_step", predict="0", rule2=name)
        assert not at.exception
        there = any("limit of stability" in caption.value for caption in at.caption)
        assert there == (name in momentum_plane.RULES), name
    at = opened("pages/5_optimizers.py", lang="en", beat="one_step", predict="0", rule2="momentum", f="saddle")
    assert not at.exception


@pytest.mark.parametrize(("name", "mover"), [("sgd", "moves_second"), ("adam", "moves_alike"), ("lion", "moves_alike")])
def test_adams_first_step_is_alike_for_all_weights_and_plain_descents_is_not(name: str, mover: str) -> None:
    setup = one_step.Setup(name, SURFACE, 0.01, SURFACE.start, 3)
    assert one_step.question(setup, one_step.measure(setup)).truths == (mover,)


def test_a_first_step_out_of_sight_still_moves_one_weight_further() -> None:
    steps = steps_of("sgd", 1e3, 3)
    assert len(steps.w) == 1 and steps.first_mover == ("moves_second",)
    assert steps.first["step"] == pytest.approx([3.5e3, -3e4])
    assert "lost_at" in steps.first_step_sentence("sgd", says)


def test_where_the_first_step_is_no_number_nobody_is_wrong() -> None:
    setup = one_step.Setup("sgd", OwnFormula("sqrt(x) + y"), 0.1, (-1.0, 1.0), 3)
    steps = one_step.measure(setup)
    assert len(steps.w) == 1 and one_step.question(setup, steps).truths == one_step.WHO_MOVES


def test_adagrads_rate_only_falls_and_rmsprops_can_rise() -> None:
    """As the page says of a common belief."""
    rates = {name: steps_of(name, 0.1, 40).parts["rate"] for name in ("adagrad", "rmsprop")}
    assert (np.diff(rates["adagrad"], axis=0) <= 0).all() and (np.diff(rates["rmsprop"], axis=0) > 0).any()


def test_momentum_also_rolls_uphill() -> None:
    """As the page says of a common belief."""
    height = race(SURFACE, ("momentum",), rates=(0.01,)).paths["momentum"].height
    assert (np.diff(height) > 0).any()


# ---- races -----------------------------------------------------------------------------------------------------------


def test_on_the_round_bowl_tuned_descent_beats_adam() -> None:
    """As the page says, and as its preset shows."""
    found = race(Bowl())
    arrivals = {name: found.arrival(name) for name in found.rules}
    assert "sgd" in found.first and (arrivals["sgd"], arrivals["adam"]) == (2, 39)


def raced(**heights: list[float]) -> fair_race.Race:
    """A race on a bowl, whose deepest height is 0, in which these were the heights."""
    rows = {name: np.array(height) for name, height in heights.items()}
    paths = {name: Path(np.ones((len(h), 2)), h, np.zeros((len(h), 2))) for name, h in rows.items()}
    return fair_race.Race({name: rules_.RULES[name].rule for name in heights}, paths, {}, np.zeros(1), 0.0)


def test_all_that_lose_99_percent_at_one_step_are_first_whoever_is_lower_then() -> None:
    found = raced(sgd=[13.0, 5.0, 0.01, 0.0], adagrad=[13.0, 1.0, 0.0001, 0.0], adam=[13.0, 9.0, 5.0, 0.0])
    assert found.first == ("sgd", "adagrad")
    assert race(Bowl()).first == ("sgd", "adagrad")


def test_what_is_left_at_the_end_of_a_race_is_told_and_tabled_as_it_is() -> None:
    """Not the floor of the picture, a trillionth of the start's error: 2.4e-11 for both."""
    found = race(SURFACE)
    for name in ("adagrad", "rmsprop"):
        height = found.paths[name].height[-1]
        assert height < 1e-15 and found.errors[name][-1] == height
        assert f"'error': '{readable(height, 3)}'" in found.report(says)
        assert f"{name}: {readable(height)}" in found.player_lines()[-1].splitlines()
        table = found.rates_table()
        own = table[
            (table["optimizer"] == name) & np.isclose(table["learning_rate"], rules_.rate_of(found.rules[name]))
        ]
        assert own["error"].item() == pytest.approx(height, rel=1e-9, abs=1e-300)
        assert found.rate_and_end[name] == (rules_.rate_of(found.rules[name]), height)
    assert readable(found.paths["adagrad"].height[-1]).endswith("10⁻⁴⁰")
    assert found.lowest_line == 1e-11 and "lowest_line_said" in found.errors_sentence(says, "race_error_said")


def test_a_picture_that_shows_everything_has_no_lowest_line() -> None:
    found = raced(sgd=[13.0, 5.0, 0.01], adam=[13.0, 9.0, 5.0])
    assert found.lowest_line is None and found.errors_sentence(says, "word") == found.sentence(says, "word")


def test_what_cannot_be_told_from_rounding_is_no_error() -> None:
    """The minima of the camel are about -1: heights closer together than their rounding are all the lowest."""
    found = race(SixHumpCamel())
    ends = {name: found.errors[name][-1] for name in ("sgd", "nesterov", "adagrad", "rmsprop")}
    assert set(ends.values()) == {0.0} and 1e-16 < found.noise < 1e-13
    assert f"'error': '0 ± {readable(found.noise, 1)}'" in found.report(says)
    assert "noise_of_rounding" in found.errors_sentence(says, "race_error_said")
    # where nothing is lost to rounding an error of 0 is none
    assert "'error': '0'" in raced(sgd=[13.0, 0.0]).report(says)


def test_of_a_run_that_was_lost_the_picture_of_rates_tells_no_end() -> None:
    found = race(SURFACE, ("sgd",), rates=(30.0,), steps=50)
    assert found.rate_and_end == {"sgd": (30.0, np.inf)}


def test_all_rules_try_the_same_rates_and_none_may_climb_above_its_start() -> None:
    found = race(SURFACE)
    assert len({tuple(sweep.rates) for sweep in found.sweeps.values()}) == 1
    for name, path in found.paths.items():
        rate, _ = found.rate_and_end[name]
        assert rate in found.sweeps[name].rates and path.height.max() <= path.height[0] * (1 + 1e-9)
        assert np.nanmin(found.final_errors[name]) <= found.errors[name][-1] + 1e-9


def test_a_race_that_nobody_finishes_says_so() -> None:
    found = race(SURFACE, rates=(1e-5,) * len(rules_.COURSE), steps=5)
    assert found.first == ("nobody",) and "racer_late" in found.report(says)
    lost = race(SURFACE, ("sgd",), rates=(30.0,), steps=50)
    assert lost.first == ("nobody",) and "racer_lost" in lost.report(says)
    assert np.isfinite(lost.errors["sgd"]).all() and len(lost.player_lines()) == lost.paths["sgd"].steps + 1


def test_the_dots_of_rates_that_were_set_are_not_said_to_be_the_best(opened: Callable[..., AppTest]) -> None:
    """It said of every dot that its run had ended lowest, also of a rate that the reader had chosen."""
    for fair in ("1", "0"):
        at = opened("pages/5_optimizers.py", lang="en", beat="fair_race", predict="0", fair=fair)
        captions = " ".join(caption.value for caption in at.caption)
        assert ("the lowest end among" in captions) == (fair == "1")
        assert ("the rate that you have set" in captions) == (fair == "0")


def test_a_landscape_that_is_wide_and_low_has_the_wider_picture() -> None:
    """A narrow valley filled a fifth of the height that it had."""
    assert landscapes.map_width(SURFACE) > 1 == landscapes.map_width(Himmelblau())


def test_the_names_of_many_runs_stand_in_one_of_two_pictures(
    opened: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a hall six names took a third of the height of both."""
    rows: list[list[Picture]] = []
    beside = Beat.side_by_side

    def spied(self: Beat, *pictures: tuple[Picture, str], **how: Any) -> None:
        rows.append([picture for picture, _ in pictures])
        beside(self, *pictures, **how)

    monkeypatch.setattr(Beat, "side_by_side", spied)
    for name in ("all_or_a_sample", "fair_race", "on_a_network"):
        rows.clear()
        assert not opened("pages/5_optimizers.py", lang="en", beat=name, predict="0", ep5="1").exception
        one, other = rows[0]
        assert one.look["names"] == other.look["names"], name
        assert [picture.look["legend"] for picture in (one, other)].count(True) == 1, name


def test_before_the_guess_a_race_shows_its_start_only() -> None:
    setup = race_setup(SURFACE)
    start = fair_race.measure(setup).start()
    assert start.sweeps == {} and all(path.steps == 0 for path in start.paths.values())
    assert len(fair_race.table(setup, start)) == len(rules_.COURSE)


def test_before_the_guess_the_height_of_the_start_does_not_tell_how_deep_any_ball_will_come() -> None:
    """Where no minimum is known the floor is the lowest place reached, and before the run that is the start."""
    setup = race_setup(OwnFormula("x^2 + y^4 - 3"), ("sgd",))
    found = fair_race.measure(setup)
    assert found.at_start > 1 and found.start().at_start == 0


def test_the_question_of_a_race_has_its_racers_and_nobody_to_choose_from() -> None:
    setup = race_setup(Bowl(), ("adam", "sgd"))
    asked = fair_race.question(setup, fair_race.measure(setup))
    assert asked.choices == ("adam", "sgd", "nobody") and asked.truths == ("sgd",)


def test_the_first_goal_is_for_tuned_rates_only() -> None:
    def reached(setup: fair_race.Setup) -> bool:
        return fair_race.goals(setup, fair_race.measure(setup))[0].reached

    tuned = race_setup(Bowl(), ("sgd", "momentum", "adam"))
    race_rates = fair_race.measure(tuned).rate_and_end
    own = tuple(race_rates[name][0] for name in tuned.entrants.names)
    assert reached(tuned) and not reached(race_setup(Bowl(), tuned.entrants.names, rates=own))


@pytest.mark.parametrize("surface", [Himmelblau(), Plateau()], ids=repr)
def test_the_ranking_puts_the_most_reliable_on_top(surface) -> None:
    setup = many_starts.Setup(surface, ("sgd", "rmsprop"), 60, 0)
    found = many_starts.measure(setup)
    shares = many_starts.shares_picture(found, says).data["shares"]
    assert list(shares["x"]) == sorted(shares["x"], reverse=True)
    assert list(shares["name"]) == list(found.names) and found.names[0] in found.best
    table = many_starts.ranking_table(setup, found)
    assert list(table["share"]) == sorted(table["share"], reverse=True) and len(table) == 2
    assert len(many_starts.starts_table(setup)) == many_starts.STARTS


def arrivals(**by_name: list[int]) -> many_starts.Ranking:
    """A ranking of rules that arrived at these steps (-1: not at all)."""
    standings = {}
    for name, steps in by_name.items():
        arrival = np.array(steps)
        hits = int((arrival >= 0).sum())
        low, high = share_interval(hits, len(steps))
        median = float(np.median(arrival[arrival >= 0])) if hits else np.nan
        standings[name] = Standing(arrival, hits / len(steps), low, high, median)
    return many_starts.Ranking(standings)


def test_all_that_arrive_equally_often_are_the_most_reliable_whatever_their_steps() -> None:
    found = arrivals(sgd=[58, 59, 3], momentum=[90, 91, 92], adam=[5, 5, -1])
    assert found.best == ("sgd", "momentum")
    assert "ranking_tied" in found.sentence(says) and "'names': 'sgd, momentum'" in found.sentence(says)
    assert "'soonest': 'sgd'" in found.sentence(says) and "'count': 3" in found.sentence(says)
    alone = arrivals(sgd=[58, 59, -1, -1], adam=[5, 5, 5, -1])
    assert alone.best == ("adam",) and "ranking_said" in alone.sentence(says)
    assert arrivals(sgd=[-1, -1], adam=[-1, -1]).best == ("nobody",)


def test_a_median_between_two_steps_is_told_as_it_is() -> None:
    found = arrivals(sgd=[58, 59])
    beside_the_bar = many_starts.shares_picture(found, says).data["shares"]["steps"][0]
    assert "'steps': '58.5'" in found.sentence(says) and "'steps': '58.5'" in beside_the_bar


def test_of_the_races_from_many_starts_the_page_opens_with_four_that_never_fail() -> None:
    """Four of the six arrive from all 150 starts of the default: none of them is a wrong guess."""
    setup = many_starts.Setup(Himmelblau(), rules_.COURSE, 150, 0)
    asked = many_starts.question(setup, many_starts.measure(setup))
    assert set(asked.truths) == {"sgd", "momentum", "adagrad", "adam"}


# ---- a network -------------------------------------------------------------------------------------------------------


def test_all_racers_begin_with_the_same_loss_and_the_best_of_the_rates_tried() -> None:
    setup = on_a_network.Setup(TASK, Entrants(("sgd", "adam")))
    found = on_a_network.measure(setup)
    assert found.loss["sgd"][0] == found.loss["adam"][0] and set(found.loss_by_rate) == {"sgd", "adam"}
    for name, ends in found.loss_by_rate.items():
        assert found.rates[name] == on_a_network.RATES[np.nanargmin(ends)]
        assert found.loss[name][-1] == pytest.approx(np.nanmin(ends), rel=1e-6)
    lowest = min(found.loss, key=lambda name: found.loss[name][-1])
    assert on_a_network.question(setup, found).truths == (lowest,)
    assert len(found.table()) == 2 * 4
    start = found.start()
    assert len(start.player_lines()) == 1 and len(start.table()) == 2 and start.loss_by_rate == {}


def test_what_a_rule_costs_is_counted_not_timed() -> None:
    """Two inputs, two layers of 4, one output: 12 + 20 + 5 weights, and Adam keeps two numbers for each."""
    setup = on_a_network.Setup(TASK, Entrants(("sgd", "momentum", "adam")))
    found = on_a_network.measure(setup)
    lines = found.report(says).splitlines()
    assert found.weights == 37
    for line, each, memory in zip(lines, (0, 1, 2), (0, 37, 74), strict=True):
        assert f"'each': {each}, 'memory': {memory}," in line
    assert on_a_network.measure(setup).report(says) == found.report(says)


def test_nothing_that_a_reader_is_told_of_a_run_was_measured_by_the_clock() -> None:
    """What the clock says of one server at one moment is kept for everybody: it may pace a bar, but it is no result."""
    paced = {"fit", "grow"}
    clocks = re.compile(r"\b(import time|from time import|perf_counter|process_time)\b")
    folders = [File(str(module.__file__)).parent for module in (ui, dlcore, charts, lessons)]
    found = {path.stem for folder in folders for path in folder.rglob("*.py") if clocks.search(path.read_text("utf-8"))}
    assert found <= paced


def test_losses_that_look_alike_in_the_numbers_shown_are_equally_low() -> None:
    ends = {"sgd": [0.7, 0.12341], "adam": [0.7, 0.12344], "rmsprop": [0.7, 0.2], "adagrad": [0.7, np.nan]}
    loss = {name: np.array(values) for name, values in ends.items()}
    rates = dict.fromkeys(loss, 0.1)
    assert on_a_network.Trainings(loss, loss, rates, {}, 70, 37).lowest == ("sgd", "adam")
    lost = {name: np.array([0.7, np.nan]) for name in loss}
    assert on_a_network.Trainings(lost, lost, rates, {}, 70, 37).lowest == ("nobody",)


def test_ones_own_rates_are_used_as_they_are() -> None:
    found = on_a_network.measure(on_a_network.Setup(TASK, Entrants(("sgd", "adam"), (0.5, 0.02))))
    assert found.rates == {"sgd": 0.5, "adam": 0.02} and found.loss_by_rate == {}
    # as the same rule by itself
    alone = on_a_network.measure(on_a_network.Setup(TASK, Entrants(("sgd",), (0.5,))))
    assert found.loss["sgd"] == pytest.approx(alone.loss["sgd"])


# ---- forms -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("which", "rate", "same"),
    [
        (MomentumMean(), 0.01, "other_path"),
        (MomentumScale(), 0.01, "same_path"),
        (AdagradStart(), 0.5, "other_path"),
        (EpsilonSize(), 0.1, "other_path"),
        (EpsilonPlace(), 0.1, "same_path"),
    ],
    ids=repr,
)
def test_forms_agree_or_differ_as_the_presets_say(which, rate: float, same: str) -> None:
    setup = one_name.Setup(which, SURFACE, rate, 60)
    runs = one_name.measure(setup)
    assert one_name.question(setup, runs).truths == (same,)
    formulas = one_name.formulas(setup, says)
    assert len(formulas) == len(setup.rules) and len(set(formulas)) >= 2
    assert len(runs.player_lines()) == 61 and len(one_name.table(setup, runs)) == 61 * len(setup.rules)
    start = runs.start()
    assert len(start.player_lines()) == 1 and all((d == 0).all() for d in start.distances.values())


def test_forms_that_take_one_path_are_no_distance_apart() -> None:
    """Not the lowest line of the picture, 1e-17: that would be a distance."""
    runs = one_name.measure(one_name.Setup(MomentumMean(), SURFACE, 0.01, 60))
    first, other, _ = runs.paths.values()
    none = one_name.distance(SURFACE, first, first)
    same = one_name.Runs(dict.fromkeys(runs.paths, first), dict.fromkeys(runs.distances, none))
    assert same.same == ("same_path",) and (none == 0).all() and len(none) == 61
    assert "'apart': '0'" in same.report(says)
    assert runs.ends == same.ends == (1e-17, 1.0), "the axis of a picture that shows nothing but rounding, too"
    assert runs.distances["mean"][0] == 0 < runs.distances["mean"][-1]
    assert runs.distances["mean"] == pytest.approx(one_name.distance(SURFACE, other, first))


def test_forms_are_called_by_their_programs_or_by_words() -> None:
    """Legends said "mean" and "paper" on a Korean page."""
    for convention in map(Convention.get, Convention.members):
        for name in convention.forms(0.1):
            own = name[0].isupper() or "ε" in name
            assert own == (name not in one_name.WORDS)
    runs = one_name.measure(one_name.Setup(MomentumMean(), SURFACE, 0.01, 10)).with_form_names(str.upper)
    assert list(runs.paths) == ["Keras", "FORM_MEAN", "FORM_MEAN_TENFOLD"]
    assert list(runs.distances) == list(runs.paths)[1:]


def test_forms_that_leave_the_map_at_once_are_not_told_apart_by_rounding() -> None:
    """Paths that end at their start have no step in common or apart: nobody can be wrong about them."""
    assert one_name.measure(one_name.Setup(MomentumMean(), SURFACE, 0.01, 60)).start().same == one_name.SAME


def test_the_kinship_is_that_of_the_rules_found() -> None:
    memory = family.measure(family.Setup())
    table = family.rule_table(memory)
    assert list(table["optimizer"]) == list(rules_.RULES) == list(memory)
    assert dict(zip(table["optimizer"], table["numbers_per_weight"], strict=True)) == memory
    assert (memory["sgd"], memory["momentum"], memory["adam"]) == (0, 1, 2)


def test_what_adam_improves_was_answered_also_when_another_rule_is_looked_at(opened: Callable[..., AppTest]) -> None:
    """The question is about Adam whatever the menu says; it is not put again, and its verdict stays."""
    at = opened("pages/5_optimizers.py", lang="en")
    at.pills(key="predict-optimizers.family").set_value("better_both").run()
    at.selectbox(key="optimizers.rule").set_value("momentum").run()
    place = next(block for block in at.container if block.key == "beat-family")
    assert [each.value.startswith("**Right: Both.**") for each in place.success] == [True]
    assert any("**momentum**" in each.value for each in place.markdown)
    assert not [button for button in place.button if "again" in str(button.key)]


def test_what_adam_improves_is_not_said_before_it_is_asked(opened: Callable[..., AppTest]) -> None:
    """The line beneath the formula and the table of all rules said it, while the question stood above them."""
    at = opened("pages/5_optimizers.py", lang="en")
    at.session_state["optimizers-family-tables"] = True
    at.run()

    def said() -> list[str]:
        place = next(block for block in at.container if block.key == "beat-family")
        return [each.value for each in place.markdown if "improves" in each.value]

    assert not said() and not next(block for block in at.container if block.key == "beat-family").dataframe
    at.pills(key="predict-optimizers.family").set_value("better_both").run()
    assert said() and next(block for block in at.container if block.key == "beat-family").dataframe
