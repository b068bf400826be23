"""The network that is played: what a browser asks for, what a knob changes and what it leaves, and nonsense."""

import dataclasses
import json
import math
from collections.abc import Callable
from threading import Event, Thread
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dlcore import optimizers
from dlcore.datasets import Dataset, Moons
from dlcore.experiments.live_training import LiveTraining, pack
from dlcore.experiments.training_config import LayerPlan
from dlcore.tables import read_csv
from lessons.shared.typed_numbers import Unreadable
from lessons.training import data, drawn_points, live, live_table, without_activation
from lessons.training.live_session import CHUNK, MOST_ACTS, MOST_BYTES, LiveSession, LiveSettings
from lessons.training.rows import RowSelection, load
from tests.lessons.training.test_setups import compiled
from ui.script_export import Experiment
from ui.text import texts


def wanted(**how: Any) -> LiveSettings:
    """What the controls say of a small network on two moons."""
    setup = live.Setup(compiled().rows.selection, dataclasses.replace(compiled().recipe(), **how))
    rows = live.measure(setup)
    parts = rows.prepare(setup.recipe.loss)
    return LiveSettings(setup.origin, rows.selection, setup.recipe, parts, live._extent(setup.selection.dataset))


SGD: Any = optimizers.get("sgd")
AWAY: Any = dataclasses.replace(optimizers.get("adamw"), learning_rate=10.0, weight_decay=0.3)


def test_a_knob_changes_what_comes_and_leaves_what_has_been() -> None:
    session = LiveSession.of(wanted())
    before = session.frames()
    session = session.want(wanted(optimizer=SGD))
    assert session.header()["change"] == 1 and session.version == 0, "the browser says from which epoch on"
    session.ask({"act": "apply", "change": 1, "at": 10, "from": 10, "count": 15, "version": 0})
    after = session.frames()
    header = session.header()
    assert (header["version"], header["since"], header["change"], header["marks"]) == (1, 10, 0, [[10, "sgd"]])
    assert after.start == 10
    assert np.array_equal(after.kernels[0][0], before.kernels[0][10])
    assert not np.array_equal(after.kernels[0][1], before.kernels[0][11])
    (past,) = header["pasts"]
    assert past["epochs"] == [*range(10, 26)]
    assert past["loss"] == pytest.approx(before.logs["loss"][10:], rel=1e-3)
    session.ask({"from": 0, "count": 10})
    assert np.array_equal(session.frames().border, before.border[:10])


def test_of_a_knob_that_is_turned_again_and_again_the_last_place_counts() -> None:
    session = LiveSession.of(wanted())
    session.frames()
    for size in range(30, 40):
        session = session.want(wanted(batch_size=size))
    session.ask({"act": "apply", "change": 3, "at": 5})
    assert session.version == 0, "an answer to what is not asked any more"
    session.ask({"act": "apply", "change": session.header()["change"], "at": 5})
    assert session.training.recipe.batch_size == 39
    assert [epoch for epoch, _ in session.header()["marks"]] == [5]


@pytest.mark.parametrize("rule", live.RULES)
def test_every_optimizer_of_the_menu_trains_on_and_is_marked_by_its_name(rule: str) -> None:
    session = LiveSession.of(wanted(optimizer=optimizers.named_rules()["sgd"].rule))
    session.frames()
    optimizer = dataclasses.replace(optimizers.named_rules()[rule].rule, learning_rate=0.02)
    session = session.want(wanted(optimizer=optimizer))
    session.ask({"act": "apply", "change": session.header()["change"], "at": 5, "from": 5, "count": 5})
    assert np.isfinite(session.frames().logs["loss"]).all()
    assert session.training.recipe.optimizer == optimizer
    marks = [text for _, text in session.header()["marks"]]
    assert marks == ["η 0.02" if rule == "sgd" else rule]


