"""A race of a class: everybody enters a learning rate and a momentum, all start at one place of a landscape."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import streamlit as st

import charts
from charts.class_race import shown_steps
from charts.picture import Picture
from dlcore.experiments.class_race import ClassRace, arrivals, class_race, places
from dlcore.experiments.momentum_limits import FORMULA, best, limit
from dlcore.experiments.optimizer_comparison import resolution
from dlcore.optimizers import SGD
from dlcore.surfaces import NarrowValley, Surface
from lessons.optimizers import height_errors, momentum_plane
from lessons.optimizers.height_errors import above_lowest, error_text
from lessons.shared import landscapes, typed_numbers
from lessons.shared.numpy_loops import landscape
from lessons.shared.typed_numbers import Unreadable
from ui.beat import Beat
from ui.controls import kinds
from ui.controls.kinds import Switch, Text
from ui.controls.widgets import Say
from ui.number_format import readable
from ui.page.room.races import Number, Numbers
from ui.question import Question
from ui.quiz import ties
from ui.quiz.goals import Goal
from ui.script_export import Experiment, short_program

MOST_ENTRIES = 300
RATES, MOMENTA = (1e-4, 10.0), (0.0, 0.999)
"""From where to where the numbers of an entry may be."""

NUMBERS = (
    Number("rate", "learning_rate", *RATES, step=0.001, start=0.01, log=True),
    Number("momentum", "momentum_beta", *MOMENTA, step=0.01, start=0.0),
)
"""What a class is asked for."""

DEFAULT = (
    "0.001, 0; 0.01, 0; 0.04, 0; 0.075, 0; 0.09, 0; 0.01, 0.5; 0.07, 0.4; 0.02, 0.8; 0.01, 0.9; 0.04, 0.9; "
    "0.003, 0.98; 0.2, 0.95"
)
"""To begin with: from careful to reckless, with and without momentum."""

ENTRIES = Text(DEFAULT, 6000)

BORDERS = (0.7, 0.95)
KINDS = ("beta_none", "beta_some", "beta_much", "beta_most")
"""The kinds of momenta that are told apart: 0, up to the first border, up to the second, and beyond."""

FATES = {
    "arrived": "class_fate_arrived",
    "on_the_way": "class_fate_on_the_way",
    "diverged": "class_fate_diverged",
}
"""What can become of an entry, and the words for it."""

YOURS = {"arrived": "class_yours_arrived", "on_the_way": "class_yours_on_the_way", "diverged": "class_yours_diverged"}
"""The words for whoever has entered it."""

LARGE_RATES = "0.2, 0; 0.2, 0.5; 0.2, 0.9; 0.3, 0; 0.3, 0.5; 0.3, 0.9; 0.5, 0; 0.5, 0.9; 1, 0; 1, 0.5"
ONE_RATE = "; ".join(f"0.04, {beta}" for beta in (0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99))
SMALL_RATES = (
    "0.0001, 0; 0.0005, 0; 0.002, 0; 0.004, 0; 0.0005, 0.5; 0.0035, 0.4; 0.001, 0.8; 0.0005, 0.9; 0.002, 0.9; "
    "0.0002, 0.98; 0.01, 0.95"
)

SOON = 9
"""In how many steps the goal's run has to arrive."""


class Entry(NamedTuple):
    """What somebody has entered; ``number``: by which they are known."""

    number: int
    rate: float
    momentum: float

    @property
    def tag(self) -> str:
        """What everybody calls it."""
        return f"#{self.number}"


@dataclass(frozen=True)
class Course:
    """What is raced on: the landscape, the start, how many steps, and whether the gradient is taken ahead."""

    surface: Surface
    start: tuple[float, ...]
    steps: int
    nesterov: bool


@dataclass(frozen=True)
class Setup:
    """A course and who races on it; ``from_class``: whether phones have entered them, each under its own tag."""

    course: Course
    entries: tuple[Entry, ...]
    from_class: bool = False


