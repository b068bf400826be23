"""Where a process has its rooms is said in its environment; what cannot be is said when it starts."""

import sys

import pytest

from classroom.redis_store import RedisStore
from server.room.lifespan import ADDRESS, lifespan
from tests.awaited import awaited


async def start() -> None:
    async with lifespan(None):  # type: ignore[arg-type]
        raise AssertionError("it has started")


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ADDRESS, "redis://127.0.0.1:9/0")
    monkeypatch.delitem(sys.modules, "classroom.redis_store", raising=False)
    monkeypatch.setitem(sys.modules, "redis", None)
    with pytest.raises(RuntimeError, match=r"pip install -r deploy/requirements\.txt"):
        awaited(start())


@pytest.mark.parametrize("address", ["nonsense", "http://127.0.0.1:6379", "redis://host:port"])
def test_an_address_that_is_none_is_said_to_be_none(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv(ADDRESS, address)
    with pytest.raises(RuntimeError, match="redis://host:6379/0"):
        awaited(start())


def test_one_that_nobody_answers_at_yet_may_answer_later() -> None:
    RedisStore("redis://127.0.0.1:9/0").disconnect()
