"""XOR learned from random weights: what the question of two hidden units shows where no gate is set by hand."""

import numpy as np
import pandas as pd

import charts
from charts.picture import Picture
from dlcore.experiments.logic_gates import CORNERS, TABLES
from dlcore.experiments.single_unit import Extent, Unit, boundary, plane
from dlcore.experiments.xor_training import (
    EPOCHS,
    RATE,
    XorTraining,
    answer_maps,
    learning_seeds,
    train_on_xor,
    xor_network,
)
from dlcore.optimizers import SGD
from lessons.neuron.plane_colours import PlaneAnswers
from ui.beat import Beat
from ui.cache import shared
from ui.controls.widgets import Say
from ui.number_format import readable, small
from ui.question import Question
from ui.script_export import Experiment, short_program

INPUTS: Extent = ((-0.5, 1.5), (-0.5, 1.5))
HIDDEN: Extent = ((-0.2, 1.2), (-0.2, 1.2))
MAP_SIDE = 40
"""The number of points along a side of the maps of answers: one for every step goes to the browser."""

PALE = 0.8
"""How far from the middle full colours would be."""

OUTCOMES = ("xor_learned", "xor_not_learned")

SEEDS = 100
"""From how many seeds it is counted how many learn."""

training_of = shared(max_entries=64)(train_on_xor)
_learning = shared(max_entries=1)(learning_seeds)


# ---- question, explain -----------------------------------------------------------------------------------------------


def question(training: XorTraining) -> Question:
    """Whether all corners come out right."""
    return Question("will_xor_be_learned", OUTCOMES, OUTCOMES[0 if training.right == len(CORNERS) else 1])


def explain(training: XorTraining, say: Say) -> str:
    """How it ended, and how often it ends well."""
    facts: dict[str, object] = {"epochs": EPOCHS, "loss": readable(float(training.loss[-1]), 3), "last": SEEDS - 1}
    facts |= {"right": training.right, "slope": small(training.slope, 2), "learned": int(_learning(SEEDS).sum())}
    return say("xor_learned_because" if training.right == len(CORNERS) else "xor_not_learned_because", **facts)


# ---- draw ------------------------------------------------------------------------------------------------------------


def draw(beat: Beat, training: XorTraining) -> None:
    """The plane of inputs beside the error, epoch by epoch, and below the plane of hidden outputs.

    Before the answer they show the first weights alone.
    """
    known = len(training.epochs) if beat.answered else 1
    facts = {"rate": readable(RATE), "first": readable(float(training.loss[0]), 3)}
    inputs = inputs_picture(training, known), beat.word("xor_inputs_said", **facts)
    titles = beat.word("epoch_axis"), beat.word("error_axis")
    # how far up the axis reaches is known at the start, and says nothing of the end
    ends, where = (0.0, 1.15 * float(training.loss[0])), {"E": training.epochs}
    error = charts.lines_by_step({"E": training.loss}, *titles, x=where, known=known, ends=ends, last=EPOCHS)
    beat.side_by_side(inputs, (error, beat.word("xor_loss_said", **facts)))
    beat.player(lines(training)[:known], counts="epoch_shown", numbers=[str(epoch) for epoch in training.epochs])
    beat.picture(hidden_picture(training, known), beat.word("xor_hidden_said"))


def inputs_picture(training: XorTraining, known: int) -> Picture:
    """The corners and the lines of the hidden units in the plane of inputs, at the first ``known`` steps."""
    maps = answer_maps(training, INPUTS, MAP_SIDE)[:known]
    addresses = [PlaneAnswers(answers, 0.5, PALE).image for answers in maps]
    units = [training.units(frame) for frame in range(known)]
    lines_of = {name: [boundary(unit[k], INPUTS) for unit in units] for k, name in enumerate(("h₁", "h₂"))}
    answers = training.answers[:known]
    return charts.learned_inputs(addresses, INPUTS, CORNERS, answers, TABLES["XOR"], lines_of, "x₁", "x₂")


def hidden_picture(training: XorTraining, known: int) -> Picture:
    """The corners and the line of the output unit in the plane of hidden outputs, at the first ``known`` steps."""
    outputs: list[Unit] = [training.units(frame)[2] for frame in range(known)]
    addresses = [PlaneAnswers(unit(plane(HIDDEN, MAP_SIDE)), 0.5, PALE).image for unit in outputs]
    lines_of = [boundary(unit, HIDDEN) for unit in outputs]
    places, answers = training.hidden[:known], training.answers[:known]
    return charts.learned_hidden(addresses, HIDDEN, places, answers, TABLES["XOR"], lines_of, "h₁", "h₂")


def lines(training: XorTraining) -> list[str]:
    """The error and the answers at the corners, step by step."""
    corners = [f"({x:.0f},{y:.0f})" for x, y in CORNERS]
    return [
        f"E = {readable(float(loss), 3)}\n"
        + ",  ".join(f"ŷ{corner} = {readable(float(a), 3)}" for corner, a in zip(corners, answers, strict=True))
        for loss, answers in zip(training.loss, training.answers, strict=True)
    ]


# ---- program, details ------------------------------------------------------------------------------------------------


def program(seed: int, experiment: Experiment) -> None:
    """The training, and the count over many seeds, as calls of dlcore."""
    experiment.show(train_on_xor, seed)
    experiment.show(learning_seeds, SEEDS)


def loop(seed: int) -> str:
    """The training in a few lines of NumPy, from the weights of that seed: the loss and the answers at the end."""
    w = [float(f"{one:.10g}") for one in xor_network(seed).w]
    run = f"""\
x, y = np.array({CORNERS.astype(int).tolist()!r}), np.array({[[t] for t in TABLES["XOR"]]!r})
W, b = np.array([{w[:2]!r}, {w[2:4]!r}]), np.array({w[4:6]!r})
v, c, rate = np.array([{w[6:7]!r}, {w[7:8]!r}]), {w[8]!r}, {RATE!r}

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

for epoch in range({EPOCHS} + 1):
    h = sigmoid(x @ W + b)
    p = sigmoid(h @ v + c)
    d = (p - y) / 4  # dE/dz of the output unit: cross-entropy, the mean over four corners
    e = d @ v.T * h * (1 - h)  # the same of the hidden units
    v, c = v - rate * h.T @ d, c - rate * d.sum(axis=0)
    W, b = W - rate * x.T @ e, b - rate * e.sum(axis=0)
print(-np.mean(np.log(np.where(y == 1, p, 1 - p))), p.ravel())"""
    return short_program(run)


def details(beat: Beat, training: XorTraining) -> None:
    """Every recorded epoch as a table, once it may be shown; formula and source."""
    if beat.answered:
        beat.numbers({"training_table": lambda: table(training)})
    beat.source([Unit.formula, SGD.formula], xor_network, train_on_xor, learning_seeds)


def table(training: XorTraining) -> pd.DataFrame:
    """Every recorded epoch: the error, and the answers at the corners."""
    names = [f"y_hat({x:.0f},{y:.0f})" for x, y in CORNERS]
    columns: dict[str, np.ndarray] = {"epoch": training.epochs, "E": training.loss}
    return pd.DataFrame(columns | dict(zip(names, training.answers.T, strict=True)))
