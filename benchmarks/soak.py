"""Two hours of a busy room: students come, touch, lose their connection and come back; processes are killed.

    PYTHONPATH=. python benchmarks/soak.py [--minutes 120] [--students 12] [--every 3]

Three processes behind nginx, as ``deploy/`` has them, and students who speak Streamlit's protocol. Whoever sits in a
seat stays one to four minutes, touches any control every few seconds and has the whole page drawn now and then. All
along something goes wrong, by turns (``FAULTS``): a socket breaks, everybody's sockets break at once, nginx reads its
settings anew, the third process is asked to go, or killed, and started again a while later. Who loses the page that way
returns, by the session's name if the process still lives and else by the address. **Lost** is what then is not as it
was: the address, or any sentence with a number in it, compared with what somebody else sees who opens that address.

The first process is never touched, and its memory is what has to be flat; the second is not either and runs with the
environment of ``--trial``, to see what that changes. Memory, the caches' part of it and sessions are noted every
minute. Needs what the tests need, nginx too.
"""

import argparse
import asyncio
import json
import os
import random
import re
import signal
import tempfile
import time
import urllib.request
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from load import Running, pages_of
from websockets.exceptions import WebSocketException

from benchmarks.student import RefusedRequest
from tests.deploy.conftest import Front, Process, Reader, behind_nginx

AWAY = (WebSocketException, RefusedRequest, OSError, TimeoutError)
"""What a student notices when there is nobody at the other end."""
FAULTS = ("a socket breaks", "all sockets break", "nginx reads its settings anew", "a process is asked to go", "a kill")
ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Tally:
    """What happened to the students of a room."""

    touched: int = 0
    visits: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    gone: Counter[str] = field(default_factory=Counter)
    """What a student noticed when the page was gone."""
    returned: Counter[str] = field(default_factory=Counter)
    """How students came back: by the session's name, or by the address."""
    compared: int = 0
    lost: list[str] = field(default_factory=list)
    """What was not as before when the student was back: the address, or what is said there."""
    waited: list[float] = field(default_factory=list)
    """Seconds until the page was there again."""


@dataclass
class Seat:
    """A place in the room, and who sits in it at the moment."""

    front: Front
    name: str
    chance: random.Random
    tally: Tally
    every: float
    reader: Reader = field(init=False)
    page: str = ""
    address: str = ""
    """The address when what the student last touched was drawn."""

    async def sit(self, pages: list[str], over: float) -> None:
        """One student after the other, until it is over."""
        while time.monotonic() < over:
            self.page, self.address = self.chance.choice(pages), f"lang={self.chance.choice(('ko', 'en'))}&predict=0"
            leaves = min(over, time.monotonic() + self.chance.uniform(60, 240))
            self.tally.visits += 1
            await self._anew()
            while time.monotonic() < leaves:
                await asyncio.sleep(self.chance.uniform(0.5, 1.5) * self.every)
                touching = False
                try:
                    if self.chance.random() < 0.2:
                        await self.reader.rerun()
                    touching = True
                    await self.reader.touch(self.chance)
                    self.tally.touched += 1
                    self.address = self.reader.query
                except AWAY as fault:
                    self.tally.gone[type(fault).__name__] += 1
                    await self._again(touching)
            await self.reader.leave()

    async def _anew(self) -> None:
        """A new session at the address, as soon as somebody answers."""
        while True:
            self.reader = self.front.reader(self.page, self.name, self.address)
            try:
                await self.reader.open()
                self.address = self.reader.query
                return
            except AWAY as fault:
                self.tally.gone[f"{type(fault).__name__} on coming back"] += 1
                with suppress(*AWAY):
                    await self.reader.leave()
                await asyncio.sleep(1)

    async def _again(self, touching: bool) -> None:
        """What a browser does: return by the session's name, or, where nobody knows it, by the address.

        touching: something was sent and not answered, which may have reached the session or not.
        """
        begun, session, before = time.monotonic(), self.reader.session, self.address
        try:
            with suppress(*AWAY):
                await self.reader.leave()
            await self.reader.connect()
            await self.reader.ask()
            # what was still on its way comes first, with an end of its own
            await self._quiet()
            await self.reader.rerun()
        except AWAY:
            with suppress(*AWAY):
                await self.reader.leave()
            await self._anew()
        same = self.reader.session == session
        self.tally.returned["session" if same else "address"] += 1
        self.tally.waited.append(time.monotonic() - begun)
        if not (same and touching) and self.reader.query != before:
            self._report_loss(before, self.reader.query)
        self.address = self.reader.query
        await self._compare()

    async def _quiet(self) -> None:
        """Read until nothing has come for three seconds."""
        with suppress(TimeoutError):
            while True:
                async with asyncio.timeout(3):
                    data = await self.reader.wire.recv(decode=False)
                self.reader.take(data)

    async def _compare(self) -> None:
        """Whoever opens the address sees what is on the page; unless it waits for a guess, which is the session's."""
        if "predict=0" not in self.address:
            return
        other = self.front.reader(self.page, self.name, self.address)
        try:
            await other.open()
        except AWAY as fault:
            self.tally.gone[f"{type(fault).__name__} on comparing"] += 1
            return
        finally:
            with suppress(*AWAY):
                await other.leave()
        here, there = sentences_with_numbers(self.reader), sentences_with_numbers(other)
        self.tally.compared += 1
        if here != there:
            self._report_loss(
                [one[:200] for one in here if one not in there], [one[:200] for one in there if one not in here]
            )

    def _report_loss(self, before: object, now: object) -> None:
        self.tally.lost.append(json.dumps([self.page, self.address, before, now], ensure_ascii=False))
        print("LOST", self.tally.lost[-1], flush=True)


