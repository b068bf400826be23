"""A and B: a training is put aside, one thing is changed, and what differs is said."""

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import streamlit as st

from dlcore.film import Frames
from dlcore.models import Sequential
from dlcore.recipe import Recipe
from lessons.training import layer_notation
from lessons.training.results import Pinned, Shown
from lessons.training.rows import Chosen, Given
from lessons.training.training_run import FRAMES, Result
from ui.beat import Beat
from ui.controls.widgets import Say
from ui.number_format import readable

PINNED = "training.pinned"


def present() -> Pinned | None:
    """The training that this visitor has put aside."""
    return st.session_state.get(PINNED)


def buttons(beat: Beat, result: Result | None, data: Given, more: Callable[[], None]) -> None:
    """To put a training aside or forget it; ``more`` draws what else can be done with a result."""
    with st.container(horizontal=True, gap="xsmall"):
        if result is not None:
            # its curves are enough: what is put aside must not hold a second network, nor, as a view would, its film
            nothing = Frames(*(part[:0].copy() for part in result.frames))
            light = dataclasses.replace(result, model=Sequential(), frames=nothing)
            new = Pinned(data.chosen, result.recipe, light)
            icon = ":material/push_pin:"
            st.button(beat.word("keep_as_a"), key="training.pin", on_click=_pin, args=(new,), icon=icon)
            more()
        if present() is not None:
            st.button(beat.word("forget_a"), key="training.unpin", on_click=_pin, args=(None,))


def _pin(new: Pinned | None) -> None:
    if new is None:
        st.session_state.pop(PINNED, None)
    else:
        st.session_state[PINNED] = new


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
        "hidden_widths": (layer_notation.written(other.layers, usual), layer_notation.written(mine.layers, usual)),
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
