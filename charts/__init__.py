"""Pictures: arrays and words in, Altair charts out. No Streamlit and no dlcore here.

Every picture comes in two parts: a function that draws (axes, marks, colours; it names data sets) and frames that fill
those names. What is drawn stays the same while a reader moves a slider, so it is built once.
``t`` is the parameter of the player: the step that is shown; moving it needs no server.
"""

from charts.descent import basin_map, curve_with_balls, data_with_lines, height_by_step, map_with_paths
from charts.frames import basin_colours, height_bands, seen_from_above
from charts.race import (
    kinship,
    lines_by_step,
    map_with_arrows,
    noise_by_size,
    shares_with_intervals,
    value_by_rate,
)

__all__ = [
    "basin_colours",
    "basin_map",
    "curve_with_balls",
    "data_with_lines",
    "height_bands",
    "height_by_step",
    "kinship",
    "lines_by_step",
    "map_with_arrows",
    "map_with_paths",
    "noise_by_size",
    "seen_from_above",
    "shares_with_intervals",
    "value_by_rate",
]