def test_other_layers_are_another_training() -> None:
    session = LiveSession.of(wanted())
    session.frames()
    layers = (dataclasses.replace(session.wanted.recipe.layers[0], units=5), session.wanted.recipe.layers[1])
    other = session.want(wanted(layers=layers))
    assert other is not session
    assert (other.version, other.since, other.training.last_epoch) == (1, None, 0)


def test_a_browser_that_has_missed_a_change_hears_of_the_earliest() -> None:
    session = LiveSession.of(wanted())
    session.frames()
    for at in (12, 5, 9):
        session.ask({"act": "weight", "at": at, "layer": 0, "place": [0], "value": 0.1, "version": 0, "pasts": True})
    assert (session.version, session.since) == (3, 5)
    assert len(session.header()["pasts"]) == len(session.training.pasts)
    session.ask({"version": 2, "from": 9})
    assert session.since == 5, "there was no epoch 9 any more"
    session.ask({"version": 3, "pasts": True})
    assert "pasts" not in session.header()
    assert session.sinces == {}, "an hour of turned knobs is not kept"
    session.ask({"version": -1})
    assert session.since is None, "one that has nothing begins with nothing"


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"from": "1", "count": None, "at": math.nan},
        {"from": -5, "count": 10**9, "at": 10**9},
        {"act": "apply", "change": True},
        {"act": "weight", "at": 3, "layer": 0, "place": [0, 99], "value": 1},
        {"act": "weight", "at": 3, "layer": 0, "place": "kernel", "value": 1},
        {"act": "weight", "at": 3, "layer": 9, "place": [0], "value": math.inf},
        {"act": "cut_off", "at": 3, "layer": 1, "unit": 0},
        {"act": "inspect", "layer": 7, "unit": -1},
        {"act": "__init__"},
    ],
    ids=repr,
)
def test_nonsense_changes_nothing(wish: dict[str, Any]) -> None:
    session = LiveSession.of(wanted())
    losses = session.frames().logs["loss"]
    session.ask(wish)
    frames = session.frames()
    assert session.version == 0 and len(frames.border) >= 1
    assert session.training.last_epoch <= 25 + 120
    assert np.array_equal(session.training.logs()["loss"][:26], losses)
    assert json.dumps(session.header(), allow_nan=False)


def test_a_weight_is_set_and_a_unit_is_cut_off_and_put_back() -> None:
    session = LiveSession.of(wanted())
    session.frames()
    session.ask({"act": "weight", "at": 4, "layer": 0, "place": [1, 2], "value": 1.5, "from": 4, "count": 2})
    assert session.frames().kernels[0][0, 1, 2] == 1.5
    session.ask({"act": "cut_off", "at": 5, "layer": 0, "unit": 3, "from": 5, "count": 3})
    assert not session.frames().kernels[1][:, 3].any()
    assert session.header()["cut"] == [[0, 3]]
    session.ask({"act": "inspect", "at": 6, "layer": 0, "unit": 1, "from": 6, "count": 1})
    seen = session.header()["inspected"]
    assert seen["with"]["val_loss"] == pytest.approx(session.training.logs()["val_loss"][6], rel=1e-3)
    assert seen["without"] != seen["with"]
    session.ask({"act": "confusion", "at": 6, "from": 6, "count": 1})
    counts = np.array(session.header()["inspected"]["confusion"])
    rows = len(session.wanted.parts.validation.x)
    assert counts.sum() == rows
    assert counts.trace() / rows == pytest.approx(session.training.logs()["val_accuracy"][6])
    session.ask({"act": "restore", "at": 6, "layer": 0, "unit": 3, "from": 6, "count": 1})
    assert session.frames().kernels[1][0, 3].any() and session.header()["cut"] == []


def test_what_runs_away_is_told_as_its_end() -> None:
    session = LiveSession.of(wanted(optimizer=AWAY))
    session.ask({"from": 0, "count": 120})
    session.frames()
    header = session.header()
    if header["ended"] is None:
        session.training.train(600)
        header = session.header()
    assert header["ended"] == "diverged"
    session.ask({"from": header["done"] + 1, "count": 25})
    assert len(pack(session.frames())) > 0


