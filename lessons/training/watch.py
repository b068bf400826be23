"""Looks into a training, epoch by epoch: what the network answers, what its units see, how large its weights are.

A look says which picture of ``charts`` it wants, with its numbers, and tells the same in a sentence.
"""

from typing import Any

import numpy as np

from dlcore import film
from dlcore.activations import Softmax
from dlcore.recipe import Prepared, Recipe
from lessons.training.network_drawing import Look, column_names, drawing_said, network_before
from lessons.training.results import Shown
from lessons.training.rows import Given
from lessons.training.training_run import Result
from ui.beat import Beat
from ui.controls.kinds import Choice, Number
from ui.number_format import readable

VIEWS = ("answers_view", "units_view", "weights_view", "gradients_view", "network_view")
CURVES = ("metric_curve", "loss_curve")
LAYER = Number(1, 1, 6, whole=True)
GRID, UNIT_GRID, CURVE = 48, 24, 120
WORK = 6e8
"""Multiplications that the answers for all rows may take: of more rows the first are judged."""


def chosen(beat: Beat, shown: Shown) -> Look:
    """The look that the reader has chosen; the network before its first step while there is nothing else to see."""
    view = beat.choice("view", Choice(VIEWS[0], VIEWS), "look_at")
    draw = beat.slider if view == VIEWS[1] else beat.remembered
    layer = int(draw("layer", LAYER, "layer_of_units"))
    if shown.result is None or not shown.told:
        return network_before(beat, shown.data, shown.recipe)
    two = len(shown.data.features) == 2 and shown.recipe.layers[:-1]
    if view == VIEWS[0]:
        return _answers(beat, shown, shown.result)
    if view == VIEWS[1] and two:
        return _units(beat, shown, shown.result, min(layer, len(shown.recipe.layers) - 1))
    if view in VIEWS[2:4]:
        return _sizes(beat, shown, shown.result, view)
    return _network(beat, shown, shown.result, view)


def quantity(beat: Beat, shown: Shown) -> str:
    """What is to be seen beside it: the first metric, or the loss."""
    wanted = beat.choice("see", Choice(CURVES[0], CURVES), "curve_of")
    return (shown.recipe.metrics or ("loss",))[0] if wanted == CURVES[0] else "loss"


# ---- answers ---------------------------------------------------------------------------------------------------------
def _answers(beat: Beat, shown: Shown, result: Result) -> Look:
    data, frames = shown.data, result.frames
    parts, facts = data.prepared(shown.recipe.loss), {"frames": len(frames.epochs), "epochs": result.epochs}
    order = parts.order
    held_out = np.arange(len(order)) >= len(parts.train.x)
    if data.classes and len(data.features) == 2:
        return _regions(beat, shown, result, parts, held_out, facts)
    if not data.classes and len(data.features) == 1:
        return _curve(beat, data, result, parts, held_out, facts)
    rows = np.concatenate([parts.train.x, parts.validation.x])
    judged = np.flatnonzero(held_out) if held_out.any() else np.arange(len(order))
    most = max(30, int(WORK / max(1, result.model.w.size * len(frames.epochs))))
    judged = (judged if data.classes else np.arange(len(order)))[:most]
    answers = film.predictions(result.model, frames, rows[judged])
    if not data.classes:
        truth = np.asarray(data.y, dtype=float)[order][judged]
        titles = beat.words(x_title="truth_axis", y_title="predicted_axis")
        numbers = {"truth": truth, "predicted": answers[..., 0], "validation": held_out[judged]}
        with np.errstate(all="ignore"):
            error = readable(float(np.mean(np.abs(answers[-1, :, 0] - truth))), 3)
        said = beat.word("predictions_said", rows=len(judged), error=error, **facts)
        return Look("predictions_film", numbers | {"epochs": frames.epochs} | titles, said)
    counts = _confusion(answers, data.y[order][judged], len(data.classes), shown.recipe)
    right = float(np.trace(counts[-1])) / max(1, counts[-1].sum())
    titles = beat.words(x_title="predicted_class_axis", y_title="true_class_axis")
    word = "shares_of_validation" if held_out.any() else "shares_of_training"
    said = beat.word("confusion_said", what=beat.word(word), rows=len(judged), right=right, **facts)
    names = tuple(data.classes) if len(data.classes) <= 10 else tuple(str(k) for k in range(len(data.classes)))
    return Look("shares_film", {"counts": counts, "epochs": frames.epochs, "classes": names} | titles, said)


def classes_of(answers: np.ndarray, classes: int, recipe: Recipe) -> np.ndarray:
    """The class that each answer, shape (..., outputs), stands for: shape (...)."""
    with np.errstate(invalid="ignore"):
        if answers.shape[-1] > 1:
            return np.minimum(np.nan_to_num(answers, nan=-np.inf).argmax(axis=-1), classes - 1)
        if classes > 2:
            return np.clip(np.round(np.nan_to_num(answers[..., 0])), 0, classes - 1).astype(np.int64)
        return (answers[..., 0] > recipe.loss.threshold).astype(np.int64)


def _ends(recipe: Recipe) -> tuple[float, float]:
    """The answers of one unit that mean class 0 and class 1 for sure; the border lies in the middle."""
    if recipe.loss.margin:
        return -1.0, 1.0
    return (0.0, 1.0) if recipe.loss.threshold else (-4.0, 4.0)


