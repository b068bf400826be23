"""The colours of a plane of two inputs: the answer at every point of it."""

from dataclasses import dataclass

import numpy as np

import charts
from dlcore.experiments.single_unit import Extent, Unit, plane

EXTENT: Extent = ((-3.0, 3.0), (-3.0, 3.0))


@dataclass(frozen=True, eq=False)
class PlaneAnswers:
    """Answers all over a plane, and how to colour them.

    answers: shape (columns, rows). middle: the answer that is drawn white. reach: how far from it the colours go.
    """

    answers: np.ndarray
    middle: float
    reach: float

    @property
    def image(self) -> str:
        """The coloured plane as the data address of an image."""
        return charts.answer_shades(self.answers, self.middle, self.reach)


def plane_answers(unit: Unit, extent: Extent = EXTENT, count: int = 120) -> PlaneAnswers:
    """A unit's answers, ``count`` along either input, coloured over the whole range of its activation."""
    answers = unit(plane(extent, count))
    low, high = unit.activation.output_range
    middle = (low + high) / 2 if np.isfinite(high) else 0.0
    reach = (high - low) / 2 if np.isfinite(high) else max(float(np.max(np.abs(answers))), 1e-9)
    return PlaneAnswers(answers, middle, reach)
