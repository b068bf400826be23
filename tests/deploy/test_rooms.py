"""A class votes behind nginx, at three processes that share a real Redis: one dies, Redis goes and comes back."""

import json
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from classroom.redis_store import RedisStore
from tests.asked import Answer, ask
from tests.classroom.ballots import choice, phone, says
from tests.deploy.conftest import Front, until
from tests.redis_server import RedisServer, redis_path
from tests.room_client import Class, content

PHONES = 60


@pytest.fixture
def room(front: Front, shared_rooms: RedisServer) -> Iterator[Class]:
    """A room in which a question is open, as the projector's process has opened it."""
    redis_path()
    store = RedisStore(shared_rooms.address)
    code, secret = store.open()
    store.put(code, secret, choice())
    store.act(code, secret, "open")
    yield Class(front.port, code, secret)
    shared_rooms.send(signal.SIGCONT)
    store.disconnect()


def answered_at(front: Front, since: int) -> list[str]:
    """The processes that answered a post to the room, by nginx's log."""
    posts = [line for line in front.lines()[since:] if " POST /room 200 " in line]
    return [line.split("127.0.0.1:")[-1].split()[0] for line in posts]


def persists(room: Class, k: int, chosen: int) -> Answer:
    """A phone's vote, which it sends until it is answered, as the ballot does."""
    end = time.monotonic() + 60
    while True:
        try:
            answer = room.vote(phone(k), says(choice(), chosen))
        except OSError:
            answer = None
        if answer is not None and answer.status < 500:
            return answer
        assert time.monotonic() < end, answer
        time.sleep(0.2)


def test_votes_through_all_processes_are_one_class_s_and_nobodys_is_lost_when_one_dies(
    front: Front, room: Class
) -> None:
    before, voted = len(front.lines()), threading.Semaphore(0)

    def phone_of(k: int) -> int:
        status = persists(room, k, 0).status
        voted.release()
        # and thinks again
        return max(status, persists(room, k, k % 3).status)

    with ThreadPoolExecutor(12) as pool:
        answers = pool.map(phone_of, range(PHONES))
        for _ in range(PHONES // 3):
            voted.acquire()
        front.processes[0].process.kill()
        assert set(answers) == {200}
    teacher = content(room.ask("teacher"))
    assert (teacher["voted"], teacher["results"]["rounds"]["1"]["counts"]) == (PHONES, [20, 20, 20])
    for k in (0, 1, 2, PHONES - 1):
        assert room.state(phone(k))["mine"]["1"]["choice"] == k % 3
    assert len(set(answered_at(front, before))) == 3, "all have taken votes, also the one that died"


def test_whoever_listens_at_one_process_hears_at_once_of_a_vote_at_another(front: Front, room: Class) -> None:
    """Not held back by nginx, and still so when the other one is answered by yet another process."""
    with room.events(phone(0)) as heard:
        assert next(heard)["phase"] == "open"
        for k in range(1, 7):
            assert room.vote(phone(k), says(choice())).status == 200
            while next(heard)["voted"] < k:
                pass
        room.act("close", "reveal")
        told: dict[str, Any] = {}
        while told.get("phase") != "revealed":
            told = next(heard)
        assert told["results"]["rounds"]["1"]["counts"] == [0, 6, 0]
        room.ask("close", b"")
        while "error" not in told:
            told = next(heard)
    assert told == {"error": "unknown"}


def test_redis_is_away_and_back_and_the_room_lives(front: Front, room: Class, shared_rooms: RedisServer) -> None:
    assert persists(room, 1, 1).status == 200
    with room.events() as heard:
        next(heard)
        shared_rooms.send(signal.SIGSTOP)
        refused = room.vote(phone(2), says(choice()))
        assert (refused.status, json.loads(refused.body)) == (503, {"error": "away"})
        # lessons go on meanwhile, at every process
        for one in front.processes:
            assert one.answers() and ask(one.port, "/gradient_descent").status == 200
        shared_rooms.send(signal.SIGCONT)
        assert persists(room, 2, 1).status == 200
        while next(heard)["voted"] < 2:
            pass
    # another process may not have noticed yet
    until(
        lambda: room.ask("teacher").status == 200 and room.ask("act", {"action": "close"}).status != 503, "it is back"
    )
    assert persists(room, 3, 1).status == 409
    until(lambda: room.state().get("voted") == 2, "both votes are there, and no third")


def test_nginx_lets_a_class_vote_at_once_and_keeps_secrets_and_codes_out_of_the_log(front: Front, room: Class) -> None:
    before = len(front.lines())
    assert room.ask("vote", b"x" * 20_000, secret=None).status == 413
    assert ask(front.port, f"/room/{room.code}/vote", "POST", Origin="https://elsewhere.example").status == 403
    page = ask(front.port, f"/room/{room.code}")
    assert page.status == 200 and page.headers["content-security-policy"].count("default-src") == 1
    # Redis may have been away a moment ago, in another test
    until(lambda: room.ask("votes.csv").status == 200, "the store is there")
    until(lambda: len(front.lines()) >= before + 4, "all is in the log")
    written = "\n".join(front.lines()[before:])
    assert room.code not in written and room.secret not in written
