"""Optimizers: how a weight moves once its gradient is known.

One call serves a ball on a landscape, ten thousand balls, and all weights of a network in one vector, because every
rule works on arrays of any shape:

    memory = rule.start(w)
    w = rule.update(w, g, memory, t)          t = 1, 2, 3, ...
    rule.step_terms(w, g, memory, t)          everything that this step would compute, by the letters of the formula

or, with everything that changes kept in one place:

    stepper = Stepper(rule)
    w = stepper.step(w, g)

The letters that all rules share: w weights, g gradient, eta learning rate, t number of the step, epsilon a small number
that keeps a division from being one by 0.
"""

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import EllipsisType
from typing import Any, ClassVar, Literal, NamedTuple

import numpy as np

from dlcore.family import Family, Setting, SettingError, setting
from dlcore.renamed import renamed_method

Memory = dict[str, np.ndarray]
"""What a rule remembers from step to step, by the letter that the formula uses; changed in place by ``update``.
Beside it stands what the last step computed on its way, which no later step reads: ``step_terms`` gives that, too."""

Rate = float | Callable[[int], float]
"""A learning rate, or a schedule: what gives the rate for the number of steps done so far (0, 1, 2, ...)."""

WHOLE = (...,)
"""The layout of weights that are one variable."""

Better = Literal["plain", "direction", "size", "both"]
"""What a rule improves on plain gradient descent: the direction of a step, its size weight by weight, both, nothing."""


class Variant(NamedTuple):
    """A rule that is another one with other settings, such as momentum, which is ``SGD(momentum=0.9)``."""

    settings: dict[str, Any]
    """The settings that differ from the defaults."""

    formula: str
    """In LaTeX."""

    grew_from: tuple[str, ...]
    """The names of the rules it extends."""

    better: Better | None = None
    """What it improves; None for what its class improves."""


COMMON = ("weight_decay", "clipnorm", "clipvalue", "global_clipnorm")
"""The settings that all optimizers have besides the learning rate."""


