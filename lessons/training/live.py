"""The live network: data, network, border and losses on one screen, trained while one looks, and changed meanwhile."""

import dataclasses
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from charts import class_colours, style
from dlcore import losses, models
from dlcore.datasets import Dataset
from dlcore.experiments.live_training import LiveTraining, LiveView, pack
from dlcore.experiments.training_config import LayerPlan, Recipe, prepare
from dlcore.initializers import Initializer
from dlcore.losses import Loss
from dlcore.optimizers import Optimizer, named_rules
from dlcore.tables import Table
from lessons.shared.typed_numbers import last_good
from lessons.training import drawn_points, live_network, live_table, own_table, without_activation
from lessons.training.compile import NO_SCHEDULE, SCHEDULES
from lessons.training.layer_notation import USUAL_START, Unreadable
from lessons.training.live_session import LiveSession, LiveSettings, session_for
from lessons.training.rows import DRAWN, OWN_TABLE, LabelledRows, RowSelection, load
from ui.beat import Beat
from ui.controls.kinds import Choice, Number, Text
from ui.controls.widgets import Say
from ui.question import Question
from ui.script_export import Experiment

SESSION, USABLE = "training.live_network", "training.live_rows"
QUESTION = "training.live"

SETS = ("moons", "circles", "xor", "spirals")
MOST_LAYERS, MOST_UNITS = 6, 12
NET = Text("8-8", 40)
ACTIVATIONS = ("tanh", "relu", "sigmoid", "leaky_relu", "elu", "gelu", "linear")
RULES = ("adam", "sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adamw", "nadam", "lion")
NO_PENALTY = "no_penalty"
FACTORS = Choice(NO_PENALTY, (NO_PENALTY, "0.0001", "0.001", "0.003", "0.01", "0.03", "0.1", "0.3", "1"))
LOSSES = ("binary_crossentropy", "mean_squared_error", "binary_focal_crossentropy", "hinge")
START = Number(0.01, 0.0001, 10, log=True)
BATCH, NOISE, DROPOUT = Number(10, 1, 200, whole=True), Number(0.1, 0, 0.5), Number(0, 0, 0.8)
SEED, ARMS = Number(0, 0, 999, whole=True), Number(2, 2, 5, whole=True)
STARTS = Choice(USUAL_START, tuple(Initializer.members))
PLANS = Choice(NO_SCHEDULE, (NO_SCHEDULE, *SCHEDULES))
PATIENCE = Number(0, 0, 50, whole=True)
SHARE = 0.2
PLANNED = 200
"""A schedule reaches its end after so many epochs; the training goes on."""

SIGNS = {DRAWN: "✎", OWN_TABLE: "CSV"}
MOST_LETTERS = 24
"""Of the names of a reader's own columns and classes."""

RATES_DRAWN = 101
"""So many points of a schedule are drawn."""

PREVIEWED = 90
"""So many points are drawn on the button of a data set."""

OWNS = (
    *("l_set", "l_pts", "l_noise", "l_arms", "l_net", "l_act", "l_rule", "l_lr", "l_batch", "l_l1", "l_l2", "l_drop"),
    *("l_seed", "l_loss", "l_init", "l_plan", "l_stop", *live_table.KEYS),
)
PRESETS: dict[str, dict[str, Any]] = {
    "works": {},
    "without_activation": {"l_act": "linear"},
    "one_hidden_unit": {"l_net": "1"},
    "rate_too_large": {"l_rule": "sgd", "l_lr": 10},
    "three_arms": {"l_set": "spirals", "l_arms": 3, "l_net": "12-12"},
}


