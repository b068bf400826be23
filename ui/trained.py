"""Trainings on a page: short ones are there at once and shared; long ones, and those on a reader's own table, wait for
a button, show how far they are, and can be stopped and continued.

A training of a visitor lives in the session: one that is under way or done (``Live``), and one put aside (``Pinned``).
Whatever is asked for next, what was learned stays until another one begins.
"""

import dataclasses
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dlcore.baselines import score_to_beat
from dlcore.callbacks import EarlyStopping, Logs
from dlcore.film import Film, Frames
from dlcore.models import Sequential
from dlcore.recipe import LayerPlan, Prepared, Recipe
from ui import compiled, given, layers
from ui.beat import Beat
from ui.cache import shared
from ui.compiled import Compiled
from ui.controls import Say
from ui.given import Chosen, Given
from ui.kinds import Number
from ui.numbers import readable

LIVE, PINNED = "training.live", "training.pinned"
AT_ONCE = 0.7
"""Trainings of about this many seconds begin by themselves."""

FRAMES, FILM_MEMORY = 60, 8_000_000
EPOCHS, PATIENCE = Number(100, 1, 500, whole=True), Number(0, 0, 50, whole=True)
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
WHEN = ("lowest_early", "lowest_midway", "lowest_late", "never_below")
BAR_EVERY = 0.15
"""Seconds between two looks at the bar; a click is heard there."""


@dataclass(frozen=True, eq=False)
class Result:
    """What a training has done so far.

    logs: by quantity, before the first epoch and after every one, shape (epochs + 1,). baselines: what the best guess
    without inputs reaches, by quantity, on the validation part. model: with the weights that the training gives back.
    frames: of the film. diverged, stopped: the epoch (1, 2, ...) that ended it, or None. best: the epoch whose weights
    came back, if not the last.
    """

    recipe: Recipe
    logs: dict[str, np.ndarray]
    baselines: dict[str, float]
    model: Sequential
    frames: Frames
    diverged: int | None
    stopped: int | None
    best: int | None

    @property
    def epochs(self) -> int:
        return len(self.logs["loss"]) - 1

    @property
    def watched(self) -> str:
        """The loss to judge by: of the validation part, if there is one."""
        return "val_loss" if "val_loss" in self.logs else "loss"

    def lowest(self, name: str) -> tuple[int, float]:
        """The epoch with the lowest value and that value; NaN if there is none."""
        values = self.logs[name]
        if not np.isfinite(values).any():
            return 0, math.nan
        place = int(np.nanargmin(np.where(np.isfinite(values), values, np.inf)))
        return place, float(values[place])

    @property
    def when(self) -> str:
        """The word for when the watched loss was lowest, one of WHEN."""
        place, value = self.lowest(self.watched)
        if not value < self.baselines.get("loss", math.inf):
            return "never_below"
        return WHEN[min(2, max(0, math.ceil(3 * place / max(1, self.epochs)) - 1))]

    def table(self) -> pd.DataFrame:
        """Every epoch with all that was recorded."""
        return pd.DataFrame({"epoch": np.arange(self.epochs + 1)} | self.logs)


