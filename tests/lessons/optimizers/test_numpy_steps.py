"""The short programs of optimizers: what they print with NumPy alone is what the page shows."""

import numpy as np
import pytest

from dlcore.experiments.optimizer_conventions import Convention
from dlcore.surfaces import Himmelblau, NarrowValley, OwnFormula, Surface
from lessons.optimizers import one_name, one_step
from lessons.optimizers.rules import RULES
from tests.programs import printed_by

MOST_LINES = 12
"""How long a loop may be beside the landscape, which has lines of its own."""

WITHOUT_MOMENTUM = [("momentum", 0.0), ("nesterov", 0.0)]


@pytest.mark.parametrize(("name", "beta"), [*((name, 0.9) for name in RULES), ("momentum", 0.5), *WITHOUT_MOMENTUM])
def test_a_loop_walks_the_path_of_the_page(name: str, beta: float) -> None:
    setup = one_step.Setup(name, Himmelblau(), 0.003, (-0.5, -1.0), 12, beta)
    text = one_step.loop(setup)
    lines = text.partition("w = np.array")[2].splitlines()
    assert len(lines) <= MOST_LINES, text
    steps = printed_by(text)
    np.testing.assert_allclose([w for _, w in steps], one_step.measure(setup).w[1:], rtol=1e-9, atol=1e-12)
    assert [t for t, _ in steps] == list(range(1, 13))


def test_a_loop_runs_on_a_formula_of_ones_own() -> None:
    surface = OwnFormula("min(x, y)**2 + cos(x)")
    setup = one_step.Setup("adam", surface, 0.1, surface.start, 5)
    np.testing.assert_allclose(printed_by(one_step.loop(setup))[-1][1], one_step.measure(setup).w[-1], rtol=1e-4)


@pytest.mark.parametrize("name", ["momentum", "nesterov"])
def test_without_momentum_a_step_is_written_as_the_plain_descent_that_it_is(name: str) -> None:
    setup = one_step.Setup(name, NarrowValley(), 0.02, (-3.5, 1.2), 4, beta=0.0)
    assert one_step.measure(setup).player_lines(setup)[1].splitlines()[1].startswith("w ← w − η·g = ")


@pytest.mark.parametrize("which", ["momentum_scale", "momentum_mean"])
def test_the_forms_of_momentum_end_where_the_page_says(which: str) -> None:
    setup = one_name.Setup(Convention.get(which), NarrowValley(), 0.01, 60)
    ends = {name: path.w[-1] for name, path in one_name.measure(setup).paths.items()}
    said = dict(printed_by(one_name.loop(setup)))
    assert said.keys() == ends.keys()
    for name, end in ends.items():
        np.testing.assert_allclose(said[name], end, rtol=1e-9)


def test_rules_that_take_more_lines_have_no_loop_of_forms() -> None:
    assert one_name.loop(one_name.Setup(Convention.get("epsilon_size"), Surface.get("bowl"), 0.1, 10)) == ""
