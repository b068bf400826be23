"""Three processes of the app behind Debian's nginx with the very nginx.conf that is deployed, and who comes to them."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path

import pytest
from streamlit.proto.Delta_pb2 import Delta

from benchmarks.serving import Server, answers, free_port
from benchmarks.student import Redraw, Student
from tests.asked import PATIENCE, ask, upload
from tests.redis_server import RedisServer, has_redis

ROOT = Path(__file__).resolve().parent.parent.parent
DEPLOY = ROOT / "deploy"
OWN = "lessons.example"
"""The name by which the site of these tests is asked for, as whoever runs it has entered it."""
NAMED = {"# lessons.example.org 1;": f"{OWN} 1;"}
NO_NGINX = "tests of several processes need nginx: apt-get install nginx"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents and "front" in getattr(item, "fixturenames", ()):
            # one worker starts the processes, and all their tests are its own
            item.add_marker(pytest.mark.xdist_group("nginx"))
            item.add_marker(pytest.mark.nginx)


def until(true: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
    end = time.monotonic() + patience
    while not true():
        assert time.monotonic() < end, f"waited in vain until {what}"
        time.sleep(0.05)


class Process(Server):
    """One process of the app."""

    def holds(self, session: str) -> bool:
        """Whether a session lives here: only then is a file taken for it."""
        return upload(self.port, session) == 204


@dataclass
class Reader(Student):
    """A student who also sees which files are offered."""

    files: list[str] = field(default_factory=list)

    def _take_element(self, delta: Delta, place: tuple[int, ...], found: Redraw) -> None:
        super()._take_element(delta, place, found)
        if url := delta.new_element.download_button.url:
            self.files.append(url)


@dataclass
class Front:
    """nginx, and the processes behind it."""

    port: int
    log: Path
    processes: list[Process] = field(default_factory=list)
    pid: int = 0
    """Of nginx's process."""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def seat(self) -> str:
        """The seat that a newcomer is given."""
        return re.findall("seat=([0-9a-f]{32});", ask(self.port, "/").headers["set-cookie"])[0]

    def serving(self, seat: str) -> Process:
        """The process that answers a visitor with a seat."""
        before = len(self.lines())
        # an address that nobody else asks for, and that is sent on (server/unknown_address.py)
        assert ask(self.port, "/at", Cookie=f"seat={seat}").status == 302
        answered = re.compile(r" GET /at 302 .*127\.0\.0\.1:(\d+) ")
        until(lambda: answered.search("\n".join(self.lines()[before:])) is not None, "the answer is in the log")
        [port] = answered.findall("\n".join(self.lines()[before:]))
        return next(one for one in self.processes if one.port == int(port))

    def upstream(self) -> str:
        """What upstream.conf says when the processes are where these are."""
        where = (DEPLOY / "upstream.conf").read_text(encoding="utf-8")
        for number, one in enumerate(self.processes, start=8501):
            assert f"127.0.0.1:{number} " in where
            where = where.replace(f"127.0.0.1:{number} ", f"127.0.0.1:{one.port} ")
        return where

    def lines(self) -> list[str]:
        """The access log."""
        return self.log.read_text().splitlines()

    def kept(self) -> list[Path]:
        """The files of nginx's cache."""
        return list((self.log.parent / "cache").iterdir())

    def seats(self, each: int) -> dict[str, Process]:
        """So many seats at each process, as nginx gave them out."""
        found: dict[str, Process] = {}
        while len(found) < each * len(self.processes):
            at = self.serving(seat := self.seat())
            if list(found.values()).count(at) < each:
                found[seat] = at
        return found

    def reader(self, page: str, seat: str, query: str = "lang=en&predict=0&all=print") -> Reader:
        return Reader(self.address, page, query, {"Cookie": f"seat={seat}"})

    def whole(self) -> None:
        """Start again what was ended, and wait until nginx sends visitors to it."""
        for one in self.processes:
            if not one.runs():
                one.start()
        for one in self.processes:
            until(one.answers, f"process {one.port} answers")
        until(lambda: {self.serving(f"{seat:032x}").port for seat in range(12)} == self.ports, "nginx uses all")

    @property
    def ports(self) -> set[int]:
        return {one.port for one in self.processes}


