"""The fastest training loop that is still NumPy to read: what ``dlcore``'s ``fit`` is held against.

    net = ReferenceNet(weights)                       relu inside, a sigmoid at the end, binary cross-entropy
    losses = net.fit(x, y, ReferenceSGD(0.01), batch_size=10, epochs=20, order=np.random.default_rng(0))

Written by hand for this one kind of network, it does what ``fit`` does: a shuffled copy of the data every epoch, one
step a batch, and the loss of every epoch from the predictions that were made on the way. It does *not* do what makes
``fit`` general: no checks of the data, no callbacks, no metrics, no other layers or losses, no guard against overflow
in the sigmoid, and no look whether a probability is so close to 0 or 1 that the loss would be clipped.

Every choice below was measured: a step on a network of this size costs as much as its calls of NumPy do.
"""

import numpy as np


class ReferenceSGD:
    """Gradient descent on one flat vector, in place."""

    def __init__(self, rate: float) -> None:
        self.rate = rate

    def start(self, w: np.ndarray) -> None:
        self.step = np.empty_like(w)

    def move(self, w: np.ndarray, g: np.ndarray) -> None:
        np.multiply(g, self.rate, out=self.step)
        np.subtract(w, self.step, out=w)


class ReferenceAdam:
    """Adam in the paper's form on one flat vector, in place: thirteen calls, no new array."""

    def __init__(self, rate: float, beta_1: float = 0.9, beta_2: float = 0.999, epsilon: float = 1e-7) -> None:
        self.rate, self.beta_1, self.beta_2, self.epsilon = rate, beta_1, beta_2, epsilon

    def start(self, w: np.ndarray) -> None:
        self.m, self.v, self.spare, self.t = np.zeros_like(w), np.zeros_like(w), np.empty_like(w), 0

    def move(self, w: np.ndarray, g: np.ndarray) -> None:
        m, v, spare = self.m, self.v, self.spare
        self.t += 1
        np.multiply(m, self.beta_1, out=m)
        np.multiply(g, 1 - self.beta_1, out=spare)
        np.add(m, spare, out=m)
        np.multiply(v, self.beta_2, out=v)
        np.multiply(g, g, out=spare)
        np.multiply(spare, 1 - self.beta_2, out=spare)
        np.add(v, spare, out=v)
        np.divide(v, 1 - self.beta_2**self.t, out=spare)
        np.sqrt(spare, out=spare)
        np.add(spare, self.epsilon, out=spare)
        np.divide(m, spare, out=spare)
        np.multiply(spare, self.rate / (1 - self.beta_1**self.t), out=spare)
        np.subtract(w, spare, out=w)


class Buffers:
    """The arrays for one size of batch, made once. Layer i has sums ``z[i]``, outputs ``a[i]`` with a last column of
    ones, the same without it ``inner[i]``, gradients by its sums ``d[i]`` and slopes ``slope[i]``.
    """

    def __init__(self, batch: int, units: list[int]) -> None:
        self.z = [np.empty((batch, n)) for n in units]
        self.a = [np.ones((batch, n + 1)) for n in units]
        self.inner = [a[:, :-1] for a in self.a]
        self.turned = [a.T for a in self.a]
        self.d = [np.empty((batch, n)) for n in units]
        self.slope = [np.empty((batch, n)) for n in units]


class ReferenceNet:
    """Dense layers. weights: kernel, bias, kernel, bias, ... as Keras lists them; they are copied."""

    def __init__(self, weights: list[np.ndarray]) -> None:
        pairs = list(zip(weights[::2], weights[1::2], strict=True))
        # kernel and bias are one table, whose last row meets a constant 1: one product instead of product and sum
        self.w = np.concatenate([np.vstack(pair).ravel() for pair in pairs])
        self.g = np.zeros_like(self.w)
        self.units = [len(bias) for _, bias in pairs]
        self.tables, self.gradients, self.back, start = [], [], [], 0
        for kernel, bias in pairs:
            part, shape = slice(start, start + kernel.size + bias.size), (len(kernel) + 1, len(bias))
            self.tables.append(self.w[part].reshape(shape))
            self.gradients.append(self.g[part].reshape(shape))
            self.back.append(self.tables[-1][:-1].T)
            start = part.stop
        self.kept: dict[int, Buffers] = {}

    def fit(
        self,
        x: np.ndarray,
        y: np.ndarray,
        rule: ReferenceSGD | ReferenceAdam,
        batch_size: int,
        epochs: int,
        order: np.random.Generator | None,
    ) -> list[float]:
        """The loss of every epoch. y: shape (samples, 1). order: what shuffles the samples; None leaves them."""
        n = len(x)
        ones = np.ones((n, x.shape[1] + 1))
        ones[:, :-1] = x
        shuffled, targets = ones.copy(), y.copy()
        p = np.empty((n, 1))
        # slices of one shuffled copy: the views are made once, not every epoch
        parts = [slice(start, start + batch_size) for start in range(0, n, batch_size)]
        batches = [(shuffled[part], shuffled[part].T, targets[part], p[part]) for part in parts]
        for x_batch, *_ in batches:
            if len(x_batch) not in self.kept:
                self.kept[len(x_batch)] = Buffers(len(x_batch), self.units)
        rule.start(self.w)
        losses = []
        for _ in range(epochs):
            if order is not None:
                places = order.permutation(n)
                # "raise", the default, would make a copy first
                ones.take(places, axis=0, out=shuffled, mode="clip")
                y.take(places, axis=0, out=targets, mode="clip")
            for batch in batches:
                self.fill_gradient(*batch)
                rule.move(self.w, self.g)
            sure = np.clip(p, 1e-7, 1 - 1e-7)
            losses.append(float(-(targets * np.log(sure) + (1 - targets) * np.log(1 - sure)).mean()))
        return losses

    def fill_gradient(self, x: np.ndarray, x_transposed: np.ndarray, y: np.ndarray, p: np.ndarray) -> None:
        """Forwards and backwards over one batch: the predictions are left in ``p``, the gradient in ``self.g``."""
        room, last = self.kept[len(x)], len(self.tables) - 1
        z, a, inner, turned, d, slope = room.z, room.a, room.inner, room.turned, room.d, room.slope
        out = x
        for i in range(last):
            np.dot(out, self.tables[i], out=z[i])
            np.maximum(z[i], 0.0, out=inner[i])
            out = a[i]
        z = np.dot(out, self.tables[last], out=z[last])
        np.negative(z, out=z)
        np.exp(z, out=z)
        np.add(z, 1.0, out=z)
        np.divide(1.0, z, out=p)
        # sigmoid and cross-entropy together: two fractions of the chain rule cancel
        g = np.subtract(p, y, out=d[last])
        np.divide(g, len(x), out=g)
        for i in range(last, 0, -1):
            np.dot(turned[i - 1], g, out=self.gradients[i])
            g = np.dot(g, self.back[i], out=d[i - 1])
            # the slope of relu; the sign of its output, since (z > 0) times floats takes twice as long
            np.sign(inner[i - 1], out=slope[i - 1])
            np.multiply(g, slope[i - 1], out=g)
        np.dot(x_transposed, g, out=self.gradients[0])
