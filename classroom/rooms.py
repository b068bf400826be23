"""What a room is and what may happen in it: phases, votes, results. No clock, no lock, no network.

A question is in its lobby, then open, closed, perhaps discussed and open again for a second round, and revealed. Before
the reveal everybody knows how many have voted and nobody how.
"""

import csv
import io
import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from classroom.questions import LANGUAGES, Ballot, Field, Words, check_words, is_number

LETTERS = "23456789BCDFGHJKMNPQRSTVWXYZ"
"""Of codes of rooms: none that looks like another one, and no vowel, so that no code is a word."""
CODE_LENGTH = 4

PHASES = ("lobby", "open", "closed", "discuss", "revealed")
ACTIONS = ("open", "close", "discuss", "again", "reveal", "next")
ALLOWED: Mapping[str, frozenset[str]] = {
    "lobby": frozenset({"open", "next"}),
    "open": frozenset({"close", "next"}),
    "closed": frozenset({"discuss", "again", "reveal", "next"}),
    "discuss": frozenset({"again", "reveal", "next"}),
    "revealed": frozenset({"next"}),
}
"""By phase, what the teacher may do; ``actions`` says it of a room."""
LEADS_TO = {"open": "open", "close": "closed", "discuss": "discuss", "again": "open", "reveal": "revealed"}
ROUNDS = (1, 2)

MOST_ROOMS = 200
MOST_IDS = 2000
"""In a room."""
MOST_QUESTIONS = 50
"""That a room remembers; of more it forgets the oldest."""
MOST_VOTES = 400_000
"""In all rooms together."""
MOST_TAGS = 2 * MOST_IDS
"""Of those who look on, in a room; who votes has one in any case."""
LONGEST_LINE = 120
"""Characters of what is told to one phone."""
LIFETIME = 3 * 3600.0
"""Seconds after the last vote or act, when a room is gone."""
HERE_FOR = 30.0
"""Seconds for which somebody who was seen counts as being here."""
BODY = 4096
"""Bytes of what a phone sends."""

EXPLAIN_BELOW, GO_ON_ABOVE = 0.3, 0.8
"""Shares of right votes: with fewer the teacher explains again, with more the class goes on, else it discusses."""

_ID = re.compile(r"[A-Za-z0-9_-]{16,64}")


