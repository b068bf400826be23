"""What an address writes, an address reads; and nonsense becomes something valid."""

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ui.controls.kinds import Choice, Kind, Names, Number, Several, Switch, Text

NAMES = ("sgd", "adam", "rms_prop", "×½", "골짜기")

finite = st.floats(-1e12, 1e12, allow_subnormal=False)


@st.composite
def numbers(draw: st.DrawFn) -> Number:
    log = draw(st.booleans())
    # a slider whose ends are decades apart, as pages declare them
    low = draw(st.floats(1e-9, 1e3)) if log else draw(finite)
    high = low * draw(st.floats(1.5, 1e8)) if log else low + draw(st.floats(1e-3, 1e9))
    whole = not log and draw(st.booleans())
    if whole:
        low, high = math.floor(low), math.ceil(high)
    default = draw(st.integers(int(low), int(high)) if whole else st.floats(low, high))
    return Number(default, low, high, log, whole)


choices = st.sampled_from(NAMES).map(lambda name: Choice(name, NAMES))
several = st.sets(st.sampled_from(NAMES)).map(lambda names: Several(tuple(n for n in NAMES if n in names), NAMES))
switches = st.booleans().map(Switch)
texts = st.integers(1, 300).map(lambda most: Text("x**2", max(4, most)))
some_names = st.just(Names())
kinds = st.one_of(numbers(), choices, several, switches, texts, some_names)


def valid(kind: Kind) -> st.SearchStrategy:
    """Any value of the kind."""
    match kind:
        case Number(whole=True):
            return st.integers(int(kind.low), int(kind.high))
        case Number():
            return st.floats(kind.low, kind.high)
        case Choice():
            return st.sampled_from(kind.options)
        case Several():
            return st.sets(st.sampled_from(kind.options)).map(lambda s: tuple(o for o in kind.options if o in s))
        case Switch():
            return st.booleans()
        case Text():
            return st.text(min_size=1, max_size=kind.most)
        case Names():
            return st.lists(st.from_regex(r"[a-z0-9_]{1,40}", fullmatch=True), min_size=1, unique=True).map(tuple)


def is_valid(kind: Kind, value: object) -> bool:
    match kind:
        case Number():
            return isinstance(value, int if kind.whole else float) and kind.low <= value <= kind.high  # type: ignore[operator]
        case Choice():
            return value in kind.options
        case Several():
            return isinstance(value, tuple) and list(value) == [o for o in kind.options if o in value]
        case Switch():
            return isinstance(value, bool)
        case Text():
            return isinstance(value, str) and 0 < len(value) <= kind.most
        case Names():
            return isinstance(value, tuple) and len(set(value)) == len(value) <= kind.most


@given(st.data(), kinds)
def test_what_is_written_is_read_as_it_was(data: st.DataObject, kind: Kind) -> None:
    value = data.draw(valid(kind))
    assert kind.read(kind.write(value)) == (value, True)


NONSENSE = [
    "",
    " ",
    "nan",
    "inf",
    "-inf",
    "1e999",
    "0x10",
    "1_0",
    "--1",
    "1,2",
    "\x00",
    "true",
    "٣",
    "a" * 10_000,
    "9" * 5000,
]


@given(kinds, st.one_of(st.text(), st.sampled_from(NONSENSE), st.floats().map(str)))
@example(Number(40, 1, 300, whole=True), "2.5")
@example(Number(40, 1, 300, whole=True), "inf")
@example(Number(0.1, 0.001, 3, log=True), "nan")
def test_any_text_is_read_as_something_valid(kind: Kind, text: str) -> None:
    value, said_valid = kind.read(text)
    assert is_valid(kind, value)
    if said_valid:
        assert kind.read(kind.write(value)) == (value, True)


@given(st.data(), kinds)
def test_the_default_is_what_nonsense_becomes(data: st.DataObject, kind: Kind) -> None:
    assert is_valid(kind, kind.default)
    if not isinstance(kind, Text | Several):
        assert kind.read("no such thing") == (kind.default, False)


@given(numbers(), st.one_of(finite, st.just(math.inf), st.just(-math.inf)))
def test_the_nearest_value_is_in_range_and_stays(kind: Number, value: float) -> None:
    nearest = kind.nearest(value)
    assert is_valid(kind, nearest)
    assert kind.nearest(nearest) == nearest
    if kind.low <= value <= kind.high:
        assert abs(nearest - value) <= (0.5 if kind.whole else 0)


@given(kinds.flatmap(lambda kind: st.tuples(st.just(kind), valid(kind))))
def test_a_valid_value_is_its_own_nearest(drawn: tuple[Kind, object]) -> None:
    kind, value = drawn
    assert kind.nearest(value) == value  # type: ignore[arg-type]


@given(st.data(), numbers().filter(lambda kind: kind.log))
def test_a_logarithmic_slider_stops_at_its_ends_and_its_value(data: st.DataObject, kind: Number) -> None:
    value = data.draw(valid(kind))
    stops = kind.stops(value)
    assert stops == sorted(set(stops))
    assert {value, kind.low, kind.high} <= set(stops)
    assert stops[0] == kind.low and stops[-1] == kind.high


def test_round_numbers_are_among_the_stops() -> None:
    stops = Number(0.1, 0.001, 3, log=True).stops(0.07)
    assert {0.001, 0.003, 0.07, 0.1, 0.5, 1, 2, 3} <= set(stops)


def test_one_text_is_not_several_names() -> None:
    """In "2,12" the options 1, 2 and 12 would be found, each as a part of it."""
    with pytest.raises(TypeError, match="several"):
        Several((), ("1", "2", "12")).nearest("2,12")
