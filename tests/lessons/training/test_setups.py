"""What the questions on training hand on: setups that say what they are, verdicts worked out once, an address kept."""

import dataclasses
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dlcore import datasets, losses, optimizers
from dlcore.experiments.training_config import LayerPlan, Recipe
from dlcore.tables import Table, read_csv
from lessons.training import compile as compile_module
from lessons.training import data, feasibility, fit, keep, model, rows, watch
from lessons.training.rows import LabelledRows, RowSelection
from ui.controls import page_state
from ui.number_format import readable
from ui.question import Part, Question
from ui.text import texts

SCRIPT = "pages/7_training.py"
Open = Callable[..., AppTest]
MOONS = RowSelection(datasets.Moons(), datasets.Moons.features)
TABLE = b"a,b,y\n" + b"".join(b"%d,%d,%d\n" % (k, k * k % 7, k % 2) for k in range(24))


def say(word: str, /, **facts: Any) -> str:
    return texts.fill(texts.words()[word]["en"], facts)


def compiled(selection: RowSelection = MOONS, loss: str = "binary_crossentropy", **how: Any) -> compile_module.Setup:
    """A small network for some rows, trained by Adam."""
    layers = (LayerPlan(4), LayerPlan(1, "sigmoid"))
    rule: Any = optimizers.get("adam")
    known = {"metrics": ("accuracy",), "batch_size": 20, "epochs": 5} | how
    return compile_module.Setup(rows.load(selection), layers, losses.get(loss), rule, "no_schedule", **known)


# ---- measure ---------------------------------------------------------------------------------------------------------


def test_rows_are_cut_as_their_selection_says() -> None:
    found = data.measure(data.Setup(dataclasses.replace(MOONS, share=0.25, seed=3)))
    assert found.selection.share == 0.25
    assert (len(found.parts.train.x), len(found.parts.validation.x)) == (150, 50)
    assert sorted(found.parts.order) == list(range(200))


@pytest.mark.parametrize(("share", "possible"), [(0.2, 0.0), (0.5, 0.5)])
def test_rows_that_are_too_few_to_be_cut_are_all_learned_from(share: float, possible: float) -> None:
    """Whether they can be cut was asked by an assertion, which Python leaves out when it is told to optimize."""
    setup = data.Setup(RowSelection(None, ("x_1", "x_2"), points="0, 0, 0; 1, 1, 1", share=share))
    found = data.measure(setup)
    assert found.selection.share == possible and len(found.parts.order) == 2
    assert len(found.parts.validation.x) == 2 * possible


def test_a_readers_table_is_told_by_its_name_and_by_nothing_that_it_holds() -> None:
    table = read_csv(TABLE)
    assert isinstance(table, Table)
    setup = data.Setup(RowSelection(None, table.features, own="a file"), table)
    found = data.measure(setup)
    assert found.personal and np.array_equal(found.x, table.x)
    other = data.measure(dataclasses.replace(setup, selection=dataclasses.replace(setup.selection, own="another")))
    assert found == data.measure(setup) != other
    assert repr(found) == f"LabelledRows(selection={setup.selection!r})" and "array" not in repr(setup)


def test_targets_are_one_hot_for_the_losses_that_want_them_and_else_as_they_are() -> None:
    iris = rows.load(RowSelection(datasets.Iris(), datasets.Iris.features))
    for name in compile_module.LOSSES:
        loss: Any = losses.get(name)
        shape = (120, 3) if loss.targets == "one_hot" else (120,)
        assert iris.prepare(loss).train.y.shape == shape, name
        assert iris.prepare(loss) is iris.prepare(loss)


def test_weights_are_counted_asked_for_and_explained() -> None:
    setup = model.Setup(8, (LayerPlan(12, batch_normalization=True), LayerPlan(1)), 455)
    weights = model.measure(setup)
    assert weights.sums == ("(8 + 1) · 12 + 4 · 12 = 156", "(12 + 1) · 1 = 13") and weights.total == 169
    assert model.question(setup, weights).truths == ("below_1000",)
    assert "156 + 13" in model.explain(setup, weights, say) and "455" in model.explain(setup, weights, say)


