"""The controls of a learning rate schedule, and the schedule that they say."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dlcore.callbacks import ReduceLROnPlateau
from dlcore.experiments.rate_trials import Trial, TrialResult
from dlcore.family import Setting
from dlcore.schedules import CosineDecay, PiecewiseConstantDecay, Schedule
from ui.beat import Beat
from ui.controls.kinds import Choice, Number, Switch
from ui.controls.widgets import kind_of

TOPS = ("initial_learning_rate", "max_rate")
"""Settings that are the page's own learning rate."""

LENGTHS = {"decay_steps": 100, "first_decay_steps": 25, "total_steps": 100}
"""Settings that are numbers of steps: their defaults in per cent of the whole training."""

SHARE = Number(100, 2, 200, whole=True)

# declared ranges reach as far as is valid; a slider shows what makes a difference in a short training
SIZED: dict[str, Number] = {
    "exponential_decay_decay_rate": Number(0.1, 0.001, 1.5, log=True),
    "inverse_time_decay_decay_rate": Number(10, 0.1, 1000, log=True),
    "polynomial_decay_end_learning_rate": Number(0.0, 0.0, 1.0),
    "polynomial_decay_power": Number(1.0, 0.1, 10, log=True),
    "cosine_decay_restarts_t_mul": Number(1.0, 1.0, 3.0),
    "cosine_decay_restarts_m_mul": Number(1.0, 0.1, 1.5),
    "one_cycle_div_factor": Number(25, 1, 1000, log=True),
    "one_cycle_final_div_factor": Number(1e4, 1, 1e6, log=True),
}
FIRST = ("decay_steps", "first_decay_steps", "decay_rate", "pct_start")
"""Settings that are in sight; the others are one click away."""


def _kind_of(name: str, setting: str, declared: Setting) -> Number | Choice | Switch:
    """The kind of control for a schedule's setting: of what makes a difference in a short training."""
    if setting in LENGTHS:
        return Number(LENGTHS[setting], SHARE.low, SHARE.high, whole=True)
    return SIZED.get(f"{name}_{setting}", kind_of(declared))


@dataclass(frozen=True)
class Plan:
    """How the rate of a training is to change: by a schedule, or from a rate by a callback with these settings.

    Without either the rate stays as it is.
    """

    start: float
    schedule: Schedule | None = None
    factor: float = 0.0
    patience: int = 0

    def train(self, trial: Trial) -> TrialResult:
        """The training of a trial with this rate."""
        if self.schedule is not None:
            return trial.train(self.schedule)
        callbacks = [ReduceLROnPlateau("loss", factor=self.factor, patience=self.patience)] if self.factor else []
        return trial.train(self.start, callbacks)

    @property
    def formula(self) -> str:
        """The rule of the rate, in LaTeX."""
        if self.schedule is None:
            return ReduceLROnPlateau.formula
        # the rate that is chosen on the page, η₀, is the top of a climb
        return self.schedule.formula_text.replace(r"\eta_{top}", r"\eta_0").replace(r"\eta_{max}", r"\eta_0")

    @property
    def code(self) -> str:
        """The line that makes it in Keras; where Keras has none, the one that makes it here."""
        if self.schedule is None:
            settings = f'monitor="loss", factor={self.factor!r}, patience={self.patience!r}'
            return f"keras.callbacks.ReduceLROnPlateau({settings})"
        return f"learning_rate = {self.schedule.keras or repr(self.schedule)}"

    @property
    def in_keras(self) -> bool:
        """Whether ``code`` is a line of Keras."""
        return self.schedule is None or self.schedule.in_keras

    @property
    def source(self) -> type:
        """The class whose source is the explanation."""
        return ReduceLROnPlateau if self.schedule is None else type(self.schedule)


# ---- schedules with controls of our own ------------------------------------------------------------------------------


@dataclass(frozen=True)
class OwnControls:
    """Controls, by setting, of a schedule that declares nothing that fits a slider; ``plan`` makes it of their values.

    plan: called with the first rate, the number of steps, and the settings by name.
    """

    kinds: dict[str, Number]
    plan: Callable[..., Plan]


