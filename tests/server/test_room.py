"""A room over HTTP, with a real server: what phones, projector and teacher are answered, and what is refused."""

import http.client
import json
import re
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from benchmarks.serving import answers
from classroom import rooms
from tests.asked import ask
from tests.classroom.ballots import SECRETS, choice, number, phone, race, says
from tests.room_client import Class, content, opened
from tests.server.visits import ROOT, Server

APP = "benchmarks/room_app.py"


@pytest.fixture(scope="session")
def room_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of the app on which a test can open rooms."""
    log = tmp_path_factory.mktemp("room") / "log.txt"
    with Server(ROOT, log, script=APP) as running:
        yield running


@pytest.fixture
def port(room_server: Server) -> Iterator[int]:
    """The server's; whatever a test does to it, it lives on and met with no fault."""
    before = len(room_server.log_text())
    yield room_server.port
    assert room_server.answers()
    said = room_server.log_text()[before:]
    assert "Traceback" not in said and "Exception" not in said, said


def word(answer: Any) -> tuple[int, str]:
    return answer.status, content(answer)["error"]


# ---- a lesson --------------------------------------------------------------------------------------------------------


def test_a_whole_question_as_the_projector_hears_it(port: int) -> None:
    room = opened(port)
    with room.events() as heard:
        first = next(heard)
        assert (first["phase"], first["ballot"], first["here"], first["voted"]) == ("lobby", None, 0, 0)
        room.put(choice())
        put = next(heard)
        assert put["ballot"]["exercise"] == "who_wins" and put["phase"] == "lobby"
        assert room.act("open")["allowed"] == ["close", "next"]
        assert next(heard)["phase"] == "open"
        for k in range(5):
            assert room.vote(phone(k), says(choice(), k % 2)).status == 200
        while (told := next(heard))["voted"] < 5:
            # while votes come in, numbers alone
            assert "ballot" not in told
        assert told["here"] == 5 and told["phase"] == "open"
        teacher = room.act("close")
        assert (teacher["hint"], teacher["results"]["rounds"]["1"]["counts"]) == ("discuss", [3, 2, 0])
        room.act("discuss", "again")
        for k in range(5):
            room.vote(phone(k), says(choice(), 1, round=2))
        room.act("close", "next", "reveal")
        while (told := next(heard))["phase"] != "revealed":
            assert not {"truths", "results", "reason"} & told.keys()
        assert told["truths"] == [1] and told["next"] == 1
        assert told["results"]["flow"] == {"right_right": 2, "wrong_right": 3, "right_wrong": 0, "wrong_wrong": 0}
        versions = told["version"]
        assert room.ask("close", b"").status == 200
        assert next(heard) == {"error": "unknown"} and next(heard, None) is None
    assert versions > first["version"]
    assert word(room.ask("state", secret=None)) == (404, "unknown")
    assert word(room.ask("events", secret=None)) == (404, "unknown")


def test_a_phone_that_only_asks_now_and_then_knows_as_much(port: int) -> None:
    """A network may let no event through."""
    room = opened(port, choice())
    assert room.state(phone(1))["mine"] == {"explain": False, "tag": "#1"}
    room.vote(phone(1), says(choice(), 2, sure=True))
    told = room.state(phone(1))
    assert told["mine"] == {"1": {"choice": 2, "sure": True}, "explain": False, "tag": "#1"}
    assert (told["here"], told["voted"]) == (1, 1)
    assert room.ask("explain", {"id": phone(1), "question": "who_wins"}, secret=None).status == 200
    assert room.state(phone(1))["mine"]["explain"]
    # somebody who comes late joins at the present phase, and somebody without an id only looks
    room.act("close", "reveal")
    late = room.state(phone(2))
    assert late["phase"] == "revealed" and late["reason"]["en"] == "zebra_reason" and late["here"] == 2
    assert "mine" not in room.state() and room.state()["here"] == 2
    assert room.ask("state").headers["cache-control"] == "no-store"


