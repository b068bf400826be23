"""Schedules: a learning rate that changes while a model trains.

    rate = schedule(step)          step 0, 1, 2, ...: a number, or an array of any shape for the whole curve at once

In the formulas t is the step, η_t the rate at it, η_0 the initial rate and T the number of steps that one decay takes.
Names and arguments are Keras 3's (``keras.optimizers.schedules``); Keras has no defaults for the first two arguments,
the ones here suit a short run. Large steps early find the right valley, small ones late find its bottom.
"""

import math
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar

import numpy as np

from dlcore.family import Family, Setting, SettingError, setting

STAIRS = r"\lfloor t / T \rfloor"
"""The whole periods that are over, in LaTeX: with them a decay comes all at once at the end of each."""


class Schedule(Family):
    """What all schedules share."""

    in_keras: ClassVar[bool] = True
    """Whether Keras has it under the same name."""

    def __call__(self, step: Any) -> Any:
        """The learning rate at ``step`` = 0, 1, 2, ..., a number or an array; of the same shape."""
        raise NotImplementedError

    @property
    def formula_text(self) -> str:
        """The formula with these settings: of what is switched off there is nothing in it."""
        return self.formula

    @property
    def keras(self) -> str:
        """The expression that makes the same schedule in Keras; empty if Keras has none."""
        return f"keras.optimizers.schedules.{self!r}" if self.in_keras else ""


@dataclass(frozen=True)
class Constant(Schedule):
    """No change at all: what a plain number as learning rate means."""

    formula: ClassVar[str] = r"\eta_t = \eta_0"
    in_keras: ClassVar[bool] = False
    learning_rate: float = setting(0.01, 1e-9, 1e3, log=True)

    def __call__(self, step: Any) -> Any:
        return self.learning_rate * np.ones(np.shape(step))[()]  # [()] makes a number of an array without axes


