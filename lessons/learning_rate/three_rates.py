"""Three rates: one too small, one that fits and one too large, side by side from one start."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

import charts
from charts.picture import Picture
from dlcore.descent import Path, descend
from dlcore.diagnosis import Diagnosis, diagnose
from dlcore.limits import Limits, limits
from dlcore.optimizers import SGD
from dlcore.surfaces import Surface
from lessons.learning_rate.rate_scale import limits_of, rounded, scale_of, slider_for
from lessons.shared import landscapes
from lessons.shared.run_fates import FATES, fates_of
from lessons.shared.worked_steps import gradient_steps
from ui.beat import Beat
from ui.cache import shared
from ui.controls.widgets import Say
from ui.number_format import readable
from ui.quiz.goals import Goal

SMALL, FITTING, LARGE = "η₁", "η₂", "η₃"
KEYS = {SMALL: ("s", "small_rate"), FITTING: ("r", "fitting_rate"), LARGE: ("l", "large_rate")}
"""The key of each rate's slider, and its word."""


def _rounded_down(value: float, digits: int) -> float:
    # the fastest rate of a razor-thin valley lies so close below the limit that rounding could cross it
    unit = 10.0 ** (math.floor(math.log10(value)) - digits + 1)
    return rounded(math.floor(value / unit * (1 + 1e-9)) * unit, digits)


def three_rates(beat: Beat, surface: Surface) -> dict[str, float]:
    """Sliders for three learning rates; their defaults are too small, fitting and too large on any surface."""
    scale, fastest = scale_of(surface), limits_of(surface).fastest
    defaults = {SMALL: rounded(0.03 * scale, 2), LARGE: rounded(1.05 * scale, 3)}
    defaults[FITTING] = _rounded_down(fastest if fastest < scale else scale / 2, 3)
    return {name: beat.slider(key, slider_for(surface, defaults[name]), word) for name, (key, word) in KEYS.items()}


@shared(max_entries=256)
def _run(surface: Surface, rate: float, steps: int) -> tuple[Path, Diagnosis]:
    path = descend(surface, surface.start, SGD(rate), steps)
    return path, diagnose(surface, path)


@shared(max_entries=64)
def _bands(surface: Surface) -> Any:
    return charts.height_bands(surface(*surface.grid(160)))


def picture(surface: Surface, paths: Mapping[str, Path]) -> Picture:
    """A run on its landscape, small: three of them stand side by side."""
    if len(surface.weights) == 1:
        (w,) = surface.grid(200)
        return charts.curve_with_balls(w, surface(w), paths, x_title=surface.weights[0], y_title="E")
    x, y = surface.weights
    return charts.map_with_paths(_bands(surface), surface.extent, paths, surface.minima, x_title=x, y_title=y)