@dataclass(frozen=True)
class Optimizer(Family):
    """What all optimizers share: the learning rate, clipping, weight decay and the order in which they act.

    learning_rate: eta, or a schedule.
    weight_decay: every step first takes the share eta * weight_decay off each weight.
    clipnorm: the longest gradient of one variable; a longer one is shortened. clipvalue: the largest entry of a
    gradient. global_clipnorm: the longest gradient of all variables together. Only one of the three may be given.
    None or 0 switches each of these four off.
    """

    variants: ClassVar[dict[str, Variant]] = {}
    """What the rule becomes by a setting, under the name by which the field knows it."""

    grew_from: ClassVar[tuple[str, ...]] = ()
    """The names of the rules that it extends."""

    better: ClassVar[Better] = "plain"
    """What it improves on plain gradient descent."""

    learning_rate: Rate = setting(0.001, 1e-9, 1e3, log=True)
    weight_decay: float | None = dataclasses.field(default=None, kw_only=True)
    clipnorm: float | None = dataclasses.field(default=None, kw_only=True)
    clipvalue: float | None = dataclasses.field(default=None, kw_only=True)
    global_clipnorm: float | None = dataclasses.field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        checks = {key: Setting(0.0, 0.0, 1e12) for key in COMMON if getattr(self, key) is not None} | self.settings()
        if callable(self.learning_rate):
            del checks["learning_rate"]
        else:
            # the range is the slider's, but a callback may bring the rate down to 0
            checks["learning_rate"] = dataclasses.replace(checks["learning_rate"], low=0.0)
        for key, declared in checks.items():
            declared.check(f"{type(self).__name__}'s {key}", getattr(self, key))
        clips = [key for key in COMMON if "clip" in key and getattr(self, key)]
        if len(clips) > 1:
            raise SettingError(f"{type(self).__name__} clips in one way only; it is given {' and '.join(clips)}")

    @property
    def formula_text(self) -> str:
        """The formula with these settings: a variant's, if they are what makes it one."""
        fitting = [v for v in self.variants.values() if all(getattr(self, k) for k, on in v.settings.items() if on)]
        return fitting[-1].formula if fitting else self.formula

    def remembers(self) -> tuple[str, ...]:
        """The letters of the formula whose values the rule keeps from step to step."""
        return ()

    def start(self, w: np.ndarray) -> Memory:
        """The memory before the first step, all 0, for weights of the shape of ``w``; empty for rules without one."""
        return {letter: np.zeros(np.shape(w), np.result_type(w, 0.0)) for letter in self.remembers()}

    def update(
        self,
        w: np.ndarray,
        g: np.ndarray,
        memory: Memory,
        t: int,
        slices: Sequence[slice | EllipsisType] = WHOLE,
        rates: np.ndarray | None = None,
    ) -> np.ndarray:
        """The weights after step ``t`` (1, 2, ...), given the gradient ``g`` of the shape of ``w``.

        ``w`` and ``g`` are left as they are; ``memory``, which ``start`` made, is brought up to date. ``slices`` are
        the variables along the first axis, each with a ``clipnorm`` of its own. Further axes are independent runs: of
        weights of shape (2, 1000), a thousand balls, each ball's gradient is shortened by itself. ``rates``, shape
        (runs,), gives each run along the last axis a learning rate of its own, in place of the rule's.
        """
        # Keras's order: clip, decay, move; the decay therefore takes no part in the momentum
        eta: Any = self.rate(t) if rates is None else rates
        g = self.clip(g, slices)
        if self.weight_decay:
            w = w - eta * self.weight_decay * w
        return self.update_step(w, g, memory, eta, t)

    def update_step(self, w: np.ndarray, g: np.ndarray, memory: Memory, eta: float, t: int) -> np.ndarray:
        """The rule itself: the weights after step ``t`` with the gradient ``g`` and the rate ``eta`` of this step."""
        raise NotImplementedError

    def step_terms(
        self, w: np.ndarray, g: np.ndarray, memory: Memory, t: int, slices: Sequence[slice | EllipsisType] = WHOLE
    ) -> Memory:
        """The named parts of the step that ``update`` would do now; unlike ``update`` it leaves ``memory`` as it is.

        "g" is the gradient after clipping, "eta" the rate, "step" how far each weight moves and "w" where it arrives;
        between them stands everything by the letters of the rule's formula, after this step. Where each weight has a
        rate of its own, that is "rate".
        """
        after = {letter: part.copy() for letter, part in memory.items()}
        new = self.update(w, g, after, t, slices)
        used = np.array(self.clip(g, slices))
        return {"g": used, "eta": np.array(self.rate(t)), **after, "step": new - w, "w": new}

    told = renamed_method("step_terms")

    def rate(self, t: int) -> float:
        """The learning rate of step ``t`` (1, 2, ...)."""
        # a schedule counts the steps that are done, as in Keras: 0 in the first
        return float(self.learning_rate(t - 1)) if callable(self.learning_rate) else self.learning_rate

    def clip(self, g: np.ndarray, slices: Sequence[slice | EllipsisType] = WHOLE) -> np.ndarray:
        """The gradient after clipping; ``g`` itself if nothing is to be clipped."""
        if self.clipnorm:
            return _clip_by_norm(g, self.clipnorm, slices)
        if self.global_clipnorm:
            return _clip_by_norm(g, self.global_clipnorm, WHOLE)
        if self.clipvalue:
            return np.clip(g, -self.clipvalue, self.clipvalue)
        return g


def _clip_by_norm(g: np.ndarray, longest: float, slices: Sequence[slice | EllipsisType]) -> np.ndarray:
    """The gradient with each of its ``slices`` at most ``longest`` long, in the direction it had."""
    g = np.array(g, dtype=np.result_type(g, 0.0))
    for part in slices:
        length = np.sqrt(np.sum(g[part] ** 2, axis=0))
        # the larger of both below the line: no division by 0, and a short gradient is multiplied by exactly 1
        g[part] *= longest / np.maximum(length, longest)
    return g


