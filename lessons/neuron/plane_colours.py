"""The colours of a plane of inputs: what a unit says at every point of it."""

import numpy as np

from dlcore.units import Extent, Unit, plane

# ---- one unit ------------------------------------------------------------------------------------------------------
EXTENT: Extent = ((-3.0, 3.0), (-3.0, 3.0))


def shades(unit: Unit, extent: Extent = EXTENT, count: int = 120) -> tuple[np.ndarray, float, float]:
    """A unit's answers over the plane, the one that is drawn white, and how far from it the colours go."""
    answers = unit(plane(extent, count))
    low, high = unit.activation.output_range
    middle = (low + high) / 2 if np.isfinite(high) else 0.0
    reach = (high - low) / 2 if np.isfinite(high) else max(float(np.max(np.abs(answers))), 1e-9)
    return answers, middle, reach