def nginx_path() -> str:
    """Where nginx is; without it the test is skipped, or fails where CI says that there has to be one."""
    # a user's PATH may lack the folder of the system's programs
    found = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
    if found is None and os.environ.get("CI") == "true":
        pytest.fail(NO_NGINX, pytrace=False)
    return found or pytest.skip(NO_NGINX)


@contextmanager
def nginx(folder: Path, port: int, where: str, site: dict[str, str]) -> Iterator[int]:
    """nginx with what is deployed, for as long as it is wanted, and with nothing to complain of; its process's id.

    where: the text of its upstream.conf; site: what a site writes into nginx.conf, by what stood there.
    """
    written = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    for before, after in {"listen 8080;": f"listen 127.0.0.1:{port};", **site}.items():
        assert written.count(before) == 1, before
        written = written.replace(before, after)
    (folder / "nginx.conf").write_text(written)
    (folder / "upstream.conf").write_text(where)
    command = [nginx_path(), "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", "daemon off;"]
    if os.geteuid() == 0:
        # its workers would be nobody otherwise, who may not write into the test's folder
        command[-1] += " user root;"
    with (folder / "access.log").open("wb") as log, (folder / "error.log").open("wb") as errors:
        running = subprocess.Popen(command, cwd=folder, stdout=log, stderr=errors)
    try:
        yield running.pid
    finally:
        running.terminate()
        running.wait(10)
    assert (folder / "error.log").read_text() == "", "nginx has nothing to complain of"


@contextmanager
def behind_nginx(folder: Path, *environments: dict[str, str]) -> Iterator[Front]:
    """nginx and three processes for as long as they are wanted, with what they write in a folder.

    environments: what the first, second and third process find in theirs besides.
    """
    front = Front(free_port(), folder / "access.log")
    for number, besides in zip_longest((1, 2, 3), environments, fillvalue={}):
        front.processes.append(Process(ROOT, folder / f"process-{number}.log", environment=besides))
    with nginx(folder, front.port, front.upstream(), NAMED) as front.pid:
        try:
            for one in front.processes:
                one.start()
            front.whole()
            yield front
        finally:
            for one in front.processes:
                if one.runs():
                    one.end()


@pytest.fixture(scope="session")
def shared_rooms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A Redis, where the processes have the rooms of classes; one that only says where it would be if there is none."""
    server = RedisServer(tmp_path_factory.mktemp("rooms"))
    if has_redis():
        server.start()
    yield server
    server.end()


@pytest.fixture(scope="session")
def everything(tmp_path_factory: pytest.TempPathFactory, shared_rooms: RedisServer) -> Iterator[Front]:
    """nginx and three processes, once for all tests."""
    nginx_path()
    where = {"ROOMS": shared_rooms.address}
    with behind_nginx(tmp_path_factory.mktemp("front"), where, where, where) as front:
        yield front


@pytest.fixture
def framed(front: Front, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """``framed(course)``: the address of an nginx before the same processes that a course site may show in a frame."""
    with ExitStack() as running:

        def start(course: str) -> str:
            port = free_port()
            # the line that is there takes the place of the one above it
            site = {"default \"'self'\";\n        # default": "default", "https://course.example.org": course}
            running.enter_context(nginx(tmp_path, port, front.upstream(), site))
            until(lambda: answers(f"http://127.0.0.1:{port}"), "nginx answers")
            return f"http://127.0.0.1:{port}"

        yield start


@pytest.fixture
def front(everything: Front) -> Front:
    """nginx, with all processes running."""
    everything.whole()
    return everything


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say once, and not once a test, why the tests behind nginx were skipped."""
    if any(NO_NGINX in str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])):
        terminalreporter.write_line(f"skipped: {NO_NGINX}", yellow=True)