def _stairs(start: float, steps: int, stairs: float, stair_factor: float) -> Plan:
    count = int(stairs)
    ends = tuple(round(steps * k / count) for k in range(1, count))
    heights = tuple(float(f"{start * stair_factor**k:.4g}") for k in range(count))
    return Plan(start, PiecewiseConstantDecay(ends, heights))


def _warm_up(start: float, steps: int, warmup_share: float, warmup_start: float) -> Plan:
    climb = max(1, round(steps * warmup_share / 100))
    rest = max(1, steps - climb)
    return Plan(start, CosineDecay(start * warmup_start, rest, warmup_target=start, warmup_steps=climb))


def _on_plateau(start: float, steps: int, factor: float, patience: float) -> Plan:
    return Plan(start, None, factor, int(patience))


OURS = {
    "piecewise_constant_decay": OwnControls(
        {"stairs": Number(3, 2, 6, whole=True), "stair_factor": Number(0.3, 0.01, 1, log=True)}, _stairs
    ),
    "warm_up": OwnControls(
        {"warmup_share": Number(20, 2, 90, whole=True), "warmup_start": Number(0.0, 0.0, 1.0)}, _warm_up
    ),
    "reduce_on_plateau": OwnControls(
        {"factor": Number(0.5, 0.05, 0.95), "patience": Number(3, 1, 15, whole=True)}, _on_plateau
    ),
}
"""By the name of the schedule."""

NAMES = (
    "cosine_decay",
    *(name for name in Schedule.members if name not in ("constant", "cosine_decay")),
    *list(OURS)[1:],
)


# ---- choosing --------------------------------------------------------------------------------------------------------
class ScheduleControls:
    """The controls of one schedule: first the few that matter, then, inside ``more``, the others."""

    def __init__(self, beat: Beat, key: str, start: float) -> None:
        self.beat, self.start = beat, start
        self.name = beat.menu(key, Choice(NAMES[0], NAMES), "schedule", option_label=beat.member)
        self.values: dict[str, Any] = {}
        for name in NAMES:
            for setting, (kind, draw) in self._controls(name).items():
                if name != self.name:
                    beat.value_of(f"{name}_{setting}", kind)
                elif self._in_sight(setting):
                    self.values[setting] = draw(f"{name}_{setting}", kind, setting)

    @property
    def keys(self) -> tuple[str, ...]:
        """The names in the address of all that can be set of any schedule."""
        return tuple(f"{name}_{setting}" for name in NAMES for setting in self._controls(name))

    def _in_sight(self, setting: str) -> bool:
        return setting in FIRST or (self.name in OURS and setting != "warmup_start")

    def draw_rest(self) -> None:
        """Draw what is one click away."""
        for setting, (kind, draw) in self._controls(self.name).items():
            if not self._in_sight(setting):
                self.values[setting] = draw(f"{self.name}_{setting}", kind, setting)

    def _controls(self, name: str) -> dict[str, tuple[Any, Callable[..., Any]]]:
        if name in OURS:
            return {setting: (kind, self.beat.slider) for setting, kind in OURS[name].kinds.items()}
        declared = Schedule.members[name].settings()
        wanted = {
            s: each for s, each in declared.items() if s not in TOPS and not (name == "cosine_decay" and "warm" in s)
        }
        kinds = {setting: _kind_of(name, setting, each) for setting, each in wanted.items()}
        return {setting: (kind, self.beat.control_of(kind)) for setting, kind in kinds.items()}

    def plan(self, trial: Trial) -> Plan:
        """What was chosen, for a training of so many steps."""
        if self.name in OURS:
            return OURS[self.name].plan(self.start, trial.steps, **self.values)
        return Plan(self.start, self._member(trial.steps))

    def _member(self, steps: int) -> Schedule:
        member = Schedule.members[self.name]
        settings: dict[str, Any] = {top: self.start for top in TOPS if top in member.settings()}
        for setting, value in self.values.items():
            if setting in LENGTHS:
                value = max(1, round(steps * value / 100))
            elif setting == "end_learning_rate":
                value = self.start * value
            settings[setting] = value
        return member(**settings)  # type: ignore[return-value]
