"""A class that plays the live network at once: the frames a second that each student sees, and what it costs.

    python benchmarks/live_class.py [--students 20 60] [--seconds 30] [--rate 40]
    python benchmarks/live_class.py --epochs 24000 [--visits 4]

Students are websocket clients that speak Streamlit's protocol (``student.py``) and play as the page does
(``lessons/training/live_network/live_network.js``): 60 times a second each looks how many epochs are due, shows the
newest of them that has come, and asks for the next chunk while too few wait. Nothing is drawn and nothing unpacked,
which a class does on its own machines. The server has the first core for itself, the students keep to the other. All
press play within a second; what is measured begins ``--warm`` seconds later. While nothing is there to be shown, the
page says "waiting": how much of the time it does is in the table, and the longest time without anything new. One more
student is on the page on gradient descent meanwhile and touches a control every second.

With ``--epochs`` the memory of a visit is measured instead: visits that train so many epochs, as fast as they come.
"""

import argparse
import asyncio
import json
import math
import os
import random
import signal
import statistics
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from latency import HERE, quantile
from load import Running, running
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from student import Redraw, RefusedRequest, Student
from websockets.exceptions import WebSocketException

FEED = "lesson_live_feed"
TICK = 1 / 60
LEAST, MOST, ASK_AGAIN_AFTER = 25, 120, 5.0
"""As in ``live_network.js``: epochs that one message asks for, and the seconds after which it is asked again."""


@dataclass
class Player(Student):
    """A student who plays, and what has been seen so far."""

    rate: int = 40
    frames: int = 0
    """How often something new was shown."""
    waited: float = 0.0
    """Seconds in which the page said "waiting"."""
    longest: float = 0.0
    """The longest time without anything new, in seconds."""
    first: float | None = None
    """Seconds from the press to the first epoch that moved."""
    received: int = 0
    """Bytes of all messages."""
    have: int = -1
    """The last epoch that has come; ``at``: the one that is shown."""
    at: int = 0
    version: int = -1
    has_pasts: bool = False
    feed: str = ""
    fragment: str = ""
    answered: bool = True
    asked: float = 0.0
    due: float = 1.0
    before: float = 0.0
    pressed: float = 0.0
    moved: float = 0.0
    sending: set[asyncio.Task[None]] = field(default_factory=set)

    def _take_element(self, delta: Delta, place: tuple[int, ...], found: Redraw) -> None:
        super()._take_element(delta, place, found)
        if delta.new_element.WhichOneof("type") == "bidi_component":
            element = delta.new_element.bidi_component
            if element.component_name == FEED:
                self.feed, self.fragment = element.id, delta.fragment_id
                self.take_frames(element.bytes)

    def take_frames(self, data: bytes) -> None:
        """Note which frames have come."""
        end = 4 + int.from_bytes(data[:4], "little")
        header = json.loads(data[4:end])
        frames = json.loads(data[end + 4 : end + 4 + int.from_bytes(data[end : end + 4], "little")])
        if frames["start"] <= self.have + 1:
            self.have = max(self.have, frames["start"] + frames["frames"] - 1)
        self.version, self.has_pasts = header["version"], self.has_pasts or "pasts" in header
        self.answered = True

    def wish(self, count: int) -> None:
        """Ask for the next epochs, unless an answer is on its way."""
        now = time.perf_counter()
        if not self.answered and now - self.asked < ASK_AGAIN_AFTER:
            return
        self.answered, self.asked = False, now
        number = round(1000 * (now - self.pressed))
        wish = {"n": number, "version": self.version, "pasts": self.has_pasts, "from": self.have + 1, "count": count}
        message = json.dumps([{"event": "ask", "value": wish}])
        state = WidgetState(id=f"$$STREAMLIT_INTERNAL_KEY_{self.feed}__events", json_trigger_value=message)
        task = asyncio.create_task(self.send(state))
        self.sending.add(task)
        task.add_done_callback(self.sending.discard)

    async def send(self, state: WidgetState) -> None:
        await self.ask(self.fragment, state)
        # a trigger is sent once
        self.values.pop(state.id, None)

    def press(self) -> None:
        """Press play."""
        self.pressed = self.before = self.moved = time.perf_counter()

    def tick(self) -> None:
        """A turn of the browser while it plays."""
        now = time.perf_counter()
        passed, self.before = now - self.before, now
        self.due = min(self.due + passed * self.rate, max(1.0, self.rate / 60) + 0.999)
        if self.have - self.at < max(LEAST, 0.9 * self.rate):
            self.wish(min(MOST, max(LEAST, math.ceil(0.8 * self.rate))))
        step = min(int(self.due), self.have - self.at)
        if step > 0:
            self.due, self.at, self.frames = self.due - step, self.at + step, self.frames + 1
            self.first = self.first or now - self.pressed
            self.longest, self.moved = max(self.longest, now - self.moved), now
        if self.have == self.at:
            self.waited += passed

    def forget(self) -> None:
        """Begin to count anew."""
        self.frames, self.waited, self.longest, self.received = 0, 0.0, 0.0, 0
        self.moved = time.perf_counter()

    async def listen(self) -> None:
        """Read whatever comes; RefusedRequest if a run failed."""
        async for data in self.wire:
            assert isinstance(data, bytes)
            self.received += len(data)
            message = self.take(data)
            if message.WhichOneof("type") == "script_finished" and message.script_finished not in _FINE:
                raise RefusedRequest(ForwardMsg.ScriptFinishedStatus.Name(message.script_finished))


