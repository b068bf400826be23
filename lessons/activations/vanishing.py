"""Vanishing gradients: how much of the gradient arrives at the first of many layers? Two networks, layer by layer."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

import charts
from dlcore.datasets import BreastCancer
from dlcore.experiments.gradient_flow import CHAIN, NORMALIZED, DeepNetwork, GradientFlow, bound, steepest
from lessons.activations.two_networks import ACTIVATIONS, DATA, Pair, letter_of, pair_of
from lessons.shared import numpy_activations
from ui.beat import Beat
from ui.cache import shared
from ui.controls.kinds import Choice, Number
from ui.controls.widgets import Say
from ui.number_format import small
from ui.question import Question
from ui.quiz.goals import Goal
from ui.script_export import Experiment, short_program
from ui.text.equations import with_digits

ARRIVES = {"arrives_more": 1.0, "arrives_well": 0.1, "arrives_weak": 1e-3, "arrives_faint": 1e-6, "arrives_not": 0.0}
"""How much of the gradient arrives at the first layer, by word: at least so much of what the output sends, and no more
than the word before says; the first is more than all, the last less than the last but one."""


NEUTRAL = (10.0**-7.5, 10.0**2.5)
"""What the axis of gradients spans before the answer: every answer has a place in it, and it favours none."""


@dataclass(frozen=True)
class Setup:
    """Two networks of equal depth and width on the same rows."""

    pair: Pair

    @property
    def depth(self) -> int:
        """The number of hidden layers."""
        return self.pair.first.depth

    @property
    def vanishing_activation(self) -> str | None:
        """The activation whose slopes alone make the gradient vanish: always below 1; None if neither's are."""
        nets = self.pair.networks.values()
        return next((net.activation for net in nets if steepest(net.activation) < 0.999), None)


GradientFlows = Mapping[str, GradientFlow]
"""What one batch does in each network on its way forwards and back, by the network's name."""


# ---- choose, measure -------------------------------------------------------------------------------------------------


def choose(beat: Beat) -> Setup:
    """Depth, activations and first weights of both networks; their width and the data one click away."""
    depth = int(beat.slider("d", Number(10, 1, 50, whole=True), "hidden_layers"))
    pair = pair_of(beat, ("a", "i", "b", "j"), DeepNetwork(BreastCancer()), ACTIVATIONS)
    beat.presets(
        ("d", "a", "i", "b", "j", "w", "set"),
        sigmoid_or_relu={},
        three_layers={"d": 3},
        centred={"a": "tanh"},
        normalized={"i": NORMALIZED},
        tiny_weights={"a": "relu", "i": "small_normal"},
        explodes={"a": "relu", "i": "large_normal"},
    )
    with beat.more():
        width = int(beat.slider("w", Number(32, 2, 64, whole=True), "width"))
        data = DATA[beat.menu("set", Choice("breast_cancer", tuple(DATA)), "data", option_label=beat.member)]
    nets = (DeepNetwork(data, depth, width, net.activation, net.start) for net in (pair.first, pair.second))
    return Setup(Pair(*nets))


def measure(setup: Setup) -> GradientFlows:
    """What one batch does in both networks."""
    return {name: _gradient_flow(net) for name, net in setup.pair.networks.items()}


@shared(max_entries=128)
def _gradient_flow(net: DeepNetwork) -> GradientFlow:
    return net.gradient_flow()


# ---- question, explain -----------------------------------------------------------------------------------------------


def question(setup: Setup, flows: GradientFlows) -> Question:
    """How much of the first network's gradient arrives: as it is, and as it is shown."""
    left = float(next(iter(flows.values())).left[0])
    words = {_arriving(left), _arriving(float(f"{left:.3g}"))}
    return Question("how_much_arrives", tuple(ARRIVES), words, ordered=True)


def _arriving(left: float) -> str:
    if left > 1:
        return "arrives_more"
    return next(word for word, least in list(ARRIVES.items())[1:] if left >= least)


def explain(setup: Setup, flows: GradientFlows, say: Say) -> str:
    """A line a network: what arrives, and which of its factors is the slopes', the weights', and normalization's."""
    nets = setup.pair.networks.values()
    named = setup.pair.by_label(flows, say).items()
    lines = [_gradient_sentence(net, name, flow, say) for net, (name, flow) in zip(nets, named, strict=True)]
    if setup.vanishing_activation and steepest(setup.vanishing_activation) < 1:
        most = small(float(bound(setup.vanishing_activation, setup.depth)), 2)
        lines.append(say("bound_told", slope=steepest(setup.vanishing_activation), depth=setup.depth, most=most))
    return "\n".join(f"- {line}" for line in lines)


