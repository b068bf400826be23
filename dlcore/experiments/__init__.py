"""Experiments with dlcore: what the lessons measure, on top of the layers, models and optimizers of the package.

A ball on a surface: ``descent``, ``diagnosis``, ``minibatches``, ``stability_limits``, ``rate_sweep``,
``optimizer_comparison``, ``optimizer_conventions``. One unit and two: ``single_unit``, ``logic_gates``. Through the
layers: ``gradient_flow``, ``loss_mismatch``, ``output_layers``, ``robust_regression``. Trainings: ``training_config``,
``parallel_training``, ``replicates``, ``rate_trials``, ``lr_finder``, ``weight_history``, ``live_training`` with
``live_run``, ``live_store``, ``live_frames`` and ``stacked_network``, and ``code_export``, which writes one down as a
program. What a score is worth: ``classifier_scores``, ``capacity``, ``cross_validation``, ``selection_bias``. The
package itself imports nothing from here.
"""
