"""Where rooms may be: in this process, or in a real Redis."""

from collections.abc import Callable, Iterator

import pytest

from classroom.redis_store import RedisStore
from classroom.store import MemoryStore, Store
from tests.redis_server import NO_REDIS, RedisServer


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """One that all tests share."""
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.end()


@pytest.fixture
def redis_stores(redis_server: RedisServer) -> Iterator[Callable[[], RedisStore]]:
    """``redis_stores()``: what one process more has, of the same rooms; none at first."""
    with redis_server.client() as client:
        client.flushall()
    made: list[RedisStore] = []

    def process() -> RedisStore:
        made.append(RedisStore(redis_server.address))
        return made[-1]

    yield process
    for one in made:
        one.disconnect()


@pytest.fixture(params=["memory", "redis"])
def any_store(request: pytest.FixtureRequest) -> Store:
    """Rooms wherever they may be."""
    if request.param == "memory":
        return MemoryStore()
    return request.getfixturevalue("redis_stores")()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say once, and not once a test, why the tests with Redis were skipped."""
    if any(NO_REDIS in str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])):
        terminalreporter.write_line(f"skipped: {NO_REDIS}", yellow=True)
