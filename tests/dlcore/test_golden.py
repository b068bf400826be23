"""Golden files: dlcore against what Keras, PyTorch and scikit-learn computed, recorded by tools/record_golden.py.

Here what needs no training: activations, losses, schedules, metrics, layers. Where Keras's two backends differ from
each other, dlcore can agree with one only: such differences are listed with their reason, and a difference that is
gone is an error too.
"""

from fnmatch import fnmatchcase
from typing import Any

import numpy as np
import pytest

from dlcore import metrics, schedules
from dlcore.activations import Activation
from dlcore.layers import Activation as ActivationLayer
from dlcore.layers import BatchNormalization, Dense, Layer
from dlcore.losses import Loss
from dlcore.metrics import Metric
from dlcore.network import Network
from dlcore.regularizers import Regularizer
from dlcore.schedules import Schedule
from tests.dlcore.golden_files import CLOSE, FOLDER, NEARLY_0, Case, cases, golden, label, member, same

# ------------------------------------------------------------------------------------------------ known differences

BOTH = ("gradient", "weighted_gradient")
ALL = ("value", "per_sample", "weighted", *BOTH)
DIFFERENCES: list[tuple[str, tuple[str, ...], str]] = [
    # file and case, what of it, why
    (
        "activations.torch selu",
        ("slope",),
        "PyTorch takes the left slope at exactly 0; dlcore the right, as TensorFlow",
    ),
    ("losses.* Hinge-at_the_margin", BOTH, "a kink: slope 1/2 in PyTorch, 1 in TensorFlow, 0 in dlcore"),
    ("losses.torch CosineSimilarity-no_length", BOTH, "the slope at a row of zeros is NaN; in TensorFlow as in dlcore"),
    (
        "losses.tensorflow SparseCategoricalCrossentropy-*_classes-from_logits=False",
        ALL,
        "clips first and divides a row by its sum then; PyTorch and the loss of one-hot rows do as dlcore does",
    ),
    (
        "losses.tensorflow BinaryFocalCrossentropy-far_logits-*",
        ALL,
        "TensorFlow's sigmoid hands its logits on, and nothing is clipped; in PyTorch as in dlcore",
    ),
    ("losses.* BinaryFocalCrossentropy-sure-gamma=0.5-*", BOTH, "0 to a power below 0 makes NaN; finite in dlcore"),
    ("losses.tensorflow BinaryFocalCrossentropy-sure-gamma=0.0-*", BOTH, "the same; in PyTorch as in dlcore"),
    ("losses.torch BinaryFocalCrossentropy-far_logits-gamma=0.5-*", BOTH, "the same"),
]


def differs(case: str, what: str) -> bool:
    """Whether that is a known difference."""
    return any(fnmatchcase(case, pattern) and what in of for pattern, of, _ in DIFFERENCES)


def agree(ours: dict[str, Any], name: str, case: Case, close: float = CLOSE, nearly_0: float = NEARLY_0) -> None:
    """Every quantity of a case agrees, but for those that are known to differ."""
    for what, value in ours.items():
        if not differs(f"{name} {label(case)}", what):
            same(value, case[what], close, nearly_0)


@pytest.mark.parametrize(("pattern", "of", "why"), DIFFERENCES, ids=[pattern for pattern, _, _ in DIFFERENCES])
def test_known_differences_are_in_the_files(pattern: str, of: tuple[str, ...], why: str) -> None:
    files = ("activations.torch", "losses.torch", "losses.tensorflow")
    found = [
        (name, case)
        for name in files
        for case in golden(name)["cases"]
        if fnmatchcase(f"{name} {label(case)}", pattern)
    ]
    assert found, why
    for name, case in found:
        ours = activation_said(name, case) if "slope" in of else loss_said(case)
        assert not all(np.allclose(ours[what], case[what], rtol=1e-9, atol=1e-15) for what in of), (name, label(case))


# ------------------------------------------------------------------------------------------------------ activations

# constants that are float32 inside the framework whatever it is asked for: 1/6 in PyTorch's slope; in TensorFlow the
# slope c, and the roots of gelu, whose small outputs are differences of large ones
SINGLE = {
    "activations.torch": ("hard_sigmoid",),
    "activations.tensorflow": ("leaky_relu", "gelu"),
}


def activation_said(name: str, case: Case) -> dict[str, Any]:
    z, activation = np.array(golden(name)["z"]), type(Activation.get(case["class"]))(**case["settings"])
    return {"a": activation(z), "slope": activation.derivative(z)}


