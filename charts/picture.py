"""A picture in two parts: how it is drawn, and the frames that fill it."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from charts.frames import Columns


@dataclass(frozen=True, eq=False)
class Picture:
    """``draw(**look)`` builds the chart; it names data sets, and ``data`` has a frame for each name.

    look: words, ranges and sizes only, so that equal looks need be built only once. name: what it is known by wherever
    it is shown, such as "roc": the word that describes it is "draw_roc"; no two pictures of a question have the same.
    """

    draw: Callable[..., Any]
    look: Mapping[str, Any]
    data: Mapping[str, Columns]
    name: str = field(kw_only=True)

    def to_dict(self) -> dict[str, Any]:
        """The whole chart as Vega-Lite with its data in it, as a reader's browser gets it."""
        columns = {name: {key: _plain(part) for key, part in table.items()} for name, table in self.data.items()}
        rows = {
            name: [dict(zip(t, row, strict=True)) for row in zip(*t.values(), strict=True)]
            for name, t in columns.items()
        }
        return self.draw(**self.look).to_dict() | {"datasets": rows}


def _plain(column: np.ndarray) -> list[Any]:
    """A column as JSON has it: what is no number is null, as in a browser."""
    values = column.tolist()
    return [None if isinstance(v, float) and not math.isfinite(v) else v for v in values]
