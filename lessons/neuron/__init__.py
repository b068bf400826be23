"""Neuron: the questions of page 3."""

from lessons.neuron import nerve_cell, number_by_number, one_unit, one_unit_gates, two_hidden

__all__ = ["nerve_cell", "number_by_number", "one_unit", "one_unit_gates", "two_hidden"]
