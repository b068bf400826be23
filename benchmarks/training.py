"""What an epoch costs: dlcore's ``fit`` beside PyTorch, Keras, scikit-learn, a textbook and a hand-written loop.

    OPENBLAS_NUM_THREADS=1 python benchmarks/training.py [--rounds 5] [--nets 2-8-8-1 ...] [--contestants torch ...]

Everybody trains the same network (relu inside, a sigmoid at the end, binary cross-entropy) from the same weights on
the same 500 samples. First once without shuffling, which is the warm-up and shows that all reach the same loss; then
round after round in turn, shuffling every epoch, as ``fit`` does when nobody says otherwise. Time is processor time of
the contestant's process, one thread each; a ratio is taken within its round, and the table has the median of the
rounds. Contestants live in worker processes, because Keras's backend is fixed at its import; the three that need NumPy
only share one. Who is not installed is named in the table. ``requirements-benchmarks.txt`` has the versions.
"""

import os

# before NumPy is imported, here and in every worker, which inherits it
os.environ |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")

import argparse
import multiprocessing
import statistics
import sys
import time
import traceback
from collections import defaultdict
from itertools import pairwise, product
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from contestants import Contestant, Dlcore, Task

SAMPLES = 500
TURN = 0.1
"""Seconds that a turn lasts at least; who is fast trains several times in it."""

GOALS = {"torch": 15, "keras-torch": 120, "keras-tf": 120, "sklearn-fit": 9, "sklearn-partial": 9}
"""How many times as long as dlcore each should take, at least, on ``GOAL_NET``; all batches and rules count."""

SLOWER_THAN_REFERENCE = 1.15
"""How many times as long as the reference dlcore may take there."""

GOAL_NET = "2-8-8-1"

NETS = ("2-8-8-1", "2-4-2-1", "8-12-8-1", "2-32-32-1")


def task_of(net: str, batch_size: int, rule: str, epochs: int) -> Task:
    """Points whose first two coordinates have the same sign are 1; weights as Keras begins (Glorot, biases 0)."""
    from dlcore.initializers import GlorotUniform

    sizes = tuple(int(n) for n in net.split("-"))
    rng = np.random.default_rng(0)
    x = rng.normal(size=(SAMPLES, sizes[0]))
    y = (x[:, :1] * x[:, 1:2] > 0).astype(float)
    weights: list[np.ndarray] = []
    for shape in pairwise(sizes):
        weights += [GlorotUniform()(shape, rng), np.zeros(shape[1])]
    return Task(sizes, batch_size, rule, epochs, x, y, weights)


# --- In a worker ----------------------------------------------------------------------------------------------------


def serve(pipe: Connection) -> None:
    """Answer ("check", name, task) with a loss and ("turn", name) with seconds an epoch, until the pipe is closed."""
    ready: dict[str, Contestant] = {}
    while True:
        try:
            question, name, task = pipe.recv()
        except EOFError:
            return
        try:
            if question == "check":
                ready[name] = Contestant.named[name](task)
                pipe.send(last_loss(ready[name]))
            else:
                pipe.send(seconds_an_epoch(ready[name]))
        except ModuleNotFoundError as missing:
            pipe.send(f"not installed ({missing.name})")
        except Exception:  # noqa: BLE001 - whatever a framework raises is its result, and the others go on
            pipe.send(f"failed: {traceback.format_exc()}")


def last_loss(contestant: Contestant) -> float:
    """The loss of the last epoch of a training without shuffling; a shuffled one warms up what only shuffling needs."""
    contestant.reset()
    loss = contestant.fit(shuffle=False)[-1]
    contestant.reset()
    contestant.fit(shuffle=True)
    return float(loss)


def seconds_an_epoch(contestant: Contestant) -> float:
    spent, trainings = 0.0, 0
    while spent < TURN:
        contestant.reset()
        begun = time.process_time()
        contestant.fit(shuffle=True)
        spent += time.process_time() - begun
        trainings += 1
    return spent / trainings / contestant.task.epochs


# --- In charge ------------------------------------------------------------------------------------------------------


class Workers:
    """One living process for every ``Contestant.worker``; they are asked one at a time, so only one computes."""

    def __init__(self) -> None:
        self.pipes: dict[str, Connection] = {}

    def ask(self, question: str, who: type[Contestant], task: Task | None = None) -> Any:
        if who.worker not in self.pipes:
            self.pipes[who.worker] = self._start_worker(who)
        pipe = self.pipes[who.worker]
        try:
            pipe.send((question, who.name, task))
            return pipe.recv()
        except (EOFError, BrokenPipeError):
            return "failed: its process has ended"

    def _start_worker(self, who: type[Contestant]) -> Connection:
        # spawned, not forked: what is set here is there before the worker imports anything
        os.environ.update(who.environment)
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        context.Process(target=serve, args=(theirs,), daemon=True).start()
        theirs.close()
        return ours


