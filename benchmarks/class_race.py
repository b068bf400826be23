"""A race of a class: many entries as one array, beside one after another, and the bytes of its pictures.

OPENBLAS_NUM_THREADS=1 python benchmarks/class_race.py [--entries 300] [--steps 300] [--rounds 9]
"""

import argparse
import os
import sys
import time
import zlib
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from dlcore.experiments.descent import descend
from dlcore.optimizers import SGD
from dlcore.surfaces import Ackley, Himmelblau, NarrowValley, OwnFormula, Surface
from lessons.optimizers import class_race
from lessons.optimizers.class_race import Course, Entry, Outcome, Setup
from ui.pictures import arrow_tables

SURFACES: list[Surface] = [NarrowValley(), Himmelblau(), Ackley(), OwnFormula()]


def silent(word: str, **_: object) -> str:
    """A word in no language."""
    return word


def page(setup: Setup) -> tuple[Outcome, int, int]:
    """What the page computes of a race, and the bytes of both pictures, as they are and compressed."""
    found = class_race.measure(setup)
    pictures = class_race.map_of_all(setup.course, found, False), class_race.errors_of_all(found, silent, False)
    found.player_lines()
    class_race.place_table(found)
    sent = [arrow_tables.table(columns) for picture in pictures for columns in picture.data.values()]
    parts = [part for part in sent if isinstance(part, bytes)]
    return found, sum(map(len, parts)), sum(len(zlib.compress(part, 6)) for part in parts)


def main(count: int, steps: int, rounds: int) -> None:
    rng = np.random.default_rng(0)
    rates, momenta = 10 ** rng.uniform(-3, 0, count), rng.uniform(0, 0.99, count)
    entries = tuple(Entry(k, float(r), float(m)) for k, (r, m) in enumerate(zip(rates, momenta, strict=True), start=1))
    print("| landscape | the runs | with places, pictures, lines | one after another, ratio | kB | compressed |")
    print("| --- | --- | --- | --- | --- | --- |")
    for surface in SURFACES:
        setup = Setup(Course(surface, surface.start, steps, False), entries)
        times, sizes = [], (0, 0)
        for _ in range(rounds):
            clock = [time.process_time()]
            class_race.measure(setup)
            clock.append(time.process_time())
            _, *sizes = page(setup)
            clock.append(time.process_time())
            for entry in entries:
                descend(surface, surface.start, SGD(entry.rate, entry.momentum), steps)
            clock.append(time.process_time())
            times.append(np.diff(clock))
        runs, whole, alone = np.median(np.array(times), axis=0)
        name, (plain, packed) = type(surface).__name__, sizes
        print(
            f"| {name} | {runs:.3f} s | {whole:.3f} s | {alone / runs:.0f} | {plain / 1e3:.0f} | {packed / 1e3:.0f} |"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--entries", type=int, default=300)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=9)
    arguments = parser.parse_args()
    main(arguments.entries, arguments.steps, arguments.rounds)
