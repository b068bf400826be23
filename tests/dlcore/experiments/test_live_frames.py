"""Live frames: their bytes are those that the module describes, and few."""

import dataclasses
import json
import zlib

import numpy as np
import pytest

from dlcore import losses
from dlcore.datasets import Moons
from dlcore.experiments.live_training import LiveFrames, LiveTraining, LiveView, pack, unpack
from dlcore.experiments.training_config import LayerPlan, Recipe, prepare

HIDDEN = LayerPlan(8, "tanh")
CLASSROOM = Recipe(2, (HIDDEN, HIDDEN, LayerPlan(1, "sigmoid")), losses.get("bce"), metrics=("accuracy",))


def classroom(recipe: Recipe = CLASSROOM) -> LiveTraining:
    """Two moons, 8 and 8 units, pictures as large as by default."""
    parts = prepare(*Moons(count=250).load(), recipe.loss, classes=2)
    return LiveTraining(recipe, parts, LiveView(((-1.5, 2.5), (-1.0, 1.5))))


@pytest.fixture(scope="module")
def frames() -> LiveFrames:
    live = classroom()
    live.train(6)
    return live.frames(2, 7)


def assert_same(one: LiveFrames, other: LiveFrames) -> None:
    assert one.start == other.start and [*one.logs] == [*other.logs]
    for name in ("units", "kernels", "biases"):
        assert all(map(np.array_equal, getattr(one, name), getattr(other, name)))
    assert np.array_equal(one.border, other.border)
    assert all(np.array_equal(values, other.logs[name]) for name, values in one.logs.items())


def test_unpacked_frames_are_the_same(frames: LiveFrames) -> None:
    assert_same(unpack(pack(frames)), frames)
    live = classroom()
    assert_same(unpack(pack(live.frames(0, 1))), live.frames(0, 1))
    assert len(unpack(pack(live.frames(5, 9))).border) == 0


def test_the_layout_is_the_one_described(frames: LiveFrames) -> None:
    data = pack(frames)
    end = 4 + int(np.frombuffer(data, "<u4", 1)[0])
    header, body = json.loads(data[4:end]), zlib.decompress(data[end:])
    assert header["start"] == 2 and header["frames"] == 5 and header["border"] == [1, 40, 40]
    assert header["units"] == [[8, 12, 12], [8, 12, 12]] and header["kernels"] == [[2, 8], [8, 8], [8, 1]]
    names = ["loss", "accuracy", "val_loss", "val_accuracy"]
    assert header["logs"] == names
    logs = np.frombuffer(body, "<f8", 20).reshape(4, 5)
    assert np.array_equal(logs, [frames.logs[name] for name in names])
    weights = np.frombuffer(body, "<f4", 5 * 105, 160)
    assert np.array_equal(weights[:80].reshape(5, 2, 8), frames.kernels[0])
    assert np.array_equal(weights[80:120].reshape(5, 8), frames.biases[0])
    pictures = np.frombuffer(body, "u1", offset=160 + 4 * 525)
    assert len(pictures) == 5 * (1600 + 2304)
    border = pictures[: 5 * 1600].reshape(5, 1, 40, 40)
    assert np.array_equal(border[0], frames.border[0])
    assert np.array_equal(border[0] + border[1], frames.border[1])


@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid"])
def test_a_frame_of_the_classroom_s_network_takes_no_more_than_may_travel(activation: str) -> None:
    """40 frames a second in 150 kB: 3750 bytes a frame, of a chunk of 25."""
    hidden = dataclasses.replace(HIDDEN, activation=activation)
    live = classroom(dataclasses.replace(CLASSROOM, layers=(hidden, hidden, CLASSROOM.layers[-1])))
    for _ in range(3):
        live.train(25)
        frames = live.frames(live.last_epoch - 24, live.last_epoch + 1)
        assert len(pack(frames)) <= 25 * 3750
