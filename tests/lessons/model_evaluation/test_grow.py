"""What only the ladder, the remedies, the test set and the folds of the evaluation page do."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dlcore.datasets import AutoMPG, BreastCancer
from dlcore.experiments.capacity import AdamTraining, SampledRows, training_curves
from dlcore.experiments.cross_validation import CrossValidation
from dlcore.experiments.replicates import TrainingCurves
from lessons.model_evaluation import capacity, folds, grow, only_once, tame
from lessons.model_evaluation.folds import SHUFFLES, FoldErrors
from lessons.model_evaluation.grow import Ladder
from lessons.model_evaluation.only_once import BEST, FIRST, Opening, Selection
from lessons.model_evaluation.tame import NOTHING, REMEDIES, Remedies
from ui.text import texts

SCRIPT = "pages/8_model_evaluation.py"
OPEN = "model_evaluation.open6"
WORDS = texts.words()


def said(at: AppTest, word: str) -> list[str]:
    """The sentences that begin as a word of the glossary does, up to its first placeholder."""
    beginning = WORDS[word]["en"].split("{{")[0]
    return [element.value for element in at.markdown if beginning in element.value]


@pytest.fixture
def page(opened) -> AppTest:
    return opened(SCRIPT, lang="en", predict="0")


def test_the_test_set_opens_once_whatever_is_chosen_afterwards(page: AppTest) -> None:
    assert not said(page, "was_opened") and not page.button(key=OPEN).disabled
    page.button(key=OPEN).click().run()
    found = said(page, "was_opened")
    assert len(found) == 1 and page.button(key=OPEN).disabled and not said(page, "opened_before")
    page.slider(key="model_evaluation.n6").set_value(32).run()
    assert said(page, "opened_before") and found[0] in said(page, "was_opened")[0]
    assert page.button(key=OPEN).disabled


def test_the_reset_does_not_close_it_again(page: AppTest) -> None:
    page.button(key=OPEN).click().run()
    found = said(page, "was_opened")
    page.button(key="model_evaluation-reset").click().run()
    assert said(page, "was_opened") == found and page.button(key=OPEN).disabled


def test_another_visitor_has_a_closed_one(page: AppTest, opened) -> None:
    page.button(key=OPEN).click().run()
    assert not said(opened(SCRIPT, lang="en", predict="0"), "was_opened")


def test_nothing_of_the_validation_is_told_before_the_guess(opened) -> None:
    at = opened(SCRIPT, lang="en")
    for word in ("ladder_best", "ladder_parts", "tamed_caution", "folds_told"):
        assert not said(at, word)
    lines = "\n".join(str(bar.proto.json) for bar in at.get("bidi_component"))
    assert "E_train" in lines and "E_valid" not in lines


@pytest.mark.parametrize(
    ("rate", "word"), [("0.0001", "sign_unfinished"), ("1", "sign_lost"), ("0.03", "ladder_parts")]
)
def test_failing_to_learn_by_heart_is_read_as_a_sign(opened, rate: str, word: str) -> None:
    at = opened(SCRIPT, lang="en", predict="0", lr4=rate)
    assert said(at, word)
    others = {"sign_unfinished", "sign_lost", "sign_full", "ladder_parts"} - {word}
    assert not any(said(at, other) for other in others)


def test_numbers_have_no_classes_to_balance(opened) -> None:
    assert said(opened(SCRIPT, lang="en", predict="0", strat7="1"), "no_classes")
    assert not said(opened(SCRIPT, lang="en", predict="0", strat7="1", data7="penguin_species"), "no_classes")


def say(word: str, **facts: object) -> str:
    return f"{word}: {facts}"


# ---- what is measured ------------------------------------------------------------------------------------------------


def test_every_size_is_trained_on_the_rows_of_the_setup() -> None:
    """The mean of the errors is that of trainings that are started here."""
    setup = grow.Setup(SampledRows(BreastCancer(), 30, 0.1), AdamTraining(5, 0.05), 2)
    networks = grow.measure(setup)
    assert list(networks.courses) == ["0", "1", "2", "4", "8", "16", "32", "64", "64x2"]
    by_hand = training_curves(SampledRows(BreastCancer(), 30, 0.1), AdamTraining(5, 0.05), (16,), 2, grow.MARKS)
    assert np.array_equal(networks.errors["validation"][5], by_hand.val_error[-1])
    assert networks.baseline == pytest.approx(np.mean([setup.rows.baseline(seed) for seed in range(2)]))


@pytest.mark.usefixtures("briefly")
def test_which_network_is_looked_at_is_not_part_of_the_question(opened) -> None:
    at = opened(SCRIPT, lang="en")
    at.pills(key="predict-model_evaluation.grow").select("part_never").run()
    block = at.container(key="beat-grow")
    verdict = [each.value for each in (*block.success, *block.info)]
    at.selectbox(key="model_evaluation.rung4").set_value("h2").run()
    block = at.container(key="beat-grow")
    assert len(verdict) == 1 and verdict == [each.value for each in (*block.success, *block.info)]
    assert any("2 hidden units" in each.value for each in block.caption)
    # another experiment is another question
    at.slider(key="model_evaluation.rows4").set_value(60).run()
    block = at.container(key="beat-grow")
    assert not block.success and not block.info


@pytest.mark.usefixtures("briefly")
def test_each_remedy_changes_what_it_is_to_change() -> None:
    rows = SampledRows(BreastCancer(), tame.USUAL)
    remedies = tame.measure(tame.Setup(rows, 0.0, 1e-5, 60))
    untamed, dropout, l2, early, small, more = remedies.errors["validation"]
    # without dropout, with next to no penalty, and with more patience than epochs nothing is changed but where it stops
    assert np.array_equal(untamed, dropout) and untamed == pytest.approx(l2, abs=0.02)
    assert early.mean() <= untamed.mean() and (remedies.stops <= tame.EPOCHS).all()
    assert np.array_equal(small, training_curves(rows, AdamTraining(tame.EPOCHS), tame.SMALL, tame.SEEDS).val_error[-1])
    assert np.array_equal(more, remedies.by_rows["validation"][-1])
    assert np.array_equal(untamed, remedies.by_rows["validation"][tame.ROWS.index(tame.USUAL)])


def test_the_best_on_validation_is_taken_or_the_first() -> None:
    best = only_once.measure(only_once.Setup(16, 40, BEST))
    first = only_once.measure(only_once.Setup(16, 40, FIRST))
    assert best.scores[best.place] == best.scores.max() and first.place == 0
    assert np.array_equal(best.scores, first.scores) and len(best.scores) == 16
    # judged anew: the rows that did not choose
    miss = only_once.DATA.mistakes(only_once.OURS)[0]
    assert first.test == pytest.approx(1 - miss[0, 40:].mean())
    assert best.average_optimism > 0 and best.optimism.shape == (32, 20 * only_once.DRAWS)


def test_the_folds_of_the_first_shuffle_are_those_that_are_shown() -> None:
    setup = folds.Setup(CrossValidation(BreastCancer(), 30, 3, stratified=True, sample=1))
    result = folds.measure(setup)
    assert result.errors.shape == result.fresh.shape == (SHUFFLES, 3)
    judges = setup.plan.folds(0)
    assert all(np.array_equal(np.flatnonzero(setup.fold_of_row == k), judges[k]) for k in range(3))
    table = folds.table(setup, result)
    assert table["validation_rows"].tolist() == [10, 10, 10]
    assert table[list(BreastCancer.classes)].sum(axis=1).tolist() == [10, 10, 10]


def test_a_test_set_that_was_opened_before_is_said_to_be() -> None:
    setup = only_once.Setup(16, 40, FIRST)
    selection = only_once.measure(setup)
    opening = Opening(16, 40, 0, 0.95, float(selection.scores[0]), selection.test)
    assert "opened_before" not in only_once.report(setup, selection, opening, say)
    other = only_once.Setup(8, 40, FIRST)
    assert "opened_before" in only_once.report(other, only_once.measure(other), opening, say)


# ---- what is guessed -------------------------------------------------------------------------------------------------


FIVE_FOLDS = folds.Setup(CrossValidation(AutoMPG(), 30, 2, False, 0))


def shuffled(times: float) -> FoldErrors:
    """Shuffles in which the score of the first fold varies so many times as much as the mean of both."""
    first = np.resize([1.0, 3.0], SHUFFLES)
    # the mean of both is 2 + (first - 2) / times
    errors = np.stack([first, 2 * (2 + (first - 2) / times) - first], axis=1)
    return FoldErrors(errors, errors)


@pytest.mark.parametrize(
    ("times", "steadier"),
    [
        (0.5, ("splits_steadier",)),
        (1.0, ("alike_steady",)),
        (1.3, ("folds_steadier",)),
        (3.0, ("folds_far_steadier",)),
        # told as 2.00 times, and by a hair less: nobody can see that it is not twice
        (1.996, ("folds_steadier", "folds_far_steadier")),
    ],
)
def test_the_folds_are_as_much_steadier_as_is_told(times: float, steadier: tuple[str, ...]) -> None:
    result = shuffled(times)
    assert folds.question(FIVE_FOLDS, result).truths == steadier
    assert f"'times': '{times:.2f}'" in folds.explain(FIVE_FOLDS, result, say)


def test_folds_without_a_mistake_are_as_steady_as_one_split() -> None:
    nothing = np.zeros((SHUFFLES, 2))
    assert folds.question(FIVE_FOLDS, FoldErrors(nothing, nothing)).truths == ("alike_steady",)


TAMED = tame.Setup(SampledRows(AutoMPG(), 40), 0.3, 0.01, 20)


def remedies(*validation: float) -> Remedies:
    """Remedies after which the validation error is this, the untamed network's first; others stay as bad as that."""
    errors = np.array([*validation, *[validation[0]] * (1 + len(REMEDIES) - len(validation))])[:, None]
    both = {"train": errors, "validation": errors}
    return Remedies(both, both, np.array([7]), 9.0)


