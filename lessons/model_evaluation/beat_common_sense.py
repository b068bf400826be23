"""Beat common sense: small models and baselines that need no inputs, judged on the same rows by one measure."""

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from dlcore import losses, metrics
from dlcore.baselines import Baseline, score_to_beat
from dlcore.datasets import AutoMPG, Dataset, Sine
from dlcore.metrics import MeanAbsoluteError, Metric, R2Score, RootMeanSquaredError
from dlcore.recipe import Prepared, prepared
from dlcore.scores import predicted, thinned
from lessons.model_evaluation.binary_problems import CLASSES
from ui.beat import Beat
from ui.cache import shared
from ui.controls.kinds import Choice, Number
from ui.controls.widgets import Say
from ui.quiz.goals import Goal

NUMBERS: dict[str, Dataset] = {"auto_mpg": AutoMPG(), "sine": Sine(count=300)}

OF_CLASSES = {
    name: metrics.get(name) for name in ("binary_accuracy", "precision", "recall", "f1_score", "auc", "log_loss")
}
OF_NUMBERS = {"mae": MeanAbsoluteError(), "rmse": RootMeanSquaredError(), "r2": R2Score()}
"""What may be measured, by word."""

HIDDEN = 8

ALWAYS_NO = {"right_5": 0.05, "right_50": 0.5, "right_75": 0.75, "right_90": 0.9, "right_95": 0.95, "right_99": 0.99}
"""What a reader may guess for the accuracy of always no, by word."""

BECAUSE = {"mae": "median_because", "rmse": "mean_because", "r2": "mean_because_r2"}
"""Why which constant is best, by metric."""

CONSTANTS = ("mean", "median", "last_value")


def rivals(measure: str) -> dict[str, Baseline]:
    """Who looks at no inputs, by word; among them is the best constant by that measure (of OF_CLASSES, OF_NUMBERS)."""
    if measure in OF_NUMBERS:
        return {word: Baseline.get(word) for word in CONSTANTS}
    # by the other measures it is far off, and would take up all of the axis
    rare = ["minority"] if measure in ("precision", "recall", "f1_score") else []
    names = {word: word for word in ("majority", *rare, "stratified")} | {"same_share": "mean"}
    return {word: Baseline.get(name) for word, name in names.items()}


OWNS = ("d1", "rare1", "m1", "n1", "ep1", "seed1")
PRESETS = {
    "works": {},
    "balanced": {"rare1": 50},
    "finds_nobody": {"d1": "two_measures"},
    "another_winner": {"d1": "gauss_pairs", "m1": "recall"},
    "one_epoch_only": {"ep1": 1},
}


