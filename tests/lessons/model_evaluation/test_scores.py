"""What only the first half of the page on evaluation does: lines, thresholds, residuals, and what it keeps back."""

import dataclasses
import json
import re
from collections.abc import Callable

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dlcore import metrics
from dlcore.baselines import Baseline, Majority, Mean, Stratified, score_to_beat
from dlcore.datasets import Iris
from dlcore.metrics import Metric
from lessons.model_evaluation import beat_common_sense, behind_the_score, residuals
from lessons.model_evaluation.beat_common_sense import ALWAYS_NO, NUMBERS, OF_CLASSES, OF_NUMBERS, Contenders
from lessons.model_evaluation.behind_the_score import THRESHOLDS, Classifiers
from lessons.model_evaluation.binary_problems import CLASSES
from lessons.model_evaluation.confusion_matrix import ConfusionMatrix, confusion_matrix
from lessons.model_evaluation.residuals import Residuals
from ui.text import texts

SCRIPT = "pages/8_model_evaluation.py"
Open = Callable[..., AppTest]
Steps = Callable[[AppTest], dict[str, list[str]]]


def say(word: str, **facts: object) -> str:
    return f"{word}: {facts}"


def binary(measure: str, data: str = "breast_cancer", rare: int = 5) -> beat_common_sense.Setup:
    return beat_common_sense.Setup(data, rare, measure, 1, 0)


def contenders(metric: Metric) -> Contenders:
    y = np.array([0.0] * 19 + [1.0])
    models = {"one_neuron": np.where(y, 0.9, 0.1), "small_network": np.full(20, 0.2)}
    baselines: dict[str, Baseline] = {"majority": Majority(), "same_share": Mean()}
    return Contenders(y, y, models, baselines, metric)


def thresholds(miss: float, data: str = "two_measures") -> behind_the_score.Setup:
    return behind_the_score.Setup(data, miss, "iris", 30, 0)


def classifiers(y: np.ndarray, p: np.ndarray) -> Classifiers:
    return Classifiers(y, p, ConfusionMatrix("iris", np.eye(3, dtype=int)))


def at_random(count: int = 200, seed: int = 0) -> Classifiers:
    """Scores that are good probabilities."""
    rng = np.random.default_rng(seed)
    p = rng.random(count)
    return classifiers((rng.random(count) < p).astype(int), p)


def said(at: AppTest) -> list[str]:
    return [element.value for element in (*at.caption, *at.markdown)]


# ---- the line --------------------------------------------------------------------------------------------------------


def test_always_no_is_right_as_often_as_the_answer_is_no() -> None:
    everyone = contenders(OF_CLASSES["binary_accuracy"])
    (truth,) = beat_common_sense.question(binary("binary_accuracy"), everyone).truths
    assert truth == "right_95" and ALWAYS_NO[truth] == everyone.line == 0.95


@pytest.mark.parametrize("measure", OF_CLASSES)
def test_the_line_is_the_best_baseline_whichever_way_is_up(measure: str) -> None:
    everyone = contenders(OF_CLASSES[measure])
    scores = everyone.scores(everyone.words)
    of_baselines = [scores[word] for word in everyone.baselines]
    best = max if everyone.metric.higher_is_better else min
    assert everyone.line == best(of_baselines), "train and validation are the same"
    low, high = beat_common_sense.axis_ends(binary(measure), everyone)
    assert low < min(scores.values()) and max(scores.values()) < high


def at_first(data: str, measure: str, rare: int = 5, seed: int = 0) -> Contenders:
    """Everyone on real rows, after one epoch."""
    rows = rare if data in CLASSES else None
    return beat_common_sense.measure(beat_common_sense.Setup(data, rows, measure, 1, seed))


@pytest.mark.parametrize("measure", OF_CLASSES)
def test_whoever_ties_by_a_measure_is_named(measure: str) -> None:
    """Of two models with the same score on the page one was called the best."""
    everyone = contenders(OF_CLASSES[measure])
    (name, answers), (other, _) = list(everyone.models.items())[:2]
    twins = dataclasses.replace(everyone, models={name: answers, other: answers.copy()})
    assert twins.best((name, other))[0] == (name, other)
    report = beat_common_sense.report(
        binary(measure), twins, lambda word, /, **facts: word + str(facts.get("facts", ""))
    )
    assert f"{measure} → {name} = {other} (" in report


