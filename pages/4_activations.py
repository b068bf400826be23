import streamlit as st

import charts
import ui
from dlcore.activations import Activation, Sigmoid
from dlcore.deep import CHAIN, CLIPPED, Deep, bound, steepest
from dlcore.optimizers import SGD
from dlcore.recommendations import Problem
from lessons import activations as questions
from lessons.shared import output_choice

lesson = ui.begin(__file__)


@lesson.beat
def shape_and_slope(beat):
    here = questions.shape_and_slope
    with beat.panel:
        compared = here.chosen(beat)
        relatives = {"act": ("relu", "leaky_relu", "elu", "selu")}
        smooth, both = {"act": ("relu", "gelu", "silu", "mish")}, {"act": ("sigmoid", "tanh")}
        never = {"act": ("step", "sigmoid")}
        beat.presets(("act",), works={}, two_sigmoids=both, relatives=relatives, smooth=smooth, cannot_learn=never)
    with beat.stage:
        shown = here.revealed(beat, compared)
        titles = beat.words(x_title="sum_axis", y_title="value_axis")
        pictures = [(charts.activation_curves(shown.z, shown.values, **titles), shown.values_said(beat.word))]
        if shown.answered:
            titles = beat.words(x_title="sum_axis", y_title="derivative_axis")
            picture = charts.activation_slopes(shown.z, shown.slopes, shown.flat, **titles)
            pictures.append((picture, shown.slopes_said(beat.word)))
        beat.side_by_side(*pictures)
        beat.player(shown.lines())
        st.markdown(shown.report(beat.word))
        if shown.answered:
            beat.prose("not_so", **here.facts())
    beat.numbers({"shape_table": shown.table})
    beat.source([Sigmoid.formula, Sigmoid.derivative_formula], Sigmoid, steepest)


@lesson.beat
def vanishing(beat):
    here = questions.vanishing
    with beat.panel:
        found = here.chosen(beat)
    with beat.stage:
        shown = here.revealed(beat, found)
        titles = beat.words(x_title="layer_axis", y_title="gradient_axis")
        picture = charts.gradient_by_layer(shown.left, shown.bound, shown.bound_label, **titles)
        beat.picture(picture, shown.said(beat.word))
        beat.player(shown.lines())
        if shown.answered:
            st.markdown(shown.report(beat.word))
        titles = beat.words(x_title="layer_axis", y_title="value_axis")
        signals = charts.signal_by_layer(shown.spread, **titles)
        beat.side_by_side(*[(signal, shown.signal_said(beat.word, k)) for k, signal in enumerate(signals)])
        if shown.answered:
            beat.prose("both_factors")
    answer = {"layer_table": shown.table} if shown.answered else {}
    beat.numbers({"signal_table": shown.signal_table} | answer)
    beat.source([CHAIN], Deep.passage, Deep.model, bound)


@lesson.beat
def does_it_matter(beat):
    here = questions.does_it_matter
    with beat.panel:
        found = here.trained(beat)
    with beat.stage:
        shown = here.told(beat, found)
        titles = beat.words(x_title="epoch_axis", y_title="loss_axis")
        beat.picture(
            charts.lines_by_step(shown.losses, **titles, log=True, ceiling=shown.ceiling), shown.said(beat.word)
        )
        beat.player(shown.lines())
        if shown.answered:
            st.markdown(shown.report(beat.word))
            beat.prose("clipping")
    beat.numbers({"training_table": shown.table})
    beat.source([SGD.formula, CLIPPED], Deep.train, SGD.clipped)


@lesson.beat
def which_one(beat):
    here = questions.which_one
    with beat.panel:
        found = here.tried(beat)
    with beat.stage:
        shown = here.revealed(beat, found)
        titles = beat.words(x_title="epoch_axis", y_title=shown.axis)
        beat.picture(charts.lines_by_step(shown.scores, **titles), shown.said(beat.word))
        beat.player(shown.lines())
        if shown.answered:
            st.markdown(shown.report(beat.word))
            beat.prose("by_problem")
            output_choice.answered(beat, shown.problem)
        beat.prose("by_network")
        output_choice.network(beat, "net")
    table = {"choice_table": output_choice.table} if shown.answered else {}
    beat.numbers({"training_table": shown.table} | table)
    beat.source([Activation.get(shown.problem.activation).formula], type(shown.problem), Problem.outcome)


lesson.end()
