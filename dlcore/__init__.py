"""dlcore: the basics of deep learning in NumPy, in Keras's vocabulary.

NumPy is the only requirement; nothing here knows about web pages. Read the files in this order:
``family`` (how a rule declares its settings), ``datasets``, ``tables`` and ``preprocessing`` (what is learned from),
``losses`` and ``metrics`` (how far off, how good), ``baselines`` (what to beat); ``surfaces`` (landscapes of one or
two weights) and ``formulas`` (one typed by the reader), ``optimizers`` and ``schedules``; ``initializers``,
``activations``, ``regularizers``, ``layers``, ``network``, ``validation``, ``models``, ``callbacks``, ``storage``, and
``gradient_check``, which shows that all of it is right. What the lessons measure with it is in ``experiments``.

A program for Keras finds what it knows under its own names: ``import dlcore as keras``, then ``keras.Sequential``,
``keras.layers.Dense``, ``keras.optimizers.schedules``. A module is loaded when it is asked for, and not before.
"""

import importlib
import os
import sys
import warnings
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

__version__ = "0.1.0"

# Products of small matrices are far slower on several threads. NumPy asks once, when it is loaded, so whichever of
# charts, dlcore and ui comes first has to say it; what a host has set stays.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

_MOVED = {
    "dlcore.contest": "dlcore.experiments.optimizer_comparison",
    "dlcore.conventions": "dlcore.experiments.optimizer_conventions",
    "dlcore.crowd": "dlcore.experiments.replicates",
    "dlcore.deep": "dlcore.experiments.gradient_flow",
    "dlcore.descent": "dlcore.experiments.descent",
    "dlcore.diagnosis": "dlcore.experiments.diagnosis",
    "dlcore.film": "dlcore.experiments.weight_history",
    "dlcore.folds": "dlcore.experiments.cross_validation",
    "dlcore.gates": "dlcore.experiments.logic_gates",
    "dlcore.ladder": "dlcore.experiments.capacity",
    "dlcore.limits": "dlcore.experiments.stability_limits",
    "dlcore.mismatch": "dlcore.experiments.loss_mismatch",
    "dlcore.optimism": "dlcore.experiments.selection_bias",
    "dlcore.programs": "dlcore.experiments.code_export",
    "dlcore.race": "dlcore.experiments.parallel_training",
    "dlcore.range_test": "dlcore.experiments.lr_finder",
    "dlcore.recipe": "dlcore.experiments.training_config",
    "dlcore.recommendations": "dlcore.experiments.output_layers",
    "dlcore.robust": "dlcore.experiments.robust_regression",
    "dlcore.sampling": "dlcore.experiments.minibatches",
    "dlcore.scores": "dlcore.experiments.classifier_scores",
    "dlcore.sweep": "dlcore.experiments.rate_sweep",
    "dlcore.trials": "dlcore.experiments.rate_trials",
    "dlcore.units": "dlcore.experiments.single_unit",
}
"""Where a module is now. Programs that readers took home import the old names, which work for one release more."""


class _MovedModules:
    """Asked by Python for a module that it found nowhere: an old name imports the module of the new one."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        # not one of importlib.abc's loaders, which would take longer to import than all the rest here
        loader: Any = self
        return ModuleSpec(name, loader) if name in _MOVED else None

    def create_module(self, spec: ModuleSpec) -> None:
        """Nothing: Python is to make one, which ``exec_module`` then replaces."""

    def exec_module(self, module: ModuleType) -> None:
        old, new = module.__name__, _MOVED[module.__name__]
        # Python leaves the frames of its own import system out, so that the line which imports is what is warned of
        warnings.warn(f"{old} is {new} now", DeprecationWarning, stacklevel=2)
        # what stands in sys.modules after this is what the import gives
        sys.modules[old] = importlib.import_module(new)


sys.meta_path.append(_MovedModules())

_MODULES = {
    *("activations", "callbacks", "initializers", "layers", "losses"),
    *("metrics", "models", "optimizers", "regularizers"),
}
_AT_THE_DOOR = {
    "Sequential": "dlcore.models",
    "Input": "dlcore.layers",
    "Layer": "dlcore.layers",
    "Initializer": "dlcore.initializers",
    "Regularizer": "dlcore.regularizers",
    "Loss": "dlcore.losses",
    "Metric": "dlcore.metrics",
    "Optimizer": "dlcore.optimizers",
}
"""The modules that Keras has, too, and what it has beside them, by the module in which that is here."""


def __getattr__(name: str) -> Any:
    """A module of Keras's name, or what Keras has at its own door; loaded when it is first asked for."""
    if name in _MODULES:
        return importlib.import_module(f"dlcore.{name}")
    if name in _AT_THE_DOOR:
        return getattr(importlib.import_module(_AT_THE_DOOR[name]), name)
    raise AttributeError(f"module 'dlcore' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*_MODULES, *_AT_THE_DOOR})
