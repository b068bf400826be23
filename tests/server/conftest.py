"""A real server of the app, which is treated badly, and students without a browser in front of it."""

import inspect
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.awaited import awaited
from tests.server.visits import ROOT, Server, free_port, visiting

Start = Callable[..., Server]


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


def command(port: int) -> list[str]:
    run = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.port", str(port)]
    return [*run, "--server.address", "127.0.0.1"]


def serving(folder: Path, environment: Mapping[str, str], full: bool = False) -> Iterator[Server]:
    """A server for as long as it is wanted, its log in ``folder``; ``full``: it cannot write a byte to disk."""
    port, log = free_port(), folder / "log.txt"
    how = {"cwd": ROOT, "env": {**os.environ, **environment}, "stderr": subprocess.STDOUT}
    limit = (lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))) if full else None
    with log.open("wb") as output:
        process = subprocess.Popen(command(port), stdout=subprocess.PIPE, preexec_fn=limit, **how)  # type: ignore
        # the log is written by somebody else, who may
        scribe = subprocess.Popen(["cat"], stdin=process.stdout, stdout=output)
        server = Server(f"http://127.0.0.1:{port}", process, log)
        try:
            until = time.monotonic() + 60
            while not server.answers():
                if process.poll() is not None or time.monotonic() > until:
                    pytest.fail(f"the server did not start:\n{server.said()}")
                time.sleep(0.1)
            yield server
        finally:
            process.terminate()
            process.wait(30)
            assert process.stdout
            process.stdout.close()
            scribe.wait(10)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The one that nearly all of these tests share: what one has done to it, the next finds it alive after."""
    folder = tmp_path_factory.mktemp("server")
    places = {"HOME": str(folder / "home"), "TMPDIR": str(folder / "tmp")}
    for place in places.values():
        Path(place).mkdir()
    yield from serving(folder, places)


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
    before = len(server.said())
    yield
    assert server.healthy()
    awaited(drawn_for_another(server))
    assert not server.own_faults(before)
