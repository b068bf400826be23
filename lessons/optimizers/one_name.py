"""One name, several conventions: forms of a rule that go by the same name, and whether they walk the same path."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dlcore.conventions import Convention
from dlcore.descent import Path, descend
from dlcore.optimizers import Optimizer
from dlcore.surfaces import Surface
from lessons.shared import landscapes
from ui.beat import Beat
from ui.cache import shared
from ui.controls.kinds import Choice, Number
from ui.controls.widgets import Say
from ui.number_format import readable

SAME = ("same_path", "other_path")
ALIKE, ROUNDING = 1e-6, 1e-17
"""Up to which share of the map's width paths are one, and below which a distance is nothing but rounding."""


# ---- conventions ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True, eq=False)
class Forms:
    """One rule in the forms of several books and programs, from one start."""

    which: Convention
    surface: Surface
    rules: dict[str, Optimizer]
    paths: dict[str, Path]

    def apart(self) -> dict[str, np.ndarray]:
        """By form, how far it is from the first one at every step, as a share of the map's width."""
        first, *others = self.paths.items()
        sides = np.array([high - low for low, high in self.surface.extent])
        found = {}
        for name, path in others:
            count = min(len(path.w), len(first[1].w))
            found[name] = np.sqrt((((path.w[:count] - first[1].w[:count]) / sides) ** 2).sum(axis=1))
        return found

    @property
    def lowest_line(self) -> float | None:
        """Where the picture of the distances ends below, beneath all that is not rounding; None if it shows nothing."""
        seen = np.concatenate([*self.apart().values()])
        return ROUNDING if seen.min() < ROUNDING < seen.max() else None

    @property
    def same(self) -> tuple[str, ...]:
        """The word for whether all forms take one path: never further apart than a millionth of the map.

        Both words are right if every form is lost at its first step.
        """
        lengths = {len(path.w) for path in self.paths.values()}
        if lengths == {1}:
            return SAME
        return (SAME[len(lengths) > 1 or max(float(d.max()) for d in self.apart().values()) > ALIKE],)

    def report(self, say: Say) -> str:
        """A line a form: how far it ever is from the first."""
        first = next(iter(self.paths))
        facts = [(name, readable(float(d.max()), 2)) for name, d in self.apart().items()]
        return "\n".join("- " + say("forms_apart", name=name, first=first, apart=d) for name, d in facts)

    def before_the_run(self) -> "Forms":
        """The same with nothing but the start."""
        paths = {name: Path(path.w[:1], path.height[:1], path.gradient[:1]) for name, path in self.paths.items()}
        return Forms(self.which, self.surface, self.rules, paths)

    def lines(self) -> list[str]:
        """Where every form is, at every step."""
        count = max(len(path.w) for path in self.paths.values())
        return [
            "\n".join(
                f"{name}: ({', '.join(readable(float(v), 6) for v in path.w[min(k, len(path.w) - 1)])})"
                for name, path in self.paths.items()
            )
            for k in range(count)
        ]

    def table(self) -> pd.DataFrame:
        """Every step of every form."""
        tables = []
        for name, path in self.paths.items():
            columns: dict[str, object] = {"form": name, "step": np.arange(len(path.w)), "E": path.height}
            tables.append(pd.DataFrame(columns | dict(zip(self.surface.weights, path.w.T, strict=True))))
        return pd.concat(tables, ignore_index=True)

    @property
    def formulas(self) -> list[str]:
        """The formula of every form, its name before it."""
        return [rf"\text{{{name}:}} \quad " + rule.written for name, rule in self.rules.items()]

    @property
    def sources(self) -> list[Any]:
        """The convention, and what moves the weights in each form."""
        return [type(self.which), *{type(rule).moved: None for rule in self.rules.values()}]

    def said(self, say: Say, word: str) -> str:
        """A sentence about the forms, with their numbers."""
        steps = max(len(path.w) for path in self.paths.values()) - 1
        return say(word, names=", ".join(self.rules), first=next(iter(self.rules)), steps=steps)


def forms(surface: Surface, start: tuple[float, ...], which: Convention, rate: float, steps: int) -> Forms:
    """All forms of a convention, run from one start."""
    return Forms(which, surface, which.forms(rate), _paths(surface, start, which, rate, steps))


# without the landscape, which may be a formula that a reader has typed
@shared(max_entries=64)
def _paths(surface: Surface, start: tuple[float, ...], which: Convention, rate: float, steps: int) -> dict[str, Path]:
    return {name: descend(surface, start, rule, steps) for name, rule in which.forms(rate).items()}


def run(beat: Beat) -> tuple[Forms, Forms]:
    """The forms of one rule, and as much of their paths as may be shown: all once it is guessed whether they agree."""
    with beat.panel:
        which = Convention.get(beat.menu("conv", Choice("momentum_mean", tuple(Convention.members)), "convention"))
        surface = landscapes.landscape(beat, "k", "narrow_valley", (2,), clears=())
        rate = beat.slider("lr6", Number(0.01, 1e-4, 1, log=True), "learning_rate")
        steps = int(beat.slider("n6", Number(60, 1, 300, whole=True), "steps"))
        owns = ("conv", "k", "k_text", "k_size", "lr6", "n6")
        adagrad, epsilon = {"conv": "adagrad_start", "lr6": 0.5}, {"conv": "epsilon_size", "lr6": 0.1}
        beat.presets(owns, differ={}, agree={"conv": "momentum_scale"}, first_steps=adagrad, other_rule=epsilon)
    with beat.stage:
        found = forms(surface, surface.start, which, rate, steps)
        for rule in found.rules.values():
            beat.ran(descend, surface, surface.start, rule, steps)
        told = beat.predicted("is_it_the_same", SAME, found.same, found.report(beat.word))
    return found, found if told else found.before_the_run()


def play(beat: Beat, shown: Forms) -> None:
    """The player, and how far apart the forms are."""
    lines = shown.lines()
    beat.player(lines)
    if len(lines) > 1:
        st.markdown(shown.report(beat.word))
