# pyright: reportMissingImports=false, reportMissingModuleSource=false
# pyright: reportAttributeAccessIssue=false, reportArgumentType=false
"""Keras's part of tools/record_golden.py, which runs this file once for every backend: KERAS_BACKEND says which."""

from typing import Any

import golden_cases as cases
import keras
import numpy as np
from golden_files import keep
from golden_trainings import TRAININGS

BACKEND = keras.backend.backend()
keras.config.set_floatx("float64")
if BACKEND == "torch":
    import torch

    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    # away from TensorFlow Keras makes float32 of every float64 that it averages or adds to another, whatever floatx is
    dtypes = keras.src.backend.common.dtypes
    dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"
else:
    import tensorflow as tf


def plain(value: Any) -> Any:
    return np.asarray(keras.ops.convert_to_numpy(value)).tolist()


def slope(function: Any, x: Any) -> tuple[Any, Any]:
    """The value of ``function`` (a scalar) at ``x`` and its gradient by automatic differentiation."""
    if BACKEND == "torch":
        point = torch.tensor(x, dtype=torch.float64, requires_grad=True)
        value = function(point)
        value.backward()
        return plain(value.detach()), plain(point.grad if point.grad is not None else torch.zeros_like(point))
    point = tf.Variable(x, dtype=tf.float64)
    with tf.GradientTape() as tape:
        value = function(tf.convert_to_tensor(point))
    found = tape.gradient(value, point, unconnected_gradients=tf.UnconnectedGradients.ZERO)
    return plain(value), plain(found)


def constant(value: Any) -> Any:
    return keras.ops.convert_to_tensor(np.asarray(value, dtype=float))


# what both backends are asked is written down once
ELSEWHERE = {
    family: f"; inputs and settings are in {family}.torch.json" if BACKEND == "tensorflow" else ""
    for family in ("losses", "trainings")
}

# ---------------------------------------------------------------------------------------------------- the families


def activations() -> None:
    found = []
    for case in cases.ACTIVATIONS:

        def activation(z: Any, case: dict[str, Any] = case) -> Any:
            return getattr(keras.activations, case["class"])(z, **case["settings"])

        _, slopes = slope(lambda z, activation=activation: keras.ops.sum(activation(z)), cases.Z)
        found.append(case | {"a": plain(activation(constant(cases.Z))), "slope": slopes})
    softmax, g = keras.activations.softmax, constant(cases.ARRIVING)
    _, product = slope(lambda z: keras.ops.sum(softmax(z) * g), cases.SCORES)
    rows = {"z": cases.SCORES, "g": cases.ARRIVING, "a": plain(softmax(constant(cases.SCORES))), "vjp": product}
    note = "a: values on the grid z; slope: by automatic differentiation; vjp: softmax's matrix of slopes times g"
    keep("activations", BACKEND, note, {"z": cases.Z, "cases": found, "softmax": rows})


def losses() -> None:
    found = []
    for case, names in cases.LOSSES:
        for name in names:
            batch = cases.BATCHES[name]
            y_true = constant(batch["y_true"])
            if case["class"].startswith("Sparse"):
                y_true = keras.ops.cast(y_true, "int64")
            loss = getattr(keras.losses, case["class"])
            mean, each = loss(**case["settings"]), loss(**case["settings"], reduction="none")
            weight = constant(cases.SAMPLE_WEIGHTS[: len(batch["y_pred"])])
            value, gradient = slope(lambda p, mean=mean, y=y_true: mean(y, p), batch["y_pred"])
            weighted, weighted_gradient = slope(
                lambda p, mean=mean, y=y_true, weight=weight: mean(y, p, sample_weight=weight), batch["y_pred"]
            )
            found.append(
                case
                | {
                    "batch": name,
                    "value": value,
                    "per_sample": plain(each(y_true, constant(batch["y_pred"]))),
                    "gradient": gradient,
                    "weighted": weighted,
                    "weighted_gradient": weighted_gradient,
                }
            )
    note = "gradient: by y_pred, by automatic differentiation; weighted: with the first of sample_weight"
    inputs = {"sample_weight": cases.SAMPLE_WEIGHTS, "batches": cases.BATCHES} if BACKEND == "torch" else {}
    keep("losses", BACKEND, note + ELSEWHERE["losses"], inputs | {"cases": found})


