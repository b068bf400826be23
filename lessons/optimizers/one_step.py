"""One step: what an optimizer computes on its way from one place to the next, term by term."""

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from dlcore.descent import descend
from dlcore.optimizers import Optimizer, Stepper
from dlcore.surfaces import Surface
from lessons.optimizers.rules import RULES
from lessons.shared import landscapes
from ui.beat import Beat
from ui.cache import shared
from ui.controls.kinds import Choice, Number
from ui.number_format import readable
from ui.script_export import call

WHO_MOVES = ("moves_first", "moves_second", "moves_alike")

SYMBOLS = {
    "g": "g", "eta": "η", "v": "v", "m": "m", "G": "G", "u": "u", "a": "a", "c": "c", "d": "d", "p": "p",
    "m_hat": "m̂", "v_hat": "v̂", "v_max": "v_max", "rate": "η_i", "step": "Δw", "w": "w'", "ball": "ball",
    "look_ahead": "look-ahead",
}  # fmt: skip
"""How a named part of a step is written; letters of formulas, the same in every language."""


@dataclass(frozen=True, eq=False)
class Apart:
    """Every step of one run with all its named parts.

    parts: by name, shape (steps, weights); numbers that belong to all weights stand in every column.
    w: the weights before every step and after the last, shape (steps + 1, weights). told: the names of the parts.
    first: the parts of the first step, each of shape (weights,), also if it leads out of sight.
    """

    surface: Surface
    rule: Optimizer
    w: np.ndarray
    parts: dict[str, np.ndarray]
    told: tuple[str, ...]
    first: dict[str, np.ndarray]

    def arrows(self) -> dict[str, np.ndarray]:
        """From where to where each part of a step leads, shape (steps, 4): plain descent, the step, what it carries on.

        The three make a triangle only for the heavy ball; where every weight has its own rate, plain descent is there
        to compare the direction with.
        """
        here, there = self.w[:-1], self.w[1:]
        plain = here - self.parts["eta"] * self.parts["g"]
        found = {"arrow_plain": np.hstack([here, plain]), "arrow_step": np.hstack([here, there])}
        if "v" in self.parts and "rate" not in self.parts:
            found["arrow_carried"] = np.hstack([plain, there])
        if "ball" in self.parts:
            # the weights are the look-ahead point; the ball is where the gradient's step alone has led
            found["arrow_look_ahead"] = np.hstack([self.parts["ball"], self.parts["look_ahead"]])
            del found["arrow_carried"]
        return found

    def before_the_run(self) -> "Apart":
        """The same with nothing but the start."""
        nothing = {name: part[:0] for name, part in self.parts.items()}
        return Apart(self.surface, self.rule, self.w[:1], nothing, self.told, {})

    def lines(self) -> list[str]:
        """Every step written out: each part by its letter, for both weights."""
        written = []
        for k in range(len(self.w) - 1):
            rows = [f"w = {_pair(self.w[k])}"]
            rows += [f"{SYMBOLS.get(name, name)} = {_pair(part[k])}" for name, part in self.parts.items()]
            written.append("\n".join(rows))
        return [*written, f"w = {_pair(self.w[-1])}"]

    def table(self) -> pd.DataFrame:
        """Every step with all parts, a column a weight."""
        columns: dict[str, object] = {"step": np.arange(1, len(self.w))}
        for name, part in {"w_before": self.w[:-1], **self.parts}.items():
            columns |= {f"{name}_{letter}": part[:, i] for i, letter in enumerate(self.surface.weights)}
        return pd.DataFrame(columns)

    @property
    def first_mover(self) -> tuple[str, ...]:
        """The word for which weight the first step moves further, one of WHO_MOVES; within 1 % they move alike.

        All of them if the step is no number: where nobody can know, nobody is wrong.
        """
        first, second = np.abs(self.first["step"])
        if np.isnan(first) or np.isnan(second) or first == second == np.inf:
            return WHO_MOVES
        alike = abs(first - second) <= 0.01 * min(max(first, second), np.finfo(float).max)
        return ("moves_alike",) if alike else ("moves_first",) if first > second else ("moves_second",)


def taken_apart(surface: Surface, start: tuple[float, ...], rule: Optimizer, steps: int) -> Apart:
    """The run of ``rule`` from ``start``, as far as it stays on the map, with what it tells at every step."""
    return Apart(surface, rule, *_told(surface, start, rule, steps))


