"""The two networks, A and B, that two questions on activations set side by side: what may differ between them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from dlcore.datasets import AutoMPG, BreastCancer, Dataset, Digits
from dlcore.experiments.gradient_flow import STARTS, DeepNetwork
from lessons.activations.activation_names import activation_name
from ui.beat import Beat
from ui.controls.kinds import Choice
from ui.controls.widgets import Say

ACTIVATIONS = (
    *("sigmoid", "tanh", "relu", "leaky_relu", "elu", "selu"),
    *("gelu", "silu", "softsign", "softplus", "linear"),
)
DATA: dict[str, Dataset] = {each.name(): each for each in (BreastCancer(), AutoMPG(), Digits())}


Each = TypeVar("Each")


@dataclass(frozen=True)
class Pair:
    """Two networks, the reader's first one and the one it is compared with."""

    first: DeepNetwork
    second: DeepNetwork

    @property
    def networks(self) -> dict[str, DeepNetwork]:
        """Both by their letters and activations."""
        return {
            f"{letter} · {net.activation}": net for letter, net in zip("AB", (self.first, self.second), strict=True)
        }

    def by_label(self, by_name: Mapping[str, Each], say: Say) -> dict[str, Each]:
        """What belongs to each network, by what that is called in the reader's language."""
        names = {name: f"{name[0]} · {activation_name(net.activation, say)}" for name, net in self.networks.items()}
        return {names[name]: each for name, each in by_name.items()}


def letter_of(name: str) -> str:
    """The letter of a network, where its activation is known: A, of "A · sigmoid"."""
    return name.partition(" · ")[0]


def pair_of(beat: Beat, keys: tuple[str, str, str, str], common: DeepNetwork, names: tuple[str, ...]) -> Pair:
    """Activation, one of ``names``, and start of two networks; ``keys`` are those of the four controls."""
    first, start, second, other = keys

    def activation_label(name: str) -> str:
        return activation_name(name, beat.word)

    a = beat.menu(first, Choice("sigmoid", names), "activation_of", letter="A", option_label=activation_label)
    i = beat.menu(start, Choice("glorot_uniform", tuple(STARTS)), "start_of", letter="A")
    b = beat.menu(second, Choice("relu", names), "activation_of", letter="B", option_label=activation_label)
    j = beat.menu(other, Choice("he_normal", tuple(STARTS)), "start_of", letter="B")
    return Pair(common.likewise(a, i), common.likewise(b, j))