class VoteError(ValueError):
    """A vote does not count; ``code`` is the word why."""

    CODES = ("unreadable", "other_question", "closed", "other_round", "out_of_range", "full")

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class ActError(ValueError):
    """The teacher's wish does not fit; ``code`` is the word why: "unreadable", "phase" or "full"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Vote:
    """What one phone says in one round: a choice, or numbers by the keys of the fields."""

    choice: int | None = None
    numbers: Mapping[str, float] | None = None
    sure: bool | None = None

    def plain(self) -> dict[str, Any]:
        """For JSON, without what was not said."""
        said = {"choice": self.choice, "numbers": self.numbers, "sure": self.sure}
        return {key: value for key, value in said.items() if value is not None}


Votes = dict[str, Vote]
"""By anonymous id; an id that votes again replaces its vote."""


@dataclass(frozen=True)
class Filing:
    """A question that was put before, and how far it had come."""

    ballot: Ballot
    phase: str
    round: int


@dataclass
class Room:
    """A room. history: the questions before this one. next: how often the teacher has wished to go on.

    votes: by exercise and round. explain: by exercise, the ids that ask to have it explained again. tags: by id, a
    running number that the class may see. lines: by exercise and tag, what is told to one phone; tells: how often.
    """

    code: str
    ballot: Ballot | None = None
    phase: str = "lobby"
    round: int = 1
    next: int = 0
    history: list[Filing] = field(default_factory=list)
    votes: dict[tuple[str, int], Votes] = field(default_factory=dict)
    explain: dict[str, set[str]] = field(default_factory=dict)
    tags: dict[str, int] = field(default_factory=dict)
    lines: dict[str, dict[str, Words]] = field(default_factory=dict)
    tells: dict[str, int] = field(default_factory=dict)

    @property
    def exercise(self) -> str:
        return self.ballot.exercise if self.ballot else ""

    def of_round(self, number: int) -> Votes:
        """The votes on the present question."""
        return self.votes.get((self.exercise, number), {})

    def ids(self) -> set[str]:
        """Everybody who has said anything."""
        return {each for votes in self.votes.values() for each in votes}.union(*self.explain.values())

    def snapshot(self) -> "Room":
        """A copy that nobody changes any more."""
        votes = {key: dict(each) for key, each in self.votes.items()}
        explain = {key: set(each) for key, each in self.explain.items()}
        lines = {key: dict(each) for key, each in self.lines.items()}
        copies = {"history": list(self.history), "tags": dict(self.tags), "tells": dict(self.tells)}
        return replace(self, votes=votes, explain=explain, lines=lines, **copies)


# ---- what may happen -------------------------------------------------------------------------------------------------


def actions(room: Room) -> list[str]:
    """What the teacher may do now, in the order of ACTIONS."""
    here = ALLOWED[room.phase]
    if room.ballot is None:
        here = here - {"open"}
    if room.round == ROUNDS[-1]:
        here = here - {"discuss", "again"}
    return [action for action in ACTIONS if action in here]


def act(room: Room, action: object) -> None:
    """Do what the teacher wishes; ActError if it does not fit the phase."""
    if not isinstance(action, str) or action not in ACTIONS:
        raise ActError("unreadable")
    if action not in actions(room):
        raise ActError("phase")
    if action == "next":
        room.next += 1
        return
    if action == "again":
        room.round = ROUNDS[-1]
    room.phase = LEADS_TO[action]


def put(room: Room, ballot: Ballot) -> bool:
    """Put a question to the room; False if it stands there already. One that was there before is as far as it was."""
    if ballot.exercise == room.exercise:
        return False
    if room.ballot is not None and (room.phase != "lobby" or room.explain.get(room.exercise)):
        # nobody can vote on what does not stand there
        phase = "closed" if room.phase == "open" else room.phase
        room.history.append(Filing(room.ballot, phase, room.round))
    filed = next((each for each in room.history if each.ballot.exercise == ballot.exercise), None)
    if filed is not None:
        room.history.remove(filed)
        room.ballot, room.phase, room.round = filed.ballot, filed.phase, filed.round
    else:
        room.ballot, room.phase, room.round = ballot, "lobby", 1
    for old in room.history[:-MOST_QUESTIONS]:
        for number in ROUNDS:
            room.votes.pop((old.ballot.exercise, number), None)
        for kept in (room.explain, room.lines, room.tells):
            kept.pop(old.ballot.exercise, None)
    del room.history[:-MOST_QUESTIONS]
    return True


def is_id(text: object) -> bool:
    return isinstance(text, str) and _ID.fullmatch(text) is not None


def read_body(body: bytes) -> dict[str, Any]:
    """The object that a phone has sent; VoteError if it is none."""
    try:
        found = json.loads(body, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise VoteError("unreadable") from None
    if not isinstance(found, dict):
        raise VoteError("unreadable")
    return found


def read_vote(room: Room, body: Mapping[str, Any]) -> Vote:
    """The vote in what a phone has sent, if it counts in the room as it is; VoteError if it does not."""
    exercise, number, sure = body.get("question"), body.get("round"), body.get("sure")
    if not isinstance(exercise, str) or type(number) is not int or not (sure is None or type(sure) is bool):
        raise VoteError("unreadable")
    if room.ballot is None or exercise != room.exercise:
        raise VoteError("other_question")
    if room.phase != "open":
        raise VoteError("closed")
    if number != room.round:
        raise VoteError("other_round")
    if room.ballot.kind == "choice":
        return Vote(choice=_read_choice(body.get("choice"), len(room.ballot.choices)), sure=sure)
    numbers = _read_numbers(body.get("numbers"), room.ballot)
    return Vote(numbers=numbers, sure=sure)


def vote(room: Room, id: str, body: Mapping[str, Any], ids: int | None = None) -> None:
    """Take a vote, in place of an earlier one of the same id; VoteError if it does not count.

    ids: how many others have said anything, if somebody has counted them already.
    """
    read = read_vote(room, body)
    _check_id(room, id, ids)
    room.votes.setdefault((room.exercise, room.round), {})[id] = read
    tag(room, id)


def explain(room: Room, id: str, question: object, ids: int | None = None) -> None:
    """Note that somebody asks to have the question explained again; VoteError if it is another one's."""
    if not isinstance(question, str):
        raise VoteError("unreadable")
    if room.ballot is None or question != room.exercise:
        raise VoteError("other_question")
    _check_id(room, id, ids)
    room.explain.setdefault(question, set()).add(id)
    tag(room, id)


def tag(room: Room, id: str) -> str:
    """What the class may call somebody, the same in the whole room: "#17"."""
    return f"#{room.tags.setdefault(id, len(room.tags) + 1)}"


