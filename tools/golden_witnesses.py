# pyright: reportMissingImports=false
"""The second witnesses of tools/record_golden.py: PyTorch's own optimizers, schedule and plain loops; scikit-learn."""

from typing import Any

import golden_cases as cases
import numpy as np
import torch
from golden_files import keep
from golden_trainings import TORCH_TRAININGS, TRAININGS
from sklearn import metrics
from torch.nn import functional

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)


def flat(parts: list[torch.Tensor]) -> list[float]:
    return torch.cat([part.detach().ravel() for part in parts]).tolist()


def optimizer(case: dict[str, Any], weights: list[torch.Tensor]) -> torch.optim.Optimizer:
    return getattr(torch.optim, case["class"])(weights, **case["settings"])


def optimizers() -> None:
    found = []
    for case, in_keras in cases.TORCH_OPTIMIZERS:
        weights = [torch.tensor(part, requires_grad=True) for part in cases.FIRST_WEIGHTS]
        rule, after = optimizer(case, weights), []
        for gradients in cases.GRADIENTS:
            for weight, gradient in zip(weights, gradients, strict=True):
                weight.grad = torch.tensor(gradient)
            rule.step()
            after.append(flat(weights))
        found.append(in_keras | {"pytorch": case, "w": [after[step - 1] for step in cases.KEPT_STEPS]})
    descent = {"first_weights": cases.FIRST_WEIGHTS, "gradients": cases.GRADIENTS, "steps": cases.KEPT_STEPS}
    keep(
        "optimizers",
        "pytorch",
        "class, settings: the same in Keras's words; epsilon is placed as in the papers",
        descent | {"cases": found},
    )


def schedules() -> None:
    found = []
    for case in cases.ONE_CYCLES:
        weight = torch.zeros(1, requires_grad=True)
        weight.grad = torch.zeros(1)
        rule = torch.optim.SGD([weight], lr=1.0)
        cycle = torch.optim.lr_scheduler.OneCycleLR(rule, **case["settings"], cycle_momentum=False)
        rates = []
        for _ in range(case["settings"]["total_steps"]):
            rates.append(cycle.get_last_lr()[0])
            rule.step()
            if len(rates) < case["settings"]["total_steps"]:
                cycle.step()
        found.append(case | {"rates": rates})
    keep("schedules", "pytorch", "rates: of the steps 0, 1, 2, ...", {"cases": found})


def network(told: dict[str, Any]) -> torch.nn.Sequential:
    """The layers of a training with their first weights; the last activation is left to the loss."""
    parts, values = [], iter(told["first_weights"])
    inputs = len(told["x"][0])
    activation = {"tanh": torch.nn.Tanh, "relu": torch.nn.ReLU}
    for layer in told["layers"]:
        settings = layer["settings"]
        if layer["class"] == "Dense":
            dense = torch.nn.Linear(inputs, settings["units"], bias=settings.get("use_bias", True))
            for part in dense.parameters():
                value = torch.tensor(next(values))
                part.data = value.T.contiguous() if value.ndim == 2 else value
            inputs = settings["units"]
            parts.append(dense)
        elif layer["class"] == "BatchNormalization":
            norm = torch.nn.BatchNorm1d(inputs, eps=1e-3, momentum=1 - settings["momentum"])
            norm.weight.data, norm.bias.data = torch.tensor(next(values)), torch.tensor(next(values))
            norm.running_mean, norm.running_var = torch.tensor(next(values)), torch.tensor(next(values))
            parts.append(norm)
        if settings.get("activation") in activation:
            parts.append(activation[settings["activation"]]())
    return torch.nn.Sequential(*parts)


LOSSES = {
    "BinaryCrossentropy": functional.binary_cross_entropy_with_logits,
    # rows of probabilities are targets, too
    "CategoricalCrossentropy": functional.cross_entropy,
    "MeanSquaredError": functional.mse_loss,
}


def keras_diary(told: dict[str, Any], case: dict[str, Any]) -> dict[str, Any]:
    """The loss of every epoch, each batch's before its step, and the weights at the end, as Keras has them."""
    model, loss = network(told), LOSSES[told["compile"]["loss"]["class"]]
    rule = optimizer(case, list(model.parameters()))
    x, y = torch.tensor(told["x"]), torch.tensor(told["y"], dtype=torch.float64)
    history = []
    for _ in range(told["fit"]["epochs"]):
        total = 0.0
        for start in range(0, len(x), told["fit"]["batch_size"]):
            part = slice(start, start + told["fit"]["batch_size"])
            rule.zero_grad()
            value = loss(model(x[part]), y[part])
            value.backward()
            rule.step()
            total += value.item() * len(x[part])
        history.append(total / len(x))
    weights = [part.detach().T if part.ndim == 2 else part.detach() for part in model.parameters()]
    return {"loss": history, "weights": [part.tolist() for part in weights]}


def trainings() -> None:
    found = {}
    for name, (of, case, in_keras) in TORCH_TRAININGS.items():
        found[name] = {"training": of, "pytorch": case, "optimizer": in_keras} | keras_diary(TRAININGS[of], case)
    note = (
        "training: whose data, layers and first weights (trainings.torch.json), without its validation; optimizer: in "
        "Keras's words; weights: the trained ones (PyTorch's moving variance counts n - 1)"
    )
    keep("trainings", "pytorch", note, {"cases": found})


def scores() -> None:
    y, p = np.array(cases.LABELS), np.array(cases.GUESSES)
    said, real = (p > 0.5).astype(int), cases.BATCHES["real"]
    roc = metrics.roc_curve(y, p, drop_intermediate=False)
    pr = metrics.precision_recall_curve(y, p)
    found = {
        "accuracy": metrics.accuracy_score(y, said),
        "precision": metrics.precision_score(y, said),
        "recall": metrics.recall_score(y, said),
        "f1": metrics.f1_score(y, said),
        "auc": metrics.roc_auc_score(y, p),
        "log_loss": metrics.log_loss(y, p),
        "log_loss_of_classes": metrics.log_loss(
            cases.CLASSES, np.array(cases.FIVE) / np.sum(cases.FIVE, axis=1)[:, None]
        ),
        "top_2": metrics.top_k_accuracy_score(cases.CLASSES, cases.FIVE, k=2),
        "r2": metrics.r2_score(real["y_true"], real["y_pred"]),
        "mean_squared_error": metrics.mean_squared_error(real["y_true"], real["y_pred"]),
        "mean_absolute_error": metrics.mean_absolute_error(real["y_true"], real["y_pred"]),
    }
    curves = {
        "confusion_matrix": metrics.confusion_matrix(y, said).tolist(),
        "roc_curve": {"fpr": roc[0].tolist(), "tpr": roc[1].tolist(), "thresholds": roc[2].tolist()},
        "precision_recall_curve": {
            key: part.tolist() for key, part in zip(("precision", "recall", "thresholds"), pr, strict=True)
        },
    }
    batch = {
        "labels": cases.LABELS,
        "guesses": cases.GUESSES,
        "classes": cases.CLASSES,
        "rows": cases.FIVE,
        "real": real,
    }
    note = "labels and guesses with the threshold 0.5; classes with rows of probabilities, divided by their sums"
    keep(
        "metrics", "scikit-learn", note, {"batches": batch, "values": {k: float(v) for k, v in found.items()}} | curves
    )


def record() -> None:
    for family in (optimizers, schedules, trainings, scores):
        family()
