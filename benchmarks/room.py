"""A class in a room: N phones listen, all vote within ten seconds, twice, and the projector hears of it.

    python benchmarks/room.py [--phones 300 1000] [--seconds 10] [--json out.json]

One process of the app (``room_app.py``) on one core, the phones on another. Every phone loads its page, holds an event
stream and votes at a random moment, each on a new connection. A vote's time is from connecting to its answer; the
projector's from connecting to the first event that counts the vote. Processor time and memory are read from the system.

``--at http://127.0.0.1:8080 --pids 12 13`` measures what is running there already, behind nginx or not, with a room
that is opened at the first address and voted in through all of them. Nobody keeps to a core then.
"""

import argparse
import asyncio
import json
import os
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from latency import quantile
from serving import LOCAL, Server, milliseconds_of

from classroom.questions import Ballot

ROOT = Path(__file__).resolve().parent.parent
EXERCISE = "benchmark"
QUESTION = "Which of the four optimizers needs the fewest steps to the bottom of this valley, from this start?"
BALLOT = Ballot(
    EXERCISE,
    "choice",
    {"ko": QUESTION[:40], "en": QUESTION[:40]},
    {"ko": QUESTION, "en": QUESTION},
    [{"ko": f"{name} is first", "en": f"{name} is first"} for name in ("SGD", "Momentum", "RMSprop", "Adam")],
    truths=[3],
    reason={"ko": QUESTION * 4, "en": QUESTION * 4},
)
GOALS = {"vote_p95": 100.0, "event_p95": 500.0, "busy": 0.15, "megabytes": 40.0, "errors": 0}
ARRIVE = 5.0
"""Seconds within which all phones come in."""


@dataclass
class Connection:
    """HTTP/1.1 to an address, kept for the next request."""

    address: str
    reader: asyncio.StreamReader | None = None
    writer: asyncio.StreamWriter | None = None

    async def send(self, path: str, body: Any = None, secret: str = "") -> dict[str, str]:
        """Send a request and read the head of the answer; the status is among its headers."""
        where = urlsplit(self.address)
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection(where.hostname, where.port)
        assert self.reader is not None
        content = b"" if body is None else json.dumps(body).encode() if isinstance(body, dict) else body
        head = f"{'GET' if body is None else 'POST'} {path} HTTP/1.1\r\nHost: {where.netloc}\r\n"
        head += f"Content-Length: {len(content)}\r\n" + (f"Authorization: Bearer {secret}\r\n" if secret else "")
        self.writer.write(head.encode() + b"\r\n" + content)
        lines = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
        return headers | {"status": lines[0].split()[1]}

    async def ask(self, path: str, body: Any = None, secret: str = "") -> tuple[int, bytes]:
        """The status and the body of an answer."""
        headers = await self.send(path, body, secret)
        assert self.reader is not None
        if headers.get("transfer-encoding") == "chunked":
            content = b"".join([chunk async for chunk in self.chunks()])
        else:
            content = await self.reader.readexactly(int(headers["content-length"]))
        return int(headers["status"]), content

    async def chunks(self) -> AsyncIterator[bytes]:
        """The pieces of an answer of unknown length, as they come."""
        assert self.reader is not None
        while size := int(await self.reader.readuntil(b"\r\n"), 16):
            yield (await self.reader.readexactly(size + 2))[:-2]
        await self.reader.readuntil(b"\r\n")

    def close(self) -> None:
        if self.writer is not None:
            self.writer.close()


