"""A question as it is put to a room: plain data, with a JSON form that is checked when it is read."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Self

LANGUAGES = ("ko", "en")
KINDS = ("choice", "number", "race")
MOST_CHARACTERS = 6000
"""In a text."""
MOST_CHOICES = 16
MOST_FIELDS = 6
MOST_BYTES = 64_000
"""In a ballot's JSON."""

Words = Mapping[str, str]
"""A text by language."""


@dataclass(frozen=True)
class Field:
    """A number that is asked for, between low and high.

    start: where a slider stands at first. log: equal steps of a slider multiply. step: what a key adds.
    """

    key: str
    label: Words
    low: float
    high: float
    step: float
    log: bool
    start: float

    def __post_init__(self) -> None:
        _check_text(self.key, 40)
        check_words(self.label)
        for value in (self.low, self.high, self.step, self.start):
            _check_number(value)
        if not self.low <= self.start <= self.high or self.low == self.high or (self.log and self.low <= 0):
            raise ValueError(f"{self.key} has no range from {self.low} to {self.high} with {self.start} in it")


@dataclass(frozen=True)
class Ballot:
    """A question for a room.

    exercise: the name that result codes use. shuffled: whether each phone may have an order of its own. lesson: the
    relative address that reproduces the experiment. Of kind "choice" there are choices, else fields.

    What nobody is to know before the reveal: truths, the places of the right choices; value, the right number, and
    tolerance, how far from it still counts as right; reason; boxes, by wrong choice the title of
    the note that mends it.
    """

    exercise: str
    kind: str
    title: Words
    asked: Words
    choices: Sequence[Words] = ()
    shuffled: bool = False
    truths: Sequence[int] = ()
    reason: Words = field(default_factory=dict)
    boxes: Mapping[int, Words] = field(default_factory=dict)
    lesson: str = ""
    fields: Sequence[Field] = ()
    value: float | None = None
    tolerance: float | None = None

    def __post_init__(self) -> None:
        for name in ("choices", "truths", "fields"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        _check_text(self.exercise, 200)
        _check_text(self.lesson, MOST_CHARACTERS)
        for words in (self.title, self.asked, self.reason, *self.choices, *self.boxes.values()):
            check_words(words)
        for number in (self.value, self.tolerance):
            if number is not None:
                _check_number(number)
        places = (*self.truths, *self.boxes)
        if not all(type(place) is int and 0 <= place < len(self.choices) for place in places):
            raise ValueError(f"{places} are not all places of {len(self.choices)} choices")
        if not self.exercise:
            raise ValueError("a question has a name")
        if self.kind not in KINDS or type(self.shuffled) is not bool:
            raise ValueError(f"a question is one of {', '.join(KINDS)}, not {self.kind!r}")
        if self.kind == "choice" and not (2 <= len(self.choices) <= MOST_CHOICES and not self.fields):
            raise ValueError(f"two to {MOST_CHOICES} choices, not {len(self.choices)}")
        if self.kind != "choice" and not (1 <= len(self.fields) <= MOST_FIELDS and not self.choices):
            raise ValueError(f"one to {MOST_FIELDS} numbers, not {len(self.fields)}")
        if self.kind == "number" and len(self.fields) != 1:
            raise ValueError("a question for a number asks for one")
        if len({one.key for one in self.fields}) != len(self.fields):
            raise ValueError("two numbers have the same key")
        if len(self.to_json().encode()) > MOST_BYTES:
            # what is kept elsewhere is read again
            raise ValueError(f"a ballot has at most {MOST_BYTES} bytes")

    def public(self) -> dict[str, Any]:
        """What everybody may know before the reveal, for JSON."""
        return {name: _plain(getattr(self, name)) for name in PUBLIC}

    def revealed_part(self) -> dict[str, Any]:
        """What everybody may know after the reveal alone, for JSON."""
        return {name: _plain(getattr(self, name)) for name in SECRET}

    def to_json(self) -> str:
        return json.dumps(self.public() | self.revealed_part(), ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """The ballot that was written; ValueError if it is none."""
        if len(text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text) > MOST_BYTES:
            raise ValueError(f"a ballot has at most {MOST_BYTES} bytes")
        try:
            parts = json.loads(text)
            if not isinstance(parts, dict) or parts.keys() - {one.name for one in fields(cls)}:
                raise ValueError("a ballot has no such parts")
            parts["fields"] = [Field(**each) for each in parts.get("fields", ())]
            parts["boxes"] = {int(place): words for place, words in parts.get("boxes", {}).items()}
            return cls(**parts)
        except (TypeError, AttributeError, RecursionError, KeyError) as error:
            raise ValueError(f"no ballot: {error}") from None


PUBLIC = ("exercise", "kind", "title", "asked", "choices", "shuffled", "lesson", "fields")
SECRET = ("truths", "reason", "boxes", "value", "tolerance")


def is_number(value: object) -> bool:
    """Whether a value is a finite number, which True and False are not."""
    return type(value) in (int, float) and abs(value) <= 1e300  # type: ignore[operator]


def _plain(value: Any) -> Any:
    if isinstance(value, Field):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value


def _check_text(text: object, most: int) -> None:
    if not isinstance(text, str) or len(text) > most:
        raise ValueError(f"not a text of at most {most} characters: {str(text)[:40]!r}")
    # half a pair of UTF-16 could not be sent
    text.encode()


def check_words(words: object, most: int = MOST_CHARACTERS) -> None:
    """ValueError, unless these are texts by language of at most so many characters."""
    if not isinstance(words, Mapping) or words.keys() - set(LANGUAGES):
        raise ValueError(f"not a text in {' and '.join(LANGUAGES)}: {str(words)[:40]!r}")
    for text in words.values():
        _check_text(text, most)


def _check_number(value: object) -> None:
    if not is_number(value) or math.isnan(value):  # type: ignore[arg-type]
        raise ValueError(f"not a number: {str(value)[:40]}")
