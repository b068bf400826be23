"""Residuals: what a model of numbers leaves unexplained on the validation part, row by row and in three measures."""

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from dlcore import losses
from dlcore.datasets import AutoMPG, Dataset, Penguins, Sine
from dlcore.metrics import MeanAbsoluteError, R2Score, RootMeanSquaredError
from dlcore.recipe import prepared
from dlcore.scores import predicted
from ui.beat import Beat
from ui.cache import shared
from ui.controls.kinds import Choice, Number, Switch
from ui.controls.widgets import Say
from ui.number_format import readable
from ui.quiz import ties
from ui.script_export import call

DATA: dict[str, Dataset] = {each.name(): each for each in (AutoMPG(), Penguins(), Sine(count=200))}
MODELS = {"straight_line": 0, "small_network": 16}
MEASURES = (MeanAbsoluteError, RootMeanSquaredError, R2Score)
FORMULAS = [rule.formula for rule in MEASURES]
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


@dataclass(frozen=True, eq=False)
class Leftover:
    """Targets and predictions on the validation part, shape (rows,).

    mean: of the training part. ends, reach: how far the axes of predictions and of residuals go, as for the model's
    own predictions, so that axes stay when predictions change.
    """

    data: str
    model: str
    y: np.ndarray
    p: np.ndarray
    mean: float
    ends: tuple[float, float]
    reach: float
    typo: int | None = None

    @property
    def r(self) -> np.ndarray:
        return self.p - self.y

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
    def _r2(self) -> str:
        # without the sign of a −0.000
        return f"{round(self.r2, 3) + 0.0:.3f}".replace("-", "−")

    @property
    def share(self) -> tuple[str, ...]:
        """How much is explained, by word; two words where what is told lies on a border."""
        return ties.either(_share, self.r2, round(self.r2, 3))

    def drawn(self, say: Say) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        """What the three pictures want: prediction and truth, prediction and residual, how residuals are spread."""
        predicted_title, residual_title = say("predicted_axis"), say("residual_axis")
        first = {"y": self.y, "p": self.p, "mean": self.mean, "ends": self.ends}
        second = {"p": self.p, "r": self.r, "spread": self.rmse}
        second |= {"x_ends": self.ends, "y_ends": (-self.reach, self.reach)}
        third = {"r": self.r, "edges": np.linspace(-self.reach, self.reach, BINS + 1), "x_title": residual_title}
        return (
            first | {"x_title": predicted_title, "y_title": say("truth_axis")},
            second | {"x_title": predicted_title, "y_title": residual_title},
            third | {"y_title": say("rows_axis")},
        )

    def of_the_mean(self) -> "Leftover":
        """The same with a model that always says the mean of the training part."""
        return dataclasses.replace(self, model="mean", p=np.full(len(self.y), self.mean))

    def lines(self) -> list[str]:
        """A row a step: its residual, and the sums so far; with the last row the measures."""
        totals = np.cumsum(np.abs(self.r)), np.cumsum(self.r**2)
        rows = zip(self.y, self.p, self.r, *totals, strict=True)
        lines = [self._line(k, *map(float, row)) for k, row in enumerate(rows, start=1)]
        return [*lines[:-1], f"{lines[-1]}\n{self._ending(*(float(total[-1]) for total in totals))}"]

    def _line(self, k: int, y: float, p: float, r: float, apart: float, squares: float) -> str:
        first = f"i = {k}:  ŷ − y = {readable(p, 5)} − {_bracketed(y)} = {readable(r, 4)},  r² = {readable(r * r, 4)}"
        return f"{first}\nΣ|r| = {readable(apart, 6)},  Σr² = {readable(squares, 6)}"

    def _ending(self, apart: float, squares: float) -> str:
        n, spread = len(self.y), float(np.sum((self.y - self.y.mean()) ** 2))
        mae = f"MAE = {readable(apart, 6)} / {n} = {readable(self.mae, 4)}"
        rmse = f"RMSE = √({readable(squares, 6)} / {n}) = {readable(self.rmse, 4)}"
        return f"{mae},  {rmse},  R² = 1 − {readable(squares, 6)} / {readable(spread, 6)} = {readable(self.r2, 4)}"

    def because(self, say: Say) -> str:
        """R² by its two sums, and what the mean would have."""
        facts = {"r2": self._r2, "rmse": readable(self.rmse, 3), "mean": readable(self.of_the_mean().rmse, 3)}
        return say("r2_because", **facts)

    def said(self, say: Say, word: str) -> str:
        """A picture in a sentence."""
        out = int(np.sum(np.abs(self.r) > self.reach))
        facts = {"data": say(self.data), "model": say(self.model), "rows": len(self.y), "r2": self._r2}
        facts |= {
            "mae": readable(self.mae, 3),
            "rmse": readable(self.rmse, 3),
            "bias": readable(float(self.r.mean()), 3),
        }
        facts["within"] = float(np.mean(np.abs(self.r) <= self.rmse))
        told = say(word, **facts)
        return f"{told} {say('beyond_axis', count=out)}" if out and word != "predicted_said" else told

    def told(self, say: Say) -> tuple[str, str]:
        """The two upper pictures in a sentence each."""
        return self.said(say, "predicted_said"), self.said(say, "residuals_said")

    def report(self, say: Say) -> str:
        """What the measures say, what the typing error has done to them, and what the residuals still know."""
        lines = [say("r2_is_negative" if self.r2 < 0 else "r2_is_positive", r2=self._r2, left=1 - self.r2)]
        if self.typo is not None:
            rest = np.arange(len(self.y)) != self.typo
            clean = dataclasses.replace(self, y=self.y[rest], p=self.p[rest], typo=None)
            facts = {"mae": readable(clean.mae, 3), "rmse": readable(clean.rmse, 3), "r2": clean._r2}
            lines.append(say("typo_told", row=self.typo + 1, **facts))
        lines.append(say("groups_told", means=", ".join(readable(mean, 2) for mean in self.by_group())))
        return "\n".join(f"- {line}" for line in lines)

    def by_group(self) -> list[float]:
        """The mean residual of six groups of rows, from the lowest predictions to the highest."""
        return [float(part.mean()) for part in np.array_split(self.r[np.argsort(self.p, kind="stable")], 6)]

    def table(self) -> pd.DataFrame:
        """Every row with what is summed up."""
        columns = {"y": self.y, "y_pred": self.p, "r": self.r, "|r|": np.abs(self.r), "r²": self.r**2}
        return pd.DataFrame(columns | {"(y − mean(y))²": (self.y - self.y.mean()) ** 2})

    def sums(self) -> pd.DataFrame:
        """The three measures from the sums."""
        squares, spread = float(np.sum(self.r**2)), float(np.sum((self.y - self.y.mean()) ** 2))
        rows = [("rows", len(self.y)), ("Σ|r|", float(np.abs(self.r).sum())), ("Σr²", squares)]
        rows += [("Σ(y − mean(y))²", spread), ("MAE", self.mae), ("RMSE", self.rmse), ("R²", self.r2)]
        return pd.DataFrame(rows, columns=["sum", "value"])


