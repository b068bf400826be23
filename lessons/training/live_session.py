"""The live training of one visit: what a reader has changed at which epoch, and which frames are wanted next.

It lies in the visit's session alone and keeps at most ``MOST_BYTES``; a training with other layers or data takes its
place.
"""

import math
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from secrets import token_hex
from threading import Lock
from typing import Any, NamedTuple

from dlcore.experiments.live_training import LiveFrames, LiveTraining, LiveView
from dlcore.experiments.training_config import Prepared, Recipe
from dlcore.optimizers import Optimizer, named_rules

CHUNK, MOST_AT_ONCE = 25, 120
"""Epochs that are there before play is pressed, and the most that one message asks for."""

MOST_BYTES = 8_000_000
"""Of the training; the rest of a visit, of which Streamlit has its share, is to find room within 10 MB too."""

ONE_TRAINS = Lock()
"""Held by the visit that trains, a chunk long. A class that plays at once would train at once, and everybody who only
turns a page would wait for all of them.
"""

MOST_ACTS = 200
"""So many changes are remembered; of a training with more there is no program."""


@dataclass(frozen=True)
class LiveSettings:
    """What a reader wants to see trained.

    origin: what begins a new training when it differs. parts: the rows, which follow from ``rows``.
    """

    origin: Any
    rows: Any
    recipe: Recipe
    parts: Prepared = field(compare=False, repr=False)
    extent: tuple[tuple[float, float], tuple[float, float]]


class Act(NamedTuple):
    """What was done to a training at an epoch: the method of ``LiveTraining`` and its arguments after the epoch.

    Of ``replace_data`` the rows are as ``LiveSettings.rows``, from which their parts follow.
    """

    epoch: int
    method: str
    args: tuple[Any, ...]


@dataclass(eq=False)
class LiveSession:
    """A training that is played, and how far it has been asked for.

    begun: what it began with. wanted: what the controls say. applied: what it is trained by. acts: what was done to it,
    in order; None once that were too many. version: counts what made frames invalid that a
    browser may hold. sinces: by version that the browser has not, the first epoch that was another one then; None if
    all were.

    A click starts another run of the page while the last one still trains; whoever trains waits for the other.
    """

    begun: LiveSettings
    wanted: LiveSettings
    applied: LiveSettings
    training: LiveTraining
    version: int = 0
    sinces: dict[int, int | None] = field(default_factory=dict)
    change: int = 0
    """The number of the last change that waits for the epoch from which it holds; 0 if none does."""
    changes: int = 0
    start: int = 0
    stop: int = CHUNK + 1
    known: int = -1
    """The version that the browser has, and whether it has its pasts."""
    has_pasts: bool = False
    inspected: dict[str, Any] = field(default_factory=dict)
    """What is to be told of the unit that is looked at."""
    name: str = field(default_factory=partial(token_hex, 4))
    """Tells this training from others, for a browser that comes back to it."""
    acts: list[Act] | None = field(default_factory=list)
    refused: str = ""
    """Why the last change could not be made, in dlcore's words."""
    busy: Lock = field(default_factory=Lock, repr=False)

    @classmethod
    def of(cls, wanted: LiveSettings, version: int = 0) -> "LiveSession":
        """The session before the first epoch."""
        view = LiveView(wanted.extent)
        training = LiveTraining(wanted.recipe, wanted.parts, view, MOST_BYTES)
        return cls(wanted, wanted, wanted, training, version, {version: None})

    @property
    def since(self) -> int | None:
        """The first epoch that is another one than in the version that the browser has; None if all are."""
        firsts = [self.sinces.get(version) for version in range(self.known + 1, self.version + 1)]
        known = [first for first in firsts if first is not None]
        return min(known) if known and len(known) == len(firsts) else None

    def want(self, wanted: LiveSettings) -> "LiveSession":
        """The session for what is wanted now: this one, which asks for the epoch of the change, or a new one."""
        if wanted.origin != self.wanted.origin:
            return LiveSession.of(wanted, self.version + 1)
        if wanted != self.wanted:
            self.changes += 1
            self.change, self.wanted = self.changes, wanted
        return self

    def ask(self, wish: Mapping[str, Any]) -> None:
        """Do what a browser asks for; what it says is anyone's word."""
        with self.busy:
            live = self.training
            at = _whole(wish.get("at"), live.first, live.last_epoch)
            self.refused = ""
            known = _whole(wish.get("version"), -1, self.version)
            self.inspected = {}
            match wish.get("act"):
                case "apply" if self.change and wish.get("change") == self.change:
                    self._change(at, self._apply)
                case "weight":
                    self._change(at, lambda at: self._set_weight(at, wish))
                case "cut_off" | "restore" as act:
                    self._change(at, lambda at: self._do(act, at, *_unit(wish)))
                case "confusion":
                    self.inspected = {"at": at, "confusion": live.confusion(at).tolist()}
                case "inspect":
                    self._inspect(at, *_unit(wish))
                case _:
                    pass
            start = _whole(wish.get("from"), live.first, live.last_epoch + 1)
            count = _whole(wish.get("count"), 1, MOST_AT_ONCE)
            self.start, self.stop = start, start + count
            self.known, self.has_pasts = known, wish.get("pasts") is True and known == self.version
            # a browser that asks with less than it had begins anew, so what it has heard of may go
            self.sinces = {version: first for version, first in self.sinces.items() if version > known}

    def _change(self, at: int, make: Callable[[int], None]) -> None:
        """Make a change at an epoch, from which on all frames are others; one that is refused changes nothing."""
        try:
            make(at)
        except ValueError as error:
            self.refused = str(error)
        else:
            self.version += 1
            self.sinces[self.version] = at

    def _apply(self, at: int) -> None:
        wanted = self.wanted
        self.change = 0
        self._do("change", at, wanted.recipe)
        if wanted.rows != self.applied.rows:
            self.training.replace_data(at, wanted.parts)
            self._note(Act(at, "replace_data", (wanted.rows,)))
        self.applied = wanted

    def _do(self, method: str, at: int, *args: Any) -> None:
        """Do that to the training, and note it once it is done."""
        getattr(self.training, method)(at, *args)
        self._note(Act(at, method, args))

    def _note(self, act: Act) -> None:
        """Remember what was done; what was done later than that is undone by it."""
        if self.acts is not None:
            acts = [*(each for each in self.acts if each.epoch <= act.epoch), act]
            self.acts = acts if len(acts) <= MOST_ACTS else None

    def _set_weight(self, at: int, wish: Mapping[str, Any]) -> None:
        place, value = wish.get("place"), wish.get("value")
        if not (isinstance(place, list) and all(isinstance(k, int) for k in place) and isinstance(value, int | float)):
            raise ValueError("a weight is named by its layer and place, and set to a number")
        name = "bias" if len(place) == 1 else "kernel"
        self._do("set_weight", at, _whole(wish.get("layer"), -1, 99), name, tuple(place), float(value))

    def _inspect(self, at: int, layer: int, unit: int) -> None:
        """Look at a unit: its map in detail, and what the network would lose without it."""
        live = self.training
        if not 0 <= layer < len(live.recipe.layers) - 1 or not 0 <= unit < live.recipe.layers[layer].units:
            return
        large = live.large_map(at, layer, unit)
        self.inspected = {"at": at, "layer": layer, "unit": unit, "map": b64encode(large.tobytes()).decode()}
        scores = live.without_unit(at, layer, unit)
        self.inspected |= {which: {k: _finite(v) for k, v in each.items()} for which, each in scores.items()}

    def frames(self) -> LiveFrames:
        """The frames that were asked for, trained if they have to be."""
        with self.busy:
            live = self.training
            while live.last_epoch < self.stop - 1 and live.ended is None:
                with ONE_TRAINS:
                    live.train(min(CHUNK, self.stop - 1 - live.last_epoch))
            start = min(max(self.start, live.first), live.last_epoch)
            stop = max(self.stop, start + 1)
            # whatever else makes the page run again brings no frames that are there already
            self.start = stop - 1
            frames = live.frames(start, stop)
            rates = live.learning_rates(frames.start, frames.start + len(frames.border))
            return frames._replace(logs=frames.logs | {"learning_rate": rates})

    def header(self) -> dict[str, Any]:
        """What a browser is told besides frames."""
        live = self.training
        pasts = {} if self.has_pasts else {"pasts": [_plain(p.epochs, p.logs) for p in live.pasts]}
        facts = {"version": self.version, "base": self.known, "since": self.since, "change": self.change}
        facts |= {"refused": self.refused, "name": self.name}
        return (
            facts
            | pasts
            | {
                "first": live.first,
                "done": live.last_epoch,
                "ended": live.ended,
                "ended_at": live.ended_at,
                "marks": [[mark.epoch, _in_symbols(mark.changes)] for mark in live.marks],
                "cut": [list(unit) for unit in live.cut_units],
                "inspected": self.inspected,
            }
        )


