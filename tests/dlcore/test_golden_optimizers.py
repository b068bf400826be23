"""Golden files: ten steps of every optimizer with every setting, by Keras on both backends and by PyTorch."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from dlcore.optimizers import COMMON, Adam, Optimizer, Stepper
from tests.dlcore.golden_files import CLOSE, KERAS, Case, cases, golden, member, same

FILES = ("optimizers.torch", "optimizers.tensorflow", "optimizers.pytorch")
SINGLE = 3e-5
"""On TensorFlow Keras makes float32 of beta and its like before it computes in float64: 1 - 0.999 is 1e-5 off."""

FELT = 1e-9
"""From here on epsilon changes the numbers that are compared."""


def flat(parts: list[Any]) -> np.ndarray:
    return np.concatenate([np.ravel(part) for part in parts])


def descent(name: str, rule: Optimizer, keras_epsilon: bool) -> list[np.ndarray]:
    """The weights after the steps that the file keeps."""
    file = golden(name)
    w, cut = flat(file["first_weights"]), np.size(file["first_weights"][0])
    stepper, after = Stepper(rule, [slice(0, cut), slice(cut, None)]), []
    for t, gradients in enumerate(file["gradients"], start=1):
        if keras_epsilon and isinstance(rule, Adam):
            # Keras adds it to sqrt(v), the paper to sqrt(v_hat): the same step with another epsilon
            stepper.rule = replace(rule, epsilon=rule.epsilon / np.sqrt(1 - rule.beta_2**t).item())
        w = stepper.step(w, flat(gradients))
        after.append(w)
    return [after[step - 1] for step in file["steps"]]


@pytest.mark.parametrize(("name", "case"), cases(*FILES))
def test_ten_steps(name: str, case: Case) -> None:
    rule = member(Optimizer, case)
    translated = "pytorch" not in name and isinstance(rule, Adam) and rule.epsilon > FELT
    same(descent(name, rule, translated), case["w"], SINGLE if "tensorflow" in name else CLOSE)


@pytest.mark.parametrize("name", FILES[:2])
def test_every_setting_is_recorded(name: str) -> None:
    recorded: dict[str, set[str]] = {}
    for case in golden(name)["cases"]:
        recorded.setdefault(case["class"], set()).update(case["settings"])
    for cls in map(Optimizer.members.__getitem__, KERAS):
        assert recorded[cls.__name__] >= {"learning_rate", *COMMON, *cls.settings()}


def test_pytorch_has_all_but_lion() -> None:
    recorded = {case["class"] for case in golden("optimizers.pytorch")["cases"]}
    assert {Optimizer.members[name].__name__ for name in KERAS} - recorded == {"Lion"}


def test_epsilon_is_the_whole_difference_to_keras() -> None:
    name = "optimizers.torch"
    felt = [
        case for case in golden(name)["cases"] if case["class"] == "Adam" and case["settings"].get("epsilon") == 0.1
    ]
    assert felt
    for case in felt:
        assert not np.allclose(descent(name, member(Optimizer, case), keras_epsilon=False), case["w"], rtol=1e-3)