@dataclass(eq=False)
class Live:
    """A training of one visitor that can be continued: everything stays as it was between two epochs."""

    chosen: Chosen
    recipe: Recipe
    parts: Prepared
    model: Sequential
    film: Film
    course: Iterator[Logs]
    stopping: EarlyStopping | None
    rows: list[Logs] = field(default_factory=list)
    wanted: bool = True
    ended: bool = False

    @classmethod
    def of(cls, data: Given, recipe: Recipe) -> "Live":
        """The training before its first step."""
        parts = data.prepared(recipe.loss)
        model, film = recipe.model(), Film(FRAMES, FILM_MEMORY)
        # it goes on for as long as it is asked to; early stopping gives its weights back at the end (see ``result``)
        how: dict[str, Any] = {**recipe.training(parts), "epochs": 10 * int(EPOCHS.high)}
        stopping = next((each for each in how["callbacks"] if isinstance(each, EarlyStopping)), None)
        how["callbacks"] = [*how["callbacks"], film]
        course = model.epochs_of(parts.train.x, parts.train.y, **how)
        before = _scores(model, parts)
        return cls(data.chosen, recipe, parts, model, film, course, stopping, [before])

    @property
    def done(self) -> int:
        return len(self.rows) - 1

    def is_of(self, data: Given, recipe: Recipe) -> bool:
        """Whether it is this training, whatever the number of epochs."""
        same = dataclasses.replace(self.recipe, epochs=recipe.epochs) == recipe
        return data.chosen == self.chosen and same

    def step(self) -> None:
        """One more epoch."""
        logs = next(self.course, None)
        if logs is None:
            self.ended = True
            return
        self.rows.append(dict(logs))
        if self.model.stop_training:
            # the generator has not heard yet that it is over: its end gives the best weights back
            next(self.course, None)
            self.ended = True

    def result(self) -> Result:
        """What it has done so far; the training itself stays as it is."""
        frames, model = self.film.frames, self.model
        best = None
        if self.stopping is not None and self.stopping.best_weights is not None:
            best = self.stopping.best_epoch + 1
            if not self.ended:
                model = self.recipe.model()
                model.set_weights(self.stopping.best_weights)
        keys = self.rows[-1] if self.rows else {}
        logs = {key: np.array([row.get(key, math.nan) for row in self.rows], dtype=float) for key in keys}
        diverged = model.history.diverged if model is self.model else self.model.history.diverged
        diverged = None if diverged is None else diverged + 1
        stopped = self.done if self.ended and diverged is None else None
        bars = _baselines(model, self.parts)
        return Result(self.recipe, logs, bars, model, frames, diverged, stopped, best if best != self.done else None)


def _scores(model: Sequential, parts: Prepared) -> Logs:
    """Loss and metrics of a network on both parts, named as in a history."""
    found = dict(model.evaluate(parts.train.x, parts.train.y, return_dict=True))
    if len(parts.validation.x):
        found |= {f"val_{k}": v for k, v in model.evaluate(*parts.validation, return_dict=True).items()}
    return found


def _baselines(model: Sequential, parts: Prepared) -> dict[str, float]:
    """By quantity, what the best baseline reaches on the part that is watched."""
    y = parts.validation.y if len(parts.validation.y) else parts.train.y
    found = {}
    for name, metric in {"loss": model.loss, **model.metrics}.items():
        try:
            score = score_to_beat(metric, parts.train.y, y).score
        except ValueError:
            continue
        if math.isfinite(score):
            found[name] = float(score)
    return found


@shared(max_entries=48)
def _at_once(chosen: Chosen, recipe: Recipe) -> Result:
    live = Live.of(given.opened(chosen), recipe)
    while live.done < recipe.epochs and not live.ended:
        live.step()
    return live.result()


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


@dataclass(frozen=True, eq=False)
class Shown:
    """What the page has to show: a result, or why there is none yet; and the training put aside."""

    data: Given
    recipe: Recipe
    result: Result | None
    told: bool
    """Whether the reader may see it already."""

    pinned: "Pinned | None" = None

    def table(self) -> pd.DataFrame:
        """Every epoch with all that was recorded, of the training put aside as well."""
        runs = {"A": self.pinned.result if self.pinned else None, "B": self.result if self.told else None}
        tables = [result.table().assign(run=name) for name, result in runs.items() if result is not None]
        return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame({"epoch": [0]})

    def curves(self, name: str) -> dict[str, np.ndarray]:
        """By run, a quantity after every epoch from the first on; of the one put aside as well."""
        found = {}
        runs = {"": self.result if self.told else None, "A ": self.pinned.result if self.pinned else None}
        for mark, result in runs.items():
            for part, key in {"train": name, "val": f"val_{name}"}.items():
                if result is not None and key in result.logs:
                    found[("B " if self.pinned and not mark else mark) + part] = result.logs[key][1:]
        return found or {"train": np.full(2, math.nan)}

    def baseline(self, name: str) -> tuple[str, float] | None:
        """What the best guess without inputs reaches, and what the line is called."""
        if self.result is None or not self.told or name not in self.result.baselines:
            return None
        return "base", self.result.baselines[name]


