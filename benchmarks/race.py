"""Six optimizers on one network as one stacked array, beside the same six one after another; and 48 learning rates.

OPENBLAS_NUM_THREADS=1 python benchmarks/race.py [--rounds 9]
"""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from dlcore.experiments.parallel_training import ParallelTraining
from dlcore.layers import Dense, Input
from dlcore.models import Sequential
from dlcore.optimizers import SGD, Adam, Optimizer, named_rules

SIX = [named_rules()[name].rule for name in ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam")]
RATES = np.geomspace(0.001, 1.0, 48)
FIELDS: dict[str, list[Optimizer]] = {
    "six optimizers": SIX,
    "48 rates of SGD": [SGD(learning_rate=float(rate)) for rate in RATES],
    "48 rates of Adam": [Adam(learning_rate=float(rate)) for rate in RATES],
}
HOW = {"batch_size": 10, "epochs": 5, "shuffle": False}


def network(units: int, rule: Optimizer) -> Sequential:
    """2-units-units-1, relu and sigmoid, always from the same first weights."""
    layers = [Input((2,)), Dense(units, "relu"), Dense(units, "relu"), Dense(1, "sigmoid")]
    model = Sequential(layers, seed=0)
    model.compile(loss="binary_crossentropy", optimizer=rule)
    return model


def together(units: int, rules: Sequence[Optimizer], x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The loss of every copy after every epoch, shape (copies, epochs)."""
    race = ParallelTraining(network(units, rules[0]), rules)
    return np.array([logs["loss"] for logs in race.epochs_of(x, y, **HOW)]).T


def one_by_one(units: int, rules: Sequence[Optimizer], x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The same, each trained alone."""
    return np.array([network(units, rule).fit(x, y, **HOW).history["loss"] for rule in rules])


def main(rounds: int) -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(500, 2))
    y = (x[:, :1] * x[:, 1:] > 0).astype(float)
    print(
        "| racers | network | together | one after another, ratio | furthest apart |\n| --- | --- | --- | --- | --- |"
    )
    for (name, rules), units in ((field, units) for field in FIELDS.items() for units in (4, 8, 32)):
        apart = np.abs(together(units, rules, x, y) / one_by_one(units, rules, x, y) - 1).max()
        times = []
        for _ in range(rounds):
            clock = [time.process_time()]
            for way in (together, one_by_one):
                way(units, rules, x, y)
                clock.append(time.process_time())
            times.append(np.diff(clock))
        taken, alone = np.array(times).T
        ratio = np.median(alone / taken)
        print(f"| {name} | 2-{units}-{units}-1 | {np.median(taken):.3f} s | {ratio:.2f} | {apart:.0e} |")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=9)
    main(parser.parse_args().rounds)
