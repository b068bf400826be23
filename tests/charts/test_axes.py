"""Axes: what a range is rounded to."""

import pytest

from charts import axes


@pytest.mark.parametrize("ends", [(20240101.0, 20240131.0), (1e9 + 1, 1e9 + 2), (-3e7, -3e7 + 12)])
def test_a_range_far_from_zero_keeps_its_ends(ends: tuple[float, float]) -> None:
    """Dates as numbers, years and ids made an empty range, and nothing was drawn."""
    low, high = axes.plain({"x_domain": ends})["x_domain"]
    assert (low, high) == pytest.approx(ends, abs=1e-5 * (ends[1] - ends[0]), rel=0)


def test_ranges_that_differ_by_rounding_are_the_same_look() -> None:
    looks = [axes.plain({"x_domain": (0.1 + 0.2, end), "title": "w"}) for end in (1.0, 1.0 + 1e-12)]
    assert looks[0] == looks[1] == {"x_domain": (0.3, 1.0), "title": "w"}
    assert axes.plain({"x_domain": (2.0, 2.0), "y_domain": (0.0, float("inf"))})["x_domain"] == (2.0, 2.0)