@dataclass(frozen=True, eq=False)
class Judged:
    """Everyone who answers on the validation part, by word.

    measure: a word of OF_CLASSES or OF_NUMBERS. models: their answers, each of shape (rows,). baselines: those who look
    at no inputs; one that draws is told by its expected score. y_train, y: targets of the training and of the
    validation part. hidden: whether the baselines are still to be guessed.
    """

    data: str
    measure: str
    y_train: np.ndarray
    y: np.ndarray
    models: dict[str, np.ndarray]
    baselines: dict[str, Baseline]
    hidden: bool = False

    @property
    def binary(self) -> bool:
        return self.data in CLASSES

    @property
    def measures(self) -> dict[str, Metric]:
        """All that can be told of these answers, by word."""
        return OF_CLASSES if self.binary else OF_NUMBERS

    @property
    def metric(self) -> Metric:
        return self.measures[self.measure]

    def score(self, word: str, metric: Metric | None = None) -> float:
        """What one of them reaches on the validation part."""
        rule = self.metric if metric is None else metric
        if word in self.models:
            return rule(self.y, self.models[word])
        return self.baselines[word].expected(rule, self.y_train, self.y)

    def scores(self, metric: Metric | None = None) -> dict[str, float]:
        """By word, baselines first (unless they are hidden)."""
        everyone = self.models if self.hidden else {**self.baselines, **self.models}
        return {word: self.score(word, metric) for word in everyone}

    def best(self, words: Sequence[str], metric: Metric | None = None) -> tuple[tuple[str, ...], float]:
        """Which of these are best by the measure, all that tie as their scores are written, and the best score."""
        rule = self.metric if metric is None else metric
        scores = {word: self.score(word, rule) for word in words}
        best = scores[_best(scores, rule)]
        return tuple(word for word, score in scores.items() if _written(score) == _written(best)), best

    def learned(self) -> dict[str, float]:
        """What each of those who always say the same reaches on the training part."""
        constants = {word: each for word, each in self.baselines.items() if not each.draws}
        return {word: each.expected(self.metric, self.y_train, self.y_train) for word, each in constants.items()}

    @property
    def bar(self) -> str:
        """Who is to be beaten: the constant that is best on the training part, whatever luck brings it later."""
        return _best(self.learned(), self.metric)

    @property
    def line(self) -> float | None:
        """The score to beat; None as long as it is hidden."""
        return None if self.hidden else self.score(self.bar)

    def ends(self) -> tuple[float, float]:
        """What the axis spans, in round numbers: everyone, baselines or not."""
        values = list(dataclasses.replace(self, hidden=False).scores().values())
        low, high = min(values), max(values)
        room = 0.08 * (high - low) or 0.1
        unit = 10.0 ** math.floor(math.log10(high - low + 2 * room))
        low, high = (math.floor((low - room) / unit * 5) * unit / 5, math.ceil((high + room) / unit * 5) * unit / 5)
        if self.binary and self.measure != "log_loss":
            # shares end at 0 and 1; a little room is for what stands there
            low, high = max(low, -0.1), min(high, 1.04)
        return round(low, 9), round(high, 9)

    @property
    def truth(self) -> str:
        """The right guess: how often always no is right, or which constant fits the training part best."""
        if not self.binary:
            return self.bar
        share = float(np.mean(self.y == 0))
        return min(ALWAYS_NO, key=lambda word: abs(ALWAYS_NO[word] - share))

    def because(self, say: Say) -> str:
        """Why, with its numbers."""
        if self.binary:
            no = int(np.sum(self.y == 0))
            return say("no_because", no=no, rows=len(self.y), share=no / len(self.y))
        learned = [f"{say(word)} {_written(score)}" for word, score in self.learned().items()]
        judged = [f"{say(word)} {_written(self.score(word))}" for word in CONSTANTS]
        return say(BECAUSE[self.measure], learned=", ".join(learned), judged=", ".join(judged))

    def said(self, say: Say) -> str:
        """The picture in a sentence."""
        facts = {"data": say(self.data), "train": len(self.y_train), "rows": len(self.y)}
        told = say("judged_rare" if self.binary else "judged_numbers", rare=int(self.y.sum()), **facts)
        if self.hidden:
            return f"{told} {say('line_waits')}"
        word, line = self.bar, self.score(self.bar)
        direction = say("more_is_better" if self.metric.higher_is_better else "less_is_better")
        return f"{told} {say('line_is', name=say(word), line=_written(line))} {direction}"

    def report(self, say: Say) -> str:
        """How every model does against the line, and who is best by which measure."""
        line, measure = self.line or 0.0, say(self.measure)
        lines = []
        for word in self.models:
            score = self.score(word)
            better = (score > line) == self.metric.higher_is_better and score != line
            verdict = "beats_line" if better else "on_the_line" if score == line else "misses_line"
            told = say(verdict, name=say(word), measure=measure, score=_written(score), gap=_written(abs(score - line)))
            lines.append(f"- {told}{self._found(say, word)}")
        if self.measure == "recall":
            lines.append(f"- {say('always_yes', share=float(np.mean(self.y)))}")
        best = [(say(name), *self.best(tuple(self.models), rule)) for name, rule in self.measures.items()]
        told = ", ".join(f"{name} → {' = '.join(map(say, words))} ({_written(score)})" for name, words, score in best)
        return "\n".join([*lines, f"- {say('best_by_measure', facts=told)}"])

    def _found(self, say: Say, word: str) -> str:
        if not self.binary:
            return ""
        found = int(np.sum((self.models[word] > 0.5) & (self.y == 1)))
        return " " + say("rare_found", found=found, rare=int(self.y.sum()))

    def table(self) -> pd.DataFrame:
        """Everyone by every measure."""
        columns: dict[str, object] = {"name": list(self.scores())}
        return pd.DataFrame(columns | {name: list(self.scores(rule).values()) for name, rule in self.measures.items()})


def _best(scores: Mapping[str, float], rule: Metric) -> str:
    """The name with the best score, the first of those that tie."""
    return (max if rule.higher_is_better else min)(scores, key=lambda each: scores[each])


def _written(score: float) -> str:
    # what rounds to 0 has no sign
    return f"{round(score, 3) + 0.0:.3f}".replace("-", "−")


# ---- what is chosen --------------------------------------------------------------------------------------------------
@shared(max_entries=128)
def _classes(data: str, rare: int, epochs: int, seed: int) -> tuple[Prepared, dict[str, np.ndarray]]:
    source, columns = CLASSES[data]
    x, y = source.load()
    rows = thinned(y, rare / 100, seed)
    loss = losses.get("binary_crossentropy")
    parts = prepared(x[rows][:, columns], y[rows], loss, classes=2, share=0.5, seed=seed)
    how = {"one_neuron": (0, False), "small_network": (HIDDEN, False), "weighted_neuron": (0, True)}
    found = {word: predicted(parts, loss, 1, hidden, epochs, seed, even) for word, (hidden, even) in how.items()}
    return parts, {word: p[:, 0] for word, p in found.items()}


