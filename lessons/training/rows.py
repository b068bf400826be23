"""The rows that a network learns from: where they come from, how they are cut and scaled, and what they are called."""

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from dlcore import losses
from dlcore.datasets import BreastCancer, Dataset
from dlcore.experiments.code_export import Source
from dlcore.experiments.training_config import Prepared, prepare
from dlcore.losses import Loss
from dlcore.tables import Table
from lessons.training import drawn_points
from ui.beat import Beat
from ui.controls.page_state import excerpt

OWN_TABLE, DRAWN = "own_table", "drawn_points"
DEFAULT = BreastCancer()
EIGHT = tuple(name for name in BreastCancer.features[:9] if name != "concavity_mean")
"""The eight inputs of the lesson's network."""


@dataclass(frozen=True)
class RowSelection:
    """Where rows come from and how they are cut and scaled, as a value: equal selections have equal rows.

    points, own: the text of drawn points, and what tells a reader's table from others; one of three is not empty.
    share: of the validation part, from 0 to below 1. seed: of the order of the rows.
    """

    dataset: Dataset | None = DEFAULT
    columns: tuple[str, ...] = EIGHT
    share: float = 0.2
    seed: int = 0
    standardised: bool = True
    points: str = ""
    own: str = ""


@dataclass(frozen=True)
class LabelledRows:
    """Rows to learn from: x, shape (rows, inputs), not scaled; y, shape (rows,); what they are called.

    As a value they are their selection: that says all of them, and is what a setup that holds them is told by.
    classes: the names of the classes that y counts from 0; empty where y are numbers.
    """

    selection: RowSelection
    name: str = field(compare=False, repr=False)
    x: np.ndarray = field(compare=False, repr=False)
    y: np.ndarray = field(compare=False, repr=False)
    features: tuple[str, ...] = field(compare=False, repr=False)
    target: str = field(compare=False, repr=False)
    classes: tuple[str, ...] = field(compare=False, repr=False)

    @property
    def personal(self) -> bool:
        """Whether nothing of them may be shared with other visitors."""
        return bool(self.selection.own)

    def caption(self, beat: Beat, name: str) -> str:
        """The name of an input or of the target for a picture; a reader's own columns are called as they are."""
        return name if self.personal else beat.member(name)

    def in_a_sentence(self, beat: Beat, name: str) -> str:
        """The same within a sentence, where a reader's own words must not act as markup."""
        return f"`{excerpt(name)}`" if self.personal else beat.member(name)

    def class_captions(self, beat: Beat) -> tuple[str, ...]:
        """The names of the classes for a picture."""
        return tuple(self.caption(beat, name) for name in self.classes)

    @property
    def task(self) -> str:
        """What there is to predict: "regression", "binary" or "multiclass"."""
        return "regression" if not self.classes else "binary" if len(self.classes) == 2 else "multiclass"

    @property
    def source(self) -> Source:
        """The same for a program."""
        s = self.selection
        return Source(s.dataset, s.columns, len(self.classes), s.share, s.seed, s.standardised)

    # ---- cut and scaled ----------------------------------------------------------------------------------------------

    def prepare(self, loss: Loss) -> Prepared:
        """Cut and scaled for a loss; ValueError if its targets cannot be made of these, or a part would be empty."""
        return self._with_one_hot_targets if loss.targets == "one_hot" else self.parts

    @cached_property
    def parts(self) -> Prepared:
        """Cut and scaled, with targets as they are."""
        return self._cut_for("mean_squared_error")

    @cached_property
    def _with_one_hot_targets(self) -> Prepared:
        return self._cut_for("categorical_crossentropy")

    def _cut_for(self, loss: str) -> Prepared:
        s = self.selection
        return prepare(self.x, self.y, losses.get(loss), len(self.classes), s.share, s.seed, s.standardised)

    @property
    def enough(self) -> bool:
        """Whether there are enough rows for the parts that are asked for."""
        try:
            return len(self.parts.order) > 0
        except ValueError:
            return False

    def uncut(self) -> "LabelledRows":
        """The same rows, all of them to learn from."""
        return replace(self, selection=replace(self.selection, share=0.0))


def load(selection: RowSelection, table: Table | None = None) -> LabelledRows:
    """The rows of a selection: of a data set, of drawn points, or of a reader's own ``table``."""
    if table is not None:
        facts = (table.x, table.y, table.features, table.target, table.classes)
        return LabelledRows(selection, OWN_TABLE, *facts)
    data = selection.dataset
    if data is None:
        points = drawn_points.read(selection.points)
        x, y = drawn_points.arrays(points)
        # called as they were drawn, also where none is of class 0 or 1
        classes = tuple(f"{label:.0f}" for label in sorted({label for _, _, label in points}))
        return LabelledRows(selection, DRAWN, x, y, selection.columns, "class", classes)
    x, y = data.load()
    x = x[:, [data.features.index(column) for column in selection.columns]]
    return LabelledRows(selection, data.name(), x, y, selection.columns, data.target, tuple(data.classes))
