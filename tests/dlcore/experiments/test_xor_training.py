"""XOR learned: what is recorded is what the network was, and not every seed gets there."""

import numpy as np
import pytest

from dlcore.experiments.logic_gates import CORNERS
from dlcore.experiments.xor_training import (
    EPOCHS,
    TARGETS,
    answer_maps,
    learning_seeds,
    train_on_xor,
    xor_network,
)

EXTENT = ((0.0, 1.0), (0.0, 1.0))


@pytest.fixture(scope="module")
def learned() -> np.ndarray:
    return learning_seeds(20)


def test_some_seeds_learn_and_some_do_not(learned: np.ndarray) -> None:
    assert learned.any() and not learned.all()


@pytest.mark.parametrize("learns", [True, False])
def test_a_training_by_itself_ends_as_it_does_among_many(learns: bool, learned: np.ndarray) -> None:
    training = train_on_xor(int(np.flatnonzero(learned == learns)[0]))
    assert (training.right == len(CORNERS)) == learns
    assert training.loss[-1] < training.loss[0], "it goes down in either case"


def test_what_is_recorded_is_what_the_network_was() -> None:
    training = train_on_xor(1)
    assert training.epochs[0] == 0 and training.epochs[-1] == EPOCHS
    assert training.weights[0] == pytest.approx(xor_network(1).w)
    y = TARGETS[:, 0]
    for frame in (0, 7, len(training.epochs) - 1):
        first, second, output = training.units(frame)
        hidden = np.stack([first(CORNERS), second(CORNERS)], axis=-1)
        answers = output(hidden)
        assert training.hidden[frame] == pytest.approx(hidden)
        assert training.answers[frame] == pytest.approx(answers)
        by_hand = -np.mean(y * np.log(answers) + (1 - y) * np.log(1 - answers))
        assert training.loss[frame] == pytest.approx(by_hand, rel=1e-6)
    # the ends of a grid over the corners are the corners
    maps = answer_maps(training, EXTENT, 3)
    at_corners = maps[:, [0, 0, -1, -1], [0, -1, 0, -1]]
    assert at_corners == pytest.approx(training.answers)


def test_the_slope_at_the_end_is_that_of_the_loss() -> None:
    training, model, h = train_on_xor(5), xor_network(5), 1e-5
    gradient = []
    for k in range(model.w.size):
        ends = []
        for sign in (1, -1):
            model.w[:] = training.weights[-1]
            model.w[k] += sign * h
            ends.append(model.evaluate(CORNERS, TARGETS))
        gradient.append((ends[0] - ends[1]) / (2 * h))
    assert training.slope == pytest.approx(float(np.linalg.norm(gradient)), rel=1e-3)
