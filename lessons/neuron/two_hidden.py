"""Two hidden units: in how many places does the output unit see the four corners, and how does XOR become possible?

The three units are gates that a reader sets by hand; or all weights are random at first, and learn (xor_learning).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

import charts
from charts.frames import FOREVER
from charts.picture import Picture
from dlcore.experiments.logic_gates import CORNERS, TABLES, UNITS, TwoHidden, ways_to
from dlcore.experiments.single_unit import Unit, boundary, plane
from dlcore.experiments.xor_training import XorTraining
from lessons.neuron import xor_learning
from lessons.neuron.one_unit_gates import EXTENT, PALE
from lessons.neuron.plane_colours import PlaneAnswers
from ui.beat import Beat
from ui.cache import shared
from ui.controls.kinds import Choice, Number, Switch
from ui.controls.widgets import Say
from ui.question import Question
from ui.quiz.goals import Goal
from ui.script_export import Experiment, short_program

PLACES = ("places_4", "places_3", "places_2", "places_1")

UNIT_STEPS = {"h₁": 1, "h₂": 2, "ŷ": 3}
"""The step of the player at which each unit answers."""


@dataclass(frozen=True)
class Setup:
    """Two hidden units and an output unit by the gates that they are, of UNITS; together they are to be XOR.

    seed: of the random first weights from which they learn instead; None for gates that are set by hand.
    """

    first: str
    second: str
    output: str
    seed: int | None = None

    @property
    def network(self) -> TwoHidden:
        """The three units as a network."""
        return TwoHidden(UNITS[self.first], UNITS[self.second], UNITS[self.output])


@dataclass(frozen=True, eq=False)
class CornerOutputs:
    """What the units put out for the four corners.

    hidden: h₁ and h₂ at the CORNERS, shape (4, 2). answers: ŷ, shape (4,). right: how many answers are those of XOR.
    ways: how many choices of three gates make XOR.
    """

    hidden: np.ndarray
    answers: np.ndarray
    right: int
    ways: int

    @property
    def places(self) -> np.ndarray:
        """The different places of the corners in the plane of the hidden outputs, shape (1 to 4, 2)."""
        return np.unique(self.hidden, axis=0)

    def corners_at(self, place: np.ndarray) -> np.ndarray:
        """Which of the CORNERS are in a place, as a mask of shape (4,)."""
        return np.all(self.hidden == place, axis=1)

    @property
    def place_labels(self) -> list[str]:
        """By place, the corners that are there."""
        return [", ".join(f"({x:.0f},{y:.0f})" for x, y in CORNERS[self.corners_at(place)]) for place in self.places]


# ---- choose ----------------------------------------------------------------------------------------------------------


def choose(beat: Beat) -> Setup:
    """The gate that each of the three units is, or the seed from which they learn."""
    learns = beat.switch("learn", Switch(False), "xor_by_learning")
    for_seed = ("xs", Number(1, 0, 99, whole=True), "xor_seed")
    for_gates = [
        (key, Choice(default, tuple(UNITS)), word)
        for key, default, word in (
            ("h1", "OR", "hidden_1_is"),
            ("h2", "NAND", "hidden_2_is"),
            ("out", "AND", "output_is"),
        )
    ]
    if learns:
        gates = [kind.default for _, kind, _ in for_gates]
        for hidden in for_gates:
            # what is set by hand keeps its place in the address
            beat.value_of(*hidden)
        seed = int(beat.slider(*for_seed))
    else:
        gates = [beat.menu(*control, option_label=beat.word) for control in for_gates]
        seed = None
        beat.value_of(*for_seed)
    first, second, output = gates
    other, same = {"h1": "ONLY_X1", "h2": "ONLY_X2", "out": "OR"}, {"h2": "OR", "out": "OR"}
    learning = {"xor_seed_one": {"learn": True}, "xor_seed_two": {"learn": True, "xs": 5}}
    by_hand = {"works": {}, "other_way": other, "same_twice": same, "wrong_output": {"out": "OR"}}
    beat.presets(("h1", "h2", "out", "learn", "xs"), **by_hand, **learning)
    return Setup(first, second, output, seed)


# ---- measure, question -----------------------------------------------------------------------------------------------


def measure(setup: Setup) -> CornerOutputs | XorTraining:
    """The hidden outputs and the answers at the four corners, and in how many ways XOR can be made; or a training."""
    if setup.seed is not None:
        return xor_learning.training_of(setup.seed)
    return corner_outputs(setup)


def corner_outputs(setup: Setup) -> CornerOutputs:
    """What the gates that are set by hand put out."""
    network = setup.network
    right = int(network.right("XOR").sum())
    return CornerOutputs(network.hidden(CORNERS), network(CORNERS), right, len(_ways_to("XOR")))


_ways_to = shared(max_entries=8)(ways_to)


def question(setup: Setup, outputs: CornerOutputs | XorTraining) -> Question:
    """In how many places the corners are in the plane of the hidden outputs; of a training, whether it ends well."""
    if isinstance(outputs, XorTraining):
        return xor_learning.question(outputs)
    return Question("how_many_places", PLACES, PLACES[4 - len(outputs.places)], ordered=True)


def explain(setup: Setup, outputs: CornerOutputs | XorTraining, say: Say) -> str:
    """How many places there are, with the corners in each, and how many ways to XOR; of a training, how it ended."""
    if isinstance(outputs, XorTraining):
        return xor_learning.explain(outputs, say)
    facts = {"ways": outputs.ways, "all": len(UNITS) ** 3}
    return say("places_said", places=len(outputs.places), labels=" · ".join(outputs.place_labels), **facts)


def goals(setup: Setup, outputs: CornerOutputs | XorTraining) -> tuple[Goal]:
    """XOR with a hidden unit that is an AND, set by hand."""
    if isinstance(outputs, XorTraining):
        return (Goal("goal_neuron_xor_with_and", False, f"{outputs.right} / 4"),)
    reached = outputs.right == 4 and "AND" in (setup.first, setup.second)
    measured = f"{setup.first}, {setup.second}, {setup.output}: {outputs.right} / 4"
    return (Goal("goal_neuron_xor_with_and", reached, measured),)


# ---- draw ------------------------------------------------------------------------------------------------------------


def draw(beat: Beat, setup: Setup, outputs: CornerOutputs | XorTraining) -> None:
    """The corners with the lines of the hidden units; after the answer beside their places, played unit by unit.

    Of a training, the corners and lines as they move.
    """
    if isinstance(outputs, XorTraining):
        xor_learning.draw(beat, outputs)
        return
    if not beat.answered:
        inputs = inputs_picture(setup, outputs, played=False), beat.word("corners_wait")
        beat.side_by_side(inputs, (waiting_picture(setup), beat.word("places_wait", output=beat.word(setup.output))))
        return
    inputs = inputs_picture(setup, outputs, played=True)
    sentences = inputs_sentence(setup, outputs, beat.word), explain(setup, outputs, beat.word)
    beat.side_by_side((inputs, sentences[0]), (hidden_picture(setup, outputs), sentences[1]))
    beat.player(steps_by_hand(setup, outputs), counts="stage_shown")


def inputs_picture(setup: Setup, outputs: CornerOutputs, played: bool) -> Picture:
    """The corners in the plane of the inputs; what is not played has all the lines and no answers."""
    colours = PlaneAnswers(setup.network(plane(EXTENT, 100)), 0.5, PALE)
    lines = {"h₁": boundary(setup.network.first, EXTENT), "h₂": boundary(setup.network.second, EXTENT)}
    reveal, answered_at = {name: UNIT_STEPS[name] for name in lines}, UNIT_STEPS["ŷ"]
    steps = (reveal, answered_at) if played else (None, FOREVER)
    corners = CORNERS, outputs.answers, TABLES["XOR"], lines
    return charts.corners_with_line(colours.image, EXTENT, *corners, "x₁", "x₂", *steps)


def hidden_picture(setup: Setup, outputs: CornerOutputs) -> Picture:
    """The corners in the plane of the hidden outputs, with the line of the output unit.

    Where corners for which XOR differs share a place, one of the two is wrong whatever the answer: it is marked wrong.
    """
    unit, places = setup.network.output, outputs.places
    answers = unit(places)
    wanted = []
    for place, answer in zip(places, answers, strict=True):
        values = set(np.array(TABLES["XOR"])[outputs.corners_at(place)].tolist())
        wanted.append(values.pop() if len(values) == 1 else 1 - int(answer))
    colours = PlaneAnswers(unit(plane(EXTENT, 100)), 0.5, PALE)
    corners = places, outputs.place_labels, answers, wanted, boundary(unit, EXTENT)
    placed, answered = UNIT_STEPS["h₂"], UNIT_STEPS["ŷ"]
    return charts.hidden_corners(colours.image, EXTENT, *corners, "h₁", "h₂", placed_at=placed, answered_at=answered)


def waiting_picture(setup: Setup) -> Picture:
    """The plane of the hidden outputs before anybody is to know where the corners come to stand in it."""
    unit, nobody = setup.network.output, (np.empty((0, 2)), (), np.empty(0), ())
    colours, line = PlaneAnswers(unit(plane(EXTENT, 100)), 0.5, PALE), boundary(unit, EXTENT)
    return charts.hidden_corners(
        colours.image, EXTENT, *nobody, line, "h₁", "h₂", placed_at=FOREVER, answered_at=FOREVER, played=False
    )


def inputs_sentence(setup: Setup, outputs: CornerOutputs, say: Say) -> str:
    """How many corners come out right, by which gates."""
    names = {"first": say(setup.first), "second": say(setup.second), "output": say(setup.output)}
    return say("two_hidden_said", right=outputs.right, **names)


def steps_by_hand(setup: Setup, outputs: CornerOutputs) -> list[str]:
    """The four corners on their way through the network, a line for each unit."""
    network = setup.network
    steps = ["(x₁, x₂) = " + ", ".join(f"({x:.0f},{y:.0f})" for x, y in CORNERS)]
    steps.append(_unit_line(network.first, "h₁", "x", outputs.hidden[:, 0]))
    steps.append(_unit_line(network.second, "h₂", "x", outputs.hidden[:, 1]))
    xor = "\nXOR: " + ", ".join(map(str, TABLES["XOR"]))
    return [*steps, _unit_line(network.output, "ŷ", "h", outputs.answers) + xor]


def _unit_line(unit: Unit, name: str, inputs: str, answers: np.ndarray) -> str:
    """A unit's formula with its numbers, and its answers at the four corners."""
    (w1, w2), b = (_with_sign(w) for w in unit.weights), _with_sign(unit.bias)
    return f"{name} = step({w1}·{inputs}₁ {w2}·{inputs}₂ {b}): " + ", ".join(f"{a:.0f}" for a in answers)