@dataclass(frozen=True)
class PiecewiseConstantDecay(Schedule):
    """Stairs: each of the values holds up to and including its boundary, the last one for ever.

    ``values`` has one entry more than ``boundaries``, which increase; lists are taken as tuples.
    """

    formula: ClassVar[str] = r"\eta_t = v_i, \quad b_{i-1} < t \le b_i"
    boundaries: Sequence[float] = (500, 800)
    values: Sequence[float] = (0.1, 0.03, 0.01)

    def __post_init__(self) -> None:
        for name in ("boundaries", "values"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        if len(self.values) != len(self.boundaries) + 1:
            raise SettingError(
                "PiecewiseConstantDecay needs one value more than boundaries; "
                f"it has {len(self.values)} values and {len(self.boundaries)} boundaries"
            )
        if not all(low < high for low, high in zip(self.boundaries, self.boundaries[1:], strict=False)):
            raise SettingError(f"PiecewiseConstantDecay's boundaries must increase; they are {self.boundaries!r}")
        for value in self.values:
            Setting(0.1, 0.0, 1e3).check("PiecewiseConstantDecay's every value", value)

    def __call__(self, step: Any) -> Any:
        return np.asarray(self.values, dtype=float)[np.searchsorted(self.boundaries, step)]


@dataclass(frozen=True)
class ExponentialDecay(Schedule):
    """The same factor for every so many steps; with ``staircase`` all at once at the end of them.

    A factor above 1 makes it grow, which is how the range of useful rates is searched (Smith 2017).
    """

    formula: ClassVar[str] = r"\eta_t = \eta_0\, \gamma^{\,t / T}"
    initial_learning_rate: float = setting(0.1, 1e-9, 1e3, log=True)
    decay_steps: int = setting(1000, 1, 1_000_000_000, log=True)
    decay_rate: float = setting(0.5, 1e-6, 10.0, log=True)
    staircase: bool = setting(False)

    @property
    def formula_text(self) -> str:
        return self.formula.replace("t / T", STAIRS) if self.staircase else self.formula

    @np.errstate(over="ignore")  # a rate that grows ends at infinity
    def __call__(self, step: Any) -> Any:
        p = np.divide(step, self.decay_steps)
        return self.initial_learning_rate * np.power(self.decay_rate, np.floor(p) if self.staircase else p)


@dataclass(frozen=True)
class InverseTimeDecay(Schedule):
    """Ever smaller, but so slowly that all steps together still reach any distance.

    Source: Robbins & Monro, A stochastic approximation method (1951): sums of rates like 1/t grow without bound, sums
    of their squares do not, and that is enough to arrive in spite of noise.
    """

    formula: ClassVar[str] = r"\eta_t = \frac{\eta_0}{1 + \gamma\, t / T}"
    initial_learning_rate: float = setting(0.1, 1e-9, 1e3, log=True)
    # not a whole number: Keras's own example has decay_steps=1.0
    decay_steps: float = setting(1000.0, 1e-3, 1e9, log=True)
    decay_rate: float = setting(1.0, 0.0, 1e3)
    staircase: bool = setting(False)

    @property
    def formula_text(self) -> str:
        return self.formula.replace("t / T", STAIRS) if self.staircase else self.formula

    def __call__(self, step: Any) -> Any:
        p = np.divide(step, self.decay_steps)
        return self.initial_learning_rate / (1.0 + self.decay_rate * (np.floor(p) if self.staircase else p))


@dataclass(frozen=True)
class PolynomialDecay(Schedule):
    """Down to the end rate in a straight line, or a curve of another power, and then no further.

    With ``cycle`` each end is a new beginning: T is stretched to its next multiple, so the rate jumps up to a lower
    height every time.
    """

    formula: ClassVar[str] = (
        r"\eta_t = (\eta_0 - \eta_{end}) \left(1 - \frac{\min(t, T)}{T}\right)^{\text{power}} + \eta_{end}"
    )
    initial_learning_rate: float = setting(0.1, 1e-9, 1e3, log=True)
    decay_steps: int = setting(1000, 1, 1_000_000_000, log=True)
    end_learning_rate: float = setting(0.0001, 0.0, 1e3)
    power: float = setting(1.0, 0.01, 100.0, log=True)
    cycle: bool = setting(False)

    @property
    def formula_text(self) -> str:
        cycled = r"\frac{t}{T\, \max(1,\, \lceil t / T \rceil)}"
        return self.formula.replace(r"\frac{\min(t, T)}{T}", cycled) if self.cycle else self.formula

    def __call__(self, step: Any) -> Any:
        p = np.divide(step, self.decay_steps)
        # the first cycle is not over at t = 0, though 0 is a multiple of T
        p = p / np.maximum(np.ceil(p), 1.0) if self.cycle else np.minimum(p, 1.0)
        return (self.initial_learning_rate - self.end_learning_rate) * (1.0 - p) ** self.power + self.end_learning_rate


def _half_wave(p: Any) -> Any:
    """From 1 down to 0 along half a period of the cosine, for p from 0 to 1: slow, fast, slow."""
    return 0.5 * (1.0 + np.cos(math.pi * p))


@dataclass(frozen=True)
class CosineDecay(Schedule):
    """Half a cosine from the top down to the fraction α of it, if wanted after a straight climb to the top.

    The climb from ``initial_learning_rate`` to ``warmup_target`` takes W = ``warmup_steps``, the decay another
    ``decay_steps``. Without a ``warmup_target`` there is no climb, and the initial rate is the top.
    Source: Loshchilov & Hutter, SGDR (2017), equation 5; the climb: Goyal et al., Accurate, large minibatch SGD (2017).
    """

    formula: ClassVar[str] = (
        r"\eta_t = \begin{cases} \eta_{start} + (\eta_{top} - \eta_{start})\, \frac{t}{W} & t < W \\ \eta_{top}"
        r" \left((1 - \alpha)\, \frac{1}{2}\left(1 + \cos \pi \frac{\min(t - W,\, T)}{T}\right) + \alpha\right)"
        r" & t \ge W \end{cases}"
    )
    decay_formula: ClassVar[str] = (
        r"\eta_t = \eta_0 \left((1 - \alpha)\, \frac{1}{2}\left(1 + \cos \pi \frac{\min(t,\, T)}{T}\right)"
        r" + \alpha\right)"
    )
    """The formula without a climb."""
    initial_learning_rate: float = setting(0.1, 0.0, 1e3)  # 0 is the usual start of a climb
    decay_steps: int = setting(1000, 1, 1_000_000_000, log=True)
    alpha: float = setting(0.0, 0.0, 1.0)
    _: KW_ONLY  # Keras has an argument called name in between
    warmup_target: float | None = None
    warmup_steps: int = setting(0, 0, 1_000_000_000)

    @property
    def formula_text(self) -> str:
        return self.decay_formula if self.warmup_target is None else self.formula

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.warmup_target is not None:
            Setting(0.1, 0.0, 1e3).check("CosineDecay's warmup_target", self.warmup_target)

    def __call__(self, step: Any) -> Any:
        if self.warmup_target is None:
            return self._half_cosine(self.initial_learning_rate, step)
        climb = (self.warmup_target - self.initial_learning_rate) * np.divide(step, max(self.warmup_steps, 1))
        decayed = self._half_cosine(self.warmup_target, np.subtract(step, self.warmup_steps))
        return np.where(np.less(step, self.warmup_steps), self.initial_learning_rate + climb, decayed)[()]

    def _half_cosine(self, top: float, step: Any) -> Any:
        p = np.minimum(np.divide(step, self.decay_steps), 1.0)
        return top * ((1.0 - self.alpha) * _half_wave(p) + self.alpha)


@dataclass(frozen=True)
class CosineDecayRestarts(Schedule):
    """Half a cosine again and again: each restart throws the weights out of the valley that they are in.

    Every period is ``t_mul`` times as long as the one before and starts ``m_mul`` times as high.
    Source: Loshchilov & Hutter, SGDR: Stochastic gradient descent with warm restarts (2017), equation 5.
    """

    formula: ClassVar[str] = (
        r"\eta_t = \eta_0 \left((1 - \alpha)\, m^i\, \frac{1}{2}\left(1 + \cos \pi \frac{t - t_i}{T_i}\right)"
        r" + \alpha\right), \quad T_i = T\, k^i, \quad t_i = T_0 + \dots + T_{i-1}"
    )
    initial_learning_rate: float = setting(0.1, 1e-9, 1e3, log=True)
    first_decay_steps: int = setting(200, 1, 1_000_000_000, log=True)
    t_mul: float = setting(2.0, 1.0, 10.0)
    m_mul: float = setting(1.0, 0.0, 10.0)
    alpha: float = setting(0.0, 0.0, 1.0)

    def __call__(self, step: Any) -> Any:
        p, k = np.divide(step, self.first_decay_steps), self.t_mul
        # i periods take (k^i - 1) / (k - 1) times the first; log(3^5) / log(3) is a little less than 5
        i = np.floor(p) if k == 1 else np.floor(np.log(1.0 + p * (k - 1.0)) / math.log(k) + 1e-12)
        before = i if k == 1 else (k**i - 1.0) / (k - 1.0)
        wave = self.m_mul**i * _half_wave((p - before) / k**i)
        return self.initial_learning_rate * ((1.0 - self.alpha) * wave + self.alpha)


@dataclass(frozen=True)
class OneCycle(Schedule):
    """One long climb to a rate that would be too large to stay at, then down to almost nothing, in one training.

    The climb starts at max_rate / div_factor and takes the share ``pct_start`` of ``total_steps``; the descent ends at
    the start divided by ``final_div_factor``. Source: L. N. Smith, A disciplined approach to neural network
    hyper-parameters (2018), section 4. Keras has no such schedule; this is PyTorch's ``OneCycleLR`` with its
    defaults (two phases, momentum left alone), except that the rate stays as it is after the last step, where
    PyTorch raises an error.
    """

    formula: ClassVar[str] = (
        r"\eta_t = \begin{cases}"
        r" \eta_{start} + (\eta_{max} - \eta_{start})\, \frac{1}{2}\left(1 - \cos \pi \frac{t}{t_1}\right) & t < t_1 \\"
        r" \eta_{end} + (\eta_{max} - \eta_{end})\, \frac{1}{2}\left(1 + \cos \pi \frac{t - t_1}{t_2 - t_1}\right)"
        r" & t \ge t_1 \end{cases}"
    )
    """In cosines; t_1 is the step at the top and t_2 the last one."""
    linear_formula: ClassVar[str] = (
        r"\eta_t = \begin{cases} \eta_{start} + (\eta_{max} - \eta_{start})\, \frac{t}{t_1} & t < t_1 \\"
        r" \eta_{max} + (\eta_{end} - \eta_{max})\, \frac{t - t_1}{t_2 - t_1} & t \ge t_1 \end{cases}"
    )
    """The formula in straight lines."""
    in_keras: ClassVar[bool] = False
    max_rate: float = setting(0.1, 1e-9, 1e3, log=True)
    total_steps: int = setting(1000, 1, 1_000_000_000, log=True)
    pct_start: float = setting(0.3, 0.0, 0.99)
    anneal_strategy: str = setting("cos", choices=("cos", "linear"))
    div_factor: float = setting(25.0, 1.0, 1e6, log=True)
    final_div_factor: float = setting(1e4, 1.0, 1e9, log=True)

    @property
    def formula_text(self) -> str:
        return self.formula if self.anneal_strategy == "cos" else self.linear_formula

    def __call__(self, step: Any) -> Any:
        start = self.max_rate / self.div_factor
        end = start / self.final_div_factor
        last = self.total_steps - 1  # steps count from 0
        top = self.pct_start * self.total_steps - 1
        t = np.minimum(step, last)
        climb = self._between(start, self.max_rate, t / top) if top > 0 else self.max_rate
        descent = self._between(self.max_rate, end, (t - top) / (last - top))
        return np.where(t < top, climb, descent)[()]

    def _between(self, u: float, v: float, p: Any) -> Any:
        """From u at p = 0 to v at p = 1."""
        return v + (u - v) * (_half_wave(p) if self.anneal_strategy == "cos" else 1.0 - p)


def get(which: Any) -> Schedule:
    """The schedule that a name, a class or a schedule means; see ``Family.get``."""
    return Schedule.get(which)
