"""Optimizer conventions: one name, several formulas, where textbooks, Keras and PyTorch differ.

A convention holds two or three forms of one rule, with settings under which one would expect the same path. Some of
them do give the same path, some do not.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from dlcore.family import Family
from dlcore.optimizers import SGD, Adagrad, Adam, Memory, Optimizer, Variant


@dataclass(frozen=True)
class TorchMomentum(SGD, listed=False):
    """PyTorch's heavy ball: the velocity is a sum of gradients, and the rate comes in with the step.

    Source: PyTorch's documentation of torch.optim.SGD.
    """

    variants: ClassVar[dict[str, Variant]] = {}
    formula: ClassVar[str] = r"v \leftarrow \beta v + g, \quad w \leftarrow w - \eta\, v"

    def update_step(self, w: np.ndarray, g: np.ndarray, memory: Memory, eta: float, t: int) -> np.ndarray:
        v = memory["v"]
        v *= self.momentum
        v += g
        return w - eta * v


@dataclass(frozen=True)
class DampedMomentum(SGD, listed=False):
    """The heavy ball as many lecture notes have it: the velocity is the mean of recent gradients.

    Each gradient counts 1 - beta times as much as in Keras, so that for beta = 0.9 the steps are a tenth as long.
    Source: Ng, Deep Learning Specialization, course 2 (2017), gradient descent with momentum.
    """

    variants: ClassVar[dict[str, Variant]] = {}
    formula: ClassVar[str] = r"v \leftarrow \beta v + (1 - \beta)\, g, \quad w \leftarrow w - \eta\, v"

    def update_step(self, w: np.ndarray, g: np.ndarray, memory: Memory, eta: float, t: int) -> np.ndarray:
        v = memory["v"]
        v *= self.momentum
        v += (1 - self.momentum) * g
        return w - eta * v


@dataclass(frozen=True)
class KerasAdam(Adam, listed=False):
    """Adam with epsilon where Keras has it: beside the root of v before its correction.

    Epsilon then weighs 1 / sqrt(1 - beta_2^t) times as much as in the paper, 32 times as much in the first step.
    Source: Kingma & Ba, Adam (2015), the paragraph before section 2.1; Keras's Adam.
    """

    variants: ClassVar[dict[str, Variant]] = {}
    formula: ClassVar[str] = (
        r"m \leftarrow \beta_1 m + (1 - \beta_1)\, g, \quad v \leftarrow \beta_2 v + (1 - \beta_2)\, g^2, \quad "
        r"w \leftarrow w - \eta\, \frac{\sqrt{1 - \beta_2^t}}{1 - \beta_1^t} \frac{m}{\sqrt{v} + \epsilon}"
    )

    def update_step(self, w: np.ndarray, g: np.ndarray, memory: Memory, eta: float, t: int) -> np.ndarray:
        m, v, beta_1, beta_2 = memory["m"], memory["v"], self.beta_1, self.beta_2
        m *= beta_1
        m += (1 - beta_1) * g
        v *= beta_2
        v += (1 - beta_2) * (g * g)
        return w - eta * np.sqrt(1 - beta_2**t) / (1 - beta_1**t) * m / (np.sqrt(v) + self.epsilon)


@dataclass(frozen=True)
class TorchAdagrad(Adagrad, listed=False):
    """Adagrad with epsilon beside the root, as in PyTorch.

    Source: PyTorch's documentation of torch.optim.Adagrad.
    """

    variants: ClassVar[dict[str, Variant]] = {}
    formula: ClassVar[str] = r"G \leftarrow G + g^2, \quad w \leftarrow w - \frac{\eta}{\sqrt{G} + \epsilon}\, g"

    def update_step(self, w: np.ndarray, g: np.ndarray, memory: Memory, eta: float, t: int) -> np.ndarray:
        G = memory["G"]
        G += g * g
        return w - eta / (np.sqrt(G) + self.epsilon) * g


class Convention(Family):
    """What all conventions share."""

    def forms(self, rate: float) -> dict[str, Optimizer]:
        """The forms of the rule with that learning rate, by where they come from."""
        raise NotImplementedError


@dataclass(frozen=True)
class MomentumScale(Convention):
    """Whether the learning rate stands in the velocity or in the step; with one rate throughout it is the same."""

    def forms(self, rate: float) -> dict[str, Optimizer]:
        return {"Keras": SGD(rate, momentum=0.9), "PyTorch": TorchMomentum(rate, momentum=0.9)}


@dataclass(frozen=True)
class MomentumMean(Convention):
    """Sum or mean of recent gradients: the mean is ten times as slow at the same rate, and the same at ten times it."""

    def forms(self, rate: float) -> dict[str, Optimizer]:
        return {
            "Keras": SGD(rate, momentum=0.9),
            "mean": DampedMomentum(rate, momentum=0.9),
            "mean, 10η": DampedMomentum(10 * rate, momentum=0.9),
        }


@dataclass(frozen=True)
class AdagradStart(Convention):
    """Adagrad's sum of squares begins at 0.1 in Keras and at 0 in the paper and in PyTorch."""

    def forms(self, rate: float) -> dict[str, Optimizer]:
        return {"Keras": Adagrad(rate), "PyTorch": TorchAdagrad(rate, initial_accumulator_value=0.0, epsilon=1e-10)}


@dataclass(frozen=True)
class EpsilonPlace(Convention):
    """Adam's epsilon stands beside the corrected root in the paper, beside the uncorrected one in Keras."""

    def forms(self, rate: float) -> dict[str, Optimizer]:
        return {"paper": Adam(rate), "Keras": KerasAdam(rate)}


@dataclass(frozen=True)
class EpsilonSize(Convention):
    """Epsilon is 1e-7 in Keras and 1e-8 in PyTorch; some programs set it to 0.1 or 1, which is another rule."""

    def forms(self, rate: float) -> dict[str, Optimizer]:
        return {"Keras": Adam(rate), "PyTorch": Adam(rate, epsilon=1e-8), "ε = 1": Adam(rate, epsilon=1.0)}
