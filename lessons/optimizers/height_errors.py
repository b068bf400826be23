"""Errors of heights: how far they lie above the lowest one; written in full, drawn only down to a lowest line."""

import math
from collections.abc import Iterable, Mapping

import numpy as np

from ui.controls.widgets import Say
from ui.number_format import readable

SMALLEST_DRAWN = 1e-12
"""The share of the error at the start below which nothing is drawn."""


def lowest_height(heights: Iterable[np.ndarray]) -> float:
    """The lowest of all heights that are numbers; 0 if there is none."""
    every = np.concatenate([np.ravel(height) for height in heights])
    return float(every[np.isfinite(every)].min()) if np.isfinite(every).any() else 0.0


def rounding(lowest: float, resolution: float) -> float:
    """How far heights near the lowest one may lie from each other by rounding alone; ``resolution``: a landscape's."""
    return max(resolution, float(np.spacing(abs(lowest))))


def above_lowest(height: np.ndarray, lowest: float, noise: float) -> np.ndarray:
    """How far each height is above the lowest one; 0 within the ``noise`` of rounding, infinite for no number."""
    error = np.nan_to_num(height, nan=np.inf) - lowest
    return np.where(error <= noise, 0.0, error)


def error_text(error: float, noise: float, digits: int = 4) -> str:
    """An error as people write it; one of 0 with the noise of rounding that it cannot be told from: 0 ± 2×10⁻¹⁵."""
    return f"0 ± {readable(noise, 1)}" if error == 0 and noise > np.finfo(float).tiny else readable(error, digits)


def lowest_line(errors: Mapping[str, np.ndarray], at_start: float) -> float | None:
    """The power of ten at which a picture of errors ends below; None if none of them lies so low, or all do."""
    if not 0 < at_start < math.inf:
        return None
    line = 10.0 ** math.floor(math.log10(max(SMALLEST_DRAWN * at_start, 1e-290)))
    seen = np.concatenate(list(errors.values()))
    return line if seen.min() < line < seen.max() else None


def neutral_ends(at_start: float) -> tuple[float, float]:
    """The ends of an axis of errors that say of no run whether it arrives or is lost."""
    high = at_start if 0 < at_start < math.inf else 1.0
    return 10.0 ** (math.floor(math.log10(high)) - 4), 10.0 ** (math.floor(math.log10(high)) + 2)


def ceiling(at_start: float) -> float | None:
    """The error at which a picture ends above at the latest; None where the start has no error to go by."""
    return 100 * at_start if 0 < at_start < math.inf else None


def caution(say: Say, errors: Mapping[str, np.ndarray], line: float | None, noise: float) -> str:
    """What a picture of errors does not show, and which of them are noise; nothing if there is nothing to say."""
    parts = [] if line is None else [say("lowest_line_said", line=readable(line))]
    if noise > np.finfo(float).tiny and any((error == 0).any() for error in errors.values()):
        parts.append(say("noise_of_rounding", noise=readable(noise, 1)))
    return "".join(f" {part}" for part in parts)