def _share(r2: float) -> str:
    return HOW_MUCH[int(np.searchsorted([0, 0.5, 0.8], r2, side="right"))]


def _bracketed(value: float) -> str:
    return f"({readable(value, 5)})" if value < 0 else readable(value, 5)


@shared(max_entries=64)
def _predictions(data: str, model: str, epochs: int, seed: int) -> tuple[np.ndarray, np.ndarray, float]:
    loss = losses.get("mse")
    parts = prepared(*DATA[data].load(), loss, share=0.5, seed=seed)
    p = predicted(parts, loss, 1, MODELS[model], epochs, seed)[:, 0]
    return parts.validation.y, p, float(parts.train.y.mean())


def chosen(beat: Beat) -> Leftover:
    """Data and model by controls, and two ways to spoil things."""
    with beat.panel:
        data = beat.menu("d3", Choice("auto_mpg", tuple(DATA)), "data", named=beat.member)
        model = beat.choice("model3", Choice("straight_line", tuple(MODELS)), "model")
        shift = beat.slider("shift3", Number(0.0, -1.5, 1.5), "shift_all", help=beat.word("shift_all_help"))
        typo = beat.switch("typo3", Switch(False), "typing_error", help=beat.word("typing_error_help"))
        with beat.more():
            epochs = int(beat.slider("ep3", Number(60, 1, 100, whole=True), "epochs"))
            seed = int(beat.box("seed3", Number(0, 0, 9999, whole=True), "seed"))
        beat.presets(OWNS, **PRESETS)
    loss = losses.get("mse")
    rows = beat.made("rows", DATA[data].load)
    parts = beat.made("parts", prepared, rows[0], rows[1], loss, share=0.5, seed=seed)
    predictions = beat.made("p", predicted, parts, loss, 1, MODELS[model], epochs, seed)
    for measure in MEASURES:
        beat.ran(call(measure), parts.validation.y, predictions[:, 0])
    y, own, mean = _predictions(data, model, epochs, seed)
    spread, wrong = float(y.std()), int(np.argmin(np.abs(y - y.mean())))
    low, high = float(min(y.min(), own.min())), float(max(y.max(), own.max()))
    ends, reach = (low - 0.6 * spread, high + 0.6 * spread), 2.5 * spread
    if typo:
        y = y.copy()
        # as if the decimal point had slipped
        y[wrong] = y[wrong] + 8 * spread
        ends, reach = (ends[0], float(y[wrong]) + spread), 9.0 * spread
    p = own + shift * spread
    return Leftover(data, model, y, p, mean, ends, reach, wrong if typo else None)


def revealed(beat: Beat, found: Leftover) -> Leftover:
    """The model's predictions, once the reader has guessed how much they explain; until then those of the mean."""
    told = beat.predicted("how_much_explained", HOW_MUCH, found.share, found.because(beat.word))
    return found if told else found.of_the_mean()
