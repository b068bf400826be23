"""The optimizers' page: what its texts claim and its presets promise is what is measured."""

import dataclasses
import re
from pathlib import Path as File

import numpy as np
import pytest

import charts
import dlcore
import ui
from dlcore.contest import Standing, share_interval
from dlcore.conventions import AdagradStart, EpsilonPlace, EpsilonSize, MomentumMean, MomentumScale
from dlcore.datasets import Dataset
from dlcore.descent import Path
from dlcore.optimizers import SGD
from dlcore.sampling import SampledPath
from dlcore.surfaces import Bowl, Himmelblau, LineFit, NarrowValley, OwnFormula, Plateau, SixHumpCamel
from lessons.optimizers import all_or_a_sample, fair_race, family, many_starts, on_a_network, one_name, one_step
from lessons.optimizers import rules as rules_
from ui.number_format import readable

SURFACE = NarrowValley()
PLAN = on_a_network.Plan(Dataset.get("moons"), 4, 16, 3, 0)


def race(surface, names=rules_.COURSE, steps: int = 60, rates=None) -> fair_race.Field:
    return fair_race.field(surface, surface.start, names, steps, rates or {})


def said(word: str, **facts: object) -> str:
    return f"{word}: {facts}"


# ---- samples ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rate", "epochs", "nearest"), [(0.1, 1, "some_rows"), (0.01, 3, "single_row"), (0.5, 1, "all_rows")]
)
def test_each_preset_has_another_batch_size_in_front(rate: float, epochs: int, nearest: str) -> None:
    surface = LineFit()
    found = all_or_a_sample.sampled(surface, surface.start, rate, 20, epochs, 0)
    assert found.nearest == (nearest,)
    assert (found.runs["single_row"].diverged is not None) == (rate == 0.5)
    assert ("sampled_lost" in found.report(said)) == (rate == 0.5)


def test_the_clock_counts_rows_and_ends_with_the_epochs() -> None:
    surface = LineFit()
    found = all_or_a_sample.sampled(surface, surface.start, 0.05, 20, 2, 0)
    assert all(clock[-1] == 2 * all_or_a_sample.TICKS for clock in found.clock().values())
    lines = found.lines()
    assert len(lines) == 2 * all_or_a_sample.TICKS + 1
    assert lines[all_or_a_sample.TICKS].splitlines()[0].startswith(f"B = {found.rows}: k = 1,")
    # with a batch of one of one's own there are two runs, not three
    assert len(all_or_a_sample.sampled(surface, surface.start, 0.05, found.rows + 50, 1, 0).drawn()) == 2


def line_runs(**errors: list[float]) -> all_or_a_sample.Sampled:
    """Runs that were so far above the lowest error; all_rows, some_rows, single_row."""
    surface = LineFit()
    lowest, rows = float(surface(*surface.minima[0])), len(surface.points[0])
    sizes: dict[str, int] = dict(zip(all_or_a_sample.NEAREST, (rows, 20, 1), strict=True))
    runs = {
        name: SampledPath(np.zeros((len(e), 2)), lowest + np.array(e), np.zeros((len(e), 2)), np.arange(len(e)))
        for name, e in errors.items()
    }
    return all_or_a_sample.Sampled(surface, surface.start, sizes, 1, runs)


def test_a_run_swings_as_far_as_it_climbs_again_near_its_end() -> None:
    down = [10.0, 6.6]
    short = [9.0, 4.0, 5.0, 3.0]
    late = [9.0, 8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0, 1.5, 1.2, 1.7, 0.9]
    found = line_runs(all_rows=down, some_rows=short, single_row=late).report(said).splitlines()
    # a single step that goes down is no swing, and three steps are too few for one
    assert "swings_nowhere" in found[0] and "'error': '6.6'" in found[0]
    assert "swings_unknown" in found[1] and f"'few': {all_or_a_sample.FEW}" in found[1]
    # from 1 up to 1.7, past a dip that is not as deep
    assert "swings_late: {'swing': '0.7'}" in found[2]
    early = [9.0, 9.5, *late[1:9], 0.8, 0.7, 0.6]
    assert "swings_early" in line_runs(all_rows=early).report(said)


def test_the_page_opens_with_one_step_that_swings_nowhere() -> None:
    surface = LineFit()
    first, *others = all_or_a_sample.sampled(surface, surface.start, 0.1, 20, 1, 0).report(said).splitlines()
    assert "'steps': 1," in first and "swings_nowhere" in first and "swing'" not in first
    assert all("swings_late" in line for line in others)