def _gradient_sentence(net: DeepNetwork, name: str, flow: GradientFlow, say: Say) -> str:
    units = net.depth * net.width
    facts: dict[str, object] = {"name": name, "start": say(net.start), "units": units}
    facts |= {"left": small(float(flow.left[0]), 3), "kernel": small(float(flow.kernels[0]), 3)}
    names = ("slopes", "weights", *(("normalization",) if net.start == NORMALIZED else ()))
    facts |= dict(zip(names, _whole_product(flow, len(names)), strict=True))
    facts |= {"dead": round(float(flow.dead.mean()) * units), "flat": float(flow.saturated.mean())}
    sentence = say("normalized_told" if net.start == NORMALIZED else "passage_told", **facts)
    return sentence if flow.arriving > 0 else f"{sentence} {say('nothing_sent')}"


def _whole_product(flow: GradientFlow, count: int) -> list[str]:
    """The first ``count`` factors of what is left of all layers, with so many digits that they give it."""
    factors = [float(each.prod()) for each in (flow.by_slopes, flow.by_weights, flow.by_normalization)][:count]
    left = small(float(flow.left[0]), 3)
    line = with_digits(lambda digits: f"{' × '.join(small(each, digits) for each in factors)} = {left}", least=3)
    return re.split(" [=≈] ", line)[0].split(" × ")


def goals(setup: Setup, flows: GradientFlows) -> tuple[Goal]:
    """Thirty layers and more through which the gradient arrives about as it was sent."""
    bounds = {"layers": 30, "low": 0.3, "high": 3}
    left = {name: float(each.left[0]) for name, each in flows.items()}
    bent = [name for name, net in setup.pair.networks.items() if net.activation != "linear"]
    reached = setup.depth >= bounds["layers"] and any(bounds["low"] <= left[n] <= bounds["high"] for n in bent)
    measured = f"n = {setup.depth}, " + ", ".join(f"{name}: {small(share, 3)}" for name, share in left.items())
    return (Goal("goal_activations_thirty_layers", reached, measured, bounds),)


# ---- draw ------------------------------------------------------------------------------------------------------------


def draw(beat: Beat, setup: Setup, flows: GradientFlows) -> None:
    """The gradients by layer, once they may be shown, above the activations by layer."""
    reason, flows = explain(setup, flows, beat.word), setup.pair.by_label(flows, beat.word)
    titles = beat.words(x_title="layer_axis", y_title="gradient_axis")
    label = f"{steepest(setup.vanishing_activation):.2g}ⁿ" if setup.vanishing_activation else ""
    left, most = gradients(setup, flows, beat.answered)
    facts = {"depth": setup.depth, "width": setup.pair.first.width, "rows": len(setup.pair.first.samples[0])}
    sentence = beat.word("gradients_said" if beat.answered else "gradients_wait", **facts)
    if beat.answered and any((each.left == 0).any() for each in flows.values()):
        sentence = f"{sentence} {beat.word('gradients_end')}"
    ends = None if beat.answered else NEUTRAL
    output_title = beat.word("from_output")
    beat.picture(
        charts.gradient_by_layer(left, most, label, **titles, output_title=output_title, y_ends=ends), sentence
    )
    beat.player(lines(setup, flows, beat.answered), counts="layers_passed")
    if beat.answered:
        beat.report(reason)
    titles = beat.words(x_title="layer_axis", y_title="value_axis")
    signals = charts.signal_by_layer([each.spread for each in flows.values()], **titles)
    # how to read such a picture is said once
    words = ("signal_said", "signal_as_well")
    sentences = [_signal_sentence(*named, word, beat.word) for named, word in zip(flows.items(), words, strict=True)]
    beat.side_by_side(*zip(signals, sentences, strict=True))
    if beat.answered:
        with beat.expander("two_factors"):
            beat.prose("both_factors")


def gradients(setup: Setup, flows: GradientFlows, answered: bool) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """By network, what is left of the gradient in every layer, and the most that the slopes alone could leave.

    Before the answer the former is no number, and the latter is empty, as it is where the slopes bound nothing.
    """
    if not answered:
        return {name: np.full(setup.depth, np.nan) for name in flows}, np.empty(0)
    most = (
        bound(setup.vanishing_activation, np.arange(setup.depth, 0, -1)) if setup.vanishing_activation else np.empty(0)
    )
    return {name: each.left for name, each in flows.items()}, most


