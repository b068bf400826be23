"""Watch: a look into a training, epoch by epoch, beside its curves.

What the network answers, what its units see, how large its weights and their gradients are, and the network itself.
"""

from typing import Any

import numpy as np

import charts
from charts.picture import Picture
from dlcore.activations import Softmax
from dlcore.experiments import weight_history
from dlcore.experiments.training_config import Prepared, Recipe
from lessons.training import curves_in_words, network_drawing
from lessons.training.results import TrainingOutcome as Setup
from lessons.training.results import choose, measure
from lessons.training.training_run import Result
from ui.beat import Beat
from ui.controls.kinds import Choice, Number
from ui.controls.widgets import Say
from ui.number_format import readable
from ui.question import Question

__all__ = ["Setup", "choose", "draw", "explain", "measure", "question"]

VIEWS = ("answers_view", "units_view", "weights_view", "gradients_view", "network_view")
LOOKS = ("view", "see", "layer")
CURVES = ("metric_curve", "loss_curve")
LAYER = Number(1, 1, 6, whole=True)
GRID, UNIT_GRID, CURVE = 48, 24, 120
WORK = 6e8
"""Multiplications that the answers for all rows may take: of more rows the first are judged."""

Summarized = tuple[Picture, str]
"""A picture, and the same in a sentence."""


def question(setup: Setup, result: Result | None) -> Question | None:
    """Nothing: what is looked at was asked about before."""
    return None


def explain(setup: Setup, result: Result | None, say: Say) -> str:
    """Nothing, since nothing is asked."""
    return ""


# ---- draw ------------------------------------------------------------------------------------------------------------


def draw(beat: Beat, setup: Setup, result: Result | None) -> None:
    """The view that a reader chooses beside the curves of a quantity."""
    with beat.panel:
        view = beat.choice("view", Choice(VIEWS[0], VIEWS), "look_at")
        layer = _layer(beat, view)
        curve = beat.choice("see", Choice(CURVES[0], CURVES), "curve_of")
    quantity = (setup.recipe.metrics or ("loss",))[0] if curve == CURVES[0] else "loss"
    inside = _first_weights(beat, setup.recipe) if result is None else _view(beat, setup, result, view, layer)
    curves = setup.picture(beat.word, quantity, beat.word(curves_in_words.QUANTITIES[quantity]))
    beat.side_by_side(inside, (curves, curves_in_words.quantity_sentence(beat.word, setup, quantity)))
    beat.player(curves_in_words.epoch_lines(setup), counts="epoch_shown")


def _layer(beat: Beat, view: str) -> int:
    """The layer whose units are looked at."""
    if view == VIEWS[1]:
        return int(beat.slider("layer", LAYER, "layer_of_units"))
    beat.defer("layer")
    return 1


def _view(beat: Beat, setup: Setup, result: Result, view: str, layer: int) -> Summarized:
    """The view of that name; the network itself where units cannot be seen over two inputs."""
    hidden = len(setup.recipe.layers) - 1
    if view == VIEWS[0]:
        return _answers(beat, setup, result)
    if view == VIEWS[1] and len(setup.rows.features) == 2 and hidden:
        return _units(beat, setup, result, min(layer, hidden))
    if view in VIEWS[2:4]:
        return _sizes(beat, setup, result, view)
    return _network(beat, setup, result, view)


def _first_weights(beat: Beat, recipe: Recipe) -> Summarized:
    """The network before its first step, while there is nothing else to see."""
    still, kernels, names = network_drawing.first_kernels(recipe)
    sentence = network_drawing.layers_sentence(beat.word, recipe)
    return charts.network_drawing(kernels, still.epochs, names), sentence


# ---- answers ---------------------------------------------------------------------------------------------------------


