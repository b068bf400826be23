"""The short programs: complete in themselves, with NumPy alone, and they print the numbers of the page."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from dlcore.datasets import Penguins
from dlcore.experiments.rate_trials import Trial
from dlcore.surfaces import Himmelblau, LineFit, NarrowValley, OwnFormula, SlopeFit, Surface
from lessons.gradient_descent import compared_runs, where_it_ends
from lessons.learning_rate import how_much, three_rates
from lessons.shared.numpy_loops import loop

MOST_LINES = 14
"""What can be read at one glance, blank lines not counted."""


def printed(text: str, folder: Path) -> list[list[float]]:
    """The numbers of every line that a program prints, run where there is nothing of this project."""
    homes = set(re.findall(r"^(?:from|import) (\w+)", text, re.MULTILINE))
    assert homes == {"numpy"}
    ran = subprocess.run([sys.executable, "-I", "-c", text], cwd=folder, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr[-2000:]
    return [[float(n) for n in re.findall(r"-?\d+\.?\d*(?:e[-+]?\d+)?", line)] for line in ran.stdout.splitlines()]


SURFACES = [Surface.get(name) for name in Surface.members]
SURFACES += [LineFit(scaled=False), OwnFormula("min(x, y)**2 + max(x, 1e-3)"), OwnFormula("sigmoid(x)*abs(x) + pi*e")]


def test_the_loop_of_every_landscape_walks_the_path_of_the_page(tmp_path: Path) -> None:
    texts, ends = [], []
    for surface in SURFACES:
        setup = compared_runs.Setup(surface, surface.start, surface.rate, (), 12)
        texts.append(compared_runs.loop(setup))
        ends.append(compared_runs.measure(setup).main_path.w[-1])
    for text in texts:
        assert sum(bool(line.strip()) for line in text.splitlines()) <= MOST_LINES, text
    # one after the other in one process, each in names of its own
    whole = "import numpy\n" + "\n".join(f"exec({text!r}, {{}})\nprint('--')" for text in texts)
    ran = subprocess.run([sys.executable, "-I", "-c", whole], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr[-2000:]
    for surface, end, said in zip(SURFACES, ends, ran.stdout.split("--\n"), strict=False):
        lines = said.strip().splitlines()
        assert len(lines) == 12, surface
        last = [float(n) for n in re.findall(r"-?\d+\.?\d*(?:e[-+]?\d+)?", lines[-1])]
        assert last == pytest.approx([12, *end], rel=1e-4, abs=1e-6), surface


def test_a_loop_alone_needs_numpy_and_nothing_else(tmp_path: Path) -> None:
    lines = printed(loop(SlopeFit(), (-1.5,), 0.1, 40), tmp_path)
    # E(w) = w² − 2 r w + 1, so every step leaves four fifths of the distance from r
    (r,) = SlopeFit().minima[0]
    assert lines[-1] == pytest.approx([40, r + (-1.5 - r) * 0.8**40], abs=1e-6)


def test_ten_thousand_balls_end_where_the_page_says(tmp_path: Path) -> None:
    setup = where_it_ends.Setup(Himmelblau(), 0.01, 200)
    ends = where_it_ends.measure(setup)
    shares = sorted(line[-1] for line in printed(where_it_ends.loop(setup), tmp_path))
    assert shares == sorted(ends.share)
    assert where_it_ends.loop(where_it_ends.Setup(OwnFormula("x**2 + y**2"), 0.1, 20)) == ""


def test_three_rates_end_where_the_page_says(tmp_path: Path) -> None:
    setup = three_rates.Setup(NarrowValley(), (0.0024, 0.0769, 0.084), 60)
    ends = [path.height[-1] for path in three_rates.measure(setup).paths.values()]
    assert [line[-1] for line in printed(three_rates.loop(setup), tmp_path)] == pytest.approx(ends, rel=1e-6)


def test_what_is_left_with_a_rate_is_what_the_page_says(tmp_path: Path) -> None:
    setup = how_much.Setup(NarrowValley(), 60, 0.01)
    heights = how_much.measure(setup)
    by_rate = {line[0]: line[-1] for line in printed(how_much.loop(setup), tmp_path)}
    assert by_rate[0.01] == pytest.approx(float(heights.left[-1, heights.place]))
    # a network on data is no matter of ten lines
    assert how_much.loop(how_much.Setup(Trial(Penguins()), 30, 0.1)) == ""
