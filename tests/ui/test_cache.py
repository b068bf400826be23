"""What is shared must not be confused."""

import numpy as np
import pytest

from dlcore.surfaces import Bowl, Himmelblau, LineFit, OwnFormula, SlopeFit
from ui.cache import shared

pytestmark = pytest.mark.filterwarnings("ignore:.*No runtime found.*")


@shared(max_entries=10)
def name_of(member, *more):
    return [type(member).__name__, *more]


@shared(max_entries=10)
def other_name_of(member, *more):
    return ["other", type(member).__name__, *more]


def test_members_without_settings_do_not_share() -> None:
    assert name_of(Bowl()) == ["Bowl"]
    assert name_of(Himmelblau()) == ["Himmelblau"]


def test_members_share_only_with_equal_settings() -> None:
    calls = []

    @shared(max_entries=10)
    def height(surface) -> float:
        calls.append(surface)
        return float(surface(1.0, 1.0))

    assert height(OwnFormula("x + y")) != height(OwnFormula("x - y"))
    assert height(OwnFormula("x + y", 5.0)) == height(OwnFormula("x + y", 7.0))
    assert height(OwnFormula("x + y")) == 2.0
    assert height(LineFit(scaled=True)) != height(LineFit(scaled=False))
    assert len(calls) == 5


def test_functions_do_not_share() -> None:
    assert name_of(Bowl()) != other_name_of(Bowl())


def test_functions_among_the_arguments_count() -> None:
    @shared(max_entries=10)
    def drawn(draw, look):
        return draw(look)

    def large(look):
        return look * 2

    def small(look):
        return look

    assert (drawn(large, 3), drawn(small, 3)) == (6, 3)


def test_arguments_by_name_count() -> None:
    @shared(max_entries=10)
    def pair(**named):
        return dict(named)

    assert pair(x="a", y="b") != pair(x="b", y="a")
    assert pair(x="1") != pair(x=1)


def test_an_array_cannot_be_a_key() -> None:
    with pytest.raises(TypeError, match="ndarray"):
        name_of(Bowl(), np.zeros(2000))
    with pytest.raises(TypeError, match="ndarray"):
        name_of(Bowl(), {"deep": [np.zeros(2)]})


def test_a_visitor_cannot_change_what_another_gets() -> None:
    first = name_of(SlopeFit(), "a")
    first.append("scribble")
    assert name_of(SlopeFit(), "a") == ["SlopeFit", "a"]
