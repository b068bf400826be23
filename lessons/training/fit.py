"""How long, in which batches, from which first weights; and the training itself: short ones are there at once and
shared; long ones, and those on a reader's own table, wait for a button, show how far they are, and can be stopped and
continued.

A training of a visitor lives in the session. Whatever is asked for next, what was learned stays until another begins.
"""

import dataclasses
import math
import sys
import time

import streamlit as st

from dlcore.recipe import LayerPlan, Recipe
from lessons.training import comparison, curves_in_words, feasibility
from lessons.training.compile import Compiled
from lessons.training.results import Shown
from lessons.training.rows import Given
from lessons.training.training_run import EPOCHS, WHEN, Live, Result, at_once
from ui.beat import Beat
from ui.controls.kinds import Number
from ui.number_format import readable

LIVE, BEGINS = "training.live", "training.begins"
AT_ONCE = 0.7
"""Trainings of about this many seconds begin by themselves."""

PATIENCE = Number(0, 0, 50, whole=True)
BATCH = Number(10, 1, 1024, whole=True)
SEED = Number(0, 0, 999, whole=True)
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
ALONE = sys.platform == "emscripten"
"""Whether Python runs in the reader's browser, where nothing is heard before a run of the page has ended."""
DEAF_FOR = 3.0
"""Seconds of training there before the page is run once more, to hear a click."""


# ---- choosing --------------------------------------------------------------------------------------------------------


def peeked(beat: Beat) -> tuple[int, int]:
    """Batch size and epochs, for those who need them before their controls are drawn."""
    return int(beat.remembered("batch", BATCH)), int(beat.remembered("epochs", EPOCHS))


