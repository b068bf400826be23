"""What only the first half of the page on evaluation does: lines, thresholds, residuals, and what it keeps back."""

import dataclasses
import json
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dlcore import metrics
from dlcore.baselines import Baseline, Majority, Mean, Stratified, score_to_beat
from lessons.model_evaluation import beat_common_sense, behind_the_score, residuals
from lessons.model_evaluation.beat_common_sense import ALWAYS_NO, NUMBERS, OF_CLASSES, OF_NUMBERS, Judged
from lessons.model_evaluation.behind_the_score import THRESHOLDS, Cut
from lessons.model_evaluation.binary_problems import CLASSES
from lessons.model_evaluation.residuals import Leftover

SCRIPT = "pages/8_model_evaluation.py"
Open = Callable[..., AppTest]
Steps = Callable[[AppTest], dict[str, list[str]]]


def judged(data: str, measure: str, **how: Any) -> Judged:
    y = np.array([0.0] * 19 + [1.0])
    models = {"one_neuron": np.where(y, 0.9, 0.1), "small_network": np.full(20, 0.2)}
    baselines: dict[str, Baseline] = {"majority": Majority(), "same_share": Mean()}
    return Judged(data, measure, y, y, models, baselines, **how)


def cut(miss: float = 5.0, told: bool = True) -> Cut:
    rng = np.random.default_rng(0)
    p = rng.random(200)
    return Cut("two_measures", (rng.random(200) < p).astype(int), p, miss, told)


def said(at: AppTest) -> list[str]:
    return [element.value for element in (*at.caption, *at.markdown)]


# ---- the line --------------------------------------------------------------------------------------------------------


def test_always_no_is_right_as_often_as_the_answer_is_no() -> None:
    found = judged("breast_cancer", "binary_accuracy")
    assert found.truth == "right_95" and ALWAYS_NO[found.truth] == found.line == 0.95


@pytest.mark.parametrize("measure", OF_CLASSES)
def test_the_line_is_the_best_baseline_whichever_way_is_up(measure: str) -> None:
    found = judged("breast_cancer", measure)
    scores = [found.scores()[word] for word in found.baselines]
    assert found.line == (max if found.metric.higher_is_better else min)(scores), "train and validation are the same"
    low, high = found.ends()
    assert low < min(found.scores().values()) and max(found.scores().values()) < high


def at_first(data: str, measure: str, rare: int = 5, seed: int = 0) -> Judged:
    """Everyone on real rows."""
    parts, models = (
        beat_common_sense._classes(data, rare, 1, seed)
        if data in CLASSES
        else beat_common_sense._numbers(data, 1, seed)
    )
    y_train, y = parts.train.y.astype(float), parts.validation.y.astype(float)
    return Judged(data, measure, y_train, y, models, beat_common_sense.rivals(measure))


@pytest.mark.parametrize("measure", OF_CLASSES)
def test_whoever_ties_by_a_measure_is_named(measure: str) -> None:
    """Of two models with the same score on the page one was called the best."""
    found = judged("breast_cancer", measure)
    (name, answers), (other, _) = list(found.models.items())[:2]
    twins = dataclasses.replace(found, models={name: answers, other: answers.copy()})
    assert twins.best((name, other))[0] == (name, other)
    told = twins.report(lambda word, /, **facts: word + str(facts.get("facts", "")))
    assert f"{measure} → {name} = {other} (" in told


@pytest.mark.parametrize("measure", [*OF_CLASSES, *OF_NUMBERS])
@pytest.mark.parametrize("rare", [5, 20, 50])
@pytest.mark.parametrize("seed", range(2))
def test_the_line_is_the_score_to_beat(measure: str, rare: int, seed: int) -> None:
    """A constant of the training part: among the opponents there is always the best one."""
    for data in CLASSES if measure in OF_CLASSES else NUMBERS:
        found = at_first(data, measure, rare, seed)
        assert found.line == pytest.approx(score_to_beat(found.metric, found.y_train, found.y).score, abs=1e-12)
        assert not found.baselines[found.bar].draws


def test_half_and_half_a_draw_is_right_half_of_the_time() -> None:
    """It was told with the luck of one seed, 0.514, and was the line."""
    found = at_first("breast_cancer", "binary_accuracy", rare=50)
    assert isinstance(found.baselines["stratified"], Stratified)
    assert found.score("stratified") == pytest.approx(0.5, abs=1e-4) and found.line == found.score("majority")


def test_baselines_that_are_to_be_guessed_are_nowhere() -> None:
    found = judged("breast_cancer", "recall", hidden=True)
    assert found.line is None and not set(found.scores()) & set(found.baselines)
    assert list(found.table()["name"]) == list(found.models)


@pytest.mark.parametrize("data", CLASSES)
@pytest.mark.parametrize("rare", [1, 5, 50])
def test_every_share_leaves_both_classes_in_both_parts(data: str, rare: int) -> None:
    parts, models = beat_common_sense._classes(data, rare, 1, 0)
    for part in (parts.train, parts.validation):
        assert min(np.bincount(part.y, minlength=2)) >= 1
    assert all(np.isfinite(p).all() and len(p) == len(parts.validation.y) for p in models.values())