@shared(max_entries=64)
def _numbers(data: str, epochs: int, seed: int) -> tuple[Prepared, dict[str, np.ndarray]]:
    loss = losses.get("mse")
    parts = prepared(*NUMBERS[data].load(), loss, share=0.5, seed=seed)
    found = {"straight_line": 0, "small_network": 2 * HIDDEN}
    return parts, {word: predicted(parts, loss, 1, hidden, epochs, seed)[:, 0] for word, hidden in found.items()}


def chosen(beat: Beat) -> Judged:
    """Data, the share of the rare class and the measure by controls; everyone trained and judged."""
    with beat.panel:
        data = beat.menu("d1", Choice("breast_cancer", (*CLASSES, *NUMBERS)), "data", named=beat.member)
        binary = data in CLASSES
        share = Number(5, 1, 50, whole=True)
        rare = int(beat.slider("rare1", share, "rare_share") if binary else beat.remembered("rare1", share))
        kinds = {"m1": Choice("binary_accuracy", tuple(OF_CLASSES)), "n1": Choice("mae", tuple(OF_NUMBERS))}
        names = {}
        for key, kind in kinds.items():
            drawn = binary == (key == "m1")
            names[key] = beat.choice(key, kind, "measure") if drawn else beat.remembered(key, kind)
        with beat.more():
            epochs = int(beat.slider("ep1", Number(40, 1, 60, whole=True), "epochs"))
            seed = int(beat.box("seed1", Number(0, 0, 9999, whole=True), "seed"))
        beat.presets(OWNS, **PRESETS)
    parts, models = _classes(data, rare, epochs, seed) if binary else _numbers(data, epochs, seed)
    measure = names["m1" if binary else "n1"]
    _noted(beat, data, rare, epochs, seed, measure)
    y_train, y = parts.train.y.astype(float), parts.validation.y.astype(float)
    return Judged(data, measure, y_train, y, models, rivals(measure))


def _noted(beat: Beat, data: str, rare: int, epochs: int, seed: int, measure: str) -> None:
    rule = (OF_CLASSES if data in CLASSES else OF_NUMBERS)[measure]
    if data in CLASSES:
        source, columns = CLASSES[data]
        rows = beat.made("rows", source.load)
        kept = beat.made("kept", thinned, rows[1], rare / 100, seed)
        loss, how = losses.get("binary_crossentropy"), {"classes": 2, "share": 0.5, "seed": seed}
        parts = beat.made("parts", prepared, rows[0][kept][:, list(columns)], rows[1][kept], loss, **how)
        models = [(0, False), (HIDDEN, False), (0, True)]
    else:
        rows, loss = beat.made("rows", NUMBERS[data].load), losses.get("mse")
        parts = beat.made("parts", prepared, rows[0], rows[1], loss, share=0.5, seed=seed)
        models = [(0, False), (2 * HIDDEN, False)]
    for hidden, even in models:
        p = beat.made("p", predicted, parts, loss, 1, hidden, epochs, seed, even)
        beat.ran(rule, parts.validation.y, p[:, 0])
    labels = beat.made("labels", parts.train.y.astype, "float")
    for rival in rivals(measure).values():
        beat.ran(rival.expected, rule, labels, parts.validation.y)
    beat.ran(score_to_beat, rule, labels, parts.validation.y)


def revealed(beat: Beat, found: Judged) -> Judged:
    """The same, without the baselines until the reader has guessed."""
    asked, choices = ("how_often_right", tuple(ALWAYS_NO)) if found.binary else ("which_constant", CONSTANTS)
    beat.goals(_finds_the_rare(found))
    told = beat.predicted(asked, choices, found.truth, found.because(beat.word))
    return found if told else dataclasses.replace(found, hidden=True)


def _finds_the_rare(found: Judged) -> Goal:
    """Recall of at least 0.8 where one row in twenty is rare, with two columns, and a measure that shows it."""
    bounds, recall = {"share": 0.05, "recall": 0.8}, OF_CLASSES["recall"]
    two = found.binary and len(CLASSES[found.data][1]) == 2
    best = max((float(recall(found.y, p)) for p in found.models.values()), default=0.0) if found.binary else 0.0
    share = float(np.mean(found.y)) if found.binary else 1.0
    reached = two and found.measure == "recall" and share <= 0.055 and best >= bounds["recall"]
    measured = f"recall = {best:.3f} ({share:.1%})" if found.binary else "–"
    return Goal("goal_model_evaluation_finds_the_rare", reached, measured, bounds)


def drawn(found: Judged, say: Say) -> dict[str, Any]:
    """What the picture of the contenders wants."""
    scores = {say(word): score for word, score in found.scores().items()}
    names = [say(word) for word in found.baselines]
    title = say("measure_axis", name=say(found.measure))
    facts: dict[str, Any] = {
        "line": found.line,
        "ends": found.ends(),
        "up": found.metric.higher_is_better,
        "x_title": title,
    }
    return {"scores": scores, "baselines": names} | facts
