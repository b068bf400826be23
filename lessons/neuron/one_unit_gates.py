"""One unit as a gate, set by hand: which gate can no unit be?"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

import charts
from charts.picture import Picture
from dlcore.experiments.logic_gates import CORNERS, TABLES, UNITS, GateSearch, right, search
from dlcore.experiments.single_unit import Extent, Unit, boundary, plane
from lessons.neuron.plane_colours import PlaneAnswers
from ui.beat import Beat
from ui.cache import shared
from ui.controls.kinds import Choice, Number
from ui.controls.widgets import Say
from ui.number_format import readable
from ui.question import Question
from ui.quiz.goals import Goal
from ui.script_export import Experiment, short_program

EXTENT: Extent = ((-0.5, 1.5), (-0.5, 1.5))

SEARCHED = ("AND", "OR", "NAND", "XOR")

IMPOSSIBLE = next(gate for gate in SEARCHED if gate not in UNITS)
"""The one that no unit can be. A coarse grid misses others, too; this does not depend on the grid."""

REACH = 2.0
"""How far from 0 weights and bias go, by slider and in the search."""

PALE = 1.1
"""How far from the middle full colours would be; answers of 0 and 1 are half as far."""


@dataclass(frozen=True)
class Setup:
    """A unit with a step, the gate that it is to be, and how many values the search tries for each weight and bias."""

    unit: Unit
    gate: str
    count: int


@dataclass(frozen=True, eq=False)
class GateTest:
    """How a unit does as a gate, and how all units on a grid do.

    sums, answers: z and a at the CORNERS, shape (4,). right: at how many of them the answer is the gate's.
    """

    sums: np.ndarray
    answers: np.ndarray
    right: int
    search: GateSearch


# ---- choose ----------------------------------------------------------------------------------------------------------


def choose(beat: Beat) -> Setup:
    """The gate, weights and bias; the grid of the search one click away."""
    gate = beat.menu("gate", Choice("AND", tuple(TABLES)), "gate", option_label=beat.word)
    weights = tuple(
        beat.slider(key, Number(1.0, -REACH, REACH), "weight_named", letter=letter)
        for key, letter in (("u1", "w₁"), ("u2", "w₂"))
    )
    bias = beat.slider("c", Number(-1.5, -REACH, REACH), "bias_said", letter="b")
    controls = ("gate", "u1", "u2", "c", "grid")
    flipped = {"gate": "NAND", "u1": -1.0, "u2": -1.0, "c": 1.5}
    other, no_way = {"gate": "OR", "c": -0.5}, {"gate": "XOR"}
    beat.presets(controls, works={}, other_bias=other, signs_flipped=flipped, no_way=no_way)
    with beat.more():
        count = beat.slider("grid", Number(17, 5, 33, whole=True), "grid_count")
    return Setup(Unit(weights, bias), gate, int(count))


# ---- measure, question -----------------------------------------------------------------------------------------------


def measure(setup: Setup) -> GateTest:
    """The unit at the four corners, and the search over a grid of units."""
    sums, answers = setup.unit.sums(CORNERS), setup.unit(CORNERS)
    return GateTest(sums, answers, int(right(setup.unit, setup.gate).sum()), _search(REACH, setup.count))


_search = shared(max_entries=64)(search)


def question(setup: Setup, test: GateTest) -> Question:
    """Which gate no single unit can be."""
    return Question("which_gate_cannot", SEARCHED, IMPOSSIBLE)


def explain(setup: Setup, test: GateTest, say: Say) -> str:
    """What the search found about that gate."""
    return search_sentence(test.search, IMPOSSIBLE, say)


def goals(setup: Setup, test: GateTest) -> tuple[Goal]:
    """AND by two weights of which one is at least twice the other."""
    small, large = sorted(setup.unit.weights)
    count = int(right(setup.unit, "AND").sum())
    reached = setup.gate == "AND" and count == 4 and 0 < 2 * small <= large + 1e-9
    numbers = f"w₁ = {readable(setup.unit.weights[0])}, w₂ = {readable(setup.unit.weights[1])}"
    return (Goal("goal_neuron_uneven_and", reached, f"{numbers}, AND: {count} / 4"),)


# ---- draw ------------------------------------------------------------------------------------------------------------


def draw(beat: Beat, setup: Setup, test: GateTest) -> None:
    """The corners and the unit's line; after the answer beside what the search found, and the proof."""
    by_hand = corners_picture(setup, test), corners_sentence(setup, test, beat.word)
    names, scores, known = tuple(map(beat.word, TABLES)), gate_scores(test.search), beat.answered
    shares = charts.grid_shares(names, *scores, beat.word(setup.gate), x_title=beat.word("share_of_grid"), known=known)
    tried = beat.word("search_waits", tried=test.search.grid_size)
    beat.side_by_side(by_hand, (shares, search_sentence(test.search, setup.gate, beat.word) if known else tried))
    if known:
        beat.prose("why_not_xor")


