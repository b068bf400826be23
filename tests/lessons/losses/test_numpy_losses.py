"""The short programs of losses: what they print with NumPy alone is what the page shows."""

import numpy as np
import pytest

from dlcore.losses import Loss
from lessons.losses import by_hand_and_by_machine, not_squares_for_classes, softmax_once, what_it_punishes
from tests.programs import printed_by

MOST_LINES = 15


def setup_of(name: str, truth: float, place: float) -> what_it_punishes.Setup:
    kind = type(Loss.get(name))
    if kind in what_it_punishes.BY_RESIDUAL:
        return what_it_punishes.by_residual(kind, truth, place, 0.7)
    if kind in what_it_punishes.BY_PROBABILITY:
        return what_it_punishes.by_probability(kind, truth, place, 0.1, 2.0)
    return what_it_punishes.by_score(kind, truth, place)


@pytest.mark.parametrize("name", what_it_punishes.NAMES)
@pytest.mark.parametrize(("truth", "place"), [(1.0, 0.2), (0.0, 0.2), (1.0, 0.0), (0.0, 1.0), (1.0, -0.4)])
def test_errors_and_slopes_at_the_point_are_those_of_the_page(name: str, truth: float, place: float) -> None:
    setup = setup_of(name, truth, place)
    point = np.array([what_it_punishes.measure(setup).point])
    text = what_it_punishes.loop(setup)
    for (short, error, slope), loss in zip(printed_by(text), setup.losses, strict=True):
        truths = [part[0] for part in (loss.errors(*setup.pairs(point)), loss.slopes(*setup.pairs(point)))]
        assert [error, slope] == pytest.approx(truths, rel=1e-5, abs=1e-12), short
    assert len(text.splitlines()) <= MOST_LINES and max(map(len, text.splitlines())) <= 120, text


ENTRIES = [
    *((task, *lines) for task, lines in by_hand_and_by_machine.DEFAULTS.items()),
    (by_hand_and_by_machine.NUMBERS, "-3, 5", "2.5, 28"),
    (by_hand_and_by_machine.NUMBERS, "0, 5, 2, 8", "1, 5.5, 4, 7"),
    (by_hand_and_by_machine.BINARY, "1, 0, 1", "1, 0, 0"),
    (by_hand_and_by_machine.CLASSES, "0, 1", "1, 0; 1, 0"),
]


@pytest.mark.parametrize("entry", ENTRIES, ids=" | ".join)
def test_what_is_entered_comes_to_the_losses_of_the_page(entry: tuple[str, str, str]) -> None:
    setup = by_hand_and_by_machine.read(*entry)
    text, values = by_hand_and_by_machine.loop(setup), by_hand_and_by_machine.measure(setup).loss_values
    said = dict(printed_by(text))
    assert len(said) >= 2 and said == pytest.approx({name: values[name] for name in said}, rel=1e-5)
    assert len(text.splitlines()) <= MOST_LINES, text


def test_both_gradients_at_a_sum_are_those_of_the_table() -> None:
    for z, truth in ((5.0, 0.0), (-2.0, 1.0)):
        setup = not_squares_for_classes.Setup(z, truth, not_squares_for_classes.DATA["gauss_pairs"], 0.3, 1, 0)
        comparison = not_squares_for_classes.measure(setup)
        place = int(np.argmin(abs(comparison.z - z)))
        sizes = {name: abs(slope) for name, slope in printed_by(not_squares_for_classes.loop(setup))}
        assert sizes == pytest.approx({name: float(g[place]) for name, g in comparison.gradients.items()})


def test_both_descents_of_logits_have_the_losses_of_the_page() -> None:
    setup = softmax_once.Setup((0.0, 2.0, -1.0), 0, 1.0, 40)
    text = softmax_once.loop(setup)
    said = [loss for _, loss in printed_by(text)]
    losses = softmax_once.measure(setup).losses()
    np.testing.assert_allclose(said, [*losses[softmax_once.ONCE], *losses[softmax_once.TWICE]], rtol=1e-9)
    assert len(text.splitlines()) <= MOST_LINES, text
