"""How long, in which batches, from which first weights; and the training itself: short ones are there at once and
shared; long ones, and those on a reader's own table, wait for a button, show how far they are, and can be stopped and
continued.

A training of a visitor lives in the session. Whatever is asked for next, what was learned stays until another begins.
"""

import dataclasses
import math
import sys
import time
from dataclasses import dataclass, field

import streamlit as st

from dlcore import models
from dlcore.experiments.training_config import Recipe
from lessons.training import comparison, curves_in_words, feasibility, growing_program, training_run
from lessons.training.feasibility import Obstacle
from lessons.training.results import TrainingOutcome, growing_losses, pinned_training
from lessons.training.rows import LabelledRows
from lessons.training.training_run import BATCH, EPOCHS, SEED, WHEN, Result, ResumableTraining
from ui.beat import Beat
from ui.controls.kinds import Number
from ui.controls.widgets import Say
from ui.number_format import readable
from ui.question import Part, Question
from ui.quiz.goals import Goal

LIVE, BEGINS = "training.live", "training.begins"
AT_ONCE = 0.7
"""Trainings of about this many seconds begin by themselves."""

PATIENCE = Number(0, 0, 50, whole=True)
MORE_EPOCHS = 50
OWNS = ("batch", "epochs", "patience", "seed")
PRESETS = {
    "works": {},
    "too_few_epochs": {"epochs": 3},
    "three_times_as_long": {"epochs": 300, "batch": 32},
    "stops_early": {"epochs": 300, "batch": 32, "patience": 10},
    "one_batch": {"batch": 1024},
}
BAR_EVERY = 0.15
"""Seconds between two looks at the bar; a click is heard there."""
PICTURE_EVERY = 0.6
"""Seconds between two pictures of the losses so far: a browser needs a tenth of a second for one."""
ALONE = sys.platform == "emscripten"
"""Whether Python runs in the reader's browser, where nothing is heard before a run of the page has ended."""
DEAF_FOR = 3.0
"""Seconds of training there before the page is run once more, to hear a click."""


@dataclass(frozen=True)
class Setup:
    """A training: its rows and its recipe. obstacle: why it cannot be run, which follows from both."""

    rows: LabelledRows
    recipe: Recipe
    obstacle: Obstacle | None = field(default=None, compare=False, repr=False)

    @property
    def seconds(self) -> float:
        """About how long it takes."""
        return feasibility.seconds_for(self.recipe, len(self.rows.parts.train.x))

    @property
    def begins_at_once(self) -> bool:
        """Whether it begins by itself."""
        return not self.rows.personal and self.seconds <= AT_ONCE


# ---- choose ----------------------------------------------------------------------------------------------------------


def choose(beat: Beat, data: Part, model: Part, compiled: Part) -> Setup:
    """The whole recipe: what remains to be chosen is how long, in which batches, and from which first weights."""
    rows: LabelledRows = data.result
    epochs = int(beat.slider("epochs", EPOCHS, "epochs"))
    batch = int(beat.box("batch", BATCH, "batch_size"))
    with beat.more():
        patience = int(beat.slider("patience", PATIENCE, "patience_epochs", help=beat.word("patience_help")))
        seed = int(beat.box("seed", SEED, "net_seed"))
    beat.presets(OWNS, **PRESETS)
    how = {"metrics": compiled.result.metrics, "batch_size": batch, "epochs": epochs, "seed": seed}
    recipe = dataclasses.replace(compiled.setup, **how).recipe(patience if rows.selection.share > 0 else 0)
    return Setup(rows, recipe, compiled.result.obstacle)


# ---- measure, run ----------------------------------------------------------------------------------------------------


def measure(setup: Setup) -> Result | None:
    """The whole training; None if it cannot be run."""
    return None if setup.obstacle else training_run.train(setup.rows, setup.recipe)


