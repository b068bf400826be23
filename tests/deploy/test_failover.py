"""A process dies in the middle of a lesson, or is asked to go: who notices, and what they find when they are back."""

import asyncio
import re
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import yaml
from streamlit.proto.Common_pb2 import DoubleArray
from websockets.exceptions import ConnectionClosed

from benchmarks.student import RefusedRequest
from tests.awaited import awaited
from tests.deploy.conftest import DEPLOY, PATIENCE, Front, Process, Reader

SLIDERS = {"gradient_descent": "n", "learning_rate": "n", "activations": "d", "losses": "n4"}
"""By page, a slider whose value stands in the address under its key."""

AWAY = (ConnectionClosed, RefusedRequest, OSError)
"""What a visitor notices when there is nobody at the other end."""


@dataclass
class Learner:
    """Someone who moves a slider again and again, and opens the page anew, by its address, when it is gone."""

    front: Front
    page: str
    seat: str
    at: Process
    reader: Reader = field(init=False)
    drawn: tuple[str, list[str]] = ("", [])
    """The address, and every sentence with a number in it, when the page was last drawn whole."""
    lost: list[float] = field(default_factory=list)
    """When the page was gone."""
    touched: int = 0

    def __post_init__(self) -> None:
        self.reader = self.front.reader(self.page, self.seat)

    @property
    def key(self) -> str:
        return SLIDERS[self.page]

    async def arrive(self, number: int) -> None:
        await self.reader.open()
        await self.move(21 + number)

    async def move(self, value: float) -> None:
        await self.reader.set(f"{self.page}.{self.key}", double_array_value=DoubleArray(data=[value]))
        self.drawn = self.said()
        assert self.in_address() == value
        self.touched += 1

    async def learn(self, enough: asyncio.Event) -> None:
        value = 0
        while not enough.is_set():
            value = (value + 7) % 12
            try:
                await self.move(21 + value)
                await asyncio.sleep(0.2)
            except AWAY:
                self.lost.append(time.monotonic())
                await self.come_back()

    async def come_back(self) -> None:
        """As a new session, in the same seat, at the address; the page is as it was, at another process."""
        await self.reader.leave()
        self.reader = self.front.reader(self.page, self.seat, self.drawn[0])
        await self.reader.open()
        assert self.said() == self.drawn
        others = [one for one in self.front.processes if one is not self.at]
        assert sum(one.holds(self.reader.session) for one in others) == 1
        slider = next(one for one in self.reader.controls.values() if one.key == f"{self.page}.{self.key}")
        assert slider.slider_values == [self.in_address()]

    def said(self) -> tuple[str, list[str]]:
        return self.reader.query, sorted(text for text in self.reader.texts.values() if re.search(r"\d", text))

    def in_address(self) -> float:
        return float(re.findall(f"[?&]{self.key}=([^&]+)", f"?{self.reader.query}")[0])


@asynccontextmanager
async def lesson(front: Front, pages: list[str], each: int) -> AsyncIterator[list[Learner]]:
    """So many learners at every process, on pages by turns, each with a slider of their own, moving it."""
    seats, enough = front.seats(each), asyncio.Event()
    learners = [Learner(front, pages[k % len(pages)], seat, at) for k, (seat, at) in enumerate(seats.items())]
    try:
        await asyncio.gather(*(one.arrive(number) for number, one in enumerate(learners)))
        for one in learners:
            assert one.at.holds(one.reader.session), "nobody sits elsewhere than their seat says"
        learning = [asyncio.create_task(one.learn(enough)) for one in learners]
        await everyone_moves(learners, learning)
        yield learners
        await everyone_moves(learners, learning)
        enough.set()
        await asyncio.gather(*learning)
    finally:
        enough.set()
        await asyncio.gather(*(one.reader.leave() for one in learners))


async def everyone_moves(learners: list[Learner], learning: list[asyncio.Task[None]]) -> None:
    """Wait until each slider was moved twice from now on."""
    before = [one.touched for one in learners]
    async with asyncio.timeout(PATIENCE):
        while any(one.touched < was + 2 for one, was in zip(learners, before, strict=True)):
            for ended in (task for task in learning if task.done()):
                ended.result()
            await asyncio.sleep(0.05)


def test_when_a_process_dies_only_its_visitors_notice_and_find_their_settings_again(front: Front) -> None:
    async def story() -> None:
        async with lesson(front, list(SLIDERS), each=4) as learners:
            dying = front.processes[0]
            dying.process.kill()
            died = time.monotonic()
        for one in learners:
            if one.at is dying:
                assert len(one.lost) == 1 and one.lost[0] - died < 3, "once, and when it happened"
            else:
                assert one.lost == []

    awaited(story())


def grace() -> float:
    """How many seconds Compose lets a process take to end."""
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    return float(compose["services"]["app1"]["stop_grace_period"].removesuffix("s"))


def test_a_process_that_is_asked_to_go_goes_in_time_and_its_visitors_come_back(front: Front) -> None:
    async def story() -> None:
        async with lesson(front, ["activations", "losses"], each=2) as learners:
            going = front.processes[1]
            took = await asyncio.to_thread(going.end, signal.SIGTERM, grace())
            assert going.process.returncode in (0, -signal.SIGTERM), "asked once, and not killed"
            assert took < grace() / 2
        assert [len(one.lost) for one in learners] == [int(one.at is going) for one in learners]

        # and nobody knocks where nobody is: of many requests a few find that out
        [seat, *_] = [one.seat for one in learners if one.at is going]
        before = len(front.lines())
        assert len({front.serving(seat).port for _ in range(20)} - {going.port}) == 1
        in_vain = [line for line in front.lines()[before:] if f"127.0.0.1:{going.port}" in line]
        assert len(in_vain) <= 2

    awaited(story())
