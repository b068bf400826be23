"""The page on the learning rate: its presets show what their names say, and its words rest on what was computed."""

import math
import re
import types

import numpy as np
import pytest

from dlcore.datasets import AutoMPG, Penguins
from dlcore.experiments.lr_finder import Growth, range_test
from dlcore.experiments.rate_trials import Trial
from dlcore.schedules import CosineDecay, ExponentialDecay, OneCycle, PiecewiseConstantDecay, Schedule
from dlcore.surfaces import Bowl, Himmelblau, NarrowValley, OwnFormula, Surface
from lessons.learning_rate import (
    finding_a_rate,
    how_much,
    rate_scale,
    schedule_controls,
    small_networks,
    three_rates,
    with_schedule,
)
from ui.text import texts
from ui.text.equations import with_approximations

SCRIPT = "pages/2_learning_rate.py"


def setup(surface: Surface, steps: int) -> three_rates.Setup:
    """The question with the three rates that the page begins with."""
    small, fitting, large = three_rates.default_rates(surface).values()
    return three_rates.Setup(surface, (small, fitting, large), steps)


@pytest.mark.parametrize("name", Surface.members)
def test_the_default_rates_lie_below_and_beyond_the_limit_on_every_landscape(name: str) -> None:
    surface = Surface.get(name)
    small, fitting, large = setup(surface, 60).rates
    limit = rate_scale.limits_of(surface).limit
    assert small < limit / 20 and small < fitting < limit < large < 1.1 * limit


def test_the_batch_that_explodes_is_the_one_that_the_player_counts() -> None:
    """The player counts from 0, and the sentence called batch 102 the 103rd."""
    test = range_test(Trial(AutoMPG(), batch_size=small_networks.BATCH), Growth())
    said = finding_a_rate.test_sentence(test, 0.1, lambda word, **facts: texts.fill(texts.words()[word]["ko"], facts))
    assert test.exploded and f"배치 {len(test.rate) - 1}(" in said


@pytest.mark.parametrize("surface", [Bowl(), NarrowValley()], ids=repr)
def test_on_a_bowl_the_defaults_are_slow_converged_and_diverged(surface: Surface) -> None:
    runs = three_rates.measure(setup(surface, 60))
    assert [each.verdict for each in runs.diagnoses.values()] == ["slow", "converged", "diverged"]
    asked = three_rates.question(setup(surface, 60), runs)
    assert asked and asked.truths == ("will_diverge",)


def test_what_has_left_the_map_for_good_is_not_drawn() -> None:
    runs = three_rates.measure(three_rates.Setup(NarrowValley(), (0.0024, 0.0769, 0.084), 60))
    small, fitting, large = (three_rates.on_the_map(NarrowValley(), path) for path in runs.paths.values())
    assert len(small.w) == len(fitting.w) == 61 and len(large.w) < 10
    (_, (low, high)) = NarrowValley().extent
    assert not low <= large.w[-1, 1] <= high and low <= large.w[-2, 1] <= high


@pytest.mark.parametrize("text", ["-x**2", "0*x + 1", "log(x)", "1e-9*x**2", "1e6*x**2 + y**2", "exp(x*y)"])
def test_any_formula_gets_sliders_and_a_sentence(text: str) -> None:
    surface = OwnFormula(text)
    chosen = setup(surface, 30)
    runs, (low, high) = three_rates.measure(chosen), chosen.ends
    assert 0 < low < min(chosen.rates) and max(chosen.rates) < high < math.inf
    assert len(three_rates.steps_by_hand(chosen, runs)) >= 1 and len(three_rates.table(chosen, runs)) >= 3


# ---- sweeps ----------------------------------------------------------------------------------------------------------


def test_the_question_counts_what_is_counted() -> None:
    """A network has epochs, and was asked about steps."""
    words = texts.words()
    for over, word, unit in ((NarrowValley(), "how_range_changes", "steps"), (Trial(AutoMPG()), "", "epochs")):
        chosen = how_much.Setup(over if word else over.shorter(6), 6, 0.01)  # type: ignore[union-attr]
        asked = how_much.question(chosen, how_much.measure(chosen))
        assert asked and unit in words[asked.word]["en"]


def test_what_is_left_is_worked_out_by_hand_to_the_digits_shown() -> None:
    chosen = how_much.Setup(Himmelblau(), 40, 0.01)
    heights = how_much.measure(chosen)
    for line, left in zip(how_much.steps_by_hand(heights), heights.left[:, heights.place], strict=True):
        assert with_approximations(line) == line and "=" in line
        shown = float(
            line.rpartition(" = ")[2]
            .rstrip("%")
            .replace("×10", "e")
            .translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
        )
        assert shown == pytest.approx(100 * left, rel=6e-3)


