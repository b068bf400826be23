"""Pictures: arrays and words in, Altair charts out. No Streamlit and no dlcore here.

Every picture comes in two parts: a function that draws (axes, marks, colours; it names data sets) and frames that fill
those names. What is drawn stays the same while a reader moves a slider, so it is built once.
``t`` is the parameter of the player: the step that is shown; moving it needs no server.
"""

from charts.activations import activation_curves, activation_slopes, gradient_by_layer, signal_by_layer
from charts.backpropagation import small_network, three_views
from charts.class_colours import class_shades
from charts.data_rows import column_ranges, scattered
from charts.descent import basin_map, curve_with_balls, data_with_lines, height_by_step, map_with_paths
from charts.epoch_curves import curves_by_epoch
from charts.error_bands import error_by_epoch, error_by_rows, error_by_size
from charts.frames import basin_colours, height_bands, seen_from_above
from charts.losses import accuracies, class_pulls, class_shares, fits, penalty, pull, row_shares, slope
from charts.model_selection import candidates, fold_rows, fold_scores, optimism_by_models, remedies
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
from charts.optimizers import (
    kinship,
    lines_by_step,
    map_with_arrows,
    noise_by_size,
    shares_with_intervals,
    value_by_rate,
)
from charts.rates import loss_by_rate, rate_axis, three_heights, three_places
from charts.residuals import predicted_and_true, residual_histogram, residuals_by_prediction
from charts.scores import (
    class_squares,
    contenders,
    four_squares,
    precision_recall,
    recall_by_class,
    roc,
    score_histogram,
)
from charts.training_answers import curve_film, predictions_film, regions_film, shares_film
from charts.training_inside import histograms_film, lines_shown, network_drawing, network_standing, unit_maps_film
from charts.training_losses import loss_by_epoch, losses_compared, range_curve, rate_by_epoch

__all__ = [
    "accuracies",
    "activation_curves",
    "activation_slopes",
    "answer_shades",
    "basin_colours",
    "basin_map",
    "candidates",
    "class_pulls",
    "class_shades",
    "class_shares",
    "class_squares",
    "column_ranges",
    "contenders",
    "corners_with_line",
    "curve_film",
    "curve_with_balls",
    "curves_by_epoch",
    "data_with_lines",
    "error_by_epoch",
    "error_by_rows",
    "error_by_size",
    "fits",
    "fold_rows",
    "fold_scores",
    "four_squares",
    "gradient_by_layer",
    "grid_shares",
    "height_bands",
    "height_by_step",
    "hidden_corners",
    "histograms_film",
    "kinship",
    "lines_by_step",
    "lines_shown",
    "loss_by_epoch",
    "loss_by_rate",
    "losses_compared",
    "map_with_arrows",
    "map_with_paths",
    "nerve_cell",
    "network_drawing",
    "network_standing",
    "noise_by_size",
    "optimism_by_models",
    "penalty",
    "plane_with_line",
    "precision_recall",
    "predicted_and_true",
    "predictions_film",
    "pull",
    "range_curve",
    "rate_axis",
    "rate_by_epoch",
    "recall_by_class",
    "regions_film",
    "remedies",
    "residual_histogram",
    "residuals_by_prediction",
    "roc",
    "row_shares",
    "scattered",
    "score_histogram",
    "seen_from_above",
    "shares_film",
    "shares_with_intervals",
    "signal_by_layer",
    "slope",
    "small_network",
    "three_heights",
    "three_places",
    "three_views",
    "unit_curves",
    "unit_diagram",
    "unit_maps_film",
    "value_by_rate",
]
