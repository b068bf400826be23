"""Golden files: whole trainings from the same first weights over the same batches, by Keras and by loops in PyTorch."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from dlcore.callbacks import Callback
from dlcore.layers import Input, Layer
from dlcore.losses import Loss
from dlcore.models import Sequential
from dlcore.optimizers import Optimizer
from dlcore.regularizers import Regularizer
from tests.dlcore.golden_files import Case, golden, member, same

TOLD = golden("trainings.torch")["cases"]
CLOSE = {"torch": 1e-9, "tensorflow": 3e-5}
"""Relative, after all steps, which carry on the roundings of the first. Keras makes float32 of an optimizer's settings
on TensorFlow, so that there a rate of 0.1 is 1.5e-8 off and Adam's 1 - beta_2 1e-5."""


def layers(told: Case) -> Iterator[Any]:
    yield Input(np.shape(told["x"])[1:])
    for case in told["layers"]:
        settings = dict(case["settings"])
        if isinstance(penalty := settings.get("kernel_regularizer"), dict):
            settings["kernel_regularizer"] = member(Regularizer, penalty)
        yield Layer.kinds[case["class"]](**settings)


def trained(told: Case, optimizer: Case, fit: dict[str, Any]) -> Sequential:
    """The model after the training; its diary is in it."""
    model = Sequential(layers(told))
    model.set_weights([np.array(part) for part in told["first_weights"]])
    how = told["compile"]
    model.compile(member(Optimizer, optimizer), member(Loss, how["loss"]), how["metrics"])
    fit = dict(fit)
    fit["callbacks"] = [Callback.kinds[case["class"]](**case["settings"]) for case in fit.pop("callbacks", [])]
    if "class_weight" in fit:
        fit["class_weight"] = {int(label): weight for label, weight in fit["class_weight"].items()}
    model.fit(told["x"], told["y"], **fit)
    return model


@pytest.mark.parametrize("backend", ["torch", "tensorflow"])
@pytest.mark.parametrize("name", TOLD)
def test_trainings(name: str, backend: str) -> None:
    told, recorded = TOLD[name], golden(f"trainings.{backend}")["cases"][name]
    model = trained(told, told["compile"]["optimizer"], told["fit"])
    history = model.history.history
    assert history.keys() == recorded["history"].keys()
    for key, values in recorded["history"].items():
        same(history[key], values, CLOSE[backend])
    for own, theirs in zip(model.get_weights(), recorded["weights"], strict=True):
        # a weight near 0 is a difference of steps, and no more exact than they are
        same(own, theirs, CLOSE[backend], CLOSE[backend] / 10)


@pytest.mark.parametrize("name", golden("trainings.pytorch")["cases"])
def test_loops_in_pytorch(name: str) -> None:
    recorded = golden("trainings.pytorch")["cases"][name]
    told = TOLD[recorded["training"]]
    fit = {key: told["fit"][key] for key in ("epochs", "batch_size", "shuffle")}
    model = trained(told, recorded["optimizer"], fit)
    same(model.history.history["loss"], recorded["loss"], CLOSE["torch"])
    own = [part for layer in model.layers for part in layer.parameters.values()]
    for ours, theirs in zip(own, recorded["weights"], strict=True):
        same(ours, theirs, CLOSE["torch"], 1e-11)
