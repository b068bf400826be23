"""A classifier of several classes, and which of them it takes for each other."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

import charts
from dlcore import losses, metrics
from dlcore.datasets import Dataset
from dlcore.experiments.classifier_scores import most_confused, recalls, train_and_predict
from dlcore.experiments.training_config import prepare
from ui.beat import Beat
from ui.cache import shared
from ui.controls.widgets import Say


@dataclass(frozen=True, eq=False)
class ConfusionMatrix:
    """How often which class was called what, on the validation part of a data set.

    counts: shape (classes, classes), rows are true classes, columns what they were called.
    """

    data: str
    counts: np.ndarray

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes."""
        return Dataset.get(self.data).classes

    @property
    def rows(self) -> int:
        """How many rows were judged."""
        return int(self.counts.sum())

    @property
    def correct(self) -> int:
        """How many of them were called by their names."""
        return int(np.trace(self.counts))

    def recalls(self) -> dict[str, float]:
        """The share of every class that is called by its name."""
        return dict(zip(self.classes, recalls(self.counts).tolist(), strict=True))

    def shares(self) -> dict[str, float]:
        """How frequent every class is."""
        return dict(zip(self.classes, (self.counts.sum(axis=1) / self.rows).tolist(), strict=True))

    def matrix_sentence(self, say: Say) -> str:
        """How many are right, and which are most often confused."""
        pairs = [f"{self.classes[i]} → {self.classes[j]} ({count})" for i, j, count in most_confused(self.counts)]
        share = self.correct / self.rows
        sentence = say("classes_said", data=say(self.data), right=self.correct, rows=self.rows, share=share)
        return f"{sentence} {say('pairs_said', pairs=', '.join(pairs)) if pairs else say('no_pairs')}"

    def recalls_sentence(self, say: Say) -> str:
        """The lowest recall beside the accuracy."""
        by_class = self.recalls()
        worst = min(by_class, key=lambda name: by_class[name])
        return say("recalls_said", name=worst, recall=by_class[worst], accuracy=self.correct / self.rows)

    def table(self) -> pd.DataFrame:
        """The matrix with names, and the recall of every class."""
        columns: dict[str, object] = {"true": self.classes}
        columns |= {f"→ {name}": self.counts[:, k] for k, name in enumerate(self.classes)}
        return pd.DataFrame(columns | {"recall": list(self.recalls().values())})


def confusion_matrix(data: str, epochs: int, seed: int) -> ConfusionMatrix:
    """The confusion matrix of softmax regression, trained on half of the data, judged on the other half."""
    return ConfusionMatrix(data, _counts(data, epochs, seed))


@shared(max_entries=64)
def _counts(data: str, epochs: int, seed: int) -> np.ndarray:
    source = Dataset.get(data)
    count, loss = len(source.classes), losses.get("sparse_categorical_crossentropy")
    parts = prepare(*source.load(), loss, classes=count, share=0.5, seed=seed)
    # about thirty steps an epoch, whether there are 75 rows or 900
    rows = min(32, max(4, len(parts.train.y) // 30))
    p = train_and_predict(parts, loss, count, 0, epochs, seed, batch_size=rows)
    return metrics.confusion_matrix(parts.validation.y, p.argmax(axis=1), count)


def draw(beat: Beat, matrix: ConfusionMatrix) -> None:
    """The matrix beside the recall of every class."""
    titles = beat.words(x_title="called_axis", y_title="true_axis")
    squares = charts.confusion_matrix(matrix.counts, matrix.classes, **titles)
    by_class = charts.recall_by_class(matrix.recalls(), matrix.shares(), x_title=beat.word("recall"))
    beat.side_by_side((squares, matrix.matrix_sentence(beat.word)), (by_class, matrix.recalls_sentence(beat.word)))