@dataclass(frozen=True, eq=False)
class Outcome:
    """What became of every entry, in their order.

    minima: the heights of the known minima, shape (minima,). resolution: heights less than this above them are noise.
    """

    entries: tuple[Entry, ...]
    race: ClassRace
    minima: np.ndarray
    resolution: float

    # ---- errors ------------------------------------------------------------------------------------------------------

    @cached_property
    def floor(self) -> float:
        """The lowest height that is known: of the deepest minimum, or of the lowest place that any run has reached."""
        return height_errors.lowest_height([self.minima, self.race.height])

    @cached_property
    def noise(self) -> float:
        """How far heights near the floor may lie from each other by rounding alone."""
        return height_errors.rounding(self.floor, self.resolution)

    @cached_property
    def error(self) -> np.ndarray:
        """How high each step of each run is above the floor, infinite once it is lost; shape (steps + 1, entries)."""
        return above_lowest(self.race.height, self.floor, self.noise)

    @property
    def at_start(self) -> float:
        """How high the start is above the floor; 1 where the start has no height."""
        high = float(self.race.height[0, 0]) - self.floor
        return high if math.isfinite(high) else 1.0

    # ---- places ------------------------------------------------------------------------------------------------------

    @cached_property
    def arrival(self) -> np.ndarray:
        """The step from which on each run has lost 99 % of its error, or -1."""
        return np.where(self.race.lost >= 0, -1, arrivals(self.error, self.at_start))

    @cached_property
    def place(self) -> np.ndarray:
        """The place of each entry; errors that are left tie if they are written alike."""
        left = np.array([ties.significant(float(error)) for error in self.error[-1]])
        return places(self.arrival, left, self.race.lost)

    @property
    def is_first(self) -> np.ndarray:
        """Whether each entry is among the first to arrive; nobody is if nobody arrives."""
        return (self.place == 1) & (self.arrival >= 0)

    @property
    def fates(self) -> np.ndarray:
        """What became of each entry, of FATES."""
        fate = np.where(self.race.lost >= 0, 2, np.where(self.arrival >= 0, 0, 1))
        return np.array(tuple(FATES))[fate]

    @property
    def kinds(self) -> np.ndarray:
        """The kind of momentum of each entry, of KINDS."""
        return np.array([kind_of(entry.momentum) for entry in self.entries])

    @property
    def kinds_first(self) -> tuple[str, ...]:
        """The kinds of momentum of those who arrive first, all that tie; "nobody" alone if none arrives."""
        first = set(self.kinds[self.is_first])
        return tuple(kind for kind in KINDS if kind in first) or ("nobody",)

    # ---- in words ----------------------------------------------------------------------------------------------------

    def report(self, say: Say) -> str:
        """Who is first, and how many arrive, are still on the way, or are lost."""
        return f"{self._first_sentence(say)} {say('class_counts', **self.counts)}"

    def _first_sentence(self, say: Say) -> str:
        (first,) = np.nonzero(self.is_first)
        if not len(first):
            return say("class_nobody_arrives", steps=self.race.steps)
        entry = self.entries[first[0]]
        facts = {"step": int(self.arrival[first[0]]), "rate": readable(entry.rate, 3)}
        facts |= {"momentum": readable(entry.momentum, 3), "tag": entry.tag, "others": len(first) - 1}
        return say("class_first_with" if len(first) > 1 else "class_first", **facts)

    @property
    def counts(self) -> dict[str, int]:
        """How many there are of each fate."""
        found = {fate: int((self.fates == fate).sum()) for fate in FATES}
        return {"count": len(self.entries), **found}

    def line_for_one(self, k: int, say: Say) -> str:
        """What became of one entry, for whoever has entered it."""
        entry, fate = self.entries[k], self.fates[k]
        step = self.race.lost[k] if fate == "diverged" else self.arrival[k]
        facts = {"place": int(self.place[k]), "count": len(self.entries), "step": int(step)}
        facts |= {"rate": readable(entry.rate, 3), "momentum": readable(entry.momentum, 3)}
        return say(YOURS[fate], **facts)

    def sentence(self, say: Say, word: str) -> str:
        """A sentence about a picture, with its numbers."""
        drawn = shown_steps(self.race.steps, len(self.entries))
        every = int(drawn[1] - drawn[0]) if len(drawn) > 1 else 1
        facts = {"high": readable(self.at_start, 3), "goal": readable(self.at_start / 100, 3), "steps": self.race.steps}
        text = say(word, **facts, **self.counts)
        return f"{text} {say('class_drawn_every', every=every)}" if every > 1 else text

    def player_lines(self) -> list[str]:
        """What stands beneath the player at every step: who is in front, how many have arrived, how many are lost.

        In no language, as all lines of players.
        """
        return [self._line(k) for k in range(self.race.steps + 1)]

    def _line(self, k: int) -> str:
        lowest = float(self.error[k].min())
        arrived = int(((self.arrival >= 0) & (self.arrival <= k)).sum())
        lost = int(((self.race.lost >= 0) & (self.race.lost <= k)).sum())
        done = f"✓ {arrived} · ✗ {lost}"
        if math.isinf(lowest):
            return done
        # only what is near may be written alike
        near = np.flatnonzero(self.error[k] <= 1.02 * lowest)
        leaders = ties.lowest({str(j): float(self.error[k, j]) for j in near})
        front, others = self.entries[int(leaders[0])].tag, len(leaders) - 1
        front += f" (+{others})" if others else ""
        return f"{front}: {error_text(lowest, self.noise, 3)} · {done}"