@dataclass(frozen=True)
class SGD(Optimizer):
    """Gradient descent: one step against the gradient; with momentum, a heavy ball that keeps part of its velocity.

    Nesterov's ball first looks ahead to where its velocity will carry it, and measures the slope there. The weights
    ``w`` are that look-ahead point, as in Keras; "ball" is where the ball itself is.

    Source: A. Cauchy (1847); Goodfellow, Bengio & Courville, Deep Learning (2016), equation 4.5. Momentum and Nesterov:
    Sutskever, Martens, Dahl & Hinton (2013), equations 1 to 4, the latter at the look-ahead point.
    """

    formula: ClassVar[str] = r"w \leftarrow w - \eta\, g"
    variants: ClassVar[dict[str, Variant]] = {
        "momentum": Variant(
            {"momentum": 0.9}, r"v \leftarrow \beta v - \eta\, g, \quad w \leftarrow w + v", ("sgd",), "direction"
        ),
        "nesterov": Variant(
            {"momentum": 0.9, "nesterov": True},
            r"v \leftarrow \beta v - \eta\, g, \quad w \leftarrow w - \eta\, g + \beta v",
            ("momentum",),
            "direction",
        ),
    }
    learning_rate: Rate = setting(0.01, 1e-9, 1e3, log=True)
    momentum: float = setting(0.0, 0.0, 1.0)
    nesterov: bool = setting(False)

    def remembers(self) -> tuple[str, ...]:
        return ("v",) if self.momentum else ()

    def update_step(self, w: np.ndarray, g: np.ndarray, memory: Memory, eta: float, t: int) -> np.ndarray:
        if not self.momentum:
            return w - eta * g
        v, beta = memory["v"], self.momentum
        v *= beta
        v -= eta * g
        if not self.nesterov:
            return w + v
        ball = memory["ball"] = w - eta * g
        look_ahead = memory["look_ahead"] = ball + beta * v
        return look_ahead


@dataclass(frozen=True)
class Adagrad(Optimizer):
    """Every weight gets a rate of its own, which falls with each gradient it has ever had: the steep ones slow down.

    Source: Duchi, Hazan & Singer, JMLR 12 (2011), section 1.1.
    """

    grew_from: ClassVar[tuple[str, ...]] = ("sgd",)
    better: ClassVar[Better] = "size"
    formula: ClassVar[str] = r"G \leftarrow G + g^2, \quad w \leftarrow w - \frac{\eta}{\sqrt{G + \epsilon}}\, g"
    initial_accumulator_value: float = setting(0.1, 0.0, 100.0)
    epsilon: float = setting(1e-7, 1e-16, 100.0, log=True)

    def start(self, w: np.ndarray) -> Memory:
        return {"G": np.full(np.shape(w), self.initial_accumulator_value, np.result_type(w, 0.0))}

    def update_step(self, w: np.ndarray, g: np.ndarray, memory: Memory, eta: float, t: int) -> np.ndarray:
        G = memory["G"]
        G += g * g
        # epsilon stands inside the root here, in RMSprop and in Adadelta, as in Keras
        rate = memory["rate"] = eta / np.sqrt(G + self.epsilon)
        return w - rate * g