def test_another_metric_has_another_winner() -> None:
    """What the preset of that name promises."""
    parts, models = beat_common_sense._classes("gauss_pairs", 5, 40, 0)
    y = parts.validation.y.astype(float)
    best = {
        name: max(models, key=lambda word, rule=rule: rule(y, models[word]))
        for name, rule in OF_CLASSES.items()
        if rule.higher_is_better
    }
    assert best["binary_accuracy"] == "small_network" and best["recall"] == "weighted_neuron"


def test_a_model_with_the_accuracy_of_the_line_may_find_nobody() -> None:
    parts, models = beat_common_sense._classes("two_measures", 5, 40, 0)
    y, p = parts.validation.y.astype(float), models["one_neuron"]
    assert OF_CLASSES["binary_accuracy"](y, p) == np.mean(y == 0) and OF_CLASSES["recall"](y, p) == 0


def test_after_one_epoch_every_model_is_below_the_line() -> None:
    parts, models = beat_common_sense._classes("breast_cancer", 5, 1, 0)
    y = parts.validation.y.astype(float)
    assert all(OF_CLASSES["binary_accuracy"](y, p) < np.mean(y == 0) for p in models.values())


@pytest.mark.parametrize("data", NUMBERS)
def test_models_of_numbers_beat_every_constant(data: str) -> None:
    parts, models = beat_common_sense._numbers(data, 40, 0)
    y = parts.validation.y
    for rule in OF_NUMBERS.values():
        sign = 1 if rule.higher_is_better else -1
        constant = max(sign * rule(y, np.full(len(y), value)) for value in (parts.train.y.mean(), parts.train.y[-1]))
        assert all(sign * rule(y, p) > constant for p in models.values())


@pytest.mark.parametrize("data", NUMBERS)
@pytest.mark.parametrize(("measure", "best"), [("mae", "median"), ("rmse", "mean"), ("r2", "mean")])
@pytest.mark.parametrize("seed", range(3))
def test_the_median_and_the_mean_are_best_at_what_they_are_best_at(
    data: str, measure: str, best: str, seed: int
) -> None:
    assert at_first(data, measure, seed=seed).truth == best


@pytest.mark.parametrize("data", [*CLASSES, *NUMBERS])
def test_every_data_set_can_be_judged_by_every_measure(data: str, opened: Open) -> None:
    at = opened(SCRIPT, lang="en", predict="0", d1=data)
    for key, names in (("m1", OF_CLASSES), ("n1", OF_NUMBERS)):
        if (key == "m1") == (data in CLASSES):
            for name in names:
                at.segmented_control(key=f"model_evaluation.{key}").set_value(name).run()
                assert not at.exception and not at.error


# ---- thresholds ------------------------------------------------------------------------------------------------------


def test_every_fraction_that_is_written_out_comes_out() -> None:
    for line in cut().lines(str):
        for left, right in re.findall(r"= ([\d .·+()/]+) = ([\d.]+)$", line, re.MULTILINE):
            if not left.endswith("(0 + 0)"):
                assert eval(left.replace("·", "*")) == pytest.approx(float(right), abs=6e-4), line


def test_a_share_of_nothing_is_said_to_be_undefined(opened: Open, steps: Steps) -> None:
    """Where nobody is called positive, the precision was a question mark."""
    for spoken, word in {"ko": "정의되지 않음", "en": "not defined"}.items():
        lines = steps(opened(SCRIPT, lang=spoken, predict="0"))["beat-behind_the_score"]
        assert f"precision = 0 / (0 + 0) = {word}" in lines[-1]
        assert not any("?" in line for line in lines)


def test_the_player_opens_at_one_half(opened: Open) -> None:
    assert THRESHOLDS[behind_the_score.HALF] == 0.5 and cut().lines(str)[behind_the_score.HALF].startswith("τ = 0.50:")
    components = opened(SCRIPT, lang="en", predict="0").get("bidi_component")
    bars = [json.loads(one.proto.json) for one in components if one.proto.component_name == "lesson_player"]
    opens = {bar["container"]: (bar["opens_at"], bar["last"]) for bar in bars}
    assert opens["beat-behind_the_score"] == (50, 100)
    assert opens["beat-residuals"][0] == opens["beat-residuals"][1], "others open at their end"


def test_what_mistakes_cost_is_kept_back_until_it_is_guessed(opened: Open) -> None:
    untold, told = cut(told=False), cut()
    assert not any("5 · FN" in line for line in untold.lines(str)) and all("5 · FN" in line for line in told.lines(str))
    assert untold.best is None and "cost" not in untold.table() and "cost" in told.table()
    assert not any("purple" in text for text in said(opened(SCRIPT, lang="en")))


@pytest.mark.parametrize(("miss", "where"), [(0.05, "above_half"), (1.0, "at_half"), (20.0, "below_half")])
def test_a_dear_miss_lowers_the_cheapest_threshold(miss: float, where: str) -> None:
    rng = np.random.default_rng(1)
    p = rng.random(20_000)
    assert Cut("two_measures", (rng.random(len(p)) < p).astype(int), p, miss).where == (where,)


