"""What the first visitor of a page waits, beside the second, with the rehearsal at the server's start and without.

    PYTHONPATH=. python benchmarks/first_visit.py [--rounds 5] [--page model_evaluation]

Fresh servers in turn, by Streamlit's own protocol (``student.py``): every question of the page in its order, each by a
visitor of its own, first by one who comes first and then by one who comes second; with the rehearsal once it has ended.
Times from the connection to the end of the script; a ratio is taken within its round. The last column is what somebody
waits who opens the page's first question while the rehearsal runs, as soon as the server answers.
"""

import argparse
import asyncio
import os
import re
import statistics
import time
from pathlib import Path

from benchmarks.serving import Server
from benchmarks.student import Student
from tests.asked import ask
from ui.page.navigation import topics
from ui.page.stage import beats_of

ROOT = Path(__file__).resolve().parent.parent


async def seconds(server: Server, page: str, query: str) -> float:
    """How long a visitor waits for a page."""
    student = Student(server.address, page, query)
    begun = time.perf_counter()
    await student.open()
    took = time.perf_counter() - begun
    await student.leave()
    return took


def visit(server: Server, page: str, beats: tuple[str, ...]) -> list[float]:
    """How long a visitor waits for each question of a page, after its guess."""

    async def all_questions() -> list[float]:
        return [await seconds(server, page, f"lang=ko&beat={beat}&predict=0") for beat in beats]

    return asyncio.run(all_questions())


def until_rehearsed(server: Server) -> float:
    """Wait for the end of the rehearsal: what visitors share does not grow any more, and nobody is connected."""
    begun, before = time.perf_counter(), -1
    while True:
        told = ask(server.port, "/_stcore/metrics").body.decode()
        lines = [
            line for line in told.splitlines() if line.startswith("cache_memory_bytes") and "st_cache_data" in line
        ]
        now = sum(int(float(line.rpartition(" ")[2])) for line in lines)
        sessions = re.search(r"^active_sessions (\d+)", told, re.MULTILINE)
        if now == before > 0 and sessions and sessions[1] == "0":
            return time.perf_counter() - begun
        before = now
        time.sleep(0.5)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--page", default="model_evaluation", choices=[page.name for page in topics()])
    args = parser.parse_args()
    beats = next(beats_of(page.script) for page in topics() if page.name == args.page)
    found: dict[str, list[tuple[float, float, float]]] = {"without": [], "with": []}
    whole: list[float] = []
    meanwhile: dict[str, list[float]] = {"without": [], "with": []}
    for _ in range(args.rounds):
        for name, measured in found.items():
            with Server(ROOT, rehearses=name == "with") as server:
                if name == "with":
                    whole.append(until_rehearsed(server))
                first, second = visit(server, args.page, beats), visit(server, args.page, beats)
                longest = max(zip(first, second, strict=True), key=lambda pair: pair[0] - pair[1])
                measured.append((sum(first), sum(second), longest[0] / longest[1]))
            with Server(ROOT, rehearses=name == "with") as server:
                query = f"lang=ko&beat={beats[0]}"
                meanwhile[name].append(asyncio.run(seconds(server, args.page, query)))
    print(f"{args.page}, {len(beats)} questions, {args.rounds} rounds, load {os.getloadavg()[0]:.1f}")
    print("| rehearsal | first visitor, all questions | second | ratio | slowest question | opened at once |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, measured in found.items():
        first, second = (statistics.median(row[k] for row in measured) for k in (0, 1))
        ratio, slowest = (
            statistics.median(each) for each in ([a / b for a, b, _ in measured], [c for *_, c in measured])
        )
        at_once = statistics.median(meanwhile[name])
        print(f"| {name} | {first:.2f} s | {second:.2f} s | {ratio:.2f} | {slowest:.2f} | {at_once:.2f} s |")
    print(f"The rehearsal takes {statistics.median(whole):.0f} s.")


if __name__ == "__main__":
    main()
