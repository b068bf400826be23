"""Deep networks on a page: two of them, alike but for activation and first weights; their gradients and trainings."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dlcore.datasets import AutoMPG, BreastCancer, Dataset, Digits
from dlcore.deep import NORMALIZED, STARTS, Course, Deep, Passage, bound, steepest
from dlcore.optimizers import SGD, Adam, Optimizer
from ui.beat import Beat
from ui.cache import shared
from ui.controls.kinds import Choice, Number, Switch
from ui.controls.widgets import Say
from ui.number_format import readable, small
from ui.quiz.goals import Goal

ACTIVATIONS = (
    *("sigmoid", "tanh", "relu", "leaky_relu", "elu", "selu"),
    *("gelu", "silu", "softsign", "softplus", "linear"),
)
TRAINED = tuple(name for name in ACTIVATIONS if name != "gelu")
"""Those that are trained here: NumPy has no error function, so a training with gelu takes too long to wait for."""
DATA: dict[str, Dataset] = {each.name(): each for each in (BreastCancer(), AutoMPG(), Digits())}

ARRIVES = {"arrives_more": 1.0, "arrives_well": 0.1, "arrives_weak": 1e-3, "arrives_faint": 1e-6, "arrives_not": 0.0}
"""How much of the gradient arrives at the first layer, by word: at least so much of what the output sends, and no more
than the word before says; the first is more than all, the last less than the last but one."""

LOWER = ("first_lower", "second_lower", "as_low")
ALIKE = 0.05
CONSTANT = "ŷ = const"
EPOCHS, ROWS, WIDTH = 20, 160, 16


@dataclass(frozen=True)
class Pair:
    """Two networks, the reader's first one and the one it is compared with."""

    first: Deep
    second: Deep

    @property
    def networks(self) -> dict[str, Deep]:
        """Both by the names that stand in legends."""
        return {
            f"{letter} · {net.activation}": net for letter, net in zip("AB", (self.first, self.second), strict=True)
        }


def _pair(beat: Beat, keys: tuple[str, str, str, str], common: Deep, names: tuple[str, ...]) -> Pair:
    """Activation, one of ``names``, and start of two networks; ``keys`` are those of the four controls."""
    first, start, second, other = keys
    a = beat.menu(first, Choice("sigmoid", names), "activation_of", letter="A", named=str)
    i = beat.menu(start, Choice("glorot_uniform", tuple(STARTS)), "start_of", letter="A")
    b = beat.menu(second, Choice("relu", names), "activation_of", letter="B", named=str)
    j = beat.menu(other, Choice("he_normal", tuple(STARTS)), "start_of", letter="B")
    return Pair(common.likewise(a, i), common.likewise(b, j))


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
    pair = _pair(beat, ("a", "i", "b", "j"), common, ACTIVATIONS)
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


# ---- the training ----------------------------------------------------------------------------------------------------


@shared(max_entries=128)
def _course(net: Deep, optimizer: Optimizer) -> Course:
    return net.train(optimizer, EPOCHS)


