"""Behind the score: a classifier's scores cut at every threshold, what the mistakes cost, ROC and precision-recall."""

import dataclasses
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from dlcore import losses
from dlcore.metrics import AUC, F1Score, Precision, Recall, precision_recall_curve, roc_curve
from dlcore.recipe import prepared
from dlcore.scores import Counts, cheapest, counted, predicted
from lessons.model_evaluation.binary_problems import CLASSES
from ui.beat import Beat
from ui.cache import shared
from ui.controls.kinds import Choice, Number
from ui.controls.widgets import Say
from ui.number_format import readable
from ui.quiz import ties
from ui.quiz.goals import Goal

THRESHOLDS = np.round(np.linspace(0, 1, 101), 2)
HALF = 50
"""The place of 0.5 among them: there the player stands at first."""

BINS = np.linspace(0, 1, 21)
DATA = (*CLASSES, "shuffled_labels")
DIGITS = 4
"""How many digits of a cost are shown."""
WHERE = ("below_half", "at_half", "above_half")
FORMULAS = [rule.formula for rule in (Precision, Recall, F1Score)]

OWNS = ("d2", "miss2", "k2", "ep2", "seed2")
PRESETS = {
    "works": {},
    "alarms_cost_more": {"miss2": 0.2},
    "well_separated": {"d2": "breast_cancer"},
    "nothing_learned": {"d2": "shuffled_labels"},
}


