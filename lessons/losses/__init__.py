"""Losses: the questions of page 6."""

from lessons.losses import (
    by_hand_and_by_machine,
    not_squares_for_classes,
    outlying_points,
    softmax_once,
    what_it_punishes,
    which_one,
)

__all__ = [
    "by_hand_and_by_machine",
    "not_squares_for_classes",
    "outlying_points",
    "softmax_once",
    "what_it_punishes",
    "which_one",
]