def test_runs_that_end_alike_in_the_numbers_shown_are_equally_near() -> None:
    assert line_runs(all_rows=[9.0, 0.12345], some_rows=[9.0, 0.12341], single_row=[9.0, 0.2]).nearest == (
        "all_rows",
        "some_rows",
    )


def test_with_a_batch_of_all_rows_or_more_two_of_the_answers_are_one_run() -> None:
    surface = LineFit()
    found = all_or_a_sample.sampled(surface, surface.start, 0.01, 10**6, 1, 0)
    assert found.sizes["some_rows"] == found.rows and len(found.report(said).splitlines()) == 2
    far = all_or_a_sample.sampled(surface, surface.start, 0.5, 10**6, 1, 0)
    assert far.nearest == ("all_rows", "some_rows")


def test_of_runs_that_are_all_lost_nobody_is_nearest() -> None:
    surface = LineFit()
    found = all_or_a_sample.sampled(surface, surface.start, 3.0, 20, 5, 0)
    assert all(run.diverged for run in found.runs.values()) and found.nearest == ("nobody",)


def test_all_rows_at_half_the_limit_arrive_in_one_step_to_within_rounding() -> None:
    """The bowl of a standardised line is round, its curvature 2: at a rate of 0.5 the first step ends at the bottom."""
    surface = LineFit()
    found = all_or_a_sample.sampled(surface, surface.start, 0.5, 20, 1, 0)
    assert found.heights()[f"B = {found.rows}"][-1] == 0 and "'error': '0 ± " in found.report(said)
    assert found.lowest_line == 1e-11 and "noise_of_rounding" in found.errors_said(said)


def test_the_noise_told_of_a_batch_is_that_of_theory_not_of_its_neighbours() -> None:
    surface = LineFit()
    found = all_or_a_sample.sampled(surface, surface.start, 0.1, 20, 1, 0)
    single, rows = found.noise()[1][0], found.rows
    expected = single / np.sqrt(20) * np.sqrt((rows - 20) / (rows - 1))
    assert f"'here': '{readable(expected, 3)}'" in found.noise_said(said)


# ---- one step --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(rules_.RULES))
def test_every_rule_is_taken_apart_and_its_arrows_lead_where_it_goes(name: str) -> None:
    rule = dataclasses.replace(rules_.RULES[name].rule, learning_rate=0.01)
    found = one_step.taken_apart(SURFACE, SURFACE.start, rule, 8)
    assert set(found.told) <= set(one_step.SYMBOLS) and len(found.lines()) == 9
    arrows = found.arrows()
    assert arrows["arrow_step"][:, 2:] == pytest.approx(found.w[1:])
    assert arrows["arrow_step"][:, :2] == pytest.approx(found.w[:-1])
    assert found.table().shape[0] == 8
    hidden = found.before_the_run()
    assert len(hidden.lines()) == 1 and len(hidden.table()) == 0


def test_plain_descent_follows_its_own_arrow_and_the_heavy_ball_adds_what_it_carries() -> None:
    plain = one_step.taken_apart(SURFACE, SURFACE.start, rules_.RULES["sgd"].rule, 5).arrows()
    assert plain["arrow_plain"] == pytest.approx(plain["arrow_step"])
    heavy = one_step.taken_apart(SURFACE, SURFACE.start, rules_.RULES["momentum"].rule, 5).arrows()
    assert heavy["arrow_plain"][:, 2:] == pytest.approx(heavy["arrow_carried"][:, :2])
    assert heavy["arrow_carried"][:, 2:] == pytest.approx(heavy["arrow_step"][:, 2:])


@pytest.mark.parametrize(("name", "mover"), [("sgd", "moves_second"), ("adam", "moves_alike"), ("lion", "moves_alike")])
def test_adams_first_step_is_alike_for_all_weights_and_plain_descents_is_not(name: str, mover: str) -> None:
    assert one_step.taken_apart(SURFACE, SURFACE.start, rules_.RULES[name].rule, 3).first_mover == (mover,)