@dataclass(frozen=True, eq=False)
class Cut:
    """Scores of one classifier on the rows of the validation part, shape (rows,), and labels 0 and 1.

    miss: how many false alarms a miss costs. told: whether costs may be shown.
    """

    data: str
    y: np.ndarray
    p: np.ndarray
    miss: float
    told: bool = True

    @cached_property
    def counts(self) -> Counts:
        return counted(self.y, self.p, THRESHOLDS)

    @property
    def cost(self) -> np.ndarray:
        return self.counts.cost(self.miss)

    @property
    def best(self) -> int | None:
        """The place of the cheapest threshold; None as long as it may not be shown."""
        return cheapest(self.cost)[0] if self.told else None

    @property
    def best_threshold(self) -> float | None:
        return None if self.best is None else float(THRESHOLDS[self.best])

    @property
    def tied(self) -> np.ndarray:
        """The places of all thresholds whose cost is the lowest in the digits shown, rising."""
        cost = np.array([ties.rounded(each, DIGITS) for each in self.cost])
        return np.flatnonzero(cost == cost.min())

    @property
    def where(self) -> tuple[str, ...]:
        """On which sides of 0.5 the cheapest thresholds lie, some of WHERE; within 0.05 they are near it."""
        sides = (THRESHOLDS[self.tied] >= 0.45).astype(int) + (THRESHOLDS[self.tied] > 0.55)
        return tuple(WHERE[side] for side in np.unique(sides))

    def _tied_said(self) -> str:
        """The cheapest thresholds, those that hang together as a range."""
        stretches = np.split(self.tied, np.flatnonzero(np.diff(self.tied) > 1) + 1)
        ends = [THRESHOLDS[[part[0], part[-1]]] for part in stretches]
        return ", ".join(f"{low:.2f}" if low == high else f"{low:.2f}–{high:.2f}" for low, high in ends)

    def histogram(self, say: Say) -> dict[str, Any]:
        """What the picture of the scores wants: how many rows of each class lie in each bin, yes first."""
        rows = {say(self.classes[label]): self.p[self.y == label] for label in (1, 0)}
        counts = {name: np.histogram(p, BINS)[0] for name, p in rows.items()}
        titles = {"x_title": say("threshold_axis"), "y_title": say("rows_axis")}
        return {"edges": BINS, "counts": counts, "thresholds": THRESHOLDS, "best": self.best_threshold} | titles

    @property
    def classes(self) -> tuple[str, str]:
        """Words for the two classes, no first."""
        return ("class_0", "class_1") if self.data == "gauss_pairs" else ("benign", "malignant")

    def squares(self, say: Say) -> dict[str, Any]:
        """What the picture of the four squares wants."""
        kinds = [say(word) for word in ("true_positive", "false_positive", "false_negative", "true_negative")]
        called = [say("called_so", name=say(word)) for word in reversed(self.classes)]
        true = [say(word) for word in reversed(self.classes)]
        titles = say("called_axis"), say("true_axis")
        return {"counts": self.counts, "kinds": kinds, "called": called, "true": true, "titles": titles}

    def roc(self, say: Say) -> dict[str, Any]:
        """What the picture of both rates wants."""
        tp, fp, fn, tn = self.counts
        titles = {"x_title": say("fpr_axis"), "y_title": say("tpr_axis")}
        curve = roc_curve(self.y, self.p)[:2]
        return {"curve": curve, "now": (fp / (fp + tn), tp / (tp + fn)), "best": self.best} | titles

    def precision_recall(self, say: Say) -> dict[str, Any]:
        """What the picture of precision and recall wants."""
        curve = precision_recall_curve(self.y, self.p)
        titles = {"x_title": say("tpr_axis"), "y_title": say("precision_axis")}
        places = {"curve": (curve.recall, curve.precision), "share": float(np.mean(self.y))}
        return {**places, "now": self.recall_and_precision(), "best": self.best, **titles}

    def recall_and_precision(self) -> tuple[np.ndarray, np.ndarray]:
        """Both at every threshold; precision is 1 by convention where nobody is called positive."""
        tp, fp, fn, _ = self.counts
        return tp / (tp + fn), np.where(tp + fp == 0, 1.0, tp / np.maximum(tp + fp, 1))

    def lines(self, say: Say) -> list[str]:
        """At every threshold the four counts, and the measures written out."""
        undefined = say("undefined")
        return [self._line(k, undefined) for k in range(len(THRESHOLDS))]

    def _line(self, k: int, undefined: str) -> str:
        tp, fp, fn, tn = (int(each[k]) for each in self.counts)
        parts = [f"τ = {THRESHOLDS[k]:.2f}:  TP = {tp},  FP = {fp},  FN = {fn},  TN = {tn}"]
        parts.append(f"precision = {tp} / ({tp} + {fp}) = {_share(tp, tp + fp, undefined)}")
        parts.append(f"recall = {tp} / ({tp} + {fn}) = {_share(tp, tp + fn, undefined)}")
        parts.append(f"F1 = 2 · {tp} / (2 · {tp} + {fp} + {fn}) = {_share(2 * tp, 2 * tp + fp + fn, undefined)}")
        parts.append(f"accuracy = ({tp} + {tn}) / {len(self.y)} = {_share(tp + tn, len(self.y), undefined)}")
        if self.told:
            miss = readable(self.miss)
            parts.append(f"FP + {miss} · FN = {fp} + {miss} · {fn} = {readable(fp + self.miss * fn)}")
        return "\n".join(parts)

    def because(self, say: Say) -> str:
        """The cheapest thresholds, what they cost, what 0.5 costs, and where theory puts them."""
        facts = {"thresholds": self._tied_said(), "miss": readable(self.miss), "theory": 1 / (1 + self.miss)}
        costs = {"cost": readable(float(self.cost.min()), DIGITS), "half": readable(float(self.cost[HALF]), DIGITS)}
        return say("cheapest_because", **facts, **costs)

    def histogram_said(self, say: Say) -> str:
        """The picture of the scores in a sentence."""
        facts = {"rows": len(self.y), "positive": int(self.y.sum()), "name": say(self.classes[1])}
        told = say("histogram_said", data=say(self.data), **facts)
        return told if self.best is None else f"{told} {say('cheapest_marked', threshold=self.best_threshold)}"

    def squares_said(self, say: Say) -> str:
        """The four squares at 0.5."""
        tp, fp, fn, tn = (int(each[HALF]) for each in self.counts)
        return say("squares_said", tp=tp, fp=fp, fn=fn, tn=tn)

    def roc_said(self, say: Say) -> str:
        """The area, and what it means."""
        return say("roc_said", area=AUC()(self.y, self.p))

    def precision_recall_said(self, say: Say) -> str:
        """What a guess would have."""
        return say("precision_recall_said", share=float(np.mean(self.y)))

    def table(self) -> pd.DataFrame:
        """Every threshold."""
        columns: dict[str, np.ndarray] = {"threshold": THRESHOLDS} | self.counts._asdict()
        columns |= dict(zip(("recall", "precision"), self.recall_and_precision(), strict=True))
        return pd.DataFrame(columns | ({"cost": self.cost} if self.told else {}))


