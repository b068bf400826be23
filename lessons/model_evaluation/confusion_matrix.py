"""A classifier of several classes, and which of them it takes for each other."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from dlcore import losses
from dlcore.datasets import Dataset
from dlcore.metrics import confusion_matrix
from dlcore.recipe import prepared
from dlcore.scores import most_confused, predicted, recalls
from ui.cache import shared
from ui.controls.widgets import Say


@dataclass(frozen=True, eq=False)
class Confused:
    """A confusion matrix on the validation part; rows are true classes."""

    data: str
    matrix: np.ndarray

    @property
    def names(self) -> tuple[str, ...]:
        return Dataset.get(self.data).classes

    def squares(self, say: Say) -> dict[str, Any]:
        """What the picture of the matrix wants."""
        titles = {"x_title": say("called_axis"), "y_title": say("true_axis")}
        return {"matrix": self.matrix, "names": self.names, **titles}

    def recalls(self) -> dict[str, float]:
        """By class."""
        return dict(zip(self.names, recalls(self.matrix).tolist(), strict=True))

    def by_class(self, say: Say) -> dict[str, Any]:
        """What the picture of the recalls wants: these, and how frequent each class is."""
        shares = dict(zip(self.names, (self.matrix.sum(axis=1) / self.matrix.sum()).tolist(), strict=True))
        return {"recall": self.recalls(), "share": shares, "x_title": say("recall")}

    def squares_said(self, say: Say) -> str:
        """How many are right, and which are most often confused."""
        right, rows = int(np.trace(self.matrix)), int(self.matrix.sum())
        pairs = [f"{self.names[i]} → {self.names[j]} ({often})" for i, j, often in most_confused(self.matrix)]
        told = say("classes_said", data=say(self.data), right=right, rows=rows, share=right / rows)
        return f"{told} {say('pairs_said', pairs=', '.join(pairs)) if pairs else say('no_pairs')}"

    def recalls_said(self, say: Say) -> str:
        """The lowest recall beside the accuracy."""
        found = self.recalls()
        worst = min(found, key=lambda name: found[name])
        accuracy = float(np.trace(self.matrix) / self.matrix.sum())
        return say("recalls_said", name=worst, recall=found[worst], accuracy=accuracy)

    def table(self) -> pd.DataFrame:
        """The matrix with names, and the recall of every class."""
        columns: dict[str, object] = {"true": self.names}
        columns |= {f"→ {name}": self.matrix[:, k] for k, name in enumerate(self.names)}
        return pd.DataFrame(columns | {"recall": list(self.recalls().values())})


@shared(max_entries=64)
def _matrix(data: str, epochs: int, seed: int) -> np.ndarray:
    source = Dataset.get(data)
    count, loss = len(source.classes), losses.get("sparse_categorical_crossentropy")
    parts = prepared(*source.load(), loss, classes=count, share=0.5, seed=seed)
    # about thirty steps an epoch, whether there are 75 rows or 900
    rows = min(32, max(4, len(parts.train.y) // 30))
    p = predicted(parts, loss, count, 0, epochs, seed, batch_size=rows)
    return confusion_matrix(parts.validation.y, p.argmax(axis=1), count)


def confused(data: str, epochs: int, seed: int) -> Confused:
    """Softmax regression trained on half of the data, judged on the other half."""
    return Confused(data, _matrix(data, epochs, seed))