def test_what_rounding_may_have_left_is_no_number() -> None:
    chosen = how_much.Setup(Bowl(), 60, 0.4)
    said = how_much.explain(chosen, how_much.measure(chosen), lambda word, **facts: f"{word} {facts}")
    assert "next_to_nothing" in said and "×10⁻" not in said


def test_a_valley_that_curves_alike_has_one_curvature() -> None:
    """The curvatures of a round bowl were said to reach from 2 to 2."""
    say = lambda word, **facts: f"{word} {facts}"  # noqa: E731
    for surface, word in ((Bowl(), "axis_fastest_round"), (NarrowValley(), "axis_fastest ")):
        chosen = setup(surface, 60)
        assert word in three_rates.axis_sentence(chosen, three_rates.measure(chosen), say)


def test_more_steps_make_smaller_rates_useful() -> None:
    chosen = how_much.Setup(NarrowValley(), 60, 0.01)
    heights = how_much.measure(chosen)
    asked = how_much.question(chosen, heights)
    assert asked and asked.truths == ("grows_down",)
    assert heights.left[0] == pytest.approx(np.ones(len(chosen.rates))) and np.nanmin(heights.left[-1]) >= 0
    assert heights.rate == 0.01 and min(chosen.rates) == 0.0003


def test_what_the_verdict_says_is_not_said_again_below(opened) -> None:
    """The list of useful rates stood in the verdict and once more under the player."""
    at = opened(SCRIPT, {"beat": "how_much"}, lang="en")
    at.pills(key="predict-learning_rate.how_much").select("grows_down").run()
    assert not at.exception
    assert len([said.value for said in at.markdown if said.value.startswith("- **After 10 steps**")]) == 1


def test_before_the_answer_the_first_part_of_a_sweep_is_shown() -> None:
    chosen = how_much.Setup(NarrowValley(), 60, 0.01)
    unanswered = types.SimpleNamespace(answered=False)
    shown = how_much.visible(unanswered, chosen, how_much.measure(chosen))  # type: ignore[arg-type]
    assert shown.last == 10 and len(shown.left) == 11 and list(how_much.table(shown).columns)[-1] == "E(10)"


def test_a_network_is_swept_at_the_stops_of_its_slider() -> None:
    trial = Trial(AutoMPG(), batch_size=small_networks.BATCH, epochs=6)
    chosen = how_much.Setup(trial, 6, 0.1)
    heights = how_much.measure(chosen)
    assert heights.rate == 0.1 and set(how_much.changes(heights)) <= set(how_much.CHANGES)


# ---- schedules -------------------------------------------------------------------------------------------------------


def outcomes(trial: Trial, plan: schedule_controls.Plan) -> tuple[str, ...]:
    chosen = with_schedule.Setup(trial, plan)
    return with_schedule.question(chosen, with_schedule.measure(chosen)).truths


def test_the_presets_of_the_schedules_do_what_they_say() -> None:
    penguins, cars = Trial(Penguins()), Trial(AutoMPG())
    assert outcomes(penguins, schedule_controls.Plan(0.3, CosineDecay(0.3, 900))) == ("with_lower",)
    assert outcomes(cars, schedule_controls.Plan(0.1, ExponentialDecay(0.1, 45, 0.1))) == ("without_lower",)
    warm = CosineDecay(0.0, 720, warmup_target=0.4, warmup_steps=180)
    assert outcomes(cars, schedule_controls.Plan(0.4, warm)) == ("with_lower",)
    assert schedule_controls.Plan(0.4).train(cars).diverged, "what is rescued would be lost"


def test_a_schedule_that_changes_nothing_ends_as_low() -> None:
    trial = Trial(Penguins(), epochs=3)
    assert outcomes(trial, schedule_controls.Plan(0.1, ExponentialDecay(0.1, 90, 1.0))) == ("as_low",)
    assert outcomes(trial, schedule_controls.Plan(10.0)) == ("as_low",), "both diverge"
    stairs = PiecewiseConstantDecay((300, 600), (0.4, 0.12, 0.036))
    assert outcomes(Trial(AutoMPG()), schedule_controls.Plan(0.4, stairs)) == ("as_low",), (
        "both diverge, one of them to infinity"
    )


def test_a_cosine_without_a_warm_up_has_none_in_its_formula() -> None:
    """It had the letters W and η_top, of which nothing was on the screen."""
    plain, climbing = CosineDecay(0.3, 900), CosineDecay(0.0, 720, warmup_target=0.3, warmup_steps=180)
    formulas = [schedule_controls.Plan(0.3, each).formula for each in (plain, climbing)]
    assert "W" not in formulas[0] and "top" not in formulas[0] and "cos" in formulas[0]
    assert r"\eta_{start}" in formulas[1] and "W" in formulas[1]


