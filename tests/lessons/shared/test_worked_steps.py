"""Every step written out has to come out when a reader redoes it with pencil and paper."""

import re
from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from lessons.shared.worked_steps import gradient_steps

LINE = re.compile(r"(?P<letter>\w+) ← (?P<w>−?[\d.]+) − (?P<rate>\S+) · (?P<g>[\d.]+|\(−[\d.]+\)) = (?P<then>−?[\d.]+)")

weights = st.floats(-1e4, 1e4)
rates = st.one_of(st.floats(1e-7, 10), st.sampled_from([1e-7, 2.4e-5, 0.001, 0.1, 0.25, 1.0, 3.0, 10.0]))


def number(text: str) -> Decimal:
    return Decimal(text.strip("()").replace("−", "-"))


def unit(text: str) -> Decimal:
    """One in the last decimal of a number as it is written."""
    return Decimal(10) ** -len(text.strip("()").partition(".")[2])


def run_of(w: float, g: float, rate: float) -> list[str]:
    places = np.array([[w], [w - rate * g]])
    return gradient_steps(("w",), places, np.array([[g], [0.0]]), rate)


@given(weights, weights, rates)
@example(1.2, 2.31, 0.1)
@example(0.0, 0.0, 0.1)
@example(0.0, 1e-9, 1e-7)
@example(-1e-13, 0.0, 0.1)
@example(9999.99999, -1e4, 10.0)
@example(0.868266, -0.00587, 0.1)
def test_the_numbers_shown_give_the_result_shown(w: float, g: float, rate: float) -> None:
    line, _ = run_of(w, g, rate)
    found = LINE.fullmatch(line)
    assert found, line
    by_hand = number(found["w"]) - Decimal(found["rate"]) * number(found["g"])
    last = unit(found["then"])
    assert by_hand.quantize(last, ROUND_HALF_EVEN) == number(found["then"]), line


@given(weights, weights, rates)
def test_the_numbers_shown_are_those_of_the_run(w: float, g: float, rate: float) -> None:
    found = LINE.fullmatch(run_of(w, g, rate)[0])
    assert found
    for name, value in {"w": w, "g": g, "then": w - rate * g}.items():
        assert abs(number(found[name]) - Decimal(value)) <= unit(found[name]) * Decimal("0.500001"), name
    assert float(found["rate"]) == rate


@given(weights, weights, rates)
def test_enough_digits_are_shown_to_see_the_step(w: float, g: float, rate: float) -> None:
    found = LINE.fullmatch(run_of(w, g, rate)[0])
    assert found
    larger = max(abs(w), abs(rate * g))
    if larger > 1e-7:
        assert unit(found["then"]) <= Decimal(larger) / 1000


def test_a_minus_is_a_minus_and_zero_has_none() -> None:
    assert run_of(-1.5, -4.7424, 0.1)[0] == "w ← −1.5000 − 0.1 · (−4.7424) = −1.0258"
    assert "−0.0000" not in run_of(-1e-13, 1e-13, 0.1)[0]


def test_a_line_for_every_weight_and_the_end_without_a_step() -> None:
    path = np.array([[1.0, 2.0], [0.5, 1.0], [0.25, 0.5]])
    lines = gradient_steps(("a", "b"), path, path.copy(), 0.5)
    assert len(lines) == 3
    assert [part[0] for part in lines[0].splitlines()] == ["a", "b"]
    assert lines[2] == "a = 0.25000,  b = 0.50000"


def test_a_run_that_is_lost_at_once_shows_its_start() -> None:
    assert gradient_steps(("w",), np.array([[1e300]]), np.array([[np.nan]]), 0.1) == [f"w = {1e300:.0f}"]