@dataclass(frozen=True)
class RMSprop(Optimizer):
    """Adagrad that forgets: each weight's rate follows the size of its recent gradients only.

    Source: Tieleman & Hinton, Neural Networks for Machine Learning (2012), lecture 6.5. Centred and with momentum:
    Graves, Generating Sequences With Recurrent Neural Networks (2013), equations 38 to 41.
    """

    grew_from: ClassVar[tuple[str, ...]] = ("adagrad",)
    better: ClassVar[Better] = "size"
    formula: ClassVar[str] = (
        r"v \leftarrow \rho v + (1 - \rho)\, g^2, \quad w \leftarrow w - \frac{\eta}{\sqrt{v + \epsilon}}\, g"
    )
    variants: ClassVar[dict[str, Variant]] = {
        "rmsprop_momentum": Variant(
            {"momentum": 0.9},
            r"m \leftarrow \beta m + \frac{\eta}{\sqrt{v + \epsilon}}\, g, \quad w \leftarrow w - m",
            ("rmsprop", "momentum"),
            "both",
        ),
        "rmsprop_centered": Variant(
            {"centered": True},
            r"a \leftarrow \rho a + (1 - \rho)\, g, \quad w \leftarrow w - \frac{\eta}{\sqrt{v - a^2 + \epsilon}}\, g",
            ("rmsprop",),
        ),
    }
    rho: float = setting(0.9, 0.0, 1.0)
    momentum: float = setting(0.0, 0.0, 1.0)
    epsilon: float = setting(1e-7, 1e-16, 100.0, log=True)
    centered: bool = setting(False)

    def remembers(self) -> tuple[str, ...]:
        return ("v",) + ("a",) * bool(self.centered) + ("m",) * bool(self.momentum)

    def update_step(self, w: np.ndarray, g: np.ndarray, memory: Memory, eta: float, t: int) -> np.ndarray:
        v, rho, beta, epsilon = memory["v"], self.rho, self.momentum, self.epsilon
        v *= rho
        v += (1 - rho) * (g * g)
        spread = v
        if self.centered:
            a = memory["a"]
            a *= rho
            a += (1 - rho) * g
            # a variance is never below 0, but its rounded difference may be
            spread = np.maximum(v - a * a, 0)
        rate = memory["rate"] = eta / np.sqrt(spread + epsilon)
        if not beta:
            return w - rate * g
        m = memory["m"]
        m *= beta
        m += rate * g
        return w - m


@dataclass(frozen=True)
class Adadelta(Optimizer):
    """A step is as long as the recent steps were, in the units of the weight, so that a learning rate of 1 fits.

    Source: Zeiler, ADADELTA (2012), algorithm 1, where the learning rate is 1; Keras's default is 0.001.
    """

    grew_from: ClassVar[tuple[str, ...]] = ("adagrad",)
    better: ClassVar[Better] = "size"
    formula: ClassVar[str] = (
        r"v \leftarrow \rho v + (1 - \rho)\, g^2, \quad d = \frac{\sqrt{u + \epsilon}}{\sqrt{v + \epsilon}}\, g, \quad "
        r"u \leftarrow \rho u + (1 - \rho)\, d^2, \quad w \leftarrow w - \eta\, d"
    )
    rho: float = setting(0.95, 0.0, 1.0)
    epsilon: float = setting(1e-7, 1e-16, 100.0, log=True)

    def remembers(self) -> tuple[str, ...]:
        return ("v", "u")

    def update_step(self, w: np.ndarray, g: np.ndarray, memory: Memory, eta: float, t: int) -> np.ndarray:
        v, u, rho, epsilon = memory["v"], memory["u"], self.rho, self.epsilon
        v *= rho
        v += (1 - rho) * (g * g)
        ratio = np.sqrt(u + epsilon) / np.sqrt(v + epsilon)
        memory["rate"] = eta * ratio
        d = memory["d"] = ratio * g
        u *= rho
        u += (1 - rho) * (d * d)
        return w - eta * d


