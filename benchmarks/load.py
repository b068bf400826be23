"""A class at once: N students on random pages, each touching a random control every five seconds.

    python benchmarks/load.py [--students 50 200] [--seconds 60] [--only app,smallest] [--json out.json]

Students are websocket clients that speak Streamlit's protocol (``student.py``); every app has a server of its own, on
one core, and the students keep to the other. First everybody comes in, spread over ``--arrive`` seconds; what
is measured is the time after it. The smallest app (``smallest_app.py``; ``lean_app.py`` is the same without Altair) has
as many students for as long in the same run. Figures are good for what they are beside each other on one machine.

``--at http://127.0.0.1:8080 --pids 12 13`` measures what is running there already, as ``deploy/README.md`` starts it:
several processes behind nginx, of which the ids tell the processor time and the memory. Nobody keeps to a core then.

``--weigh`` lets one student open every page, have it drawn again as it is, and touch 12 controls: kilobytes each time.

Processor time and memory are read from the system, for the server's process alone.
"""

import argparse
import asyncio
import json
import os
import random
import shutil
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from latency import ALONE, HERE, quantile
from serving import LOCAL, Server, copy_app, milliseconds_of
from student import Redraw, RefusedRequest, Student
from websockets.exceptions import WebSocketException

EVERY = 5.0
"""A student touches a control every so many seconds, on the average."""
APPS = {
    "app": "the lessons",
    "smallest": "smallest app, our settings",
    "default": "smallest app, Streamlit's settings",
    "lean": "smallest app without Altair",
}


@dataclass
class ClassRecord:
    """What the students of one app saw, in seconds, bytes and errors; what it cost the server."""

    opened: list[Redraw] = field(default_factory=list)
    touched: list[Redraw] = field(default_factory=list)
    by_page: dict[str, list[Redraw]] = field(default_factory=dict)
    errors: Counter[str] = field(default_factory=Counter)
    cpu: float = 0.0
    """Milliseconds of processor time while they touched."""
    seconds: float = 0.0
    memory: dict[str, float] = field(default_factory=dict)
    """Megabytes: after one visitor who has seen every page, with all before they touch anything, at the end."""

    def row(self, students: int) -> dict[str, float]:
        """The figures of one line of the table."""
        late = [one.seconds for one in self.touched] or [float("nan")]
        first = [one.seconds for one in self.opened] or [float("nan")]
        return {
            "touches": len(self.touched),
            "median": statistics.median(late),
            "p95": quantile(late, 0.95),
            "open": statistics.median(first),
            "open_p95": quantile(first, 0.95),
            "errors": sum(self.errors.values()),
            "cpu": self.cpu / max(len(self.touched), 1),
            "busy": self.cpu / 1000 / max(self.seconds, 1e-9),
            "kB": statistics.mean([one.bytes for one in self.touched] or [0]) / 1000,
            "memory": (self.memory["all"] - self.memory["one"]) / students,
            "end": self.memory["end"],
        }


@dataclass
class Running:
    """The processes behind an address, started by whomever."""

    address: str
    pids: Sequence[int]

    def cpu(self) -> float:
        """Milliseconds of processor time used so far."""
        return sum(milliseconds_of(pid) for pid in self.pids)

    def megabytes(self) -> float:
        """Their memory that is their own or mapped, as the system counts it."""
        pages = (int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in self.pids)
        return sum(pages) * os.sysconf("SC_PAGE_SIZE") / 1e6


@contextmanager
def running(app: str, tree: Path) -> Iterator[Running]:
    """A server of one of the APPS on the first core, from a copy of the tree."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        copy = Path(folder, "copy")
        if app == "default":
            copy.mkdir()
            shutil.copy(HERE / "smallest_app.py", copy)
        else:
            copy_app(tree, copy)
            for script in ("smallest_app.py", "lean_app.py"):
                shutil.copy(HERE / script, copy)
        script = {"app": "streamlit_app.py", "lean": "lean_app.py"}.get(app, "smallest_app.py")
        cores = sorted(os.sched_getaffinity(0))
        # what is started inherits the core
        os.sched_setaffinity(0, cores[:1])
        with Server(copy, script=script, options=(*LOCAL, *ALONE)) as server:
            os.sched_setaffinity(0, cores[1:] or cores)
            try:
                yield Running(server.address, [server.process.pid])
            finally:
                os.sched_setaffinity(0, cores)


def pages_of(app: str, tree: Path) -> list[str]:
    """The addresses of an app's pages."""
    if app != "app":
        return [""]
    return sorted(path.stem.split("_", 1)[1] for path in Path(tree, "pages").glob("[0-9]_*.py"))


async def _patiently(student: Student, what: Any, seen: ClassRecord, into: Sequence[list[Redraw]]) -> bool:
    """Do ``what`` and note what came of it; after an error the student comes in anew."""
    try:
        redraw = await what
    except (RefusedRequest, OSError, WebSocketException, TimeoutError) as fault:
        seen.errors[f"{type(fault).__name__}: {fault}"[:120]] += 1
        await student.leave()
        return False
    for each in into:
        each.append(redraw)
    return True


@dataclass
class Bell:
    """When touching begins, and when it is over."""

    begun: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)