def schedule(case: dict[str, Any]) -> Any:
    return getattr(keras.optimizers.schedules, case["class"])(**case["settings"])


def schedules() -> None:
    # the torch backend asks for steps as tensors of its own; a number serves all
    found = [case | {"rates": [plain(schedule(case)(step)) for step in cases.STEPS]} for case in cases.SCHEDULES]
    keep("schedules", BACKEND, "rates: at the steps", {"steps": cases.STEPS, "cases": found})


def optimizer(case: dict[str, Any]) -> Any:
    settings = dict(case["settings"])
    if isinstance(settings.get("learning_rate"), dict):
        settings["learning_rate"] = schedule(settings["learning_rate"])
    return getattr(keras.optimizers, case["class"])(**settings)


def flat(parts: list[Any]) -> list[float]:
    return np.concatenate([np.ravel(plain(part)) for part in parts]).tolist()


# TensorFlow's ten steps go by numbers in float32: the last tells as much as all
KEPT_STEPS = cases.KEPT_STEPS if BACKEND == "torch" else cases.KEPT_STEPS[-1:]


def optimizers() -> None:
    found = []
    for case in cases.OPTIMIZERS:
        rule = optimizer(case)
        weights = [keras.Variable(np.array(part), dtype="float64") for part in cases.FIRST_WEIGHTS]
        rule.build(weights)
        after = []
        for gradients in cases.GRADIENTS:
            rule.apply([constant(part) for part in gradients], weights)
            after.append(flat([weight.value for weight in weights]))
        found.append(case | {"w": [after[step - 1] for step in KEPT_STEPS]})
    note = "w: all weights, flat, after the steps; clipnorm is for each of the two variables by itself"
    descent = {"first_weights": cases.FIRST_WEIGHTS, "gradients": cases.GRADIENTS, "steps": KEPT_STEPS}
    keep("optimizers", BACKEND, note, descent | {"cases": found})


def metrics() -> None:
    column = {"y_true": [[y] for y in cases.LABELS], "y_pred": [[p] for p in cases.GUESSES]}
    one_hot = {"y_true": np.eye(5, dtype=int)[cases.CLASSES].tolist(), "y_pred": cases.FIVE}
    batches = {"column": column, "one_hot": one_hot, "classes": {"y_true": cases.CLASSES, "y_pred": cases.FIVE}}
    batches["real"] = cases.BATCHES["real"]
    found = []
    for case in cases.METRICS:
        settings, which = dict(case["settings"]), case["class"]
        if which == "F1Score":
            settings["average"] = "micro"
        name = "classes" if which.startswith("Sparse") else "one_hot" if "Categorical" in which else "column"
        name = "real" if "Error" in which or which == "R2Score" else name
        metric = getattr(keras.metrics, which)(**settings)
        y_pred = constant(batches[name]["y_pred"])
        # TensorFlow looks for the top k among single floats only
        y_pred = keras.ops.cast(y_pred, "float32") if "TopK" in which else y_pred
        metric.update_state(constant(batches[name]["y_true"]), y_pred)
        found.append(case | {"batch": name, "value": plain(metric.result())})
    note = "F1Score with average='micro'; AUC with as many thresholds as its settings say"
    keep("metrics", BACKEND, note, {"batches": batches, "cases": found})


def layer(case: dict[str, Any]) -> Any:
    settings = dict(case["settings"])
    if isinstance(penalty := settings.get("kernel_regularizer"), dict):
        settings["kernel_regularizer"] = getattr(keras.regularizers, penalty["class"])(**penalty["settings"])
    return getattr(keras.layers, case["class"])(**settings)


