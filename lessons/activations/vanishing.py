"""Vanishing gradients: two deep networks, alike but for activation and first weights, and their gradients by layer."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dlcore.datasets import BreastCancer
from dlcore.deep import NORMALIZED, Deep, Passage, bound, steepest
from lessons.activations.two_networks import ACTIVATIONS, DATA, Pair, pair_of
from ui.beat import Beat
from ui.cache import shared
from ui.controls.kinds import Choice, Number
from ui.controls.widgets import Say
from ui.number_format import readable, small
from ui.quiz.goals import Goal

ARRIVES = {"arrives_more": 1.0, "arrives_well": 0.1, "arrives_weak": 1e-3, "arrives_faint": 1e-6, "arrives_not": 0.0}
"""How much of the gradient arrives at the first layer, by word: at least so much of what the output sends, and no more
than the word before says; the first is more than all, the last less than the last but one."""


# ---- the gradient ----------------------------------------------------------------------------------------------------
@shared(max_entries=128)
def _passage(net: Deep) -> Passage:
    return net.passage()


@dataclass(frozen=True, eq=False)
class Passed:
    """What one batch does in both networks; ``answered`` says whether the gradients may be shown."""

    pair: Pair
    passages: Mapping[str, Passage]
    answered: bool = True

    @property
    def depth(self) -> int:
        return self.pair.first.depth

    @property
    def arrives(self) -> tuple[str, ...]:
        """The words for how much of the first network's gradient arrives, of ARRIVES: as it is, and as it is shown."""
        left = float(self._first.left[0])
        found = {_arriving(left), _arriving(float(f"{left:.3g}"))}
        return tuple(word for word in ARRIVES if word in found)

    @property
    def _first(self) -> Passage:
        return next(iter(self.passages.values()))

    @property
    def left(self) -> dict[str, np.ndarray]:
        """By network, what is left in every layer; nothing but the start before the guess."""
        nothing = np.full(self.depth, np.nan)
        return {name: each.left if self.answered else nothing for name, each in self.passages.items()}

    @property
    def _bounded(self) -> str | None:
        """The activation whose slopes alone make the gradient vanish: always below 1; None if neither's are."""
        nets = (self.pair.first, self.pair.second)
        return next((net.activation for net in nets if steepest(net.activation) < 0.999), None)

    @property
    def bound(self) -> np.ndarray:
        """The most that the slopes alone could leave in every layer; empty if they bound nothing."""
        if self._bounded is None or not self.answered:
            return np.empty(0)
        return bound(self._bounded, np.arange(self.depth, 0, -1))

    @property
    def bound_label(self) -> str:
        return f"{steepest(self._bounded):.2g}ⁿ" if self._bounded else ""

    @property
    def spread(self) -> list[np.ndarray]:
        return [each.spread for each in self.passages.values()]

    def said(self, say: Say) -> str:
        """The picture of the gradients in a sentence."""
        facts = {"depth": self.depth, "width": self.pair.first.width, "rows": len(self.pair.first.samples[0])}
        return say("gradients_said" if self.answered else "gradients_wait", **facts)

    def signal_said(self, say: Say, place: int) -> str:
        """The picture of a network's activations in a sentence."""
        name, passage = list(self.passages.items())[place]
        first, last = (
            f"{readable(float(row[0]), 3)} … {readable(float(row[4]), 3)}" for row in passage.spread[[0, -1]]
        )
        return say("signal_said", name=name, first=first, last=last)

    def report(self, say: Say) -> str:
        """A line a network: what arrives, and which of its factors is the slopes', which the weights'."""
        lines = [self._told(say, name, net) for name, net in self.pair.networks.items()]
        if self._bounded and steepest(self._bounded) < 1:
            most = small(float(bound(self._bounded, self.depth)), 2)
            lines.append(say("bound_told", slope=steepest(self._bounded), depth=self.depth, most=most))
        return "\n".join(f"- {line}" for line in lines)

    def _told(self, say: Say, name: str, net: Deep) -> str:
        found = self.passages[name]
        units = net.depth * net.width
        facts: dict[str, object] = {"name": name, "start": say(net.start), "units": units}
        facts |= {"left": small(float(found.left[0]), 3), "kernel": small(float(found.kernels[0]), 3)}
        facts |= {"slopes": small(float(found.by_slopes.prod()), 3)}
        facts |= {"weights": small(float(found.by_weights.prod()), 3)}
        facts |= {"dead": round(float(found.dead.mean()) * units), "flat": float(found.saturated.mean())}
        said = say("passage_told", **facts)
        return said if found.arriving > 0 else f"{said} {say('nothing_sent')}"

    def lines(self) -> list[str]:
        """What is left after every layer on the way back, as the product that it is."""
        lines = ["\n".join(f"n = 0:  {name}: 1" for name in self.passages)]
        for n in range(1, self.depth + 1) if self.answered else ():
            lines.append("\n".join(f"n = {n}:  {name}: {_product(each, n)}" for name, each in self.passages.items()))
        return lines

    def table(self) -> pd.DataFrame:
        """Every layer of both networks."""
        tables = []
        for name, found in self.passages.items():
            columns: dict[str, object] = {"network": name, "layer": np.arange(1, self.depth + 1), "left": found.left}
            columns |= {"norm dE/dz": found.sums, "norm dE/dW": found.kernels, "by_weights": found.by_weights}
            columns |= {"by_slopes": found.by_slopes, "largest_slope": found.largest_slope}
            tables.append(pd.DataFrame(columns | {"saturated": found.saturated, "dead": found.dead}))
        return pd.concat(tables, ignore_index=True)

    def signal_table(self) -> pd.DataFrame:
        """The quantiles of the activations in every layer of both networks."""
        names = ("5 %", "25 %", "50 %", "75 %", "95 %")
        tables = []
        for name, found in self.passages.items():
            columns: dict[str, object] = {"network": name, "layer": np.arange(1, self.depth + 1)}
            tables.append(pd.DataFrame(columns | dict(zip(names, found.spread.T, strict=True))))
        return pd.concat(tables, ignore_index=True)