def run(beat: Beat, setup: Setup) -> Result | None:
    """The training as far as it is: at once, or step by step behind a button; None before its first epoch."""
    if setup.obstacle:
        sentence = setup.obstacle.sentence(beat.word)
        st.info(f"**{beat.word('cannot_run')}** {sentence}", icon=":material/block:")
        return None
    if setup.begins_at_once:
        return measure(setup)
    if st.session_state.pop(BEGINS, False):
        _start_training(setup)
    live: ResumableTraining | None = st.session_state.get(LIVE)
    if live is None or not live.is_of(setup.rows, setup.recipe):
        waits = "waits_own" if setup.rows.personal else "waits_long"
        st.caption(beat.word(waits, seconds=readable(setup.seconds, 2)))
        _draw_buttons(beat, setup, None, 0)
        return None
    live.recipe = setup.recipe
    # by now fewer epochs may be asked for than are done
    live.should_run = live.should_run and live.last_epoch < setup.recipe.epochs and not live.ended
    if live.should_run:
        _train(beat, live, setup.recipe.epochs)
    result = live.result() if live.last_epoch else None
    _draw_buttons(beat, setup, live, result.epochs if result else 0)
    return result


def _train(beat: Beat, live: ResumableTraining, until: int) -> None:
    """Train until it is done or stopped; whatever the reader does meanwhile, an epoch is finished first."""
    place = st.empty()

    def share() -> float:
        return min(1.0, live.last_epoch / until)

    hides = _hidden_while_training(beat, live)
    with place.container(), beat.growing() as draw_growing:
        st.button(
            beat.word("stop_training"), key="training.stop", on_click=_stop_training, icon=":material/stop_circle:"
        )
        bar, looked, drawn = st.progress(share(), beat.word("training_now")), 0.0, 0.0
        hears_at = time.monotonic() + (DEAF_FOR if ALONE else math.inf)
        while live.should_run and live.last_epoch < until and not live.ended:
            if time.monotonic() > hears_at:
                st.rerun()
            live.step()
            if time.monotonic() - looked > BAR_EVERY:
                last = live.logs[-1]
                facts = {"epoch": live.last_epoch, "epochs": until, "loss": readable(last["loss"], 3)}
                bar.progress(share(), beat.word("training_at", **facts))
                looked = time.monotonic()
            if time.monotonic() - drawn > PICTURE_EVERY:
                picture = growing_losses(beat.word, live.logs, until, hides)
                if picture is not None:
                    draw_growing(picture)
                drawn = time.monotonic()
    live.should_run = False
    place.empty()


def _hidden_while_training(beat: Beat, live: ResumableTraining) -> tuple[str, ...]:
    """The loss that will be asked about, if a reader guesses: the one that the training is judged by."""
    if not beat.lesson.predicting:
        return ()
    return ("val_loss",) if "val_loss" in live.logs[0] else ("loss",)


def _draw_buttons(beat: Beat, setup: Setup, live: ResumableTraining | None, done: int) -> None:
    """To begin, to go on, and to forget what was trained; beneath them how far it is."""
    epochs = setup.recipe.epochs
    with st.container(horizontal=True, gap="xsmall"):
        if done < epochs and not (live and live.ended):
            label = beat.word("train_now" if not done else "train_on", epochs=epochs - done)
            st.button(label, key="training.go", on_click=_start_training, args=(setup,), type="primary")
        elif live and not live.ended and done + MORE_EPOCHS <= EPOCHS.high:
            label = _label_of_more(beat, setup.recipe, done)
            st.button(label, key="training.on", on_click=_train_longer, args=(beat, done + MORE_EPOCHS))
        if done:
            icon = ":material/replay:"
            st.button(beat.word("rewind"), key="training.rewind", on_click=_discard_training, icon=icon)
    if live and 0 < done < epochs and not live.ended:
        st.caption(beat.word("stopped_at", done=done, epochs=epochs))
    elif done > epochs:
        st.caption(beat.word("more_are_done", done=done, epochs=epochs))
    elif setup.recipe.has_schedule:
        st.caption(beat.word("schedule_stretched"))
    if done:
        st.caption(beat.word("lost_on_reload"))


