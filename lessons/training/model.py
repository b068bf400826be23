"""The model: hidden layers by text, by table and by menu, and how many weights they have."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from zlib import crc32

import pandas as pd
import streamlit as st

import charts
from dlcore import losses
from dlcore.experiments.code_export import Source
from dlcore.experiments.training_config import LayerPlan, Recipe
from dlcore.initializers import Initializer
from dlcore.layers import Dense
from lessons.shared.typed_numbers import last_good, with_edits
from lessons.training import feasibility, growing_program, network_drawing
from lessons.training.layer_notation import (
    ACTIVATIONS,
    MOST_LAYERS,
    MOST_UNITS,
    MOST_WEIGHTS,
    USUAL_START,
    notation_of,
    read,
)
from lessons.training.rows import LabelledRows
from lessons.training.training_run import SEED
from ui.beat import Beat
from ui.cache import shared
from ui.controls.kinds import Choice, Number, Text
from ui.controls.widgets import Say
from ui.question import Part, Question

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
FORMULA = r"a = f(x W + b), \quad \#\text{weights} = (\text{inputs} + 1) \cdot \text{units}"
SIZES = ("below_100", "below_1000", "below_10000", "more_weights")


@dataclass(frozen=True)
class Setup:
    """A network by its number of inputs and its layers, the output last.

    training_rows: how many rows it is going to learn from. seed: of its first weights. Both are told beside the number
    of weights, which depends on neither. mismatches: the words for what does not fit, whatever the loss will be.
    """

    inputs: int
    layers: tuple[LayerPlan, ...]
    training_rows: int = field(compare=False, repr=False)
    seed: int = field(default=0, compare=False, repr=False)
    mismatches: tuple[str, ...] = field(default=(), compare=False, repr=False)

    @property
    def recipe(self) -> Recipe:
        """The network with what it is drawn by: any loss will do."""
        return Recipe(self.inputs, self.layers, losses.get("mean_squared_error"), seed=self.seed)


# ---- choose ----------------------------------------------------------------------------------------------------------


def choose(beat: Beat, data: Part) -> Setup:
    """All layers, the output last; first what matters, the settings of each layer one click away."""
    rows: LabelledRows = data.result
    text = beat.text("net", NET, "hidden_widths", help=beat.word("net_help"))
    usual = beat.menu("act", Choice("relu", ACTIVATIONS), "usual_activation", option_label=_activation_names(beat))
    hidden = last_good(beat, "net", text, lambda line: read(line, usual), NET.default)
    fitting, units = output_for(rows)
    last = beat.menu("out", Choice(fitting, OUTPUTS), "output_activation", option_label=str)
    with beat.more():
        st.caption(beat.word("layers_editor_told"))
        editor(beat, hidden, usual)
        outs = int(beat.box("outs", Number(units, 1, 64, whole=True), "output_units"))
    beat.presets(OWNS, **PRESETS)
    # chosen further on, where the training is
    seed = int(beat.value_of("seed", SEED))
    layers = (*hidden, LayerPlan(outs, last))
    mismatches = feasibility.mismatches_of_layers(rows, layers)
    return Setup(len(rows.features), layers, len(rows.parts.train.x), seed, mismatches)


def _activation_names(beat: Beat) -> Callable[[str], str]:
    """Activations by the names that programs have for them, but for one that is a word of this app."""
    return lambda name: beat.member(name) if name == "step" else name


def output_for(rows: LabelledRows) -> tuple[str, int]:
    """The activation and the number of output units that fit what there is to predict."""
    if rows.task == "multiclass":
        return "softmax", len(rows.classes)
    return ("sigmoid", 1) if rows.task == "binary" else ("linear", 1)


_COLUMNS = ("units", "activation", "dropout", "batch_normalization", "kernel_initializer", "l1", "l2")

_TYPES = dict.fromkeys(("dropout", "l1", "l2"), "float64") | dict.fromkeys(("activation", "kernel_initializer"), "str")
_TYPES |= {"units": "Int64", "batch_normalization": "boolean"}
"""Of what type the cells of a column are, also those that are emptied and those of a table without a row."""


def layer_frame(hidden: Sequence[LayerPlan]) -> pd.DataFrame:
    """The hidden layers as rows of a table, whose columns can hold whatever may be typed into them, or nothing."""
    rows = [{name: getattr(plan, name) for name in _COLUMNS} for plan in hidden]
    return pd.DataFrame(rows, columns=_COLUMNS).astype(_TYPES)


def editor(beat: Beat, hidden: Sequence[LayerPlan], usual: str) -> None:
    """The hidden layers as a table whose cells can be edited; its rows can be added and taken away."""
    frame = layer_frame(hidden)
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
        on_change=lambda: beat.set({"net": notation_of(_plans(with_edits(frame, st.session_state[key])), usual)}),
    )


def _plans(frame: pd.DataFrame) -> list[LayerPlan]:
    """The layers in an edited table: an empty cell is the usual."""
    plans = []
    for row in frame.to_dict("records")[:MOST_LAYERS]:
        cells = {str(name): value for name, value in row.items() if value is not None and not pd.isna(value)}
        units = min(max(int(cells.pop("units", 8)), 1), MOST_UNITS)
        plans.append(LayerPlan(units, **cells))
    return plans


# ---- measure ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class WeightCount:
    """How the weights of every layer are counted, as ``(8 + 1) · 12 = 108``, and how many each has."""

    sums: tuple[str, ...]
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.counts)


def measure(setup: Setup) -> WeightCount:
    """The weights of every layer, counted."""
    sums, counts, inputs = [], [], setup.inputs
    for plan in setup.layers:
        normalization = f" + 4 · {plan.units}" if plan.batch_normalization else ""
        counts.append(plan.parameters(inputs))
        sums.append(f"({inputs} + 1) · {plan.units}{normalization} = {counts[-1]:,}")
        inputs = plan.units
    return WeightCount(tuple(sums), tuple(counts))


def question(setup: Setup, weights: WeightCount) -> Question:
    """How many weights the network has."""
    size = SIZES[sum(weights.total >= bound for bound in (100, 1000, 10_000))]
    return Question("how_many_weights", SIZES, size, ordered=True)


def explain(setup: Setup, weights: WeightCount, say: Say) -> str:
    """The sum over the layers, beside the number of rows to learn from."""
    sums = " + ".join(f"{count:,}" for count in weights.counts[:6]) + (" + …" if len(weights.counts) > 6 else "")
    return say("weights_because", sums=sums, total=f"{weights.total:,}", rows=setup.training_rows)


# ---- draw ------------------------------------------------------------------------------------------------------------


def draw(beat: Beat, setup: Setup, weights: WeightCount) -> None:
    """How the weights are counted, above the network with its first weights."""
    if beat.answered:
        st.markdown(beat.word("dense_means") + "\n\n" + "\n".join(_lines(setup, weights)))
    _, kernels, names = network_drawing.first_kernels(setup.recipe)
    if beat.answered and weights.total <= MOST_WEIGHTS:
        sentence = network_drawing.weights_sentence(beat.word, kernels)
    else:
        sentence = network_drawing.layers_sentence(beat.word, setup.recipe)
    beat.picture(charts.network_snapshot(kernels, names), sentence)
    for word in setup.mismatches:
        st.info(beat.word(word), icon=":material/warning:")
    # the lines of the layers are the same whatever the rows
    growing_program.write_own(beat, "model", setup.recipe, Source())


def _lines(setup: Setup, weights: WeightCount) -> list[str]:
    """A line for every layer; of many the first six and the last."""
    layers = zip(setup.layers, weights.sums, strict=True)
    lines = [f"- Dense({plan.units}, {plan.activation}): `{sum_}`" for plan, sum_ in layers]
    return lines if len(lines) <= 8 else [*lines[:6], "- …", lines[-1]]


# ---- details ---------------------------------------------------------------------------------------------------------


def details(beat: Beat, setup: Setup, weights: WeightCount) -> None:
    """Keras's summary, the layers as a table, a layer as formula and source."""
    if beat.answered and weights.total <= MOST_WEIGHTS:
        # wide enough for its lines
        with st.expander("model.summary()", icon=":material/list_alt:"):
            st.code(_summary(setup.inputs, setup.layers), language=None)
    beat.numbers({"layers_table": lambda: table(setup, weights)})
    beat.source([FORMULA], LayerPlan, Dense)


@shared(max_entries=64)
def _summary(inputs: int, layers: tuple[LayerPlan, ...]) -> str:
    return Recipe(inputs, layers, losses.get("mean_squared_error")).model().summary_text()


def table(setup: Setup, weights: WeightCount) -> pd.DataFrame:
    """Every layer with its settings and its number of weights."""
    layers = zip(setup.layers, weights.sums, weights.counts, strict=True)
    rows = [{name: getattr(plan, name) for name in _COLUMNS} | {"sum": sum_, "weights": n} for plan, sum_, n in layers]
    return pd.DataFrame(rows)
