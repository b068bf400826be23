"""Where does it end? The minimum that every start of a grid reaches, and what share of the starts each collects."""

import pandas as pd

from dlcore.descent import Basins, basins
from dlcore.optimizers import SGD
from dlcore.surfaces import Surface
from lessons.gradient_descent.compared_runs import place_said
from ui.beat import Beat
from ui.cache import shared
from ui.controls.widgets import Say
from ui.script_export import call

SHARES = ("share_quarter", "share_half", "share_three_quarters", "share_most")


@shared(max_entries=64)
def basins_of(surface: Surface, rate: float, steps: int, count: int) -> Basins:
    """Where the balls from a grid of starts, ``count`` along every weight, end up."""
    return basins(surface, surface.grid(count), SGD(rate), steps)


def balls(beat: Beat, surface: Surface, rate: float, steps: int, count: int) -> Basins:
    """The same for a beat, which offers it as a program."""
    beat.ran(basins, surface, call(surface.grid, count), SGD(rate), steps)
    return basins_of(surface, rate, steps, count)


def largest_share(found: Basins) -> tuple[str, ...]:
    """The words for the share of starts that the most visited minimum collects, of SHARES.

    Exactly a half is both "25-50 %" and "50-75 %"; a quarter is not "less than 25 %", and three quarters are "75 % or
    more".
    """
    share = float(found.share[0]) if len(found.share) else 0.0
    held = (share < 0.25, 0.25 <= share <= 0.5, 0.5 <= share <= 0.75, share >= 0.75)
    return tuple(word for word, holds in zip(SHARES, held, strict=True) if holds)


def asked(beat: Beat, found: Basins, because: str) -> bool:
    """Whether the map may be shown: once the reader has guessed how much the most visited minimum collects."""
    return beat.predicted("how_large_a_share", SHARES, largest_share(found), because)


def shares(say: Say, found: Basins) -> str:
    """How many starts reach which minimum, and how many none, in the reader's words."""
    parts = [
        say("basin_reached", number=k + 1, share=share, place=place_said(at))
        for k, (at, share) in enumerate(zip(found.minima[:4], found.share, strict=False))
    ]
    others = float(found.share[4:].sum())
    if others:
        parts.append(say("basin_others", count=len(found.minima) - 4, share=others))
    return " ".join([*parts, say("basin_rest", diverged=found.diverged, undecided=found.undecided)])


def basin_table(surface: Surface, found: Basins) -> pd.DataFrame:
    """Every minimum that was found: its place, its height, its share of the starts."""
    columns = {letter: found.minima[:, i] for i, letter in enumerate(surface.weights)}
    return pd.DataFrame(columns | {"E": surface(*found.minima.T), "share": found.share})
