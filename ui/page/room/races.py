"""A race in a room: phones send numbers, and the page computes what comes of them; nobody can send a result."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from classroom import rooms, store
from classroom.questions import Ballot, Field
from ui.page.room import projector
from ui.page.room.ballots import lesson_address
from ui.quiz import result_codes
from ui.quiz.prediction import Guess
from ui.text.texts import LANGUAGES
from ui.visit import Visit

Numbers = tuple[str, Mapping[str, float]]
"""The tag of a phone, such as "#17", and the numbers that it has sent, by key."""

VOTED = ("closed", "discuss", "revealed")
"""The phases of a race whose numbers may be shown."""


@dataclass(frozen=True)
class Number:
    """A number that phones are asked for: from low to high, its label a word of the glossary."""

    key: str
    word: str
    low: float
    high: float
    step: float
    start: float
    log: bool = False


@dataclass(frozen=True)
class Race:
    """What a class is asked for in place of a choice, and in which word.

    identity: of the experiment, whoever takes part in it.
    """

    page: str
    beat: str
    identity: str
    asked: str
    numbers: tuple[Number, ...]

    @property
    def exercise(self) -> str:
        """The name of the question for a room."""
        return result_codes.exercise(self.page, self.beat, "race", [one.key for one in self.numbers], self.identity)


def ballot_of(visit: Visit, race: Race) -> Ballot:
    """The question for a room: what is asked for, and nothing to be right or wrong about."""

    def words(key: str) -> dict[str, str]:
        return {language: visit.word_in(language, key) for language in LANGUAGES}

    fields = [Field(one.key, words(one.word), one.low, one.high, one.step, one.log, one.start) for one in race.numbers]
    return Ballot(
        exercise=race.exercise,
        kind="race",
        title={language: visit.heading_in(language, race.beat) for language in LANGUAGES},
        asked=words(race.asked),
        fields=fields,
        lesson=lesson_address(visit, race.beat),
    )


def entries(race: Race, guess: Guess | None) -> list[Numbers] | None:
    """What the phones of this session's room have sent to a race, in the order of their tags; else None.

    As long as they may still change their minds there is nothing to be shown, unless the page has its answer already.
    guess: of the page. Who has one may try what the class has entered on something else.
    """
    mine = projector.of_session()
    if mine is None:
        return None
    try:
        room = store.store().room(mine.code)
    except store.StoreAwayError:
        return None
    if room is None or room.ballot is None or room.ballot.kind != "race":
        return None
    if {one.key for one in room.ballot.fields} != {one.key for one in race.numbers}:
        return None
    is_this = room.exercise == race.exercise
    is_answered = guess is not None and guess.identity == race.identity
    may_be_shown = room.phase in VOTED or (is_this and is_answered and room.phase == "open")
    return rooms.entries(room) if may_be_shown and (is_this or guess is not None) else None


def tell(lines: Callable[[], Mapping[str, Mapping[str, str]]], of: Sequence[Numbers]) -> None:
    """Tell each phone of this session's room its own line, by tag and language, if it has not been told that.

    of: what the phones have sent, which the lines are about.
    """
    mine = projector.of_session()
    if mine is None or not of:
        return
    new = {tag: dict(words) for tag, words in lines().items()}
    try:
        room = store.store().room(mine.code)
        if room is not None and room.lines.get(room.exercise) != new:
            store.store().tell(mine.code, mine.secret, room.exercise, new)
    except (LookupError, PermissionError):
        projector.lose(projector.GONE)
    except store.StoreAwayError:
        # the next run tries again
        return