@dataclass(frozen=True)
class Setup:
    """A network in training: its rows and its recipe.

    What is asked about it is the same whatever is turned, so that a guess goes on to count: ``asked`` is its recipe.
    sketch: points that are drawn and are no data yet; the first data set stands in for them. table: a reader's own,
    which ``selection.own`` tells from others.
    """

    selection: RowSelection
    recipe: Recipe = field(repr=False)
    sketch: str | None = None
    table: Table | None = field(default=None, compare=False, repr=False)
    asked: Recipe = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "asked", without_activation.recipe_of(self.recipe))

    @property
    def origin(self) -> tuple[Any, ...]:
        """What makes it another training when it changes, and not the same one with another future."""
        dataset, brought = self.selection.dataset, self.selection.own or self.selection.points
        data = brought if dataset is None else dataclasses.replace(dataset, noise=0.0)  # type: ignore[call-arg]
        plans = tuple((plan.units, plan.kernel_initializer) for plan in self.recipe.layers)
        return data, plans, self.recipe.seed, self.recipe.metrics


# ---- choose ----------------------------------------------------------------------------------------------------------


def choose(beat: Beat) -> Setup:
    """What one turns while it trains in sight; the rest one click away. Data and layers are chosen in the picture."""
    name = beat.value_of("l_set", Choice(SETS[0], (*SETS, DRAWN, OWN_TABLE)))
    own = _own_rows(beat, name)
    rate = float(beat.slider("l_lr", START, "learning_rate"))
    activation = beat.menu("l_act", Choice(ACTIVATIONS[0], ACTIVATIONS), "usual_activation", option_label=str)
    rule = beat.menu("l_rule", Choice(RULES[0], RULES), "optimizer", option_label=str)
    batch = int(beat.slider("l_batch", BATCH, "batch_size"))
    l2 = _factor(beat, "l_l2", "l2_factor")
    noise = _noise(beat, name)
    with beat.more():
        dataset, points, sketch = _data(beat, name, noise)
        selection, table = own or (RowSelection(dataset, ("x_1", "x_2"), SHARE, points=points), None)
        rows = load(selection, table)
        layers = _hidden_layers(beat, activation, l2)
        last, loss = _output(beat, len(rows.classes))
        schedule = beat.menu("l_plan", PLANS, "schedule", option_label=beat.member)
        patience = int(beat.slider("l_stop", PATIENCE, "live_patience"))
        seed = int(beat.box("l_seed", SEED, "net_seed"))
    beat.presets(OWNS, **PRESETS)
    first = layers[0] if layers else LayerPlan(1)
    last = dataclasses.replace(last, kernel_initializer=first.kernel_initializer, l1=first.l1, l2=l2)
    optimizer = _optimizer(rule, rate, schedule, -(-round(len(rows.y) * (1 - SHARE)) // batch))
    how = {"batch_size": batch, "patience": patience, "seed": seed}
    if sketch is None:
        st.session_state[USABLE] = selection, table
    return Setup(selection, Recipe(2, (*layers, last), loss, optimizer, ("accuracy",), **how), sketch, table)


Rows = tuple[RowSelection, Table | None]


def _own_rows(beat: Beat, name: str) -> Rows | None:
    """The rows of a reader's own file; while it cannot be used those that are there, so that nothing is lost."""
    if name != OWN_TABLE:
        beat.defer(*live_table.KEYS)
        return None
    brought = live_table.choose(beat)
    if brought is None:
        return st.session_state.get(USABLE)
    table, own = brought
    return RowSelection(None, table.features, SHARE, own=own), table


def _noise(beat: Beat, name: str) -> float:
    """The noise of a data set that has any; it changes the rows of a running training."""
    if name not in Dataset.members:
        beat.defer("l_noise")
        return 0.0
    usual = float(Dataset.members[name].settings()["noise"].default)
    return float(beat.slider("l_noise", dataclasses.replace(NOISE, default=usual), "noise"))


def _data(beat: Beat, name: str, noise: float) -> tuple[Dataset | None, str, str | None]:
    """A data set with its noise, or the text of the points that a reader has drawn; a sketch while they are no data."""
    if name != DRAWN:
        beat.defer("l_pts")
    if name != "spirals":
        beat.defer("l_arms")
    if name == DRAWN:
        text = beat.text("l_pts", drawn_points.POINTS, "drawn_text", help=beat.word("drawn_help"))
        rows = last_good(beat, "l_pts", text, drawn_points.read, drawn_points.DEFAULT)
        _, y = drawn_points.arrays(rows)
        written = drawn_points.rows_as_text(rows)
        return (None, written, None) if y.max(initial=0) > 0 else (Dataset.get(SETS[0]), "", written)
    if name == OWN_TABLE:
        return Dataset.get(SETS[0]), "", None
    arms = {"arms": int(beat.slider("l_arms", ARMS, "arms"))} if name == "spirals" else {}
    return dataclasses.replace(Dataset.get(name), noise=noise, **arms), "", None


def _hidden_layers(beat: Beat, activation: str, l2: float) -> tuple[LayerPlan, ...]:
    widths = _widths(beat)
    dropout = float(beat.slider("l_drop", DROPOUT, "dropout_rate"))
    l1 = _factor(beat, "l_l1", "l1_factor")
    initializer = beat.menu("l_init", STARTS, "live_init", option_label=str)
    return tuple(LayerPlan(units, activation, initializer, dropout, l1=l1, l2=l2) for units in widths)


def _factor(beat: Beat, key: str, word: str) -> float:
    """How strong a penalty is."""
    chosen = beat.menu(key, FACTORS, word, option_label=beat.member)
    return 0.0 if chosen == NO_PENALTY else float(chosen)


def _output(beat: Beat, classes: int) -> tuple[LayerPlan, Loss]:
    """The last layer and the loss: of two classes the loss may be chosen, and the output follows it."""
    if classes > 2:
        beat.defer("l_loss")
        return LayerPlan(classes, "softmax"), losses.get("sparse_categorical_crossentropy")
    loss = beat.menu("l_loss", Choice(LOSSES[0], LOSSES), "loss_function", option_label=beat.member)
    return LayerPlan(1, "tanh" if loss == "hinge" else "sigmoid"), losses.get(loss)


def _optimizer(rule: str, rate: float, schedule: str, steps_per_epoch: int) -> Optimizer:
    """The rule with its rate, or with a schedule that is over after PLANNED epochs."""
    planned = rate if schedule == NO_SCHEDULE else SCHEDULES[schedule](rate, max(2, PLANNED * steps_per_epoch))
    return dataclasses.replace(named_rules()[rule].rule, learning_rate=planned)


def _widths(beat: Beat) -> tuple[int, ...]:
    """The units of every hidden layer, as they are typed or pressed in the picture."""
    text = beat.text("l_net", NET, "hidden_widths")
    return last_good(beat, "l_net", text, _read_widths, NET.default)


def _read_widths(text: str) -> tuple[int, ...]:
    if text.strip() == "0":
        return ()
    parts = text.replace(",", "-").replace(" ", "-").split("-")
    if len(parts) > MOST_LAYERS:
        raise Unreadable("layers_too_many", count=len(parts), most=MOST_LAYERS)
    for place, part in enumerate(parts, start=1):
        if not (part.isascii() and part.isdigit() and len(part) < 4 and 1 <= int(part) <= MOST_UNITS):
            raise Unreadable("layer_units", layer=place, found=part[:12], most=MOST_UNITS)
    return tuple(int(part) for part in parts)


# ---- measure ---------------------------------------------------------------------------------------------------------


def measure(setup: Setup) -> LabelledRows:
    """The rows; all of them to learn from if they are too few to be cut, or a class would be held out as a whole."""
    rows = load(setup.selection, setup.table)
    whole = rows.enough and len(np.unique(rows.parts.train.y)) == len(rows.classes)
    return rows if whole else rows.uncut()


def question(setup: Setup, rows: LabelledRows) -> Question | None:
    """What border a network without hidden activation learns here, which nothing that plays gives away."""
    if setup.sketch is not None or without_activation.is_in_sight(setup.recipe):
        return None
    found = without_activation.answer(rows, setup.recipe)
    return Question(without_activation.ASKED, without_activation.choices_of(found), without_activation.truth_of(found))


def explain(setup: Setup, rows: LabelledRows, say: Say) -> str:
    """Why it is that one, and how many points it gets right."""
    return without_activation.explain(rows, setup.recipe, say)


# ---- draw ------------------------------------------------------------------------------------------------------------


def draw(beat: Beat, setup: Setup, rows: LabelledRows) -> None:
    """The network with its border, losses and player, and the feed that brings it frames."""
    extent = _extent_of(rows)
    parts = rows.prepare(setup.recipe.loss)
    wanted = LiveSettings(setup.origin, rows.selection, setup.recipe, parts, extent)
    st.session_state[SESSION] = session_for(st.session_state.get(SESSION), wanted)
    with beat.picture_place:
        live_network.stage("live-network", _stage_data(beat, setup, rows, extent), lambda wish: _set(beat, wish))
    named = {"network": "live_network_said", "border": "live_border_said", "losses": "live_curve_said"}
    beat.pictures += [(beat.word(word), f"live_{name}") for name, word in named.items()]
    runs = itertools.count()
    st.fragment(lambda: _feed(beat, alone=next(runs) > 0))()


def _feed(beat: Beat, alone: bool) -> None:
    """The frames that are asked for; it runs by itself, ``alone``, while the network plays."""
    if alone and beat.lesson.state.ahead_of_address:
        # a control that was moved in the same moment has set its value, and this was run in place of its question
        st.rerun()
    session: LiveSession = st.session_state[SESSION]
    frames = pack(session.frames())
    live_network.feed("live-feed", {"question": QUESTION} | session.header(), frames, _ask)


def _ask(wish: Mapping[str, Any]) -> None:
    st.session_state[SESSION].ask(wish)


def _set(beat: Beat, wish: Mapping[str, Any]) -> None:
    """Set what was chosen in the picture; a browser's word is anyone's."""
    if wish.get("set") in (*SETS, DRAWN, OWN_TABLE):
        beat.set({"l_set": wish["set"]}, clears=("l_noise",))
    widths = wish.get("hidden")
    if isinstance(widths, list) and all(isinstance(units, int) for units in widths):
        beat.set({"l_net": "-".join(map(str, widths)) or "0"})
    point = wish.get("point")
    if isinstance(point, list) and len(point) == 3 and all(isinstance(part, int | float) for part in point):
        drawn_points.add(beat, "l_pts", _points_so_far(beat), tuple(map(float, point)))
    if wish.get("points") in ("undo", "clear"):
        fewer = _points_so_far(beat)[:-1] if wish["points"] == "undo" else ()
        # an address holds no empty text
        beat.set({"l_pts": drawn_points.rows_as_text(fewer) or ";"})


def _points_so_far(beat: Beat) -> drawn_points.Rows:
    """The points that are drawn so far; those of the beginning, if what was typed cannot be read."""
    try:
        return drawn_points.read(beat.value_of("l_pts", drawn_points.POINTS))
    except Unreadable:
        return drawn_points.read(drawn_points.DEFAULT)


def _extent_of(rows: LabelledRows) -> tuple[tuple[float, float], tuple[float, float]]:
    """What is seen of the plane; of a reader's own columns, which have units of their own, both as far as they go."""
    if not rows.personal:
        return _extent(rows.selection.dataset)
    low, high = rows.x.min(axis=0), rows.x.max(axis=0)
    edge = 0.14 * (high - low)
    (a, b), (c, d) = (low - edge).tolist(), (high + edge).tolist()
    return (a, c), (b, d)


def _extent(dataset: Dataset | None) -> tuple[tuple[float, float], tuple[float, float]]:
    """A square around the data without their noise, so that one unit is as long across as up."""
    if dataset is None:
        return drawn_points.EXTENT
    x, _ = dataclasses.replace(dataset, noise=0.0).load()  # type: ignore[call-arg]
    low, high = x.min(axis=0), x.max(axis=0)
    reach = float(0.64 * (high - low).max())
    (a, b) = (low + high) / 2
    return (float(a) - reach, float(a) + reach), (float(b) - reach, float(b) + reach)


def _stage_data(beat: Beat, setup: Setup, rows: LabelledRows, extent: Any) -> dict[str, Any]:
    """What the picture shows besides the frames."""
    hidden = [plan.units for plan in setup.recipe.layers[:-1]]
    runs = [style.RUN_STYLES[name].colour for name in ("train", "val")]
    labels = _labels(rows)
    palette = {"classes": class_colours.CLASSES, "middle": class_colours.MIDDLE, "runs": runs}
    palette["outputs"] = [class_colours.CLASSES[label] for label in labels]
    sketching = setup.sketch is not None
    chosen = beat.value_of("l_set", Choice(SETS[0], (*SETS, DRAWN, OWN_TABLE)))
    words = beat.words(
        name="live_name",
        data="data",
        pen="next_click_is",
        undo="undo",
        clear="clear_all",
        layers="live_layers",
        layer="live_layer",
        unit="live_unit",
        fewer="live_fewer",
        more="live_more",
        network_said="live_network_said",
        border_said="live_border_said",
        curve_said="live_curve_said",
        player_name="player_name",
        play="play",
        pause="pause",
        step_back="step_back",
        step_on="step_on",
        to_start="live_to_start",
        speed="live_speed",
        output="live_output",
        cut_off="live_cut_off",
        restore="live_restore",
        without="live_without",
        confusion="live_confusion",
        close="live_close",
        sketch="draw_two_classes",
        stopped="live_stopped",
        diverged="live_diverged",
        waiting="live_waiting",
        refused="live_refused",
        epoch="epoch_shown",
        epochs="live_epochs",
        loss="live_loss",
        val_loss="live_val_loss",
        val_accuracy="live_val_accuracy",
        accuracy="live_val_accuracy" if rows.selection.share else "live_accuracy",
    )
    words["class"] = beat.word("live_class")
    classes = [f"{words['class']} {label}" for label in labels]
    if rows.personal:
        classes = [name[:MOST_LETTERS] for name in rows.classes]
    return {
        "question": QUESTION,
        "fits": beat.fits_screen,
        "presenting": beat.lesson.presenting,
        "words": words,
        "tabs": beat.words(network="live_tab_network", border="live_tab_border"),
        "palette": palette | {"strongest": class_colours.STRONGEST},
        "inputs": [name[:MOST_LETTERS] for name in rows.features] if rows.personal else ["x₁", "x₂"],
        "classes": classes,
        "sets": [_button(beat, name) for name in (*SETS, DRAWN, OWN_TABLE)],
        "chosen": chosen,
        "draws": chosen == DRAWN,
        "brings": {"name": OWN_TABLE, "file": live_table.FILE.replace(".", "-"), "brought": live_table.is_brought()},
        "sketching": sketching,
        "points": [[*row, 0] for row in drawn_points.read(setup.sketch)] if setup.sketch is not None else _points(rows),
        "extent": drawn_points.EXTENT if sketching else extent,
        "hidden": hidden,
        "rates": _planned_rates(setup, rows),
        "most_layers": MOST_LAYERS,
        "most_units": MOST_UNITS,
    }


def _planned_rates(setup: Setup, rows: LabelledRows) -> list[list[float]]:
    """Epoch and rate while a schedule lasts; nothing without one."""
    if not setup.recipe.has_schedule:
        return []
    steps = -(-len(rows.parts.train.x) // setup.recipe.batch_size)
    epochs = np.linspace(0, PLANNED, RATES_DRAWN).astype(int)
    return [[int(epoch), float(f"{setup.recipe.optimizer.rate(1 + epoch * steps):.4g}")] for epoch in epochs]


def _button(beat: Beat, name: str) -> dict[str, Any]:
    return {"name": name, "label": beat.member(name)} | _button_points(name)


def _button_points(name: str) -> dict[str, Any]:
    """A small picture of a data set: points with their class; of what a reader draws or brings, a sign."""
    if name in SIGNS:
        return {"points": [], "extent": drawn_points.EXTENT, "sign": SIGNS[name]}
    data = Dataset.get(name)
    x, y = data.load()
    points = [[round(a, 2), round(b, 2), int(label)] for (a, b), label in zip(x[:PREVIEWED].tolist(), y, strict=False)]
    return {"points": points, "extent": _extent(data)}


def _labels(rows: LabelledRows) -> list[int]:
    """The class of each of the network's outputs: of drawn points, of which one may be missing, as they were drawn."""
    return [int(name) for name in rows.classes] if rows.name == DRAWN else list(range(len(rows.classes)))


def _points(rows: LabelledRows) -> list[list[float]]:
    """Every row as x, y, class, and 1 if it is held out."""
    order = rows.parts.order
    held_out = np.arange(len(order)) >= len(rows.parts.train.x)
    inputs = [[float(f"{value:.4g}") for value in column] for column in rows.x[order].T]
    columns = (*inputs, np.array(_labels(rows))[rows.y[order]].tolist(), held_out.astype(int).tolist())
    return [list(row) for row in zip(*columns, strict=True)]


# ---- program ---------------------------------------------------------------------------------------------------------


def program(setup: Setup, experiment: Experiment) -> None:
    """The training as far as it is, with all that was changed meanwhile at its epoch."""
    session: LiveSession | None = st.session_state.get(SESSION)
    if session is not None and session.wanted.origin == setup.origin:
        write_down(session, setup.table, experiment)


def write_down(session: LiveSession, table: Table | None, experiment: Experiment) -> None:
    """The calls that train what a session has trained; none of one with too many changes."""
    if session.acts is None:
        return
    begun = session.begun
    parts = _parts(experiment, begun.rows, begun.recipe, table)
    live = experiment.assign("live", LiveTraining, begun.recipe, parts, LiveView(begun.extent))
    done = 0
    for act in session.acts:
        done, args = _trained_until(experiment, live, done, act.epoch), act.args
        if act.method == "replace_data":
            (selection,) = args
            args = (_parts(experiment, selection, session.applied.recipe, table),)
        experiment.assign("", getattr(live, act.method), act.epoch, *args)
    _trained_until(experiment, live, done, session.training.last_epoch)
    experiment.show(live.logs)


def _trained_until(experiment: Experiment, live: Any, done: int, epoch: int) -> int:
    """``epoch``, to which the training goes on."""
    if epoch > done:
        experiment.assign("", live.train, epoch - done)
    return epoch


def _parts(experiment: Experiment, selection: RowSelection, recipe: Recipe, table: Table | None) -> Any:
    """Rows as the training has them."""
    rows, s = load(selection, table), selection
    if s.dataset is None:
        x: Any = rows.x
        y: Any = rows.y
    else:
        data = experiment.assign("data", s.dataset.load)
        x, y = data[0], data[1]
    how = {"classes": len(rows.classes), "share": s.share, "seed": s.seed}
    return experiment.assign("parts", prepare, x, y, recipe.loss, **how)


# ---- details ---------------------------------------------------------------------------------------------------------


def details(beat: Beat, setup: Setup, rows: LabelledRows) -> None:
    """Every epoch that has been trained as a table; the training as source."""
    if setup.table is not None:
        st.markdown(f"**{beat.word('what_was_done')}**\n\n{own_table.remarks(beat.word, setup.table)}")
    beat.numbers({"epochs_table": _table})
    formulas = [setup.recipe.loss.formula, setup.recipe.optimizer.formula]
    beat.source(formulas, models.Sequential.step, LiveTraining.change)


def _table() -> pd.DataFrame:
    live: LiveTraining = st.session_state[SESSION].training
    return pd.DataFrame({"epoch": np.arange(live.first, live.last_epoch + 1)} | live.logs())