def _signal_sentence(name: str, flow: GradientFlow, word: str, say: Say) -> str:
    """The picture of a network's activations in a sentence, which is that word."""
    first, last = (f"{small(float(row[0]))} … {small(float(row[4]))}" for row in flow.spread[[0, -1]])
    return say(word, name=name, first=first, last=last)


def lines(setup: Setup, flows: GradientFlows, answered: bool) -> list[str]:
    """What is left after every layer on the way back, as the product that it is."""
    written = ["\n".join(f"n = 0:  {letter_of(name)}: 1" for name in flows)]
    for n in range(1, setup.depth + 1) if answered else ():
        written.append(
            "\n".join(f"n = {n}:  {letter_of(name)}: {_worked_product(each, n)}" for name, each in flows.items())
        )
    return written


def _worked_product(flow: GradientFlow, n: int) -> str:
    return with_digits(partial(_product, flow, n), least=3)


def _product(flow: GradientFlow, n: int, digits: int) -> str:
    layer = len(flow.left) - n
    before = 1.0 if n == 1 else float(flow.left[layer + 1])
    factors = [small(before, digits)]
    if n > 1:
        normalization = float(flow.by_normalization[layer])
        # where there is none its factor is exactly 1
        factors += [f"{small(normalization, digits)} (BN)"] if normalization != 1 else []
        factors.append(f"{small(float(flow.by_weights[layer]), digits)} (W)")
    factors.append(f"{small(float(flow.by_slopes[layer]), digits)} (f′)")
    return " × ".join(factors) + f" = {small(float(flow.left[layer]))}"


# ---- program, details ------------------------------------------------------------------------------------------------


def program(setup: Setup, experiment: Experiment) -> None:
    """Both flows as calls of dlcore."""
    for net in (setup.pair.first, setup.pair.second):
        experiment.show(net.gradient_flow)


def loop(setup: Setup) -> str:
    """The bound in a few lines of NumPy: what the slopes alone leave at most, layer by layer; "" where there is none.

    What is left of the gradient depends on the rows of data, and no short program has those.
    """
    if not setup.vanishing_activation or not numpy_activations.writable(setup.vanishing_activation):
        return ""
    run = f"""\
z = np.linspace(-20, 20, 40001)
a = {numpy_activations.value(setup.vanishing_activation, "z")}
slope = {numpy_activations.slope(setup.vanishing_activation, "z", "a")}
left = 1.0
for layer in range({setup.depth}, 0, -1):  # the dotted line, from the output back
    left = left * slope.max()
    print(layer, left)"""
    return short_program(run)


def details(beat: Beat, setup: Setup, flows: GradientFlows) -> None:
    """Activations, and once they may be shown gradients, of every layer as tables; the chain rule and source."""
    answer = {"layer_table": lambda: layer_table(flows)} if beat.answered else {}
    beat.numbers({"signal_table": lambda: signal_table(flows)} | answer)
    beat.source([CHAIN], DeepNetwork.gradient_flow, DeepNetwork.model, bound)


def layer_table(flows: GradientFlows) -> pd.DataFrame:
    """The gradient in every layer of both networks, and its factors."""
    tables = []
    for name, each in flows.items():
        columns: dict[str, object] = {"network": name, "layer": np.arange(1, len(each.left) + 1), "left": each.left}
        columns |= {"norm dE/dz": each.sums, "norm dE/dW": each.kernels, "by_weights": each.by_weights}
        columns |= {
            "by_normalization": each.by_normalization,
            "by_slopes": each.by_slopes,
            "largest_slope": each.largest_slope,
        }
        tables.append(pd.DataFrame(columns | {"saturated": each.saturated, "dead": each.dead}))
    return pd.concat(tables, ignore_index=True)


def signal_table(flows: GradientFlows) -> pd.DataFrame:
    """The quantiles of the activations in every layer of both networks."""
    names = ("5%", "25%", "50%", "75%", "95%")
    tables = []
    for name, each in flows.items():
        columns: dict[str, object] = {"network": name, "layer": np.arange(1, len(each.left) + 1)}
        tables.append(pd.DataFrame(columns | dict(zip(names, each.spread.T, strict=True))))
    return pd.concat(tables, ignore_index=True)
