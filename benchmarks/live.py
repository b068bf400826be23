"""A network that lives: processor time of a chunk with all its pictures, bytes of a frame, memory after 10,000 epochs.

OPENBLAS_NUM_THREADS=1 python benchmarks/live.py [--rounds 9] [--epochs 10000]
"""

import argparse
import dataclasses
import os
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = "1"

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from dlcore import losses
from dlcore.datasets import Moons
from dlcore.experiments.live_training import LiveTraining, LiveView, pack
from dlcore.experiments.training_config import LayerPlan, Prepared, Recipe, prepare

CHUNK, TRAINING_ROWS = 25, 200
VIEW = LiveView(((-1.5, 2.5), (-1.0, 1.5)))


def recipe(*units: int, activation: str = "tanh", batch_size: int = 10) -> Recipe:
    """Hidden layers of so many units, one output, Adam."""
    hidden = (LayerPlan(count, activation) for count in units)
    layers = (*hidden, LayerPlan(1, "sigmoid"))
    return Recipe(2, layers, losses.get("bce"), metrics=("accuracy",), batch_size=batch_size)


RECIPES = {
    "2-8-8-1 tanh": recipe(8, 8),
    "2-8-8-1 relu": recipe(8, 8, activation="relu"),
    "2-8-8-1 gelu": recipe(8, 8, activation="gelu"),
    "2-4-2-1 tanh": recipe(4, 2),
    "2-32-32-1 tanh": recipe(32, 32),
    "20 layers of 8, relu": recipe(*[8] * 20, activation="relu"),
}


def moons(how: Recipe) -> Prepared:
    """200 training and 50 validation rows."""
    return prepare(*Moons(count=TRAINING_ROWS * 5 // 4).load(), how.loss, classes=2)


def milliseconds(work: Callable[[], object]) -> float:
    """Processor time."""
    begin = time.process_time()
    work()
    return 1000 * (time.process_time() - begin)


def chunks(rounds: int) -> None:
    """25 epochs with their scores, pictures and bytes, beside ``fit`` on the same rows."""
    heads = ("network", "a chunk, lowest / median", "of that training", "packing", "bytes a frame, first chunk / later")
    print(f"| {' | '.join(heads)} |\n|{' --- |' * len(heads)}")
    lives = {name: LiveTraining(how, moons(how), VIEW) for name, how in RECIPES.items()}
    models = {name: how.model() for name, how in RECIPES.items()}
    times: dict[str, list[tuple[float, float, float]]] = {name: [] for name in RECIPES}
    sizes: dict[str, list[float]] = {name: [] for name in RECIPES}
    for _ in range(rounds):
        # one after another, so that what else the machine does falls on all alike
        for name, live in lives.items():
            parts, how = moons(live.recipe), {"batch_size": live.recipe.batch_size, "epochs": CHUNK, "seed": 0}
            fit = milliseconds(lambda name=name, parts=parts, how=how: models[name].fit(*parts.train, **how))
            whole = milliseconds(lambda live=live: live.train(CHUNK))
            data: list[bytes] = []
            packing = milliseconds(
                lambda live=live, data=data: data.append(
                    pack(live.frames(live.last_epoch - CHUNK + 1, live.last_epoch + 1))
                )
            )
            times[name].append((whole + packing, fit, packing))
            sizes[name].append(len(data[0]) / CHUNK)
    for name, measured in times.items():
        whole, fit, packing = zip(*measured, strict=True)
        row = [f"{min(whole):.0f} / {statistics.median(whole):.0f} ms", f"{min(fit):.0f} ms", f"{min(packing):.1f} ms"]
        print(f"| {name} | {' | '.join(row)} | {sizes[name][0]:.0f} / {statistics.median(sizes[name]):.0f} |")


def hands(rounds: int) -> None:
    """What a reader does to a network of 1000 epochs."""
    how = RECIPES["2-8-8-1 tanh"]
    live = LiveTraining(how, moons(how), VIEW)
    live.train(1000)
    times: dict[str, list[float]] = {}

    def clock(what: str, work: Callable[[], object]) -> None:
        times.setdefault(what, []).append(milliseconds(work))

    for k in range(rounds):
        at = live.last_epoch
        clock("25 frames of the past", lambda: live.frames(500, 525))
        clock("one point", lambda at=at: live.answer(at, (0.2, 0.3)))
        clock("a unit's picture, 60 × 60", lambda at=at: live.large_map(at, 0, 0))
        clock("what is lost without a unit", lambda at=at: live.without_unit(at, 0, 0))
        other = dataclasses.replace(how, batch_size=11 + k)
        clock("a knob at the newest frame", lambda at=at, other=other: live.change(at, other))
        live.train(CHUNK)
        clock("a knob 20 epochs back", lambda: live.change(live.last_epoch - 20, how))
        live.train(CHUNK)
    print("\n| done to 2-8-8-1 | lowest / median |\n| --- | --- |")
    for what, measured in times.items():
        print(f"| {what} | {min(measured):.1f} / {statistics.median(measured):.1f} ms |")


def memory(epochs: int) -> None:
    """What is held of many epochs."""
    how = dataclasses.replace(RECIPES["2-8-8-1 tanh"], batch_size=100)
    parts = moons(how)
    tracemalloc.start()
    live = LiveTraining(how, parts, VIEW)
    print("\n| epochs | bytes it says | traced | oldest frame | with weights | with pictures |")
    print("| --- | --- | --- | --- | --- | --- |")
    for goal in sorted({epochs // 10, epochs // 2, epochs}):
        live.train(goal - live.last_epoch)
        traced = tracemalloc.get_traced_memory()[0]
        counts = len(live._store.rows), len(live._store.pictures)
        print(f"| {live.last_epoch} | {live.size:,} | {traced:,} | {live.first} | {counts[0]} | {counts[1]} |")
    tracemalloc.stop()
    old = [milliseconds(lambda start=start: live.frames(start, start + CHUNK)) for start in range(0, epochs // 2, 500)]
    print(f"\n25 frames whose weights were dropped: {statistics.median(old):.0f} ms (batch of 100, 2 steps an epoch)")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--epochs", type=int, default=10_000)
    arguments = parser.parse_args()
    chunks(arguments.rounds)
    hands(arguments.rounds)
    memory(arguments.epochs)