@dataclass(frozen=True, eq=False)
class Pinned:
    """A training put aside as A, to be compared with what comes."""

    chosen: Chosen
    recipe: Recipe
    result: Result


def run(beat: Beat, data: Given, recipe: Recipe) -> Shown:
    """The training that was chosen, as far as it is: at once, or step by step behind a button."""
    pinned: Pinned | None = st.session_state.get(PINNED)
    if trouble := compiled.obstacle(beat.word, data, recipe):
        st.info(f"**{beat.word('cannot_run')}** {trouble}", icon=":material/block:")
        return Shown(data, recipe, None, True, pinned)
    result = _result(beat, data, recipe)
    if result is None:
        _pin_buttons(beat, None, data)
        return Shown(data, recipe, None, True, pinned)
    # what is asked depends on more than the controls of this beat
    beat.drawn["of"] = repr((data.chosen, dataclasses.replace(recipe, epochs=0)))
    told = beat.predicted("when_lowest", WHEN, result.when, when_said(beat.word, result))
    if told:
        _pin_buttons(beat, result, data)
    return Shown(data, recipe, result, told, pinned)


def is_short(data: Given, recipe: Recipe) -> bool:
    """Whether a training begins by itself."""
    return not data.personal and compiled.seconds_for(recipe, len(data.parts.train.x)) <= AT_ONCE


def _result(beat: Beat, data: Given, recipe: Recipe) -> Result | None:
    if is_short(data, recipe):
        return _at_once(data.chosen, recipe)
    live: Live | None = st.session_state.get(LIVE)
    if live is not None and live.is_of(data, recipe):
        live.recipe = recipe
        if live.wanted:
            _under_way(beat, live, recipe.epochs)
        _buttons(beat, data, recipe, live)
        return live.result() if live.done else None
    seconds = readable(compiled.seconds_for(recipe, len(data.parts.train.x)), 2)
    st.caption(beat.word("waits_own" if data.personal else "waits_long", seconds=seconds))
    _buttons(beat, data, recipe, None)
    return None


def _under_way(beat: Beat, live: Live, until: int) -> None:
    """Train until it is done or stopped; whatever the reader does meanwhile, an epoch is finished first."""
    place = st.empty()
    with place.container():
        st.button(beat.word("stop_training"), key="training.stop", on_click=_pause, icon=":material/stop_circle:")
        bar, looked = st.progress(live.done / until, beat.word("training_now")), 0.0
        while live.wanted and live.done < until and not live.ended:
            live.step()
            if time.monotonic() - looked > BAR_EVERY:
                last = live.rows[-1]
                facts = {"epoch": live.done, "epochs": until, "loss": readable(last["loss"], 3)}
                bar.progress(min(1.0, live.done / until), beat.word("training_at", **facts))
                looked = time.monotonic()
    live.wanted = False
    place.empty()


def _buttons(beat: Beat, data: Given, recipe: Recipe, live: Live | None) -> None:
    done = live.done if live else 0
    with st.container(horizontal=True, gap="xsmall"):
        if done < recipe.epochs and not (live and live.ended):
            word = "train_now" if not done else "train_on"
            label = beat.word(word, epochs=recipe.epochs - done)
            st.button(label, key="training.go", on_click=_go, args=(data, recipe), type="primary")
        elif live and not live.ended and recipe.epochs + MORE_EPOCHS <= EPOCHS.high:
            label = beat.word("train_on", epochs=MORE_EPOCHS)
            st.button(label, key="training.on", on_click=_on, args=(beat, recipe.epochs + MORE_EPOCHS))
        if done:
            st.button(beat.word("rewind"), key="training.rewind", on_click=_rewind, icon=":material/replay:")
    if live and 0 < done < recipe.epochs and not live.ended:
        st.caption(beat.word("stopped_at", done=done, epochs=recipe.epochs))


