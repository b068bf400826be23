"""Whom a process calls: Python itself tells of every connection that is opened, and of every name looked up."""

from pathlib import Path

# Python imports a module of this name by itself when it starts.
WATCH = """
import os, sys
CALLS = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "socket.sendmsg")
def heard(event, told):
    if event in CALLS:
        with open(os.environ["CALLS"], "a") as log:
            log.write(f"{event} {told[0] if event == 'socket.getaddrinfo' else told[1:]}\\n")
sys.addaudithook(heard)
"""


def watching(folder: Path) -> dict[str, str]:
    """The environment in which a Python notes its calls in a folder."""
    (folder / "sitecustomize.py").write_text(WATCH)
    return {"PYTHONPATH": str(folder), "CALLS": str(folder / "calls.txt")}


def called(folder: Path) -> list[str]:
    """Whom it has called until now, a line each time."""
    calls = folder / "calls.txt"
    return calls.read_text().splitlines() if calls.exists() else []
