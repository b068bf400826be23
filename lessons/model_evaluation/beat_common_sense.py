"""Beat common sense: small models and baselines that need no inputs, judged on the same rows by one measure."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

import charts
from dlcore import losses
from dlcore.baselines import Baseline, Majority, score_to_beat
from dlcore.datasets import AutoMPG, Dataset, Sine
from dlcore.experiments.classifier_scores import subsample, train_and_predict
from dlcore.experiments.training_config import Prepared, prepare
from dlcore.metrics import (
    AUC,
    BinaryAccuracy,
    BinaryF1Score,
    LogLoss,
    MeanAbsoluteError,
    Metric,
    Precision,
    R2Score,
    Recall,
    RootMeanSquaredError,
)
from lessons.model_evaluation import short_programs
from lessons.model_evaluation.binary_problems import CLASSES
from ui.beat import Beat
from ui.cache import shared
from ui.controls.kinds import Choice, Number
from ui.controls.widgets import Say
from ui.number_format import percent
from ui.question import Question
from ui.quiz.goals import Goal
from ui.script_export import Experiment, short_program

NUMBERS: dict[str, Dataset] = {"auto_mpg": AutoMPG(), "sine": Sine(count=300)}

OF_CLASSES: dict[str, Metric] = {
    "binary_accuracy": BinaryAccuracy(),
    "precision": Precision(),
    "recall": Recall(),
    "f1_score": BinaryF1Score(),
    "auc": AUC(),
    "log_loss": LogLoss(),
}
OF_NUMBERS = {"mae": MeanAbsoluteError(), "rmse": RootMeanSquaredError(), "r2": R2Score()}
"""The metrics of classifiers and of models of numbers, by word."""

UNITS = 8

MODELS_OF_CLASSES = {"one_neuron": (0, False), "small_network": (UNITS, False), "weighted_neuron": (0, True)}
"""By word, how many hidden units a model has, and whether rare rows weigh more in its training."""

MODELS_OF_NUMBERS = {"straight_line": 0, "small_network": 2 * UNITS}
"""By word, how many hidden units a model has."""

ALWAYS_NO = {"right_5": 0.05, "right_50": 0.5, "right_75": 0.75, "right_90": 0.9, "right_95": 0.95, "right_99": 0.99}
"""What a reader may guess for the accuracy of always no, by word."""

BECAUSE = {"mae": "median_because", "rmse": "mean_because", "r2": "mean_because_r2"}
"""Why which constant is best, by metric."""

CONSTANTS = ("mean", "median", "last_value")

CONSTANTS_IN_NUMPY = {
    "majority": "np.bincount(y_train).argmax()",
    "minority": "np.bincount(y_train).argmin()",
    "same_share": "y_train.mean()",
    "mean": "y_train.mean()",
    "median": "np.median(y_train)",
    "last_value": "y_train[-1]",
}
"""How those who always give the same answer find it, by word."""

_TP, _YES = "np.sum((p > 0.5) * y)", "np.sum(p > 0.5)"
SCORES_IN_NUMPY = {
    "binary_accuracy": "np.mean((p > 0.5) == y)",
    "precision": f"{_TP} / max(1, {_YES})",
    "recall": f"{_TP} / y.sum()",
    "f1_score": f"2 * {_TP} / ({_YES} + y.sum())",
    "auc": "np.mean([(a > b) + (a == b) / 2 for a in p[y == 1] for b in p[y == 0]])",
    "log_loss": "-np.mean(np.log(np.clip(np.where(y, p, 1 - p), 1e-7, 1)))",
    "mae": "np.mean(abs(y - p))",
    "rmse": "np.sqrt(np.mean((y - p) ** 2))",
    "r2": "1 - np.sum((y - p) ** 2) / np.sum((y - y.mean()) ** 2)",
}
"""The metrics in NumPy, by word."""

OWNS = ("d1", "rare1", "m1", "n1", "ep1", "seed1")
PRESETS = {
    "works": {},
    "balanced": {"rare1": 50},
    "finds_nobody": {"d1": "two_measures"},
    "another_winner": {"d1": "gauss_pairs", "m1": "recall"},
    "one_epoch_only": {"ep1": 1},
}


@dataclass(frozen=True)
class Setup:
    """Small models of one data set, how long they are trained, and the metric that they are judged by.

    data: a name of CLASSES or NUMBERS. rare: the rare class in percent of the rows; None for numbers. measure: a word
    of OF_CLASSES or OF_NUMBERS.
    """

    data: str
    rare: int | None
    measure: str
    epochs: int
    seed: int

    @property
    def binary(self) -> bool:
        """Whether the models answer yes or no."""
        return self.data in CLASSES

    @property
    def metrics(self) -> dict[str, Metric]:
        """All metrics for such answers, by word."""
        return OF_CLASSES if self.binary else OF_NUMBERS

    @property
    def metric(self) -> Metric:
        return self.metrics[self.measure]


@dataclass(frozen=True, eq=False)
class Contenders:
    """Everyone who answers on the validation part, by word.

    y_train, y: targets of the training and of the validation part. models: their answers, each of shape (rows,).
    baselines: those who look at no inputs; one that draws counts with its expected score. metric: what judges them.
    """

    y_train: np.ndarray
    y: np.ndarray
    models: dict[str, np.ndarray]
    baselines: dict[str, Baseline]
    metric: Metric

    @property
    def words(self) -> tuple[str, ...]:
        """All of them, baselines first."""
        return (*self.baselines, *self.models)

    def score(self, word: str, metric: Metric | None = None) -> float:
        """The score of one of them on the validation part."""
        rule = metric or self.metric
        if word in self.models:
            return rule(self.y, self.models[word])
        return self.baselines[word].expected(rule, self.y_train, self.y)

    def scores(self, words: Sequence[str], metric: Metric | None = None) -> dict[str, float]:
        """The scores of some of them on the validation part, by word."""
        return {word: self.score(word, metric) for word in words}

    def best(self, words: Sequence[str], metric: Metric | None = None) -> tuple[tuple[str, ...], float]:
        """Which of some are best, all that tie in the digits that are shown, and the best score."""
        rule = metric or self.metric
        scores = self.scores(words, rule)
        best = scores[_best(scores, rule)]
        return tuple(word for word, score in scores.items() if digits(score) == digits(best)), best

    def training_scores(self) -> dict[str, float]:
        """The scores on the training part of those who always give the same answer, by word."""
        constants = {word: each for word, each in self.baselines.items() if not each.draws}
        return {word: each.expected(self.metric, self.y_train, self.y_train) for word, each in constants.items()}

    @property
    def bar(self) -> str:
        """Who is to be beaten: the constant that is best on the training part, whatever luck brings it later."""
        return _best(self.training_scores(), self.metric)

    @property
    def line(self) -> float:
        """The score to beat, on the validation part."""
        return self.score(self.bar)

    @property
    def positives(self) -> int:
        """How many rows of the validation part are positive."""
        return int(self.y.sum())


def _best(scores: Mapping[str, float], rule: Metric) -> str:
    """The name with the best score, the first of those that tie."""
    return (max if rule.higher_is_better else min)(scores, key=lambda each: scores[each])


def digits(score: float) -> str:
    """A score with three decimals; what rounds to 0 has no sign."""
    return f"{round(score, 3) + 0.0:.3f}".replace("-", "−")


# ---- choose ----------------------------------------------------------------------------------------------------------


def choose(beat: Beat) -> Setup:
    """The data, the share of the rare class and the metric; epochs and seed one click away."""
    data = beat.menu("d1", Choice("breast_cancer", (*CLASSES, *NUMBERS)), "data", option_label=beat.member)
    binary, share = data in CLASSES, Number(5, 1, 50, whole=True)
    rare = int(beat.slider("rare1", share, "rare_share") if binary else beat.value_of("rare1", share))
    kinds = {"m1": Choice("binary_accuracy", tuple(OF_CLASSES)), "n1": Choice("mae", tuple(OF_NUMBERS))}
    measures = {}
    for key, kind in kinds.items():
        on_stage = binary == (key == "m1")
        measures[key] = beat.choice(key, kind, "measure") if on_stage else beat.value_of(key, kind)
    with beat.more():
        epochs = int(beat.slider("ep1", Number(40, 1, 60, whole=True), "epochs"))
        seed = int(beat.box("seed1", Number(0, 0, 9999, whole=True), "seed"))
    beat.presets(OWNS, **PRESETS)
    return Setup(data, rare if binary else None, measures["m1" if binary else "n1"], epochs, seed)


# ---- measure ---------------------------------------------------------------------------------------------------------


def measure(setup: Setup) -> Contenders:
    """Everyone trained on one half of the rows, with their answers on the other half."""
    if setup.rare is None:
        parts, models = _models_of_numbers(setup.data, setup.epochs, setup.seed)
    else:
        parts, models = _models_of_classes(setup.data, setup.rare, setup.epochs, setup.seed)
    y_train, y = parts.train.y.astype(float), parts.validation.y.astype(float)
    return Contenders(y_train, y, models, baselines_for(setup.measure), setup.metric)


def baselines_for(measure: str) -> dict[str, Baseline]:
    """Who looks at no inputs, by word; among them is the constant that is best by that metric."""
    if measure in OF_NUMBERS:
        return {word: Baseline.get(word) for word in CONSTANTS}
    # by the other metrics it is far off, and would take up all of the axis
    rare = ["minority"] if measure in ("precision", "recall", "f1_score") else []
    names = {word: word for word in ("majority", *rare, "stratified")} | {"same_share": "mean"}
    return {word: Baseline.get(name) for word, name in names.items()}


@shared(max_entries=128)
def _models_of_classes(data: str, rare: int, epochs: int, seed: int) -> tuple[Prepared, dict[str, np.ndarray]]:
    source, columns = CLASSES[data]
    x, y = source.load()
    rows = subsample(y, rare / 100, seed)
    loss = losses.get("binary_crossentropy")
    parts = prepare(x[rows][:, columns], y[rows], loss, classes=2, share=0.5, seed=seed)
    return parts, {
        word: train_and_predict(parts, loss, 1, units, epochs, seed, balanced)[:, 0]
        for word, (units, balanced) in MODELS_OF_CLASSES.items()
    }


@shared(max_entries=64)
def _models_of_numbers(data: str, epochs: int, seed: int) -> tuple[Prepared, dict[str, np.ndarray]]:
    loss = losses.get("mse")
    parts = prepare(*NUMBERS[data].load(), loss, share=0.5, seed=seed)
    return parts, {
        word: train_and_predict(parts, loss, 1, units, epochs, seed)[:, 0] for word, units in MODELS_OF_NUMBERS.items()
    }


# ---- question, explain, goals ----------------------------------------------------------------------------------------


def question(setup: Setup, contenders: Contenders) -> Question:
    """How often always no is right; for numbers, which constant fits the training part best."""
    if not setup.binary:
        return Question("which_constant", CONSTANTS, contenders.bar)
    share = float(np.mean(contenders.y == 0))
    return Question(
        "how_often_right", tuple(ALWAYS_NO), min(ALWAYS_NO, key=lambda word: abs(ALWAYS_NO[word] - share)), ordered=True
    )


def explain(setup: Setup, contenders: Contenders, say: Say) -> str:
    """How many rows are a no; for numbers, what every constant reaches on both parts."""
    if setup.binary:
        no, rows = int(np.sum(contenders.y == 0)), len(contenders.y)
        return say("no_because", no=no, rows=rows, share=no / rows)
    scores = {"learned": contenders.training_scores(), "judged": contenders.scores(CONSTANTS)}
    lists = {
        part: ", ".join(f"{say(word)} {digits(score)}" for word, score in by_word.items())
        for part, by_word in scores.items()
    }
    return say(BECAUSE[setup.measure], **lists)


def goals(setup: Setup, contenders: Contenders) -> tuple[Goal]:
    """Recall of at least 0.8 where one row in twenty is rare, with two columns, and a metric that shows it."""
    name, bounds = "goal_model_evaluation_finds_the_rare", {"share": 0.05, "recall": 0.8}
    if not setup.binary:
        return (Goal(name, False, "–", bounds),)
    best = max(contenders.scores(tuple(contenders.models), OF_CLASSES["recall"]).values())
    share = float(np.mean(contenders.y))
    two_columns = len(CLASSES[setup.data][1]) == 2
    reached = two_columns and setup.measure == "recall" and share <= 0.055 and best >= bounds["recall"]
    return (Goal(name, reached, f"recall = {best:.3f} ({percent(share, 1)})", bounds),)


# ---- draw ------------------------------------------------------------------------------------------------------------


def draw(beat: Beat, setup: Setup, contenders: Contenders) -> None:
    """Everyone against the line that the best constant draws; before the answer the models alone."""
    say, shown = beat.word, contenders.scores(visible(beat, contenders))
    picture = charts.contenders(
        {say(word): shown.get(word, np.nan) for word in contenders.words},
        [say(word) for word in contenders.baselines],
        contenders.line if beat.answered else None,
        axis_ends(setup, contenders) if beat.answered else neutral_ends(setup, contenders),
        contenders.metric.higher_is_better,
        x_title=say("measure_axis", name=say(setup.measure)),
    )
    beat.picture(picture, picture_sentence(setup, contenders, say, beat.answered))
    if beat.answered:
        st.markdown(report(setup, contenders, say))
        beat.prose("which_measure")


def visible(beat: Beat, contenders: Contenders) -> tuple[str, ...]:
    """Those whose scores may be shown: before the answer the models alone, as the baselines give it away."""
    return contenders.words if beat.answered else tuple(contenders.models)


def axis_ends(setup: Setup, contenders: Contenders) -> tuple[float, float]:
    """What the axis spans, in round numbers: everyone, whether shown or not."""
    values = contenders.scores(contenders.words).values()
    low, high = min(values), max(values)
    room = 0.08 * (high - low) or 0.1
    unit = 10.0 ** math.floor(math.log10(high - low + 2 * room))
    low, high = (math.floor((low - room) / unit * 5) * unit / 5, math.ceil((high + room) / unit * 5) * unit / 5)
    if setup.binary and setup.measure != "log_loss":
        # shares end at 0 and 1; a little room is for what stands there
        low, high = max(low, -0.1), min(high, 1.04)
    return round(low, 9), round(high, 9)


def neutral_ends(setup: Setup, contenders: Contenders) -> tuple[float, float]:
    """What the axis spans before the answer: shares from 0 to 1, as it is a share that is asked for."""
    if setup.binary and setup.measure != "log_loss":
        return 0.0, 1.04
    return axis_ends(setup, contenders)


def picture_sentence(setup: Setup, contenders: Contenders, say: Say, answered: bool) -> str:
    """The picture in a sentence; before the answer without the line."""
    facts = {"data": say(setup.data), "train": len(contenders.y_train), "rows": len(contenders.y)}
    word = "judged_rare" if setup.binary else "judged_numbers"
    sentence = say(word, rare=contenders.positives, **facts)
    if not answered:
        return f"{sentence} {say('line_waits')}"
    line = say("line_is", name=say(contenders.bar), line=digits(contenders.line))
    return f"{sentence} {line} {say('more_is_better' if contenders.metric.higher_is_better else 'less_is_better')}"


def report(setup: Setup, contenders: Contenders, say: Say) -> str:
    """How every model does against the line, and who is best by which metric."""
    lines = [_against_line(setup, contenders, word, say) for word in contenders.models]
    if setup.measure == "recall":
        lines.append(say("always_yes", share=float(np.mean(contenders.y))))
    best = [(name, *contenders.best(tuple(contenders.models), rule)) for name, rule in setup.metrics.items()]
    facts = ", ".join(f"{say(name)} → {_names(words, say)} ({digits(score)})" for name, words, score in best)
    return "\n".join(f"- {line}" for line in [*lines, say("best_by_measure", facts=facts)])


def _names(words: Collection[str], say: Say) -> str:
    return " = ".join(map(say, words))


def _against_line(setup: Setup, contenders: Contenders, word: str, say: Say) -> str:
    score, line = contenders.score(word), contenders.line
    better = (score > line) == contenders.metric.higher_is_better and score != line
    verdict = "beats_line" if better else "on_the_line" if score == line else "misses_line"
    # of the numbers that are shown, so that whoever subtracts them finds it
    gap = abs(round(score, 3) - round(line, 3)) or abs(score - line)
    facts = {"name": say(word), "measure": say(setup.measure), "score": digits(score), "gap": digits(gap)}
    sentence = say(verdict, **facts)
    if not setup.binary:
        return sentence
    hits = int(np.sum((contenders.models[word] > 0.5) & (contenders.y == 1)))
    return f"{sentence} {say('rare_found', found=hits, rare=contenders.positives)}"


# ---- program, details ------------------------------------------------------------------------------------------------


def program(setup: Setup, experiment: Experiment) -> None:
    """The trainings and the scores as calls of dlcore."""
    if setup.rare is None:
        rows, loss = experiment.assign("rows", NUMBERS[setup.data].load), losses.get("mse")
        parts = experiment.assign("parts", prepare, rows[0], rows[1], loss, share=0.5, seed=setup.seed)
        models = [(units, False) for units in MODELS_OF_NUMBERS.values()]
    else:
        source, columns = CLASSES[setup.data]
        rows = experiment.assign("rows", source.load)
        kept = experiment.assign("kept", subsample, rows[1], setup.rare / 100, setup.seed)
        loss, how = losses.get("binary_crossentropy"), {"classes": 2, "share": 0.5, "seed": setup.seed}
        parts = experiment.assign("parts", prepare, rows[0][kept][:, list(columns)], rows[1][kept], loss, **how)
        models = list(MODELS_OF_CLASSES.values())
    for units, balanced in models:
        p = experiment.assign("p", train_and_predict, parts, loss, 1, units, setup.epochs, setup.seed, balanced)
        experiment.show(setup.metric, parts.validation.y, p[:, 0])
    labels = experiment.assign("labels", parts.train.y.astype, "float")
    for baseline in baselines_for(setup.measure).values():
        experiment.show(baseline.expected, setup.metric, labels, parts.validation.y)
    experiment.show(score_to_beat, setup.metric, labels, parts.validation.y)


def loop(setup: Setup) -> str:
    """What those who always give the same answer reach on the validation part, in a few lines of NumPy."""
    contenders = measure(setup)
    y_train, y = contenders.y_train, contenders.y
    constants = {word: CONSTANTS_IN_NUMPY[word] for word in contenders.training_scores()}
    if setup.binary:
        rows = [short_programs.labels_line("y_train", y_train), short_programs.labels_line("y", y)]
    elif short_programs.is_short(y_train, y):
        rows = [short_programs.array("y_train", y_train, 5), short_programs.array("y", y, 5)]
    else:
        return ""
    answers = [f'    "{word}": {how},' for word, how in constants.items()]
    score = SCORES_IN_NUMPY[setup.measure]
    run = ["answers = {", *answers, "}", "for name, answer in answers.items():", "    p = np.full(len(y), answer)"]
    return short_program("\n".join(rows), "\n".join([*run, f"    print(name, {score})"]))


def details(beat: Beat, setup: Setup, contenders: Contenders) -> None:
    """Everyone who may be shown by every metric; the formula and the source of the metric."""
    if not beat.answered:
        # it holds the shares that are asked for
        beat.loop = None
    beat.numbers({"measures_table": lambda: table(setup, contenders, visible(beat, contenders))})
    beat.source([setup.metric.formula], type(setup.metric), Majority, subsample)


def table(setup: Setup, contenders: Contenders, words: Sequence[str]) -> pd.DataFrame:
    """The scores of some by every metric: a row for each of them."""
    columns: dict[str, object] = {"name": list(words)}
    scores = {name: list(contenders.scores(words, rule).values()) for name, rule in setup.metrics.items()}
    return pd.DataFrame(columns | scores)