def sentences_with_numbers(reader: Reader) -> list[str]:
    """Every sentence with a number in it."""
    return sorted(text for text in reader.texts.values() if re.search(r"\d", text))


async def troubles(front: Front, seats: list[Seat], tally: Tally, chance: random.Random, apart: float) -> None:
    """One fault after the other."""
    victim, turn = front.processes[2], 0

    def break_wires(some: list[Seat]) -> None:
        for seat in some:
            if seat.reader._wire is not None:
                seat.reader._wire.transport.abort()

    while True:
        await asyncio.sleep(apart)
        kind = FAULTS[turn % len(FAULTS)]
        turn += 1
        tally.faults[kind] += 1
        if kind == "a socket breaks":
            break_wires([chance.choice(seats)])
        elif kind == "all sockets break":
            break_wires(seats)
        elif kind == "nginx reads its settings anew":
            os.kill(front.pid, signal.SIGHUP)
        else:
            how = signal.SIGKILL if kind == "a kill" else signal.SIGTERM
            await asyncio.to_thread(victim.end, how)
            await asyncio.sleep(apart / 2)
            victim.start()


def memory_of(process: Process) -> dict[str, float]:
    """Megabytes of memory and in the caches, and sessions, of one process; nothing while it is away."""
    if not process.runs():
        return {}
    address = process.address
    found = {"memory": Running(address, [process.process.pid]).megabytes()}
    try:
        with urllib.request.urlopen(f"{address}/_stcore/metrics", timeout=20) as answer:
            told = answer.read().decode()
    except OSError:
        return found
    caches = re.findall(r'^cache_memory_bytes\{cache_type="([^"]*)".*?\} (\d+)', told, re.M)
    found["caches"] = sum(int(size) for kind, size in caches if kind.startswith("st_cache")) / 1e6
    found["sessions"] = float((re.findall(r"^active_sessions (\d+)", told, re.M) or ["nan"])[0])
    return found


async def room(front: Front, wanted: argparse.Namespace) -> Tally:
    """Students in front of what runs, troubles all along, and a line a minute."""
    tally, out = Tally(), wanted.json
    names = front.seats(wanted.students // 3)
    seats = [Seat(front, name, random.Random(number), tally, wanted.every) for number, name in enumerate(names)]
    begun, noted = time.monotonic(), []
    over = begun + 60 * wanted.minutes
    pages = pages_of("app", ROOT)
    sitting = [asyncio.create_task(seat.sit(pages, over)) for seat in seats]
    trouble = asyncio.create_task(troubles(front, seats, tally, random.Random(1), wanted.apart))
    while time.monotonic() < over:
        await asyncio.sleep(min(60.0, max(over - time.monotonic(), 0.1)))
        now = [await asyncio.to_thread(memory_of, process) for process in front.processes]
        noted.append({"minute": (time.monotonic() - begun) / 60, "processes": now, "touched": tally.touched})
        cells = ["/".join(f"{value:.0f}" for value in one.values()) or "away" for one in now]
        print(f"{noted[-1]['minute']:6.1f} min  {'  '.join(cells)}  touched {tally.touched}", end="")
        print(f"  faults {sum(tally.faults.values())} lost {len(tally.lost)}", flush=True)
        for one in (*sitting, trouble):
            if one.done() and one.exception():
                raise RuntimeError("a student or the troublemaker failed") from one.exception()
        if out:
            out.write_text(json.dumps({"noted": noted, **tally.__dict__}))
    trouble.cancel()
    await asyncio.gather(trouble, return_exceptions=True)
    await asyncio.gather(*sitting)
    return tally


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--minutes", type=float, default=120)
    parser.add_argument("--students", type=int, default=12)
    parser.add_argument("--every", type=float, default=3.0, help="seconds from touch to touch, on the average")
    parser.add_argument("--apart", type=float, default=75.0, help="seconds from fault to fault; half of it away")
    parser.add_argument(
        "--trial", nargs="*", default=[], metavar="NAME=VALUE", help="environment of the second process"
    )
    parser.add_argument("--json", type=Path, help="where to write what was noted")
    args = parser.parse_args()
    trial = dict(one.split("=", 1) for one in args.trial)
    with tempfile.TemporaryDirectory() as folder:
        with behind_nginx(Path(folder), {}, trial) as front:
            tally = asyncio.run(room(front, args))
        complained = Counter()
        for log in sorted(Path(folder).glob("process-*.log")):
            complained.update(
                line[:120] for line in log.read_text().splitlines() if re.search(r"Error|Traceback", line)
            )
    print(tally.__dict__ | {"lost": len(tally.lost), "waited": sorted(tally.waited)[-5:]})
    print("the processes' logs:", dict(complained))


if __name__ == "__main__":
    main()