def _arriving(left: float) -> str:
    if left > 1:
        return "arrives_more"
    return next(word for word, least in list(ARRIVES.items())[1:] if left >= least)


def _product(found: Passage, n: int) -> str:
    layer = len(found.left) - n
    before = 1.0 if n == 1 else float(found.left[layer + 1])
    factors = [small(before), f"{small(float(found.by_weights[layer]))} (W)"]
    factors.append(f"{small(float(found.by_slopes[layer]))} (f′)")
    return " × ".join(factors if n > 1 else factors[::2]) + f" = {small(float(found.left[layer]))}"


def chosen(beat: Beat) -> Passed:
    """Two networks with controls, and what one batch does in them."""
    common = Deep(BreastCancer())
    depth = int(beat.slider("d", Number(10, 1, 50, whole=True), "hidden_layers"))
    pair = pair_of(beat, ("a", "i", "b", "j"), common, ACTIVATIONS)
    owns, deep = ("d", "a", "i", "b", "j", "w", "set"), {"a": "relu", "i": "large_normal"}
    normalized, both = {"b": "sigmoid", "j": NORMALIZED}, {"a": "tanh"}
    small = {"a": "relu", "i": "small_normal"}
    beat.presets(
        owns,
        sigmoid_or_relu={},
        three_layers={"d": 3},
        centred=both,
        normalized=normalized,
        tiny_weights=small,
        explodes=deep,
    )
    with beat.more():
        width = int(beat.slider("w", Number(32, 2, 64, whole=True), "width"))
        data = DATA[beat.menu("set", Choice("breast_cancer", tuple(DATA)), "data", named=beat.member)]
    nets = [Deep(data, depth, width, net.activation, net.start) for net in (pair.first, pair.second)]
    pair = Pair(*nets)
    for net in nets:
        beat.ran(net.passage)
    return Passed(pair, {name: _passage(net) for name, net in pair.networks.items()})


def revealed(beat: Beat, found: Passed) -> Passed:
    """The same, with the gradients once the reader has guessed how much arrives."""
    beat.goals(_thirty_layers(found))
    shown = beat.predicted("how_much_arrives", tuple(ARRIVES), found.arrives, found.report(beat.word))
    return Passed(found.pair, found.passages, shown)


# ---- goals -----------------------------------------------------------------------------------------------------------
def _thirty_layers(found: Passed) -> Goal:
    bounds = {"layers": 30, "low": 0.3, "high": 3}
    left = {name: float(each.left[0]) for name, each in found.passages.items()}
    bent = [name for name, net in found.pair.networks.items() if net.activation != "linear"]
    reached = found.depth >= bounds["layers"] and any(bounds["low"] <= left[n] <= bounds["high"] for n in bent)
    measured = f"n = {found.depth}, " + ", ".join(f"{name}: {small(share, 3)}" for name, share in left.items())
    return Goal("goal_activations_thirty_layers", reached, measured, bounds)