def test_nothing_that_is_said_in_public_gives_anything_away(port: int) -> None:
    room = opened(port)
    for ballot in (choice(), number()):
        room.put(ballot)
        for action in ("", "open", "close", "discuss", "again", "close", "reveal"):
            if action:
                room.act(action)
            if action in ("open", "again"):
                sent = says(ballot, 0, 1 + (action == "again")) | {"numbers": {"rate": 0.0625}}
                assert room.vote(phone(1), sent).status == 200
            with room.events(phone(2)) as heard:
                answers: list[Any] = [next(heard), room.state(), room.state(phone(2))]
            paths = ("", "/nowhere", "/remote", "/vote", "/teacher", "/votes.csv", "/act")
            answers += [ask(port, f"/room/{room.code}{path}").body.decode() for path in paths]
            told = json.dumps(answers)
            revealed = answers[1]["phase"] == "revealed"
            assert revealed == (action == "reveal")
            for secret in (*SECRETS, '"truths"', '"value"', "0.125", '"results"', '"flow"', "0.0625", '"hint"'):
                assert revealed or secret not in told, (action, secret)
            assert room.secret not in told and phone(1) not in told


def test_the_teacher_s_part_is_the_teacher_s(port: int) -> None:
    room, other = opened(port, choice()), opened(port, choice())
    for wrong in (None, other.secret, "x", "Ω".encode().decode("latin-1")):
        for what, body in (("teacher", None), ("votes.csv", None), ("act", {"action": "close"}), ("close", b"")):
            assert word(room.ask(what, body, secret=wrong)) == (403, "secret"), (wrong, what)
    assert word(room.ask("teacher", secret=None, Authorization=f"Basic {room.secret}")) == (403, "secret")
    assert room.state()["phase"] == "open"
    assert content(room.ask("teacher"))["truths"] == [1]
    # two teachers, two rooms
    other.act("close")
    assert (room.state()["phase"], other.state()["phase"]) == ("open", "closed")
    assert word(other.ask("act", {"action": "close"})) == (409, "phase")
    for body in ({}, {"action": None}, {"action": ["close"]}, {"action": "put"}):
        assert word(room.ask("act", body)) == (400, "unreadable")


def test_the_votes_as_a_table(port: int) -> None:
    room = opened(port, choice())
    room.vote(phone(1), says(choice(), 2))
    answer = room.ask("votes.csv?lang=en")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == f'attachment; filename="room-{room.code}.csv"'
    assert answer.body.decode("utf-8-sig").splitlines()[1] == "who_wins,The race,1,1,'=1+1,,no"
    assert "경주" in room.ask("votes.csv?lang=xx").body.decode()


# ---- what is sent badly ----------------------------------------------------------------------------------------------


def test_ten_thousand_votes_by_one_id_are_one(port: int) -> None:
    """On a few connections that stay open, as a program would."""
    room = opened(port, choice())

    def many(_: int) -> set[int]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        found = set()
        for k in range(1250):
            body = json.dumps({"id": phone(1), **says(choice(), k % 3)})
            connection.request("POST", f"/room/{room.code}/vote", body)
            answer = connection.getresponse()
            answer.read()
            found.add(answer.status)
        connection.close()
        return found

    with ThreadPoolExecutor(8) as pool:
        # few are heard (server/limits.py), and they are one
        assert set().union(*pool.map(many, range(8))) == {200, 429}
    assert room.state()["voted"] == 1
    assert sum(content(room.ask("teacher"))["results"]["rounds"]["1"]["counts"]) == 1


@pytest.mark.parametrize("code", ["ZZZZ", "zzzz", "x" * 5000, "<script>", "방", "%ff", "A B", "0"])
def test_a_wrong_code_is_unknown(port: int, code: str) -> None:
    room = Class(port, re.sub(r"[^\x21-\x7e]", "%20", code), "0" * 32)
    for what, body in (
        ("state", None),
        ("events", None),
        ("teacher", None),
        ("votes.csv", None),
        ("vote", {"id": phone(1), **says(choice())}),
        ("explain", {"id": phone(1), "question": "x"}),
        ("act", {"action": "open"}),
        ("close", b""),
    ):
        assert word(room.ask(what, body)) == (404, "unknown"), what


