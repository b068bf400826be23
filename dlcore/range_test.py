"""The range test: one short training in which the learning rate grows until the loss explodes.

Where the loss begins to fall the rate is large enough to learn with, and where it explodes it is too large; a rate
to train with lies between, well before the lowest point.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from dlcore.schedules import ExponentialDecay
from dlcore.trials import Trial

EXPLODED = 4.0
"""How many times the lowest smoothed loss ends the test."""

MEMORY = 0.9
"""The share of the smoothed loss that is kept from one batch to the next."""


@dataclass(frozen=True, eq=False)
class RangeTest:
    """What a range test has measured.

    rate: of every batch, shape (batches,), rising. loss: of every batch before its step. smoothed: the running mean of
    the losses, which forgets a tenth with every batch. exploded: whether the loss rose to EXPLODED times its lowest, or
    to no number at all; the rows end there.
    """

    rate: np.ndarray
    loss: np.ndarray
    smoothed: np.ndarray
    exploded: bool

    @property
    def lowest(self) -> float:
        """The rate at which the smoothed loss was lowest."""
        return float(self.rate[np.argmin(self.smoothed)])


@dataclass(frozen=True)
class Growth:
    """The rates of a range test: from ``low`` to ``high`` in ``batches`` steps, each the same factor above the last.

    Source: L. N. Smith, Cyclical learning rates for training neural networks (2017), section 3.3, where the rate grows
    in equal steps; equal factors, as here, show rates of all orders of magnitude in one picture.
    """

    formula: ClassVar[str] = (
        r"\eta_k = \eta_0\, q^{\,k}, \qquad q = \left(\frac{\eta_{end}}{\eta_0}\right)^{1 / (n - 1)}"
    )
    low: float = 1e-4
    high: float = 100.0
    batches: int = 150

    @property
    def factor(self) -> float:
        return (self.high / self.low) ** (1 / max(self.batches - 1, 1))

    @property
    def schedule(self) -> ExponentialDecay:
        """The same as a schedule: a decay whose factor is above 1."""
        return ExponentialDecay(self.low, 1, self.factor)


def range_test(trial: Trial, growth: Growth) -> RangeTest:
    """Let the rate of a trial grow batch by batch, until the loss explodes or the batches are used up.

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