@dataclass(frozen=True)
class Adam(Optimizer):
    """Momentum, and a rate of its own for every weight: the mean of recent gradients over the root of their squares.

    m and v begin at 0 and are too small at first; dividing by 1 - beta^t corrects that. epsilon is added to the root of
    the corrected v, as in the paper; Keras adds it to the root of v itself, which makes it larger in the first steps.

    Source: Kingma & Ba, Adam (2015), algorithm 1. amsgrad: Reddi, Kale & Kumar (2018), algorithm 2, whose v_max is
    corrected here like v, as in Keras.
    """

    grew_from: ClassVar[tuple[str, ...]] = ("momentum", "rmsprop")
    better: ClassVar[Better] = "both"
    formula: ClassVar[str] = (
        r"m \leftarrow \beta_1 m + (1 - \beta_1)\, g, \quad v \leftarrow \beta_2 v + (1 - \beta_2)\, g^2, \quad "
        r"\hat{m} = \frac{m}{1 - \beta_1^t}, \quad \hat{v} = \frac{v}{1 - \beta_2^t}, \quad "
        r"w \leftarrow w - \frac{\eta}{\sqrt{\hat{v}} + \epsilon}\, \hat{m}"
    )
    variants: ClassVar[dict[str, Variant]] = {
        "amsgrad": Variant(
            {"amsgrad": True},
            r"v_{\max} \leftarrow \max(v_{\max}, v), \quad \hat{v} = \frac{v_{\max}}{1 - \beta_2^t}",
            ("adam",),
        )
    }
    beta_1: float = setting(0.9, 0.0, 0.999999)
    beta_2: float = setting(0.999, 0.0, 0.999999)
    epsilon: float = setting(1e-7, 1e-16, 100.0, log=True)
    amsgrad: bool = setting(False)

    def remembers(self) -> tuple[str, ...]:
        return ("m", "v", "v_max") if self.amsgrad else ("m", "v")

    def update_step(self, w: np.ndarray, g: np.ndarray, memory: Memory, eta: float, t: int) -> np.ndarray:
        m, v, beta_1, beta_2 = memory["m"], memory["v"], self.beta_1, self.beta_2
        m *= beta_1
        m += (1 - beta_1) * g
        v *= beta_2
        v += (1 - beta_2) * (g * g)
        if self.amsgrad:
            v = np.maximum(memory["v_max"], v, out=memory["v_max"])
        m_hat = memory["m_hat"] = m / (1 - beta_1**t)
        v_hat = memory["v_hat"] = v / (1 - beta_2**t)
        # the paper's form; Keras adds epsilon to sqrt(v) instead, so that there it counts for more in the first steps
        rate = memory["rate"] = eta / (np.sqrt(v_hat) + self.epsilon)
        return w - rate * m_hat


@dataclass(frozen=True)
class AdamW(Adam):
    """Adam whose weights shrink by a fixed share at every step, whatever their gradients.

    Source: Loshchilov & Hutter, Decoupled Weight Decay Regularization (2019), algorithm 2.
    """

    grew_from: ClassVar[tuple[str, ...]] = ("adam",)
    variants: ClassVar[dict[str, Variant]] = {}
    formula: ClassVar[str] = r"w \leftarrow w - \eta \lambda w, \quad " + Adam.formula
    # in this place it is the second argument, as in Keras
    weight_decay: float = setting(0.004, 0.0, 100.0)

    @classmethod
    def name(cls) -> str:
        return "adamw"


@dataclass(frozen=True)
class Adamax(Optimizer):
    """Adam that divides by the largest recent gradient, not by the root of their mean square.

    Source: Kingma & Ba, Adam (2015), algorithm 2; epsilon is Keras's.
    """

    grew_from: ClassVar[tuple[str, ...]] = ("adam",)
    better: ClassVar[Better] = "both"
    formula: ClassVar[str] = (
        r"m \leftarrow \beta_1 m + (1 - \beta_1)\, g, \quad u \leftarrow \max(\beta_2 u, |g|), \quad "
        r"\hat{m} = \frac{m}{1 - \beta_1^t}, \quad w \leftarrow w - \frac{\eta}{u + \epsilon}\, \hat{m}"
    )
    beta_1: float = setting(0.9, 0.0, 0.999999)
    beta_2: float = setting(0.999, 0.0, 0.999999)
    epsilon: float = setting(1e-7, 1e-16, 100.0, log=True)

    def remembers(self) -> tuple[str, ...]:
        return ("m", "u")

    def update_step(self, w: np.ndarray, g: np.ndarray, memory: Memory, eta: float, t: int) -> np.ndarray:
        m, u, beta_1, beta_2 = memory["m"], memory["u"], self.beta_1, self.beta_2
        m *= beta_1
        m += (1 - beta_1) * g
        np.maximum(beta_2 * u, np.abs(g), out=u)
        m_hat = memory["m_hat"] = m / (1 - beta_1**t)
        rate = memory["rate"] = eta / (u + self.epsilon)
        return w - rate * m_hat


