"""The model: hidden layers by text, by table and by menu, and how many weights they have."""

from collections.abc import Callable, Sequence
from zlib import crc32

import pandas as pd
import streamlit as st

from dlcore import losses
from dlcore.initializers import Initializer
from dlcore.recipe import LayerPlan, Recipe
from lessons.shared.typed_numbers import changed, last_good
from lessons.training.layer_notation import (
    ACTIVATIONS,
    MOST_LAYERS,
    MOST_UNITS,
    MOST_WEIGHTS,
    USUAL_START,
    read,
    written,
)
from lessons.training.rows import Given
from ui.beat import Beat
from ui.cache import shared
from ui.controls.kinds import Choice, Number, Text

NET = Text("12-8", 1200)
OUTPUTS = ("linear", "sigmoid", "softmax", "tanh", "relu")

OWNS = ("net", "act", "out", "outs")
PRESETS = {
    "works": {},
    "no_hidden_layer": {"net": "0"},
    "wide_layers": {"net": "64-32"},
    "five_sigmoids": {"net": "8-8-8-8-8", "act": "sigmoid"},
    "softmax_of_one": {"out": "softmax"},
}
FORMULA = r"a = \varphi(x W + b), \quad \#\text{weights} = (\text{inputs} + 1) \cdot \text{units}"
SIZES = ("below_100", "below_1000", "below_10000", "more_weights")


# ---- choosing --------------------------------------------------------------------------------------------------------
def chosen(beat: Beat, given: Given) -> tuple[LayerPlan, ...]:
    """All layers, the output last; first what matters, the settings of each layer one click away."""
    text = beat.text("net", NET, "hidden_widths", help=beat.word("net_help"))
    usual = beat.menu("act", Choice("relu", ACTIVATIONS), "usual_activation", named=_named(beat))
    hidden = last_good(beat, "net", text, lambda line: read(line, usual), NET.default)
    fitting, units = output_for(given)
    last = beat.menu("out", Choice(fitting, OUTPUTS), "output_activation", named=str)
    with beat.more():
        st.caption(beat.word("layers_editor_told"))
        editor(beat, hidden, usual)
        outs = int(beat.box("outs", Number(units, 1, 64, whole=True), "output_units"))
    return (*hidden, LayerPlan(outs, last))


def _named(beat: Beat) -> Callable[[str], str]:
    """Activations by the names that programs have for them, but for one that is a word of this app."""
    return lambda name: beat.member(name) if name == "step" else name


def output_for(given: Given) -> tuple[str, int]:
    """The activation and the number of output units that fit what there is to predict."""
    if given.task == "multiclass":
        return "softmax", len(given.classes)
    return ("sigmoid", 1) if given.task == "binary" else ("linear", 1)


_COLUMNS = ("units", "activation", "dropout", "batch_normalization", "kernel_initializer", "l1", "l2")


def editor(beat: Beat, hidden: Sequence[LayerPlan], usual: str) -> None:
    """The hidden layers as a table whose cells can be edited; its rows can be added and taken away."""
    frame = pd.DataFrame([{name: getattr(plan, name) for name in _COLUMNS} for plan in hidden], columns=_COLUMNS)
    frame = frame.astype({"units": int, "dropout": float, "batch_normalization": bool, "l1": float, "l2": float})
    # a table that kept its name would apply its changes once more to what they have already changed
    key = f"training.layers-{crc32((frame.to_csv() + usual).encode())}"
    number, pick = st.column_config.NumberColumn, st.column_config.SelectboxColumn
    penalty = number(min_value=0.0, max_value=1.0, step=0.0001, format="%.4g", default=0.0)
    config = {
        "units": number(min_value=1, max_value=MOST_UNITS, step=1, default=8, required=True),
        "activation": pick(options=list(ACTIVATIONS), default=usual, required=True),
        "dropout": number(min_value=0.0, max_value=0.95, step=0.05, default=0.0),
        "batch_normalization": st.column_config.CheckboxColumn(default=False),
        "kernel_initializer": pick(options=list(Initializer.members), default=USUAL_START, required=True),
        "l1": penalty,
        "l2": penalty,
    }
    st.data_editor(
        frame,
        num_rows="dynamic",
        hide_index=True,
        key=key,
        alt=beat.word("hidden_widths"),
        column_config=config,
        on_change=lambda: beat.set({"net": written(_plans(changed(frame, st.session_state[key])), usual)}),
    )


def _plans(frame: pd.DataFrame) -> list[LayerPlan]:
    """The layers in an edited table: an empty cell is the usual."""
    plans = []
    for row in frame.to_dict("records")[:MOST_LAYERS]:
        given = {str(name): value for name, value in row.items() if value is not None and not pd.isna(value)}
        units = min(max(int(given.pop("units", 8)), 1), MOST_UNITS)
        plans.append(LayerPlan(units, **given))
    return plans


# ---- in words --------------------------------------------------------------------------------------------------------
def counted(inputs: int, plans: Sequence[LayerPlan]) -> list[tuple[str, int]]:
    """How the weights of every layer are counted, and how many there are: ``(8 + 1) · 12 = 108``."""
    lines = []
    for plan in plans:
        behind = f" + 4 · {plan.units}" if plan.batch_normalization else ""
        count = plan.parameters(inputs)
        lines.append((f"({inputs} + 1) · {plan.units}{behind} = {count:,}", count))
        inputs = plan.units
    return lines


def table(inputs: int, plans: Sequence[LayerPlan]) -> pd.DataFrame:
    """Every layer with its settings and its number of weights."""
    rows = []
    for plan, (sum_, count) in zip(plans, counted(inputs, plans), strict=True):
        rows.append({name: getattr(plan, name) for name in _COLUMNS} | {"sum": sum_, "weights": count})
    return pd.DataFrame(rows)


def asked(beat: Beat, given: Given, plans: Sequence[LayerPlan]) -> bool:
    """Whether the numbers of weights may be shown: once the reader has guessed how many there are."""
    lines = counted(len(given.features), plans)
    total = sum(count for _, count in lines)
    size = SIZES[sum(total >= bound for bound in (100, 1000, 10_000))]
    beat.drawn["inputs"] = len(given.features)
    sums = " + ".join(f"{count:,}" for _, count in lines[:6]) + (" + …" if len(lines) > 6 else "")
    because = beat.word("weights_because", sums=sums, total=f"{total:,}", rows=len(given.parts.train.x))
    return beat.predicted("how_many_weights", SIZES, size, because)


def told(beat: Beat, given: Given, plans: tuple[LayerPlan, ...]) -> None:
    """How the weights of every layer are counted."""
    lines = counted(len(given.features), plans)
    rows = [f"- Dense({plan.units}, {plan.activation}): `{line}`" for plan, (line, _) in zip(plans, lines, strict=True)]
    if len(rows) > 8:
        rows = [*rows[:6], "- …", rows[-1]]
    st.markdown(beat.word("dense_means") + "\n\n" + "\n".join(rows))


def summary(given: Given, plans: tuple[LayerPlan, ...]) -> None:
    """Keras's summary, one click away, wide enough for its lines."""
    if sum(count for _, count in counted(len(given.features), plans)) > MOST_WEIGHTS:
        return
    with st.expander("model.summary()", icon=":material/list_alt:"):
        st.code(_summary(len(given.features), plans), language=None)


@shared(max_entries=64)
def _summary(inputs: int, plans: tuple[LayerPlan, ...]) -> str:
    return Recipe(inputs, plans, losses.get("mean_squared_error")).model().summary()