def measure(task: Task, who: list[type[Contestant]], workers: Workers, rounds: int) -> dict[str, Any]:
    """For every name its ratios and a loss, or a word why there is none.

    A ratio is how many times as long as dlcore it takes; the reference's is how many times as long dlcore takes, since
    that is what is asked; and dlcore's are no ratios but seconds an epoch.
    """
    losses = {one.name: workers.ask("check", one, task) for one in who}
    running = [one for one in who if isinstance(losses[one.name], float)]
    for name, answer in losses.items():
        if isinstance(answer, str) and answer.startswith("failed"):
            print(f"{name} {answer}", file=sys.stderr)
    ratios: dict[str, list[float]] = defaultdict(list)
    for number in range(rounds):
        # there and back again: nobody always follows the one that heats the machine most
        turns = {one.name: workers.ask("turn", one) for one in (running if number % 2 == 0 else running[::-1])}
        ours = turns["dlcore"]
        if failed := [answer for answer in turns.values() if isinstance(answer, str)]:
            sys.exit(failed[0])
        for name, seconds in turns.items():
            ratios[name].append(ours if name == "dlcore" else ours / seconds if name == "reference" else seconds / ours)
    return {name: (ratios[name], loss) if name in ratios else loss.split(":")[0] for name, loss in losses.items()}


def row_of(who: list[type[Contestant]], found: dict[str, Any]) -> list[str]:
    """The cells of a task."""
    cells = []
    for one in who:
        if isinstance(found[one.name], str):
            cells.append(found[one.name])
            continue
        middle = statistics.median(found[one.name][0])
        cells.append(f"{middle * 1000:.2f} ms" if one is Dlcore else f"{middle:.3g}")
    return cells


def print_goals(found: list[dict[str, Any]]) -> None:
    """A line for every goal, about the tasks on ``GOAL_NET``."""
    print(f"\n| goal on {GOAL_NET} | lowest | highest | |\n| --- | --- | --- | --- |")
    for name, goal in GOALS.items():
        ratios = [statistics.median(task[name][0]) for task in found if isinstance(task.get(name), tuple)]
        if ratios:
            met = "met" if min(ratios) >= goal else "met by some" if max(ratios) >= goal else "not met"
            title = Contestant.named[name].title
            goal_text = f"{title}: at least {goal} times as long as dlcore"
            print(f"| {goal_text} | {min(ratios):.3g} | {max(ratios):.3g} | {met} |")
    ratios = [statistics.median(task["reference"][0]) for task in found if isinstance(task.get("reference"), tuple)]
    if ratios:
        met = "met" if max(ratios) <= SLOWER_THAN_REFERENCE else "met by some"
        met = "not met" if min(ratios) > SLOWER_THAN_REFERENCE else met
        title = f"dlcore: at most {SLOWER_THAN_REFERENCE} times as long as the reference"
        print(f"| {title} | {min(ratios):.3g} | {max(ratios):.3g} | {met} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=10, help="of one training")
    parser.add_argument("--nets", nargs="+", default=NETS, metavar="2-8-8-1")
    parser.add_argument("--batches", nargs="+", type=int, default=(10, 32))
    parser.add_argument("--rules", nargs="+", choices=("sgd", "adam"), default=("sgd", "adam"))
    parser.add_argument("--contestants", nargs="+", choices=list(Contestant.named), default=list(Contestant.named))
    args = parser.parse_args()
    who = [Contestant.named[name] for name in dict.fromkeys(["dlcore", *args.contestants])]
    workers = Workers()
    load = os.getloadavg()[0]
    print("| network | batch | rule |", *(f"{one.title} |" for one in who))
    print("|" + " --- |" * (3 + len(who)), flush=True)
    wrong: list[str] = []
    goals: list[dict[str, Any]] = []
    furthest: dict[str, float] = defaultdict(float)
    for net, batch_size, rule in product(args.nets, args.batches, args.rules):
        found = measure(task_of(net, batch_size, rule, args.epochs), who, workers, args.rounds)
        goals += [found] if net == GOAL_NET else []
        for one in who:
            if isinstance(found[one.name], str):
                continue
            loss, target = found[one.name][1], found["dlcore"][1]
            furthest[one.name] = max(furthest[one.name], abs(loss - target))
            if not abs(loss - target) <= one.tolerance:
                where = f"{net}, batch {batch_size}, {rule}"
                wrong.append(f"{where}: {one.name} ends at {loss:.9f}, dlcore at {target:.9f}")
        print("|", " | ".join([net, str(batch_size), rule, *row_of(who, found)]), "|", flush=True)
    del furthest["dlcore"]
    if goals:
        print_goals(goals)
    print("\ndlcore: processor time an epoch; reference: how many times as long *dlcore* takes; all others: how many")
    print(f"times as long as dlcore they take. {SAMPLES} samples, {args.epochs} epochs a training,", end=" ")
    print(f"medians of {args.rounds} rounds, load {load:.1f} at the start. Furthest from dlcore's last loss:", end=" ")
    print(", ".join(f"{name} {off:.0e}" for name, off in furthest.items()))
    if wrong:
        sys.exit("Not the same training:\n" + "\n".join(wrong))


if __name__ == "__main__":
    main()
