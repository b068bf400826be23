"""The page on the learning rate: its presets show what their names say, and its words rest on what was computed."""

import math

import numpy as np
import pytest

from dlcore.datasets import AutoMPG, Penguins
from dlcore.range_test import Growth
from dlcore.schedules import CosineDecay, ExponentialDecay, PiecewiseConstantDecay, Schedule
from dlcore.surfaces import Bowl, NarrowValley, Surface, parse
from dlcore.trials import Trial
from lessons.learning_rate import (
    finding_a_rate,
    how_much,
    rate_scale,
    schedule_controls,
    small_networks,
    three_rates,
    with_schedule,
)

SCRIPT = "pages/2_learning_rate.py"


def defaults(surface: Surface) -> dict[str, float]:
    """The three rates that the page begins with."""

    class Panel:
        def slider(self, _key, kind, _word):
            return kind.default

    return three_rates.three_rates(Panel(), surface)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", Surface.members)
def test_the_default_rates_lie_below_and_beyond_the_limit_on_every_landscape(name: str) -> None:
    surface = Surface.get(name)
    small, fitting, large = defaults(surface).values()
    limit = rate_scale.limits_of(surface).limit
    assert small < limit / 20 and small < fitting < limit < large < 1.1 * limit


@pytest.mark.parametrize("surface", [Bowl(), NarrowValley()], ids=repr)
def test_on_a_bowl_the_defaults_are_slow_converged_and_diverged(surface: Surface) -> None:
    found = three_rates.three_runs(surface, defaults(surface), 60)
    assert [each.verdict for each in found.diagnoses.values()] == ["slow", "converged", "diverged"]
    assert found.fates == ("will_diverge",)


def test_what_has_left_the_map_for_good_is_not_drawn() -> None:
    found = three_rates.three_runs(NarrowValley(), {"η₁": 0.0024, "η₂": 0.0769, "η₃": 0.084}, 60)
    small, fitting, large = (next(iter(each.values())) for each in found.single)
    assert len(small.w) == len(fitting.w) == 61 and len(large.w) < 10
    (_, (low, high)) = NarrowValley().extent
    assert not low <= large.w[-1, 1] <= high and low <= large.w[-2, 1] <= high


@pytest.mark.parametrize("text", ["-x**2", "0*x + 1", "log(x)", "1e-9*x**2", "1e6*x**2 + y**2", "exp(x*y)"])
def test_any_formula_gets_sliders_and_a_sentence(text: str) -> None:
    surface = parse(text)
    found = three_rates.three_runs(surface, defaults(surface), 30)
    low, high = found.ends
    assert 0 < low < min(found.rates.values()) and max(found.rates.values()) < high < math.inf
    assert len(found.lines()) >= 1 and len(found.table()) >= 3


# ---- sweeps ----------------------------------------------------------------------------------------------------------


def test_more_steps_make_smaller_rates_useful() -> None:
    stops = how_much._closer(how_much.Number(0.01, 0.0003, 0.24, log=True).stops(0.01), 0.01)
    found = how_much._on_surface(NarrowValley(), stops, 60)
    swept = how_much.Swept(found, 3, 0.0, 0.08, "unit_steps")
    assert swept.changes == ("grows_down",)
    assert swept.left[0] == pytest.approx(np.ones(len(stops))) and np.nanmin(swept.left[-1]) >= 0
    hidden = how_much.Swept(found, 3, 0.0, 0.08, "unit_steps", answered=False)
    assert hidden.steps == 10 and len(hidden.left) == 11 and list(hidden.table().columns)[-1] == "E(10)"


def test_a_network_is_swept_at_the_stops_of_its_slider() -> None:
    stops = small_networks.RATES.stops(small_networks.RATES.default)
    found = small_networks.sweep_of(Trial(AutoMPG(), batch_size=small_networks.BATCH, epochs=6), tuple(stops))
    swept = how_much.Swept(found, how_much._nearest(found.rates, 0.1), 0.0, math.inf, "unit_epochs")
    assert swept.rate == 0.1 and set(swept.changes) <= set(how_much.CHANGES)


# ---- schedules -------------------------------------------------------------------------------------------------------


def outcomes(trial: Trial, plan: schedule_controls.Plan) -> tuple[str, ...]:
    pair = {
        with_schedule.WITHOUT: schedule_controls.Plan(plan.start).train(trial),
        with_schedule.WITH: plan.train(trial),
    }
    return with_schedule.Compared(trial, plan, pair).outcomes


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

VERDICTS = {0.1: "reading_good", 0.001: "reading_small", 0.5: "reading_lost"}


@pytest.mark.parametrize("reading", VERDICTS)
def test_the_presets_of_the_reading_are_judged_as_they_say(reading: float) -> None:
    found = finding_a_rate.checked(Trial(AutoMPG(), batch_size=small_networks.BATCH, epochs=20), reading)
    assert found.verdict == VERDICTS[reading]
    assert found.lowest == ({0.1: "itself_lowest", 0.001: "tenfold_lowest", 0.5: "tenth_lowest"}[reading],)


def test_the_rate_of_a_batch_can_be_worked_out_by_hand() -> None:
    growth = Growth(batches=40)
    test = finding_a_rate.tested(Trial(AutoMPG(), batch_size=small_networks.BATCH), growth)
    for k, line in enumerate(finding_a_rate.lines(test, growth)):
        base, power = line.removeprefix("η = ").split(" = ")[0].split("·")
        q, exponent = power.strip().split("^")
        assert int(exponent) == k and float(base) * float(q) ** k == pytest.approx(test.rate[k], rel=1e-3)
