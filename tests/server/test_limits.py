"""A class that votes at once is served at once; what is too much or too often is refused in words."""

import json
from collections import Counter
from typing import Any

import pytest

from server import limits
from server.limits import BY_ONE, MOST_BYTES, MOST_BYTES_TO_A_ROOM, TO_A_ROOM, Allowances, BodyLimit, RoomLimits
from tests.asked import Answer, ask
from tests.awaited import awaited
from tests.server.asgi import asked_of, header_list, tells_what_it_heard
from tests.server.visits import Server

VOTE = "/room/KD4F/vote"


class Clock:
    now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    monkeypatch.setattr(limits, "time", clock := Clock())
    return clock


def vote(app: RoomLimits, who: str, path: str = VOTE, client: str = "192.0.2.7", **headers: str) -> Answer:
    return asked_of(app, path, "POST", [json.dumps({"id": who, "choice": 1}).encode()], client, **headers)


# ---- how often -------------------------------------------------------------------------------------------------------


def test_everybody_in_a_class_behind_one_address_votes_within_ten_seconds(clock: Clock) -> None:
    """And changes their mind once: 600 posts of 300 students."""
    app = RoomLimits(tells_what_it_heard)
    for k in range(600):
        clock.now += 10 / 600
        assert vote(app, f"phone-{k % 300:030}").status == 200


def test_ten_thousand_votes_by_one_id_are_refused_and_the_others_are_heard(clock: Clock) -> None:
    app = RoomLimits(tells_what_it_heard)
    answers = [vote(app, "greedy" * 4) for _ in range(200)]
    assert Counter(one.status for one in answers) == {200: BY_ONE, 429: 200 - BY_ONE}
    assert int(answers[-1].headers["retry-after"]) >= 1 and json.loads(answers[-1].body) == {"error": "too_often"}
    for _ in range(9800):
        assert app.wait(VOTE[1:], {"client": ("192.0.2.7", 1), "headers": []}, b'{"id":"greedygreedygreedygreedy"}') > 0
    # what is refused does not count against the room
    assert vote(app, "modest" * 4).status == 200
    assert vote(app, "greedy" * 4, "/room/XXXX/vote").status == 200
    clock.now += int(answers[-1].headers["retry-after"])
    assert vote(app, "greedy" * 4).status == 200, "after the time that was said"


def test_ids_that_are_made_up_use_up_what_one_address_may(clock: Clock) -> None:
    app = RoomLimits(tells_what_it_heard)
    scope = {"client": ("192.0.2.7", 1), "headers": []}
    allowed = sum(not app.wait(VOTE[1:], scope, b'{"id":"made-up-%016d"}' % k) for k in range(10_000))
    assert allowed == TO_A_ROOM
    assert vote(app, "modest" * 4).status == 429
    assert vote(app, "modest" * 4, client="198.51.100.2").status == 200, "from elsewhere"
    assert vote(app, "modest" * 4, "/room/XXXX/vote").status == 200, "another room"
    # nor can they keep the teacher from closing
    assert vote(app, "", "/room/KD4F/act", authorization="Bearer secret").status == 200
    clock.now += 1
    assert vote(app, "modest" * 4).status == 200


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"id":7}', b'{"id":null}', b"[" * 7000, b"\xff\xfe", b'{"id":"","x":1e999}']
)
def test_whoever_does_not_say_who_they_are_counts_by_address(clock: Clock, body: bytes) -> None:
    app = RoomLimits(tells_what_it_heard)
    answers = [asked_of(app, VOTE, "POST", [body]) for _ in range(BY_ONE + 1)]
    assert [one.status for one in answers] == [200] * BY_ONE + [429]
    assert {one.body for one in answers[:-1]} == {body}, "the room hears what was sent"


def test_what_is_remembered_is_bounded(clock: Clock) -> None:
    left = Allowances(2, 1.0, most=100)
    for k in range(1000):
        assert left.seconds_until_allowed(k, clock.now) == 0.0
    assert len(left) == 100
    app = RoomLimits(tells_what_it_heard)
    vote(app, "x" * 7000, f"/room/{'y' * 50_000}/vote", authorization="z" * 7000)
    assert len(repr((app.senders._left, app.rooms._left))) < 500


def test_a_clock_that_is_set_back_gives_and_takes_nothing() -> None:
    left = Allowances(1, 1.0)
    assert left.seconds_until_allowed("a", 100.0) == 0.0
    assert left.seconds_until_allowed("a", 50.0) == 1.0
    assert left.seconds_until_allowed("a", 51.0) == 0.0


def test_reading_is_not_counted_and_other_pages_are_none_of_its_business(clock: Clock) -> None:
    app = RoomLimits(tells_what_it_heard)
    for _ in range(100):
        assert asked_of(app, "/room/KD4F/state").status == 200
        assert asked_of(app, "/roomy", "POST").status == 200


def test_so_many_listen_and_the_rest_ask_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_STREAMS", 2)
    inner: list[int] = []

    async def listening(scope: Any, receive: Any, send: Any) -> None:
        inner.append(app.streams)
        if app.streams < 3 and len(inner) < 3:
            await app(scope, receive, send)
        else:
            await tells_what_it_heard(scope, receive, send)

    app = RoomLimits(listening)
    answer = asked_of(app, "/room/KD4F/events")
    assert (answer.status, answer.headers["retry-after"], inner, app.streams) == (503, "30", [1, 2], 0)


# ---- how much --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [VOTE, "/"])
@pytest.mark.parametrize("parts", [[b"x" * 1_000_000], [b"x" * 1000] * 1000, [b"x" * (MOST_BYTES + 1)]])
def test_a_body_that_is_too_large_is_not_kept(parts: list[bytes], path: str) -> None:
    app = BodyLimit(RoomLimits(tells_what_it_heard))
    size = str(sum(map(len, parts)))
    for headers in ({"content_length": size}, {}):
        answer = asked_of(app, path, "POST", parts, **headers)
        assert (answer.status, json.loads(answer.body)) == (413, {"error": "too_large"})
    assert asked_of(app, path, "POST", [b"x"], content_length="-1").status == 413
    assert asked_of(app, VOTE, "POST", [b"x" * (MOST_BYTES_TO_A_ROOM + 1)]).status == 413


def test_a_body_that_fits_is_heard_whole_and_files_are_streamlits_business() -> None:
    app = BodyLimit(RoomLimits(tells_what_it_heard))
    assert asked_of(app, VOTE, "POST", [b"a" * 4000, b"", b"b" * 90]).body == b"a" * 4000 + b"b" * 90
    file = [b"x" * 1_000_000] * 5
    assert asked_of(app, "/_stcore/upload_file/a/b", "PUT", file, content_length="5000000").body == b"".join(file)


def test_a_visitor_who_goes_away_in_the_middle_is_let_go() -> None:
    """Neither waited for for ever, nor answered."""
    coming = [{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}]
    sent: list[Any] = []

    async def receive() -> Any:
        return coming.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": VOTE, "headers": header_list({"host": "x"})}
    awaited(BodyLimit(RoomLimits(tells_what_it_heard))(scope, receive, send))
    assert sent == []


def test_the_server_refuses_what_is_too_large(server: Server) -> None:
    assert ask(server.port, "/room/KD4F/vote", "POST", b"x" * 1_000_000).status == 413