_FINE = (
    ForwardMsg.FINISHED_SUCCESSFULLY,
    ForwardMsg.FINISHED_EARLY_FOR_RERUN,
    ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY,
)


async def arrive(server: Running, count: int, rate: int) -> list[Player]:
    """So many students, one after the other, each with the question open."""
    players = [Player(server.address, "training", "lang=en&beat=live", rate=rate) for _ in range(count)]
    for player in players:
        await player.open()
        assert player.feed, "the page has no live network"
    return players


async def play(players: list[Player], until: asyncio.Event, seed: int = 0) -> list[float]:
    """Turn all browsers 60 times a second; the seconds from turn to turn."""
    chance, begun = random.Random(seed), time.perf_counter()
    presses = sorted((begun + chance.random(), k) for k in range(len(players)))
    playing: list[Player] = []
    turns, last = [], begun
    while not until.is_set():
        now = time.perf_counter()
        turns.append(now - last)
        last = now
        while presses and presses[0][0] <= now:
            playing.append(players[presses.pop(0)[1]])
            playing[-1].press()
        for player in playing:
            player.tick()
        await asyncio.sleep(max(0.0, now + TICK - time.perf_counter()))
    return turns


async def touch_elsewhere(server: Running, until: asyncio.Event) -> list[float]:
    """How many seconds each touch takes of a student on another page, one a second."""
    student, chance, seconds = Student(server.address, "gradient_descent", "predict=0"), random.Random(0), []
    await student.open()
    while not until.is_set():
        seconds.append((await student.touch(chance)).seconds)
        await asyncio.sleep(max(0.0, 1 - seconds[-1]))
    await student.leave()
    return seconds


