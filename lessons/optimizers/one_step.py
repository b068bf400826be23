"""One step: what an optimizer computes on its way from one place to the next, term by term."""

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

import charts
from dlcore.experiments.descent import descend
from dlcore.optimizers import Optimizer, Stepper
from dlcore.surfaces import Surface
from lessons.optimizers import momentum_plane, numpy_steps
from lessons.optimizers.rules import RULES, with_rate
from lessons.optimizers.worked_formulas import in_brackets, lines_of
from lessons.shared import landscapes
from ui.beat import Beat
from ui.cache import shared
from ui.controls.kinds import Choice, Number
from ui.controls.widgets import Say
from ui.number_format import readable
from ui.question import Question
from ui.script_export import Experiment, call

LOOKS = ("part",)
WHO_MOVES = ("moves_first", "moves_second", "moves_alike")

SYMBOLS = {
    "eta": "η", "v": "v", "m": "m", "G": "G", "u": "u", "a": "a", "c": "c", "d": "d", "p": "p",
    "m_hat": "m̂", "v_hat": "v̂", "v_max": "v_max",
}  # fmt: skip
"""How a named part of a step is written; letters of formulas, the same in every language."""

PLACES = {
    "g": "gradient_part", "rate": "weight_rate", "step": "step_of_weight", "w": "weight_after",
    "ball": "ball_place", "look_ahead": "look_ahead_place",
}  # fmt: skip
"""The words for the parts of a step that have no letter of their own in the formula, or more than that."""

FOR_ALL = ("eta", "p")
"""The parts of a step that are one number for all weights."""

ARROWS = ("arrow_plain", "arrow_step", "arrow_carried", "arrow_look_ahead")
"""The words for the arrows of a step."""

HEAVY = ("momentum", "nesterov")
"""The rules whose momentum can be set."""

BETA = Number(0.9, 0, 0.999)

PARTS = tuple(name for name in (*PLACES, *SYMBOLS) if name not in FOR_ALL)
"""The parts of a step of which one is looked at over all steps."""


@dataclass(frozen=True)
class Setup:
    """A rule of RULES at work on a surface: from which start, with which learning rate, for how many steps.

    beta: the momentum of the rules that are SGD with one.
    """

    name: str
    surface: Surface
    rate: float
    start: tuple[float, ...]
    steps: int
    beta: float = BETA.default

    @property
    def rule(self) -> Optimizer:
        """The optimizer."""
        rule = with_rate(self.name, self.rate)
        return dataclasses.replace(rule, momentum=self.beta) if self.name in HEAVY else rule

    @property
    def worked_as(self) -> str:
        """The rule by whose formula a step is worked out: without momentum a heavy ball is plain descent."""
        return "sgd" if self.name in HEAVY and not self.beta else self.name


