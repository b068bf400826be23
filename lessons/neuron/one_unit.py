"""One unit: what becomes of its decision boundary, and of its answer, when weights and bias are doubled?"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

import charts
from charts.picture import Picture
from dlcore.activations import Activation, Step
from dlcore.experiments.single_unit import Unit, boundary, plane
from lessons.neuron.plane_colours import EXTENT, plane_answers
from lessons.shared import numpy_activations
from ui.beat import Beat
from ui.controls.kinds import Choice, Number
from ui.controls.widgets import Say
from ui.number_format import readable
from ui.question import Question
from ui.script_export import Experiment, short_program

ACTIVATIONS = ("sigmoid", "step", "tanh", "relu")
DOT, ASIDE = 0.5, 1.3
"""How near to the dot of the input an arrow is covered by it, and how far aside it then begins."""

CHANGES = ("line_stays", "line_shifts", "line_turns", "no_line")


@dataclass(frozen=True)
class Setup:
    """A unit of two inputs, and one input to it."""

    unit: Unit
    x: tuple[float, float]


@dataclass(frozen=True, eq=False)
class Response:
    """What a unit makes of an input, z and a, and where in the plane z is 0.

    boundary: the ends of the line, shape (2, 2), or (0, 2) where it is not in the picture.
    """

    z: float
    a: float
    boundary: np.ndarray


@dataclass(frozen=True, eq=False)
class Responses:
    """The response of the unit as it is, and that of the unit with twice its weights and bias."""

    single: Response
    double: Response


# ---- choose ----------------------------------------------------------------------------------------------------------


def choose(beat: Beat) -> Setup:
    """Activation, weights and bias; the input one click away, or by a click on the plane."""
    activation = Activation.get(beat.menu("act", Choice("sigmoid", ACTIVATIONS), "activation"))
    w1, w2 = (
        beat.slider(key, Number(default, -3, 3), "weight_named", letter=letter)
        for key, letter, default in (("w1", "w₁", 1.5), ("w2", "w₂", 1.0))
    )
    bias = beat.slider("b", Number(-1.0, -5, 5), "bias_said", letter="b")
    with beat.more():
        x1, x2 = (
            beat.slider(key, Number(default, *EXTENT[k]), "input_named", letter=letter)
            for k, (key, letter, default) in enumerate((("x1", "x₁", 1.0), ("x2", "x₂", 0.5)))
        )
    controls = ("act", "w1", "w2", "b", "x1", "x2")
    steep, off = {"w1": 3.0, "w2": 2.0, "b": -2.0}, {"w1": 0.2, "w2": 0.1, "b": -4.0}
    beat.presets(controls, works={}, all_doubled=steep, one_weight_zero={"w2": 0.0}, hardly_fires=off)
    beat.clicks(EXTENT, ("x1", "x2"), "click_sets_input", equal=True)
    return Setup(Unit((w1, w2), bias, activation), (x1, x2))


# ---- measure, question -----------------------------------------------------------------------------------------------


def measure(setup: Setup) -> Responses:
    """The responses of the unit and of its double to the input."""
    return Responses(_response(setup.unit, setup.x), _response(setup.unit.times(2), setup.x))


def _response(unit: Unit, x: tuple[float, float]) -> Response:
    return Response(float(unit.sums(x)), float(unit(x)), boundary(unit, EXTENT))


def question(setup: Setup, responses: Responses) -> Question:
    """What becomes of the line when both weights and the bias are doubled.

    A line beside the picture is not in it, and stays where it is: both are right.
    """
    before, after = responses.single.boundary, responses.double.boundary
    truth: str | tuple[str, ...]
    if not len(before):
        truth = ("line_stays", "no_line") if any(setup.unit.weights) else "no_line"
    elif np.allclose(before, after, atol=1e-9):
        truth = "line_stays"
    else:
        (dx, dy), (ex, ey) = before[1] - before[0], after[1] - after[0]
        truth = "line_shifts" if abs(dx * ey - dy * ex) < 1e-9 else "line_turns"
    return Question("what_doubling_does", CHANGES, truth)


def explain(setup: Setup, responses: Responses, say: Say) -> str:
    """What doubling does to the line and to the answer, with numbers."""
    one, two = responses.single, responses.double
    facts = {"z": readable(one.z, 3), "z2": readable(two.z, 3), "a": readable(one.a, 3), "a2": readable(two.a, 3)}
    word = "doubled_because" if len(one.boundary) else "no_line_because"
    return say(word, step=int(Step()(one.z)), name=say(setup.unit.activation.name()), **facts)


# ---- draw ------------------------------------------------------------------------------------------------------------


def draw(beat: Beat, setup: Setup, responses: Responses) -> None:
    """The sum written out, the plane of inputs with the line, and the activation beside the step."""
    response = responses.single
    colours = plane_answers(setup.unit)
    arrow = weight_arrow(setup.unit, response.boundary, setup.x)
    over = charts.plane_with_line(colours.image, EXTENT, response.boundary, arrow, setup.x, "x₁", "x₂")
    beat.formula(sum_formula(setup, response))
    beat.side_by_side(
        (over, plane_sentence(setup, response, beat.word)),
        (curves_picture(setup.unit, response, beat.word), curves_sentence(setup, response, colours.answers, beat.word)),
        clickable=True,
    )


def sum_formula(setup: Setup, response: Response) -> str:
    """Sum and output with their numbers, as LaTeX."""
    (w1, w2), b, (x1, x2) = setup.unit.weights, setup.unit.bias, setup.x
    numbers = rf"{w1:g} \cdot {_in_brackets(x1)} + {_in_brackets(w2)} \cdot {_in_brackets(x2)} {b:+g}"
    name = rf"\mathrm{{{setup.unit.activation.name()}}}"
    return rf"z = {numbers} = {response.z:.4g}, \quad a = {name}({response.z:.4g}) = {response.a:.4g}"


def _in_brackets(value: float) -> str:
    return f"({value:g})" if value < 0 else f"{value:g}"


def weight_arrow(unit: Unit, line: np.ndarray, x: tuple[float, float]) -> np.ndarray:
    """From where to where the arrow of the weights goes, one unit long, shape (2, 2); (0, 2) where there is no line.

    It begins on the line where that is nearest to the origin, or in its middle if that is at the edge of the picture;
    further along the line where the dot of the input x would cover it.
    """
    w = np.array(unit.weights)
    length = float(np.hypot(*w))
    if not len(line) or length == 0:
        return np.empty((0, 2))
    foot = -unit.bias * w / length**2
    if np.max(np.abs(foot)) > 2.6:
        foot = line.mean(axis=0)
    along = (line[1] - line[0]) / np.hypot(*(line[1] - line[0]))
    arrows = [np.array([start, start + w / length]) for start in (foot, foot + ASIDE * along, foot - ASIDE * along)]
    # whichever way is aside, one of them stays in the picture
    inside = [each for each in arrows if np.max(np.abs(each)) <= EXTENT[0][1]]
    return next((each for each in inside if _distance(each, np.array(x)) > DOT), arrows[0])


def _distance(arrow: np.ndarray, point: np.ndarray) -> float:
    """How far a point is from an arrow that is one unit long."""
    way = arrow[1] - arrow[0]
    nearest = arrow[0] + np.clip(np.dot(point - arrow[0], way), 0, 1) * way
    return float(np.hypot(*(point - nearest)))


def curves_picture(unit: Unit, response: Response, say: Say) -> Picture:
    """The step and the activation over the sums, and what each makes of the sum of this input."""
    reach = 8.0 if abs(response.z) <= 8 else 20.0
    z = np.linspace(-reach, reach, 401)
    activations: dict[str, Activation] = {"step": Step(), unit.activation.name(): unit.activation}
    curves = {say(name): activation(z) for name, activation in activations.items()}
    answers = {say(name): float(activation(response.z)) for name, activation in activations.items()}
    ends = (-1.15 if "tanh" in activations else -0.1, 3.0 if "relu" in activations else 1.15)
    return charts.unit_curves(z, curves, response.z, answers, ends, x_title="z", y_title="a")


def plane_sentence(setup: Setup, response: Response, say: Say) -> str:
    """The picture of the plane in a sentence."""
    (w1, w2), (x1, x2) = setup.unit.weights, setup.x
    theta = readable(-setup.unit.bias)
    facts = {"w1": readable(w1), "w2": readable(w2), "theta": theta, "x1": readable(x1), "x2": readable(x2)}
    return say("plane_said" if len(response.boundary) else "plane_without_line", **facts)


def curves_sentence(setup: Setup, response: Response, answers: np.ndarray, say: Say) -> str:
    """What the activation makes of the same sum as the step, and how many answers over the plane are exactly 0 or 1."""
    exact = float(np.mean((answers == 0) | (answers == 1)))
    facts = {"name": say(setup.unit.activation.name()), "z": readable(response.z), "a": readable(response.a)}
    ends = {"low": readable(float(answers.min()), 3), "high": readable(float(answers.max()), 3)}
    return say("curves_said", step=int(Step()(response.z)), exact=exact, **facts, **ends)


# ---- program, details ------------------------------------------------------------------------------------------------


def program(setup: Setup, experiment: Experiment) -> None:
    """The sum, the output and the line as calls of dlcore."""
    unit = experiment.assign("unit", Unit, setup.unit.weights, setup.unit.bias, setup.unit.activation)
    experiment.show(unit.sums, setup.x)
    experiment.show(unit, setup.x)
    experiment.show(boundary, unit, EXTENT)


def loop(setup: Setup) -> str:
    """Sum and output in a few lines of NumPy: of the unit as it is, and of the doubled one."""
    run = f"""\
w, b, x = np.array({list(setup.unit.weights)!r}), {setup.unit.bias!r}, np.array({list(setup.x)!r})
for times in (1, 2):
    z = (times * w) @ x + times * b
    print(times, z, {numpy_activations.value(setup.unit.activation.name(), "z")})"""
    return short_program(run)


def details(beat: Beat, setup: Setup, responses: Responses) -> None:
    """The answers on a grid as a table, formulas and source."""
    beat.numbers({"answers_table": lambda: answers_table(setup.unit)})
    beat.source([Unit.formula, setup.unit.activation.formula], Unit, boundary)


def answers_table(unit: Unit) -> pd.DataFrame:
    """Sum and answer for inputs on a coarse grid."""
    x = plane(EXTENT, 7).reshape(-1, 2)
    return pd.DataFrame({"x1": x[:, 0], "x2": x[:, 1], "z": unit.sums(x), "a": unit(x)})