@dataclass(frozen=True)
class Nadam(Optimizer):
    """Adam with Nesterov's look ahead: the gradient of now and the momentum of the next step.

    mu grows from beta_1 / 2 to beta_1 over some hundred steps; p is the product of all mu up to now.

    Source: Dozat, Incorporating Nesterov Momentum into Adam (2016), algorithm 2, with Keras's schedule of mu.
    """

    grew_from: ClassVar[tuple[str, ...]] = ("adam", "nesterov")
    better: ClassVar[Better] = "both"
    formula: ClassVar[str] = (
        r"\mu_t = \beta_1 (1 - \tfrac{1}{2}\, 0.96^t), \quad p \leftarrow p\, \mu_t, \quad "
        r"m \leftarrow \beta_1 m + (1 - \beta_1)\, g, \quad v \leftarrow \beta_2 v + (1 - \beta_2)\, g^2, \quad "
        r"\hat{m} = \frac{\mu_{t+1}\, m}{1 - p\, \mu_{t+1}} + \frac{(1 - \mu_t)\, g}{1 - p}, \quad "
        r"\hat{v} = \frac{v}{1 - \beta_2^t}, \quad w \leftarrow w - \frac{\eta}{\sqrt{\hat{v}} + \epsilon}\, \hat{m}"
    )
    beta_1: float = setting(0.9, 0.0, 0.999999)
    beta_2: float = setting(0.999, 0.0, 0.999999)
    epsilon: float = setting(1e-7, 1e-16, 100.0, log=True)

    def remembers(self) -> tuple[str, ...]:
        return ("m", "v")

    def start(self, w: np.ndarray) -> Memory:
        return super().start(w) | {"p": np.array(1.0)}

    def mu(self, t: int) -> float:
        """The momentum of step ``t`` (1, 2, ...)."""
        return self.beta_1 * (1 - 0.5 * 0.96**t)

    def update_step(self, w: np.ndarray, g: np.ndarray, memory: Memory, eta: float, t: int) -> np.ndarray:
        m, v, p, beta_1, beta_2 = memory["m"], memory["v"], memory["p"], self.beta_1, self.beta_2
        mu, mu_next = self.mu(t), self.mu(t + 1)
        p *= mu
        m *= beta_1
        m += (1 - beta_1) * g
        v *= beta_2
        v += (1 - beta_2) * (g * g)
        m_hat = memory["m_hat"] = mu_next / (1 - float(p) * mu_next) * m + (1 - mu) / (1 - float(p)) * g
        v_hat = memory["v_hat"] = v / (1 - beta_2**t)
        rate = memory["rate"] = eta / (np.sqrt(v_hat) + self.epsilon)
        return w - rate * m_hat


@dataclass(frozen=True)
class Lion(Optimizer):
    """Every weight moves by exactly the learning rate, up or down: only the sign of the momentum counts.

    beta_1 is above 0: without it the sign of the gradient alone would count, and that is another rule.
    Source: Chen et al., Symbolic Discovery of Optimization Algorithms (2023), algorithm 2.
    """

    grew_from: ClassVar[tuple[str, ...]] = ("momentum",)
    better: ClassVar[Better] = "direction"
    formula: ClassVar[str] = (
        r"c = \beta_1 m + (1 - \beta_1)\, g, \quad w \leftarrow w - \eta\, \mathrm{sign}(c), \quad "
        r"m \leftarrow \beta_2 m + (1 - \beta_2)\, g"
    )
    beta_1: float = setting(0.9, 0.001, 1.0)
    beta_2: float = setting(0.99, 0.0, 1.0)

    def remembers(self) -> tuple[str, ...]:
        return ("m",)

    def update_step(self, w: np.ndarray, g: np.ndarray, memory: Memory, eta: float, t: int) -> np.ndarray:
        m, beta_1, beta_2 = memory["m"], self.beta_1, self.beta_2
        c = memory["c"] = beta_1 * m + (1 - beta_1) * g
        m *= beta_2
        m += (1 - beta_2) * g
        return w - eta * np.sign(c)


