"""The two networks, A and B, that two questions on activations set side by side: what may differ between them."""

from dataclasses import dataclass

from dlcore.datasets import AutoMPG, BreastCancer, Dataset, Digits
from dlcore.deep import STARTS, Deep
from ui.beat import Beat
from ui.controls.kinds import Choice

ACTIVATIONS = (
    *("sigmoid", "tanh", "relu", "leaky_relu", "elu", "selu"),
    *("gelu", "silu", "softsign", "softplus", "linear"),
)
DATA: dict[str, Dataset] = {each.name(): each for each in (BreastCancer(), AutoMPG(), Digits())}


@dataclass(frozen=True)
class Pair:
    """Two networks, the reader's first one and the one it is compared with."""

    first: Deep
    second: Deep

    @property
    def networks(self) -> dict[str, Deep]:
        """Both by the names that stand in legends."""
        return {
            f"{letter} · {net.activation}": net for letter, net in zip("AB", (self.first, self.second), strict=True)
        }


def pair_of(beat: Beat, keys: tuple[str, str, str, str], common: Deep, names: tuple[str, ...]) -> Pair:
    """Activation, one of ``names``, and start of two networks; ``keys`` are those of the four controls."""
    first, start, second, other = keys
    a = beat.menu(first, Choice("sigmoid", names), "activation_of", letter="A", named=str)
    i = beat.menu(start, Choice("glorot_uniform", tuple(STARTS)), "start_of", letter="A")
    b = beat.menu(second, Choice("relu", names), "activation_of", letter="B", named=str)
    j = beat.menu(other, Choice("he_normal", tuple(STARTS)), "start_of", letter="B")
    return Pair(common.likewise(a, i), common.likewise(b, j))