@pytest.mark.parametrize("code", ["%00", "..%2f..", "..", "%2e%2e", "%5c%5c"])
def test_a_code_that_is_a_way_elsewhere_leads_nowhere(port: int, code: str) -> None:
    for what, method in (("state", "GET"), ("vote", "POST"), ("events", "GET")):
        assert 400 <= ask(port, f"/room/{code}/{what}", method, b"{}").status < 406


BAD: list[tuple[bytes, int, str]] = [
    (b"", 400, "unreadable"),
    (b"[" * 4000, 400, "unreadable"),
    (b'{"a":' * 800, 400, "unreadable"),
    (b"\xff\xfe\x00", 400, "unreadable"),
    (b"null", 400, "unreadable"),
    (b'"<script>alert(1)</script>"', 400, "unreadable"),
    (b'{"id": "%s", "question": "who_wins", "round": 1, "choice": 1e999}' % phone(1).encode(), 400, "unreadable"),
    (b'{"id": "%s", "question": "who_wins", "round": 1, "choice": NaN}' % phone(1).encode(), 400, "unreadable"),
    (b'{"id": "%s", "question": "who_wins", "round": true, "choice": 1}' % phone(1).encode(), 400, "unreadable"),
    (b'{"id": "%s", "question": "who_wins", "round": 1, "choice": true}' % phone(1).encode(), 400, "unreadable"),
    (b'{"id": "%s", "question": "who_wins", "round": 1, "choice": "1"}' % phone(1).encode(), 400, "unreadable"),
    (b'{"id": "%s", "question": "who_wins", "round": 1, "choice": -1}' % phone(1).encode(), 400, "out_of_range"),
    (b'{"id": "%s", "question": "who_wins", "round": 1, "choice": %s}' % (phone(1).encode(), b"9" * 3900), 400, ""),
    (b'{"id": "<b>markup</b>!!!!", "question": "who_wins", "round": 1, "choice": 1}', 400, "unreadable"),
    (json.dumps({"id": "\U0001f3c1" * 16, **says(choice())}, ensure_ascii=False).encode(), 400, "unreadable"),
    (b'{"id": "\\ud800", "question": "\\ud800", "round": 1, "choice": 1}', 400, "unreadable"),
    (b'{"id": "%s", "question": "\\ud800", "round": 1, "choice": 1}' % phone(1).encode(), 409, "other_question"),
    (b'{"id": "%s", "question": "other", "round": 1, "choice": 1}' % phone(1).encode(), 409, "other_question"),
    (b'{"id": "%s", "question": "who_wins", "round": 2, "choice": 1}' % phone(1).encode(), 409, "other_round"),
    (b" " * (rooms.BODY + 1), 413, "too_large"),
    (b"x" * 1_000_000, 413, "too_large"),
]


@pytest.mark.parametrize(("body", "status", "said"), BAD, ids=lambda value: str(value)[:50])
def test_a_bad_body_is_refused_with_a_word(port: int, body: bytes, status: int, said: str) -> None:
    room = opened(port, choice())
    answer = room.ask("vote", body, secret=None)
    assert answer.status == status and content(answer)["error"] in (said or content(answer)["error"]), answer
    assert room.state()["voted"] == 0
    assert room.ask("act", body).status in (status, 400)
    assert room.vote(phone(1), says(choice())).status == 200


def test_a_megabyte_without_a_length_is_refused_before_it_is_there(port: int) -> None:
    room = opened(port, choice())
    with socket.create_connection(("127.0.0.1", port), timeout=60) as raw:
        head = f"POST /room/{room.code}/vote HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n"
        raw.sendall(head.encode() + b"2000\r\n" + b"x" * 0x2000 + b"\r\n")
        assert raw.recv(100).startswith(b"HTTP/1.1 413 ")
    assert room.vote(phone(1), says(choice())).status == 200