SYMBOLS = {
    "learning_rate": "η",
    "batch_size": "B",
    "l1": "L1",
    "l2": "L2",
    "dropout": "r",
    "weight": "w",
    "cut_off": "✂",
}


def _in_symbols(changes: Mapping[str, Any]) -> str:
    """A change as short as a curve has room for it."""
    return ", ".join(_in_symbol(name, value) for name, value in changes.items())


def _in_symbol(name: str, value: Any) -> str:
    match name:
        case "learning_rate" if callable(value):
            return f"{SYMBOLS[name]}(t)"
        case "learning_rate" | "batch_size":
            return f"{SYMBOLS[name]} {value:g}"
        case "l1" | "l2" | "dropout" | "activation":
            return f"{SYMBOLS.get(name, '')} {value[0]}".strip()
        case "optimizer":
            return _rule_name(value)
        case "loss":
            return value.name()
        case "weight" | "cut_off":
            return SYMBOLS[name]
        case _:
            return "±"


def _rule_name(optimizer: Optimizer) -> str:
    """The name by which the field knows an optimizer, such as momentum for what Keras calls SGD."""
    rules = {name: each.rule for name, each in named_rules().items()}
    alike = (name for name, rule in rules.items() if replace(rule, learning_rate=optimizer.learning_rate) == optimizer)
    return next(alike, optimizer.name())


def _finite(value: float) -> float | None:
    return float(f"{value:.4g}") if math.isfinite(value) else None


def _unit(wish: Mapping[str, Any]) -> tuple[int, int]:
    """The layer and the unit that a wish names; -1 for what is none."""
    return _whole(wish.get("layer"), -1, 99), _whole(wish.get("unit"), -1, 9999)


def _plain(epochs: Any, logs: Mapping[str, Any]) -> dict[str, Any]:
    """A past for a message; what is not finite is no number there."""
    columns = {name: [_finite(v) for v in values] for name, values in logs.items()}
    return {"epochs": [int(epoch) for epoch in epochs]} | columns


def _whole(value: Any, low: int, high: int) -> int:
    """A whole number between two, whatever was sent."""
    if not isinstance(value, int | float) or not math.isfinite(value):
        return low
    return int(min(max(value, low), high))


def session_for(session: LiveSession | None, wanted: LiveSettings) -> LiveSession:
    """The session for what is wanted, new if there is none."""
    return LiveSession.of(wanted) if session is None else session.want(wanted)
