"""How much faster the basin map is computed as one array than ball by ball.

    OPENBLAS_NUM_THREADS=1 python benchmarks/basins.py [--balls 50] [--rounds 3]

For every surface of two weights: 100 x 100 starts, 200 steps of gradient descent, three ways, interleaved:
all starts as one array (``dlcore.experiments.descent.basins``), a plain loop that steps one ball at a time (``walk``'s
steps without recording), and ``descend`` for one ball at a time. The last two are measured on a few starts
spread over the map and *extrapolated* to all 10,000. ``basins`` also labels the minima; the loops do not,
which favours them.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from dlcore.experiments.descent import basins, descend
from dlcore.optimizers import SGD
from dlcore.surfaces import Surface

COUNT, STEPS = 100, 200


def seconds(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def ball_by_ball(surface: Surface, starts: np.ndarray, rule: SGD) -> list[np.ndarray]:
    """Where each start, shape (balls, weights), ends, one ball after the other; a lost ball is not followed on."""
    ends = []
    with np.errstate(all="ignore"):
        for start in starts:
            w, memory = start, rule.start(start)
            for t in range(1, STEPS + 1):
                w = rule.update(w, surface.gradient(*w), memory, t)
                if surface.far(w):
                    break
            ends.append(w)
    return ends


def himmelblau_in_floats(starts: np.ndarray, rate: float) -> list[tuple[float, float]]:
    """The same for one surface, written out by hand with Python's own numbers: the fairest loop there is."""
    ends = []
    for x, y in starts.tolist():
        for _ in range(STEPS):
            p, q = x * x + y - 11, x + y * y - 7
            x, y = x - rate * (4 * x * p + 2 * q), y - rate * (2 * p + 4 * y * q)
            if not (abs(x) <= 1000 and abs(y) <= 1000):
                break
        ends.append((x, y))
    return ends


def medians(surface: Surface, balls: int, rounds: int) -> tuple[float, float, float]:
    """Seconds for the whole map: as one array, by the loop, by ``descend``; the last two extrapolated."""
    grid, rule = surface.grid(COUNT), SGD(surface.rate)
    some = grid.reshape(2, -1).T[np.random.default_rng(0).choice(COUNT * COUNT, balls, replace=False)]
    times = [
        (
            seconds(lambda: basins(surface, grid, rule, STEPS)),
            seconds(lambda: ball_by_ball(surface, some, rule)) * COUNT * COUNT / balls,
            seconds(lambda: [descend(surface, tuple(start), rule, STEPS) for start in some]) * COUNT * COUNT / balls,
        )
        for _ in range(rounds)
    ]
    array, loop, each = (statistics.median(part) for part in zip(*times, strict=True))
    return array, loop, each


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--balls", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    print(f"{COUNT} x {COUNT} starts, {STEPS} steps; loops extrapolated from {args.balls} balls;", end=" ")
    print(f"processor time, medians of {args.rounds}\n")
    print("| surface | one array | loop, extrapolated | ratio | descend, extrapolated | ratio |")
    print("| --- | --- | --- | --- | --- | --- |")
    ratios: list[tuple[float, float]] = []
    for name in Surface.members:
        surface = Surface.get(name)
        if len(surface.weights) != 2:
            continue
        array, loop, each = medians(surface, args.balls, args.rounds)
        ratios.append((loop / array, each / array))
        ends = f"| {each:.0f} s | {each / array:.0f} |"
        print(f"| {name} | {array:.2f} s | {loop:.0f} s | **{loop / array:.0f}** {ends}", flush=True)
    surface = Surface.get("himmelblau")
    starts, rule = surface.grid(COUNT), SGD(surface.rate)
    pairs = [
        (
            seconds(lambda: basins(surface, starts, rule, STEPS)),
            seconds(lambda: himmelblau_in_floats(starts.reshape(2, -1).T, surface.rate)),
        )
        for _ in range(args.rounds)
    ]
    array, loop = (statistics.median(part) for part in zip(*pairs, strict=True))
    print(f"\nhimmelblau, all 10,000 balls, Python's own floats, by hand: {loop:.2f} s, ratio {loop / array:.0f}")
    loops, descents = zip(*ratios, strict=True)
    middle = f"{statistics.median(loops):.0f} (loop), {statistics.median(descents):.0f} (descend)"
    print(f"\nMedian ratio: {middle}; lowest {min(loops):.0f}.")


if __name__ == "__main__":
    main()