def test_of_a_class_that_plays_at_once_one_trains_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (LiveSession.of(wanted()) for _ in range(2))
    begun, chunks, train = Event(), [], LiveTraining.train
    other = Thread(target=second.frames)

    def watched(live: LiveTraining, epochs: int) -> None:
        if live is second.training:
            begun.set()
        else:
            chunks.append(epochs)
            if not other.ident:
                other.start()
            if len(chunks) == 1:
                assert not begun.wait(0.5)
        train(live, epochs)

    monkeypatch.setattr(LiveTraining, "train", watched)
    first.ask({"from": 0, "count": 61})
    first.frames()
    other.join()
    assert begun.is_set() and second.training.last_epoch == CHUNK
    assert chunks == [CHUNK, CHUNK, 60 - 2 * CHUNK], "nobody has to wait for more than a chunk"


def test_a_session_stays_within_its_memory() -> None:
    session = LiveSession.of(wanted())
    session.training.most_bytes = 600_000
    for start in range(0, 400, 100):
        session.ask({"from": start, "count": 100})
        session.frames()
    assert session.training.size <= 600_000 < MOST_BYTES
    assert session.training.last_epoch >= 399


@pytest.mark.parametrize("text", ["8-", "x", "1-2-3-4-5-6-7", "13", "0-8", "²"])
def test_layers_that_cannot_be_read_are_said_to_be(text: str) -> None:
    with pytest.raises(Unreadable):
        live._read_widths(text)


def test_layers_are_read() -> None:
    assert live._read_widths("8-6, 4".replace(", ", ",")) == (8, 6, 4)
    assert live._read_widths("0") == ()


def test_every_data_set_lies_within_its_picture() -> None:
    for name in live.SETS:
        button = live._button_points(name)
        (left, right), (low, high) = button["extent"]
        assert right - left == pytest.approx(high - low)
        assert all(left < x < right and low < y < high for x, y, _ in button["points"]), name


def test_noise_leaves_the_training_and_changes_its_rows() -> None:
    first, second = (
        live.Setup(RowSelection(Moons(noise=noise), ("x_1", "x_2")), compiled().recipe()) for noise in (0.1, 0.3)
    )
    assert first.origin == second.origin and first != second


@pytest.mark.parametrize(
    "address",
    [
        {"l_set": "drawn_points", "l_pts": "0,0,0; 1,1,0; -1,1,0; 1,-1,0; 0.5,0.5,1"},
        {"l_set": "drawn_points", "l_pts": "0,0,0"},
        {"l_set": "drawn_points", "l_pts": "0,0,0; 1,1,1; -1,1,2"},
        {"l_set": "spirals", "l_arms": "5", "l_net": "0", "l_plan": "one_cycle"},
        {"l_loss": "hinge", "l_lr": "10", "l_rule": "sgd", "l_net": "20", "l_init": "zeros", "l_batch": "200"},
    ],
    ids=repr,
)
def test_whatever_is_chosen_there_are_frames(address: dict[str, str], opened: Callable[..., AppTest]) -> None:
    at = opened("pages/7_training.py", address, lang="en", one=True)
    assert not at.exception
    session = at.session_state[live.SESSION]
    assert session.training.last_epoch == 25 or session.training.ended


# ---- the guess -------------------------------------------------------------------------------------------------------


def rows_of(name: str) -> Any:
    return load(RowSelection(Dataset.get(name), ("x_1", "x_2"), live.SHARE))


def test_without_hidden_activation_the_border_is_straight_and_no_line_parts_rings_or_squares() -> None:
    recipe = wanted().recipe
    found = {name: without_activation.answer(rows_of(name), recipe) for name in ("moons", "circles", "xor")}
    assert all(each.bend < 1e-12 and each.held_out for each in found.values())
    truths = {name: without_activation.truth_of(each) for name, each in found.items()}
    few = without_activation.FEW
    assert truths == {"moons": without_activation.MOST, "circles": few, "xor": few}