def tell(room: Room, exercise: str, lines: Mapping[str, Words]) -> None:
    """Note a short line for each of some phones, by their tags; ValueError if it is none. They see it after the reveal.

    Of a question that the room does not know nothing is noted.
    """
    tags = {f"#{number}" for number in room.tags.values()}
    for words in lines.values():
        check_words(words, LONGEST_LINE)
    if exercise == room.exercise or any(each.ballot.exercise == exercise for each in room.history):
        room.lines[exercise] = {tag: dict(words) for tag, words in lines.items() if tag in tags}
        room.tells[exercise] = room.tells.get(exercise, 0) + 1


def _check_id(room: Room, id: object, ids: int | None) -> None:
    if not is_id(id):
        raise VoteError("unreadable")
    known = any(id in votes for votes in room.votes.values()) or any(id in asking for asking in room.explain.values())
    if not known and (len(room.ids()) if ids is None else ids) >= MOST_IDS:
        raise VoteError("full")


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no number")


def _read_choice(choice: object, count: int) -> int:
    if type(choice) is not int:
        raise VoteError("unreadable")
    if not 0 <= choice < count:
        raise VoteError("out_of_range")
    return choice


def _read_numbers(numbers: object, ballot: Ballot) -> dict[str, float]:
    if not isinstance(numbers, dict) or numbers.keys() != {one.key for one in ballot.fields}:
        raise VoteError("unreadable")
    return {one.key: _read_number(numbers[one.key], one) for one in ballot.fields}


def _read_number(value: object, asked: Field) -> float:
    if type(value) not in (int, float):
        raise VoteError("unreadable")
    if not is_number(value) or not asked.low <= value <= asked.high:  # type: ignore[operator]
        raise VoteError("out_of_range")
    return float(value)  # type: ignore[arg-type]


# ---- what is known ---------------------------------------------------------------------------------------------------


def public(room: Room, here: int, version: int, voted: int | None = None) -> dict[str, Any]:
    """What everybody may know, for JSON: before the reveal how many have voted, after it how, and what is right.

    voted: how many have voted in this round, if somebody has counted them already.
    """
    told: dict[str, Any] = counts(room, here, version, voted) | {"ballot": room.ballot and room.ballot.public()}
    if room.ballot and room.phase == "revealed":
        told |= room.ballot.revealed_part() | {"results": results(room)}
    return told


def counts(room: Room, here: int, version: int, voted: int | None = None) -> dict[str, Any]:
    """What changes while votes come in: ``public`` but for the question itself."""
    voted = len(room.of_round(room.round)) if voted is None else voted
    known = {"code": room.code, "phase": room.phase, "round": room.round, "question": room.exercise}
    known |= {"next": room.next, "lines": room.tells.get(room.exercise, 0)}
    return known | {"here": here, "voted": voted, "version": version}


def mine(room: Room, id: str) -> dict[str, Any]:
    """What one phone has said to the present question, its tag and what is told to it alone, for JSON."""
    told: dict[str, Any] = {str(n): votes[id].plain() for n in ROUNDS if id in (votes := room.of_round(n))}
    told |= {"explain": id in room.explain.get(room.exercise, ())}
    if id in room.tags or len(room.tags) < MOST_TAGS:
        told["tag"] = tag(room, id)
    if room.phase == "revealed" and (line := room.lines.get(room.exercise, {}).get(told.get("tag", ""))):
        told["line"] = line
    return told


def teacher(room: Room, here: int, version: int) -> dict[str, Any]:
    """What the teacher may know in any phase, for JSON."""
    told = public(room, here, version) | {"allowed": actions(room), "hint": hint(room), "results": results(room)}
    told |= {"explain": len(room.explain.get(room.exercise, ()))} | (room.ballot.revealed_part() if room.ballot else {})
    return told | {"history": [_summary(room, each) for each in room.history]}


def _summary(room: Room, filing: Filing) -> dict[str, Any]:
    votes = [len(room.votes.get((filing.ballot.exercise, number), ())) for number in ROUNDS]
    return {
        "exercise": filing.ballot.exercise,
        "title": dict(filing.ballot.title),
        "phase": filing.phase,
        "voted": votes,
    }


def is_right(ballot: Ballot, vote: Vote) -> bool | None:
    """Whether a vote is right; None where nothing is right or wrong, as in a race."""
    if ballot.kind == "choice":
        return vote.choice in ballot.truths if ballot.truths else None
    if ballot.kind == "number" and ballot.value is not None and ballot.tolerance is not None and vote.numbers:
        # what is as far as that on paper may be a little farther in floating point
        return abs(vote.numbers[ballot.fields[0].key] - ballot.value) <= ballot.tolerance * (1 + 1e-9)
    return None