def training_diary(told: dict[str, Any]) -> dict[str, Any]:
    """What a training's diary says, and the weights at its end."""
    x, y = np.array(told["x"]), np.array(told["y"])
    model = keras.Sequential([keras.Input(x.shape[1:]), *map(layer, told["layers"])])
    model.set_weights([np.array(part) for part in told["first_weights"]])
    loss, how = told["compile"]["loss"], dict(told["fit"])
    loss = getattr(keras.losses, loss["class"])(**loss["settings"])
    # compiled to other code it would be rounded otherwise
    model.compile(optimizer(told["compile"]["optimizer"]), loss, metrics=told["compile"]["metrics"], jit_compile=False)
    how["callbacks"] = [getattr(keras.callbacks, c["class"])(**c["settings"]) for c in how.pop("callbacks", [])]
    if "class_weight" in how:
        how["class_weight"] = {int(label): weight for label, weight in how["class_weight"].items()}
    if "sample_weight" in how:
        how["sample_weight"] = np.array(how["sample_weight"])
    diary = model.fit(x, y if y.dtype != int or y.ndim == 1 else y.astype(float), verbose=0, **how)
    history = {key: [float(value) for value in values] for key, values in diary.history.items()}
    return {"history": history, "weights": [part.tolist() for part in model.get_weights()]}


def trainings() -> None:
    found = {}
    for name, told in TRAININGS.items():
        found[name] = (told if BACKEND == "torch" else {}) | training_diary(told)
    note = "weights: at the end, in Keras's order; batches in the order of the data"
    keep("trainings", BACKEND, note + ELSEWHERE["trainings"], {"cases": found})


def layers() -> None:
    """One layer at a time: forwards, and backwards for a gradient g that arrives."""
    found = []
    for case, inputs, outputs in cases.LAYERS:
        one = layer(case)
        one.build((None, inputs))
        weights = [
            np.array(cases.normal_numbers(60 + k, *part.shape)) for k, part in enumerate(one.trainable_variables)
        ]
        for own, value in zip(one.trainable_variables, weights, strict=True):
            own.assign(value)
        rounds = []
        # only batch normalization remembers, and has another way when it is not trained
        normalizes = case["class"] == "BatchNormalization"
        for training, seed in ((True, 70), (True, 71), (False, 72)) if normalizes else ((False, 70),):
            x, g = cases.normal_numbers(seed, 6, inputs, scale=2.0), cases.normal_numbers(seed + 10, 6, outputs)
            keywords = {"training": training} if normalizes else {}
            rounds.append({"training": training, "x": x, "g": g} | layer_values(one, x, g, keywords))
        found.append(case | {"weights": [part.tolist() for part in weights], "rounds": rounds})
    note = "gx, gradients: of sum(a g) and the penalty, by the input and by every trained variable; kept: not trained"
    keep("layers", BACKEND, note, {"cases": found})


def layer_values(one: Any, x: Any, g: Any, keywords: dict[str, Any]) -> dict[str, Any]:
    """A layer's output for ``x`` and the gradients of sum(output * g) plus its penalty."""
    variables = one.trainable_variables

    def total(point: Any) -> tuple[Any, Any]:
        a = one(point, **keywords)
        return a, keras.ops.sum(a * constant(g)) + sum(one.losses, constant(0.0))

    if BACKEND == "torch":
        point = torch.tensor(x, requires_grad=True)
        a, value = total(point)
        gx, *gradients = torch.autograd.grad(value, [point, *(v.value for v in variables)])
    else:
        point = tf.Variable(x, dtype=tf.float64)
        with tf.GradientTape() as tape:
            a, value = total(tf.convert_to_tensor(point))
        gx, *gradients = tape.gradient(value, [point, *(v.value for v in variables)])
    return {
        "a": plain(a),
        "gx": plain(gx),
        "gradients": [plain(part) for part in gradients],
        "penalty": plain(sum(one.losses, constant(0.0))),
        "kept": [plain(part.value) for part in one.non_trainable_variables if "seed" not in part.path],
    }


if __name__ == "__main__":
    # Keras's AUC cannot add up float64 on the torch backend; TensorFlow makes float32 of a schedule's numbers
    once = (metrics,) if BACKEND == "tensorflow" else (schedules, layers)
    for family in (activations, losses, optimizers, trainings, *once):
        family()
