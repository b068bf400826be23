"""Residuals: what a model of numbers leaves unexplained on the validation part, row by row and in three metrics."""

import dataclasses
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

import charts
from dlcore import losses
from dlcore.datasets import AutoMPG, Dataset, Penguins, Sine
from dlcore.experiments.classifier_scores import train_and_predict
from dlcore.experiments.training_config import prepare
from dlcore.metrics import MeanAbsoluteError, R2Score, RootMeanSquaredError
from lessons.model_evaluation import short_programs
from ui.beat import Beat
from ui.cache import shared
from ui.controls.kinds import Choice, Number, Switch
from ui.controls.widgets import Say
from ui.number_format import readable
from ui.question import Question
from ui.quiz import ties
from ui.script_export import Experiment, call, short_program

DATA: dict[str, Dataset] = {each.name(): each for each in (AutoMPG(), Penguins(), Sine(count=200))}
MODELS = {"straight_line": 0, "small_network": 16}
"""By word, how many hidden units a model has."""
METRICS = (MeanAbsoluteError, RootMeanSquaredError, R2Score)
FORMULAS = [rule.formula for rule in METRICS]
BINS = 30

HOW_MUCH = ("r2_negative", "r2_little", "r2_much", "r2_nearly_all")
"""What a reader may guess for R²: below 0, below 0.5, below 0.8, and more."""

OWNS = ("d3", "model3", "shift3", "typo3", "ep3", "seed3")
PRESETS = {
    "works": {},
    "line_on_a_wave": {"d3": "sine"},
    "one_typing_error": {"typo3": True},
    "below_the_mean": {"shift3": 1.2},
}


@dataclass(frozen=True)
class Setup:
    """A model of numbers, and two ways to spoil things.

    data: a name of DATA. model: a word of MODELS. shift: so many standard deviations of the targets are added to all
    predictions. typo: whether the target of one row is mistyped.
    """

    data: str
    model: str
    shift: float
    typo: bool
    epochs: int
    seed: int


@dataclass(frozen=True, eq=False)
class Residuals:
    """Targets and predictions on the validation part, shape (rows,).

    model: the word for who predicts. mean: of the training part. ends, reach: how far the axes of predictions and of
    residuals go, as for the model's own predictions, so that axes stay when predictions change. typo: the row whose
    target is mistyped.
    """

    model: str
    y: np.ndarray
    p: np.ndarray
    mean: float
    ends: tuple[float, float]
    reach: float
    typo: int | None = None

    @property
    def r(self) -> np.ndarray:
        """The residuals, as statistics has them: what is left of the truth."""
        return self.y - self.p

    @property
    def mae(self) -> float:
        return MeanAbsoluteError()(self.y, self.p)

    @property
    def rmse(self) -> float:
        return RootMeanSquaredError()(self.y, self.p)

    @property
    def r2(self) -> float:
        return R2Score()(self.y, self.p)

    @property
    def r2_digits(self) -> str:
        """R² with three decimals, without the sign of a −0.000."""
        return f"{round(self.r2, 3) + 0.0:.3f}".replace("-", "−")

    def of_the_mean(self) -> "Residuals":
        """The same with a model that always says the mean of the training part."""
        return dataclasses.replace(self, model="mean", p=np.full(len(self.y), self.mean))

    def without_typo(self) -> "Residuals":
        """The same without the row that is mistyped."""
        rest = np.arange(len(self.y)) != self.typo
        return dataclasses.replace(self, y=self.y[rest], p=self.p[rest], typo=None)

    def group_means(self) -> list[float]:
        """The mean residual of six groups of rows, from the lowest predictions to the highest."""
        return [float(part.mean()) for part in np.array_split(self.r[np.argsort(self.p, kind="stable")], 6)]


# ---- choose ----------------------------------------------------------------------------------------------------------


def choose(beat: Beat) -> Setup:
    """The data and the model, and two ways to spoil things; epochs and seed one click away."""
    data = beat.menu("d3", Choice("auto_mpg", tuple(DATA)), "data", option_label=beat.member)
    model = beat.choice("model3", Choice("straight_line", tuple(MODELS)), "model")
    shift = beat.slider("shift3", Number(0.0, -1.5, 1.5), "shift_all", help=beat.word("shift_all_help"))
    typo = beat.switch("typo3", Switch(False), "typing_error", help=beat.word("typing_error_help"))
    with beat.more():
        epochs = int(beat.slider("ep3", Number(60, 1, 100, whole=True), "epochs"))
        seed = int(beat.box("seed3", Number(0, 0, 9999, whole=True), "seed"))
    beat.presets(OWNS, **PRESETS)
    return Setup(data, model, shift, typo, epochs, seed)


# ---- measure ---------------------------------------------------------------------------------------------------------


