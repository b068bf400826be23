"""Activations: the questions of page 4."""

from lessons.activations import does_it_matter, shape_and_slope, vanishing, which_one

__all__ = ["does_it_matter", "shape_and_slope", "vanishing", "which_one"]