def results(room: Room) -> dict[str, Any]:
    """How the present question was answered, for JSON.

    {"rounds": {"1": {"voted", "sure", "unsure", "right", and "counts" by choice or "numbers" by field, and "tags"}},
    "flow": between the rounds}. right: the share, or None. Of the numbers and the tags, those at the same place are
    one phone's.
    """
    if room.ballot is None:
        return {"rounds": {}, "flow": None}
    rounds = {str(number): _of_votes(room, room.ballot, votes) for number in ROUNDS if (votes := room.of_round(number))}
    return {"rounds": rounds, "flow": flow(room)}


def _of_votes(room: Room, ballot: Ballot, votes: Votes) -> dict[str, Any]:
    said = list(votes.values())
    told: dict[str, Any] = {"voted": len(said), "right": _share_right(ballot, votes)}
    told |= {"sure": sum(each.sure is True for each in said), "unsure": sum(each.sure is False for each in said)}
    if ballot.kind == "choice":
        return told | {"counts": [sum(each.choice == k for each in said) for k in range(len(ballot.choices))]}
    numbers = {one.key: [float(f"{(each.numbers or {})[one.key]:.6g}") for each in said] for one in ballot.fields}
    return told | {"numbers": numbers, "tags": [f"#{room.tags[id]}" for id in votes]}


def entries(room: Room) -> list[tuple[str, Mapping[str, float]]]:
    """The numbers that each phone has sent last, by the tags of who sent them, in their order.

    Who has nothing to change in a second round is still in the race.
    """
    last = {id: vote for number in ROUNDS for id, vote in room.of_round(number).items()}
    order = sorted(last, key=lambda id: room.tags[id])
    return [(f"#{room.tags[id]}", last[id].numbers or {}) for id in order]


def _last_votes(room: Room) -> Votes:
    return next((votes for number in reversed(ROUNDS) if (votes := room.of_round(number))), {})


def _share_right(ballot: Ballot, votes: Votes) -> float | None:
    judged = [right for each in votes.values() if (right := is_right(ballot, each)) is not None]
    return sum(judged) / len(judged) if judged else None


FLOWS = {
    (True, True): "right_right",
    (False, True): "wrong_right",
    (True, False): "right_wrong",
    (False, False): "wrong_wrong",
}


def flow(room: Room) -> dict[str, int] | None:
    """How many of those who voted twice were right or wrong, before and after; None if there are none, as in a race."""
    if room.ballot is None:
        return None
    first, second = (room.of_round(number) for number in ROUNDS)
    ways = []
    for id in first.keys() & second.keys():
        before, after = is_right(room.ballot, first[id]), is_right(room.ballot, second[id])
        if before is not None and after is not None:
            ways.append(FLOWS[before, after])
    return {way: ways.count(way) for way in FLOWS.values()} if ways else None


def hint(room: Room) -> str:
    """What the last votes advise: "explain" again, "discuss", or "go_on"; empty where none is right or wrong."""
    right = _share_right(room.ballot, _last_votes(room)) if room.ballot else None
    if right is None:
        return ""
    return "explain" if right < EXPLAIN_BELOW else "go_on" if right > GO_ON_ABOVE else "discuss"


# ---- for the teacher to take along -----------------------------------------------------------------------------------

COLUMNS = ("exercise", "title", "round", "number", "answer", "sure", "right")
_BEGINS_FORMULA = ("=", "+", "-", "@")


def table(room: Room, language: str = LANGUAGES[0]) -> str:
    """All votes as CSV, a line each; who voted is a number that says nothing about them."""
    ballots = [*(each.ballot for each in room.history), *([room.ballot] if room.ballot else [])]
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for ballot in ballots:
        for number in ROUNDS:
            votes = room.votes.get((ballot.exercise, number), {})
            for id in sorted(votes, key=room.tags.__getitem__):
                writer.writerow(_line(ballot, number, room.tags[id], votes[id], language))
    return out.getvalue()


def _line(ballot: Ballot, round: int, number: int, vote: Vote, language: str) -> Iterator[str | int]:
    if vote.choice is not None:
        answer = ballot.choices[vote.choice].get(language, "")
    else:
        answer = "; ".join(f"{key}={value:.10g}" for key, value in (vote.numbers or {}).items())
    said: Callable[[bool | None], str] = lambda value: "" if value is None else "yes" if value else "no"  # noqa: E731
    yield _cell(ballot.exercise)
    yield _cell(ballot.title.get(language, ""))
    yield round
    yield number
    yield _cell(answer)
    yield said(vote.sure)
    yield said(is_right(ballot, vote))


def _cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    # wide signs are read as the narrow ones, and what is blank before them is passed over
    bare = unicodedata.normalize("NFKC", text).lstrip(" \t\r\n\0")
    return f"'{text}" if bare.startswith(_BEGINS_FORMULA) or text[:1] in ("\t", "\r", "\n") else text