def measure(setup: Setup) -> Residuals:
    """Targets and predictions on one half of the rows, after a training on the other half."""
    y, p, mean = _targets_and_predictions(setup.data, setup.model, setup.epochs, setup.seed)
    spread, typo = float(y.std()), None
    low, high = float(min(y.min(), p.min())), float(max(y.max(), p.max()))
    ends, reach = (low - 0.6 * spread, high + 0.6 * spread), 2.5 * spread
    if setup.typo:
        y, typo = y.copy(), int(np.argmin(np.abs(y - y.mean())))
        # as if the decimal point had slipped
        y[typo] = y[typo] + 8 * spread
        ends, reach = (ends[0], float(y[typo]) + spread), 9.0 * spread
    return Residuals(setup.model, y, p + setup.shift * spread, mean, ends, reach, typo)


@shared(max_entries=64)
def _targets_and_predictions(data: str, model: str, epochs: int, seed: int) -> tuple[np.ndarray, np.ndarray, float]:
    loss = losses.get("mse")
    parts = prepare(*DATA[data].load(), loss, share=0.5, seed=seed)
    p = train_and_predict(parts, loss, 1, MODELS[model], epochs, seed)[:, 0]
    return parts.validation.y, p, float(parts.train.y.mean())


# ---- question, explain -----------------------------------------------------------------------------------------------


def question(setup: Setup, residuals: Residuals) -> Question:
    """How much of the variance is explained; two answers are right where the R² that is shown lies on a border."""
    truths = ties.either(_how_much, residuals.r2, round(residuals.r2, 3))
    return Question("how_much_explained", HOW_MUCH, truths, ordered=True)


def _how_much(r2: float) -> str:
    return HOW_MUCH[int(np.searchsorted([0, 0.5, 0.8], r2, side="right"))]


def explain(setup: Setup, residuals: Residuals, say: Say) -> str:
    """R² by its two sums, and what the mean would have."""
    mean = readable(residuals.of_the_mean().rmse, 3)
    return say("r2_because", r2=residuals.r2_digits, rmse=readable(residuals.rmse, 3), mean=mean)


# ---- draw ------------------------------------------------------------------------------------------------------------


def draw(beat: Beat, setup: Setup, residuals: Residuals) -> None:
    """The truth and the residual by the prediction, row by row, and how residuals are spread."""
    now, say = visible(beat, residuals), beat.word
    titles = beat.words(x_title="predicted_axis", y_title="truth_axis")
    pairs = charts.predicted_and_true(now.y, now.p, now.mean, now.ends, **titles)
    titles = beat.words(x_title="predicted_axis", y_title="left_over_axis")
    ends = (-now.reach, now.reach)
    by_prediction = charts.residuals_by_prediction(now.p, now.r, now.rmse, now.ends, ends, **titles)
    beat.side_by_side(
        (pairs, sentence(setup, now, say, "predicted_said")),
        (by_prediction, sentence(setup, now, say, "residuals_said")),
    )
    beat.player(lines(now), counts="row_shown", numbers=[str(row) for row in range(1, len(now.y) + 1)])
    titles = beat.words(x_title="left_over_axis", y_title="rows_axis")
    histogram = charts.residual_histogram(now.r, np.linspace(*ends, BINS + 1), **titles)
    beat.picture(histogram, sentence(setup, now, say, "residual_bars_said"))
    if beat.answered:
        with beat.expander("in_figures"):
            st.markdown(report(residuals, say))
            beat.prose("what_r2_counts")
        beat.prose("what_residuals_mean")


def visible(beat: Beat, residuals: Residuals) -> Residuals:
    """What may be shown: before the answer the residuals of the mean."""
    return residuals if beat.answered else residuals.of_the_mean()


def sentence(setup: Setup, residuals: Residuals, say: Say, word: str) -> str:
    """A picture in a sentence."""
    r, rmse = residuals.r, residuals.rmse
    beyond = int(np.sum(np.abs(r) > residuals.reach))
    facts = {"data": say(setup.data), "model": say(residuals.model), "rows": len(r), "r2": residuals.r2_digits}
    numbers = {"mae": residuals.mae, "rmse": rmse, "bias": float(r.mean())}
    facts |= {name: readable(number, 3) for name, number in numbers.items()}
    text = say(word, within=float(np.mean(np.abs(r) <= rmse)), **facts)
    return f"{text} {say('beyond_axis', count=beyond)}" if beyond and word != "predicted_said" else text


