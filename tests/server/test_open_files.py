"""A server that may have few open files gives itself so many as it may."""

import resource
import subprocess
import sys

import pytest

from server import open_files
from server.open_files import MOST, allow_open_files

PROGRAM = """
import resource
from server.open_files import allow_open_files
_, highest = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (300, highest))
said = allow_open_files()
assert said == resource.getrlimit(resource.RLIMIT_NOFILE)[0] == allow_open_files()
print(said, highest)
"""


def test_a_server_has_so_many_as_it_may() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    said, highest = map(int, done.stdout.split())
    assert said == (MOST if highest == resource.RLIM_INFINITY else min(MOST, highest)) > 300


def test_elsewhere_nothing_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_files, "resource", None)
    assert allow_open_files() == 0
