"""Learning rate range test: one short training in which the learning rate grows until the loss explodes.

Where the loss begins to fall the rate is large enough to learn with, and where it explodes it is too large; a rate
to train with lies between, well before the lowest point.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from dlcore.experiments.rate_trials import Trial
from dlcore.schedules import ExponentialDecay

EXPLODED = 4.0
"""The test ends when the smoothed loss is this many times its lowest value."""

MEMORY = 0.9
"""The decay of the running mean of the loss, from one batch to the next."""


@dataclass(frozen=True, eq=False)
class RangeTest:
    """The measurements of a range test, batch by batch."""

    rate: np.ndarray
    """The learning rates, rising, shape (batches,)."""

    loss: np.ndarray
    """The loss of every batch before its step, shape (batches,)."""

    smoothed: np.ndarray
    """The running mean of the losses, which forgets a tenth with every batch, shape (batches,)."""

    exploded: bool
    """Whether the loss rose to EXPLODED times its lowest, or was no longer finite; the arrays end there."""

    @property
    def lowest(self) -> float:
        """The rate at which the smoothed loss was lowest."""
        return float(self.rate[np.argmin(self.smoothed)])


@dataclass(frozen=True)
class Growth:
    """The learning rates of a range test: from ``low`` to ``high``, each the same factor q above the one before.

    Source: L. N. Smith, Cyclical learning rates for training neural networks (2017), section 3.3, where the rate grows
    in equal steps; equal factors, as here, show rates of all orders of magnitude in one picture.
    """

    formula: ClassVar[str] = (
        r"\eta_t = \eta_{min}\, q^{\,t}, \qquad q = \left(\frac{\eta_{max}}{\eta_{min}}\right)^{1 / (n - 1)}"
    )
    low: float = 1e-4
    high: float = 100.0
    batches: int = 150

    @property
    def factor(self) -> float:
        """By which the rate grows from batch to batch."""
        return (self.high / self.low) ** (1 / max(self.batches - 1, 1))

    @property
    def schedule(self) -> ExponentialDecay:
        """The rates as a schedule: an exponential decay whose factor is above 1."""
        return ExponentialDecay(self.low, 1, self.factor)


def range_test(trial: Trial, growth: Growth) -> RangeTest:
    """The measurements of a training whose rate grows with every batch, until the loss explodes or the batches end.

    The bias of the running mean at its beginning is divided out, as in Adam.
    """
    x, y = trial.samples
    model = trial.model(growth.schedule)
    order = np.random.default_rng([trial.seed, 1])
    rates, losses, smoothed, mean, exploded = [], [], [], 0.0, False
    rows: list[int] = []
    for k in range(growth.batches):
        if len(rows) < trial.batch_size:
            rows += order.permutation(len(x)).tolist()
        batch, rows = rows[: trial.batch_size], rows[trial.batch_size :]
        rate = model.optimizer.learning_rate
        loss = model.train_on_batch(x[batch], y[batch])
        mean = MEMORY * mean + (1 - MEMORY) * loss
        now = mean / (1 - MEMORY ** (k + 1))
        exploded = not np.isfinite(now) or bool(smoothed and now > EXPLODED * min(smoothed))
        if not np.isfinite(now):
            break
        rates.append(rate)
        losses.append(loss)
        smoothed.append(now)
        if exploded:
            break
    return RangeTest(np.array(rates), np.array(losses), np.array(smoothed), exploded)