def _label_of_more(beat: Beat, recipe: Recipe, done: int) -> str:
    """A schedule is stretched over the whole training, so that a longer one is another one from its first step."""
    if recipe.has_schedule:
        return beat.word("train_anew", epochs=done + MORE_EPOCHS)
    return beat.word("train_on", epochs=MORE_EPOCHS)


def _start_training(setup: Setup) -> None:
    live: ResumableTraining | None = st.session_state.get(LIVE)
    if live is None or not live.is_of(setup.rows, setup.recipe):
        live = st.session_state[LIVE] = ResumableTraining.of(setup.rows, setup.recipe)
    live.should_run = True


def _train_longer(beat: Beat, epochs: int) -> None:
    beat.set({"epochs": epochs})
    # with a schedule the longer training is another one, which only the next run of the page can name
    st.session_state[BEGINS] = True


def _stop_training() -> None:
    st.session_state[LIVE].should_run = False


def _discard_training() -> None:
    st.session_state.pop(LIVE, None)


# ---- question --------------------------------------------------------------------------------------------------------


def question(setup: Setup, result: Result | None) -> Question | None:
    """When the loss is lowest that the training is judged by; nothing while there is no result."""
    return None if result is None else Question("when_lowest", WHEN, result.when, ordered=True)


def explain(setup: Setup, result: Result, say: Say) -> str:
    """The epoch and the loss, beside what guessing without inputs reaches."""
    return curves_in_words.when_sentence(say, result)


def goals(setup: Setup, result: Result | None) -> tuple[Goal, ...]:
    """To learn by heart, and to be right with few weights."""
    return () if result is None else curves_in_words.goals(setup.rows, result)


# ---- draw ------------------------------------------------------------------------------------------------------------


def draw(beat: Beat, setup: Setup, result: Result | None) -> None:
    """The losses by epoch, and how they differ from those of a training that was put aside."""
    outcome = _outcome(beat, setup, result)
    if (result is None and not setup.obstacle) or outcome.visible_result:
        comparison.draw_buttons(beat, setup.rows.selection, result, lambda: _draw_more_button(beat, setup))
    picture = outcome.picture(beat.word, "loss", beat.word("loss_seen_axis"))
    beat.picture(picture, curves_in_words.curves_sentence(beat.word, outcome))
    beat.player(curves_in_words.epoch_lines(outcome), counts="epoch_shown")
    comparison.draw(beat, outcome)
    beat.reserve()
    growing_program.grow(beat, setup.rows, outcome.recipe)


def _outcome(beat: Beat, setup: Setup, result: Result | None) -> TrainingOutcome:
    recipe = setup.recipe if result is None else result.recipe
    return TrainingOutcome(setup.rows, recipe, result, beat.answered, pinned_training())


def _draw_more_button(beat: Beat, setup: Setup) -> None:
    """More epochs for a training that begins by itself."""
    epochs = setup.recipe.epochs + MORE_EPOCHS
    if setup.begins_at_once and epochs <= EPOCHS.high:
        label = _label_of_more(beat, setup.recipe, setup.recipe.epochs)
        anew = beat.word("schedule_stretched") if setup.recipe.has_schedule else None
        st.button(label, key="training.more", on_click=beat.set, args=({"epochs": epochs},), help=anew)


# ---- details ---------------------------------------------------------------------------------------------------------


def details(beat: Beat, setup: Setup, result: Result | None) -> None:
    """Every epoch as a table; the optimizer as formula, and the training as source."""
    beat.numbers({"epochs_table": _outcome(beat, setup, result).table})
    beat.source([setup.recipe.optimizer.formula], models.Sequential.step, models.Sequential.fit)
