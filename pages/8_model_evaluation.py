import streamlit as st

import charts
import ui
from dlcore import baselines, crowd, metrics, optimism, scores
from dlcore import folds as splits
from dlcore import ladder as rungs
from dlcore.layers import L2, Dropout
from lessons import model_evaluation as questions
from lessons.model_evaluation import confusion_matrix

lesson = ui.begin(__file__)


@lesson.beat
def beat_common_sense(beat):
    here = questions.beat_common_sense
    found = here.chosen(beat)
    with beat.stage:
        shown = here.revealed(beat, found)
        beat.picture(charts.contenders(**here.drawn(shown, beat.word)), shown.said(beat.word))
        if not shown.hidden:
            st.markdown(shown.report(beat.word))
            beat.prose("which_measure")
    beat.numbers({"measures_table": shown.table})
    beat.source([found.metric.formula], type(found.metric), baselines.Majority, scores.thinned)


@lesson.beat
def behind_the_score(beat):
    here = questions.behind_the_score
    found, several = here.chosen(beat)
    with beat.stage:
        cut, mixed, say = here.revealed(beat, found), confusion_matrix.confused(*several), beat.word
        bars, squares = charts.score_histogram(**cut.histogram(say)), charts.four_squares(**cut.squares(say))
        beat.side_by_side((bars, cut.histogram_said(say)), (squares, cut.squares_said(say)))
        beat.player(cut.lines(say), opens_at=here.HALF)
        roc, ahead = charts.roc(**cut.roc(say)), charts.precision_recall(**cut.precision_recall(say))
        beat.side_by_side((roc, cut.roc_said(say)), (ahead, cut.precision_recall_said(say)))
        beat.prose("more_than_two")
        squares, recalls = charts.class_squares(**mixed.squares(say)), charts.recall_by_class(**mixed.by_class(say))
        beat.side_by_side((squares, mixed.squares_said(say)), (recalls, mixed.recalls_said(say)))
    beat.numbers({"thresholds_table": cut.table, "classes_table": mixed.table})
    beat.source(here.FORMULAS, scores.counted, metrics.roc_curve, metrics.confusion_matrix)


@lesson.beat
def residuals(beat):
    here = questions.residuals
    found = here.chosen(beat)
    with beat.stage:
        shown, say = here.revealed(beat, found), beat.word
        both, left, spread = shown.drawn(say)
        pairs = charts.predicted_and_true(**both), charts.residuals_by_prediction(**left)
        beat.side_by_side(*zip(pairs, shown.told(say), strict=True))
        beat.player(shown.lines())
        beat.picture(charts.residual_histogram(**spread), shown.said(say, "residual_bars_said"))
        if shown is found:
            st.markdown(shown.report(say))
            beat.prose("what_r2_means")
    beat.numbers({"residuals_table": shown.table, "sums_table": shown.sums})
    beat.source(here.FORMULAS, *here.MEASURES)


@lesson.beat
def grow(beat):
    here = questions.grow
    shown = here.grown(beat)
    with beat.stage:
        by_size = charts.error_by_size(**shown.sizes(beat.word)), shown.sizes_said(beat.word)
        by_epoch = charts.error_by_epoch(**shown.epochs(beat.word)), shown.epochs_said(beat.word)
        beat.side_by_side(by_size, by_epoch)
        here.play(beat, shown)
        if shown.told:
            beat.prose("large_enough")
    beat.numbers({"ladder_table": shown.table, "epoch_table": shown.epoch_table})
    beat.source([here.PARTING], rungs.climbed, rungs.parting, crowd.trained)


@lesson.beat
def tame(beat):
    here = questions.tame
    shown = here.tamed(beat)
    with beat.stage:
        each = charts.remedies(**shown.each(beat.word)), shown.remedies_said(beat.word)
        beat.side_by_side(each, (charts.error_by_rows(**shown.rows_drawn(beat.word)), shown.rows_said(beat.word)))
        here.told(beat, shown)
    beat.numbers({"remedy_table": shown.table, "learning_table": shown.rows_table})
    beat.source([Dropout.formula, L2.formula], Dropout, L2, rungs.stopped)


@lesson.beat
def only_once(beat):
    here = questions.only_once
    shown = here.opened_once(beat)
    with beat.stage:
        scores = charts.candidates(**shown.candidates(beat.word)), shown.said(beat.word, "candidates_said")
        flattery = charts.optimism_by_models(**shown.simulated(beat.word)), shown.flattery_said(beat.word)
        beat.side_by_side(scores, flattery)
        here.told(beat, shown)
    beat.numbers({"candidates_table": shown.table, "optimism_table": shown.optimism_table})
    beat.source([here.FLATTERY], optimism.chosen, optimism.optimism)


@lesson.beat
def folds(beat):
    here = questions.folds
    shown = here.folded(beat)
    with beat.stage:
        squares = charts.fold_rows(**shown.squares(beat.word)), shown.said(beat.word, "fold_squares_said")
        beat.side_by_side(squares, (charts.fold_scores(**shown.scores(beat.word)), shown.scores_said(beat.word)))
        here.play(beat, shown)
    beat.numbers({"folds_table": shown.table, "shuffles_table": shown.spread_table})
    beat.source([here.MEAN], splits.folds, splits.CrossValidation.measured)


lesson.end()
