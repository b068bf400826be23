"""Sampling: all rows in one batch is plain descent, every row is seen once an epoch, and noise follows theory."""

import numpy as np
import pytest

from dlcore.experiments.descent import descend
from dlcore.experiments.minibatches import batches, gradient_noise, sampled_descent, sampled_gradient
from dlcore.optimizers import SGD, Adam
from dlcore.surfaces import LineFit

SURFACE = LineFit()
ROWS = len(SURFACE.points[0])


@pytest.mark.parametrize("rule", [SGD(0.1), SGD(0.1, momentum=0.9), Adam(0.1)], ids=repr)
@pytest.mark.parametrize("size", [ROWS, 10 * ROWS])
def test_a_batch_of_all_rows_is_plain_descent(rule, size: int) -> None:
    found, plain = sampled_descent(SURFACE, (2.0, -1.0), rule, size, 20), descend(SURFACE, (2.0, -1.0), rule, 20)
    assert found.steps == 20 and found.diverged is None
    assert found.w == pytest.approx(plain.w, rel=1e-10, abs=1e-12)
    assert found.height == pytest.approx(plain.height, rel=1e-10)
    assert found.gradient == pytest.approx(plain.gradient, rel=1e-9, abs=1e-12)
    assert found.seen.tolist() == [ROWS * k for k in range(21)]


@pytest.mark.parametrize("size", [1, 7, 32])
def test_every_epoch_sees_every_row_once_in_a_new_order(size: int) -> None:
    cut = batches(50, size, 3, seed=4)
    orders = np.concatenate(cut).reshape(3, 50)
    assert (np.sort(orders, axis=1) == np.arange(50)).all() and not (orders[0] == orders[1]).all()
    assert {len(batch) for batch in cut} == {size, 50 % size or size}
    assert all(np.array_equal(a, b) for a, b in zip(cut, batches(50, size, 3, seed=4)))


def test_the_gradients_of_an_epochs_batches_average_to_that_of_all_rows() -> None:
    w = np.array([1.5, -0.5])
    parts = [(len(rows), sampled_gradient(SURFACE, w, rows)) for rows in batches(ROWS, 32, 1, seed=1)]
    mean = sum(count * g for count, g in parts) / ROWS
    assert mean == pytest.approx(SURFACE.gradient(*w), rel=1e-10)


def test_noise_falls_with_the_root_of_the_batch_as_theory_says() -> None:
    w, sizes = (2.0, -1.0), np.array([1, 4, 16, 64, ROWS])
    noise = gradient_noise(SURFACE, w, sizes, draws=4000, seed=3)
    here = np.array(w)
    apart = [sampled_gradient(SURFACE, here, np.array([i])) - SURFACE.gradient(*w) for i in range(ROWS)]
    single = np.sqrt(np.mean([d @ d for d in apart]))
    theory = single / np.sqrt(sizes) * np.sqrt((ROWS - sizes) / (ROWS - 1))
    assert noise[:-1] == pytest.approx(theory[:-1], rel=0.05)
    assert noise[-1] == pytest.approx(0, abs=1e-12)


def test_a_single_row_can_throw_a_ball_off_the_map_that_all_rows_would_not() -> None:
    raw = LineFit(scaled=False)
    rate = 0.99 * 2 / raw.curvatures(*raw.minima[0])[-1]
    assert descend(raw, raw.start, SGD(rate), 40).diverged is None
    lost = sampled_descent(LineFit(), (2.0, -1.0), SGD(3.0), 1, 5)
    assert lost.diverged == lost.steps + 1 and np.isfinite(lost.w).all()
    assert len(lost.gradient) == len(lost.seen) == len(lost.w) == len(lost.height)