def steps_of(data: Given, batch: int, epochs: int) -> int:
    """How many steps a training takes."""
    return epochs * -(-len(data.parts.train.x) // batch)


def chosen(beat: Beat, data: Given, plans: tuple[LayerPlan, ...], told: Compiled) -> Recipe:
    """The whole recipe: what remains to be chosen is how long, in which batches, and from which first weights."""
    epochs = int(beat.slider("epochs", EPOCHS, "epochs"))
    batch = int(beat.box("batch", BATCH, "batch_size"))
    with beat.more():
        patience = int(beat.slider("patience", PATIENCE, "patience_epochs", help=beat.word("patience_help")))
        seed = int(beat.box("seed", SEED, "net_seed"))
    watched = data.chosen.share > 0
    return recipe_of(data, plans, told, batch, epochs, patience if watched else 0, seed)


def recipe_of(
    data: Given,
    plans: tuple[LayerPlan, ...],
    told: Compiled,
    batch: int,
    epochs: int,
    patience: int = 0,
    seed: int = 0,
) -> Recipe:
    """What was chosen, as one recipe."""
    optimizer = told.optimizer(steps_of(data, batch, epochs))
    return Recipe(len(data.features), plans, told.loss, optimizer, told.metrics, batch, epochs, patience, seed)


# ---- training --------------------------------------------------------------------------------------------------------


def run(beat: Beat, data: Given, recipe: Recipe) -> Shown:
    """The training that was chosen, as far as it is: at once, or step by step behind a button."""
    a = comparison.present()
    if trouble := feasibility.obstacle(beat.word, data, recipe):
        st.info(f"**{beat.word('cannot_run')}** {trouble}", icon=":material/block:")
        return Shown(data, recipe, None, True, a)
    result = _result(beat, data, recipe)
    if result is None:
        comparison.buttons(beat, None, data, lambda: None)
        return Shown(data, recipe, None, True, a)
    # what is asked depends on more than the controls of this beat
    beat.drawn["of"] = repr((data.chosen, dataclasses.replace(recipe, epochs=0)))
    told = beat.predicted("when_lowest", WHEN, result.when, curves_in_words.when_said(beat.word, result))
    if told:
        comparison.buttons(beat, result, data, lambda: _more_button(beat, data, recipe))
    shown = Shown(data, result.recipe, result, told, a)
    beat.goals(*curves_in_words.goals(shown))
    return shown


def is_short(data: Given, recipe: Recipe) -> bool:
    """Whether a training begins by itself."""
    return not data.personal and feasibility.seconds_for(recipe, len(data.parts.train.x)) <= AT_ONCE


def _result(beat: Beat, data: Given, recipe: Recipe) -> Result | None:
    if is_short(data, recipe):
        return at_once(data.chosen, recipe)
    if st.session_state.pop(BEGINS, False):
        _go(data, recipe)
    live: Live | None = st.session_state.get(LIVE)
    if live is not None and live.is_of(data, recipe):
        live.recipe = recipe
        # by now fewer epochs may be asked for than are done
        live.wanted = live.wanted and live.done < recipe.epochs and not live.ended
        if live.wanted:
            _under_way(beat, live, recipe.epochs)
        result = live.result() if live.done else None
        _buttons(beat, data, recipe, live, result.epochs if result else 0)
        return result
    seconds = readable(feasibility.seconds_for(recipe, len(data.parts.train.x)), 2)
    st.caption(beat.word("waits_own" if data.personal else "waits_long", seconds=seconds))
    _buttons(beat, data, recipe, None, 0)
    return None


def _under_way(beat: Beat, live: Live, until: int) -> None:
    """Train until it is done or stopped; whatever the reader does meanwhile, an epoch is finished first."""
    place = st.empty()

    def share() -> float:
        return min(1.0, live.done / until)

    with place.container():
        st.button(beat.word("stop_training"), key="training.stop", on_click=_pause, icon=":material/stop_circle:")
        bar, looked = st.progress(share(), beat.word("training_now")), 0.0
        hears_at = time.monotonic() + (DEAF_FOR if ALONE else math.inf)
        while live.wanted and live.done < until and not live.ended:
            if time.monotonic() > hears_at:
                st.rerun()
            live.step()
            if time.monotonic() - looked > BAR_EVERY:
                last = live.rows[-1]
                facts = {"epoch": live.done, "epochs": until, "loss": readable(last["loss"], 3)}
                bar.progress(share(), beat.word("training_at", **facts))
                looked = time.monotonic()
    live.wanted = False
    place.empty()


def _buttons(beat: Beat, data: Given, recipe: Recipe, live: Live | None, done: int) -> None:
    with st.container(horizontal=True, gap="xsmall"):
        if done < recipe.epochs and not (live and live.ended):
            word = "train_now" if not done else "train_on"
            label = beat.word(word, epochs=recipe.epochs - done)
            st.button(label, key="training.go", on_click=_go, args=(data, recipe), type="primary")
        elif live and not live.ended and done + MORE_EPOCHS <= EPOCHS.high:
            label = _label_of_more(beat, recipe, done)
            st.button(label, key="training.on", on_click=_on, args=(beat, done + MORE_EPOCHS))
        if done:
            st.button(beat.word("rewind"), key="training.rewind", on_click=_rewind, icon=":material/replay:")
    if live and 0 < done < recipe.epochs and not live.ended:
        st.caption(beat.word("stopped_at", done=done, epochs=recipe.epochs))
    elif done > recipe.epochs:
        st.caption(beat.word("more_are_done", done=done, epochs=recipe.epochs))
    elif recipe.scheduled:
        st.caption(beat.word("schedule_stretched"))


def _more_button(beat: Beat, data: Given, recipe: Recipe) -> None:
    """More epochs for a training that begins by itself."""
    if is_short(data, recipe) and recipe.epochs + MORE_EPOCHS <= EPOCHS.high:
        more = {"epochs": recipe.epochs + MORE_EPOCHS}
        st.button(
            _label_of_more(beat, recipe, recipe.epochs),
            key="training.more",
            on_click=beat.set,
            args=(more,),
            help=_why_anew(beat, recipe),
        )


def _why_anew(beat: Beat, recipe: Recipe) -> str | None:
    return beat.word("schedule_stretched") if recipe.scheduled else None


def _label_of_more(beat: Beat, recipe: Recipe, done: int) -> str:
    """A schedule is stretched over the whole training, so that a longer one is another one from its first step."""
    if recipe.scheduled:
        return beat.word("train_anew", epochs=done + MORE_EPOCHS)
    return beat.word("train_on", epochs=MORE_EPOCHS)


def _go(data: Given, recipe: Recipe) -> None:
    live: Live | None = st.session_state.get(LIVE)
    if live is None or not live.is_of(data, recipe):
        live = st.session_state[LIVE] = Live.of(data, recipe)
    live.wanted = True


def _on(beat: Beat, epochs: int) -> None:
    beat.set({"epochs": epochs})
    # with a schedule the longer training is another one, which only the next run of the page can name
    st.session_state[BEGINS] = True


def _pause() -> None:
    st.session_state[LIVE].wanted = False


def _rewind() -> None:
    st.session_state.pop(LIVE, None)
