"""Behind the score: a classifier's scores cut at every threshold, what the mistakes cost, ROC and precision-recall."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

import charts
from charts.picture import Picture
from dlcore import losses, metrics
from dlcore.experiments.classifier_scores import Counts, cheapest, confusion_counts, train_and_predict
from dlcore.experiments.training_config import prepare
from dlcore.metrics import AUC, BinaryF1Score, Precision, Recall, precision_recall_curve, roc_curve
from lessons.model_evaluation import confusion_matrix, short_programs
from lessons.model_evaluation.binary_problems import CLASSES
from lessons.model_evaluation.confusion_matrix import ConfusionMatrix
from ui.beat import Beat
from ui.cache import shared
from ui.controls.kinds import Choice, Number
from ui.controls.widgets import Say
from ui.number_format import readable
from ui.question import Question
from ui.quiz import ties
from ui.quiz.goals import Goal
from ui.script_export import Experiment, short_program

THRESHOLDS = np.round(np.linspace(0, 1, 101), 2)
HALF = 50
"""The place of 0.5 among them: there the player stands at first."""

BINS = np.linspace(0, 1, 21)
SHUFFLED = "shuffled_labels"
"""The data whose labels have nothing to do with their inputs."""
DATA = (*CLASSES, SHUFFLED)
DATA_OF_SEVERAL = ("digits", "iris", "penguin_species")
DIGITS = 4
"""How many digits of a cost are shown."""
WHERE = ("below_half", "at_half", "above_half")
FORMULAS = [rule.formula for rule in (Precision, Recall, BinaryF1Score)]

OWNS = ("d2", "miss2", "k2", "ep2", "seed2")
PRESETS = {
    "works": {},
    "alarms_cost_more": {"miss2": 0.2},
    "well_separated": {"d2": "breast_cancer"},
    "nothing_learned": {"d2": SHUFFLED},
}


@dataclass(frozen=True)
class Setup:
    """A classifier of two classes and one of several, and how many false alarms a miss of the first one costs.

    data: of DATA. several: the data of the second classifier, of DATA_OF_SEVERAL.
    """

    data: str
    miss: float
    several: str
    epochs: int
    seed: int

    @property
    def classes(self) -> tuple[str, str]:
        """Words for the two classes, no first."""
        return ("class_0", "class_1") if self.data == "gauss_pairs" else ("benign", "malignant")


@dataclass(frozen=True, eq=False)
class Classifiers:
    """What both classifiers say of the rows of their validation parts.

    y: labels 0 and 1, p: scores of the classifier of two classes, both of shape (rows,). several: what the other one
    takes for what.
    """

    y: np.ndarray
    p: np.ndarray
    several: ConfusionMatrix

    @cached_property
    def counts(self) -> Counts:
        """How often an answer is right and wrong at every threshold."""
        return confusion_counts(self.y, self.p, THRESHOLDS)

    @property
    def positive_share(self) -> float:
        return float(np.mean(self.y))

    def false_positive_and_recall(self) -> tuple[np.ndarray, np.ndarray]:
        """The rates of false alarms and of hits at every threshold."""
        tp, fp, fn, tn = self.counts
        return fp / (fp + tn), tp / (tp + fn)

    def recall_and_precision(self) -> tuple[np.ndarray, np.ndarray]:
        """Both at every threshold; precision is 1 by convention where nobody is called positive."""
        tp, fp, fn, _ = self.counts
        return tp / (tp + fn), np.where(tp + fp == 0, 1.0, tp / np.maximum(tp + fp, 1))

    def cheapest_places(self, miss: float) -> np.ndarray:
        """The places of all thresholds whose cost is the lowest in the digits shown, rising."""
        cost = np.array([ties.significant(each, DIGITS) for each in self.counts.cost(miss)])
        return np.flatnonzero(cost == cost.min())

    def cheapest_place(self, miss: float) -> int:
        """The place of the cheapest threshold, the middle one of those that tie."""
        return cheapest(self.counts.cost(miss))[0]


# ---- choose ----------------------------------------------------------------------------------------------------------


def choose(beat: Beat) -> Setup:
    """The data, the cost of a miss, the data of several classes; epochs and seed one click away."""
    data = beat.menu("d2", Choice("two_measures", DATA), "data", option_label=beat.member)
    miss = beat.slider("miss2", Number(5, 0.05, 20, log=True), "miss_cost")
    several = beat.menu("k2", Choice("digits", DATA_OF_SEVERAL), "several_data")
    with beat.more():
        epochs = int(beat.slider("ep2", Number(30, 1, 60, whole=True), "epochs"))
        seed = int(beat.box("seed2", Number(0, 0, 9999, whole=True), "seed"))
    beat.presets(OWNS, **PRESETS)
    return Setup(data, miss, several, epochs, seed)


# ---- measure ---------------------------------------------------------------------------------------------------------


def measure(setup: Setup) -> Classifiers:
    """Both classifiers, trained on half of their data, on the other half."""
    several = confusion_matrix.confusion_matrix(setup.several, setup.epochs, setup.seed)
    return Classifiers(*_labels_and_scores(setup.data, setup.epochs, setup.seed), several)


@shared(max_entries=64)
def _labels_and_scores(data: str, epochs: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    source, columns = _source(data)
    x, y = source.load()
    if data == SHUFFLED:
        y = np.random.default_rng(seed).permutation(y)
    loss = losses.get("binary_crossentropy")
    parts = prepare(x[:, columns], y, loss, classes=2, share=0.5, seed=seed)
    return parts.validation.y, train_and_predict(parts, loss, 1, 0, epochs, seed)[:, 0]


def _source(data: str):
    """The data set and the columns behind a name of DATA."""
    return CLASSES["two_measures" if data == SHUFFLED else data]


# ---- question, explain, goals ----------------------------------------------------------------------------------------


def question(setup: Setup, classifiers: Classifiers) -> Question:
    """On which side of 0.5 the cheapest thresholds lie; within 0.05 they are near it."""
    thresholds = THRESHOLDS[classifiers.cheapest_places(setup.miss)]
    sides = (thresholds >= 0.45).astype(int) + (thresholds > 0.55)
    return Question("where_is_cheapest", WHERE, [WHERE[side] for side in np.unique(sides)], ordered=True)


def explain(setup: Setup, classifiers: Classifiers, say: Say) -> str:
    """The cheapest thresholds, what they cost, what 0.5 costs, and where theory puts them."""
    cost = classifiers.counts.cost(setup.miss)
    ranges = _ranges(classifiers.cheapest_places(setup.miss))
    facts = {"thresholds": ranges, "miss": readable(setup.miss), "theory": 1 / (1 + setup.miss)}
    costs = {"cost": readable(float(cost.min()), DIGITS), "half": readable(float(cost[HALF]), DIGITS)}
    return say("cheapest_because", **facts, **costs)


def _ranges(places: np.ndarray) -> str:
    """Thresholds at some places, those that hang together as a range: 0.20–0.39, 0.60."""
    stretches = np.split(places, np.flatnonzero(np.diff(places) > 1) + 1)
    ends = [THRESHOLDS[[stretch[0], stretch[-1]]] for stretch in stretches]
    return ", ".join(f"{low:.2f}" if low == high else f"{low:.2f}–{high:.2f}" for low, high in ends)


def goals(setup: Setup, classifiers: Classifiers) -> tuple[Goal]:
    """Costs of mistakes for which the cheapest threshold has high recall and high precision."""
    bounds, best = {"recall": 0.75, "precision": 0.7}, classifiers.cheapest_place(setup.miss)
    recall, precision = (float(each[best]) for each in classifiers.recall_and_precision())
    high = recall >= bounds["recall"] and precision >= bounds["precision"]
    measured = f"τ = {THRESHOLDS[best]:.2f}, recall = {recall:.3f}, precision = {precision:.3f}"
    return (Goal("goal_model_evaluation_both_high", setup.data == "two_measures" and high, measured, bounds),)


# ---- draw ------------------------------------------------------------------------------------------------------------


def draw(beat: Beat, setup: Setup, classifiers: Classifiers) -> None:
    """Scores, squares and both curves under one player, then the classes; before the answer no costs."""
    say, best = beat.word, visible_best(beat, setup, classifiers)
    histogram = (_histogram(setup, classifiers, best, say), histogram_sentence(setup, classifiers, best, say))
    beat.side_by_side(histogram, (_squares(setup, classifiers, say), squares_sentence(classifiers, say)))
    shown = {"counts": "threshold_shown", "numbers": [f"{threshold:.2f}" for threshold in THRESHOLDS]}
    beat.player(lines(setup, classifiers, say, costs=beat.answered), opens_at=HALF, **shown)
    titles = beat.words(x_title="fpr_axis", y_title="tpr_axis")
    rates = classifiers.false_positive_and_recall()
    roc = charts.roc(roc_curve(classifiers.y, classifiers.p)[:2], rates, best, **titles)
    titles = beat.words(x_title="tpr_axis", y_title="precision_axis")
    curve, share = precision_recall_curve(classifiers.y, classifiers.p), classifiers.positive_share
    places = (curve.recall, curve.precision), share, classifiers.recall_and_precision()
    ahead = charts.precision_recall(*places, best, **titles)
    area = AUC()(classifiers.y, classifiers.p)
    beat.side_by_side((roc, say("roc_said", area=area)), (ahead, say("precision_recall_said", share=share)))
    with beat.expander("several_classes"):
        beat.prose("more_than_two")
        confusion_matrix.draw(beat, classifiers.several)


def visible_best(beat: Beat, setup: Setup, classifiers: Classifiers) -> int | None:
    """The place of the cheapest threshold, once it may be shown."""
    return classifiers.cheapest_place(setup.miss) if beat.answered else None


def _histogram(setup: Setup, classifiers: Classifiers, best: int | None, say: Say) -> Picture:
    """How many rows of each class lie in each bin, yes first."""
    scores = {say(setup.classes[label]): classifiers.p[classifiers.y == label] for label in (1, 0)}
    counts = {name: np.histogram(p, BINS)[0] for name, p in scores.items()}
    threshold = None if best is None else float(THRESHOLDS[best])
    titles = {"x_title": say("threshold_axis"), "y_title": say("rows_axis")}
    return charts.score_histogram(BINS, counts, THRESHOLDS, threshold, **titles)


def _squares(setup: Setup, classifiers: Classifiers, say: Say) -> Picture:
    """The four counts at every threshold."""
    kinds = [say(word) for word in ("true_positive", "false_positive", "false_negative", "true_negative")]
    true = [say(word) for word in reversed(setup.classes)]
    called = [say("called_so", name=name) for name in true]
    return charts.binary_confusion(classifiers.counts, kinds, called, true, (say("called_axis"), say("true_axis")))


def histogram_sentence(setup: Setup, classifiers: Classifiers, best: int | None, say: Say) -> str:
    """The picture of the scores in a sentence."""
    facts = {"rows": len(classifiers.y), "positive": int(classifiers.y.sum()), "name": say(setup.classes[1])}
    sentence = say("histogram_said", data=say(setup.data), **facts)
    if best is None:
        return sentence
    return f"{sentence} {say('cheapest_marked', threshold=float(THRESHOLDS[best]))}"


def squares_sentence(classifiers: Classifiers, say: Say) -> str:
    """The four squares at 0.5."""
    tp, fp, fn, tn = (int(each[HALF]) for each in classifiers.counts)
    return say("squares_said", tp=tp, fp=fp, fn=fn, tn=tn)


def lines(setup: Setup, classifiers: Classifiers, say: Say, costs: bool) -> list[str]:
    """At every threshold the four counts, and the metrics written out; what it costs, if ``costs`` may be shown."""
    undefined, rows = say("undefined"), len(classifiers.y)
    return [
        _line(float(threshold), rows, [int(each) for each in counts], undefined, setup.miss if costs else None)
        for threshold, *counts in zip(THRESHOLDS, *classifiers.counts, strict=True)
    ]


def _line(threshold: float, rows: int, counts: list[int], undefined: str, miss: float | None) -> str:
    tp, fp, fn, tn = counts
    parts = [f"τ = {threshold:.2f}:  TP = {tp},  FP = {fp},  FN = {fn},  TN = {tn}"]
    if miss is not None:
        # what is asked for stands where it is seen without scrolling
        factor = readable(miss)
        parts.append(f"FP + {factor} · FN = {fp} + {factor} · {fn} = {readable(fp + miss * fn)}")
    parts.append(f"precision = {tp} / ({tp} + {fp}) = {_quotient(tp, tp + fp, undefined)}")
    parts.append(f"recall = {tp} / ({tp} + {fn}) = {_quotient(tp, tp + fn, undefined)}")
    parts.append(f"F1 = 2 · {tp} / (2 · {tp} + {fp} + {fn}) = {_quotient(2 * tp, 2 * tp + fp + fn, undefined)}")
    parts.append(f"accuracy = ({tp} + {tn}) / {rows} = {_quotient(tp + tn, rows, undefined)}")
    return "\n".join(parts)


def _quotient(part: int, whole: int, undefined: str) -> str:
    return f"{part / whole:.3f}" if whole else undefined


# ---- program, details ------------------------------------------------------------------------------------------------


def program(setup: Setup, experiment: Experiment) -> None:
    """The classifier of two classes, its counts and its curves as calls of dlcore."""
    source, columns = _source(setup.data)
    rows = experiment.assign("rows", source.load)
    y = rows[1]
    if setup.data == SHUFFLED:
        shuffle = experiment.assign("shuffle", np.random.default_rng, setup.seed)
        y = experiment.assign("y", shuffle.permutation, y)
    loss, how = losses.get("binary_crossentropy"), {"classes": 2, "share": 0.5, "seed": setup.seed}
    parts = experiment.assign("parts", prepare, rows[0][:, list(columns)], y, loss, **how)
    p = experiment.assign("p", train_and_predict, parts, loss, 1, 0, setup.epochs, setup.seed)
    experiment.show(confusion_counts, parts.validation.y, p[:, 0], THRESHOLDS)
    experiment.show(AUC(), parts.validation.y, p[:, 0])
    experiment.show(roc_curve, parts.validation.y, p[:, 0])


def loop(setup: Setup) -> str:
    """The four counts, their metrics and the cost at every threshold in a few lines of NumPy."""
    y, p = _labels_and_scores(setup.data, setup.epochs, setup.seed)
    if not short_programs.is_short(p):
        return ""
    scores = [_scores_as_text(name, p[y == label]) for name, label in (("yes", 1), ("no", 0))]
    run = f"""\
