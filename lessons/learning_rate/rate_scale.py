"""The scale on which learning rates are chosen: from far too small to far beyond the limit of a landscape."""

import math

from dlcore.experiments.stability_limits import Limits, limits
from dlcore.surfaces import Surface
from ui.cache import shared
from ui.controls.kinds import Number
from ui.quiz.ties import significant

AMONG = (1e-4, 10.0)
"""How far the sliders reach, as shares of the limit."""


@shared(max_entries=64)
def limits_of(surface: Surface) -> Limits:
    """The limits of the valley that the surface's own start leads into."""
    return limits(surface)


def scale_of(surface: Surface) -> float:
    """The learning rate that a surface's sliders are laid out around: its limit, or ten careful rates without one."""
    limit = limits_of(surface).limit
    return min(max(limit if math.isfinite(limit) else 10 * surface.rate, 1e-6), 100.0)


def slider_for(surface: Surface, default: float) -> Number:
    """A logarithmic slider around the limit of a surface."""
    low, high = (significant(scale_of(surface) * share, 1) for share in AMONG)
    return Number(min(max(default, low), high), low, high, log=True)
