"""Crowds, ladders, folds and optimism: by what they must be, not by how they are computed."""

import dataclasses

import numpy as np
import pytest

from dlcore import losses
from dlcore.datasets import AutoMPG, BreastCancer, Moons, PenguinSpecies
from dlcore.experiments.capacity import (
    RUNGS,
    AdamTraining,
    SampledRows,
    best_marks,
    parting,
    sign,
    standardize_parts,
    training_curves,
)
from dlcore.experiments.cross_validation import CrossValidation, folds
from dlcore.experiments.replicates import TrainingCurves, train_copies
from dlcore.experiments.selection_bias import MODELS, Candidates, best_model, optimism
from dlcore.experiments.training_config import LayerPlan, Recipe
from dlcore.optimizers import SGD, Adam, Optimizer

CARS = SampledRows(AutoMPG(), 40)
DATA = [AutoMPG(), BreastCancer(), PenguinSpecies(), Moons(count=600)]
SHORT = AdamTraining(5, 0.03)


def course(error: list[float], val: list[float] | None = None) -> TrainingCurves:
    columns = np.array([error]).T, np.array([val or error]).T
    return TrainingCurves(np.arange(len(error)), columns[0], columns[1], columns[0], columns[1], np.zeros((1, 1)))


# ---- crowds --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", DATA, ids=lambda data: data.name())
@pytest.mark.parametrize("hidden", [(), (4,), (3, 3)])
def test_a_copy_in_a_crowd_is_trained_as_if_it_were_alone(data, hidden) -> None:
    rows = SampledRows(data, 40)
    recipe = SHORT.recipe(rows, hidden)
    parts = [rows.parts(seed) for seed in (3, 4)]
    together = train_copies(recipe, parts, (3, 4))
    for copy, seed in enumerate((3, 4)):
        alone = train_copies(recipe, parts[copy : copy + 1], (seed,))
        assert np.allclose(together.loss[:, copy], alone.loss[:, 0]), "loss"
        assert np.allclose(together.val_error[:, copy], alone.val_error[:, 0]), "error"


@pytest.mark.parametrize("data", DATA, ids=lambda data: data.name())
def test_a_crowd_takes_the_steps_of_a_model_on_its_own(data) -> None:
    """One epoch of one batch: there the order of the rows does not matter."""
    rows = SampledRows(data, 40)
    recipe = AdamTraining(1, 0.03, l2=0.01).recipe(rows, (4,))
    parts = rows.parts(7)
    found = train_copies(_in_one_batch(recipe, 7), [parts], (7,))
    model = _in_one_batch(recipe, 7).model()
    model.fit(parts.train.x, parts.train.y, batch_size=40, epochs=1)
    p = model.predict(parts.validation.x)
    if data.task == "regression":
        expected = np.sqrt(np.mean((p - parts.validation.y) ** 2)) * parts.scale
    elif data.task == "binary":
        expected = np.mean((p > 0.5) != (parts.validation.y > 0.5))
    else:
        expected = np.mean(p.argmax(axis=1) != parts.validation.y.argmax(axis=1))
    assert found.val_error[-1, 0] == pytest.approx(expected)


@pytest.mark.parametrize("loss", [losses.BinaryCrossentropy(from_logits=True), losses.SquaredHinge()], ids=repr)
def test_a_crowd_of_logits_or_margins_is_judged_at_0(loss) -> None:
    parts = SampledRows(Moons(), 40).parts(7)
    recipe = Recipe(2, (LayerPlan(1, "linear"),), loss, epochs=2, batch_size=40)
    z = recipe.model()
    z.fit(parts.train.x, parts.train.y, batch_size=40, epochs=2)
    p = z.predict(parts.validation.x)
    yes = parts.validation.y > 0.5
    assert np.mean((p > 0) != yes) != np.mean((p > 0.5) != yes), "else this could not fail"
    assert train_copies(recipe, [parts], (0,)).val_error[-1, 0] == pytest.approx(np.mean((p > 0) != yes))


def _in_one_batch(recipe, seed):
    return type(recipe)(**{**vars(recipe), "batch_size": 40, "seed": seed})


def test_misses_add_up_to_the_error() -> None:
    for rows in (CARS, SampledRows(PenguinSpecies(), 40)):
        found = train_copies(SHORT.recipe(rows, (4,)), [rows.parts(0)], (0,))
        error = found.miss.mean() if rows.data.classes else np.sqrt(found.miss.mean())
        assert error == pytest.approx(found.val_error[-1, 0])


