import streamlit as st

import charts
import ui
from dlcore import losses, mismatch, robust
from lessons import losses as questions

lesson = ui.begin(__file__)


@lesson.beat
def what_it_punishes(beat):
    here = questions.what_it_punishes
    with beat.panel:
        found = here.chosen(beat)
        beat.presets(here.OWNS, **here.PRESETS)
    with beat.stage:
        told = here.revealed(beat, found)
        point, across = (found.point, next(iter(found.values()))), {"x_title": found.axis}
        titles = beat.words(**across, y_title="loss_of_one"), beat.words(**across, y_title="slope_axis")
        values = charts.penalty(found.x, found.values(), *point, found.value_ends, **titles[0])
        pictures = [(values, found.said(beat.word, "error_said"))]
        if told:
            slopes = charts.slope(found.x, found.slopes(), *point, found.slope_ends, **titles[1])
            pictures.append((slopes, found.said(beat.word, "slope_said")))
        beat.side_by_side(*pictures, clickable=True)
        beat.prose("not_an_activation")
    beat.numbers({"curve_table": found.table if told else found.values_table})
    beat.source([found.loss.formula], type(found.loss), losses.Loss.gradient)


@lesson.beat
def outlying_points(beat):
    here = questions.outlying_points
    with beat.panel:
        found = here.chosen(beat)
        beat.presets(here.OWNS, **here.PRESETS)
    with beat.stage:
        shown = here.revealed(beat, found)
        lines = charts.fits(shown.data, shown.own, shown.drawn(), shown.scene.extent, **here.axes(beat, found))
        pictures = [(lines, shown.said(beat.word, "fits_said"))]
        if shown.lines:
            titles = beat.words(x_title="step_axis", y_title="share_left_axis")
            pictures.append((charts.lines_by_step(shown.shares(), **titles), shown.said(beat.word, "shares_said")))
        beat.side_by_side(*pictures, clickable=True)
        beat.player(shown.by_hand())
        if shown.lines:
            st.markdown(shown.report(beat.word))
    beat.numbers({"fit_table": shown.table, "data_table": shown.data_table})
    beat.source([loss.formula for loss in found.losses], robust.fitted_line, losses.Huber)


@lesson.beat
def not_squares_for_classes(beat):
    here = questions.not_squares_for_classes
    with beat.panel:
        found = here.chosen(beat)
        beat.presets(here.OWNS, **here.PRESETS)
    with beat.stage:
        titles = beat.words(x_title="z_axis", y_title="pull_axis")
        beat.picture(charts.pull(found.x, found.pulls(), found.z, (0.0, 1.05), **titles), found.pull_said(beat.word))
        told = here.revealed(beat, found)
        if told:
            titles = beat.words(x_title="epoch_axis", y_title="share_left_axis")
            left = charts.lines_by_step(found.losses(), **titles), found.said(beat.word, "course_said")
            titles = beat.words(x_title="epoch_axis", y_title="accuracy_axis")
            right = charts.accuracies(found.accuracies(), **titles), found.because(beat.word)
            beat.side_by_side(left, right)
            beat.player(found.lines())
            beat.prose("why_it_cancels")
    beat.numbers({"pull_table": found.pull_table} | ({"training_table": found.table} if told else {}))
    beat.source([losses.BinaryCrossentropy.formula], mismatch.squared_error_pull, mismatch.from_saturated_start)


@lesson.beat
def softmax_once(beat):
    here = questions.softmax_once
    with beat.panel:
        found = here.chosen(beat)
        beat.presets(here.OWNS, **here.PRESETS)
    with beat.stage:
        shown = here.revealed(beat, found)
        titles = beat.words(x_title="class_axis", y_title="probability_axis_seen")
        shares = charts.class_shares(shown.shares_at_start(), **titles)
        pulls = charts.class_pulls(shown.pulls_at_start(), **titles | beat.words(y_title="logit_slope_axis"))
        beat.side_by_side((shares, found.said(beat.word, "shares_of_classes")), (pulls, found.said(beat.word, "pulls")))
        titles = beat.words(x_title="step_axis", y_title="loss_of_one")
        beat.picture(charts.lines_by_step(shown.losses(), **titles), found.both_labels(beat.word))
        beat.player(shown.lines())
        if len(shown.paths) > 1:
            st.markdown(shown.because(beat.word))
            beat.prose("once_is_enough")
    beat.numbers({"run_table": shown.table})
    beat.source([losses.CategoricalCrossentropy.formula], mismatch.surprise, losses.SparseCategoricalCrossentropy)


@lesson.beat
def by_hand_and_by_machine(beat):
    here = questions.by_hand_and_by_machine
    with beat.panel:
        found = here.chosen(beat)
        beat.presets(here.OWNS, **here.PRESETS)
    with beat.stage:
        here.table(beat)
        if told := here.shown(beat, found):
            titles = beat.words(x_title="row_axis", y_title="row_share_axis")
            beat.picture(charts.row_shares(found.shares(), **titles), found.said(beat.word))
            here.sums(beat, found)
            beat.prose("not_accuracy", **here.contrast())
    beat.numbers({"loss_table": found.table} if told else {"rows_table": found.rows_table})
    beat.source([loss.formula for loss in found.losses], *(type(loss) for loss in found.losses[:2]))


@lesson.beat
def which_one(beat):
    problem, _ = questions.which_one.loss_asked(beat, "which")
    beat.source([losses.get(problem.loss).formula], type(problem))


lesson.end()
