"""The app, or another one, in a process of its own on a free port of this machine, for as long as it is wanted.

Benchmarks measure it, and the tests start theirs here too.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Self

NOT_NEEDED = (".git", ".venv", "__pycache__", ".*_cache", ".hypothesis", "tests", "shots", "node_modules")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(address: str) -> bool:
    """Whether a server says that it is well."""
    try:
        with urllib.request.urlopen(f"{address}/_stcore/health", timeout=10) as answer:
            return answer.read() == b"ok"
    except OSError:
        return False


LOCAL = ("--server.address", "127.0.0.1")
"""The option without which a server answers to other machines, too."""


def command(port: int, script: str = "streamlit_app.py", *options: str) -> list[str]:
    return [sys.executable, "-m", "streamlit", "run", script, "--server.port", str(port), *options]


def copy_app(tree: Path, place: Path) -> Path:
    """What the app needs of a tree, somewhere else: a file that is saved meanwhile does not disturb it there."""
    return shutil.copytree(tree, place, ignore=shutil.ignore_patterns(*NOT_NEEDED))


def milliseconds_of(pid: int) -> float:
    """Processor time that a process has used so far, with all its threads, also those that have ended."""
    parts = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(parts[11]) + int(parts[12])) * 1000 / os.sysconf("SC_CLK_TCK")


@dataclass
class Server:
    """A script that is served in a folder; ``with`` waits until it answers and ends it. It can be started again."""

    folder: Path
    log: Path = Path(os.devnull)
    """The file with all that it says."""
    script: str = "streamlit_app.py"
    options: tuple[str, ...] = LOCAL
    environment: Mapping[str, str] = field(default_factory=dict)
    """What is otherwise than in the environment of whoever starts it."""
    rehearses: bool = False
    """Whether it shows every page to nobody first (``server/rehearsal.py``), which what is measured would share."""
    patience: float = 60
    """How many seconds it may take to start, on a busy machine."""
    port: int = field(default_factory=free_port)
    started: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def process(self) -> subprocess.Popen[bytes]:
        assert self.started is not None
        return self.started

    def start(self, output: IO[bytes] | None = None, first: Callable[[], Any] | None = None) -> None:
        """output: where it speaks, if not to its log; first: what its process does before anything else."""
        call = command(self.port, self.script, *self.options)
        environment = {**os.environ, "REHEARSAL": str(int(self.rehearses)), **self.environment}
        with self.log.open("ab") as log:
            said = output or log
            self.started = subprocess.Popen(
                call, cwd=self.folder, env=environment, stdout=said, stderr=said, preexec_fn=first
            )

    def runs(self) -> bool:
        return self.started is not None and self.started.poll() is None

    def answers(self) -> bool:
        """Whether it is well; a process that has ended by itself will never be."""
        assert self.runs(), f"the server has ended:\n{self.log_text()}"
        return answers(self.address)

    def until_it_answers(self) -> None:
        end = time.monotonic() + self.patience
        while not self.answers():
            assert time.monotonic() < end, f"the server did not start:\n{self.log_text()}"
            time.sleep(0.1)

    def log_text(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def end(self, how: signal.Signals = signal.SIGTERM, patience: float = 30) -> float:
        """Send a signal and wait; how many seconds the process took to be gone."""
        begun = time.monotonic()
        self.process.send_signal(how)
        self.process.wait(patience)
        return time.monotonic() - begun

    def __enter__(self) -> Self:
        self.start()
        try:
            self.until_it_answers()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self.runs():
            try:
                self.end()
            except subprocess.TimeoutExpired:
                self.end(signal.SIGKILL)
                raise


@dataclass
class FileHost:
    """Python's own file server over a folder, as a lecturer would start it."""

    folder: Path
    port: int = field(default_factory=free_port)
    patience: float = 30

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        call = [sys.executable, "-m", "http.server", str(self.port), "--bind", "127.0.0.1"]
        silent = subprocess.DEVNULL
        self.process = subprocess.Popen(call, cwd=self.folder, stdout=silent, stderr=silent)
        end = time.monotonic() + self.patience
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return self
            except OSError:
                if time.monotonic() > end or self.process.poll() is not None:
                    self.__exit__()
                    raise
                time.sleep(0.1)

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(self.patience)
