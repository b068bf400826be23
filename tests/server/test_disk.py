"""A disk that is full or not there, and a port that is taken."""

import os
import random
import resource
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.serving import LOCAL, command
from tests.server.visits import ROOT, Server, visiting

AT = "lang=en&predict=0&all=print"
ROWS = b"a,b,y\n" + b"".join(b"%d,%d,%d\n" % (k, k * k % 7, k % 2) for k in range(40))


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server on a machine where not a byte can be written: neither at home nor for the moment nor in the tree."""
    nowhere = {"HOME": "/proc/nowhere", "TMPDIR": "/proc/nowhere/tmp"}
    server = Server(ROOT, tmp_path_factory.mktemp("full") / "log.txt", environment=nowhere)
    # the log is written by somebody else, who may
    with server.log.open("wb") as log, subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=log) as scribe:
        server.start(scribe.stdin, first=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)))
        try:
            server.until_it_answers()
            yield server
        finally:
            server.end()


async def test_a_full_disk_is_nobodys_trouble(full: Server) -> None:
    chance = random.Random(0)
    async with visiting(full, "gradient_descent", AT) as one:
        for _ in range(2):
            await one.touch(chance)
        assert one.texts
    async with visiting(full, "training", f"{AT}&set=own_table") as one:
        await one.upload("training.file", "mine.csv", ROWS)
        assert any("mine.csv" in text for text in one.texts.values())
        assert not one.warned
    assert full.answers() and not full.own_faults()
    for trouble in ("File too large", "No usable temporary directory", "OSError", "Errno"):
        assert trouble not in full.log_text()


async def test_a_file_that_needs_the_disk_is_refused_where_it_is_full(full: Server) -> None:
    # what is longer than a megabyte waits in a nameless file until all of it is there
    async with visiting(full, "training", f"{AT}&set=own_table") as one:
        assert one.send("large.csv", ROWS + b"1,2,1\n" * 300_000) == 500
        await one.rerun()
        assert one.texts
        await one.upload("training.file", "mine.csv", ROWS)
        assert any("mine.csv" in text for text in one.texts.values())
    assert full.answers() and not full.own_faults()


def files(folder: Path) -> dict[Path, float]:
    """When each file was last written, without those that Python compiles for itself."""
    found = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path: path.stat().st_mtime for path in found}


def written() -> dict[Path, float]:
    parts = ("ui", "lessons", "pages", "charts", "dlcore", ".streamlit")
    loose = {path: path.stat().st_mtime for path in ROOT.glob("*.*") if path.is_file()}
    return loose | {path: when for part in parts for path, when in files(ROOT / part).items()}


async def test_nothing_is_written_beside_the_log(server: Server) -> None:
    before = written()
    async with visiting(server, "training", f"{AT}&set=own_table") as one:
        await one.upload("training.file", "mine.csv", ROWS)
        assert any("mine.csv" in text for text in one.texts.values())
    assert written() == before
    # home, and the place for what is needed for a moment, are below the log's folder
    assert set(files(server.log.parent)) == {server.log}


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        how = {"cwd": ROOT, "env": {**os.environ, "HOME": str(tmp_path)}, "capture_output": True, "text": True}
        ended = subprocess.run(command(port, "streamlit_app.py", *LOCAL), timeout=60, **how)  # type: ignore[call-overload]
    assert ended.returncode == 1
    assert f"Port {port} is not available" in ended.stdout + ended.stderr
    assert "Traceback" not in ended.stdout + ended.stderr