@dataclass(frozen=True, eq=False)
class Trained:
    """Both networks trained; ``answered`` says whether more than the start may be shown."""

    pair: Pair
    courses: Mapping[str, Course]
    clipped: bool
    answered: bool = True

    @property
    def losses(self) -> dict[str, np.ndarray]:
        """The loss after every epoch by network, and of the best prediction that is the same for every row."""
        count = EPOCHS + 1 if self.answered else 1
        constant = {CONSTANT: np.full(count, self.pair.first.baseline())}
        return {name: course.loss[:count] for name, course in self.courses.items()} | constant

    @property
    def ceiling(self) -> float:
        """Above which nothing is drawn: a training that is lost would press all others flat."""
        return 3 * max(float(course.loss[0]) for course in self.courses.values())

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The words for which of the two ends lower, of LOWER: of two that diverge one may be the lower yet."""
        first, second = (np.inf if np.isnan(c.loss[-1]) else float(c.loss[-1]) for c in self.courses.values())
        if first == second or max(first, second) <= (1 + ALIKE) * min(first, second):
            return ("as_low",)
        lower = "first_lower" if first < second else "second_lower"
        return (lower, "as_low") if min(first, second) > self.ceiling else (lower,)

    def report(self, say: Say) -> str:
        """A line a network: where its loss ended, and whether it has learned anything."""
        return "\n".join(f"- {self._told(say, name, course)}" for name, course in self.courses.items())

    def _told(self, say: Say, name: str, course: Course) -> str:
        last, constant = float(course.loss[-1]), self.pair.first.baseline()
        facts: dict[str, object] = {"name": name, "first": readable(float(course.loss[0]), 3), "epochs": EPOCHS}
        facts |= {"last": readable(last, 3), "constant": readable(constant, 3)}
        verdict = "course_learned" if last < 0.95 * constant else "course_stuck"
        if not last <= 1.05 * max(constant, float(course.loss[0])):
            verdict = "course_lost"
        finite = course.norms[np.isfinite(course.norms)]
        largest = {"norm": readable(float(finite.max(initial=0.0)), 3), "share": float((course.norms > 1).mean())}
        return f"{say(verdict, **facts)} {say('course_clipped' if self.clipped else 'course_norm', **largest)}"

    def said(self, say: Say) -> str:
        """The picture of the losses in a sentence."""
        facts = {"depth": self.pair.first.depth, "width": WIDTH, "rows": ROWS, "epochs": EPOCHS}
        return say("courses_said", constant=readable(self.pair.first.baseline(), 3), **facts)

    def lines(self) -> list[str]:
        """The losses after every epoch."""
        return [
            f"{epoch}:  "
            + ",  ".join(f"{name}  L = {readable(float(loss[epoch]))}" for name, loss in self.losses.items())
            for epoch in range(len(self.losses[CONSTANT]))
        ]

    def table(self) -> pd.DataFrame:
        """Every epoch."""
        return pd.DataFrame({"epoch": np.arange(len(self.losses[CONSTANT]))} | self.losses)


def trained(beat: Beat) -> Trained:
    """Two networks with controls, trained from the same seed on the same batches."""
    depth = int(beat.slider("d3", Number(10, 1, 15, whole=True), "hidden_layers"))
    pair = _pair(beat, ("a3", "i3", "b3", "j3"), Deep(BreastCancer(), depth, WIDTH, rows=ROWS), TRAINED)
    wild = {"j3": "large_normal"}
    owns, shallow, rescued = ("d3", "a3", "i3", "b3", "j3", "o3", "r3", "clip"), {"d3": 2}, wild | {"clip": True}
    normalized, adam = {"i3": NORMALIZED}, {"o3": "adam", "r3": 0.01}
    beat.presets(
        owns, stuck={}, two_layers=shallow, normalized=normalized, with_adam=adam, too_wild=wild, clipped=rescued
    )
    with beat.more():
        rule = beat.choice("o3", Choice("sgd", ("sgd", "adam")), "optimizer")
        rate = beat.slider("r3", Number(0.1, 1e-3, 3, log=True), "learning_rate")
        clip = beat.switch("clip", Switch(False), "clip_gradient")
    optimizer = (Adam if rule == "adam" else SGD)(rate, global_clipnorm=1.0 if clip else None)
    for net in pair.networks.values():
        beat.ran(net.train, optimizer, EPOCHS)
    return Trained(pair, {name: _course(net, optimizer) for name, net in pair.networks.items()}, clip)


def told(beat: Beat, found: Trained) -> Trained:
    """The same, to its end once the reader has guessed which ends lower."""
    beat.goals(*_sigmoids_learn(found))
    shown = beat.predicted("which_learns", LOWER, found.outcomes, found.report(beat.word))
    return Trained(found.pair, found.courses, found.clipped, shown)


# ---- goals -----------------------------------------------------------------------------------------------------------


def _thirty_layers(found: Passed) -> Goal:
    bounds = {"layers": 30, "low": 0.3, "high": 3}
    left = {name: float(each.left[0]) for name, each in found.passages.items()}
    bent = [name for name, net in found.pair.networks.items() if net.activation != "linear"]
    reached = found.depth >= bounds["layers"] and any(bounds["low"] <= left[n] <= bounds["high"] for n in bent)
    measured = f"n = {found.depth}, " + ", ".join(f"{name}: {small(share, 3)}" for name, share in left.items())
    return Goal("goal_activations_thirty_layers", reached, measured, bounds)


def _sigmoids_learn(found: Trained) -> tuple[Goal, Goal]:
    """Ten sigmoid layers that reach half the loss of the best constant; the second without normalization."""
    bounds = {"layers": 10}
    constant = found.pair.first.baseline()
    ends = {name: float(course.loss[-1]) for name, course in found.courses.items()}
    deep = {name: net for name, net in found.pair.networks.items() if net.depth >= bounds["layers"]}
    learned = [net for name, net in deep.items() if net.activation == "sigmoid" and ends[name] <= constant / 2]
    measured = ", ".join(f"{name}: L = {readable(end, 3)}" for name, end in ends.items())
    measured += f", {CONSTANT}: L = {readable(constant, 3)}"
    plain = any(net.start != NORMALIZED for net in learned)
    return (
        Goal("goal_activations_ten_sigmoids", bool(learned), measured, bounds),
        Goal("goal_activations_ten_plain_sigmoids", plain, measured, bounds),
    )