def _go(data: Given, recipe: Recipe) -> None:
    live: Live | None = st.session_state.get(LIVE)
    if live is None or not live.is_of(data, recipe):
        live = st.session_state[LIVE] = Live.of(data, recipe)
    live.wanted = True


def _on(beat: Beat, epochs: int) -> None:
    beat.set({"epochs": epochs})
    st.session_state[LIVE].wanted = True


def _pause() -> None:
    st.session_state[LIVE].wanted = False


def _rewind() -> None:
    st.session_state.pop(LIVE, None)


def _pin_buttons(beat: Beat, result: Result | None, data: Given) -> None:
    pinned = st.session_state.get(PINNED)
    with st.container(horizontal=True, gap="xsmall"):
        if result is not None:
            # its curves are enough: what is put aside must not hold a second network
            nothing = Frames(*(part[:0] for part in result.frames))
            light = dataclasses.replace(result, model=Sequential(), frames=nothing)
            new = Pinned(data.chosen, result.recipe, light)
            icon = ":material/push_pin:"
            st.button(beat.word("keep_as_a"), key="training.pin", on_click=_pin, args=(new,), icon=icon)
            if is_short(data, result.recipe) and result.recipe.epochs + MORE_EPOCHS <= EPOCHS.high:
                label = beat.word("train_on", epochs=MORE_EPOCHS)
                more = {"epochs": result.recipe.epochs + MORE_EPOCHS}
                st.button(label, key="training.more", on_click=beat.set, args=(more,))
        if pinned is not None:
            st.button(beat.word("forget_a"), key="training.unpin", on_click=_pin, args=(None,))


def _pin(new: Pinned | None) -> None:
    if new is None:
        st.session_state.pop(PINNED, None)
    else:
        st.session_state[PINNED] = new


# ---- in words --------------------------------------------------------------------------------------------------------


def when_said(say: Say, result: Result) -> str:
    """When the watched loss was lowest, and what guessing without inputs reaches."""
    place, value = result.lowest(result.watched)
    facts = {"epoch": place, "epochs": result.epochs, "value": readable(value, 3)}
    base = result.baselines.get("loss")
    behind = "" if base is None else " " + say("base_is", base=readable(base, 3))
    return say("when_said", **facts) + behind


def said(say: Say, shown: Shown) -> str:
    """What the curves show, in words with their numbers."""
    result = shown.result
    if result is None:
        return say("not_trained", epochs=shown.recipe.epochs)
    if not shown.told:
        return say("answer_first", epochs=result.epochs)
    parts = []
    if result.diverged is not None:
        rate = shown.recipe.optimizer.learning_rate
        first = rate if isinstance(rate, float) else float(rate(0))  # type: ignore[operator]
        parts.append(say("training_diverged", epoch=result.diverged, rate=readable(first)))
    elif result.stopped is not None:
        parts.append(say("stopped_early", epoch=result.stopped, best=result.best or result.stopped))
    for name in [key for key in result.logs if not key.startswith("val_")]:
        parts.append(_quantity_said(say, result, name))
    if result.diverged is None and result.when == "never_below":
        parts.append(say("below_nothing"))
    return " ".join(parts)


def _quantity_said(say: Say, result: Result, name: str) -> str:
    key = f"val_{name}" if f"val_{name}" in result.logs else name
    at = result.best if result.best is not None else result.epochs
    train, val = (readable(float(result.logs[k][at]), 3) for k in (name, key))
    base = result.baselines.get(name)
    behind = "" if base is None else f" ({say('base_is', base=readable(base, 3))})"
    word = "part_scores" if key != name else "train_score"
    return say(word, name=name, epoch=at, train=train, val=val) + behind


