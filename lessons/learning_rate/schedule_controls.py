"""The controls of a learning rate schedule, and the schedule that they say."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dlcore.callbacks import ReduceLROnPlateau
from dlcore.family import Setting
from dlcore.schedules import CosineDecay, PiecewiseConstantDecay, Schedule
from dlcore.trials import Training, Trial
from ui.beat import Beat
from ui.controls.kinds import Choice, Kind, Number, Switch

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

OURS = {
    "piecewise_constant_decay": {"stairs": Number(3, 2, 6, whole=True), "stair_factor": Number(0.3, 0.01, 1, log=True)},
    "warm_up": {"warmup_share": Number(20, 2, 90, whole=True), "warmup_start": Number(0.0, 0.0, 1.0)},
    "reduce_on_plateau": {"factor": Number(0.5, 0.05, 0.95), "patience": Number(3, 1, 15, whole=True)},
}
"""What a page lets a reader set of schedules that declare nothing that fits a slider, in words of its own."""

NAMES = (
    "cosine_decay",
    *(name for name in Schedule.members if name not in ("constant", "cosine_decay")),
    *list(OURS)[1:],
)


@dataclass(frozen=True)
class Plan:
    """How the rate of a training is to change: by a schedule, or from a rate by a callback with these settings."""

    start: float
    schedule: Schedule | None = None
    factor: float = 0.0
    patience: int = 0

    def train(self, trial: Trial) -> Training:
        if self.schedule is not None:
            return trial.train(self.schedule)
        callbacks = [ReduceLROnPlateau("loss", factor=self.factor, patience=self.patience)] if self.factor else []
        return trial.train(self.start, callbacks)

    @property
    def formula(self) -> str:
        return ReduceLROnPlateau.formula if self.schedule is None else self.schedule.formula

    @property
    def code(self) -> str:
        """The line that makes it in Keras; where Keras has none, the one that makes it here."""
        if self.schedule is None:
            settings = f'monitor="loss", factor={self.factor!r}, patience={self.patience!r}'
            return f"keras.callbacks.ReduceLROnPlateau({settings})"
        return f"learning_rate = {self.schedule.keras or repr(self.schedule)}"

    @property
    def in_keras(self) -> bool:
        return self.schedule is None or self.schedule.in_keras

    @property
    def shown(self) -> type:
        """The class whose source is the explanation."""
        return ReduceLROnPlateau if self.schedule is None else type(self.schedule)


# ---- choosing --------------------------------------------------------------------------------------------------------
class Chooser:
    """The controls of one schedule: first the few that matter, then, inside ``more``, the others."""

    def __init__(self, beat: Beat, key: str, start: float) -> None:
        self.beat, self.start = beat, start
        self.name = beat.menu(key, Choice(NAMES[0], NAMES), "schedule", named=beat.member)
        self.values: dict[str, Any] = {}
        for name in NAMES:
            for setting, (kind, draw) in self._controls(name).items():
                if name != self.name:
                    beat.remembered(f"{name}_{setting}", kind)
                elif self._in_sight(setting):
                    self.values[setting] = draw(f"{name}_{setting}", kind, setting)

    @property
    def keys(self) -> tuple[str, ...]:
        """The names in the address of all that can be set of any schedule."""
        return tuple(f"{name}_{setting}" for name in NAMES for setting in self._controls(name))

    def _in_sight(self, setting: str) -> bool:
        return setting in FIRST or (self.name in OURS and setting != "warmup_start")

    def rest(self) -> None:
        """Draw what is one click away."""
        for setting, (kind, draw) in self._controls(self.name).items():
            if not self._in_sight(setting):
                self.values[setting] = draw(f"{self.name}_{setting}", kind, setting)

    def _controls(self, name: str) -> dict[str, tuple[Any, Callable[..., Any]]]:
        if name in OURS:
            return {setting: (kind, self.beat.slider) for setting, kind in OURS[name].items()}
        declared = Schedule.members[name].settings()
        wanted = {
            s: each for s, each in declared.items() if s not in TOPS and not (name == "cosine_decay" and "warm" in s)
        }
        return {setting: self._fitting(name, setting, each) for setting, each in wanted.items()}

    def _fitting(self, name: str, setting: str, declared: Setting) -> tuple[Kind, Callable[..., Any]]:
        if isinstance(declared.default, bool):
            return Switch(declared.default), self.beat.switch
        if declared.choices:
            return Choice(declared.default, declared.choices), self.beat.choice
        if setting in LENGTHS:
            return Number(LENGTHS[setting], SHARE.low, SHARE.high, whole=True), self.beat.slider
        whole = isinstance(declared.default, int)
        own = Number(declared.default, declared.low or 0.0, declared.high or 1.0, declared.log, whole)
        return SIZED.get(f"{name}_{setting}", own), self.beat.slider

    def plan(self, trial: Trial) -> Plan:
        """What was chosen, for a training of so many steps."""
        v, steps = self.values, trial.steps
        if self.name == "reduce_on_plateau":
            return Plan(self.start, None, v["factor"], int(v["patience"]))
        if self.name == "warm_up":
            climb = max(1, round(steps * v["warmup_share"] / 100))
            first, rest = self.start * v["warmup_start"], max(1, steps - climb)
            return Plan(self.start, CosineDecay(first, rest, warmup_target=self.start, warmup_steps=climb))
        if self.name == "piecewise_constant_decay":
            stairs = int(v["stairs"])
            ends = tuple(round(steps * k / stairs) for k in range(1, stairs))
            heights = tuple(float(f"{self.start * v['stair_factor'] ** k:.4g}") for k in range(stairs))
            return Plan(self.start, PiecewiseConstantDecay(ends, heights))
        return Plan(self.start, self._member(steps))

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