async def study(server: Running, page: str, seed: int, wait: float, bell: Bell, seen: ClassRecord) -> None:
    """One student: comes in after a while, waits for the bell, touches controls until it rings again."""
    chance, until = random.Random(seed), bell.over
    student = Student(server.address, page, "predict=0" if page else "")
    await asyncio.sleep(wait)
    inside = await _patiently(student, student.open(), seen, [seen.opened])
    await bell.begun.wait()
    while not until.is_set():
        await asyncio.sleep(chance.uniform(0.6, 1.4) * EVERY)
        if until.is_set():
            break
        if not inside:
            inside = await _patiently(student, student.open(), seen, [])
            continue
        into = [seen.touched, seen.by_page.setdefault(page, [])] if seen.seconds < 0 else []
        inside = await _patiently(student, student.touch(chance), seen, into)
    await student.leave()


async def first_visitor(server: Running, pages: Sequence[str]) -> None:
    """Open every page, so that what all share is there; twice, so that what a second visit needs is there too."""
    for page in [*pages, *pages]:
        student = Student(server.address, page, "predict=0" if page else "")
        await student.open()
        await student.leave()


async def lesson(server: Running, pages: Sequence[str], students: int, arrive: float, seconds: float) -> ClassRecord:
    """So many students on random pages."""
    seen, bell, chance = ClassRecord(), Bell(), random.Random(students)
    await first_visitor(server, pages)
    seen.memory["one"] = server.megabytes()
    everyone = [
        asyncio.create_task(study(server, chance.choice(pages), seed, arrive * seed / students, bell, seen))
        for seed in range(students)
    ]
    await asyncio.sleep(arrive + EVERY)
    seen.memory["all"] = server.megabytes()
    bell.begun.set()
    await asyncio.sleep(EVERY)
    seen.seconds, begun, cpu = -1.0, time.perf_counter(), server.cpu()
    await asyncio.sleep(seconds)
    seen.seconds, seen.cpu = time.perf_counter() - begun, server.cpu() - cpu
    seen.memory["end"] = server.megabytes()
    bell.over.set()
    await asyncio.gather(*everyone)
    return seen


async def weigh(server: Running, pages: Sequence[str], touches: int = 12) -> None:
    """What goes over the websocket to one student, in kilobytes, page by page."""
    print("| page | opened | on the wire | drawn again | a touch: median | mean | most |\n|" + " --- |" * 7)
    for page in pages:
        student, chance = Student(server.address, page, "predict=0" if page else ""), random.Random(1)
        first, again = await student.open(), await student.rerun()
        each = [(await student.touch(chance)).bytes for _ in range(touches)]
        await student.leave()
        found = [first.bytes, first.on_the_wire, again.bytes, statistics.median(each), statistics.mean(each), max(each)]
        print("|", " | ".join([page or "/", *(f"{size / 1000:.0f}" for size in found)]), "|", flush=True)


def print_table(rows: dict[tuple[str, int], dict[str, float]]) -> None:
    heads = ["app", "students", "touches", "median", "p95", "coming in: median", "p95", "errors"]
    heads += ["processor time a touch", "core busy", "kB a touch", "MB a session", "MB in the end"]
    print("|", " | ".join(heads), "|")
    print("|" + " --- |" * len(heads))
    for (app, students), r in rows.items():
        cells = [APPS[app], f"{students}", f"{r['touches']:.0f}", f"{r['median']:.3f} s", f"{r['p95']:.2f} s"]
        cells += [f"{r['open']:.2f} s", f"{r['open_p95']:.2f} s", f"{r['errors']:.0f}", f"{r['cpu']:.0f} ms"]
        cells += [f"{r['busy']:.0%}", f"{r['kB']:.0f}", f"{r['memory']:.2f}", f"{r['end']:.0f}"]
        print("|", " | ".join(cells), "|", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--students", type=int, nargs="+", default=[50, 200])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--arrive", type=float, default=20)
    parser.add_argument("--only", default="app,smallest,default", help="which of: " + ", ".join(APPS))
    parser.add_argument("--at", help="the address of an app that is running already")
    parser.add_argument("--pids", type=int, nargs="+", default=[], help="the ids of its processes")
    parser.add_argument("--pages", help="pages, separated by commas, if not all of them")
    parser.add_argument("--weigh", action="store_true", help="kilobytes instead of a load")
    parser.add_argument("--tree", type=Path, default=HERE.parent, help="the app's folder, if it is another one")
    parser.add_argument("--json", type=Path, help="where to write the rows")
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", flush=True)
    rows = {}
    for students in args.students[:1] if args.weigh else args.students:
        # what is running already is the lessons, and not the apps to compare them with
        for app in ["app"] if args.at else args.only.split(","):
            pages = pages_of(app, args.tree)
            if app == "app" and args.pages:
                pages = args.pages.split(",")
            started = nullcontext(Running(args.at, args.pids)) if args.at else running(app, args.tree)
            with started as server:
                if args.weigh:
                    asyncio.run(weigh(server, pages))
                    continue
                seen = asyncio.run(lesson(server, pages, students, args.arrive, args.seconds))
            rows[app, students] = seen.row(students)
            print_table({(app, students): rows[app, students]})
            for page, redraws in sorted(seen.by_page.items()):
                late = [one.seconds for one in redraws]
                print(f"    {page or '/'}: {len(late)} touches, median {statistics.median(late):.3f} s", end="")
                print(f", {statistics.mean(one.bytes for one in redraws) / 1000:.0f} kB")
            print("   ", dict(seen.errors), seen.memory, flush=True)
    if rows:
        print()
        print_table(rows)
    if args.json:
        args.json.write_text(json.dumps([{"app": app, "students": n} | row for (app, n), row in rows.items()]))


if __name__ == "__main__":
    main()
