"""Gradient descent: the questions of page 1."""

from lessons.gradient_descent import any_landscape, one_weight, two_weights, where_it_ends

__all__ = ["any_landscape", "one_weight", "two_weights", "where_it_ends"]