def report(residuals: Residuals, say: Say) -> str:
    """What the metrics say, what the typing error has done to them, and what the residuals still know."""
    word = "r2_is_negative" if residuals.r2 < 0 else "r2_is_positive"
    parts = [say(word, r2=residuals.r2_digits, left=1 - residuals.r2)]
    if residuals.typo is not None:
        clean = residuals.without_typo()
        facts = {"mae": readable(clean.mae, 3), "rmse": readable(clean.rmse, 3), "r2": clean.r2_digits}
        parts.append(say("typo_told", row=residuals.typo + 1, **facts))
    parts.append(say("groups_told", means=", ".join(readable(mean, 2) for mean in residuals.group_means())))
    return "\n".join(f"- {part}" for part in parts)


def lines(residuals: Residuals) -> list[str]:
    """A row a step: its residual, and the sums so far; with the last row the metrics, which stand first."""
    y, p, r = residuals.y, residuals.p, residuals.r
    rows = zip(y, p, r, np.cumsum(np.abs(r)), np.cumsum(r**2), strict=True)
    steps = [_line(k, *map(float, row)) for k, row in enumerate(rows, start=1)]
    return [*steps[:-1], f"{_metrics_lines(residuals)}\n{steps[-1]}"]


def _line(k: int, y: float, p: float, r: float, absolute: float, squares: float) -> str:
    first = f"i = {k}:  y − ŷ = {readable(y, 5)} − {_in_brackets(p)} = {readable(r, 4)},  r² = {readable(r * r, 4)}"
    return f"{first}\nΣ|r| = {readable(absolute, 6)},  Σr² = {readable(squares, 6)}"


def _in_brackets(value: float) -> str:
    return f"({readable(value, 5)})" if value < 0 else readable(value, 5)


def _metrics_lines(residuals: Residuals) -> str:
    sums = {name: readable(value, 6) for name, value in _sums(residuals).items()}
    mae = f"MAE = {sums['Σ|r|']} / {sums['rows']} = {readable(residuals.mae, 4)}"
    rmse = f"RMSE = √({sums['Σr²']} / {sums['rows']}) = {readable(residuals.rmse, 4)}"
    r2 = f"R² = 1 − {sums['Σr²']} / {sums['Σ(y − mean(y))²']} = {readable(residuals.r2, 4)}"
    return f"{mae}\n{rmse}\n{r2}"


def _sums(residuals: Residuals) -> dict[str, float]:
    """What the metrics are made of, by how it is written."""
    y, r = residuals.y, residuals.r
    squares = {"Σr²": float(np.sum(r**2)), "Σ(y − mean(y))²": float(np.sum((y - y.mean()) ** 2))}
    return {"rows": len(y), "Σ|r|": float(np.abs(r).sum())} | squares


# ---- program, details ------------------------------------------------------------------------------------------------


def program(setup: Setup, experiment: Experiment) -> None:
    """The training and the metrics as calls of dlcore."""
    loss = losses.get("mse")
    rows = experiment.assign("rows", DATA[setup.data].load)
    parts = experiment.assign("parts", prepare, rows[0], rows[1], loss, share=0.5, seed=setup.seed)
    p = experiment.assign("p", train_and_predict, parts, loss, 1, MODELS[setup.model], setup.epochs, setup.seed)
    for metric in METRICS:
        experiment.show(call(metric), parts.validation.y, p[:, 0])


def loop(setup: Setup) -> str:
    """The three metrics of the validation part in a few lines of NumPy."""
    residuals = measure(setup)
    if not short_programs.is_short(residuals.y, residuals.p):
        return ""
    rows = [short_programs.array("y", residuals.y, 5), short_programs.array("p", residuals.p, 6)]
    scores = """\
r = y - p
print("MAE", np.mean(abs(r)))
print("RMSE", np.sqrt(np.mean(r**2)))
print("R2", 1 - np.sum(r**2) / np.sum((y - y.mean()) ** 2))"""
    return short_program("\n".join(rows), scores)


def details(beat: Beat, setup: Setup, residuals: Residuals) -> None:
    """Every row and the sums as tables, the metrics as formulas and source."""
    if not beat.answered:
        # it holds what is asked for
        beat.loop = None
    now = visible(beat, residuals)
    beat.numbers({"residuals_table": lambda: table(now), "sums_table": lambda: sums_table(now)})
    beat.source(FORMULAS, *METRICS)


def table(residuals: Residuals) -> pd.DataFrame:
    """Every row with what is summed up."""
    y, r = residuals.y, residuals.r
    columns = {"y": y, "y_pred": residuals.p, "r": r, "|r|": np.abs(r), "r²": r**2}
    return pd.DataFrame(columns | {"(y − mean(y))²": (y - y.mean()) ** 2})


def sums_table(residuals: Residuals) -> pd.DataFrame:
    """The three metrics and the sums that they are made of."""
    rows = [*_sums(residuals).items(), ("MAE", residuals.mae), ("RMSE", residuals.rmse), ("R²", residuals.r2)]
    return pd.DataFrame(rows, columns=["sum", "value"])