@dataclass
class Room:
    """A room at one or more addresses, and what was seen of it."""

    addresses: Sequence[str]
    code: str = ""
    secret: str = ""
    errors: Counter[str] = field(default_factory=Counter)
    votes: list[tuple[float, float]] = field(default_factory=list)
    """When each was sent and when it was answered."""
    heard: list[tuple[float, dict[str, Any]]] = field(default_factory=list)
    """What the projector heard, and when."""
    events: int = 0
    """How many all phones heard together."""

    async def teacher(self, what: str, body: Any) -> dict[str, Any]:
        connection = Connection(self.addresses[0])
        status, content = await connection.ask(what, body, self.secret)
        connection.close()
        if status != 200:
            raise RuntimeError(f"{what} was answered {status}: {content[:200]!r}")
        return json.loads(content)

    async def open(self) -> None:
        made = await self.teacher("/rehearsed-room/open", b"")
        self.code, self.secret = made["code"], made["secret"]
        await self.teacher(f"/rehearsed-room/{self.code}/put", BALLOT.to_json().encode())

    async def act(self, action: str) -> None:
        await self.teacher(f"/room/{self.code}/act", {"action": action})


async def listen(room: Room, address: str, id: str, ready: asyncio.Event, projector: bool = False) -> None:
    """Hold an event stream until somebody ends it."""
    connection = Connection(address)
    try:
        headers = await connection.send(f"/room/{room.code}/events" + (f"?id={id}" if id else ""))
        if headers["status"] != "200":
            room.errors[f"events {headers['status']}"] += 1
        async for chunk in connection.chunks():
            now = time.perf_counter()
            if not chunk.startswith(b"data: "):
                continue
            ready.set()
            room.events += 1
            if projector:
                room.heard.append((now, json.loads(chunk[6:])))
    except (OSError, asyncio.IncompleteReadError) as error:
        room.errors[type(error).__name__] += 1
    finally:
        ready.set()
        connection.close()


@dataclass
class Phone:
    """One of the class, which asks one of the addresses."""

    room: Room
    id: str
    address: str

    async def join(self, after: float) -> asyncio.Task[None]:
        """Load the page and listen; what listens."""
        await asyncio.sleep(after)
        await self.ask("page", f"/room/{self.room.code}")
        ready = asyncio.Event()
        task = asyncio.create_task(listen(self.room, self.address, self.id, ready))
        await ready.wait()
        return task

    async def vote(self, after: float, round: int) -> None:
        await asyncio.sleep(after)
        body = {"id": self.id, "question": EXERCISE, "round": round, "choice": random.randrange(4), "sure": True}
        sent = time.perf_counter()
        await self.ask("vote", f"/room/{self.room.code}/vote", body)
        self.room.votes.append((sent, time.perf_counter()))

    async def ask(self, what: str, path: str, body: Any = None) -> None:
        connection = Connection(self.address)
        try:
            status, content = await connection.ask(path, body)
        except (OSError, asyncio.IncompleteReadError) as error:
            self.room.errors[f"{what} {type(error).__name__}"] += 1
            return
        finally:
            connection.close()
        if status != 200:
            self.room.errors[f"{what} {status} {content[:40]!r}"] += 1


def event_times(room: Room, since: int, votes: Sequence[tuple[float, float]]) -> list[float]:
    """By vote, from when it was sent until the projector heard of as many votes as had been answered by then."""
    heard = [(when, told["voted"]) for when, told in room.heard[since:]]
    found = []
    for k, (sent, _) in enumerate(sorted(votes, key=lambda vote: vote[1])):
        found.append(next((when for when, voted in heard if voted > k), float("inf")) - sent)
    return found


def megabytes(pids: Sequence[int]) -> float:
    pages = (int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in pids)
    return sum(pages) * os.sysconf("SC_PAGE_SIZE") / 1e6