def test_the_border_of_three_classes_is_said_to_have_pieces() -> None:
    rows, recipe = rows_of("spirals"), wanted().recipe
    arms = dataclasses.replace(Dataset.get("spirals"), arms=3)  # type: ignore[call-arg]
    rows = load(dataclasses.replace(rows.selection, dataset=arms))
    output = dataclasses.replace(recipe.layers[-1], units=3, activation="softmax")
    three = dataclasses.replace(recipe, layers=(*recipe.layers[:-1], output))
    asked = live.question(live.Setup(rows.selection, three), rows)
    assert asked is not None and asked.choices == without_activation.PIECES
    assert asked.truths == (without_activation.PIECES[2],)
    assert without_activation.explain(rows, three, lambda word, **_: word) == "live_pieces_why"


@pytest.mark.parametrize("language", ["ko", "en"])
def test_what_the_verdict_sends_to_keeps_the_data(language: str) -> None:
    """A preset would bring the first data set back, and what was drawn were gone."""
    words = texts.words()
    for why in ("live_straight_why", "live_pieces_why"):
        assert words["usual_activation"][language] in words[why][language]
        assert words["without_activation"][language] not in words[why][language]


def test_as_many_points_as_can_be_drawn_fit_into_the_address() -> None:
    text = drawn_points.rows_as_text(((-0.000123, -0.000123, 2.0),) * drawn_points.MOST_POINTS)
    assert drawn_points.POINTS.read(text) == (text, True)