def test_a_closed_room_takes_no_votes_and_says_so(port: int) -> None:
    room = opened(port, choice())
    room.act("close")
    assert word(room.vote(phone(1), says(choice()))) == (409, "closed")
    room.ask("close", b"")
    assert word(room.vote(phone(1), says(choice()))) == (404, "unknown")


def test_numbers_reach_the_room_as_they_are(port: int) -> None:
    room = opened(port, race())
    sent = {"question": "race", "round": 1, "numbers": {"rate": 0.1, "momentum": 1e999}}
    assert word(room.ask("vote", json.dumps({"id": phone(1), **sent}).replace("Infinity", "1e999").encode())) == (
        400,
        "out_of_range",
    )
    for k in range(3):
        sent["numbers"] = {"rate": 0.1 * (k + 1), "momentum": 0.5}
        assert room.vote(phone(k), sent).status == 200
    room.act("close", "reveal")
    found = room.state()["results"]["rounds"]["1"]
    assert found["numbers"] == {"rate": [0.1, 0.2, 0.3], "momentum": [0.5] * 3} and found["tags"] == ["#1", "#2", "#3"]


def test_ids_are_looked_at_wherever_they_come(port: int) -> None:
    room = opened(port, choice())
    for what in ("state", "events"):
        assert word(room.ask(f"{what}?id=short", secret=None)) == (400, "unreadable")
    assert room.state()["here"] == 0


# ---- addresses -------------------------------------------------------------------------------------------------------


def test_addresses_around_a_room(port: int) -> None:
    room = opened(port)
    for path in ("/room", f"/room/{room.code}", f"/room/{room.code}/remote", "/room/ZZZZ"):
        answer = ask(port, path)
        assert answer.status == 200 and answer.headers["content-type"] == "text/html; charset=utf-8", path
        assert b"streamlit" not in answer.body.lower()
        assert ask(port, path, "HEAD").status == 200
    for path in ("/room/", f"/room/{room.code}/"):
        assert ask(port, path).status == 307
    assert word(ask(port, f"/room/{room.code}/nowhere")) == (404, "unknown")
    assert ask(port, f"/room/{room.code}/events", "HEAD").status == 200
    for path, method in (("vote", "GET"), ("state", "POST"), ("events", "POST"), ("close", "PUT"), ("x", "DELETE")):
        assert ask(port, f"/room/{room.code}/{path}", method).status in (404, 405), path
    # what only begins like a room is a page that there is not
    assert ask(port, "/rooms").status == 302


class InFolder(Server):
    """A server that says in its folder that it is well."""

    def answers(self) -> bool:
        assert self.runs(), self.log_text()
        return answers(f"{self.address}/course/deep")


def test_a_room_is_where_the_app_is(tmp_path: Path) -> None:
    options = ("--server.address", "127.0.0.1", "--server.baseUrlPath", "course/deep")
    with InFolder(ROOT, tmp_path / "log.txt", script=APP, options=options) as running:
        room = opened(running.port, choice(), folder="/course/deep")
        assert room.vote(phone(1), says(choice())).status == 200 and room.state()["voted"] == 1
        assert ask(running.port, f"/course/deep/room/{room.code}").status == 200
        assert ask(running.port, f"/course/deep/room/{room.code}/").status == 307
        assert ask(running.port, f"/room/{room.code}/state").status == 404


def test_a_server_that_is_to_end_does_not_wait_for_those_who_listen(tmp_path: Path) -> None:
    """A browser that listened kept the process for ever."""
    with Server(ROOT, tmp_path / "log.txt", script=APP) as running:
        room = opened(running.port, choice())
        with room.events(phone(1)) as first, room.events() as second:
            assert next(first)["phase"] == next(second)["phase"] == "open"
            running.end()
            assert list(first) == list(second) == []
        assert "Traceback" not in running.log_text()
