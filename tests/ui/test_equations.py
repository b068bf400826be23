"""Equations written out: an = stands only where the numbers shown give the result shown."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from ui.number_format import readable
from ui.text.equations import come_out, with_approximations, with_digits

COMES_OUT = [
    "E = (ŷ − y)² = (0.5 − 1)² = 0.25",
    "E = −ln 0.5 = 0.6931,   z1 ← 0.5 − 0.1·(−0.5) = 0.55",
    "η = 0.01:  (12.06 − 0) / (24.12 − 0) = 50 %",
    "sigmoid(0.3) = 0.5744,  a′ = 0.5744 · (1 − 0.5744) = 0.2445",
    "E = ([(2 − 1)²] + [|−3|]) / 2 = 2",
    "Σ = 2,000 · 3 = 6,000",
    "½·4² = 8\n√9 = 3",
    "η = 1.5×10⁻⁷ · 2 = 3×10⁻⁷",
    "n = 3:  A: 1.2 × 3 (BN) × 0.5 (W) × 0.25 (f′) = 0.45",
    "0.9² / (1 − 0.9¹²) = 1.129",
    "n · 0.3 = 5,  φ(0.2) = 7,  (a, b) = (1, 2),  0.1 + … = 9",  # nobody can work these out
]


@pytest.mark.parametrize("line", COMES_OUT)
def test_what_comes_out_stays(line: str) -> None:
    assert with_approximations(line) == line


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("w ← 0.86827 − 0.1 · (−0.00587) = 0.86885", "w ← 0.86827 − 0.1 · (−0.00587) ≈ 0.86885"),
        ("E = 0.33 · 0.3 = 0.11", "E = 0.33 · 0.3 ≈ 0.11"),
        ("ab: 2 · 3 = 7,  2 · 3 = 6", "ab: 2 · 3 ≈ 7,  2 · 3 = 6"),
        ("p = 1 / 3 = 34 %", "p = 1 / 3 ≈ 34 %"),
        ("n = 3:  A: 0.5 (W) × 0.25 (f′) = 0.15", "n = 3:  A: 0.5 (W) × 0.25 (f′) ≈ 0.15"),
    ],
)
def test_what_does_not_is_said_to_be_about_that(line: str, said: str) -> None:
    assert with_approximations(line) == said


@pytest.mark.parametrize(
    ("side", "result"),
    [
        ("0.9·(0.5, −2) + (1 − 0.9)·(1, 3)", "(0.55, −1.5)"),
        ("max(0.9·(0.5, 2), |(−1, 1)|)", "(1, 1.8)"),
        ("(1, 2) − 0.2·sign((−3, 1,234.5))", "(1.2, 1.8)"),
        ("(−0.35, 3)/(1 − 0.9¹)", "(−3.5, 30)"),
        ("0.2/(√(4, 9) + 1×10⁻⁷)·(1, 1)", "(0.1, 0.0667)"),
        ("1·0.468", "0.468"),
    ],
)
def test_one_number_a_weight_comes_out_for_every_weight(side: str, result: str) -> None:
    assert come_out(side, result)
    for digit, other in (("5", "6"), ("8", "9"), ("3", "2"), ("7", "9")):
        if digit in result:
            assert not come_out(side, result.replace(digit, other))


@given(st.text("0123456789.,·−+/()[]|²^√½ln=≈ \n", max_size=40))
def test_any_line_is_read(line: str) -> None:
    assert with_approximations(line).replace("≈", "=") == line.replace("≈", "=")


@given(st.floats(1e-3, 1e3), st.floats(1e-3, 1e3))
def test_more_digits_are_shown_until_it_comes_out(a: float, b: float) -> None:
    line = with_digits(lambda digits: f"{readable(a, digits)} / {readable(b, digits)} = {readable(a / b, 3)}")
    assert re.fullmatch(r"\S+ / \S+ [=≈] \S+", line)
    if "=" in line:
        assert with_approximations(line) == line


@pytest.mark.usefixtures("briefly")
def test_no_line_under_a_player_is_off(
    script: str, opened: Callable[..., AppTest], steps: Callable[[AppTest], dict[str, list[str]]]
) -> None:
    """In the last digit a step came out otherwise by hand."""
    at = opened(script, lang="en", predict="0")
    assert not at.exception
    for beat, lines in steps(at).items():
        for line in lines:
            assert with_approximations(line) == line, (beat, line)
