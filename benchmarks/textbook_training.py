"""The training loop as books and courses print it: dictionaries, a formula a line, new arrays all the way."""

from typing import Any

import numpy as np

EPSILON = 1e-12
"""Adam's; see ``contestants``."""


class TextbookNet:
    """Relu inside, a sigmoid at the end, binary cross-entropy. weights: kernel, bias, kernel, bias, ..."""

    def __init__(self, weights: list[np.ndarray], rule: str, rate: float) -> None:
        pairs = zip(weights[::2], weights[1::2], strict=True)
        self.layers = [{"W": W.copy(), "b": b.copy()} for W, b in pairs]
        self.m: list[dict[str, Any]] = [{"W": 0.0, "b": 0.0} for _ in self.layers]
        self.v: list[dict[str, Any]] = [{"W": 0.0, "b": 0.0} for _ in self.layers]
        self.t, self.rule, self.rate = 0, rule, rate

    def fit(
        self, x: np.ndarray, y: np.ndarray, batch_size: int, epochs: int, order: np.random.Generator | None
    ) -> list[float]:
        """The loss of every epoch. order: what the samples are shuffled with; None leaves them."""
        history, n = [], len(x)
        for _ in range(epochs):
            places = np.arange(n) if order is None else order.permutation(n)
            total = 0.0
            for start in range(0, n, batch_size):
                part = places[start : start + batch_size]
                x_batch, y_batch = x[part], y[part]
                outputs = self.forward(x_batch)
                p = np.clip(outputs[-1], 1e-7, 1 - 1e-7)
                loss = -np.mean(y_batch * np.log(p) + (1 - y_batch) * np.log(1 - p))
                total += loss * len(x_batch)
                self.update(self.gradients(outputs, y_batch))
            history.append(float(total / n))
        return history

    def forward(self, x: np.ndarray) -> list[np.ndarray]:
        outputs = [x]
        for i, layer in enumerate(self.layers):
            z = outputs[-1] @ layer["W"] + layer["b"]
            outputs.append(1 / (1 + np.exp(-z)) if i == len(self.layers) - 1 else np.maximum(0, z))
        return outputs

    def gradients(self, outputs: list[np.ndarray], y: np.ndarray) -> list[dict[str, np.ndarray]]:
        delta = (outputs[-1] - y) / len(y)
        grads = []
        for i in reversed(range(len(self.layers))):
            grads.append({"W": outputs[i].T @ delta, "b": delta.sum(axis=0)})
            if i > 0:
                delta = (delta @ self.layers[i]["W"].T) * (outputs[i] > 0)
        return grads[::-1]

    def update(self, grads: list[dict[str, np.ndarray]]) -> None:
        self.t += 1
        for layer, grad, m, v in zip(self.layers, grads, self.m, self.v, strict=True):
            for key in layer:
                if self.rule == "sgd":
                    layer[key] = layer[key] - self.rate * grad[key]
                    continue
                m[key] = 0.9 * m[key] + (1 - 0.9) * grad[key]
                v[key] = 0.999 * v[key] + (1 - 0.999) * grad[key] ** 2
                m_hat = m[key] / (1 - 0.9**self.t)
                v_hat = v[key] / (1 - 0.999**self.t)
                layer[key] = layer[key] - self.rate * m_hat / (np.sqrt(v_hat) + EPSILON)