@pytest.mark.parametrize("room", [1, 0])
def test_a_point_for_which_there_is_no_room_replaces_none(room: int, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(drawn_points.st, "toast", said.append)
    asked: dict[str, str] = {}
    beat: Any = SimpleNamespace(set=asked.update, word=lambda word, **values: f"{word} {values}")
    rows = ((0.5, 0.5, 1.0),) * (drawn_points.MOST_POINTS - room)
    drawn_points.add(beat, "l_pts", rows, (-1.0, 1.0, 2.0))
    if room:
        assert drawn_points.read(asked["l_pts"]) == (*rows, (-1.0, 1.0, 2.0)) and not said
    else:
        assert not asked and said == [f"points_full {{'most': {drawn_points.MOST_POINTS}}}"]


def test_points_keep_the_class_that_they_were_drawn_with() -> None:
    rows = load(RowSelection(None, ("x_1", "x_2"), 0.0, points="0, 0, 1; 1, 1, 2; -1, 1, 1"))
    assert rows.y.tolist() == [0, 1, 0], "of two classes the network has one output"
    assert rows.classes == ("1", "2")
    drawn = {(x, y): label for x, y, label, _ in live._points(rows)}
    assert drawn == {(0, 0): 1, (1, 1): 2, (-1, 1): 1}
    # also while they are no data yet, on the question after it
    assert data._sketch("0, 0, 2; 1, 1, 2").data["rows"]["name"].tolist() == ["2", "2"]
    assert len(data._sketch(";").data["rows"]["name"]) == 0
    beat: Any = SimpleNamespace(member=str)
    picture = data._scatter(beat, rows)
    assert set(picture.data["rows"]["name"]) == {"1", "2"} and picture.look["names"] == ("0", "1", "2")


def test_a_bent_border_is_told_from_a_straight_one() -> None:
    recipe = without_activation.recipe_of(wanted().recipe)
    layers = tuple(dataclasses.replace(plan, activation="tanh") for plan in recipe.layers[:-1])
    bent = without_activation.train(rows_of("moons"), dataclasses.replace(recipe, layers=(*layers, recipe.layers[-1])))
    assert without_activation.truth_of(bent) == without_activation.BENT


def test_a_guess_counts_whatever_is_turned_while_it_trains_and_not_for_other_rows_or_layers() -> None:
    selection, recipe = compiled().rows.selection, compiled().recipe()
    first = live.Setup(selection, recipe)
    turned = live.Setup(selection, dataclasses.replace(recipe, optimizer=SGD, batch_size=3))
    assert repr(turned) == repr(first) and turned != first
    wider = (dataclasses.replace(recipe.layers[0], units=7), recipe.layers[1])
    noisy = RowSelection(Moons(noise=0.3), selection.columns)
    for other in (live.Setup(selection, dataclasses.replace(recipe, layers=wider)), live.Setup(noisy, recipe)):
        assert repr(other) != repr(first)


def test_nothing_is_asked_where_the_answer_is_in_sight() -> None:
    rows, recipe = rows_of("moons"), wanted().recipe
    straight = tuple(dataclasses.replace(plan, activation="linear") for plan in recipe.layers[:-1])

    def asked(layers: tuple[LayerPlan, ...], sketch: str | None = None) -> Any:
        return live.question(live.Setup(rows.selection, dataclasses.replace(recipe, layers=layers), sketch), rows)

    assert asked((*straight, recipe.layers[-1])) is None and asked(recipe.layers[-1:]) is None
    assert asked(recipe.layers, "0, 0, 0") is None
    assert asked(recipe.layers) is not None


def test_it_plays_before_the_guess_and_the_verdict_stays_when_a_knob_is_turned(opened: Callable[..., AppTest]) -> None:
    at = opened("pages/7_training.py", {"beat": "live"}, lang="en", one=True)
    assert at.session_state[live.SESSION].training.last_epoch == 25
    at.pills(key="predict-training.live").select(without_activation.MOST).run()
    assert not at.exception
    assert at.container(key="beat-live").success
    at.selectbox(key="training.l_act").select("relu").run()
    assert not at.exception
    assert at.container(key="beat-live").success


# ---- rates -----------------------------------------------------------------------------------------------------------


def test_the_rate_of_every_frame_comes_with_it_and_is_the_planned_one() -> None:
    rule: Any = live._optimizer("adam", 0.02, "cosine_decay", 8)
    session = LiveSession.of(wanted(optimizer=rule))
    rates = session.frames().logs["learning_rate"]
    rows = live.measure(live.Setup(compiled().rows.selection, session.wanted.recipe))
    planned = live._planned_rates(live.Setup(compiled().rows.selection, session.wanted.recipe), rows)
    assert (planned[0], planned[-1][0]) == ([0, 0.02], live.PLANNED) and planned[-1][1] < 1e-6
    for epoch, rate in planned:
        if epoch < len(rates):
            assert rate == pytest.approx(rates[int(epoch)], rel=1e-3)
    assert live._planned_rates(live.Setup(compiled().rows.selection, wanted().recipe), rows) == []


# ---- taken home ------------------------------------------------------------------------------------------------------


def test_the_program_trains_what_was_trained_with_all_that_was_changed() -> None:
    session = LiveSession.of(wanted())
    session.ask({"from": 0, "count": 20})
    session.frames()
    # thrown away by what is done before it
    session.ask({"act": "weight", "at": 15, "layer": 0, "place": [0], "value": 0.7})
    session = session.want(wanted(optimizer=SGD))
    session.ask({"act": "apply", "change": session.header()["change"], "at": 8, "from": 8, "count": 10})
    session.frames()
    session.ask({"act": "cut_off", "at": 12, "layer": 0, "unit": 2})
    session.ask({"act": "weight", "at": 12, "layer": 0, "place": [1, 1], "value": -1.5})
    session.ask({"act": "restore", "at": 12, "layer": 0, "unit": 2})
    noisy = RowSelection(Moons(noise=0.25), ("x_1", "x_2"))
    setup = live.Setup(noisy, session.wanted.recipe)
    parts = live.measure(setup).prepare(setup.recipe.loss)
    session = session.want(dataclasses.replace(session.wanted, rows=noisy, parts=parts))
    session.ask({"act": "apply", "change": session.header()["change"], "at": 14, "from": 14, "count": 10})
    session.frames()
    assert [act.method for act in session.acts or ()] == [
        *("change", "cut_off", "set_weight", "restore", "change", "replace_data")
    ]
    experiment = Experiment("live")
    live.write_down(session, None, experiment)
    names: dict[str, Any] = {}
    exec(experiment.program(), names)
    logs = session.training.logs()
    assert names["live"].last_epoch == session.training.last_epoch > 20
    for name, values in names["live"].logs().items():
        assert values == pytest.approx(logs[name], abs=1e-12), name


def test_of_too_many_changes_there_is_no_program() -> None:
    session = LiveSession.of(wanted())
    for k in range(MOST_ACTS + 1):
        session.ask({"act": "weight", "at": 0, "layer": 0, "place": [0], "value": k / 1000})
    assert session.acts is None
    experiment = Experiment("live")
    live.write_down(session, None, experiment)
    assert not experiment


# ---- a file of one's own ---------------------------------------------------------------------------------------------

TABLE = "age,weight,height,kind\n" + "\n".join(
    f"{20 + 7 * k % 11},{60 + k % 3 * 9 + k % 5},{150 + k % 3 * 10 - k % 4},{['cat', 'dog', 'owl'][k % 3]}"
    for k in range(45)
)


def bring(at: AppTest, text: str) -> LiveSession:
    at.file_uploader(key=live_table.FILE).set_value(("mine.csv", text.encode(), "text/csv"))
    at.run()
    assert not at.exception, at.exception[0].message
    return at.session_state[live.SESSION]


def test_a_file_of_ones_own_is_learned_from_by_the_two_columns_that_tell_most(opened: Callable[..., AppTest]) -> None:
    at = opened("pages/7_training.py", {"beat": "live", "l_set": "own_table"}, lang="en", one=True)
    before = at.session_state[live.SESSION]
    session = bring(at, TABLE)
    assert session is not before
    assert set(session.wanted.rows.columns) == {"weight", "height"} and session.wanted.recipe.layers[-1].units == 3
    assert len(session.wanted.parts.order) == 45
    at.selectbox(key="training.l_x1").select("age").run()
    assert at.session_state[live.SESSION].wanted.rows.columns[0] == "age"
    at.selectbox(key="training.l_target").select("weight").run()
    assert not at.exception


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a,b,k\n1,2,x\n2,3,x\n3,1,x\n", "table_one_class"),
        ("a,k\n1,x\n2,y\n3,x\n", "live_one_input"),
        ("", "table_empty"),
        ("a,b,k\n" + "\n".join(f"{k},{k % 5},c{k % 12}" for k in range(60)), "live_many_classes"),
        ("a,b,k\nnan,1,x\n2,,y\n", "table_all_missing"),
    ],
)
def test_a_file_that_cannot_be_used_is_said_to_be_and_nothing_is_lost(
    text: str, why: str, opened: Callable[..., AppTest]
) -> None:
    at = opened("pages/7_training.py", {"beat": "live", "l_set": "circles"}, lang="en", one=True)
    before = at.session_state[live.SESSION]
    before.training.train(20)
    at.query_params["l_set"] = "own_table"
    at.run()
    assert bring(at, text) is before and before.training.last_epoch == 45
    sentences = [each.value for each in at.error]
    words = texts.words()
    known = max(words[why]["en"].replace("}}", "{{").split("{{")[::2], key=len)
    assert len(sentences) == 1 and known in sentences[0] and words["live_data_stay"]["en"] in sentences[0]


def test_of_many_rows_some_are_learned_from_and_every_class_is_among_them() -> None:
    kinds = ["rare" if k == 0 else "often" for k in range(5000)]
    text = "a,b,k\n" + "\n".join(f"{k % 97},{k % 89},{kind}" for k, kind in enumerate(kinds))
    table = live_table.of_two_inputs(read_csv(text.encode(), "k"), "b", "a")
    assert live_table.MOST_ROWS - 2 <= len(table.y) <= live_table.MOST_ROWS + 1
    assert set(table.y) == {0, 1} and table.features == ("b", "a")
    whole = read_csv(text.encode(), "k")
    assert {(a, b) for b, a in table.x.tolist()} <= set(map(tuple, whole.x.tolist()))
