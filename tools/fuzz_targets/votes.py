"""Fuzz target: what a phone sends to a room, and a question as it is kept."""

import csv
import io
import json
from typing import Any

from classroom import rooms
from classroom.questions import MOST_BYTES, Ballot, Field
from classroom.rooms import Room, VoteError

_RATE = Field("rate", {"en": "rate"}, 1e-4, 10.0, 0.1, True, 0.01)
_MOMENTUM = Field("momentum", {"en": "momentum"}, 0.0, 0.999, 0.01, False, 0.0)
_WORDS = {"ko": "\ubb3c\uc74c", "en": "asked"}
_CHOICES = [{"en": "=first"}, {"en": "@second"}, {"en": "third"}]
BALLOTS = (
    Ballot("choice", "choice", _WORDS, _WORDS, _CHOICES, truths=[1], reason=_WORDS, boxes={0: _WORDS}),
    Ballot("number", "number", _WORDS, _WORDS, fields=[_RATE], value=0.5, tolerance=0.1, reason=_WORDS),
    Ballot("race", "race", _WORDS, _WORDS, fields=[_RATE, _MOMENTUM]),
)
_ID = "fuzzer-0123456789"


def check_vote(data: bytes) -> None:
    """A vote that counts once, finite and in its range, or one of the words; the room is as it was if it is refused.

    The first byte says which question is asked and in which round.
    """
    first = data[0] if data else 0
    room = Room("KD4F")
    rooms.put(room, BALLOTS[first % 3])
    for action in ("open", "close", "again")[: 1 + 2 * (first // 3 % 2)]:
        rooms.act(room, action)
    before = room.snapshot()
    try:
        body = rooms.read_body(data[1 : 1 + rooms.BODY])
        id = body.get("id", _ID)
        rooms.vote(room, id, body)
    except VoteError as error:
        assert error.code in VoteError.CODES
        assert room == before
        return
    ((kept_for, kept),) = room.votes.items()
    assert kept_for == (room.exercise, room.round) == (body["question"], body["round"])
    assert list(kept) == [id]
    assert rooms.is_id(id)
    _check_told(room, body, id)
    rooms.vote(room, id, body)
    rooms.act(room, "close")
    rooms.act(room, "reveal")
    told = json.dumps([rooms.public(room, 1, 1), rooms.teacher(room, 1, 1), rooms.mine(room, id)], allow_nan=False)
    told.encode()
    lines = list(csv.reader(io.StringIO(rooms.table(room, "en"))))
    assert len(lines) == 2
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in lines[1])


def _check_told(room: Room, body: dict[str, Any], id: str) -> None:
    """What is kept is what was sent, and fits the question."""
    assert room.ballot is not None
    kept = room.of_round(room.round)[id]
    if room.ballot.kind == "choice":
        assert kept.choice == body["choice"]
        assert kept.choice in range(3)
        assert kept.numbers is None
    else:
        assert kept.numbers == body["numbers"]
        assert kept.choice is None
        assert kept.numbers is not None
        assert all(one.low <= kept.numbers[one.key] <= one.high for one in room.ballot.fields)
        assert all(type(value) is float for value in kept.numbers.values())
    assert kept.sure in (None, True, False)
    assert kept.sure == body.get("sure")
    assert not {"truths", "reason", "results"} & rooms.public(room, 1, 1).keys()


def vote_seeds() -> list[bytes]:
    votes: list[tuple[int, dict[str, Any]]] = [
        (0, {"question": "choice", "round": 1, "choice": 1, "sure": True}),
        (3, {"question": "choice", "round": 2, "choice": 0, "sure": None, "id": "A" * 16}),
        (1, {"question": "number", "round": 1, "numbers": {"rate": 0.55}}),
        (5, {"question": "race", "round": 2, "numbers": {"rate": 10, "momentum": 0.0}, "sure": False}),
        (2, {"question": "race", "round": 1, "numbers": {"rate": 1e-4, "momentum": 0.999}, "more": [[{}]]}),
    ]
    seeds = [bytes([first]) + json.dumps(body).encode() for first, body in votes]
    seeds += [b"", b"\0[]", b"\0{}", b"\1" + seeds[2][1:].replace(b"0.55", b"1e999")]
    return [*seeds, b"\0" + seeds[0][1:].replace(b'"choice": 1', b'"choice": NaN')]


def vote_worst() -> dict[str, bytes]:
    whole = {"question": "choice", "round": 1, "choice": 1}
    return {
        "brackets": b"\0" + b"[" * rooms.BODY,
        "objects": b"\0" + b'{"a":' * (rooms.BODY // 5),
        "digits": b"\0" + json.dumps(whole).replace('"choice": 1', '"choice": ' + "9" * 4000).encode(),
        "keys": b"\0{" + b",".join(b'"%d":0' % k for k in range(500)) + b"}",
        "10 MB": b"\0" + b"9" * 10_000_000,
    }


def check_ballot(data: bytes) -> None:
    """A ballot that is written and read again as it is, whose secrets are apart, or a ValueError."""
    try:
        ballot = Ballot.from_json(data)
    except ValueError:
        return
    written = ballot.to_json()
    assert Ballot.from_json(written) == ballot
    assert len(data) <= MOST_BYTES
    assert not ballot.public().keys() & ballot.revealed_part().keys()
    json.dumps([ballot.public(), ballot.revealed_part()], allow_nan=False).encode()
    room = Room("KD4F")
    rooms.put(room, ballot)
    rooms.act(room, "open")
    rooms.table(room)


def ballot_seeds() -> list[bytes]:
    return [ballot.to_json().encode() for ballot in BALLOTS] + [b"{}", b"[]", b""]


def ballot_worst() -> dict[str, bytes]:
    many = json.loads(BALLOTS[0].to_json()) | {"choices": [{"en": "x" * 3000}] * 16}
    return {
        "brackets": b"[" * MOST_BYTES,
        "the longest": json.dumps(many).encode()[:MOST_BYTES],
        "10,000 choices": json.dumps(many | {"choices": [{}] * 10_000}).encode(),
        "10,000 boxes": json.dumps(many | {"choices": [], "boxes": {k: {} for k in range(5000)}}).encode(),
        "10 MB": b"9" * 10_000_000,
    }
