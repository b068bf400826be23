"""A and B: a training is put aside, one thing is changed, and what differs is said."""

import dataclasses
from collections.abc import Callable
from typing import Any

import streamlit as st

from dlcore.experiments.training_config import Recipe
from dlcore.experiments.weight_history import Frames
from dlcore.family import Family
from dlcore.models import Sequential
from dlcore.schedules import Schedule
from lessons.training import layer_notation
from lessons.training.results import PINNED, PinnedTraining, TrainingOutcome, pinned_training
from lessons.training.rows import DRAWN, OWN_TABLE, RowSelection
from lessons.training.training_run import FRAMES, Result
from ui.beat import Beat
from ui.number_format import readable

WATCHED = {"val_loss": "watched_val_loss", "loss": "watched_loss"}
"""By the quantity that a training is judged by, the word for it."""

SHORT = 4
"""Up to so many inputs are named; of more it is said how many there are."""


def draw_buttons(beat: Beat, selection: RowSelection, result: Result | None, more: Callable[[], None]) -> None:
    """To put a training aside or forget it; ``more`` draws what else can be done with a result."""
    with st.container(horizontal=True, gap="xsmall"):
        if result is not None:
            # its curves are enough: what is put aside must not hold a second network, nor, as a view would, its film
            nothing = Frames(*(part[:0].copy() for part in result.frames))
            light = dataclasses.replace(result, model=Sequential(), frames=nothing)
            new = PinnedTraining(selection, result.recipe, light)
            icon = ":material/push_pin:"
            st.button(beat.word("keep_as_a"), key="training.pin", on_click=_pin, args=(new,), icon=icon)
            more()
        if pinned_training() is not None:
            st.button(beat.word("forget_a"), key="training.unpin", on_click=_pin, args=(None,))


def _pin(new: PinnedTraining | None) -> None:
    if new is None:
        st.session_state.pop(PINNED, None)
    else:
        st.session_state[PINNED] = new


def draw(beat: Beat, outcome: TrainingOutcome) -> None:
    """What a training that was put aside has to do with this one, and what is kept."""
    if outcome.pinned is not None:
        st.markdown(_sentences(beat, outcome, outcome.pinned))
    st.caption(beat.word("what_is_kept", frames=FRAMES))


def _sentences(beat: Beat, outcome: TrainingOutcome, a: PinnedTraining) -> str:
    """What differs between the training put aside and this one, and how both came out."""
    say = beat.word
    lines = [f"- {line}" for line in differences(beat, a, outcome)] or [f"- {say('nothing_differs')}"]
    if _same_first_weights(a, outcome):
        lines.append(f"- {say('same_first_weights')}")
    if (result := outcome.visible_result) is not None:
        for mark, each in {"A": a.result, "B": result}.items():
            place, value = each.lowest(each.monitor)
            last = readable(float(each.logs[each.monitor][-1]), 3)
            facts = {
                "name": mark,
                "what": say(WATCHED[each.monitor]),
                "value": readable(value, 3),
                "epoch": place,
                "last": last,
            }
            lines.append(f"- {say('run_came_out', **facts)}")
    return f"**{say('a_and_b')}**\n\n" + "\n".join(lines)


# ---- what differs ----------------------------------------------------------------------------------------------------


def differences(beat: Beat, a: PinnedTraining, outcome: TrainingOutcome) -> list[str]:
    """A line for everything that is set otherwise, by the label of its control."""
    before, now = (
        _rows_in_words(beat, selection) | _recipe_in_words(beat, recipe)
        for selection, recipe in ((a.selection, a.recipe), (outcome.rows.selection, outcome.recipe))
    )
    # what only one of them has, such as the β of an optimizer, is said by the name of what has it
    lines = [
        f"{beat.member(word)}: A `{before[word]}` → B `{text}`"
        for word, text in now.items()
        if word in before and before[word] != text
    ]
    if not lines and a.selection != outcome.rows.selection:
        lines.append(f"{beat.word('data')}: {beat.word('other_rows')}")
    return lines


def _rows_in_words(beat: Beat, rows: RowSelection) -> dict[str, str]:
    """Where rows come from and how they are cut, by the word of what is set; a reader's own names are not among it."""
    name = OWN_TABLE if rows.own else DRAWN if rows.points else rows.dataset.name() if rows.dataset else ""
    told = {"data": beat.member(name), "input_columns": str(len(rows.columns))}
    if not rows.own and len(rows.columns) <= SHORT:
        told["input_columns"] = ", ".join(map(beat.member, rows.columns))
    if rows.points:
        told["count"] = str(rows.points.count(";") + 1)
    told |= _settings_in_words(beat, rows.dataset) if rows.dataset else {}
    told |= {"validation_share": f"{100 * rows.share:g}", "split_seed": str(rows.seed)}
    return told | {"standardise": _on_or_off(beat, rows.standardised)}


def _recipe_in_words(beat: Beat, recipe: Recipe) -> dict[str, str]:
    """A network and its training, by the word of what is set."""
    *hidden, last = recipe.layers
    told = {"hidden_widths": layer_notation.notation_of(hidden, ""), "output_units": str(last.units)}
    activations = {plan.activation for plan in hidden}
    if len(activations) == 1:
        told["usual_activation"] = activations.pop()
        told["hidden_widths"] = layer_notation.notation_of(hidden, told["usual_activation"])
    told |= {"output_activation": last.activation, "loss_function": beat.member(recipe.loss.name())}
    told |= _settings_in_words(beat, recipe.loss) | {"optimizer": recipe.optimizer.name()}
    told |= _settings_in_words(beat, recipe.optimizer)
    told |= {"batch_size": str(recipe.batch_size), "epochs": str(recipe.epochs)}
    return told | {"patience_epochs": str(recipe.patience), "net_seed": str(recipe.seed)}


def _settings_in_words(beat: Beat, member: Family) -> dict[str, str]:
    """What is set of a member, by the name of the setting."""
    return {name: _value_in_words(beat, getattr(member, name)) for name in member.settings()}


def _value_in_words(beat: Beat, value: Any) -> str:
    if isinstance(value, Schedule):
        return f"{beat.member(value.name())}, {readable(float(value(0)))}"
    if isinstance(value, bool):
        return _on_or_off(beat, value)
    return readable(value) if isinstance(value, int | float) else str(value)


def _on_or_off(beat: Beat, on: bool) -> str:
    return beat.word("switched_on" if on else "switched_off")


def _same_first_weights(a: PinnedTraining, outcome: TrainingOutcome) -> bool:
    """Whether both began with the same weights."""
    mine, other = outcome.recipe, a.recipe

    def shapes(recipe: Recipe) -> list[tuple[int, str, bool]]:
        return [(plan.units, plan.kernel_initializer, plan.batch_normalization) for plan in recipe.layers]

    return mine.seed == other.seed and mine.inputs == other.inputs and shapes(mine) == shapes(other)