@pytest.mark.parametrize("measure", [*OF_CLASSES, *OF_NUMBERS])
@pytest.mark.parametrize("rare", [5, 20, 50])
@pytest.mark.parametrize("seed", range(2))
def test_the_line_is_the_score_to_beat(measure: str, rare: int, seed: int) -> None:
    """A constant of the training part: among the opponents there is always the best one."""
    for data in CLASSES if measure in OF_CLASSES else NUMBERS:
        everyone = at_first(data, measure, rare, seed)
        to_beat = score_to_beat(everyone.metric, everyone.y_train, everyone.y).score
        assert everyone.line == pytest.approx(to_beat, abs=1e-12)
        assert not everyone.baselines[everyone.bar].draws


def test_half_and_half_a_draw_is_right_half_of_the_time() -> None:
    """It was told with the luck of one seed, 0.514, and was the line."""
    everyone = at_first("breast_cancer", "binary_accuracy", rare=50)
    assert isinstance(everyone.baselines["stratified"], Stratified)
    assert everyone.score("stratified") == pytest.approx(0.5, abs=1e-4)
    assert everyone.line == everyone.score("majority")


def test_baselines_that_are_to_be_guessed_are_nowhere(opened: Open) -> None:
    """Neither in the sentence under the picture nor in its numbers, its line included, nor in the table."""
    waits, line = (texts.words()[word]["en"].split("{{")[0] for word in ("line_waits", "line_is"))
    for predict, there in (("1", False), ("0", True)):
        at = opened(SCRIPT, lang="en", predict=predict, m1="recall")
        at.session_state["model_evaluation-beat_common_sense-tables"] = True
        at.run()
        block = at.container(key="beat-beat_common_sense")
        captions = " ".join(each.value for each in block.caption)
        assert (line in captions) == there and (waits in captions) != there
        (table,) = (each.value for each in block.dataframe)
        names = set(table["name"])
        assert set(beat_common_sense.MODELS_OF_CLASSES) <= names
        assert ("majority" in names) == ("stratified" in names) == there


@pytest.mark.parametrize("data", CLASSES)
@pytest.mark.parametrize("rare", [1, 5, 50])
def test_every_share_leaves_both_classes_in_both_parts(data: str, rare: int) -> None:
    everyone = at_first(data, "recall", rare)
    for y in (everyone.y_train, everyone.y):
        assert min(np.bincount(y.astype(int), minlength=2)) >= 1
    assert all(np.isfinite(p).all() and len(p) == len(everyone.y) for p in everyone.models.values())


def answers(data: str, epochs: int, measure: str = "recall") -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The targets of the validation part, and the models' answers."""
    rare = 5 if data in CLASSES else None
    everyone = beat_common_sense.measure(beat_common_sense.Setup(data, rare, measure, epochs, 0))
    return everyone.y, everyone.models


def test_another_metric_has_another_winner() -> None:
    """What the preset of that name promises."""
    y, models = answers("gauss_pairs", 40)
    best = {
        name: max(models, key=lambda word, rule=rule: rule(y, models[word]))
        for name, rule in OF_CLASSES.items()
        if rule.higher_is_better
    }
    assert best["binary_accuracy"] == "small_network" and best["recall"] == "weighted_neuron"


def test_a_model_with_the_accuracy_of_the_line_may_find_nobody() -> None:
    y, models = answers("two_measures", 40)
    p = models["one_neuron"]
    assert OF_CLASSES["binary_accuracy"](y, p) == np.mean(y == 0) and OF_CLASSES["recall"](y, p) == 0


def test_after_one_epoch_every_model_is_below_the_line() -> None:
    y, models = answers("breast_cancer", 1)
    assert all(OF_CLASSES["binary_accuracy"](y, p) < np.mean(y == 0) for p in models.values())


@pytest.mark.parametrize("data", NUMBERS)
def test_models_of_numbers_beat_every_constant(data: str) -> None:
    everyone = beat_common_sense.measure(beat_common_sense.Setup(data, None, "mae", 40, 0))
    y, y_train = everyone.y, everyone.y_train
    for rule in OF_NUMBERS.values():
        sign = 1 if rule.higher_is_better else -1
        constant = max(sign * rule(y, np.full(len(y), value)) for value in (y_train.mean(), y_train[-1]))
        assert all(sign * rule(y, p) > constant for p in everyone.models.values())


@pytest.mark.parametrize("data", NUMBERS)
@pytest.mark.parametrize(("measure", "best"), [("mae", "median"), ("rmse", "mean"), ("r2", "mean")])
@pytest.mark.parametrize("seed", range(3))
def test_the_median_and_the_mean_are_best_at_what_they_are_best_at(
    data: str, measure: str, best: str, seed: int
) -> None:
    setup = beat_common_sense.Setup(data, None, measure, 1, seed)
    assert beat_common_sense.question(setup, beat_common_sense.measure(setup)).truths == (best,)


