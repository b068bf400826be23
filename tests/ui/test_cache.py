"""What is shared must not be confused."""

import functools
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from dlcore import losses, metrics
from dlcore.surfaces import Bowl, Himmelblau, LineFit, OwnFormula, SlopeFit
from ui.cache import shared

pytestmark = pytest.mark.filterwarnings("ignore:.*No runtime found.*")


@shared(max_entries=10)
def name_of(member, *more):
    return [type(member).__name__, *more]


@shared(max_entries=10)
def other_name_of(member, *more):
    return ["other", type(member).__name__, *more]


@dataclass(frozen=True)
class Holding:
    """A setting of any kind."""

    part: Any
    hidden: Any = field(default=None, repr=False, compare=False)


class Nobody:
    """It has no settings, and no name of its own."""


def large(look):
    return look * 2


def small(look):
    return look


@shared(max_entries=10)
def drawn(draw, look):
    return draw(look)


@shared(max_entries=10)
def hidden_of(holding: Holding):
    return holding.hidden


@shared(max_entries=10)
def total_of(name: str, *, _rows: np.ndarray) -> float:
    return float(_rows.sum())


@shared(max_entries=10)
def module_of(member) -> str:
    return type(member).__module__


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


@pytest.mark.parametrize(
    ("part", "named"),
    [
        (np.zeros(2000), r"arguments\[0\]\.part: ndarray"),
        (Holding(np.zeros(2)), r"arguments\[0\]\.part\.part: ndarray"),
        ((1, {"deep": np.zeros(2)}), r"arguments\[0\]\.part\[1\]\['deep'\]: ndarray"),
        (Nobody(), r"arguments\[0\]\.part: Nobody"),
        ({1, 2}, r"arguments\[0\]\.part: set"),
        (lambda x: x, r"arguments\[0\]\.part: .*<lambda>"),
        (Bowl().gradient, r"arguments\[0\]\.part: method"),
    ],
)
def test_what_two_values_may_be_called_alike_is_refused_and_named(part: Any, named: str) -> None:
    for value in (Holding(part), Holding(1, part)):
        where = named if value.part is part else named.replace("part", "hidden", 1)
        with pytest.raises(TypeError, match=where):
            name_of(value)


def test_functions_without_a_name_of_their_own_are_refused() -> None:
    def local(look):
        return look

    for function in (local, lambda look: look, functools.partial(large, 1), Bowl().gradient):
        with pytest.raises(TypeError, match=r"0\]: "):
            name_of(function)


def test_what_a_dataclass_does_not_print_counts() -> None:
    assert repr(Holding(1, 2)) == repr(Holding(1, 3))
    assert hidden_of(Holding(1, 2)) == 2 and hidden_of(Holding(1, 3)) == 3


def test_what_the_other_arguments_already_tell_is_handed_on_and_does_not_count() -> None:
    rows = np.arange(3.0)
    assert total_of("mine", _rows=rows) == 3
    assert total_of("mine", _rows=rows + 1) == 3, "looked up by the name alone"
    assert total_of("other", _rows=rows + 1) == 6


def test_members_of_the_same_name_in_two_families_do_not_share() -> None:
    assert repr(losses.MeanSquaredError()) == repr(metrics.MeanSquaredError())
    assert module_of(losses.MeanSquaredError()) != module_of(metrics.MeanSquaredError())


def test_a_text_is_not_what_it_describes() -> None:
    for value in (Bowl(), large, (1, 2), {"a": 1}, None, 1):
        assert name_of(str(value)) == ["str"]
        assert name_of(value) == [type(value).__name__]