@pytest.mark.parametrize(("name", "case"), cases("activations.torch", "activations.tensorflow"))
def test_activations(name: str, case: Case) -> None:
    close = 1e-5 if case["class"] in SINGLE[name] else CLOSE
    ours = activation_said(name, case)
    if differs(f"{name} {label(case)}", "slope"):
        z = np.array(golden(name)["z"])
        same(ours["slope"][z != 0], np.array(case["slope"])[z != 0], close)
    agree(ours, name, case, close)


@pytest.mark.parametrize("name", ["activations.torch", "activations.tensorflow"])
def test_softmax(name: str) -> None:
    rows, softmax = golden(name)["softmax"], Activation.get("softmax")
    z, g = np.array(rows["z"]), np.array(rows["g"])
    a = softmax(z)
    same(a, rows["a"])
    same(softmax.vjp(z, a, g), rows["vjp"])


# ----------------------------------------------------------------------------------------------------------- losses


def loss_said(case: Case) -> dict[str, Any]:
    inputs, loss = golden("losses.torch"), member(Loss, case)
    y_true, y_pred = (np.array(inputs["batches"][case["batch"]][key], dtype=float) for key in ("y_true", "y_pred"))
    weight = inputs["sample_weight"][: len(y_pred)]
    return {
        "value": loss(y_true, y_pred),
        "per_sample": loss.per_sample(y_true, y_pred),
        "gradient": loss.gradient(y_true, y_pred),
        "weighted": loss(y_true, y_pred, weight),
        "weighted_gradient": loss.gradient(y_true, y_pred, weight),
    }


@pytest.mark.parametrize(("name", "case"), cases("losses.torch", "losses.tensorflow"))
def test_losses(name: str, case: Case) -> None:
    ours = loss_said(case)
    if name == "losses.tensorflow" and case["class"] == "LogCosh":
        # its log 2 is a float32 one: 2e-9 too large
        ours = {key: value for key, value in ours.items() if "gradient" in key}
    # the focal loss takes a miss of 0 as 1e-7, so that its slope there is 3e-15, not 0
    agree(ours, name, case, nearly_0=1e-14)


# ------------------------------------------------------------------------------------------------------- schedules


@pytest.mark.parametrize(("name", "case"), cases("schedules.torch"))
def test_schedules(name: str, case: Case) -> None:
    schedule, steps = member(Schedule, case), golden(name)["steps"]
    same(schedule(np.array(steps)), case["rates"])
    same([schedule(step) for step in steps], case["rates"])


@pytest.mark.parametrize(("name", "case"), cases("schedules.pytorch"))
def test_one_cycle(name: str, case: Case) -> None:
    settings = {"max_rate" if key == "max_lr" else key: value for key, value in case["settings"].items()}
    same(schedules.OneCycle(**settings)(np.arange(len(case["rates"]))), case["rates"])


# ---------------------------------------------------------------------------------------------------------- metrics


@pytest.mark.parametrize(("name", "case"), cases("metrics.tensorflow"))
def test_metrics(name: str, case: Case) -> None:
    batch = golden(name)["batches"][case["batch"]]
    # Keras's words for what dlcore has one of; its area is a sum over so many thresholds, dlcore's has all of them
    settings = {
        {"thresholds": "threshold"}.get(key, key): v for key, v in case["settings"].items() if key != "num_thresholds"
    }
    metric = member(Metric, case | {"settings": settings})
    # the metrics add up in float32
    same(metric(batch["y_true"], batch["y_pred"]), case["value"], 1e-6)


def test_scores_of_scikit_learn() -> None:
    file = golden("metrics.scikit-learn")
    batch, values = file["batches"], file["values"]
    y, p = np.array(batch["labels"]), np.array(batch["guesses"])
    rows = np.array(batch["rows"]) / np.sum(batch["rows"], axis=1, keepdims=True)
    real = batch["real"]["y_true"], batch["real"]["y_pred"]
    ours = {
        "accuracy": metrics.BinaryAccuracy()(y, p),
        "precision": metrics.Precision()(y, p),
        "recall": metrics.Recall()(y, p),
        "f1": metrics.BinaryF1Score()(y, p),
        "auc": metrics.AUC()(y, p),
        "log_loss": metrics.LogLoss()(y, p),
        "log_loss_of_classes": metrics.LogLoss()(batch["classes"], rows),
        "top_2": metrics.SparseTopKCategoricalAccuracy(2)(batch["classes"], rows),
        "r2": metrics.R2Score()(*real),
        "mean_squared_error": metrics.MeanSquaredError()(*real),
        "mean_absolute_error": metrics.MeanAbsoluteError()(*real),
    }
    assert ours.keys() == values.keys()
    same([ours[key] for key in values], list(values.values()))


