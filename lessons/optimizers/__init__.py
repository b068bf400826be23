"""Optimizers: the questions of page 5."""

from lessons.optimizers import (
    all_or_a_sample,
    class_race,
    fair_race,
    family,
    many_starts,
    on_a_network,
    one_name,
    one_step,
)

__all__ = [
    "all_or_a_sample",
    "class_race",
    "fair_race",
    "family",
    "many_starts",
    "on_a_network",
    "one_name",
    "one_step",
]