def curve_said(say: Say, shown: Shown, name: str) -> str:
    """What a curve shows, in words with its numbers."""
    if shown.result is None or not shown.told or name not in shown.result.logs:
        return say("not_shown_yet", epochs=shown.recipe.epochs)
    return _quantity_said(say, shown.result, name)


def lines(shown: Shown) -> list[str]:
    """Beneath the player: what was recorded after every epoch."""
    if shown.result is None or not shown.told:
        return ["–"]
    logs = shown.result.logs
    names = [key for key in logs if not key.startswith("val_")]

    def one(k: int, name: str) -> str:
        both = [readable(float(logs[key][k])) for key in (name, f"val_{name}") if key in logs]
        return f"{name} = {both[0]}" + (f",  val_{name} = {both[1]}" if len(both) > 1 else "")

    return [f"epoch {k}\n" + "\n".join(one(k, name) for name in names) for k in range(shown.result.epochs + 1)]


def compared(say: Say, shown: Shown) -> str:
    """What differs between the training put aside and this one, and how both came out."""
    a, result = shown.pinned, shown.result
    if a is None:
        return ""
    lines = [f"- {line}" for line in _differences(say, a, shown)] or [f"- {say('nothing_differs')}"]
    if _twins(a, shown):
        lines.append(f"- {say('same_first_weights')}")
    if result is not None and shown.told:
        for mark, each in {"A": a.result, "B": result}.items():
            place, value = each.lowest(each.watched)
            last = readable(float(each.logs[each.watched][-1]), 3)
            facts = {"name": mark, "what": each.watched, "value": readable(value, 3), "epoch": place, "last": last}
            lines.append(f"- {say('run_came_out', **facts)}")
    return f"**{say('a_and_b')}**\n\n" + "\n".join(lines)


def told(beat: Beat, shown: Shown) -> None:
    """What a training that was put aside has to do with this one, and what is kept."""
    if shown.pinned is not None:
        st.markdown(compared(beat.word, shown))
    st.caption(beat.word("what_is_kept", frames=FRAMES))


def _differences(say: Say, a: Pinned, shown: Shown) -> Iterator[str]:
    mine, other = shown.recipe, a.recipe
    usual = ""
    pairs: dict[str, tuple[Any, Any]] = {
        "data": (_rows(a.chosen), _rows(shown.data.chosen)),
        "hidden_widths": (layers.written(other.layers, usual), layers.written(mine.layers, usual)),
        "loss_function": (repr(other.loss), repr(mine.loss)),
        "optimizer": (repr(other.optimizer), repr(mine.optimizer)),
        "batch_size": (other.batch_size, mine.batch_size),
        "epochs": (other.epochs, mine.epochs),
        "patience_epochs": (other.patience, mine.patience),
        "net_seed": (other.seed, mine.seed),
    }
    for word, (then, now) in pairs.items():
        if then != now:
            yield f"{say(word)}: A `{then}` → B `{now}`"


def _rows(chosen: Chosen) -> str:
    name = "table" if chosen.own else "points" if chosen.points else repr(chosen.dataset)
    kept = f"{len(chosen.columns)} inputs, validation {chosen.share:.0%}, seed {chosen.seed}"
    return f"{name}, {kept}" + (", standardised" if chosen.standardised else "")


def _twins(a: Pinned, shown: Shown) -> bool:
    """Whether both began with the same weights."""
    mine, other = shown.recipe, a.recipe

    def shapes(recipe: Recipe) -> list[tuple[int, str, bool]]:
        return [(plan.units, plan.kernel_initializer, plan.batch_normalization) for plan in recipe.layers]

    return mine.seed == other.seed and mine.inputs == other.inputs and shapes(mine) == shapes(other)