def kind_of(momentum: float) -> str:
    """The kind of a momentum, of KINDS."""
    return KINDS[0] if momentum == 0 else KINDS[1 + sum(momentum >= border for border in BORDERS)]


# ---- choose, measure -------------------------------------------------------------------------------------------------


def choose(beat: Beat) -> Setup:
    """The landscape and the entries, by a line of text or, one click away, by table; there also the rest."""
    surface = landscapes.landscape(beat, "cg", "narrow_valley", (2,), clears=("cs", "ct"))
    text = beat.text("ce", ENTRIES, "class_entries", help=beat.word("class_entries_help", **limits()))
    typed = typed_numbers.last_good(beat, "ce", text, read, DEFAULT)
    note = st.container()
    with beat.more():
        cells = typed_numbers.cells(text, 2, MOST_ENTRIES)
        frame = pd.DataFrame(cells, columns=["learning_rate", "momentum"], dtype=float)
        typed_numbers.editor(beat, "entry_table", frame, lambda table: {"ce": as_text(table.to_numpy().tolist())})
        steps = int(beat.slider("cn", kinds.Number(60, 1, 300, whole=True), "steps"))
        nesterov = beat.switch("cnag", Switch(False), "nesterov")
        start = landscapes.start(beat, surface, ("cs", "ct"))
    own = ("cg", "cg_text", "cg_size", "ce", "cn", "cnag", "cs", "ct")
    curved = {"cg": "rosenbrock", "cn": 200.0, "ce": SMALL_RATES}
    beat.presets(own, works={}, class_one_rate={"ce": ONE_RATE}, class_curved=curved, class_large={"ce": LARGE_RATES})
    course = Course(surface, start, steps, nesterov)
    sent = beat.class_entries(course, NUMBERS, "class_asked")
    if sent is not None and not sent:
        with beat.question_place:
            st.info(beat.word("class_nobody_entered"))
    if not sent:
        return Setup(course, typed)
    note.caption(beat.word("class_has_entered", count=len(sent)))
    return Setup(course, entries_of_class(sent), True)