def best(*validation: float) -> tuple[str, ...]:
    return tame.question(TAMED, remedies(*validation)).truths


def test_remedies_that_are_told_to_lower_the_error_alike_are_equally_good() -> None:
    assert best(4.0, 3.12, 3.0, 3.119) == (REMEDIES[1],)
    assert best(4.0, 3.1204, 3.5, 3.1196) == (REMEDIES[0], REMEDIES[2])
    assert best(4.0, 4.5) == (NOTHING,) == best(4.0)
    # 4.00 against 4.00: nobody is told that it is lower
    assert best(4.0, 3.9996) == (NOTHING,)
    assert "'change': '±0%'" in tame.explain(TAMED, remedies(4.0, 3.9996), say)
    assert best(np.nan, 3.0) == (REMEDIES[0],)


def test_all_rungs_that_are_told_to_be_best_are_named() -> None:
    def course(error: float) -> TrainingCurves:
        rows = np.full((2, 1), error)
        return TrainingCurves(np.array([0, 1]), rows, rows, rows, rows, rows)

    courses = {"0": course(3.5), "1": course(3.0004), "2": course(2.9996), "4": course(np.nan)}
    report = grow.explain(grow.Setup(SampledRows(AutoMPG(), 40), AdamTraining(), 1), Ladder(courses, 9.0), say)
    assert "'best': '1, 2'" in report and "'val': '3.00'" in report