def test_the_first_and_the_last_epoch_are_among_the_marks() -> None:
    found = training_curves(CARS, AdamTraining(50), (2,), 2, marks=7)
    assert len(found.epoch) == 7 and found.epoch[[0, -1]].tolist() == [0, 50]
    assert found.error.shape == found.val_loss.shape == (7, 2)


def test_a_wild_rate_is_a_result() -> None:
    found = training_curves(CARS, AdamTraining(20, 1e3), (4,), 2)
    assert sign(found, 8.0) == "lost"


def test_parts_must_fit_the_seeds_and_each_other() -> None:
    recipe = SHORT.recipe(CARS, ())
    with pytest.raises(ValueError, match="each copy needs one of both"):
        train_copies(recipe, [CARS.parts(0)], (0, 1))
    with pytest.raises(ValueError, match="differ in size"):
        train_copies(recipe, [CARS.parts(0), SampledRows(AutoMPG(), 30).parts(0)], (0, 1))


# ---- ladders -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", DATA, ids=lambda data: data.name())
def test_nobody_is_judged_by_a_row_that_was_learned_from(data) -> None:
    x, y = data.load()
    parts = SampledRows(data, 40).parts(1)
    assert len(parts.train.x) == 40 and len(parts.validation.x) == 150
    assert np.allclose(parts.train.x.mean(axis=0), 0) and not np.allclose(parts.validation.x.mean(axis=0), 0)
    learn, judge = np.arange(40), np.arange(40, len(y))
    assert np.allclose(standardize_parts(data, x, y, learn, judge).train.x.std(axis=0)[0], 1)


def test_flipped_answers_are_wrong_ones_and_as_many_as_asked_for() -> None:
    rows, noisy = SampledRows(Moons(count=2000), 1800), SampledRows(Moons(count=2000), 1800, 0.3)
    assert np.mean(rows.parts(0).train.y != noisy.parts(0).train.y) == pytest.approx(0.3, abs=0.03)
    more = SampledRows(Moons(count=2000), 1800, 0.4).parts(0).train.y
    assert ((rows.parts(0).train.y == more) <= (rows.parts(0).train.y == noisy.parts(0).train.y)).all()


def test_too_few_rows_are_refused() -> None:
    with pytest.raises(ValueError, match="too few"):
        SampledRows(AutoMPG(), 300).parts(0)


def test_a_baseline_is_what_an_answer_that_never_looks_gets() -> None:
    assert 6.5 < CARS.baseline(0) < 9.5
    assert SampledRows(Moons(count=600), 40).baseline(0) == pytest.approx(0.5, abs=0.1)


def test_the_curves_part_where_they_stay_apart() -> None:
    assert parting(np.array([1.0, 0.4, 0.9, 0.1]), np.array([1.0, 1.0, 1.0, 1.0])) == 3
    assert parting(np.array([1.0, 0.9]), np.array([1.1, 1.0])) is None
    assert parting(np.array([0.0, 0.0]), np.array([0.1, 0.1])) == 0
    assert parting(np.array([0.0]), np.array([0.0])) is None
    assert parting(np.array([0.1, np.nan]), np.array([1.0, np.nan])) is None


def test_a_sign_is_read_off_the_end() -> None:
    assert sign(course([9.0, 9.0, 9.0]), 8.0) == "lost"
    assert sign(course([9.0, float("nan")]), 8.0) == "lost"
    assert sign(course(list(np.linspace(7, 1, 40))), 8.0) == "unfinished"
    assert sign(course([7.0] + [2.0] * 40), 8.0) == "full"


def test_a_large_network_learns_forty_rows_by_heart_and_a_single_unit_does_not() -> None:
    """What the page says of its defaults."""
    ends = np.array([training_curves(CARS, AdamTraining(), hidden, 5).error[-1].mean() for hidden in RUNGS])
    vals = np.array([training_curves(CARS, AdamTraining(), hidden, 5).val_error[-1].mean() for hidden in RUNGS])
    assert ends[0] > 3 * ends[-1] and RUNGS[parting(ends, vals) or 0] == (4,)
    assert RUNGS[int(vals.argmin())] == (2,)


def test_early_stopping_goes_back_to_the_best_that_it_waited_for() -> None:
    falls = course([9, 5, 4, 6, 6, 6, 1])
    assert (
        best_marks(falls, 3).tolist() == [2]
        and best_marks(falls, 10).tolist() == [6]
        and best_marks(falls, 1).tolist() == [2]
    )
    assert best_marks(course([1.0, 2.0, 3.0]), 1).tolist() == [1], "before the first epoch nobody looks"