def entries_of_class(sent: Sequence[Numbers]) -> tuple[Entry, ...]:
    """The entries that phones have sent; each has the number of its tag."""
    return tuple(Entry(int(tag.removeprefix("#")), numbers["rate"], numbers["momentum"]) for tag, numbers in sent)


def limits() -> dict[str, str]:
    """From where to where the numbers of an entry may be, and how many entries there may be, for texts."""
    ends = {"rate_low": RATES[0], "rate_high": RATES[1], "momentum_low": MOMENTA[0], "momentum_high": MOMENTA[1]}
    return {name: readable(end) for name, end in ends.items()} | {"most": str(MOST_ENTRIES)}


def read(text: str) -> tuple[Entry, ...]:
    """The entries in ``rate, momentum; rate, momentum``; Unreadable says what is wrong."""
    rows = typed_numbers.rows(text, width=2, most=MOST_ENTRIES)
    for k, row in enumerate(rows, start=1):
        for word, value, (low, high) in zip(("entry_rate", "entry_momentum"), row, (RATES, MOMENTA), strict=True):
            if not low <= value <= high:
                facts = {"found": readable(value), "low": readable(low), "high": readable(high)}
                raise Unreadable(word, row=k, **facts)
    return tuple(Entry(k, rate, momentum) for k, (rate, momentum) in enumerate(rows, start=1))


def as_text(table: Sequence[Sequence[float]]) -> str:
    """The text of the entries in a table, short enough for an address; an empty cell leaves its place empty."""
    return typed_numbers.as_text([[float(f"{value:.4g}") for value in row] for row in table])


def measure(setup: Setup) -> Outcome:
    """The runs of all entries, side by side."""
    course, (_, rates, momenta) = setup.course, zip(*setup.entries, strict=True)
    race = class_race(course.surface, course.start, rates, momenta, course.steps, course.nesterov)
    minima = np.array([float(course.surface(*place)) for place in course.surface.minima])
    return Outcome(setup.entries, race, minima, resolution(course.surface))


# ---- question, explain, goals ----------------------------------------------------------------------------------------


def question(setup: Setup, outcome: Outcome) -> Question:
    """How much momentum whoever is first has."""
    return Question("which_momentum", (*KINDS, "nobody"), outcome.kinds_first, ordered=True)


def explain(setup: Setup, outcome: Outcome, say: Say) -> str:
    """Who is first, and what became of the others."""
    return outcome.report(say)


def goals(setup: Setup, outcome: Outcome) -> tuple[Goal]:
    """Somebody arrives in the narrow valley, from its own start, within SOON steps."""
    course = setup.course
    is_there = course.surface == NarrowValley() and course.start == course.surface.start
    soonest = int(outcome.arrival[outcome.is_first][0]) if outcome.is_first.any() else None
    measured = "–" if soonest is None else str(soonest)
    reached = is_there and soonest is not None and soonest <= SOON
    return (Goal("goal_optimizers_soon", reached, measured, {"soon": SOON}),)


# ---- draw ------------------------------------------------------------------------------------------------------------


def draw(beat: Beat, setup: Setup, outcome: Outcome) -> None:
    """All paths on one map beside their errors; once it is answered, who had which settings, and who came in where."""
    say, course = beat.word, setup.course
    waits = not beat.answered
    pictures = (map_of_all(course, outcome, waits), outcome.sentence(say, "class_map_waits" if waits else "class_map"))
    errors = errors_of_all(outcome, say, waits), outcome.sentence(say, "class_errors_said")
    beat.side_by_side(pictures, errors, clickable=True, first=landscapes.map_width(course.surface))
    beat.player(outcome.player_lines()[:1] if waits else outcome.player_lines())
    if beat.answered and setup.from_class:
        line_of = {entry.tag: k for k, entry in enumerate(outcome.entries)}
        sent = [(entry.tag, {}) for entry in outcome.entries]
        beat.tell_class(sent, lambda tag, words: outcome.line_for_one(line_of[tag], words))
    if beat.answered:
        beat.picture(*plane_of_entries(course, outcome, say))
        with beat.expander("place_table"):
            draw_places(outcome, say)