def test_a_first_step_out_of_sight_still_moves_one_weight_further() -> None:
    found = one_step.taken_apart(SURFACE, SURFACE.start, SGD(1e3), 3)
    assert len(found.w) == 1 and found.first_mover == ("moves_second",)
    assert found.first["step"] == pytest.approx([3.5e3, -3e4]) and found.before_the_run().first == {}


def test_where_the_first_step_is_no_number_nobody_is_wrong() -> None:
    found = one_step.taken_apart(OwnFormula("sqrt(x) + y"), (-1.0, 1.0), SGD(0.1), 3)
    assert len(found.w) == 1 and found.first_mover == one_step.WHO_MOVES


def test_adagrads_rate_only_falls_and_rmsprops_can_rise() -> None:
    """As the page says of a common belief."""
    rates = {}
    for name in ("adagrad", "rmsprop"):
        rule = dataclasses.replace(rules_.RULES[name].rule, learning_rate=0.1)
        rates[name] = one_step.taken_apart(SURFACE, SURFACE.start, rule, 40).parts["rate"]
    assert (np.diff(rates["adagrad"], axis=0) <= 0).all() and (np.diff(rates["rmsprop"], axis=0) > 0).any()


def test_momentum_also_rolls_uphill() -> None:
    """As the page says of a common belief."""
    height = race(SURFACE, ("momentum",), rates={"momentum": 0.01}).paths["momentum"].height
    assert (np.diff(height) > 0).any()


# ---- races -----------------------------------------------------------------------------------------------------------


def test_on_the_round_bowl_tuned_descent_beats_adam() -> None:
    """As the page says, and as its preset shows."""
    found = race(Bowl())
    arrivals = {name: found.made_it(name) for name in found.rules}
    assert "sgd" in found.first and (arrivals["sgd"], arrivals["adam"]) == (2, 39)


def raced(**heights: list[float]) -> fair_race.Field:
    """A race on a bowl, whose deepest height is 0, in which these were the heights."""
    rows = {name: np.array(height) for name, height in heights.items()}
    paths = {name: Path(np.ones((len(h), 2)), h, np.zeros((len(h), 2))) for name, h in rows.items()}
    return fair_race.Field(Bowl(), {name: rules_.RULES[name].rule for name in heights}, paths, {}, {})


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
        assert f"'error': '{readable(height, 3)}'" in found.report(said)
        assert found.lines()[-1].count(f"{name}: E − E_min = {readable(height)}") == 1
        table = found.rates_table()
        own = table[
            (table["optimizer"] == name) & np.isclose(table["learning_rate"], rules_.rate_of(found.rules[name]))
        ]
        assert own["error"].item() == pytest.approx(height, rel=1e-9, abs=1e-300)
        assert found.by_rate()[2][name] == (rules_.rate_of(found.rules[name]), height)
    assert readable(found.paths["adagrad"].height[-1]).endswith("10⁻⁴⁰")
    assert found.lowest_line == 1e-11 and "lowest_line_said" in found.errors_said(said, "race_error_said")


def test_a_picture_that_shows_everything_has_no_lowest_line() -> None:
    found = raced(sgd=[13.0, 5.0, 0.01], adam=[13.0, 9.0, 5.0])
    assert found.lowest_line is None and found.errors_said(said, "word") == found.said(said, "word")


def test_what_cannot_be_told_from_rounding_is_no_error() -> None:
    """The minima of the camel are about -1: heights closer together than their rounding are all the lowest."""
    found = race(SixHumpCamel())
    ends = {name: found.errors[name][-1] for name in ("sgd", "nesterov", "adagrad", "rmsprop")}
    assert set(ends.values()) == {0.0} and 1e-16 < found.noise < 1e-13
    assert f"'error': '0 ± {readable(found.noise, 1)}'" in found.report(said)
    assert "noise_of_rounding" in found.errors_said(said, "race_error_said")
    # where nothing is lost to rounding an error of 0 is none
    assert "'error': '0'" in raced(sgd=[13.0, 0.0]).report(said)


def test_of_a_run_that_was_lost_the_picture_of_rates_tells_no_end() -> None:
    found = race(SURFACE, ("sgd",), rates={"sgd": 30.0}, steps=50)
    assert found.by_rate()[2] == {"sgd": (30.0, np.inf)}