def _answers(beat: Beat, setup: Setup, result: Result) -> Summarized:
    """What the network answers: regions of two inputs, a curve of one; of more, how often it is right."""
    rows, epochs = setup.rows, result.frames.epochs
    parts, facts = rows.prepare(setup.recipe.loss), {"frames": len(epochs), "epochs": result.epochs}
    order = parts.order
    held_out = np.arange(len(order)) >= len(parts.train.x)
    if rows.classes and len(rows.features) == 2:
        return _regions(beat, setup, result, parts, held_out, facts)
    if not rows.classes and len(rows.features) == 1:
        return _curve(beat, setup, result, parts, held_out, facts)
    inputs = np.concatenate([parts.train.x, parts.validation.x])
    judged = np.flatnonzero(held_out) if held_out.any() else np.arange(len(order))
    most = max(30, int(WORK / max(1, result.model.w.size * len(epochs))))
    judged = (judged if rows.classes else np.arange(len(order)))[:most]
    answers = weight_history.predictions(result.model, result.frames, inputs[judged])
    if not rows.classes:
        truth = np.asarray(rows.y, dtype=float)[order][judged]
        titles = beat.words(x_title="truth_axis", y_title="predicted_axis")
        with np.errstate(all="ignore"):
            error = readable(float(np.mean(np.abs(answers[-1, :, 0] - truth))), 3)
        sentence = beat.word("predictions_said", rows=len(judged), error=error, **facts)
        return charts.predictions_film(truth, answers[..., 0], held_out[judged], epochs, **titles), sentence
    counts = _confusion(answers, rows.y[order][judged], len(rows.classes), setup.recipe)
    right = float(np.trace(counts[-1])) / max(1, len(judged))
    titles = beat.words(x_title="predicted_class_axis", y_title="true_class_axis")
    word = "shares_of_validation" if held_out.any() else "shares_of_training"
    sentence = beat.word("confusion_said", what=beat.word(word), rows=len(judged), right=right, **facts)
    names = rows.class_captions(beat) if len(rows.classes) <= 10 else tuple(str(k) for k in range(len(rows.classes)))
    return charts.confusion_film(counts, epochs, names, **titles), sentence


def classes_of(answers: np.ndarray, classes: int, recipe: Recipe) -> np.ndarray:
    """The class that each answer, shape (..., outputs), stands for: shape (...).

    What is no number stands for none, as may the largest of more outputs than classes: that is the number ``classes``.
    """
    with np.errstate(invalid="ignore"):
        if answers.shape[-1] > 1:
            found = np.minimum(np.nan_to_num(answers, nan=-np.inf).argmax(axis=-1), classes)
        elif classes > 2:
            found = np.clip(np.round(np.nan_to_num(answers[..., 0])), 0, classes - 1)
        else:
            found = answers[..., 0] > recipe.loss.threshold
    return np.where(np.isnan(answers).any(axis=-1), classes, found).astype(np.int64)


def _ends(recipe: Recipe) -> tuple[float, float]:
    """The answers of one unit that mean class 0 and class 1 for sure; the border lies in the middle."""
    if recipe.loss.margin:
        return -1.0, 1.0
    return (0.0, 1.0) if recipe.loss.threshold else (-4.0, 4.0)


def _confusion(answers: np.ndarray, truth: np.ndarray, classes: int, recipe: Recipe) -> np.ndarray:
    """How many rows of each class are taken for which one, shape (frames, classes, classes); for none, in no cell."""
    predicted = classes_of(answers, classes, recipe)
    cells = truth[None] * classes + predicted + np.arange(len(answers))[:, None] * classes**2
    counts = np.bincount(cells[predicted < classes], minlength=len(answers) * classes**2)
    return counts.reshape(-1, classes, classes)


