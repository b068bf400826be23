"""Numbers as people write them: a share is never said to be nothing or all when it is not, thousands have commas."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.number_format import percent, readable
from ui.text import texts

shares = st.floats(-1e9, 1e9)


def number(text: str) -> float:
    factor, _, power = text.rstrip("%").replace("−", "-").replace(",", "").partition("×10")
    return float(factor) * 10.0 ** int(power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")) or 0)


@given(shares, st.integers(0, 3))
def test_nothing_and_all_are_only_what_is_nothing_or_all(share: float, decimals: int) -> None:
    """A rate at 0.3 % of its limit was said to be at 0 %."""
    said = number(percent(share, decimals))
    assert (said == 0) == (share == 0)
    assert said != 100 or math.isclose(share, 1, rel_tol=1e-11)


@given(shares, st.integers(0, 3))
def test_a_share_is_rounded_to_its_decimals_or_finer(share: float, decimals: int) -> None:
    said = number(percent(share, decimals))
    assert abs(said - 100 * share) <= max(0.5001 * 10.0**-decimals, 0.006 * abs(100 * share))


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.1, "10%"), (1.05, "105%"), (0.003, "0.3%"), (0.0003, "0.03%"), (0.9996, "99.96%"), (0.0, "0%"), (1.0, "100%"),
     (40.565, "4,056%"), (-0.002, "−0.2%"), (math.inf, "∞"), (math.nan, "?")],
)  # fmt: skip
def test_a_share_in_words(share: float, said: str) -> None:
    assert percent(share) == said


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_share_in_a_word_is_said_in_the_same_way(language: str) -> None:
    said = texts.fill(texts.words()["schedule_spent"][language], {"mean": 0.003, "last": 0.0000812})
    assert "0.3%" in said and "0.01%" in said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (3349.0, "3,349"),
        (999.9, "999.9"),
        (14_870_000.0, "14,870,000"),
        (-1000.0, "−1,000"),
        (0.00002465, "0.00002465"),
    ],
)
def test_every_thousand_has_its_comma(value: float, said: str) -> None:
    """Beside 14,870,000 steps there stood 3349."""
    assert readable(value) == said