def test_all_rules_try_the_same_rates_and_none_may_climb_above_its_start() -> None:
    found = race(SURFACE)
    rates, values, used = found.by_rate()
    assert len({tuple(rate) for rate in rates.values()}) == 1
    for name, path in found.paths.items():
        assert used[name][0] in rates[name] and path.height.max() <= path.height[0] * (1 + 1e-9)
        assert np.nanmin(values[name]) <= found.errors[name][-1] + 1e-9


def test_a_race_that_nobody_finishes_says_so() -> None:
    found = race(SURFACE, rates=dict.fromkeys(rules_.COURSE, 1e-5), steps=5)
    assert found.first == ("nobody",) and "racer_late" in found.report(said)
    lost = race(SURFACE, ("sgd",), rates={"sgd": 30.0}, steps=50)
    assert lost.first == ("nobody",) and "racer_lost" in lost.report(said)
    assert np.isfinite(lost.errors["sgd"]).all() and len(lost.lines()) == lost.paths["sgd"].steps + 1


def test_before_the_guess_a_race_shows_its_start_only() -> None:
    hidden = race(SURFACE).before_the_run()
    assert hidden.tried == {} and all(path.steps == 0 for path in hidden.paths.values())
    assert len(hidden.table()) == len(rules_.COURSE)


@pytest.mark.parametrize("surface", [Himmelblau(), Plateau()], ids=repr)
def test_the_ranking_puts_the_most_reliable_on_top(surface) -> None:
    names = ("sgd", "rmsprop")
    rules = {name: race(surface, (name,)).rules[name] for name in names}
    standings = {name: many_starts._standing(surface, rules[name], 60, 0) for name in names}
    found = many_starts.Contest(surface, 60, 0, rules, standings)
    ranked = found.ranked(said)
    assert list(ranked["share"]) == sorted(ranked["share"], reverse=True)
    assert ranked["names"][0] in found.best
    assert len(found.table()) == 2 and len(found.starts_table()) == many_starts.STARTS


def arrivals(**by_name: list[int]) -> many_starts.Contest:
    """A contest in which each rule arrived at these steps (-1: not at all)."""
    rules = {name: rules_.RULES[name].rule for name in by_name}
    standings = {}
    for name, steps in by_name.items():
        arrival = np.array(steps)
        hits = int((arrival >= 0).sum())
        low, high = share_interval(hits, len(steps))
        median = float(np.median(arrival[arrival >= 0])) if hits else np.nan
        standings[name] = Standing(arrival, hits / len(steps), low, high, median)
    return many_starts.Contest(Himmelblau(), 150, 0, rules, standings)


def test_all_that_arrive_equally_often_are_the_most_reliable_whatever_their_steps() -> None:
    found = arrivals(sgd=[58, 59, 3], momentum=[90, 91, 92], adam=[5, 5, -1])
    assert found.best == ("sgd", "momentum")
    assert "ranking_tied" in found.said(said) and "'names': 'sgd, momentum'" in found.said(said)
    assert "'soonest': 'sgd'" in found.said(said) and "'count': 3" in found.said(said)
    alone = arrivals(sgd=[58, 59, -1, -1], adam=[5, 5, 5, -1])
    assert alone.best == ("adam",) and "ranking_said" in alone.said(said)
    assert arrivals(sgd=[-1, -1], adam=[-1, -1]).best == ("nobody",)


def test_a_median_between_two_steps_is_told_as_it_is() -> None:
    found = arrivals(sgd=[58, 59])
    assert "'steps': '58.5'" in found.said(said) and "'steps': '58.5'" in found.ranked(said)["steps"][0]


def test_of_the_races_from_many_starts_the_page_opens_with_four_that_never_fail() -> None:
    """Four of the six arrive from all 150 starts of the default: none of them is a wrong guess."""
    surface = Himmelblau()
    rules = {name: rules_.tuned_rule(surface, surface.start, name, 150)[0] for name in rules_.COURSE}
    standings = {name: many_starts._standing(surface, rule, 150, 0) for name, rule in rules.items()}
    found = many_starts.Contest(surface, 150, 0, rules, standings)
    assert set(found.best) == {"sgd", "momentum", "adagrad", "adam"}


# ---- a network -------------------------------------------------------------------------------------------------------


