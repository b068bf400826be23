"""A real server of the app, which is treated badly, and students without a browser in front of it."""

import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.awaited import awaited
from tests.server.visits import ROOT, Server, visiting


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            # one server for them all: they stay in the process that has it
            item.add_marker(pytest.mark.xdist_group("server"))


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """A test that waits for several students at once runs in a loop of its own."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    asked = inspect.signature(pyfuncitem.obj).parameters
    awaited(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in asked}))
    return True


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The one that nearly all of these tests share: what one has done to it, the next finds it alive after."""
    folder = tmp_path_factory.mktemp("server")
    places = {"HOME": str(folder / "home"), "TMPDIR": str(folder / "tmp")}
    for place in places.values():
        Path(place).mkdir()
    with Server(ROOT, folder / "log.txt", environment=places) as running:
        yield running


async def drawn_for_another(server: Server) -> None:
    async with visiting(server, "", "lang=en") as other:
        assert any("gradient_descent" in text or "deep learning" in text.lower() for text in other.texts.values())


@pytest.fixture(autouse=True)
def lives(request: pytest.FixtureRequest) -> Iterator[None]:
    """After every test with the server: it answers, draws for somebody else, and met with no fault of the app's own."""
    if "server" not in request.fixturenames:
        yield
        return
    server: Server = request.getfixturevalue("server")
    before = len(server.log_text())
    yield
    assert server.answers()
    awaited(drawn_for_another(server))
    assert not server.own_faults(before)