def _confusion(answers: np.ndarray, truth: np.ndarray, classes: int, recipe: Recipe) -> np.ndarray:
    predicted = classes_of(answers, classes, recipe)
    cells = truth[None] * classes + predicted + np.arange(len(answers))[:, None] * classes**2
    return np.bincount(cells.ravel(), minlength=len(answers) * classes**2).reshape(-1, classes, classes)


def _regions(
    beat: Beat, shown: Shown, result: Result, parts: Prepared, held_out: np.ndarray, facts: dict[str, Any]
) -> Look:
    data, frames, classes = shown.data, result.frames, len(shown.data.classes)
    points = data.x[parts.order]
    extent = tuple(_wider(points[:, k]) for k in (0, 1))
    count = film.fine_enough(result.model, frames, GRID)
    answers = film.regions(result.model, frames, extent, count, parts.scaler)
    if answers.shape[-1] != classes and classes > 2:
        answers = np.eye(classes)[classes_of(answers, classes, shown.recipe)]
    elif answers.shape[-1] > 1 and getattr(shown.recipe.loss, "from_logits", False):
        with np.errstate(all="ignore"):
            answers = Softmax()(answers)
    rows = np.concatenate([parts.train.x, parts.validation.x])
    labels = data.y[parts.order]
    last = film.predictions(result.model, type(frames)(*(part[-1:] for part in frames)), rows)[0]
    right = classes_of(last, classes, shown.recipe) == labels
    facts |= {"train": float(right[~held_out].mean()), "val": float(right[held_out].mean()) if held_out.any() else 0.0}
    word = "regions_said" if held_out.any() else "regions_train_said"
    numbers = {"answers": answers, "epochs": frames.epochs, "extent": extent, "points": points, "labels": labels}
    numbers |= {"validation": held_out, "classes": data.classes, "ends": _ends(shown.recipe)}
    titles = {"x_title": data.called(beat, data.features[0]), "y_title": data.called(beat, data.features[1])}
    return Look("regions_film", numbers | titles, beat.word(word, **facts))


def _curve(
    beat: Beat, data: Given, result: Result, parts: Prepared, held_out: np.ndarray, facts: dict[str, Any]
) -> Look:
    x = np.linspace(*_wider(data.x[:, 0]), CURVE)
    rows = parts.scaler.transform(x[:, None]) if parts.scaler else x[:, None]
    curves = film.predictions(result.model, result.frames, rows)[..., 0]
    points = np.column_stack([data.x[parts.order, 0], np.asarray(data.y, dtype=float)[parts.order]])
    numbers = {"x": x, "curves": curves, "points": points, "validation": held_out, "epochs": result.frames.epochs}
    titles = {"x_title": data.called(beat, data.features[0]), "y_title": data.called(beat, data.target)}
    return Look("curve_film", numbers | titles, beat.word("curve_film_said", rows=len(points), **facts))


def _wider(values: np.ndarray) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    room = 0.06 * (high - low) or 1.0
    return low - room, high + room


# ---- inside ----------------------------------------------------------------------------------------------------------
def _units(beat: Beat, shown: Shown, result: Result, layer: int) -> Look:
    parts, frames = shown.data.parts, result.frames
    extent = tuple(_wider(shown.data.x[:, k]) for k in (0, 1))
    count = film.fine_enough(result.model, frames, UNIT_GRID)
    maps = film.unit_maps(result.model, frames, extent, layer - 1, count, parts.scaler)
    units = shown.recipe.layers[layer - 1].units
    said = beat.word("units_said", layer=layer, shown=maps.shape[-1], units=units)
    return Look("unit_maps_film", {"maps": maps, "epochs": frames.epochs}, said)


def _sizes(beat: Beat, shown: Shown, result: Result, view: str) -> Look:
    """How the weights, or their gradients over training rows, are spread in every layer."""
    names = [f"dense {k}" for k in range(1, len(shown.recipe.layers) + 1)]
    if view == VIEWS[2]:
        found, log = film.weight_histograms(result.model, result.frames), False
    else:
        parts = shown.data.prepared(shown.recipe.loss)
        found, log = film.gradient_histograms(result.model, result.frames, parts.train.x, parts.train.y), True
    numbers: dict[str, Any] = {"edges": found[0].edges, "epochs": result.frames.epochs, "log": log}
    numbers["shares"] = {name: each.shares for name, each in zip(names, found, strict=True)}
    word = "gradient_size_axis" if log else "weight_value_axis"
    edge = readable(float(found[0].edges[-1]), 3)
    said = beat.word("gradients_spread" if log else "weights_spread", layers=len(names), edge=edge)
    return Look("histograms_film", numbers | {"x_title": beat.word(word)}, said)


def _network(beat: Beat, shown: Shown, result: Result, view: str) -> Look:
    said = drawing_said(beat, result.model)
    if view == VIEWS[1]:
        said = f"{beat.word('units_need_two', inputs=len(shown.data.features))} {said}"
    kernels = film.kernels(result.model, result.frames)
    numbers = {"kernels": kernels, "epochs": result.frames.epochs, "names": column_names(shown.recipe)}
    return Look("network_drawing", numbers, said)
