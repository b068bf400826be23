"""A network without hidden activation: the question before the live network plays, and its answer, trained.

Whatever is turned while the live network trains, what is asked is one thing: the same layers on the same rows, with
linear hidden units, trained by Adam. So the network may play before anybody has answered, and gives nothing away.
"""

from typing import NamedTuple

import numpy as np

from dlcore import losses
from dlcore.experiments.stacked_network import layer_outputs
from dlcore.experiments.training_config import LayerPlan, Recipe
from dlcore.optimizers import Adam
from lessons.training.rows import LabelledRows, RowSelection, load
from ui.cache import personal, shared
from ui.controls.widgets import Say
from ui.number_format import percent

RATE, BATCH, EPOCHS = 0.01, 32, 60
ASKED = "live_without_activation"
BENT, MOST, FEW = CHOICES = "live_border_bent", "live_straight_most", "live_straight_few"
PIECES = BENT, "live_pieces_most", "live_pieces_few"
"""The same of more than two classes, whose border has corners where three of them meet."""

LIMIT = 0.75
"""Of the points a straight border gets so many right, or fewer."""


class Answer(NamedTuple):
    """What came of the training. bend: how far what goes into the output is from a plane, as a share of its spread."""

    right: float
    held_out: bool
    """Whether ``right`` is of the validation points."""
    bend: float
    classes: int = 2

    @property
    def is_straight(self) -> bool:
        """Whether the border is a line, or, of several classes, made of lines."""
        return self.bend < 1e-6


def recipe_of(recipe: Recipe) -> Recipe:
    """The same layers with linear hidden units, whatever else is turned."""
    *hidden, last = (plan.units for plan in recipe.layers)
    layers = (*(LayerPlan(units, "linear") for units in hidden), LayerPlan(last, "softmax" if last > 1 else "sigmoid"))
    loss = losses.get("sparse_categorical_crossentropy" if last > 1 else "binary_crossentropy")
    how = {"batch_size": BATCH, "epochs": EPOCHS, "seed": recipe.seed}
    return Recipe(recipe.inputs, layers, loss, Adam(RATE), ("accuracy",), **how)


def is_in_sight(recipe: Recipe) -> bool:
    """Whether what plays is the answer itself: nothing hidden could bend the border."""
    return all(plan.activation == "linear" for plan in recipe.layers[:-1])


def choices_of(found: Answer) -> tuple[str, ...]:
    """What may be answered: the border of two classes is one line, that of more has several pieces."""
    return CHOICES if found.classes == 2 else PIECES


def truth_of(found: Answer) -> str:
    """The answer that is right."""
    bent, most, few = choices_of(found)
    if not found.is_straight:
        return bent
    return most if found.right >= LIMIT else few


def explain(rows: LabelledRows, recipe: Recipe, say: Say) -> str:
    """Why stacked linear layers are one, and what the training came to."""
    found = answer(rows, recipe)
    layers = "-".join(str(plan.units) for plan in recipe.layers[:-1])
    facts = {"epochs": EPOCHS, "rate": RATE, "layers": layers, "right": percent(found.right, 1)}
    facts |= {"part": say("live_val_accuracy" if found.held_out else "live_accuracy")}
    straight = "live_straight_why" if found.classes == 2 else "live_pieces_why"
    return say(straight if found.is_straight else "live_bent_why", **facts)


def answer(rows: LabelledRows, recipe: Recipe) -> Answer:
    """What the network without hidden activation makes of the rows; of a reader's own remembered for them alone."""
    linear = recipe_of(recipe)
    if rows.personal:
        return _of_own(rows.selection, linear, _rows=rows)
    return _of_shared(rows.selection, linear)


@shared(max_entries=64)
def _of_shared(selection: RowSelection, recipe: Recipe) -> Answer:
    return train(load(selection), recipe)


@personal(max_entries=8)
def _of_own(selection: RowSelection, recipe: Recipe, *, _rows: LabelledRows) -> Answer:
    return train(_rows, recipe)


def train(rows: LabelledRows, recipe: Recipe) -> Answer:
    """The answer, by a whole training."""
    parts, model = rows.prepare(recipe.loss), recipe.model()
    model.fit(parts.train.x, parts.train.y, batch_size=recipe.batch_size, epochs=recipe.epochs, seed=recipe.seed)
    held_out = len(parts.validation.x) > 0
    judged = parts.validation if held_out else parts.train
    right = model.evaluate(*judged, return_dict=True)["accuracy"]
    places = np.stack(np.meshgrid(np.linspace(-2, 2, 9), np.linspace(-2, 2, 9)), axis=-1).reshape(-1, 2)
    into_output = layer_outputs(model, model.w[None], places)[-2][0].T
    return Answer(float(right), held_out, _bend(places, into_output), len(rows.classes))


def _bend(x: np.ndarray, values: np.ndarray) -> float:
    """How far values over the plane are from the plane that fits them best, as a share of their spread."""
    planes = np.column_stack([np.ones(len(x)), x])
    fitted, *_ = np.linalg.lstsq(planes, values, rcond=None)
    return float(np.abs(values - planes @ fitted).max() / max(np.ptp(values), 1e-12))