def draw_places(outcome: Outcome, say: Say) -> None:
    """The table of places, in the reader's words."""
    shown = place_table(outcome).rename(columns={name: say(word) for name, word in TABLE.items()})
    st.dataframe(
        shown,
        hide_index=True,
        height="content" if len(shown) < 13 else 380,
        alt=say("place_table"),
        column_config={say("class_error"): st.column_config.NumberColumn(format="%.3g")},
        placeholder="–",
    )


def columns(outcome: Outcome) -> dict[str, np.ndarray]:
    """The entries as charts take them."""
    number, rate, momentum = zip(*outcome.entries, strict=True)
    kinds = {"number": np.int32, "rate": np.float32, "momentum": np.float32}
    return {key: np.array(part, kinds[key]) for key, part in zip(kinds, (number, rate, momentum), strict=True)}


def map_of_all(course: Course, outcome: Outcome, waits: bool) -> Picture:
    """The paths on the map; while it ``waits`` for an answer their start alone."""
    surface, first = course.surface, outcome.is_first & (not waits)
    x, y = surface.weights
    w = outcome.race.w[:1] if waits else outcome.race.w
    return charts.map_of_many(
        landscapes.from_above(surface),
        surface.extent,
        w,
        outcome.kinds,
        columns(outcome),
        first,
        (outcome.race.lost >= 0) & (not waits),
        surface.minima,
        x,
        y,
        KINDS,
    )


def errors_of_all(outcome: Outcome, say: Say, waits: bool) -> Picture:
    """The errors by step; while it ``waits`` for an answer their start alone, on the same axes."""
    first = outcome.is_first & (not waits)
    error = outcome.error[:1] if waits else outcome.error
    return charts.errors_of_many(
        error,
        outcome.kinds,
        columns(outcome),
        first,
        outcome.at_start / 100,
        height_errors.neutral_ends(outcome.at_start),
        outcome.race.steps,
        say("step_axis"),
        say("error_above_axis"),
        KINDS,
        tuple(map(say, KINDS)),
    )


def plane_of_entries(course: Course, outcome: Outcome, say: Say) -> tuple[Picture, str]:
    """What became of each entry in the plane of rate and momentum, with the limit of stability; and in a sentence."""
    nothing = np.array([])
    line, fastest = (nothing, nothing), (nothing, nothing)
    sentence = outcome.sentence(say, "class_plane_said")
    valley = momentum_plane.bottom(course.surface)
    # look-ahead gradients have another limit
    if valley.flattest > 0 and math.isfinite(valley.steepest) and not course.nesterov:
        betas = np.linspace(0.0, 1.0, 60)
        line = limit(betas, valley.steepest), betas
        rate, beta = best(valley.flattest, valley.steepest)
        fastest = np.array([rate]), np.array([beta])
        facts = {"curvature": readable(valley.steepest, 3), "rate": readable(rate, 3), "beta": readable(beta, 3)}
        sentence += " " + say("class_limit_said", **facts)
    picture = charts.entries_plane(
        columns(outcome),
        outcome.fates,
        outcome.is_first,
        line,
        fastest,
        (RATES, (0.0, 1.0)),
        say("rate_axis"),
        say("momentum_beta"),
        tuple(FATES),
        tuple(map(say, FATES.values())),
    )
    return picture, sentence


# ---- program, details ------------------------------------------------------------------------------------------------


def program(setup: Setup, experiment: Experiment) -> None:
    """The race as a call of dlcore."""
    course, (_, rates, momenta) = setup.course, zip(*setup.entries, strict=True)
    runs = course.steps, course.nesterov
    experiment.show(class_race, course.surface, course.start, list(rates), list(momenta), *runs)