# ---- folds ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("k", [2, 3, 7, 10])
def test_every_row_is_in_exactly_one_fold_and_folds_are_alike_in_size(k: int) -> None:
    found = folds(47, k, seed=3)
    assert sorted(np.concatenate(found).tolist()) == list(range(47))
    sizes = [len(rows) for rows in found]
    assert max(sizes) - min(sizes) <= 1


@pytest.mark.parametrize("k", [2, 5, 10])
def test_stratified_folds_have_every_class_alike(k: int) -> None:
    labels = np.random.default_rng(0).choice(3, 60, p=[0.7, 0.2, 0.1])
    counts = np.array([np.bincount(labels[rows], minlength=3) for rows in folds(60, k, 1, labels)])
    assert (counts.max(axis=0) - counts.min(axis=0) <= 1).all()
    assert sorted(np.concatenate(folds(60, k, 1, labels)).tolist()) == list(range(60))


def test_other_seeds_are_other_folds_and_an_impossible_k_is_refused() -> None:
    assert not np.array_equal(folds(20, 2, 0)[0], folds(20, 2, 1)[0])
    for k in (1, 21):
        with pytest.raises(ValueError, match="k must be"):
            folds(20, k)


def test_the_estimate_is_right_on_average_over_samples() -> None:
    """Cross-validation is (nearly) unbiased for networks that learn from as many rows as its own do."""
    pairs = [CrossValidation(BreastCancer(), 60, 5, sample=sample).fold_errors(2) for sample in range(12)]
    own, fresh = (np.mean([pair[k] for pair in pairs]) for k in (0, 1))
    assert own == pytest.approx(fresh, abs=0.015)


def test_the_mean_of_the_folds_varies_less_than_one_split() -> None:
    own, fresh = CrossValidation(AutoMPG(), 60, 5, sample=4).fold_errors(20)
    assert own.shape == fresh.shape == (20, 5)
    assert own[:, 0].std() > 2 * own.mean(axis=1).std()


def test_uneven_folds_are_measured_too() -> None:
    own, fresh = CrossValidation(PenguinSpecies(), 31, 4, stratified=True).fold_errors(2)
    assert np.isfinite(own).all() and np.isfinite(fresh).all()
    with pytest.raises(ValueError, match="too few"):
        CrossValidation(PenguinSpecies(), 342, 4).rows()


# ---- optimism ------------------------------------------------------------------------------------------------------


def test_the_best_of_pure_luck_flatters_by_what_theory_says() -> None:
    """Coins: every model has the same chance, so all that the best score is above it is luck."""
    coins = (np.random.default_rng(0).random((200, MODELS, 900)) < 0.5).astype(float)
    found = optimism(coins, 100, 1).mean(axis=1)
    deviation = 0.5 / np.sqrt(100)
    # the expected largest of 32 normal numbers is 2.07 deviations above their mean
    assert found[0] == pytest.approx(0, abs=0.01)
    assert found[-1] == pytest.approx(2.07 * deviation, abs=0.012)
    assert (np.diff(found) > -0.003).all()


def test_the_candidates_are_all_different_networks_on_the_same_rows() -> None:
    plan = Candidates(BreastCancer(), training=AdamTraining(2, 0.03))
    miss = plan.mistakes((0, 1))
    assert miss.shape == (2, MODELS, 509) and set(np.unique(miss)) == {0.0, 1.0}
    assert len({tuple(row) for row in miss[0]}) > MODELS // 2
    assert best_model(miss[0], MODELS) == int(miss[0].sum(axis=1).argmin())


@pytest.mark.parametrize("optimizer", [SGD(0.5, clipnorm=0.1), SGD(0.5, clipvalue=0.01), Adam(0.05, clipnorm=0.1)])
def test_clipping_shortens_the_gradient_of_every_copy_by_itself(optimizer: Optimizer) -> None:
    """Copies side by side had one norm for all of them."""
    recipe = dataclasses.replace(SHORT.recipe(CARS, (4,)), optimizer=optimizer)
    parts = [CARS.parts(0), CARS.parts(1), CARS.parts(2)]
    together = train_copies(recipe, parts, (3, 4, 5))
    for copy, seed in enumerate((3, 4, 5)):
        alone = train_copies(recipe, parts[copy : copy + 1], (seed,))
        np.testing.assert_allclose(together.loss[:, copy], alone.loss[:, 0], rtol=1e-9)