cost = []
for tau in np.arange(101) / 100:
    tp, fn = sum(yes > tau), sum(yes <= tau)
    fp, tn = sum(no > tau), sum(no <= tau)
    cost.append(fp + {setup.miss!r} * fn)
    if tau == 0.5:
        print("tau", tau, "TP", tp, "FP", fp, "FN", fn, "TN", tn)
        print("precision", tp / max(1, tp + fp), "recall", tp / (tp + fn), "F1", 2 * tp / (2 * tp + fp + fn))
print("lowest cost", min(cost), "at", np.flatnonzero(np.isclose(cost, min(cost))) / 100)"""
    return short_program("\n".join(scores), run)


def _scores_as_text(name: str, p: np.ndarray) -> str:
    """The line that makes sorted scores, in as many digits as keep each on its side of every threshold."""
    p = np.sort(p)
    for digits in range(3, 18):
        written = np.array([float(f"{score:.{digits}g}") for score in p])
        if np.array_equal(_above(written), _above(p)):
            break
    return short_programs.array(name, p, digits)


def _above(p: np.ndarray) -> np.ndarray:
    """How many of THRESHOLDS every score is above."""
    return (p[:, None] > THRESHOLDS).sum(axis=1)


def details(beat: Beat, setup: Setup, classifiers: Classifiers) -> None:
    """Every threshold and the confusion matrix as tables, the metrics as formulas and source."""
    if not beat.answered:
        # it holds the cost of every threshold
        beat.loop = None
    tables = {"thresholds_table": lambda: table(setup, classifiers, costs=beat.answered)}
    beat.numbers(tables | {"classes_table": classifiers.several.table})
    beat.source(FORMULAS, confusion_counts, metrics.roc_curve, metrics.confusion_matrix)


def table(setup: Setup, classifiers: Classifiers, costs: bool) -> pd.DataFrame:
    """Every threshold: counts, recall, precision; and the cost, if ``costs`` may be shown."""
    columns: dict[str, np.ndarray] = {"threshold": THRESHOLDS} | classifiers.counts._asdict()
    columns |= dict(zip(("recall", "precision"), classifiers.recall_and_precision(), strict=True))
    return pd.DataFrame(columns | ({"cost": classifiers.counts.cost(setup.miss)} if costs else {}))
