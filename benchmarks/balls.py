# pyright: reportMissingImports=false
"""A thousand balls on a surface, 200 steps: one array through dlcore's optimizers beside ``torch.optim``.

    OPENBLAS_NUM_THREADS=1 python benchmarks/balls.py [--rounds 7] [--surfaces himmelblau rosenbrock]

dlcore moves an array of shape (2, 1000) with the surface's own gradient. PyTorch moves a tensor of shape (1000, 2) in
its default float32 twice: with the gradient from autograd of the summed heights, as one would write it, and with the
same analytic gradient written out, which leaves the optimizer alone to be compared. One thread, in turn, processor
time; a ratio is taken within its round, and the table has medians. Most balls have to end in the same places: not all,
since where two basins meet, single and double precision part.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from dlcore.optimizers import SGD, Adagrad, Adam, Optimizer, RMSprop
from dlcore.surfaces import Surface

BALLS, STEPS = 1000, 200

HEIGHTS: dict[str, Callable[[Any, Any], Any]] = {
    "himmelblau": lambda x, y: (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2,
    "rosenbrock": lambda x, y: (1 - x) ** 2 + 100 * (y - x**2) ** 2,
}
"""The surfaces once more, for autograd."""

SLOPES: dict[str, Callable[[Any, Any], tuple[Any, Any]]] = {
    "himmelblau": lambda x, y: (
        4 * x * (x * x + y - 11) + 2 * (x + y * y - 7),
        2 * (x * x + y - 11) + 4 * y * (x + y * y - 7),
    ),
    "rosenbrock": lambda x, y: (-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)),
}


def rules(rate: float) -> dict[str, tuple[Optimizer, str, dict[str, Any]]]:
    """Every rule as dlcore's member, and as the name and arguments of the same in ``torch.optim``.

    The tiny epsilon makes it one rule: PyTorch adds it to the root, dlcore in some rules below it.
    """
    slow = {"lr": rate / 10, "momentum": 0.9}
    return {
        "SGD": (SGD(rate), "SGD", {"lr": rate}),
        "momentum": (SGD(rate / 10, momentum=0.9), "SGD", slow),
        "Nesterov": (SGD(rate / 10, momentum=0.9, nesterov=True), "SGD", slow | {"nesterov": True}),
        "Adagrad": (
            Adagrad(0.1, initial_accumulator_value=0.1, epsilon=1e-12),
            "Adagrad",
            {"lr": 0.1, "initial_accumulator_value": 0.1, "eps": 1e-12},
        ),
        "RMSprop": (RMSprop(0.01, epsilon=1e-12), "RMSprop", {"lr": 0.01, "alpha": 0.9, "eps": 1e-12}),
        "Adam": (Adam(0.05, epsilon=1e-12), "Adam", {"lr": 0.05, "eps": 1e-12}),
    }


def seconds(work: Callable[[], np.ndarray]) -> tuple[float, np.ndarray]:
    begun = time.process_time()
    result = work()
    return time.process_time() - begun, result


def ends(surface: Surface, starts: np.ndarray, rule: Optimizer) -> np.ndarray:
    """Where all balls are after the last step, shape (2, balls)."""
    w, memory = starts, rule.start(starts)
    for t in range(1, STEPS + 1):
        w = rule.update(w, surface.gradient(*w), memory, t)
    return w


def torch_ends(name: str, starts: np.ndarray, rule: str, arguments: dict[str, Any], analytic: bool) -> np.ndarray:
    """The same by ``torch.optim``; ``analytic`` writes the gradient into ``w.grad`` instead of asking autograd."""
    import torch

    w = torch.tensor(starts.T, dtype=torch.float32, requires_grad=True)
    optimizer = getattr(torch.optim, rule)([w], **arguments)
    height, slopes = HEIGHTS[name], SLOPES[name]
    for _ in range(STEPS):
        if analytic:
            with torch.no_grad():
                w.grad = torch.stack(slopes(w[:, 0], w[:, 1]), dim=1)
        else:
            optimizer.zero_grad()
            # every ball's own height depends on that ball only: the gradient of the sum is the gradient of each
            height(w[:, 0], w[:, 1]).sum().backward()
        optimizer.step()
    return w.detach().numpy().T


def starts_on(surface: Surface) -> np.ndarray:
    """Balls all over the inner half of the map, shape (2, balls), from which no rule is thrown off."""
    low, high = (np.array(side)[:, None] for side in zip(*surface.extent, strict=True))
    return low + (high - low) * np.random.default_rng(0).uniform(0.25, 0.75, size=(2, BALLS))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--surfaces", nargs="+", choices=list(HEIGHTS), default=list(HEIGHTS))
    args = parser.parse_args()
    try:
        import torch
    except ModuleNotFoundError:
        sys.exit("PyTorch is not installed; there is nobody to compare with")
    torch.set_num_threads(1)
    load = os.getloadavg()[0]
    print("| surface | rule | dlcore | PyTorch, autograd | PyTorch, analytic gradient | same ends |")
    print("| --- | --- | --- | --- | --- | --- |", flush=True)
    idiomatic: list[float] = []
    for name in args.surfaces:
        surface = Surface.get(name)
        starts, width = starts_on(surface), max(high - low for low, high in surface.extent)
        for title, (rule, theirs, arguments) in rules(surface.rate).items():
            times: list[list[float]] = []
            same = 1.0
            # the first round is the warm-up
            for _ in range(args.rounds + 1):
                spent, here = seconds(lambda: ends(surface, starts, rule))  # noqa: B023 - called at once
                times.append([spent])
                for analytic in (False, True):
                    work = (name, starts, theirs, arguments, analytic)
                    spent, there = seconds(lambda: torch_ends(*work))  # noqa: B023
                    times[-1].append(spent)
                    same = min(same, float((np.abs(here - there).max(axis=0) < 0.01 * width).mean()))
            ours = statistics.median(t[0] for t in times[1:])
            autograd, analytic_one = (statistics.median(t[k] / t[0] for t in times[1:]) for k in (1, 2))
            idiomatic.append(autograd)
            cells = f"{ours * 1000:.1f} ms | **{autograd:.1f}** | {analytic_one:.1f} | {same:.1%}"
            print(f"| {name} | {title} | {cells} |", flush=True)
    print(f"\n{BALLS} balls, {STEPS} steps, medians of {args.rounds} rounds, load {load:.1f} at the start.", end=" ")
    print(f"Ratio to autograd: median {statistics.median(idiomatic):.1f}, lowest {min(idiomatic):.1f}.")


if __name__ == "__main__":
    main()