def test_all_racers_begin_with_the_same_loss_and_the_best_of_the_rates_tried() -> None:
    found = on_a_network.net_race(PLAN, ("sgd", "adam"), {})
    assert found.loss["sgd"][0] == found.loss["adam"][0]
    for name, tried in found.tried.items():
        assert found.rates[name] == on_a_network.TRIED[np.nanargmin(tried)]
        assert found.loss[name][-1] == pytest.approx(np.nanmin(tried), rel=1e-6)
    assert found.lowest == (min(found.loss, key=lambda name: found.loss[name][-1]),)
    assert len(found.table()) == 2 * 4 and len(found.before_the_run().lines()) == 1


def test_what_a_rule_costs_is_counted_not_timed() -> None:
    """Two inputs, two layers of 4, one output: 12 + 20 + 5 weights, and Adam keeps two numbers for each."""
    found = on_a_network.net_race(PLAN, ("sgd", "momentum", "adam"), {})
    assert found.weights == 37 and found.memory == {"sgd": 0, "momentum": 1, "adam": 2}
    told = found.report(said).splitlines()
    assert ["'memory': 0" in told[0], "'memory': 37" in told[1], "'memory': 74" in told[2]] == [True] * 3
    assert on_a_network.net_race(PLAN, ("sgd", "momentum", "adam"), {}).report(said) == found.report(said)


def test_nothing_that_a_reader_is_told_of_a_run_was_measured_by_the_clock() -> None:
    """What the clock says of one server at one moment is kept for everybody: it may pace a bar, but it is no result."""
    paced = {"controls", "ladder", "trained"}
    clocks = re.compile(r"\b(import time|from time import|perf_counter|process_time)\b")
    folders = [File(str(module.__file__)).parent for module in (ui, dlcore, charts)]
    found = {path.stem for folder in folders for path in folder.rglob("*.py") if clocks.search(path.read_text("utf-8"))}
    assert found <= paced


def test_losses_that_look_alike_in_the_numbers_shown_are_equally_low() -> None:
    ends = {"sgd": [0.7, 0.12341], "adam": [0.7, 0.12344], "rmsprop": [0.7, 0.2], "adagrad": [0.7, np.nan]}
    loss = {name: np.array(values) for name, values in ends.items()}
    how = {"rates": dict.fromkeys(loss, 0.1), "tried": {}, "memory": dict.fromkeys(loss, 0), "weights": 37, "steps": 5}
    assert on_a_network.NetRace(PLAN, 70, loss, loss, **how).lowest == ("sgd", "adam")
    lost = {name: np.array([0.7, np.nan]) for name in loss}
    assert on_a_network.NetRace(PLAN, 70, lost, lost, **how).lowest == ("nobody",)


def test_ones_own_rates_are_used_as_they_are() -> None:
    found = on_a_network.net_race(PLAN, ("sgd", "adam"), {"sgd": 0.5})
    assert found.rates["sgd"] == 0.5 and set(found.tried) == {"adam"}


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
    found = one_name.forms(SURFACE, SURFACE.start, which, rate, 60)
    assert found.same == (same,)
    assert len(found.formulas) == len(found.rules) and len(set(found.formulas)) >= 2
    assert len(found.lines()) == 61 and len(found.before_the_run().lines()) == 1


def test_forms_that_take_one_path_are_no_distance_apart() -> None:
    """Not the lowest line of the picture, 1e-17: that would be a distance."""
    found = one_name.forms(SURFACE, SURFACE.start, MomentumMean(), 0.01, 60)
    first = next(iter(found.paths.values()))
    same = dataclasses.replace(found, paths=dict.fromkeys(found.paths, first))
    assert same.same == ("same_path",) and all((d == 0).all() for d in same.apart().values())
    assert "'apart': '0'" in same.report(said) and same.lowest_line is None
    assert found.lowest_line == 1e-17
    assert found.apart()[list(found.paths)[1]][0] == 0 < found.apart()[list(found.paths)[1]][-1]


def test_forms_that_leave_the_map_at_once_are_not_told_apart_by_rounding() -> None:
    """Paths that end at their start have no step in common or apart: nobody can be wrong about them."""
    found = one_name.forms(SURFACE, SURFACE.start, MomentumMean(), 0.01, 60).before_the_run()
    assert found.same == one_name.SAME


def test_the_kinship_is_that_of_the_rules_found() -> None:
    table = family.rule_table()
    assert list(table["optimizer"]) == list(rules_.RULES)
    assert dict(zip(table["optimizer"], table["numbers_per_weight"]))["adam"] == 2
    assert dict(zip(table["optimizer"], table["numbers_per_weight"]))["sgd"] == 0
