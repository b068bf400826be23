"""Layers as text: ``12-8:tanh:d0.2`` is a hidden layer of 12 units and one of 8 with an activation and dropout.

Every layer is its units and, behind colons, whatever differs from the usual: the name of an activation or initializer,
``d0.2`` for dropout, ``b`` for batch normalization, ``l1=0.001`` and ``l2=0.001`` for penalties. ``0`` is no layer.
A comma or a space between two layers is as good as the hyphen.
"""

import re
from collections.abc import Sequence

from dlcore.activations import Activation
from dlcore.experiments.training_config import LayerPlan
from dlcore.initializers import Initializer
from lessons.shared.typed_numbers import Unreadable
from ui.controls.page_state import excerpt
from ui.number_format import plain

MOST_LAYERS, MOST_UNITS, MOST_WEIGHTS = 20, 512, 300_000
_LEFT_OUT = ("exponential", "hard_sigmoid", "hard_silu", "celu")
"""Nobody builds hidden layers of the first; the others are too much like sigmoid, silu and elu to add a choice."""
ACTIVATIONS = tuple(name for name, each in Activation.members.items() if not each.by_row and name not in _LEFT_OUT)  # type: ignore[attr-defined]
USUAL_START = "glorot_uniform"

# every digit can be read in one way only: with two ways a line of digits would take its length squared
_DIGITS = r"(\d+(?:\.\d+)?|\.\d+)"
_PENALTY = re.compile(rf"(l[12])={_DIGITS}")
_DROPOUT = re.compile(rf"d{_DIGITS}")


_BETWEEN = re.compile("[-–−,;]")


def read(text: str, usual: str) -> tuple[LayerPlan, ...]:
    """The hidden layers that a text says; raises Unreadable. ``usual``: the activation of those that name none."""
    parts = [layer for part in _BETWEEN.split(text) for layer in _split_at_spaces(part)]
    if parts == ["0"]:
        return ()
    if len(parts) > MOST_LAYERS:
        raise Unreadable("layers_too_many", count=len(parts), most=MOST_LAYERS)
    return tuple(_layer(part, k, usual) for k, part in enumerate(parts, start=1))


def _split_at_spaces(text: str) -> list[str]:
    """The layers between which there are only spaces; one empty text if there is none."""
    text = " ".join(text.split())
    for sign in ":=":
        text = text.replace(f" {sign}", sign).replace(f"{sign} ", sign)
    return text.split(" ")


def _layer(text: str, place: int, usual: str) -> LayerPlan:
    units, *more = text.split(":")
    if not units:
        raise Unreadable("layer_gap", layer=place)
    if not (units.isascii() and units.isdigit() and len(units) < 9 and 1 <= int(units) <= MOST_UNITS):
        raise Unreadable("layer_units", layer=place, found=excerpt(units), most=MOST_UNITS)
    plan: dict[str, object] = {"units": int(units), "activation": usual}
    for said in more:
        plan |= _setting(said, place)
    return LayerPlan(**plan)  # type: ignore[arg-type]


def _setting(said: str, place: int) -> dict[str, object]:
    if not said:
        raise Unreadable("layer_setting_gap", layer=place)
    if said in ACTIVATIONS:
        return {"activation": said}
    if said in Initializer.members:
        return {"kernel_initializer": said}
    if said == "b":
        return {"batch_normalization": True}
    if (found := _DROPOUT.fullmatch(said)) and float(found[1]) < 1:
        return {"dropout": float(found[1])}
    if (found := _PENALTY.fullmatch(said)) and float(found[2]) <= 1:
        return {found[1]: float(found[2])}
    raise Unreadable("layer_setting", layer=place, found=excerpt(said))


def notation_of(plans: Sequence[LayerPlan], usual: str) -> str:
    """The text of hidden layers."""
    return "-".join(_layer_text(plan, usual) for plan in plans) or "0"


def _layer_text(plan: LayerPlan, usual: str) -> str:
    said = [str(plan.units)]
    said += [plan.activation] * (plan.activation != usual)
    said += [f"d{plain(plan.dropout)}"] * (plan.dropout > 0)
    said += ["b"] * plan.batch_normalization
    said += [plan.kernel_initializer] * (plan.kernel_initializer != USUAL_START)
    said += [f"{name}={plain(getattr(plan, name))}" for name in ("l1", "l2") if getattr(plan, name) > 0]
    return ":".join(said)