def told(word: str, **facts: object) -> str:
    return f"{word}: {facts}"


def test_every_side_on_which_a_threshold_is_cheapest_is_right() -> None:
    """Two rows apart: from 0.30 to 0.69 every threshold makes no mistake, below, near and above 0.5."""
    found = Cut("two_measures", np.array([0, 1]), np.array([0.3, 0.7]), 5.0)
    assert found.where == ("below_half", "at_half", "above_half")
    assert "'thresholds': '0.30–0.69'" in found.because(told)
    near = Cut("two_measures", np.array([0, 1]), np.array([0.41, 0.47]), 5.0)
    assert near.where == ("below_half", "at_half") and "'thresholds': '0.41–0.46'" in near.because(told)
    # no at 0.2 and 0.6, yes at 0.4 and 0.8: a miss as dear as an alarm; one mistake either way
    apart = Cut("two_measures", np.array([0, 1, 0, 1]), np.array([0.2, 0.4, 0.6, 0.8]), 1.0)
    assert apart.where == ("below_half", "above_half")
    assert "'thresholds': '0.20–0.39, 0.60–0.79'" in apart.because(told)


def test_shuffled_labels_leave_nothing_to_learn() -> None:
    areas = [metrics.AUC()(*behind_the_score._scores("shuffled_labels", 30, seed)) for seed in range(5)]
    assert np.mean(areas) == pytest.approx(0.5, abs=0.06)


# ---- residuals -------------------------------------------------------------------------------------------------------


def left(p: np.ndarray, **how: Any) -> Leftover:
    y = np.array([1.0, 2.0, 3.0, 6.0])
    return Leftover("sine", "straight_line", y, p, 3.0, (0.0, 7.0), 5.0, **how)


def test_the_last_line_sums_up_to_the_measures() -> None:
    last = left(np.array([2.0, 2.0, 1.0, 7.0])).lines()[-1]
    assert "MAE = 4 / 4 = 1" in last and "RMSE = √(6 / 4) = 1.225" in last and "R² = 1 − 6 / 14 = 0.5714" in last


def test_r2_of_the_mean_is_zero_and_of_worse_is_negative() -> None:
    assert left(np.full(4, 3.0)).r2 == 0 and left(np.full(4, 5.0)).share == ("r2_negative",)


def test_a_bias_costs_its_square(opened: Open) -> None:
    """With residuals of mean 0, s standard deviations more take s² off R²."""
    y, p, _ = residuals._predictions("penguins", "straight_line", 100, 0)
    p = p - (p - y).mean()
    r2 = metrics.get("r2_score")
    assert r2(y, p + 1.2 * y.std()) == pytest.approx(r2(y, p) - 1.44)
    for data in residuals.DATA:
        at = opened(SCRIPT, lang="en", predict="0", d3=data, shift3="1.2")
        assert any("Always saying the mean would be better" in text for text in said(at))


def test_a_typing_error_shakes_squares_more(opened: Open) -> None:
    at = opened(SCRIPT, lang="en", predict="0", typo3="1")
    assert any("Without the mistyped row" in text for text in said(at))
    y, p, _ = residuals._predictions("auto_mpg", "straight_line", 60, 0)
    wrong = y.copy()
    wrong[0] += 8 * y.std()
    grown = [rule()(wrong, p) / rule()(y, p) for rule in residuals.MEASURES[:2]]
    assert grown[1] > grown[0] > 1


def test_a_straight_line_leaves_a_pattern_that_a_network_does_not() -> None:
    spread = []
    for model in residuals.MODELS:
        y, p, mean = residuals._predictions("sine", model, 100, 0)
        spread.append(np.ptp(Leftover("sine", model, y, p, mean, (0.0, 1.0), 1.0).by_group()))
    assert spread[0] > 2 * spread[1]


def test_until_it_is_guessed_the_mean_is_all_that_is_shown(opened: Open) -> None:
    at = opened(SCRIPT, lang="en")
    assert any("mean: 196 validation rows" in text for text in said(at))
    assert not any("Unless all are near 0" in text for text in said(at))


@pytest.mark.parametrize(
    ("r2", "share", "written"),
    [
        (-0.2, ("r2_negative",), "−0.200"),
        (-0.0004, ("r2_negative", "r2_little"), "0.000"),
        (0.4996, ("r2_little", "r2_much"), "0.500"),
        (0.501, ("r2_much",), "0.501"),
        (0.79, ("r2_much",), "0.790"),
        (0.9, ("r2_nearly_all",), "0.900"),
    ],
)
def test_an_r2_told_as_on_a_border_may_lie_on_either_side(r2: float, share: tuple[str, ...], written: str) -> None:
    y = np.array([-1.0, 1.0])
    # with p = c y the sums are (1 - c)^2 and 1 times the spread
    p = (1 - np.sqrt(1 - r2)) * y
    found = Leftover("sine", "straight_line", y, p, 0.0, (-1.0, 1.0), 1.0)
    assert found.r2 == pytest.approx(r2, abs=1e-12)
    assert set(found.share) == set(share) and found._r2 == written
