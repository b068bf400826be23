"""The plane of learning rate and momentum: how fast a heavy ball gets down the valley, and where it is lost."""

import numpy as np

import charts
from dlcore.experiments.momentum_limits import best, factor, limit, steps_per_digit
from dlcore.experiments.stability_limits import Limits, limits
from dlcore.surfaces import Surface
from ui.beat import Beat
from ui.cache import shared
from ui.controls.widgets import Say
from ui.number_format import readable

RULES = ("sgd", "momentum")
"""The rules that are a place in the plane: without momentum it lies on its lower edge."""

COLUMNS, ROWS = 160, 100

bottom = shared(max_entries=64)(limits)
"""The curvatures at the bottom of the valley that a landscape's start leads to; see ``limits``."""


def draw(beat: Beat, surface: Surface, rate: float, beta: float) -> None:
    """The plane with the setting in use, if the landscape's valley has a bottom that curves up in every direction."""
    valley = bottom(surface)
    if not (valley.flattest > 0 and np.isfinite(valley.steepest)):
        return
    right = 1.05 * limit(1.0, valley.steepest)
    rates, betas = middles(right, COLUMNS), middles(1.0, ROWS)
    steps = steps_per_digit(factor(rates[:, None], betas, (valley.flattest, valley.steepest)))
    picture = charts.momentum_plane(
        steps,
        ((0.0, right), (0.0, 1.0)),
        (limit(np.array([0.0, 1.0]), valley.steepest), np.array([0.0, 1.0])),
        (rate, beta),
        best(valley.flattest, valley.steepest),
        **beat.words(x_title="learning_rate", y_title="momentum_beta"),
    )
    beat.picture(picture, sentence(valley, rate, beta, beat.word))


def middles(end: float, count: int) -> np.ndarray:
    """The middles of equal parts from 0 to ``end``: on the edges a ball neither arrives nor is lost."""
    return end * (np.arange(count) + 0.5) / count


def sentence(valley: Limits, rate: float, beta: float, say: Say) -> str:
    """The plane in a sentence: its colours and marks, and what becomes of the setting in use."""
    (found,) = steps_per_digit(factor([rate], beta, (valley.flattest, valley.steepest)))
    fastest = best(valley.flattest, valley.steepest)
    (soonest,) = steps_per_digit(factor([fastest[0]], fastest[1], (valley.flattest, valley.steepest)))
    facts = {"rate": readable(rate, 3), "beta": readable(beta, 3), "limit": readable(limit(beta, valley.steepest), 3)}
    facts |= {"low": readable(valley.flattest, 3), "high": readable(valley.steepest, 3)}
    facts |= {"best_rate": readable(fastest[0], 3), "best_beta": readable(fastest[1], 3)}
    facts |= {"soonest": readable(float(soonest), 2), "steps": readable(float(found), 2)}
    became = "momentum_plane_here" if np.isfinite(found) else "momentum_plane_lost"
    return f"{say('momentum_plane_said', **facts)} {say(became, **facts)}"