def test_curves_of_scikit_learn() -> None:
    file = golden("metrics.scikit-learn")
    y, p = np.array(file["batches"]["labels"]), np.array(file["batches"]["guesses"])
    assert metrics.confusion_matrix(y, p > 0.5).tolist() == file["confusion_matrix"]
    roc, theirs = metrics.roc_curve(y, p), file["roc_curve"]
    same(roc.false_positive_rate, theirs["fpr"])
    same(roc.true_positive_rate, theirs["tpr"])
    same(roc.thresholds, theirs["thresholds"])
    curve, theirs = metrics.precision_recall_curve(y, p), file["precision_recall_curve"]
    # scikit-learn's thresholds rise, and it has none for the point at which nobody is called positive
    same(curve.precision[::-1], theirs["precision"])
    same(curve.recall[::-1], theirs["recall"])
    same(curve.thresholds[:0:-1], theirs["thresholds"])


# ----------------------------------------------------------------------------------------------------------- layers


def layer(case: Case) -> Layer:
    settings = dict(case["settings"])
    if isinstance(penalty := settings.get("kernel_regularizer"), dict):
        settings["kernel_regularizer"] = member(Regularizer, penalty)
    return Layer.kinds[case["class"]](**settings)


@pytest.mark.parametrize(("name", "case"), cases("layers.torch"))
def test_layers(name: str, case: Case) -> None:
    one, inputs = layer(case), np.shape(case["rounds"][0]["x"])[1]
    # a layer in front that does nothing: the first of a network gives no gradient by its input
    network = Network([ActivationLayer("linear", input_shape=(inputs,)), one])
    network.build()
    for own, value in zip(one.parameters.values(), case["weights"], strict=True):
        own[:] = value
    for turn in case["rounds"]:
        x, buffers = np.array(turn["x"]), network.layer_buffers(len(turn["x"]))[1][1]
        same(network.forward(x, training=turn["training"]), turn["a"])
        same(one.backward(np.array(turn["g"]), buffers), turn["gx"], nearly_0=1e-13)
        for own, theirs in zip(one.gradients.values(), turn["gradients"], strict=True):
            same(own, theirs, nearly_0=1e-13)
        same(network.penalty(), turn["penalty"])
        for own, theirs in zip(one.state.values(), turn["kept"], strict=True):
            same(own, theirs)


def test_layers_recorded() -> None:
    assert {case["class"] for case in golden("layers.torch")["cases"]} == {
        cls.__name__ for cls in (Dense, BatchNormalization, ActivationLayer)
    }


# --------------------------------------------------------------------------------------------------------- coverage

# what neither Keras nor PyTorch has, and what is recorded under another name
NOT_RECORDED = {
    "Activation": {
        "step": "nobody trains with it",
        "softmax": "it has rows of its own in the files",
        **dict.fromkeys(("celu", "hard_silu", "log_softmax"), "newer than the files; by hand in test_activations"),
    },
    "Loss": {"categorical_focal_crossentropy": "newer than the files; by hand and by differences in test_losses"},
    "Schedule": {"constant": "Keras takes a plain number", "one_cycle": "PyTorch's OneCycleLR, in schedules.pytorch"},
    "Metric": {
        "log_loss": "scikit-learn's, in metrics.scikit-learn",
        "binary_f1_score": "scikit-learn's, in metrics.scikit-learn; Keras has it as a setting of F1Score",
        **dict.fromkeys(
            (
                *("accuracy", "fbeta_score", "cosine_similarity", "precision_at_recall", "recall_at_precision"),
                *("sensitivity_at_specificity", "specificity_at_sensitivity"),
            ),
            "newer than the files; by hand in test_as_keras",
        ),
    },
}


@pytest.mark.parametrize(
    ("family", "names"),
    [
        (Activation, ["activations.torch", "activations.tensorflow"]),
        (Loss, ["losses.torch", "losses.tensorflow"]),
        (Schedule, ["schedules.torch"]),
        (Metric, ["metrics.tensorflow"]),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
def test_every_member_is_recorded(family: Any, names: list[str]) -> None:
    expected = {key: cls for key, cls in family.members.items() if key not in NOT_RECORDED[family.__name__]}
    wanted = set(expected) if family is Activation else {cls.__name__ for cls in expected.values()}
    for name in names:
        assert {case["class"] for case in golden(name)["cases"]} == wanted


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=lambda path: path.stem)
def test_provenance(path: Any) -> None:
    recorded = golden(path.stem)["recorded"]
    assert {"script", "command", "date", "by", "floats", "python", "numpy", "note"} <= recorded.keys()