def loop(setup: Setup) -> str:
    """All runs as one array of NumPy; "" where there are too many to be typed off."""
    course = setup.course
    if len(setup.entries) > 40:
        return ""
    _, rates, momenta = zip(*setup.entries, strict=True)
    step = "w = w - rate * g + beta * v" if course.nesterov else "w = w + v"
    run = [
        f"rate = np.array({list(rates)!r})",
        f"beta = np.array({list(momenta)!r})",
        f"w = np.repeat(np.array({list(course.start)!r})[:, None], {len(rates)}, axis=1)",
        "v = np.zeros_like(w)",
        f"for t in range(1, {course.steps} + 1):",
        "    g = gradient(*w)",
        "    v = beta * v - rate * g",
        f"    {step}",
        "    print(t, E(*w))",
    ]
    return short_program(*landscape(course.surface, height=True), "\n".join(run))


def details(beat: Beat, setup: Setup, outcome: Outcome) -> None:
    """The places and every step as tables, before the answer the entries; the rule, its limit, the source."""
    if beat.answered:
        beat.numbers({"place_table": lambda: place_table(outcome), "run_table": lambda: table(setup, outcome)})
    else:
        beat.numbers({"entry_table": lambda: entry_table(setup)})
    name = "nesterov" if setup.course.nesterov else "momentum"
    beat.source([SGD.variants[name].formula, FORMULA], class_race, arrivals, places)


TABLE = {
    "place": "class_place",
    "entry": "class_entry",
    "learning_rate": "class_rate",
    "momentum": "class_momentum",
    "arrival": "class_arrival",
    "lost": "class_lost",
    "error": "class_error",
}
"""The columns of the places, and what a reader is shown in their place."""


def place_table(outcome: Outcome) -> pd.DataFrame:
    """Who came in where, the best first; who is lost has no place, and who has not arrived no step of arrival."""
    frame = pd.DataFrame(
        {"place": _whole(np.where(outcome.race.lost >= 0, -1, outcome.place)), "entry": tags(outcome.entries)}
        | {"learning_rate": outcome.race.rates, "momentum": outcome.race.momenta}
        | {"arrival": _whole(outcome.arrival), "lost": _whole(outcome.race.lost)}
        | {"error": [float(error) if math.isfinite(error) else None for error in outcome.error[-1]]}
    )
    return frame.sort_values("place", kind="stable")


def _whole(numbers: np.ndarray) -> Any:
    """A column of whole numbers; nothing where one is below 0."""
    return pd.array([None if number < 0 else int(number) for number in numbers], "Int64")


def tags(entries: Sequence[Entry]) -> list[str]:
    """What everybody calls them."""
    return [entry.tag for entry in entries]


def entry_table(setup: Setup) -> pd.DataFrame:
    """Who has entered what."""
    columns = {"entry": tags(setup.entries)}
    rates = {"learning_rate": [e.rate for e in setup.entries], "momentum": [e.momentum for e in setup.entries]}
    return pd.DataFrame(columns | rates)


def table(setup: Setup, outcome: Outcome) -> pd.DataFrame:
    """Every step of every entry: weights, height, error; as far as it was not lost."""
    race, count = outcome.race, outcome.race.steps + 1
    kept = np.isfinite(race.w).all(axis=1).T.ravel()
    repeated = {"entry": tags(setup.entries), "learning_rate": race.rates, "momentum": race.momenta}
    columns = {name: np.repeat(np.array(part), count) for name, part in repeated.items()}
    columns |= {"step": np.tile(np.arange(count), len(setup.entries))}
    columns |= {"E": race.height.T.ravel(), "error": outcome.error.T.ravel()}
    columns |= {letter: race.w[:, i].T.ravel() for i, letter in enumerate(setup.course.surface.weights)}
    return pd.DataFrame({name: column[kept] for name, column in columns.items()})