@dataclass(frozen=True, eq=False)
class Three:
    """Three runs from one start; ``diagnoses`` is empty until the reader has made a guess."""

    surface: Surface
    limits: Limits
    rates: dict[str, float]
    paths: dict[str, Path]
    diagnoses: dict[str, Diagnosis]
    steps: int = 0

    @property
    def fates(self) -> tuple[str, ...]:
        """The words for what becomes of the largest rate's run, of FATES."""
        return fates_of(self.diagnoses[LARGE])

    @property
    def single(self) -> list[dict[str, Path]]:
        """The runs one by one, each for a picture of its own."""
        return [{name: self._on_the_map(path)} for name, path in self.paths.items()]

    def _left_map(self, path: Path) -> int | None:
        """The step from which on a ball is beside the map for good, or None if it is on it in the end."""
        low, high = np.array(self.surface.extent[: path.w.shape[1]]).T
        with np.errstate(invalid="ignore"):
            on = ((path.w >= low) & (path.w <= high)).all(axis=1)
        return None if on[-1] else len(on) - int(np.argmax(on[::-1])) if on.any() else 0

    def _on_the_map(self, path: Path) -> Path:
        """The path without what happens beside the map once the ball does not come back: its zigzag would be a wall."""
        gone = self._left_map(path)
        end = len(path.w) if gone is None else gone + 1
        return Path(path.w[:end], path.height[:end], path.gradient[:end], path.diverged)

    @property
    def ends(self) -> tuple[float, float]:
        """From where to where the axis of rates reaches."""
        scale, rates = scale_of(self.surface), self.rates.values()
        return min(scale / 100, min(rates) / 1.5), max(scale * 3, max(rates) * 1.5)

    @property
    def marks(self) -> dict[str, float]:
        """The fastest rate and the limit, by their formulas; nothing before the guess, or where there is no limit."""
        if not self.diagnoses or not math.isfinite(self.limits.limit):
            return {}
        fastest = {"2/(λ₁+λ₂)": self.limits.fastest} if len(self.surface.weights) == 2 else {"1/λ": self.limits.fastest}
        return {label: rate for label, rate in fastest.items() if math.isfinite(rate)} | {"2/λ": self.limits.limit}

    def before_the_run(self) -> "Three":
        """The same with nothing but the start."""
        starts = {name: Path(path.w[:1], path.height[:1], path.gradient[:1]) for name, path in self.paths.items()}
        return Three(self.surface, self.limits, self.rates, starts, {})

    def said(self, say: Say, name: str) -> str:
        """What happened to one of the runs, with its numbers."""
        path = self.paths[name]
        facts: dict[str, object] = {"rate": readable(self.rates[name]), "name": name}
        if not self.diagnoses:
            return say("rate_waits", high=readable(float(path.height[0])), **facts)
        diagnosis = self.diagnoses[name]
        facts |= {"step": diagnosis.step, "left": readable(diagnosis.left or 0)}
        parts = [say("rate_name", **facts), say(f"verdict_{diagnosis.verdict}", **facts)]
        if diagnosis.left:
            parts.append(say("steps_left", **facts))
        if diagnosis.beside:
            parts.append(say("minimum_beside"))
        if (gone := self._left_map(path)) is not None:
            parts.append(say("off_the_map", step=gone))
        if len(path.height) > 2 and diagnosis.verdict not in ("diverged", "undefined"):
            parts.append(say("swing_share", swings=diagnosis.swings))
        high, low = (readable(float(height)) for height in path.height[[0, -1]])
        return " ".join([*parts, say("from_to", high=high, low=low, steps=path.steps)])

    def heights_said(self, say: Say) -> str:
        """What the picture of the heights shows, in a sentence."""
        first, ends = self.paths[SMALL].height[0], [path.height[-1] for path in self.paths.values()]
        facts = {f"end_{k}": readable(float(end)) for k, end in enumerate(ends, start=1)}
        return say("three_heights_said", first=readable(float(first)), **facts)

    def axis_said(self, say: Say) -> str:
        """Where the rates lie between the marks, in a sentence."""
        facts = {f"rate_{k}": readable(rate) for k, rate in enumerate(self.rates.values(), start=1)}
        limit = self.limits.limit
        if self.diagnoses and self.diagnoses[LARGE].verdict == "undefined" and not self.diagnoses[LARGE].step:
            return say("axis_undefined", **facts)
        if not self.diagnoses or not math.isfinite(limit):
            return say("axis_waits" if not self.diagnoses else "axis_without_limit", **facts)
        facts |= {"steepest": readable(self.limits.steepest), "limit": readable(limit)}
        shares = {f"share_{k}": rate / limit for k, rate in enumerate(self.rates.values(), start=1)}
        said = say("axis_said", **facts, **shares)
        if not math.isfinite(self.limits.fastest):
            return said
        fastest = readable(self.limits.fastest)
        if len(self.surface.weights) == 1:
            return f"{said} {say('axis_fastest_one', fastest=fastest)}"
        ends = {"flattest": readable(self.limits.flattest), "steepest": readable(self.limits.steepest)}
        return f"{said} {say('axis_fastest', fastest=fastest, **ends)}"

    def report(self, say: Say) -> str:
        """Why the largest rate did what it did."""
        return f"{self.said(say, LARGE)} {self.axis_said(say)}"

    def lines(self) -> list[str]:
        """Every step of the three runs, written out with its numbers; a run that has ended keeps its last line."""
        letters = self.surface.weights
        written = {
            name: gradient_steps(letters, path.w, path.gradient, self.rates[name]) for name, path in self.paths.items()
        }
        most = max(len(lines) for lines in written.values())
        return [
            "\n".join(f"{name}  {line}" for name, lines in written.items() for line in _at(lines, k).splitlines())
            for k in range(most)
        ]

    def table(self) -> pd.DataFrame:
        """Every step of the three runs: rate, step, weights, height."""
        return pd.concat([self._table(name, path) for name, path in self.paths.items()], ignore_index=True)

    def _table(self, name: str, path: Path) -> pd.DataFrame:
        columns: dict[str, object] = {"learning_rate": self.rates[name], "step": np.arange(len(path.w))}
        columns |= {letter: path.w[:, i] for i, letter in enumerate(self.surface.weights)}
        return pd.DataFrame(columns | {"E": path.height})


def _at(lines: list[str], k: int) -> str:
    return lines[min(k, len(lines) - 1)]


def three_runs(surface: Surface, rates: dict[str, float], steps: int) -> Three:
    """Gradient descent from the surface's start with each of three rates."""
    found = {name: _run(surface, rate, steps) for name, rate in rates.items()}
    paths = {name: path for name, (path, _) in found.items()}
    return Three(surface, limits_of(surface), rates, paths, {name: each for name, (_, each) in found.items()}, steps)


def three_revealed(beat: Beat, found: Three) -> Three:
    """The three runs, once the reader has guessed what becomes of the largest rate; until then their start.

    Where the surface is not defined at the start there is nothing to guess, and the runs are no more than that.
    """
    beat.goals(_all_arrive(found))
    beat.ran(limits, found.surface)
    for rate in found.rates.values():
        path = beat.ran(descend, found.surface, found.surface.start, SGD(rate), found.steps)
        beat.ran(diagnose, found.surface, path)
    if landscapes.undefined(beat, found.surface, found.surface.start):
        return found
    shown = beat.predicted("fate_of_large", FATES, found.fates, found.report(beat.word))
    return found if shown else found.before_the_run()


def _left(height: np.ndarray, floor: float) -> float:
    """The share of a path's height above the floor that is left at its end; infinite where it began no higher."""
    return float((height[-1] - floor) / (height[0] - floor)) if np.isfinite(floor) and height[0] > floor else np.inf


def _all_arrive(found: Three) -> Goal:
    """All three rates, each another one, lose 99 % of the height above the lowest place that is known."""
    heights = {name: np.nan_to_num(path.height, nan=np.inf) for name, path in found.paths.items()}
    known = [float(found.surface(*place)) for place in found.surface.minima]
    floor = min([*known, *(float(height.min()) for height in heights.values())])
    left = [_left(height, floor) for height in heights.values()]
    small, fitting, large = found.rates.values()
    reached = small < fitting < large and all(share <= 0.01 for share in left)
    measured = ", ".join(f"{name}: {100 * share:.3g} %" for name, share in zip(heights, left, strict=True))
    return Goal("goal_learning_rate_all_arrive", reached, measured, {"left": 0.01})
