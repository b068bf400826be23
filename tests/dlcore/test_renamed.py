"""Classes of dlcore that have another name now are still importable by their old one, for one release."""

import importlib
import warnings

import numpy as np
import pytest

from dlcore.experiments.gradient_flow import DeepNetwork

RENAMED = {
    "replicates": {"Course": "TrainingCurves"},
    "capacity": {"Rows": "SampledRows", "Training": "AdamTraining"},
    "gradient_flow": {"Course": "GradientHistory", "Deep": "DeepNetwork", "Passage": "GradientFlow"},
    "loss_mismatch": {"Course": "LearningCurve"},
    "rate_trials": {"Training": "TrialResult"},
    "parallel_training": {"Race": "ParallelTraining"},
    "weight_history": {"Film": "WeightHistory"},
    "logic_gates": {"Search": "GateSearch"},
}
NAMES = [(module, old, new) for module, names in RENAMED.items() for old, new in names.items()]


@pytest.mark.parametrize(("module", "old", "new"), NAMES)
def test_an_old_name_is_the_new_class_and_warns_in_the_line_that_imports_it(module: str, old: str, new: str) -> None:
    program = f"\n\nfrom dlcore.experiments.{module} import {old} as taken_home"
    scope: dict[str, object] = {}
    with pytest.warns(DeprecationWarning, match=rf"^dlcore\.experiments\.{module}\.{old} is {new} now$") as caught:
        exec(compile(program, "taken_home.py", "exec"), scope)
    assert [(one.filename, one.lineno) for one in caught] == [("taken_home.py", 3)]
    assert scope["taken_home"] is getattr(importlib.import_module(f"dlcore.experiments.{module}"), new)


@pytest.mark.parametrize(("module", "old", "new"), NAMES)
def test_an_old_name_is_no_second_name_of_the_class(module: str, old: str, new: str) -> None:
    here = importlib.import_module(f"dlcore.experiments.{module}")
    assert old not in vars(here) and getattr(here, new).__name__ == new


@pytest.mark.parametrize("module", RENAMED)
def test_what_never_was_in_a_module_is_not_found(module: str) -> None:
    here = importlib.import_module(f"dlcore.experiments.{module}")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(AttributeError, match=f"module 'dlcore.experiments.{module}' has no attribute 'Curse'"):
            _ = here.Curse
        with pytest.raises(ImportError, match="cannot import name 'Curse'"):
            exec(f"from dlcore.experiments.{module} import Curse", {})


def test_the_gradient_through_a_deep_network_is_measured_by_the_old_name_too() -> None:
    net = DeepNetwork(depth=2, width=3)
    with pytest.warns(DeprecationWarning, match="^passage is gradient_flow now$") as caught:
        flow = net.passage()
    assert [one.filename for one in caught] == [__file__]
    assert np.array_equal(flow.sums, net.gradient_flow().sums)
