"""The optimizers' page: what its texts claim and its presets promise is what is measured."""

import dataclasses

import numpy as np
import pytest

from dlcore.contest import Standing, share_interval
from dlcore.conventions import AdagradStart, EpsilonPlace, EpsilonSize, MomentumMean, MomentumScale
from dlcore.datasets import Dataset
from dlcore.surfaces import Bowl, Himmelblau, LineFit, NarrowValley, Plateau
from ui import apart, forms, nets, racing, sampled, starts

SURFACE = NarrowValley()
PLAN = nets.Plan(Dataset.get("moons"), 4, 16, 3, 0)


def race(surface, names=racing.COURSE, steps: int = 60, rates=None) -> racing.Field:
    return racing.field(surface, surface.start, names, steps, rates or {})


def said(word: str, **facts: object) -> str:
    return f"{word}: {facts}"


# ---- samples ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rate", "epochs", "nearest"), [(0.1, 1, "some_rows"), (0.01, 3, "single_row"), (0.5, 1, "all_rows")]
)
def test_each_preset_has_another_batch_size_in_front(rate: float, epochs: int, nearest: str) -> None:
    surface = LineFit()
    found = sampled.sampled(surface, surface.start, rate, 20, epochs, 0)
    assert found.nearest == nearest
    assert (found.runs["single_row"].diverged is not None) == (rate == 0.5)
    assert ("sampled_lost" in found.report(said)) == (rate == 0.5)


def test_the_clock_counts_rows_and_ends_with_the_epochs() -> None:
    surface = LineFit()
    found = sampled.sampled(surface, surface.start, 0.05, 20, 2, 0)
    assert all(clock[-1] == 2 * sampled.TICKS for clock in found.clock().values())
    lines = found.lines()
    assert len(lines) == 2 * sampled.TICKS + 1
    assert lines[sampled.TICKS].splitlines()[0].startswith(f"B = {found.rows}: k = 1,")
    # with a batch of one of one's own there are two runs, not three
    assert len(sampled.sampled(surface, surface.start, 0.05, found.rows + 50, 1, 0).drawn()) == 2


# ---- one step --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(racing.RULES))
def test_every_rule_is_taken_apart_and_its_arrows_lead_where_it_goes(name: str) -> None:
    rule = dataclasses.replace(racing.RULES[name].rule, learning_rate=0.01)
    found = apart.taken_apart(SURFACE, SURFACE.start, rule, 8)
    assert set(found.told) <= set(apart.SYMBOLS) and len(found.lines()) == 9
    arrows = found.arrows()
    assert arrows["arrow_step"][:, 2:] == pytest.approx(found.w[1:])
    assert arrows["arrow_step"][:, :2] == pytest.approx(found.w[:-1])
    assert found.table().shape[0] == 8
    hidden = found.before_the_run()
    assert len(hidden.lines()) == 1 and len(hidden.table()) == 0


def test_plain_descent_follows_its_own_arrow_and_the_heavy_ball_adds_what_it_carries() -> None:
    plain = apart.taken_apart(SURFACE, SURFACE.start, racing.RULES["sgd"].rule, 5).arrows()
    assert plain["arrow_plain"] == pytest.approx(plain["arrow_step"])
    heavy = apart.taken_apart(SURFACE, SURFACE.start, racing.RULES["momentum"].rule, 5).arrows()
    assert heavy["arrow_plain"][:, 2:] == pytest.approx(heavy["arrow_carried"][:, :2])
    assert heavy["arrow_carried"][:, 2:] == pytest.approx(heavy["arrow_step"][:, 2:])


@pytest.mark.parametrize(("name", "mover"), [("sgd", "moves_second"), ("adam", "moves_alike"), ("lion", "moves_alike")])
def test_adams_first_step_is_alike_for_all_weights_and_plain_descents_is_not(name: str, mover: str) -> None:
    assert apart.taken_apart(SURFACE, SURFACE.start, racing.RULES[name].rule, 3).first_mover == mover


def test_adagrads_rate_only_falls_and_rmsprops_can_rise() -> None:
    """As the page says of a common belief."""
    rates = {}
    for name in ("adagrad", "rmsprop"):
        rule = dataclasses.replace(racing.RULES[name].rule, learning_rate=0.1)
        rates[name] = apart.taken_apart(SURFACE, SURFACE.start, rule, 40).parts["rate"]
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
    assert found.first == "sgd" and arrivals["sgd"] is not None and arrivals["adam"] is not None
    assert arrivals["sgd"] < arrivals["adam"]


