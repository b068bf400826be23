import streamlit as st

import charts
import ui
from dlcore.descent import descend
from dlcore.diagnosis import diagnose
from dlcore.limits import Limits
from dlcore.optimizers import SGD
from dlcore.range_test import Growth, range_test
from dlcore.sweep import sweep, useful
from dlcore.trials import Trial
from lessons import learning_rate as questions
from lessons.shared import landscapes
from ui import Number

lesson = ui.begin(__file__)


@lesson.beat
def three_rates(beat):
    here = questions.three_rates
    with beat.panel:
        surface = landscapes.landscape(beat, "f", "narrow_valley", (1, 2), clears=("s", "r", "l"))
        chosen = here.three_rates(beat, surface)
        near = {"r": 0.079, "l": 0.081}
        slow, bowl, curved = {"s": 1e-5, "r": 3e-4, "l": 1e-3}, {"f": "bowl"}, {"f": "rosenbrock"}
        owns = ("f", "f_text", "f_size", "s", "r", "l", "n")
        beat.presets(owns, works={}, hair_apart=near, all_too_small=slow, round_bowl=bowl, crawls=curved)
        with beat.more():
            steps = beat.slider("n", Number(60, 1, 200, whole=True), "steps")
    with beat.stage:
        found = here.three_revealed(beat, here.three_runs(surface, chosen, int(steps)))
        pictures = charts.three_places([here.picture(surface, each) for each in found.single])
        for column, picture, name in zip(st.columns(3), pictures, chosen, strict=True):
            with column:
                beat.picture(picture, found.said(beat.word, name))
        beat.player(found.lines())
        axis, fall = st.columns(2)
        with axis:
            title = beat.word("rate_axis")
            beat.picture(charts.rate_axis(chosen, found.marks, found.ends, title), found.axis_said(beat.word))
        if found.diagnoses:
            with fall:
                titles = beat.words(x_title="step_axis", y_title="error_axis")
                beat.picture(charts.three_heights(found.paths, **titles), found.heights_said(beat.word))
            beat.prose("analogy")
    beat.numbers({"run_table": found.table, "map_table": lambda: landscapes.heights(surface)})
    beat.source([surface.formula, SGD.formula, Limits.formula], SGD.moved, descend, Limits, diagnose)


@lesson.beat
def how_much(beat):
    here = questions.how_much
    with beat.panel:
        swept = here.chosen(beat)
        network, curved, owns = {"on": "on_network"}, {"g": "rosenbrock", "n2": 100}, here.KEYS
        beat.presets(owns, works={}, over_limit={"m": 0.1}, a_network=network, crawls=curved)
    with beat.stage:
        shown = here.revealed(beat, swept)
        titles = beat.words(x_title="rate_axis", y_title="left_axis")
        numbers = (shown.found.rates, shown.left, shown.useful, shown.chosen, shown.limit)
        beat.picture(charts.loss_by_rate(*numbers, **titles), shown.said(beat.word))
        beat.player(shown.lines())
        st.markdown(shown.told(beat.word))
    beat.numbers({"sweep_table": shown.table})
    beat.source([SGD.formula], sweep, useful, Trial.sweep)


@lesson.beat
def with_schedule(beat):
    here = questions.with_schedule
    with beat.panel:
        trial, plan, keys = here.chosen(beat)
        too_fast = {"by": "exponential_decay", "exponential_decay_decay_steps": 5, "r0": 0.1, "d3": "auto_mpg"}
        rescued, again = {"by": "warm_up", "r0": 0.4, "d3": "auto_mpg"}, {"by": "cosine_decay_restarts"}
        waits, owns = {"by": "reduce_on_plateau"}, ("r0", "by", "d3", "e3", "seed", *keys)
        beat.presets(owns, works={}, too_early=too_fast, rescued=rescued, starts_again=again, waits_for_plateau=waits)
    with beat.stage:
        found = here.compared(beat, trial, plan)
        titles = beat.words(x_title="epoch_axis", y_title="loss_axis")
        beat.picture(charts.loss_by_epoch(found.losses, **titles), found.told(beat.word))
        titles = beat.words(x_title="epoch_axis", y_title="learning_rate")
        numbers = (found.rates, trial.batches, trial.epochs)
        beat.picture(charts.rate_by_epoch(*numbers, **titles), found.rates_said(beat.word))
        beat.player(found.lines())
        here.recipe(beat, plan)
    beat.numbers({"training_table": found.table})
    beat.source([here.CONSTANT, plan.formula], plan.shown, Trial)


@lesson.beat
def finding_a_rate(beat):
    here = questions.finding_a_rate
    with beat.panel:
        reading, growth, trial = here.chosen(beat)
        owns, early, late, cliff = ("read", "d4", "e4", "n4"), {"read": 0.001}, {"read": 0.3}, {"read": 0.5}
        beat.presets(owns, works={}, read_too_early=early, read_at_lowest=late, read_on_cliff=cliff)
    with beat.stage:
        test, found = here.tested(trial, growth), here.checked(trial, reading)
        titles = beat.words(x_title="rate_axis", y_title="batch_loss_axis")
        numbers = (test.rate, test.loss, test.smoothed, reading, (growth.low, growth.high))
        beat.picture(charts.range_curve(*numbers, **titles), here.test_said(beat.word, test, reading))
        beat.player(here.lines(test, growth))
        shown = here.revealed(beat, found)
        if shown:
            titles = beat.words(x_title="epoch_axis", y_title="loss_axis")
            beat.picture(charts.losses_compared(found.losses, **titles), found.told(beat.word))
    answer = {"training_table": found.table} if shown else {}
    beat.numbers({"range_table": lambda: here.test_table(test)} | answer)
    beat.source([Growth.formula, SGD.formula], range_test, Growth, Trial.sweep)


lesson.end()
