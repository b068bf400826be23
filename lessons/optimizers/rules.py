"""The rules that the questions on optimizers compare, and the learning rate that suits each."""

from dlcore.contest import tuned
from dlcore.optimizers import Optimizer, named_rules
from dlcore.surfaces import Surface
from dlcore.sweep import Sweep
from ui.cache import shared

RULES = named_rules()
COURSE = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam")
"""The six of the course."""


def rate_of(rule: Optimizer) -> float:
    """The learning rate of a rule that has a number for one."""
    return float(rule.learning_rate)  # type: ignore[arg-type]


@shared(max_entries=512)
def tuned_rule(surface: Surface, start: tuple[float, ...], name: str, steps: int) -> tuple[Optimizer, Sweep]:
    """A rule with the best of the rates tried for it, and what became of all of them; see ``contest.tuned``."""
    return tuned(surface, start, RULES[name].rule, steps)


LATER = tuple(name for name in RULES if name not in COURSE)