@pytest.mark.parametrize("data", [*CLASSES, *NUMBERS])
def test_every_data_set_can_be_judged_by_every_measure(data: str, opened: Open) -> None:
    at = opened(SCRIPT, lang="en", predict="0", d1=data)
    for key, names in (("m1", OF_CLASSES), ("n1", OF_NUMBERS)):
        if (key == "m1") == (data in CLASSES):
            for name in names:
                at.segmented_control(key=f"model_evaluation.{key}").set_value(name).run()
                assert not at.exception and not at.error


def test_a_gap_is_the_difference_of_the_scores_that_are_shown() -> None:
    """0.989 was said to be 0.043 above 0.947."""
    setup = dataclasses.replace(binary("binary_accuracy"), epochs=40)
    told = beat_common_sense.report(setup, beat_common_sense.measure(setup), say)
    line = float(beat_common_sense.digits(beat_common_sense.measure(setup).line))
    shown = re.findall(r"'score': '([\d.]+)', 'gap': '([\d.]+)'", told)
    assert len(shown) == 3 and "0.989" in dict(shown)
    assert all(float(gap) == pytest.approx(abs(float(score) - line), abs=1e-9) for score, gap in shown)


# ---- thresholds ------------------------------------------------------------------------------------------------------


def test_every_fraction_that_is_written_out_comes_out() -> None:
    for line in behind_the_score.lines(thresholds(5.0), at_random(), str, costs=True):
        for left, right in re.findall(r"= ([\d .·+()/]+) = ([\d.]+)$", line, re.MULTILINE):
            if not left.endswith("(0 + 0)"):
                assert eval(left.replace("·", "*")) == pytest.approx(float(right), abs=6e-4), line


def test_what_mistakes_cost_is_seen_without_scrolling() -> None:
    lines = behind_the_score.lines(thresholds(5.0), at_random(), str, costs=True)
    assert all(line.splitlines()[1].startswith("FP + 5 · FN = ") for line in lines)


def test_a_share_of_nothing_is_said_to_be_undefined(opened: Open, steps: Steps) -> None:
    """Where nobody is called positive, the precision was a question mark."""
    for spoken, word in {"ko": "정의되지 않음", "en": "not defined"}.items():
        lines = steps(opened(SCRIPT, lang=spoken, predict="0"))["beat-behind_the_score"]
        assert f"precision = 0 / (0 + 0) = {word}" in lines[-1]
        assert not any("?" in line for line in lines)


def test_the_player_opens_at_one_half(opened: Open) -> None:
    lines = behind_the_score.lines(thresholds(5.0), at_random(), str, costs=False)
    assert THRESHOLDS[behind_the_score.HALF] == 0.5 and lines[behind_the_score.HALF].startswith("τ = 0.50:")
    components = opened(SCRIPT, lang="en", predict="0").get("bidi_component")
    bars = [json.loads(one.proto.json) for one in components if one.proto.component_name == "lesson_player"]
    opens = {bar["container"]: (bar["opens_at"], bar["last"]) for bar in bars}
    assert opens["beat-behind_the_score"] == (50, 100)
    assert opens["beat-residuals"][0] == opens["beat-residuals"][1], "others open at their end"


def test_what_mistakes_cost_is_kept_back_until_it_is_guessed(opened: Open, steps: Steps) -> None:
    for predict, there in (("1", False), ("0", True)):
        at = opened(SCRIPT, lang="en", predict=predict)
        at.session_state["model_evaluation-behind_the_score-tables"] = True
        at.run()
        assert all(("5 · FN" in line) == there for line in steps(at)["beat-behind_the_score"])
        thresholds_table, _ = (each.value for each in at.container(key="beat-behind_the_score").dataframe)
        assert ("cost" in thresholds_table) == there
        assert any("purple" in text for text in said(at)) == there


@pytest.mark.parametrize(("miss", "where"), [(0.05, "above_half"), (1.0, "at_half"), (20.0, "below_half")])
def test_a_dear_miss_lowers_the_cheapest_threshold(miss: float, where: str) -> None:
    assert behind_the_score.question(thresholds(miss), at_random(20_000, seed=1)).truths == (where,)


@pytest.mark.parametrize(
    ("y", "p", "miss", "where", "ranges"),
    [
        # two rows apart: from 0.30 to 0.69 every threshold makes no mistake, below, near and above 0.5
        ([0, 1], [0.3, 0.7], 5.0, ("below_half", "at_half", "above_half"), "0.30–0.69"),
        ([0, 1], [0.41, 0.47], 5.0, ("below_half", "at_half"), "0.41–0.46"),
        # no at 0.2 and 0.6, yes at 0.4 and 0.8: a miss as dear as an alarm; one mistake either way
        ([0, 1, 0, 1], [0.2, 0.4, 0.6, 0.8], 1.0, ("below_half", "above_half"), "0.20–0.39, 0.60–0.79"),
    ],
)
def test_every_side_on_which_a_threshold_is_cheapest_is_right(
    y: list[int], p: list[float], miss: float, where: tuple[str, ...], ranges: str
) -> None:
    setup, both = thresholds(miss), classifiers(np.array(y), np.array(p))
    assert behind_the_score.question(setup, both).truths == where
    assert f"'thresholds': '{ranges}'" in behind_the_score.explain(setup, both, say)