@dataclass(frozen=True, eq=False)
class Steps:
    """Every step of one run with all its named parts, as far as it stays on the map.

    w: the weights before every step and after the last, shape (steps + 1, weights). parts: by name, shape (steps,
    weights); numbers that belong to all weights stand in every column. first: the parts of the first step, each of
    shape (weights,), also if it leads out of sight. slope: the gradient at the start, shape (weights,).
    """

    w: np.ndarray
    parts: dict[str, np.ndarray]
    first: dict[str, np.ndarray]
    slope: np.ndarray

    def start(self) -> "Steps":
        """The run before its first step, with the gradient that it is to be made of."""
        return Steps(self.w[:1], {name: part[:0] for name, part in self.parts.items()}, {}, self.slope)

    def arrows(self) -> dict[str, np.ndarray]:
        """From where to where each part of a step leads, shape (steps, 4): plain descent, the step, what it carries on.

        The three make a triangle only for the heavy ball; where every weight has its own rate, plain descent is there
        to compare the direction with.
        """
        here, there = self.w[:-1], self.w[1:]
        plain = here - self.parts["eta"] * self.parts["g"]
        arrows = {"arrow_plain": np.hstack([here, plain]), "arrow_step": np.hstack([here, there])}
        if "ball" in self.parts:
            # the weights are the look-ahead point; the ball is where the gradient's step alone has led
            arrows["arrow_look_ahead"] = np.hstack([self.parts["ball"], self.parts["look_ahead"]])
        elif "v" in self.parts and "rate" not in self.parts:
            arrows["arrow_carried"] = np.hstack([plain, there])
        return arrows

    def player_lines(self, setup: Setup) -> list[str]:
        """Every step written out: the lines of its formula in letters and with its numbers, for both weights."""
        steps = ["\n".join(self.worked_step(setup, k)) for k in range(len(self.w) - 1)]
        return [*steps, f"w = {in_brackets(self.w[-1])}"]

    def worked_step(self, setup: Setup, k: int) -> list[str]:
        """The lines of the step that leads away from place ``k``, and before them where it begins."""
        rule, w = setup.rule, self.w[k]
        after = {name: part[k, 0] if name in FOR_ALL else part[k] for name, part in self.parts.items()}
        memory = rule.start(w)
        if k:
            memory = {name: self.parts[name][k - 1, 0 if name in FOR_ALL else slice(None)] for name in memory}
        lines = lines_of(setup.worked_as, rule, k + 1, memory | {"w": w, "g": after["g"]}, after)
        return [f"w = {in_brackets(w)},   g = {in_brackets(after['g'])}", *lines]

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

    def first_step_sentence(self, name: str, say: Say) -> str:
        """What the first step of the rule of that name did with its gradient; before the run, where it starts."""
        if not self.first:
            facts = zip(("x", "y", "gx", "gy"), (*self.w[0], *self.slope), strict=True)
            return say("step_hidden", **{name: readable(float(value), 3) for name, value in facts})
        x, y = (readable(float(v), 3) for v in self.first["step"])
        gx, gy = (readable(float(v), 3) for v in self.first["g"])
        lost = "" if len(self.w) > 1 else f" {say('lost_at', step=1)}"
        return say("first_step_said", name=name, x=x, y=y, gx=gx, gy=gy) + lost


def part_name(name: str, say: Say) -> str:
    """What a part of a step is called: its letter, or the word for what has none."""
    return SYMBOLS[name] if name in SYMBOLS else say(PLACES[name])


# ---- choose, measure -------------------------------------------------------------------------------------------------


def choose(beat: Beat) -> Setup:
    """The rule, the landscape and the rate, with momentum its β; the steps and the start one click away."""
    name = beat.menu("rule2", Choice("adam", tuple(RULES)), "optimizer", option_label=str)
    surface = landscapes.landscape(beat, "f", "narrow_valley", (2,), clears=("p", "q"))
    rate = beat.slider("lr2", Number(0.2, 1e-4, 10, log=True), "learning_rate")
    beta = beat.slider("beta2", BETA, "momentum_beta") if name in HEAVY else beat.value_of("beta2", BETA)
    controls = ("rule2", "f", "f_text", "f_size", "lr2", "beta2", "p", "q", "n2")
    zigzag, ahead, dry = {"rule2": "sgd", "lr2": 0.08}, {"rule2": "nesterov", "lr2": 0.01}, {"rule2": "adagrad"}
    beat.presets(controls, adam_alike={}, plain_zigzag=zigzag, looks_ahead=ahead, runs_dry=dry)
    with beat.more():
        steps = int(beat.slider("n2", Number(30, 1, 300, whole=True), "steps"))
        start = landscapes.start(beat, surface, ("p", "q"))
    return Setup(name, surface, rate, start, steps, beta)


@shared(max_entries=128)
def measure(setup: Setup) -> Steps:
    """The run of the rule, as far as it stays on the map, with everything that it computes at every step."""
    stepper, w = Stepper(setup.rule), np.array(setup.start, dtype=float)
    places, parts_by_step, first = [w], [], {}
    with np.errstate(all="ignore"):
        for _ in range(setup.steps):
            g = setup.surface.gradient(*w)
            parts = {name: np.broadcast_to(part, w.shape) for name, part in stepper.step_terms(w, g).items()}
            first = first or parts
            w = stepper.step(w, g)
            if setup.surface.far(w):
                break
            places.append(w)
            parts_by_step.append(parts)
    shape = len(parts_by_step), len(w)
    by_name = {name: np.array([parts[name] for parts in parts_by_step]).reshape(shape) for name in first}
    with np.errstate(all="ignore"):
        slope = np.asarray(setup.surface.gradient(*setup.start), dtype=float)
    return Steps(np.array(places), by_name, first, slope)


# ---- question, explain -----------------------------------------------------------------------------------------------


def question(setup: Setup, steps: Steps) -> Question:
    """Which weight the first step moves further."""
    return Question("who_moves", WHO_MOVES, steps.first_mover)


