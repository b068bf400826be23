"""Activations at a glance: a table of shape, range, largest slope and use."""

import numpy as np

from dlcore.activations import Activation, Softmax
from dlcore.experiments.gradient_flow import steepest
from lessons.activations.activation_names import activation_name
from ui.controls.widgets import Say
from ui.number_format import readable

USES = {
    "linear": "used_linear",
    "step": "used_step",
    "sigmoid": "used_sigmoid",
    "softmax": "used_softmax",
    "tanh": "used_tanh",
    "relu": "used_relu",
    "leaky_relu": "used_leaky_relu",
    "elu": "used_elu",
    "gelu": "used_gelu",
    "silu": "used_silu",
}
"""By the activations in the table, the word for where they are used."""

ENDS, BARS = (-6.0, 6.0), 7
HEIGHTS = "▁▂▃▄▅▆▇█"
"""What the bars of a shape look like, from the lowest to the highest value."""

HEADS = ("glance_name", "glance_range", "glance_use")
"""Three columns: five would not fit on a phone."""


def bars(values: np.ndarray) -> str:
    """A shape as a row of bars: the lowest of the values is the lowest bar, the highest the highest."""
    rise = float(np.ptp(values)) or 1.0
    places = np.rint((values - values.min()) / rise * (len(HEIGHTS) - 1)).astype(int)
    return "".join(HEIGHTS[place] for place in places)


def row(name: str, say: Say) -> list[str]:
    """An activation's cells, in the order of HEADS."""
    member = Activation.get(name)
    low, high = (readable(end, 2) for end in member.output_range)
    if isinstance(member, Softmax):
        # it has neither a shape nor a slope of its own: it looks at all sums of its layer
        shape, slope = say("whole_layer"), "–"
    else:
        shape, slope = bars(member(np.linspace(*ENDS, BARS))), readable(steepest(name))
    return [f"{activation_name(name, say)} {shape}", f"{low} … {high} · {slope}", say(USES[name])]


def table(say: Say) -> str:
    """The table in Markdown."""
    rows = [[say(head) for head in HEADS], ["---"] * len(HEADS), *(row(name, say) for name in USES)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in rows)