def corners_picture(setup: Setup, test: GateTest) -> Picture:
    """The four corners on the plane, which is pale so that they stand out, with the line of the unit."""
    colours = PlaneAnswers(setup.unit(plane(EXTENT, 100)), 0.5, PALE)
    lines = {"z = 0": boundary(setup.unit, EXTENT)}
    return charts.corners_with_line(colours.image, EXTENT, CORNERS, test.answers, TABLES[setup.gate], lines, "x₁", "x₂")


def corners_sentence(setup: Setup, test: GateTest, say: Say) -> str:
    """How many corners are right, with the sums there."""
    z = ", ".join(readable(float(sum_), 3) for sum_ in test.sums)
    return say("corners_said", gate=say(setup.gate), right=test.right, z=z)


def search_sentence(result: GateSearch, gate: str, say: Say) -> str:
    """What the search found about a gate."""
    share, best = result.share[gate], result.best[gate]
    facts = {"tried": result.grid_size, "tables": result.tables, "gate": say(gate)}
    return say("search_said" if best == 4 else "search_failed", share=share, best=best, **facts)


def gate_scores(result: GateSearch) -> tuple[np.ndarray, np.ndarray]:
    """In the order of TABLES, the share of the grid that makes each gate, and how many corners the best unit gets."""
    return np.array([result.share[gate] for gate in TABLES]), np.array([result.best[gate] for gate in TABLES])


# ---- program, details ------------------------------------------------------------------------------------------------


def program(setup: Setup, experiment: Experiment) -> None:
    """The unit at the corners and the search as calls of dlcore."""
    unit = experiment.assign("unit", Unit, setup.unit.weights, setup.unit.bias)
    experiment.show(unit.sums, CORNERS)
    experiment.show(right, unit, setup.gate)
    experiment.show(search, REACH, setup.count)


def loop(setup: Setup) -> str:
    """The unit's sums, and what share of the grid makes each gate, in a few lines of NumPy."""
    gates = ",\n         ".join(f'"{name}": {list(TABLES[name])}' for name in SEARCHED)
    run = f"""\
corners = np.array({CORNERS.astype(int).tolist()!r})
print(corners @ {list(setup.unit.weights)!r} + {setup.unit.bias!r})"""
    searched = f"""\
gates = {{{gates}}}
values = np.linspace({-REACH}, {REACH}, {setup.count})
w1, w2, b = np.meshgrid(values, values, values)
answers = np.array([w1 * x1 + w2 * x2 + b >= 0 for x1, x2 in corners])
for name, table in gates.items():
    right = sum(a == t for a, t in zip(answers, table))
    print(name, np.mean(right == 4), right.max())"""
    return short_program(run, searched)


def details(beat: Beat, setup: Setup, test: GateTest) -> None:
    """The corners as a table, with the search once it may be shown; formula and source."""
    answer = {"search_table": lambda: search_table(test.search)} if beat.answered else {}
    beat.numbers({"corner_table": lambda: corner_table(setup, test)} | answer)
    beat.source([Unit.formula], right, search)


def corner_table(setup: Setup, test: GateTest) -> pd.DataFrame:
    """Every corner: inputs, sum, answer, what the gate says."""
    columns = {"x1": CORNERS[:, 0], "x2": CORNERS[:, 1], "z": test.sums, "a": test.answers}
    return pd.DataFrame(columns | {setup.gate: TABLES[setup.gate]})


def search_table(result: GateSearch) -> pd.DataFrame:
    """Every gate: share of the grid, best result."""
    share, best = gate_scores(result)
    return pd.DataFrame({"gate": tuple(TABLES), "share": share, "best_of_4": best})
