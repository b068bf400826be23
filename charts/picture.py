"""A picture in two parts: how it is drawn, and the frames that fill it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd


@dataclass(frozen=True, eq=False)
class Picture:
    """``draw(**look)`` builds the chart; it names data sets, and ``data`` has a frame for each name.

    look: words, ranges and sizes only, so that equal looks need be built only once.
    """

    draw: Callable[..., Any]
    look: Mapping[str, Any]
    data: Mapping[str, pd.DataFrame]

    def to_dict(self) -> dict[str, Any]:
        """The whole chart as Vega-Lite with its data in it, as a reader's browser gets it."""
        rows = {name: frame.to_dict(orient="records") for name, frame in self.data.items()}
        return self.draw(**self.look).to_dict() | {"datasets": rows}
