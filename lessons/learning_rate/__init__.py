"""Learning rate: the questions of page 2."""

from lessons.learning_rate import finding_a_rate, how_much, three_rates, with_schedule

__all__ = ["finding_a_rate", "how_much", "three_rates", "with_schedule"]
