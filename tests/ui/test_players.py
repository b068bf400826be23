"""The player calls what it counts by its name: a step is a step of a descent, and nothing else."""

import json
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

COUNTS = {
    "one_weight": "Step", "two_weights": "Step", "any_landscape": "Step", "three_rates": "Step", "how_much": "Step",
    "with_schedule": "Epoch", "finding_a_rate": "Batch",
    "two_hidden": "Stage", "number_by_number": "Stage",
    "shape_and_slope": "z =", "vanishing": "Layers passed", "does_it_matter": "Epoch",
    "fair_race": "Step", "one_step": "Step", "one_name": "Step", "all_or_a_sample": "Epoch", "on_a_network": "Epoch",
    "class_race": "Step", "outlying_points": "Step", "softmax_once": "Step", "not_squares_for_classes": "Epoch",
    "fit": "Epoch", "watch": "Epoch",
    "residuals": "Row", "folds": "Fold", "grow": "Epoch", "behind_the_score": "Threshold τ =",
}  # fmt: skip
"""By question; two topics have one that is called which_one, and its player counts epochs."""


@pytest.mark.usefixtures("briefly")
def test_a_player_counts_epochs_batches_and_layers_by_their_names(script: str, opened: Callable[..., AppTest]) -> None:
    """Over an axis of epochs it said "Step 13 / 30"."""
    at = opened(script, lang="en", predict="0")
    assert not at.exception
    bars = [json.loads(each.proto.json) for each in at.get("bidi_component")
            if each.proto.component_name == "lesson_player"]  # fmt: skip
    said = {bar["container"].removeprefix("beat-"): bar["words"]["counts"] for bar in bars}
    assert said == {beat: COUNTS.get(beat, "Epoch") for beat in said} and said


def test_a_network_is_counted_in_epochs(opened: Callable[..., AppTest]) -> None:
    at = opened("pages/2_learning_rate.py", {"beat": "how_much", "on": "on_network"}, lang="ko", predict="0")
    (bar,) = (json.loads(each.proto.json) for each in at.get("bidi_component")
              if each.proto.component_name == "lesson_player")  # fmt: skip
    assert bar["words"]["counts"] == "에포크"