@pytest.mark.parametrize(("total", "size"), [(98, "below_100"), (100, "below_1000"), (1000, "below_10000")])
def test_a_size_begins_with_its_bound(total: int, size: str) -> None:
    setup = model.Setup(1, (LayerPlan(total // 2),), 10)
    assert model.question(setup, model.measure(setup)).truths == (size,)


@pytest.mark.filterwarnings("ignore:.*No runtime found.*")
def test_compile_says_what_an_untrained_network_begins_with() -> None:
    setup = compiled()
    feasible = compile_module.measure(setup)
    train, network = setup.rows.parts.train, setup.recipe().model()
    assert feasible.obstacle is None and feasible.metrics == ("accuracy",)
    assert feasible.first_loss == network.evaluate(train.x, train.y, return_dict=True)["loss"]
    # half of the moons are of either class
    assert feasible.constant_loss == pytest.approx(np.log(2), rel=1e-6)


@pytest.mark.filterwarnings("ignore:.*No runtime found.*")
def test_how_long_a_training_is_changes_only_whether_it_is_too_long() -> None:
    short, long = (compile_module.measure(compiled(epochs=epochs, batch_size=1)) for epochs in (1, 10**6))
    assert long.obstacle is not None and long.obstacle.word == "too_long"
    assert dataclasses.replace(long, obstacle=None) == short


@pytest.mark.filterwarnings("ignore:.*No runtime found.*")
def test_fit_measures_the_whole_training() -> None:
    recipe = compiled().recipe()
    setup = fit.Setup(rows.load(MOONS), recipe)
    result = fit.measure(setup)
    assert result is not None and result.recipe == recipe and result.epochs == 5
    asked = fit.question(setup, result)
    assert isinstance(asked, Question) and asked.truths == result.when
    assert fit.explain(setup, result, say)
    # nothing is known, and nothing is asked, of a training that cannot be run
    refused = dataclasses.replace(setup, obstacle=feasibility.Obstacle("too_many_weights"))
    assert fit.measure(refused) is None and fit.question(refused, None) is None and fit.goals(refused, None) == ()


def test_a_training_is_told_by_its_rows_and_its_recipe() -> None:
    setup = fit.Setup(rows.load(MOONS), compiled().recipe())
    again = fit.Setup(rows.load(MOONS), compiled().recipe(), feasibility.Obstacle("too_long"))
    assert repr(again) == repr(setup)
    others = [
        dataclasses.replace(setup, rows=rows.load(dataclasses.replace(MOONS, seed=1))),
        *(dataclasses.replace(setup, recipe=each.recipe()) for each in (compiled(epochs=6), compiled(seed=1))),
    ]
    assert len({repr(each) for each in (setup, *others)}) == 4


@pytest.mark.filterwarnings("ignore:.*No runtime found.*")
@pytest.mark.parametrize("module", [watch, keep])
def test_before_the_answer_there_is_no_training_to_look_at(module: Any) -> None:
    setup = fit.Setup(rows.load(MOONS), compiled().recipe())
    result = fit.measure(setup)
    for answered in (False, True):
        looked_at = module.choose(None, Part(setup, result, answered))
        assert module.measure(looked_at) is (result if answered else None)
        assert np.isfinite(looked_at.curves("loss")["train"]).all() == answered
    assert looked_at.recipe == setup.recipe


def test_what_is_said_of_the_first_weights_is_said_of_those_that_are_trained(opened: Open) -> None:
    """With another seed the drawing and the first loss were those of another network."""
    at = opened(SCRIPT, lang="en", predict="0", seed="7", net="5", epochs="2")
    recipe = Recipe(8, (LayerPlan(5), LayerPlan(1, "sigmoid")), losses.get("binary_crossentropy"), seed=7)
    train, network = rows.load(RowSelection()).parts.train, recipe.model()
    first = network.evaluate(train.x, train.y, return_dict=True)["loss"]
    largest = max(float(np.abs(part).max()) for part in network.get_weights())
    assert any(f"has a loss of {readable(first, 3)}." in each.value for each in at.markdown)
    assert any(f"at most {readable(largest, 3)}" in each.value for each in at.caption)
    # another seed is another training, and not another question about the number of weights
    one, other = (model.Setup(8, recipe.layers, 455, seed) for seed in (0, 7))
    assert one == other and repr(one) == repr(other)


# ---- worked out once -------------------------------------------------------------------------------------------------


@pytest.fixture
def examinations(monkeypatch: pytest.MonkeyPatch) -> list[Recipe]:
    """Every training that it was worked out for what can be said of it."""
    seen: list[Recipe] = []
    work_out = feasibility.examine

    def spy(data: LabelledRows, recipe: Recipe) -> feasibility.Feasibility:
        seen.append(recipe)
        return work_out(data, recipe)

    monkeypatch.setattr(feasibility, "examine", spy)
    return seen


def test_what_speaks_against_a_training_is_worked_out_once(opened: Open, examinations: list[Recipe]) -> None:
    """It was worked out in five places at every rerun, with a network built and rows cut in each."""
    at = opened(SCRIPT, lang="en", predict="0", net="3-5", epochs="7")
    assert len(examinations) == 1
    at.slider(key="training.epochs").set_value(9).run()
    at.number_input(key="training.batch").set_value(31).run()
    assert not at.exception and len(examinations) == 1
    at.selectbox(key="training.loss").set_value("mean_squared_error").run()
    assert len(examinations) == 2


def test_of_a_readers_own_table_it_is_worked_out_once_a_visit(opened: Open, examinations: list[Recipe]) -> None:
    at = opened(SCRIPT, lang="en", predict="0", set="own_table", net="3-6", epochs="2")
    examinations.clear()
    at.file_uploader(key="training.file").set_value(("mine.csv", TABLE, "text/csv"))
    at.run()
    at.slider(key="training.epochs").set_value(4).run()
    assert not at.exception and len(examinations) == 1


# ---- what the address says of members that are not chosen ------------------------------------------------------------

WAITING = {"momentum_sgd": "0.5", "delta_huber": "2", "noise_moons": "0.3", "in_iris": "petal_width_cm", "layer": "2"}


def address(at: AppTest) -> dict[str, str]:
    return {key: text if isinstance(text, str) else text[-1] for key, text in at.query_params.items()}


def test_only_controls_that_can_be_seen_are_read(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """All settings of all members of three families were read at every rerun, to keep them in the address."""
    keys: list[str] = []
    value = page_state.value

    def spy(state: page_state.PageState, key: str, kind: Any) -> Any:
        keys.append(key)
        return value(state, key, kind)

    monkeypatch.setattr(page_state, "value", spy)
    at = opened(SCRIPT, WAITING, lang="en", predict="0")
    assert not at.exception and not set(keys) & WAITING.keys()
    assert len(keys) < 60


def test_settings_of_members_that_are_not_chosen_wait_in_the_address(opened: Open) -> None:
    at = opened(SCRIPT, WAITING, lang="en", predict="0", foo="1", nesterov_adam="1")
    (unknown,) = (each.value for each in at.warning)
    assert re.findall(r"`(.*?)`", unknown) == ["foo", "nesterov_adam"], "no control has these names"
    assert address(at) == {"lang": "en", "all": "print", "predict": "0"} | WAITING
    at.slider(key="training.epochs").set_value(10).run()
    assert address(at) == {"lang": "en", "all": "print", "predict": "0", "epochs": "10"} | WAITING
    # the mark of a preset: these are not the defaults
    (preset,) = (each for each in at.button if each.key == "training.compile-preset-works")
    assert preset.proto.icon == ""
    at.selectbox(key="training.rule").set_value("sgd").run()
    assert at.slider(key="training.momentum_sgd").value == 0.5
    at.selectbox(key="training.set").set_value("iris").run()
    assert at.pills(key="training.in_iris").value == ["petal_width_cm"]
    at.selectbox(key="training.rule").set_value("adam").run()
    at.selectbox(key="training.set").set_value("moons").run()
    assert address(at).items() >= WAITING.items(), "read by now, and kept all the same"
    assert at.slider(key="training.noise_moons").value == 0.3


def test_what_waits_is_put_right_and_said_once_it_is_chosen(opened: Open) -> None:
    at = opened(SCRIPT, lang="en", predict="0", momentum_sgd="99")
    assert address(at)["momentum_sgd"] == "99" and not at.warning
    at.selectbox(key="training.rule").set_value("sgd").run()
    assert "momentum_sgd=99" in at.warning[0].value
    assert address(at)["momentum_sgd"] == "1"


def test_a_preset_clears_what_waits(opened: Open) -> None:
    at = opened(SCRIPT, WAITING, lang="en", predict="0", epochs="5")
    at.button(key="training.compile-preset-works").click().run()
    assert address(at).keys() & WAITING.keys() == WAITING.keys() - {"momentum_sgd", "delta_huber"}
    at.button(key="training.data-preset-two_inputs").click().run()
    assert address(at).keys() & WAITING.keys() == {"layer"}


def test_a_class_link_may_lock_what_is_not_chosen(opened: Open) -> None:
    """It was said to be unknown until it was chosen."""
    at = opened(SCRIPT, lang="en", predict="0", lock="momentum_sgd,nothing")
    assert re.findall(r"`(.*?)`", at.warning[0].value) == ["nothing"]
    at.selectbox(key="training.rule").set_value("sgd").run()
    assert at.slider(key="training.momentum_sgd").disabled
