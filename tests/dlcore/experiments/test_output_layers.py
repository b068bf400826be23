"""Recommendations: every row is trained, and beats the mistake beside it."""

import numpy as np
import pytest

from dlcore.activations import Activation
from dlcore.datasets import BreastCancer
from dlcore.experiments.gradient_flow import DeepNetwork
from dlcore.experiments.output_layers import HOW_MANY, MANY, MLP, ONE, RNN, Architecture, Output, Problem, echo
from dlcore.losses import Loss
from dlcore.metrics import resolve
from dlcore.optimizers import SGD

PROBLEMS = [Problem.get(name) for name in Problem.members]
every_problem = pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.name())


@every_problem
@pytest.mark.parametrize("seed", [0, 1])
def test_the_recommended_row_beats_the_wrong_one_beside_it(problem: Problem, seed: int) -> None:
    right, wrong = (problem.outcome(output, seed=seed) for output in (problem.recommended, problem.wrong))
    assert right.score[-1] > wrong.score[-1] + 0.1
    assert right.score[-1] > 0.8 and right.loss[-1] < 0.5 * right.loss[0]


@every_problem
def test_a_row_names_what_exists_and_what_fits(problem: Problem) -> None:
    for output in (problem.recommended, problem.wrong):
        assert Activation.get(output.activation) and Loss.get(output.loss) and output.units in HOW_MANY
    assert problem.metric == "accuracy" or resolve(problem.metric, problem.loss, problem.units)
    assert problem.count(ONE) == 1 and problem.count(MANY) == problem.answers
    assert f"Dense({problem.units}" in problem.keras and problem.loss in problem.keras


@every_problem
def test_no_row_is_held_out_and_trained_on(problem: Problem) -> None:
    x, y, x_val, y_val = problem.samples()
    assert len(x) == len(y) > len(x_val) == len(y_val) >= 80
    assert np.abs(x.mean(axis=0)).max() < 1e-9


def test_softmax_over_one_unit_always_answers_one() -> None:
    found = Problem.get("yes_or_no").outcome(Output(ONE, "softmax", "binary_crossentropy"))
    assert (found.predictions == 1).all() and len(set(found.score)) == 1


def test_softmax_shares_one_among_labels_that_may_all_be_true() -> None:
    problem = Problem.get("several_at_once")
    assert problem.outcome(problem.wrong).predictions.sum(axis=1) == pytest.approx(np.ones(5))
    _, y, *_ = problem.samples()
    assert (y.sum(axis=1) > 1).any()


def test_targets_that_a_loss_does_not_take_are_refused_with_its_words() -> None:
    found = Problem.get("several_at_once").outcome(Output(MANY, "softmax", "categorical_crossentropy"))
    assert "single 1" in found.refused and not found.score.size


def test_an_outcome_that_is_lost_keeps_its_length() -> None:
    found = Problem.get("one_of_many").outcome(Output(MANY, "relu", "categorical_crossentropy"))
    assert found.score.shape == found.loss.shape == (21,)


def test_hidden_layers_of_an_mlp_learn_better_with_what_is_recommended() -> None:
    deep = DeepNetwork(BreastCancer(), 10, 16, rows=160)
    right, wrong = (deep.likewise(name, "he_normal").train(SGD(0.1), 20) for name in (MLP.hidden, "sigmoid"))
    assert right.loss[-1] < 0.2 * wrong.loss[-1]
    assert "he_normal" in MLP.keras


def test_the_state_of_a_memory_stays_within_bounds_with_what_is_recommended() -> None:
    assert echo("relu", 1.5, 50)[-1] == pytest.approx(1.5**50)
    kept = echo(RNN.hidden, 1.5, 50)
    assert np.abs(kept).max() <= 1 and kept[-1] == pytest.approx(np.tanh(1.5 * kept[-1]))
    low, high = Activation.get(RNN.gate).output_range
    assert (low, high) == (0, 1) and {"mlp", "cnn", "rnn"} == set(Architecture.members)


def test_an_output_beyond_the_classes_means_the_nearest_one() -> None:
    """A linear unit that said 1.7 for yes was right, and counted as wrong: it was rounded to a class 2."""
    yes_or_no, one_of_ten = (Problem.get(name) for name in ("yes_or_no", "one_of_many"))
    answers = np.array([[-0.8], [0.2], [0.5], [0.51], [1.7]])
    assert yes_or_no.predictions(answers).ravel().tolist() == [0, 0, 0, 1, 1]
    assert one_of_ten.predictions(np.array([[-3.0], [4.4], [11.2]])).ravel().tolist() == [0, 4, 9]