class NamedRule(NamedTuple):
    """A rule under the name by which the field knows it; see ``Variant``."""

    rule: Optimizer
    formula: str
    grew_from: tuple[str, ...]
    better: Better


def named_rules() -> dict[str, NamedRule]:
    """Every member and every variant of one, by its name, with its defaults; a rule comes after those it grew from."""
    found: dict[str, NamedRule] = {}
    for name, member in Optimizer.members.items():
        assert issubclass(member, Optimizer)
        found[name] = NamedRule(member(), member.formula, member.grew_from, member.better)
        for variant, (settings, formula, grew_from, better) in member.variants.items():
            found[variant] = NamedRule(member(**settings), formula, grew_from, better or member.better)
    return found


class Stepper:
    """An optimizer with its state: its memory, the number of steps and the learning rate.

    rule: an optimizer, or what ``get`` takes. slices: the place of each variable in the vector of weights.
    """

    def __init__(self, rule: Any, slices: Sequence[slice | EllipsisType] = WHOLE) -> None:
        self.rule = get(rule)
        """The optimizer; setting ``learning_rate`` replaces it by one with the new rate."""
        self.slices = slices
        """The place of each variable in the vector of weights; ``clipnorm`` acts on each by itself, as in Keras."""
        self.iterations = 0
        """The number of steps done."""
        self.memory: Memory = {}
        """See ``Optimizer.start``; empty before the first step."""

    def step(self, w: np.ndarray, g: np.ndarray) -> np.ndarray:
        """The weights after one more step, given the gradient ``g`` of the shape of ``w``; both are left as they are.

        What overflows becomes infinite or NaN with NumPy's usual warning, which ``np.errstate`` silences.
        Raises ValueError if the shapes of the first ``w`` and ``g`` differ.
        """
        if self.iterations == 0:
            if np.shape(w) != np.shape(g):
                raise ValueError(f"the weights have shape {np.shape(w)} and their gradient has {np.shape(g)}")
            self.memory = self.rule.start(w)
        self.iterations += 1
        return self.rule.update(w, g, self.memory, self.iterations, self.slices)

    def step_terms(self, w: np.ndarray, g: np.ndarray) -> Memory:
        """The named parts of the step that ``step`` would do now, which is not done; see ``Optimizer.step_terms``."""
        return self.rule.step_terms(w, g, self.memory or self.rule.start(w), self.iterations + 1, self.slices)

    @property
    def learning_rate(self) -> float:
        """The rate of the next step. A number or a schedule may be set; a schedule gives way to a schedule only."""
        return self.rule.rate(self.iterations + 1)

    @learning_rate.setter
    def learning_rate(self, rate: Rate) -> None:
        if callable(self.rule.learning_rate) and not callable(rate):
            raise TypeError(f"the learning rate follows {self.rule.learning_rate!r}; a number cannot be set instead")
        # float: callbacks hand over NumPy's numbers of any kind
        self.rule = dataclasses.replace(self.rule, learning_rate=rate if callable(rate) else float(rate))


def get(which: Any) -> Optimizer:
    """The optimizer that a name, a class or an optimizer means; see ``Family.get``. As in Keras, case is no matter."""
    return Optimizer.get(which.lower() if isinstance(which, str) else which)


def __getattr__(name: str) -> Any:
    """The module of schedules, which in Keras belongs to the optimizers: ``optimizers.schedules``."""
    if name == "schedules":
        # schedules know nothing of optimizers, which do without them, too
        from dlcore import schedules

        return schedules
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