# without the landscape, which may be a formula that a reader has typed
@shared(max_entries=128)
def _told(
    surface: Surface, start: tuple[float, ...], rule: Optimizer, steps: int
) -> tuple[np.ndarray, dict[str, np.ndarray], tuple[str, ...], dict[str, np.ndarray]]:
    stepper, w = Stepper(rule), np.array(start, dtype=float)
    places, told, first = [w], [], {}
    with np.errstate(all="ignore"):
        for _ in range(steps):
            g = surface.gradient(*w)
            parts = {name: np.broadcast_to(part, w.shape) for name, part in stepper.told(w, g).items()}
            first = first or parts
            w = stepper.step(w, g)
            if surface.far(w):
                break
            places.append(w)
            told.append(parts)
    names = tuple(first)
    parts = {name: np.array([each[name] for each in told]).reshape(len(told), len(w)) for name in names}
    return np.array(places), parts, names, first


def run(beat: Beat) -> tuple[str, Apart, Apart]:
    """The rule, its run taken apart, and as much of it as may be shown: all once the first step is guessed."""
    with beat.panel:
        name = beat.menu("rule2", Choice("adam", tuple(RULES)), "optimizer", named=str)
        surface = landscapes.landscape(beat, "f", "narrow_valley", (2,), clears=("p", "q"))
        rate = beat.slider("lr2", Number(0.2, 1e-4, 10, log=True), "learning_rate")
        owns = ("rule2", "f", "f_text", "f_size", "lr2", "p", "q", "n2")
        zigzag, ahead, dry = {"rule2": "sgd", "lr2": 0.08}, {"rule2": "nesterov", "lr2": 0.01}, {"rule2": "adagrad"}
        beat.presets(owns, adam_alike={}, plain_zigzag=zigzag, looks_ahead=ahead, runs_dry=dry)
        with beat.more():
            steps = int(beat.slider("n2", Number(30, 1, 300, whole=True), "steps"))
            start = landscapes.start(beat, surface, ("p", "q"))
    with beat.stage:
        found = taken_apart(surface, start, dataclasses.replace(RULES[name].rule, learning_rate=rate), steps)
        _noted(beat, found, start, steps)
        told = beat.predicted("who_moves", WHO_MOVES, found.first_mover, said(beat, found, name))
    return name, found, found if told else found.before_the_run()


def _noted(beat: Beat, found: Apart, start: tuple[float, ...], steps: int) -> None:
    rule = beat.made("rule", type(found.rule), **_settings(found.rule))
    w = beat.made("w", np.array, list(start))
    g = beat.made("g", found.surface.gradient, *start)
    beat.ran(rule.told, w, g, call(rule.start, w), 1)
    beat.ran(descend, found.surface, start, rule, steps)


def _settings(rule: Optimizer) -> dict[str, Any]:
    fields = dataclasses.fields(rule)  # type: ignore[arg-type]
    return {each.name: now for each in fields if (now := getattr(rule, each.name)) != each.default}


def arrow_words(beat: Beat) -> dict[str, str]:
    """What the arrows are called."""
    return beat.words(**{name: name for name in ("arrow_plain", "arrow_step", "arrow_carried", "arrow_look_ahead")})


def part_shown(beat: Beat, shown: Apart) -> tuple[str, dict[str, np.ndarray]]:
    """Which part of the step to draw over all steps, by menu: its letter, and its values by weight."""
    names = tuple(name for name in SYMBOLS if name not in ("eta", "p"))
    with beat.panel:
        wanted = beat.menu("part", Choice("rate", names), "part_shown", named=SYMBOLS.__getitem__)
    # not every rule has every part
    part = next(name for name in (wanted, "rate", "v", "step") if name in shown.told)
    values = shown.parts.get(part, np.full((1, 2), np.nan))
    return SYMBOLS[part], {letter: values[:, i] for i, letter in enumerate(shown.surface.weights)}


def part_said(beat: Beat, shown: Apart, part: str) -> str:
    """The picture of a part in a sentence."""
    return beat.word("part_said", part=part, steps=len(shown.w) - 1)


def said(beat: Beat, shown: Apart, name: str) -> str:
    """What the first step did with its numbers, and how many the rule remembers for every weight."""
    if not shown.first:
        return beat.word("step_hidden", x=readable(float(shown.w[0, 0])), y=readable(float(shown.w[0, 1])))
    x, y = (readable(float(v), 3) for v in shown.first["step"])
    gx, gy = (readable(float(v), 3) for v in shown.first["g"])
    lost = "" if len(shown.w) > 1 else f" {beat.word('lost_at', step=1)}"
    return beat.word("first_step_said", name=name, x=x, y=y, gx=gx, gy=gy) + lost


def _pair(values: np.ndarray) -> str:
    return "(" + ", ".join(readable(float(v), 5) for v in np.atleast_1d(values)) + ")"