def test_all_rules_try_the_same_rates_and_none_may_climb_above_its_start() -> None:
    found = race(SURFACE)
    rates, values, used = found.by_rate()
    assert len({tuple(rate) for rate in rates.values()}) == 1
    for name, path in found.paths.items():
        assert used[name] in rates[name] and path.height.max() <= path.height[0] * (1 + 1e-9)
        assert np.nanmin(values[name]) <= found.errors[name][-1] + 1e-9


def test_a_race_that_nobody_finishes_says_so() -> None:
    found = race(SURFACE, rates=dict.fromkeys(racing.COURSE, 1e-5), steps=5)
    assert found.first == "nobody" and "racer_late" in found.report(said)
    lost = race(SURFACE, ("sgd",), rates={"sgd": 30.0}, steps=50)
    assert lost.first == "nobody" and "racer_lost" in lost.report(said)
    assert np.isfinite(lost.errors["sgd"]).all() and len(lost.lines()) == lost.paths["sgd"].steps + 1


def test_before_the_guess_a_race_shows_its_start_only() -> None:
    hidden = race(SURFACE).before_the_run()
    assert hidden.tried == {} and all(path.steps == 0 for path in hidden.paths.values())
    assert len(hidden.table()) == len(racing.COURSE)


@pytest.mark.parametrize("surface", [Himmelblau(), Plateau()], ids=repr)
def test_the_ranking_puts_the_most_reliable_on_top(surface) -> None:
    names = ("sgd", "rmsprop")
    rules = {name: race(surface, (name,)).rules[name] for name in names}
    standings = {name: starts._standing(surface, rules[name], 60, 0) for name in names}
    found = starts.Contest(surface, 60, 0, rules, standings)
    ranked = found.ranked(said)
    assert list(ranked["share"]) == sorted(ranked["share"], reverse=True)
    assert ranked["names"][0] in found.best
    assert len(found.table()) == 2 and len(found.starts_table()) == starts.STARTS


def arrivals(**by_name: list[int]) -> starts.Contest:
    """A contest in which each rule arrived at these steps (-1: not at all)."""
    rules = {name: racing.RULES[name].rule for name in by_name}
    standings = {}
    for name, steps in by_name.items():
        arrival = np.array(steps)
        hits = int((arrival >= 0).sum())
        low, high = share_interval(hits, len(steps))
        median = float(np.median(arrival[arrival >= 0])) if hits else np.nan
        standings[name] = Standing(arrival, hits / len(steps), low, high, median)
    return starts.Contest(Himmelblau(), 150, 0, rules, standings)


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
    rules = {name: racing.tuned_rule(surface, surface.start, name, 150)[0] for name in racing.COURSE}
    standings = {name: starts._standing(surface, rule, 150, 0) for name, rule in rules.items()}
    found = starts.Contest(surface, 150, 0, rules, standings)
    assert set(found.best) == {"sgd", "momentum", "adagrad", "adam"}


# ---- a network -------------------------------------------------------------------------------------------------------


def test_all_racers_begin_with_the_same_loss_and_the_best_of_the_rates_tried() -> None:
    found = nets.net_race(PLAN, ("sgd", "adam"), {})
    assert found.loss["sgd"][0] == found.loss["adam"][0]
    for name, tried in found.tried.items():
        assert found.rates[name] == nets.TRIED[np.nanargmin(tried)]
        assert found.loss[name][-1] == pytest.approx(np.nanmin(tried), rel=1e-6)
    assert found.lowest == min(found.loss, key=lambda name: found.loss[name][-1])
    assert all(cost > 0 for cost in found.cost.values())
    assert len(found.table()) == 2 * 4 and len(found.before_the_run().lines()) == 1


def test_ones_own_rates_are_used_as_they_are() -> None:
    found = nets.net_race(PLAN, ("sgd", "adam"), {"sgd": 0.5})
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
    found = forms.forms(SURFACE, SURFACE.start, which, rate, 60)
    assert found.same == same
    assert len(found.formulas) == len(found.rules) and len(set(found.formulas)) >= 2
    assert len(found.lines()) == 61 and len(found.before_the_run().lines()) == 1


def test_the_kinship_is_that_of_the_rules_found() -> None:
    table = forms.rule_table()
    assert list(table["optimizer"]) == list(racing.RULES)
    assert dict(zip(table["optimizer"], table["numbers_per_weight"]))["adam"] == 2
    assert dict(zip(table["optimizer"], table["numbers_per_weight"]))["sgd"] == 0
