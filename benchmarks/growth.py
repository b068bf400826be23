"""How cost grows: with depth, width, rows, steps and the fineness of a map, and with students; and where PyTorch wins.

    python benchmarks/growth.py [--rounds 5] [--load load.json] [--svg benchmarks/growth.svg]

Processor time on one thread. Beside every row stands its exponent, fitted over the larger half of the sizes: with 1 the
time doubles when the size does. PyTorch trains the same network (eager, float32, batches of 32 like dlcore) where it is
installed; the other panels have nothing to compare with. ``--load`` takes the figures that ``load.py --json`` wrote.
The picture needs vl-convert-python (``requirements-benchmarks.txt``); without it there is the table alone.
"""

import os

os.environ |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from contestants import Contestant, Dlcore, Torch
from training import task_of

from dlcore.experiments.descent import basins, descend
from dlcore.optimizers import SGD
from dlcore.surfaces import Himmelblau

TURN = 0.05
"""Seconds that a measurement lasts at least; what is fast is done several times in it."""

DEPTHS, WIDTHS = (1, 2, 4, 8, 16, 32), (4, 16, 64, 256, 1024)
BATCHES = (8, 32, 128, 500)
STEPS, SIDES = (100, 300, 1000, 3000, 10000), (25, 50, 100, 200, 400)


COLOURS = ("#0072B2", "#D55E00", "#7A8699")
"""Ours first, then what it is compared with."""


class Point(NamedTuple):
    """One measurement: in which panel, by whom, of which size, and how many milliseconds it took."""

    panel: str
    who: str
    size: int
    ms: float


def milliseconds(work: Callable[[], object], rounds: int) -> float:
    """Processor time of one call, the median of so many rounds."""
    work()
    found = []
    for _ in range(rounds):
        calls, begun = 0, time.process_time()
        while (spent := time.process_time() - begun) < TURN:
            work()
            calls += 1
        found.append(spent / calls * 1000)
    return statistics.median(found)


def _trainings(panel: str, nets: dict[int, tuple[str, int]], rounds: int) -> Iterator[Point]:
    """An epoch of 500 rows on networks by size, each a network and a batch size; dlcore, and PyTorch if it is there."""
    for size, (net, batch) in nets.items():
        task = task_of(net, batch, "sgd", 1)
        for kind in (Dlcore, Torch):
            try:
                one: Contestant = kind(task)
                one.reset()
            except ModuleNotFoundError:
                continue
            yield Point(panel, kind.name, size, milliseconds(lambda one=one: one.fit(shuffle=True), rounds))


def measure(rounds: int) -> Iterator[Point]:
    """Every point of the panels that need no server."""
    deep = {depth: ("2" + "-8" * depth + "-1", 32) for depth in DEPTHS}
    yield from _trainings("layers of 8 neurons: an epoch", deep, rounds)
    wide = {units: (f"2-{units}-{units}-1", 32) for units in WIDTHS}
    yield from _trainings("neurons in each of 2 layers: an epoch", wide, rounds)
    yield from _trainings("rows in a batch: an epoch", {batch: ("2-8-8-1", batch) for batch in BATCHES}, rounds)
    surface, rule = Himmelblau(), SGD(0.01)
    for steps in STEPS:
        path = milliseconds(lambda steps=steps: descend(surface, (0.0, 0.0), rule, steps), rounds)
        yield Point("steps of one ball", "dlcore", steps, path)
    for side in SIDES:
        starts = surface.grid(side)
        found = milliseconds(lambda starts=starts: basins(surface, starts, rule, 200), rounds)
        yield Point("side of a map of starts, 200 steps each", "dlcore", side, found)


def of_load(file: Path) -> Iterator[Point]:
    """The 95th percentile that students waited, by app."""
    for row in json.loads(file.read_text()):
        yield Point("students: 95 % are answered within", row["app"], row["students"], 1000 * row["p95"])


def exponent(points: list[Point]) -> float:
    """By which power of the size the time grows, over the larger half."""
    part = points[len(points) // 2 - (len(points) < 4) :]
    return float(np.polyfit(np.log([p.size for p in part]), np.log([p.ms for p in part]), 1)[0])


def print_table(points: list[Point]) -> None:
    """The table: a row for who did what."""
    print("\n| what grows | who | milliseconds, by size | exponent |\n| --- | --- | --- | --- |")
    for panel, who in dict.fromkeys((p.panel, p.who) for p in points):
        part = [p for p in points if (p.panel, p.who) == (panel, who)]
        cells = ", ".join(f"{p.size}: {p.ms:.3g}" for p in part)
        print(f"| {panel} | {who} | {cells} | {exponent(part):.2f} |")


def draw(points: list[Point], file: Path) -> None:
    """The picture: a panel for everything that grows, both axes logarithmic."""
    import altair as alt
    import pandas as pd

    panels = []
    for panel in dict.fromkeys(p.panel for p in points):
        rows = pd.DataFrame([p._asdict() for p in points if p.panel == panel])
        x = alt.X("size:Q", scale=alt.Scale(type="log"), title=panel.split(":")[0], axis=alt.Axis(format="~s"))
        y = alt.Y("ms:Q", scale=alt.Scale(type="log"), title="milliseconds", axis=alt.Axis(format="~g", tickCount=4))
        names = list(dict.fromkeys(rows["who"]))
        who = {
            "color": alt.Color("who:N", title=None, scale=alt.Scale(domain=names, range=COLOURS[: len(names)])),
            "strokeDash": alt.StrokeDash("who:N", title=None, scale=alt.Scale(domain=names)),
        }
        line = alt.Chart(rows).mark_line(point=True, strokeWidth=2).encode(x=x, y=y, **who)
        panels.append(line.properties(width=300, height=190, title=panel))
    chart = alt.concat(*panels, columns=2).resolve_scale(color="independent", strokeDash="independent")
    chart.configure(background="white").save(str(file))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--load", type=Path, help="what load.py --json wrote")
    parser.add_argument(
        "--points", type=Path, help="where to keep the points, or from where to take them if it is there"
    )
    parser.add_argument("--svg", type=Path, help="where to write the picture")
    args = parser.parse_args()
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", flush=True)
    if args.points and args.points.exists():
        points = [Point(*each) for each in json.loads(args.points.read_text())]
    else:
        points = list(measure(args.rounds))
        if args.points:
            args.points.write_text(json.dumps(points))
    points += of_load(args.load) if args.load else ()
    print_table(points)
    if args.svg:
        draw(points, args.svg)


if __name__ == "__main__":
    main()