def test_the_rate_of_the_page_has_one_letter_in_every_formula() -> None:
    """η₀ was the slider's rate beside the picture, and where the climb begins in the formula below it."""
    climbing = CosineDecay(0.0, 720, warmup_target=0.3, warmup_steps=180), OneCycle(0.3, 900)
    for each in climbing:
        formula = schedule_controls.Plan(0.3, each).formula
        assert "top" not in formula and "max" not in formula.replace(r"\max", "") and r"\eta_0" in formula


@pytest.mark.parametrize("name", schedule_controls.NAMES)
def test_a_formula_has_no_words_of_one_language(name: str) -> None:
    """Stairs had "for" in theirs, and the plateau "after p epochs without a better L", on Korean pages, too."""
    plan = schedule_controls.OURS.get(name)
    made = schedule_controls.Plan(0.3, Schedule.members[name]()) if plan is None else None  # type: ignore[arg-type]
    values = {setting: kind.default for setting, kind in plan.kinds.items()} if plan else {}
    formula = (made or plan.plan(0.3, 900, **values)).formula  # type: ignore[union-attr]
    words = re.findall(r"[a-z]{2,}", re.sub(r"\\text\{power\}|\\[a-z]+|\{(cases|start|end|min)\}", "", formula))
    assert words == []


def test_every_schedule_is_in_the_menu_but_the_one_it_is_compared_with() -> None:
    assert set(schedule_controls.NAMES) == set(Schedule.members) - {"constant"} | {"warm_up", "reduce_on_plateau"}
    assert len(schedule_controls.NAMES) == len(set(schedule_controls.NAMES))


@pytest.mark.parametrize("name", schedule_controls.NAMES)
def test_every_schedule_shows_its_formula_and_a_line_to_copy(name: str, opened, sound) -> None:
    at = opened(SCRIPT, lang="en", predict="0", by=name)
    sound(at)
    assert not at.warning
    (line,) = (code.value for code in at.code if code.value.startswith(("learning_rate =", "keras.callbacks")))
    assert ("keras" in line) == (name != "one_cycle")
    assert "warm" not in name or "warmup_target=0.3" in line


# ---- readings --------------------------------------------------------------------------------------------------------

VERDICTS = {0.1: "reading_good", 0.001: "reading_small", 0.3: "reading_close", 0.5: "reading_lost"}


@pytest.mark.parametrize("reading", VERDICTS)
def test_the_presets_of_the_reading_are_judged_as_they_say(reading: float) -> None:
    trial = Trial(AutoMPG(), batch_size=small_networks.BATCH, epochs=20)
    chosen = finding_a_rate.Setup(trial, Growth(), reading)
    measured = finding_a_rate.measure(chosen)
    assert finding_a_rate.verdict(chosen, measured) == VERDICTS[reading]
    lowest = {0.1: "itself_lowest", 0.001: "tenfold_lowest", 0.3: "itself_lowest", 0.5: "tenth_lowest"}[reading]
    assert finding_a_rate.question(chosen, measured).truths == (lowest,)


def test_where_the_loss_of_the_test_is_lowest_is_never_a_good_reading() -> None:
    """The note says not to take that rate, and the verdict said that it was well read."""
    for data in small_networks.DATA.values():
        trial = Trial(data, batch_size=small_networks.BATCH, epochs=10)
        lowest = range_test(trial, Growth()).lowest
        for reading in (0.8 * lowest, lowest, 1.3 * lowest):
            chosen = finding_a_rate.Setup(trial, Growth(), reading)
            assert finding_a_rate.verdict(chosen, finding_a_rate.measure(chosen)) != "reading_good", (data, reading)


def test_the_rate_of_a_batch_can_be_worked_out_by_hand() -> None:
    growth = Growth(batches=40)
    test = range_test(Trial(AutoMPG(), batch_size=small_networks.BATCH), growth)
    for k, line in enumerate(finding_a_rate.lines(test, growth, lambda word: word)):
        base, power = line.removeprefix("η = ").split(" = ")[0].split("·")
        q, exponent = power.strip().split("^")
        assert int(exponent) == k and float(base) * float(q) ** k == pytest.approx(test.rate[k], rel=1e-3)
        # the ball stands on the running mean, and the line said the batch's own loss alone
        mean = line.removesuffix(")").rpartition("running_mean ")[2]
        assert float(mean.replace(",", "")) == pytest.approx(test.smoothed[k], rel=1e-3)