def _regions(
    beat: Beat, setup: Setup, result: Result, parts: Prepared, held_out: np.ndarray, facts: dict[str, Any]
) -> Summarized:
    """The classes that two inputs are taken for, all over their plane."""
    rows, frames, classes = setup.rows, result.frames, len(setup.rows.classes)
    points = rows.x[parts.order]
    extent = _wider(points[:, 0]), _wider(points[:, 1])
    count = weight_history.fine_enough(result.model, frames, GRID)
    answers = weight_history.regions(result.model, frames, extent, count, parts.scaler)
    if answers.shape[-1] not in ((1, 2) if classes == 2 else (classes,)):
        # what is taken for no class has no colour
        known = np.concatenate([np.eye(classes), np.full((1, classes), np.nan)])
        answers = known[classes_of(answers, classes, setup.recipe)]
    elif answers.shape[-1] > 1 and not setup.recipe.loss.threshold:
        # how sure logits and margins are
        with np.errstate(all="ignore"):
            answers = Softmax()(answers)
    inputs = np.concatenate([parts.train.x, parts.validation.x])
    labels = rows.y[parts.order]
    last = weight_history.predictions(result.model, type(frames)(*(part[-1:] for part in frames)), inputs)[0]
    right = classes_of(last, classes, setup.recipe) == labels
    facts |= {"train": float(right[~held_out].mean()), "val": float(right[held_out].mean()) if held_out.any() else 0.0}
    titles = (rows.caption(beat, rows.features[0]), rows.caption(beat, rows.features[1]))
    picture = charts.regions_film(
        answers,
        frames.epochs,
        extent,
        points,
        labels,
        held_out,
        rows.class_captions(beat),
        *titles,
        ends=_ends(setup.recipe),
    )
    return picture, beat.word("regions_said" if held_out.any() else "regions_train_said", **facts)


def _curve(
    beat: Beat, setup: Setup, result: Result, parts: Prepared, held_out: np.ndarray, facts: dict[str, Any]
) -> Summarized:
    """The answers over one input as a curve through the rows."""
    rows = setup.rows
    x = np.linspace(*_wider(rows.x[:, 0]), CURVE)
    inputs = parts.scaler.transform(x[:, None]) if parts.scaler else x[:, None]
    curves = weight_history.predictions(result.model, result.frames, inputs)[..., 0]
    points = np.column_stack([rows.x[parts.order, 0], np.asarray(rows.y, dtype=float)[parts.order]])
    titles = (rows.caption(beat, rows.features[0]), rows.caption(beat, rows.target))
    picture = charts.curve_film(x, curves, points, held_out, result.frames.epochs, *titles)
    return picture, beat.word("curve_film_said", rows=len(points), **facts)


def _wider(values: np.ndarray) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    room = 0.06 * (high - low) or 1.0
    return low - room, high + room


# ---- inside ----------------------------------------------------------------------------------------------------------


def _units(beat: Beat, setup: Setup, result: Result, layer: int) -> Summarized:
    """What the units of a layer answer all over the plane of two inputs."""
    rows, frames = setup.rows, result.frames
    extent = _wider(rows.x[:, 0]), _wider(rows.x[:, 1])
    count = weight_history.fine_enough(result.model, frames, UNIT_GRID)
    maps = weight_history.unit_maps(result.model, frames, extent, layer - 1, count, rows.parts.scaler)
    units = setup.recipe.layers[layer - 1].units
    sentence = beat.word("units_said", layer=layer, shown=maps.shape[-1], units=units)
    return charts.unit_maps_film(maps, frames.epochs), sentence


def _sizes(beat: Beat, setup: Setup, result: Result, view: str) -> Summarized:
    """How the weights, or their gradients over training rows, are spread in every layer."""
    names = [f"dense {k}" for k in range(1, len(setup.recipe.layers) + 1)]
    if view == VIEWS[2]:
        layers, log = weight_history.weight_histograms(result.model, result.frames), False
    else:
        train = setup.rows.prepare(setup.recipe.loss).train
        layers, log = weight_history.gradient_histograms(result.model, result.frames, train.x, train.y), True
    shares = {name: each.shares for name, each in zip(names, layers, strict=True)}
    title = beat.word("gradient_size_axis" if log else "weight_value_axis")
    edge = readable(float(layers[0].edges[-1]), 3)
    sentence = beat.word("gradients_spread" if log else "weights_spread", layers=len(names), edge=edge)
    return charts.histograms_film(layers[0].edges, shares, result.frames.epochs, title, log), sentence


def _network(beat: Beat, setup: Setup, result: Result, view: str) -> Summarized:
    """The network with its weights."""
    trained = network_drawing.trained_kernels(result.model)
    sentence = network_drawing.weights_sentence(beat.word, trained)
    if view == VIEWS[1]:
        sentence = f"{beat.word('units_need_two', inputs=len(setup.rows.features))} {sentence}"
    kernels = weight_history.kernels(result.model, result.frames)
    names = network_drawing.column_names(setup.recipe)
    return charts.network_drawing(kernels, result.frames.epochs, names), sentence