def test_shuffled_labels_leave_nothing_to_learn() -> None:
    setups = [behind_the_score.Setup("shuffled_labels", 5.0, "iris", 30, seed) for seed in range(5)]
    areas = [metrics.AUC()(both.y, both.p) for both in map(behind_the_score.measure, setups)]
    assert np.mean(areas) == pytest.approx(0.5, abs=0.06)


def test_a_confusion_matrix_counts_the_rows_of_the_validation_part() -> None:
    matrix = confusion_matrix("iris", 30, 0)
    assert matrix.rows == len(Iris().load()[1]) // 2 and matrix.classes == Iris.classes
    assert matrix.recalls()["setosa"] == matrix.counts[0, 0] / matrix.counts[0].sum()
    assert sum(matrix.shares().values()) == pytest.approx(1)
    assert behind_the_score.measure(thresholds(5.0)).several.counts.tolist() == matrix.counts.tolist()


# ---- residuals -------------------------------------------------------------------------------------------------------


SINE = residuals.Setup("sine", "straight_line", 0.0, False, 100, 0)


def left(p: np.ndarray) -> Residuals:
    y = np.array([1.0, 2.0, 3.0, 6.0])
    return Residuals("straight_line", y, p, 3.0, (0.0, 7.0), 5.0)


def truths(result: Residuals) -> tuple[str, ...]:
    return residuals.question(SINE, result).truths


def test_the_last_line_sums_up_to_the_measures() -> None:
    last = residuals.lines(left(np.array([2.0, 2.0, 1.0, 7.0])))[-1]
    # three lines are seen without scrolling
    assert last.splitlines()[:3] == ["MAE = 4 / 4 = 1", "RMSE = √(6 / 4) = 1.225", "R² = 1 − 6 / 14 = 0.5714"]


def test_r2_of_the_mean_is_zero_and_of_worse_is_negative() -> None:
    assert left(np.full(4, 3.0)).r2 == 0 and truths(left(np.full(4, 5.0))) == ("r2_negative",)


def test_a_bias_costs_its_square(opened: Open) -> None:
    """With residuals of mean 0, s standard deviations more take s² off R²."""
    penguins = residuals.measure(residuals.Setup("penguins", "straight_line", 0.0, False, 100, 0))
    y, p = penguins.y, penguins.p + penguins.r.mean()
    r2 = metrics.get("r2_score")
    assert r2(y, p + 1.2 * y.std()) == pytest.approx(r2(y, p) - 1.44)
    for data in residuals.DATA:
        at = opened(SCRIPT, lang="en", predict="0", d3=data, shift3="1.2")
        assert any("Always saying the mean would be better" in text for text in said(at))


def test_a_typing_error_shakes_squares_more(opened: Open) -> None:
    at = opened(SCRIPT, lang="en", predict="0", typo3="1")
    assert any("Without the mistyped row" in text for text in said(at))
    fine, mistyped = (
        residuals.measure(residuals.Setup("auto_mpg", "straight_line", 0.0, typo, 60, 0)) for typo in (False, True)
    )
    assert np.flatnonzero(mistyped.y != fine.y).tolist() == [mistyped.typo]
    assert mistyped.rmse / fine.rmse > mistyped.mae / fine.mae > 1
    assert len(mistyped.without_typo().y) == len(fine.y) - 1 and (fine.typo, fine.p[0]) == (None, mistyped.p[0])


def test_a_shift_is_in_standard_deviations_of_the_targets() -> None:
    plain, shifted = (residuals.measure(dataclasses.replace(SINE, shift=shift)) for shift in (0.0, -1.5))
    assert shifted.p == pytest.approx(plain.p - 1.5 * plain.y.std())
    assert (shifted.ends, shifted.reach) == (plain.ends, plain.reach), "axes stay"


def test_a_straight_line_leaves_a_pattern_that_a_network_does_not() -> None:
    spread = []
    for model in residuals.MODELS:
        spread.append(np.ptp(residuals.measure(dataclasses.replace(SINE, model=model)).group_means()))
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
    result = Residuals("straight_line", y, p, 0.0, (-1.0, 1.0), 1.0)
    assert result.r2 == pytest.approx(r2, abs=1e-12)
    assert set(truths(result)) == set(share) and result.r2_digits == written