def test_shares_are_as_low_as_they_are_written() -> None:
    assert capacity.lowest({"a": 0.1004, "b": 0.0996, "c": 0.101}, share=True) == ("a", "b")
    assert capacity.lowest({"a": np.nan}, share=True) == ()


@pytest.mark.parametrize(
    ("points", "size", "written"),
    [
        (0.1, ("optimism_none",), 0.1),
        (0.2, ("optimism_small",), 0.2),
        (0.96, ("optimism_large", "optimism_small"), 1.0),
        (1.0, ("optimism_large",), 1.0),
        (1.04, ("optimism_large",), 1.0),
    ],
)
def test_an_optimism_told_as_a_point_may_be_a_little_less(points: float, size: tuple[str, ...], written: float) -> None:
    setup, selection = only_once.Setup(1, 40, BEST), Selection(np.array([0.9]), 0, 0.9, np.full((1, 4), points / 100))
    assert set(only_once.question(setup, selection).truths) == set(size)
    assert f"'average': {written}" in only_once.explain(setup, selection, say)


# ---- presets ---------------------------------------------------------------------------------------------------------


def ticked(at: AppTest, beat: str) -> list[str]:
    """The presets of a question that are said to be what its controls are set to."""
    start = f"model_evaluation.{beat}-preset-"
    return [str(b.key).removeprefix(start) for b in at.button if str(b.key).startswith(start) and b.proto.icon]


@pytest.mark.usefixtures("briefly")
@pytest.mark.parametrize(
    ("address", "beat", "preset"),
    [
        ({"rows4": "100", "rung4": "h2"}, "grow", ["much_data"]),
        ({"rung4": "h2"}, "grow", []),
        ({"seeds4": "3"}, "grow", []),
        ({"data5": "breast_cancer", "flip5": "0.15"}, "tame", ["noisy_labels"]),
        ({"flip5": "0.15"}, "tame", []),
        ({"x6": "80"}, "only_once", []),
        ({"sample7": "0"}, "folds", ["unlucky"]),
    ],
)
def test_an_address_ticks_the_preset_that_it_is_and_no_other(
    address: dict[str, str], beat: str, preset: list[str], opened
) -> None:
    """The presets were drawn before what stands one click away was read: at "flip5=0.15" the ticked one was "tames"."""
    assert ticked(opened(SCRIPT, address, lang="en"), beat) == preset


@pytest.mark.usefixtures("briefly")
@pytest.mark.parametrize(("predict", "columns"), [("1", ["model"]), ("0", ["model", "models"])])
def test_no_table_stands_under_another_ones_heading(predict: str, columns: list[str], opened) -> None:
    """Before the answer the scores of the models stood under the heading of the optimism, too."""
    at = opened(SCRIPT, lang="en", predict=predict)
    at.session_state["model_evaluation-only_once-tables"] = True
    at.run()
    assert [table.value.columns[0] for table in at.container(key="beat-only_once").dataframe] == columns