def _share(part: int, whole: int, undefined: str) -> str:
    return f"{part / whole:.3f}" if whole else undefined


@shared(max_entries=64)
def _scores(data: str, epochs: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    source, columns = CLASSES["two_measures" if data == "shuffled_labels" else data]
    x, y = source.load()
    if data == "shuffled_labels":
        y = np.random.default_rng(seed).permutation(y)
    loss = losses.get("binary_crossentropy")
    parts = prepared(x[:, columns], y, loss, classes=2, share=0.5, seed=seed)
    return parts.validation.y, predicted(parts, loss, 1, 0, epochs, seed)[:, 0]


def chosen(beat: Beat) -> tuple[Cut, tuple[str, int, int]]:
    """Data and costs by controls; also the data of several classes, epochs and seed."""
    with beat.panel:
        data = beat.menu("d2", Choice("two_measures", DATA), "data", named=beat.member)
        miss = beat.slider("miss2", Number(5, 0.05, 20, log=True), "miss_cost")
        several = beat.menu("k2", Choice("digits", ("digits", "iris", "penguin_species")), "several_data")
        with beat.more():
            epochs = int(beat.slider("ep2", Number(30, 1, 60, whole=True), "epochs"))
            seed = int(beat.box("seed2", Number(0, 0, 9999, whole=True), "seed"))
        beat.presets(OWNS, **PRESETS)
    _noted(beat, data, epochs, seed)
    return Cut(data, *_scores(data, epochs, seed), miss), (several, epochs, seed)


def _noted(beat: Beat, data: str, epochs: int, seed: int) -> None:
    source, columns = CLASSES["two_measures" if data == "shuffled_labels" else data]
    rows = beat.made("rows", source.load)
    y = rows[1]
    if data == "shuffled_labels":
        shuffle = beat.made("shuffle", np.random.default_rng, seed)
        y = beat.made("y", shuffle.permutation, y)
    loss, how = losses.get("binary_crossentropy"), {"classes": 2, "share": 0.5, "seed": seed}
    parts = beat.made("parts", prepared, rows[0][:, list(columns)], y, loss, **how)
    p = beat.made("p", predicted, parts, loss, 1, 0, epochs, seed)
    beat.ran(counted, parts.validation.y, p[:, 0], THRESHOLDS)
    beat.ran(AUC(), parts.validation.y, p[:, 0])
    beat.ran(roc_curve, parts.validation.y, p[:, 0])


def revealed(beat: Beat, found: Cut) -> Cut:
    """The same, without costs until the reader has guessed where they are lowest."""
    beat.goals(_both_high(found))
    told = beat.predicted("where_is_cheapest", WHERE, found.where, found.because(beat.word))
    return dataclasses.replace(found, told=told)


def _both_high(found: Cut) -> Goal:
    """The costs of mistakes for which the cheapest threshold has high recall and high precision."""
    bounds, best = {"recall": 0.75, "precision": 0.7}, cheapest(found.cost)[0]
    recall, precision = (float(each[best]) for each in found.recall_and_precision())
    high = recall >= bounds["recall"] and precision >= bounds["precision"]
    measured = f"τ = {THRESHOLDS[best]:.2f}, recall = {recall:.3f}, precision = {precision:.3f}"
    return Goal("goal_model_evaluation_both_high", found.data == "two_measures" and high, measured, bounds)