async def lesson(server: Running, count: int, rate: int, warm: float, seconds: float) -> dict[str, Any]:
    """What so many students see."""
    errors: Counter[str] = Counter()

    async def count_errors(player: Player) -> None:
        try:
            await player.listen()
        except (RefusedRequest, OSError, WebSocketException) as fault:
            errors[f"{type(fault).__name__}: {fault}"[:120]] += 1

    players, over = await arrive(server, count, rate), asyncio.Event()
    ears = [asyncio.create_task(count_errors(player)) for player in players]
    browsers, visitor = asyncio.create_task(play(players, over)), asyncio.create_task(touch_elsewhere(server, over))
    await asyncio.sleep(warm)
    firsts = [math.inf if player.first is None else player.first for player in players]
    for player in players:
        player.forget()
    begun, cpu = time.perf_counter(), server.cpu()
    own = time.process_time()
    await asyncio.sleep(seconds)
    passed, cpu = time.perf_counter() - begun, server.cpu() - cpu
    own = time.process_time() - own
    rates = [player.frames / passed for player in players]
    now = time.perf_counter()
    facts = {
        "students": count,
        "frames a second, median": statistics.median(rates),
        "5 % see less than": quantile(rates, 0.05),
        "lowest": min(rates),
        "waiting, mean": statistics.mean(player.waited / passed for player in players),
        "most": max(player.waited / passed for player in players),
        "longest without news": max(max(player.longest, now - player.moved) for player in players),
        "press to move, most": max(firsts),
        "core busy": cpu / 1000 / passed,
        "ms an epoch": cpu / max(sum(rates) * passed, 1),
        "kB a second": statistics.mean(player.received for player in players) / passed / 1000,
    }
    over.set()
    turns, touches = await browsers, await visitor
    facts |= {"a touch elsewhere, median": statistics.median(touches), "p95": quantile(touches, 0.95)}
    facts["errors"] = sum(errors.values())
    print(f"    a turn of the browsers: median {1000 * statistics.median(turns):.1f} ms, ", end="")
    print(f"p95 {1000 * quantile(turns, 0.95):.1f} ms; their core {own / passed:.0%} busy; {dict(errors)}", flush=True)
    for player in players:
        await player.leave()
    await asyncio.gather(*ears)
    return facts


FORMATS = {"waiting, mean": "{:.0%}", "most": "{:.0%}", "core busy": "{:.0%}", "students": "{}", "errors": "{}"}
FORMATS |= {"a touch elsewhere, median": "{:.2f} s", "p95": "{:.2f} s"}
FORMATS |= {"longest without news": "{:.2f} s", "press to move, most": "{:.2f} s", "ms an epoch": "{:.2f}"}


def print_table(rows: list[dict[str, Any]]) -> None:
    print(f"| {' | '.join(rows[0])} |\n|{' --- |' * len(rows[0])}")
    for row in rows:
        print(f"| {' | '.join(FORMATS.get(name, '{:.1f}').format(value) for name, value in row.items())} |", flush=True)


async def memory(server: Running, visits: int, epochs: int) -> None:
    """What the process grows by while visits train so many epochs, each beside the ones before, which stay."""

    async def until(player: Player, goal: int) -> None:
        while player.have < goal:
            player.wish(MOST)
            await asyncio.gather(*player.sending)
            await player.redrawn(fragment=True)

    # what all share is there
    for player in await arrive(server, 2, 40):
        await until(player, 3 * MOST)
        await player.leave()
    sizes = [server.megabytes()]
    print(f"| visits of {epochs} epochs | MB of the process | MB more |\n| --- | --- | --- |\n| 0 | {sizes[0]:.1f} | |")
    stay = []
    for count in range(1, visits + 1):
        stay += await arrive(server, 1, 40)
        await until(stay[-1], epochs)
        sizes.append(server.megabytes())
        print(f"| {count} | {sizes[-1]:.1f} | {sizes[-1] - sizes[-2]:.1f} |", flush=True)
    print(f"a visit: {(sizes[-1] - sizes[0]) / visits:.1f} MB")
    for player in stay:
        await player.leave()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--students", type=int, nargs="+", default=[20, 60])
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--warm", type=float, default=6)
    parser.add_argument("--rate", type=int, default=40, help="the page begins with 40")
    parser.add_argument("--epochs", type=int, help="the memory of visits that train so many")
    parser.add_argument("--visits", type=int, default=4)
    parser.add_argument("--tree", type=Path, default=HERE.parent, help="the app's folder, if it is another one")
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", flush=True)
    rows = []
    for students in [0] if args.epochs else args.students:
        with running("app", args.tree) as server:
            if args.epochs:
                asyncio.run(memory(server, args.visits, args.epochs))
            else:
                rows.append(asyncio.run(lesson(server, students, args.rate, args.warm, args.seconds)))
    if rows:
        print_table(rows)
    print(f"load {os.getloadavg()[0]:.1f} in the end")


if __name__ == "__main__":
    main()
