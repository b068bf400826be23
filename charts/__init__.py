"""Pictures: arrays and words in, Altair charts out. No Streamlit and no dlcore here.

Every picture comes in two parts: a function that draws (axes, marks, colours; it names data sets) and frames that fill
those names. What is drawn stays the same while a reader moves a slider, so it is built once.
``t`` is the parameter of the player: the step that is shown; moving it needs no server.
"""

from charts.activations import activation_curves, activation_slopes, gradient_by_layer, signal_by_layer
from charts.descent import basin_map, curve_with_balls, data_with_lines, height_by_step, map_with_paths
from charts.frames import basin_colours, height_bands, seen_from_above
from charts.losses import accuracies, class_pulls, class_shares, fits, penalty, pull, row_shares, slope
from charts.neuron import (
    answer_shades,
    corners_with_line,
    grid_shares,
    hidden_corners,
    nerve_cell,
    plane_with_line,
    unit_curves,
    unit_diagram,
)
from charts.passes import small_network, three_views
from charts.race import (
    kinship,
    lines_by_step,
    map_with_arrows,
    noise_by_size,
    shares_with_intervals,
    value_by_rate,
)
from charts.rates import loss_by_rate, rate_axis, three_heights, three_places
from charts.trainings import loss_by_epoch, losses_compared, range_curve, rate_by_epoch

__all__ = [
    "accuracies",
    "activation_curves",
    "activation_slopes",
    "answer_shades",
    "basin_colours",
    "basin_map",
    "class_pulls",
    "class_shares",
    "corners_with_line",
    "curve_with_balls",
    "data_with_lines",
    "fits",
    "gradient_by_layer",
    "grid_shares",
    "height_bands",
    "height_by_step",
    "hidden_corners",
    "kinship",
    "lines_by_step",
    "loss_by_epoch",
    "loss_by_rate",
    "losses_compared",
    "map_with_arrows",
    "map_with_paths",
    "nerve_cell",
    "noise_by_size",
    "penalty",
    "plane_with_line",
    "pull",
    "range_curve",
    "rate_axis",
    "rate_by_epoch",
    "row_shares",
    "seen_from_above",
    "shares_with_intervals",
    "signal_by_layer",
    "slope",
    "small_network",
    "three_heights",
    "three_places",
    "three_views",
    "unit_curves",
    "unit_diagram",
    "value_by_rate",
]