def _with_sign(value: float) -> str:
    return f"{value:+g}".replace("-", "−")


# ---- program, details ------------------------------------------------------------------------------------------------


def program(setup: Setup, experiment: Experiment) -> None:
    """The network at the corners, or the training, as calls of dlcore."""
    if setup.seed is not None:
        xor_learning.program(setup.seed, experiment)
        return
    first, second, output = UNITS[setup.first], UNITS[setup.second], UNITS[setup.output]
    network = experiment.assign("network", TwoHidden, first, second, output)
    experiment.show(network.hidden, CORNERS)
    experiment.show(network, CORNERS)


def loop(setup: Setup) -> str:
    """The units at the four corners in a few lines of NumPy, or the training."""
    if setup.seed is not None:
        return xor_learning.loop(setup.seed)
    first, second, output = (f"{list(UNITS[name].weights)!r} + {UNITS[name].bias!r}" for name in _gates(setup))
    run = f"""\
def step(z):
    return (z >= 0) * 1

corners = np.array({CORNERS.astype(int).tolist()!r})
h1 = step(corners @ {first})
h2 = step(corners @ {second})
h = np.stack([h1, h2], axis=1)
print(h1, h2, step(h @ {output}))
print(len(np.unique(h, axis=0)))"""
    return short_program(run)


def _gates(setup: Setup) -> tuple[str, str, str]:
    return setup.first, setup.second, setup.output


def details(beat: Beat, setup: Setup, outputs: CornerOutputs | XorTraining) -> None:
    """The corners as a table, once it may be shown; formula and source."""
    if isinstance(outputs, XorTraining):
        xor_learning.details(beat, outputs)
        return
    if beat.answered:
        beat.numbers({"corner_table": lambda: corner_table(outputs)})
    beat.source([Unit.formula], TwoHidden, ways_to)


def corner_table(outputs: CornerOutputs) -> pd.DataFrame:
    """Every corner: inputs, hidden outputs, answer, what XOR says."""
    columns = {"x1": CORNERS[:, 0], "x2": CORNERS[:, 1], "h1": outputs.hidden[:, 0], "h2": outputs.hidden[:, 1]}
    return pd.DataFrame(columns | {"y_hat": outputs.answers, "XOR": TABLES["XOR"]})
