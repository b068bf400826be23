"""A real Redis in a process of its own."""

import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import RedisError

from benchmarks.serving import free_port

NO_REDIS = "tests of rooms that processes share need Redis: apt-get install redis-server"


def has_redis() -> bool:
    return bool(_program())


def _program() -> str | None:
    return shutil.which("redis-server") or shutil.which("valkey-server")


def redis_path() -> str:
    """Where redis-server is; without it the test is skipped, or fails where CI says that there has to be one."""
    found = _program()
    if found is None and os.environ.get("CI") == "true":
        pytest.fail(NO_REDIS, pytrace=False)
    return found or pytest.skip(NO_REDIS)


@dataclass
class RedisServer:
    """A Redis of one's own, which keeps in ``folder`` what it is told to."""

    folder: Path
    options: tuple[str, ...] = ("--save", "", "--appendonly", "no")
    port: int = field(default_factory=free_port)
    started: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def client(self) -> Redis:
        return Redis(port=self.port, decode_responses=True)

    def start(self) -> None:
        call = [redis_path(), "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder), *self.options]
        silent = subprocess.DEVNULL
        self.started = subprocess.Popen(call, stdout=silent, stderr=silent)
        end = time.monotonic() + 30
        while not self.answers():
            assert time.monotonic() < end and self.started.poll() is None, "Redis did not start"
            time.sleep(0.02)

    def answers(self) -> bool:
        try:
            with self.client() as client:
                return bool(client.ping())
        except RedisError:
            return False

    def send(self, number: signal.Signals) -> None:
        assert self.started
        self.started.send_signal(number)

    def end(self) -> None:
        if self.started and self.started.poll() is None:
            # one that was stopped hears nothing else
            self.send(signal.SIGCONT)
            self.send(signal.SIGTERM)
            self.started.wait(30)