def explain(setup: Setup, steps: Steps, say: Say) -> str:
    """The first step, and the gradient that it was made of."""
    return steps.first_step_sentence(setup.name, say)


# ---- draw ------------------------------------------------------------------------------------------------------------


def visible(beat: Beat, steps: Steps) -> Steps:
    """As much of the run as may be shown: before the answer its start alone."""
    return steps if beat.answered else steps.start()


def draw(beat: Beat, setup: Setup, steps: Steps) -> None:
    """The path on the map, with an arrow for every part of a step, beside one part over all steps."""
    view, surface = visible(beat, steps), setup.surface
    place = landscapes.from_above(surface), surface.extent, view.w, *surface.weights
    titles = {word: beat.word(word) for word in ARROWS}
    over_map = charts.map_with_arrows(*place, arrows=view.arrows(), titles=titles)
    # not every rule has every part
    options = tuple(part for part in PARTS if part in steps.parts)
    first = next(part for part in ("rate", "v", "step") if part in options)
    with beat.panel:
        kind = Choice(first, options)
        name = beat.menu("part", kind, "part_shown", option_label=lambda part: part_name(part, beat.word))
    values = {letter: view.parts[name][:, i] for i, letter in enumerate(surface.weights)}
    called = part_name(name, beat.word)
    sentence, known = beat.word("part_said", part=called, steps=len(view.w) - 1), None
    if not beat.answered:
        # all other parts follow from the step; the gradient of the first place is what it is made of
        name, known, sentence = "g", 1, beat.word("part_waits", part=called)
        later = steps.parts["g"][1:]
        values = {letter: np.append(steps.slope[i], later[:, i]) for i, letter in enumerate(surface.weights)}
    titles = beat.word("step_axis"), part_name(name, beat.word)
    over_steps = charts.lines_by_step(values, *titles, known=known, last=setup.steps)
    first_step = view.first_step_sentence(setup.name, beat.word)
    pictures = (over_map, first_step), (over_steps, sentence)
    beat.side_by_side(*pictures, clickable=True, first=landscapes.map_width(surface))
    beat.player(view.player_lines(setup))
    if beat.answered and len(view.w) > 1:
        st.markdown(beat.word("first_step_by_hand"))
        st.code("\n".join(view.worked_step(setup, 0)), language=None, wrap_lines=True)
    if setup.name in momentum_plane.RULES:
        momentum_plane.draw(beat, surface, setup.rate, setup.beta if setup.name in HEAVY else 0.0)


# ---- program, details ------------------------------------------------------------------------------------------------


def program(setup: Setup, experiment: Experiment) -> None:
    """The first step with all its parts, and the run, as calls of dlcore."""
    rule = experiment.assign("rule", type(setup.rule), **_settings(setup.rule))
    w = experiment.assign("w", np.array, list(setup.start))
    g = experiment.assign("g", setup.surface.gradient, *setup.start)
    experiment.show(rule.step_terms, w, g, call(rule.start, w), 1)
    experiment.show(descend, setup.surface, setup.start, rule, setup.steps)


def loop(setup: Setup) -> str:
    """The run in a few lines of NumPy, with the formula's own letters."""
    return numpy_steps.loop(setup.worked_as, setup.rule, setup.surface, setup.start, setup.steps)


def _settings(rule: Optimizer) -> dict[str, Any]:
    """The settings of a rule that are not at their defaults."""
    fields = dataclasses.fields(rule)  # type: ignore[arg-type]
    return {each.name: now for each in fields if (now := getattr(rule, each.name)) != each.default}


def details(beat: Beat, setup: Setup, steps: Steps) -> None:
    """Every part of every step as a table, the rule as formula and source."""
    beat.numbers({"parts_table": lambda: table(setup, visible(beat, steps))})
    beat.source([RULES[setup.name].formula], type(setup.rule).update_step, Optimizer.step_terms)


def table(setup: Setup, steps: Steps) -> pd.DataFrame:
    """Every step with all parts, a column a weight."""
    columns: dict[str, object] = {"step": np.arange(1, len(steps.w))}
    for name, part in {"w_before": steps.w[:-1], **steps.parts}.items():
        columns |= {f"{name}_{letter}": part[:, i] for i, letter in enumerate(setup.surface.weights)}
    return pd.DataFrame(columns)