async def measure(addresses: Sequence[str], pids: Sequence[int], phones: int, seconds: float) -> dict[str, float]:
    """The figures of one room."""
    room = Room(addresses)
    await room.open()
    before = megabytes(pids)
    ready = asyncio.Event()
    tasks = [asyncio.create_task(listen(room, addresses[-1], "", ready, projector=True))]
    await ready.wait()
    class_ = [Phone(room, f"benchmark-{k:08d}", addresses[k % len(addresses)]) for k in range(phones)]
    tasks += await asyncio.gather(*(phone.join(random.uniform(0, ARRIVE)) for phone in class_))
    await asyncio.sleep(1)
    late: list[float] = []
    busy = told = 0.0
    for round, begins, ends in ((1, "open", "close"), (2, "again", "close")):
        await room.act(begins)
        await asyncio.sleep(0.5)
        votes_before, heard_before, events_before = len(room.votes), len(room.heard), room.events
        cpu, start = sum(map(milliseconds_of, pids)), time.perf_counter()
        await asyncio.gather(*(phone.vote(random.uniform(0, seconds), round) for phone in class_))
        await asyncio.sleep(1)
        passed = time.perf_counter() - start
        busy = max(busy, (sum(map(milliseconds_of, pids)) - cpu) / 1000 / passed)
        told = max(told, (room.events - events_before) / passed)
        late += event_times(room, heard_before, room.votes[votes_before:])
        await room.act(ends)
    more = megabytes(pids) - before
    found = await room.teacher(f"/room/{room.code}/act", {"action": "reveal"})
    if (kept := [each["voted"] for each in found["results"]["rounds"].values()]) != [phones, phones]:
        room.errors[f"{kept} votes"] += 1
    await room.teacher(f"/room/{room.code}/close", b"")
    # the room is gone, and with it every stream
    await asyncio.gather(*tasks)
    took = [answered - sent for sent, answered in room.votes]
    print(f"errors: {dict(room.errors)}" if room.errors else "no errors", file=sys.stderr)
    return {
        "phones": phones,
        "vote_median": 1000 * statistics.median(took),
        "vote_p95": 1000 * quantile(took, 0.95),
        "event_median": 1000 * statistics.median(late),
        "event_p95": 1000 * quantile(late, 0.95),
        "busy": busy,
        "told": told,
        "megabytes": more,
        "errors": sum(room.errors.values()),
    }


@contextmanager
def own_server() -> Iterator[Server]:
    """The app on the last core; this process keeps to the others meanwhile."""
    cores = sorted(os.sched_getaffinity(0))
    with ExitStack() as stack:
        stack.callback(os.sched_setaffinity, 0, cores)
        # what is started inherits the core
        os.sched_setaffinity(0, cores[-1:])
        server = stack.enter_context(Server(ROOT, script="benchmarks/room_app.py", options=LOCAL))
        os.sched_setaffinity(0, cores[:-1] or cores)
        yield server


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--phones", type=int, nargs="+", default=[300, 1000])
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--at", nargs="+", default=[])
    parser.add_argument("--pids", type=int, nargs="+", default=[])
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    rows = []
    print(f"load {os.getloadavg()[0]:.1f}")
    heads = ("phones", "vote, median / p95", "on the projector, median / p95", "of a core", "events a second")
    print(f"| {' | '.join((*heads, 'MB more', 'errors'))} |")
    print("| --- " * 7 + "|")
    for phones in given.phones:
        # a new process each time, since memory that was used once is kept
        with ExitStack() as stack:
            server = None if given.at else stack.enter_context(own_server())
            addresses, pids = given.at or [server.address], given.pids or [server.process.pid]  # type: ignore[union-attr]
            row = asyncio.run(measure(addresses, pids, phones, given.seconds))
        rows.append(row)
        times = "{vote_median:.0f} / {vote_p95:.0f} ms | {event_median:.0f} / {event_p95:.0f} ms"
        rest = "{busy:.0%} | {told:.0f} | {megabytes:.1f} | {errors:.0f} |"
        print(("| {phones:.0f} | " + times + " | " + rest).format(**row), flush=True)
        missed = [name for name, goal in GOALS.items() if row[name] > goal]
        print("goals: " + (f"not met: {', '.join(missed)}" if missed else "met"), file=sys.stderr)
    print(f"load {os.getloadavg()[0]:.1f}")
    if given.json:
        given.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
