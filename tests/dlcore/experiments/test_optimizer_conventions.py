"""Conventions: what is said to be the same is the same, what differs does so by what theory says."""

import numpy as np
import pytest

from dlcore.experiments.descent import descend
from dlcore.experiments.optimizer_conventions import (
    AdagradStart,
    Convention,
    DampedMomentum,
    EpsilonPlace,
    EpsilonSize,
    KerasAdam,
    MomentumMean,
    MomentumScale,
    TorchAdagrad,
    TorchMomentum,
)
from dlcore.optimizers import SGD, Adagrad, Adam, Optimizer
from dlcore.surfaces import Himmelblau, NarrowValley

SURFACE = Himmelblau()
START = (-1.0, 2.0)


def paths(convention: Convention, rate: float, steps: int = 60) -> dict[str, np.ndarray]:
    return {whose: descend(SURFACE, START, rule, steps).w for whose, rule in convention.forms(rate).items()}


def test_other_peoples_forms_stand_in_no_menu() -> None:
    for form in (TorchMomentum, DampedMomentum, KerasAdam, TorchAdagrad):
        assert form not in Optimizer.members.values() and r"\leftarrow" in form.formula


@pytest.mark.parametrize("name", list(Convention.members))
def test_a_convention_has_forms_with_names_of_their_own(name: str) -> None:
    forms = Convention.get(name).forms(0.01)
    assert len(forms) > 1 and all(isinstance(rule, Optimizer) for rule in forms.values())


def test_where_the_rate_stands_changes_nothing_while_it_is_constant() -> None:
    keras, torch = paths(MomentumScale(), 0.005).values()
    assert torch == pytest.approx(keras, rel=1e-9)


def test_where_the_rate_stands_matters_once_it_changes() -> None:
    def falling(step: int) -> float:
        return 0.005 / (1 + step)

    keras, torch = (descend(SURFACE, START, form(falling, momentum=0.9), 20).w for form in (SGD, TorchMomentum))
    assert np.abs(keras - torch).max() > 0.01


def test_the_mean_is_the_sum_at_a_tenth_of_the_rate() -> None:
    keras, mean, tenfold = paths(MomentumMean(), 0.005).values()
    assert tenfold == pytest.approx(keras, rel=1e-9)
    assert np.abs(mean - keras).max() > 0.1


def test_adagrads_first_step_is_the_rate_where_it_starts_at_0_and_shorter_at_a_tenth() -> None:
    keras, torch = paths(AdagradStart(), 0.5, 1).values()
    g = SURFACE.gradient(*START)
    assert np.abs(torch[1] - torch[0]) == pytest.approx(0.5, rel=1e-9)
    assert np.abs(keras[1] - keras[0]) == pytest.approx(0.5 * np.abs(g) / np.sqrt(0.1 + g**2 + 1e-7), rel=1e-12)


def test_the_place_of_a_small_epsilon_does_not_show_and_of_a_large_one_does() -> None:
    paper, keras = paths(EpsilonPlace(), 0.1).values()
    assert keras == pytest.approx(paper, rel=1e-5)
    w, g = np.array([1.0]), np.array([2.0])
    for form, share in ((Adam, 2 / (2 + 0.5)), (KerasAdam, 2 / (2 + 0.5 / np.sqrt(1 - 0.999)))):
        rule = form(0.1, epsilon=0.5)
        assert w - rule.update(w, g, rule.start(w), 1) == pytest.approx(0.1 * share, rel=1e-9)


def test_a_small_epsilon_does_not_matter_and_one_of_1_is_another_rule() -> None:
    keras, torch, one = paths(EpsilonSize(), 0.1).values()
    assert torch == pytest.approx(keras, rel=1e-5)
    assert np.abs(one - keras).max() > 0.05


def test_the_paper_and_keras_agree_on_everything_else() -> None:
    valley = NarrowValley()
    for ours, other in (
        (Adam(0.05, epsilon=1e-16), KerasAdam(0.05, epsilon=1e-16)),
        (Adagrad(0.1, initial_accumulator_value=0.5), TorchAdagrad(0.1, initial_accumulator_value=0.5)),
    ):
        a, b = (descend(valley, valley.start, rule, 50).w for rule in (ours, other))
        assert a == pytest.approx(b, rel=1e-6, abs=1e-12)
