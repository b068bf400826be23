"""Trials: nothing differs between two of them but the learning rate; and what a range test reads off them."""

import numpy as np
import pytest

from dlcore.callbacks import ReduceLROnPlateau
from dlcore.datasets import AutoMPG, BreastCancer, Moons, Penguins
from dlcore.experiments.lr_finder import EXPLODED, Growth, range_test
from dlcore.experiments.rate_trials import Trial
from dlcore.schedules import CosineDecay

TRIALS = [Trial(data, epochs=4, batch_size=16) for data in (AutoMPG(), Penguins(), BreastCancer(), Moons())]
every_trial = pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.data.name())


@every_trial
def test_a_sweep_is_what_every_training_is_alone(trial: Trial) -> None:
    rates = np.array([0.01, 0.1, 0.3])
    found = trial.sweep(rates)
    for k, rate in enumerate(rates):
        alone = trial.train(float(rate))
        assert found.height[:, k] == pytest.approx(alone.loss, rel=1e-9)
        assert alone.rate.tolist() == [rate] * trial.steps


@every_trial
def test_a_trial_can_be_repeated_and_depends_on_its_seed(trial: Trial) -> None:
    one, same = trial.train(0.1), trial.train(0.1)
    assert one.loss.tolist() == same.loss.tolist()
    assert Trial(trial.data, epochs=4, batch_size=16, seed=1).train(0.1).loss[-1] != one.loss[-1]


def test_the_rates_are_those_of_the_schedule_step_by_step() -> None:
    trial = Trial(Penguins(), epochs=3)
    schedule = CosineDecay(0.2, trial.steps)
    assert trial.train(schedule).rate == pytest.approx(schedule(np.arange(trial.steps)))


def test_a_callback_changes_the_rate_between_epochs_only() -> None:
    trial = Trial(Penguins(), epochs=12)
    rate = trial.train(0.2, [ReduceLROnPlateau("loss", factor=0.5, patience=1)]).rate.reshape(12, trial.batches)
    assert (rate == rate[:, :1]).all() and set(rate[:, 0] / 0.2) > {1.0}
    assert set(np.log2(rate[:, 0] / 0.2)) <= {-float(k) for k in range(12)}


def test_a_training_that_diverges_is_a_result() -> None:
    found = Trial(AutoMPG(), epochs=10).train(5.0)
    assert found.diverged and len(found.loss) == 11 and np.isnan(found.loss[-1])
    assert Trial(AutoMPG(), epochs=10).sweep(np.array([0.1, 5.0])).lost.tolist() == [-1, found.diverged]


# ---- the range test --------------------------------------------------------------------------------------------------


@every_trial
def test_the_rate_grows_by_the_same_factor_with_every_batch(trial: Trial) -> None:
    growth = Growth(1e-3, 10.0, 60)
    found = range_test(trial, growth)
    assert found.rate[0] == pytest.approx(1e-3)
    assert found.rate[1:] / found.rate[:-1] == pytest.approx(growth.factor)
    assert growth.low * growth.factor**59 == pytest.approx(10.0)
    assert np.isfinite(found.smoothed).all() and len(found.rate) == len(found.loss) == len(found.smoothed)


@every_trial
def test_it_ends_when_the_loss_explodes_or_the_batches_are_used_up(trial: Trial) -> None:
    found = range_test(trial, Growth())
    assert found.exploded
    assert (found.smoothed[:-1] <= EXPLODED * np.minimum.accumulate(found.smoothed)[:-1]).all()
    short = range_test(trial, Growth(1e-6, 1e-5, 20))
    assert not short.exploded and len(short.rate) == 20


def test_the_running_mean_of_equal_losses_is_that_loss() -> None:
    # so small a rate changes nothing, and all rows are in every batch
    trial = Trial(Penguins(), rows=32, batch_size=32)
    found = range_test(trial, Growth(1e-9, 1e-8, 15))
    assert found.smoothed == pytest.approx(np.full(15, found.loss[0]), rel=1e-5)


def test_the_first_loss_is_that_of_the_untrained_network() -> None:
    trial = Trial(Penguins(), rows=32, batch_size=32)
    x, y = trial.samples
    assert range_test(trial, Growth()).loss[0] == pytest.approx(trial.model().evaluate(x, y))


def test_what_is_read_off_where_the_curve_falls_trains_well() -> None:
    for data in (AutoMPG(), Penguins(), BreastCancer()):
        trial = Trial(data, batch_size=16, epochs=10)
        reading = range_test(trial, Growth()).lowest / 4
        read, tenth, tenfold = trial.sweep(np.array([reading, reading / 10, reading * 10])).height[-1]
        assert read < tenth and not tenfold < read
