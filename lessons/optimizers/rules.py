"""The rules that the questions on optimizers compare, and the learning rate that suits each."""

import dataclasses

import numpy as np

from dlcore.experiments.optimizer_comparison import tune
from dlcore.experiments.rate_sweep import Sweep
from dlcore.optimizers import Optimizer, named_rules
from dlcore.surfaces import Surface
from ui.cache import shared

RULES = named_rules()
COURSE = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam")
"""The six of the course."""

LATER = tuple(name for name in RULES if name not in COURSE)


def with_rate(name: str, rate: float) -> Optimizer:
    """The rule of a name of RULES with that learning rate, everything else at its default."""
    return dataclasses.replace(RULES[name].rule, learning_rate=rate)


def rate_of(rule: Optimizer) -> float:
    """The learning rate of a rule that has a number for one."""
    return float(rule.learning_rate)  # type: ignore[arg-type]


def memory_per_weight(rule: Optimizer) -> int:
    """How many numbers a rule remembers for every weight."""
    return sum(part.size == 3 for part in rule.start(np.zeros(3)).values())


@shared(max_entries=512)
def tuned_rule(surface: Surface, start: tuple[float, ...], name: str, steps: int) -> tuple[Optimizer, Sweep]:
    """A rule with the best of the rates tried for it, and what became of all of them; see ``tuned``."""
    return tune(surface, start, RULES[name].rule, steps)
