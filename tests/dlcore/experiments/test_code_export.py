"""Programs: dlcore's repeats the training to the last digits; Keras's uses only what Keras has."""

import ast
import dataclasses
import json
import runpy
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest

from dlcore import losses
from dlcore.activations import Activation
from dlcore.datasets import Blobs, BreastCancer, Dataset, Digits, Iris, Moons, Penguins, Sine
from dlcore.experiments import code_export
from dlcore.experiments.code_export import STEPS, Source, data_csv, dlcore_program, keras_program, notebook, steps
from dlcore.experiments.optimizer_conventions import TorchMomentum
from dlcore.experiments.training_config import LayerPlan, Recipe, prepare
from dlcore.initializers import Initializer
from dlcore.losses import Huber, Loss
from dlcore.metrics import Metric
from dlcore.optimizers import SGD, Adam, AdamW, Optimizer, named_rules
from dlcore.schedules import Constant, CosineDecay, OneCycle, Schedule
from tests.dlcore.golden_files import golden

EIGHT = BreastCancer.features[:8]
SIGMOID = LayerPlan(1, "sigmoid")
DEFAULT = Recipe(8, (LayerPlan(12), LayerPlan(8), SIGMOID), losses.get("binary_crossentropy"), epochs=4)
CANCER = Source(BreastCancer(), EIGHT, 2)
SPECIAL = LayerPlan(9, "tanh", "he_normal", dropout=0.25, batch_normalization=True, l1=1e-3, l2=0.02)

CASES: dict[str, tuple[Recipe, Source]] = {
    "default": (dataclasses.replace(DEFAULT, metrics=("accuracy",)), CANCER),
    "all inputs, no validation": (dataclasses.replace(DEFAULT, inputs=30), Source(BreastCancer(), (), 2, share=0.0)),
    "every setting of a layer": (
        dataclasses.replace(
            DEFAULT,
            layers=(SPECIAL, LayerPlan(3, "leaky_relu", "constant"), SIGMOID),
            optimizer=AdamW(0.01, weight_decay=0.1, clipnorm=1.0),
            epochs=30,
            patience=2,
            seed=7,
            batch_size=32,
            metrics=("auc", "binary_f1_score", "binary_crossentropy"),
        ),
        dataclasses.replace(CANCER, share=0.35, seed=3),
    ),
    "three classes as numbers": (
        Recipe(
            4,
            (LayerPlan(6, "selu", "lecun_normal"), LayerPlan(3, "softmax")),
            losses.get("sparse_categorical_crossentropy"),
            SGD(CosineDecay(0.01, 100, warmup_target=0.1, warmup_steps=10), momentum=0.9, nesterov=True),
            ("accuracy", "log_loss"),
            epochs=5,
        ),
        Source(Iris(), (), 3, standardised=False),
    ),
    "one-hot rows": (
        Recipe(
            2,
            (LayerPlan(8), LayerPlan(4, "softmax")),
            losses.CategoricalCrossentropy(label_smoothing=0.1),
            SGD(OneCycle(max_rate=0.5, total_steps=120)),
            ("f1_score", "cosine_similarity"),
            epochs=5,
        ),
        Source(Blobs(centers=4, noise=0.9), (), 4, seed=5),
    ),
    "a number": (
        Recipe(1, (LayerPlan(16, "tanh"), LayerPlan(1, "linear")), Huber(delta=0.5), Adam(0.01), ("mae", "r2_score")),
        Source(Sine(noise=0.3, seed=2)),
    ),
    "another form of a rule": (
        Recipe(1, (LayerPlan(1, "linear"),), losses.get("mse"), TorchMomentum(0.01, momentum=0.9), epochs=3),
        Source(Penguins()),
    ),
    "a step, and no hidden layer": (
        Recipe(2, (LayerPlan(4, "step"), SIGMOID), losses.get("hinge"), SGD(Constant(0.1)), epochs=2, batch_size=64),
        Source(Moons(), ("x_2", "x_1"), 2),
    ),
    "logits": (
        Recipe(
            2,
            (LayerPlan(8, "tanh"), LayerPlan(1, "linear")),
            losses.BinaryCrossentropy(from_logits=True),
            metrics=("accuracy", "precision", "recall", "binary_f1_score", "auc", "log_loss"),
            epochs=4,
        ),
        Source(Moons(), (), 2),
    ),
    "margins": (
        Recipe(2, (LayerPlan(1, "linear"),), losses.get("squared_hinge"), metrics=("accuracy", "recall"), epochs=4),
        Source(Moons(), (), 2),
    ),
    "columns that are constant": (
        Recipe(64, (LayerPlan(10, "softmax"),), losses.get("sparse_categorical_crossentropy"), epochs=2),
        Source(Digits(), (), 10),
    ),
}
every_case = pytest.mark.parametrize(("recipe", "source"), CASES.values(), ids=CASES.keys())


def rows(source: Source) -> tuple[np.ndarray, np.ndarray]:
    assert source.dataset is not None
    x, y = source.dataset.load()
    features = source.dataset.features
    return x[:, [features.index(name) for name in source.columns or features]], y


def trained(recipe: Recipe, source: Source) -> dict[str, list[float]]:
    parts = prepare(*rows(source), recipe.loss, source.classes, source.share, source.seed, source.standardised)
    return recipe.model().fit(parts.train.x, parts.train.y, **recipe.training(parts)).history


def ran(program: str, folder: Path) -> dict[str, list[float]]:
    """The history of a program that is run where its data lie."""
    (folder / "program.py").write_text(program, encoding="utf-8")
    return runpy.run_path(str(folder / "program.py"))["history"].history


# ---- dlcore ----------------------------------------------------------------------------------------------------------


@every_case
def test_dlcores_program_repeats_the_training(recipe: Recipe, source: Source, tmp_path: Path) -> None:
    expected, found = trained(recipe, source), ran(dlcore_program(recipe, source), tmp_path)
    assert found.keys() == expected.keys()
    for key, values in expected.items():
        assert np.array(found[key]) == pytest.approx(np.array(values), rel=1e-12, abs=1e-12, nan_ok=True), key


@every_case
def test_from_data_csv_too(recipe: Recipe, source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    x, y = rows(source)
    parts = prepare(x, y, recipe.loss, source.classes, source.share, source.seed, source.standardised)
    names = [f"column {k}\nof a reader" for k in range(x.shape[1])]
    (tmp_path / "data.csv").write_text(data_csv(x, y, parts.order, names, "target"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    found = ran(dlcore_program(recipe, dataclasses.replace(source, dataset=None)), tmp_path)
    for key, values in trained(recipe, source).items():
        assert np.array(found[key]) == pytest.approx(np.array(values), rel=1e-12, abs=1e-12, nan_ok=True), key


def test_data_csv_keeps_every_digit() -> None:
    x, y = rows(CANCER)
    order = np.random.default_rng(0).permutation(len(y))
    head, *lines = data_csv(x, y, order, EIGHT, "diagnosis").splitlines()
    assert head.split(",") == [*EIGHT, "diagnosis"]
    table = np.loadtxt(lines, delimiter=",")
    assert np.array_equal(table[:, :-1], x[order]) and np.array_equal(table[:, -1], y[order])


def test_what_is_left_at_its_default_is_not_written() -> None:
    short = dataclasses.replace(DEFAULT, layers=(LayerPlan(1, "linear"),), batch_size=32, epochs=1)
    for program in (dlcore_program(short, CANCER), keras_program(short, CANCER)):
        text = program.replace("\n    ", "")
        assert 'compile(optimizer="adam", loss="binary_crossentropy")' in text
        assert "Dense(1))" in text and "batch_size" not in text and "epochs" not in text and "callbacks" not in text
        assert "kernel_initializer" not in text and "L1L2" not in text


def test_a_rate_that_nobody_can_write_down_is_refused() -> None:
    odd = dataclasses.replace(DEFAULT, optimizer=SGD(lambda step: 0.1 / (1 + step)))
    for write in (dlcore_program, keras_program):
        with pytest.raises(ValueError, match="cannot be written down"):
            write(odd, CANCER)


# ---- pieces ----------------------------------------------------------------------------------------------------------


@every_case
@pytest.mark.parametrize("write", [dlcore_program, keras_program])
def test_the_pieces_are_the_program(write: Any, recipe: Recipe, source: Source) -> None:
    program = write(recipe, source)
    pieces = steps(program)
    assert list(pieces) == list(STEPS) and all(pieces.values())
    whole = ast.dump(ast.Module(ast.parse(program).body[1:], []))
    assert ast.dump(ast.Module(ast.parse("\n".join(pieces.values())).body, [])) == whole
    assert max(map(len, program.splitlines())) <= 120


@pytest.mark.parametrize("write", [dlcore_program, keras_program])
def test_a_notebook_has_a_cell_for_every_step(write: Any) -> None:
    program = write(DEFAULT, CANCER)
    book = nbformat.reads(notebook(program, "학습"), 4)
    nbformat.validate(book)
    code = ["".join(cell["source"]) for cell in book["cells"] if cell["cell_type"] == "code"]
    assert code == list(steps(program).values())
    assert "".join(book["cells"][0]["source"]).startswith("# 학습\n")


# ---- Keras -----------------------------------------------------------------------------------------------------------

SIGNATURES: dict[str, dict[str, str | None]] = golden("signatures.torch")["signatures"]
NAMES: dict[str, list[str]] = golden("signatures.torch")["names"]
WHERE = {"activation": "activations", "kernel_initializer": "initializers", "loss": "losses", "optimizer": "optimizers"}


def only_what_keras_has(program: str) -> int:
    """Hold every call and every name in a program against Keras; how many calls there were."""
    calls = 0
    tree = ast.parse(program)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node).startswith("keras.losses."):
            assert ast.unparse(node) in SIGNATURES or node.attr in NAMES["losses"]
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func).replace("model.", "keras.Sequential.")
        if not called.startswith("keras."):
            continue
        calls += 1
        known = SIGNATURES[called]
        given = {word.arg: word.value for word in node.keywords}
        # a wrapper hands on what it does not know
        assert set(given) <= set(known) or "kwargs" in known, called
        positional = list(known)[: len(node.args)]
        needed = {name for name, default in known.items() if default is None and name not in ("args", "kwargs")}
        assert needed <= {*given, *positional}, called
        for name, value in given.items():
            assert name is not None
            written = ast.unparse(value)
            # the rule is always said, also where it is what Keras takes by itself
            assert name not in known or written != known[name] or name == "optimizer", (
                f"{called}({name}=) is the default"
            )
            if isinstance(value, ast.Constant) and isinstance(value.value, str) and name not in ("name", "average"):
                assert value.value in NAMES[WHERE[name]], f"{called}({name}={written})"
            if name == "metrics":
                assert isinstance(value, ast.List)
                for each in value.elts:
                    special = {"acc", *NAMES["metrics"]}
                    assert not isinstance(each, ast.Constant) or each.value in special
    return calls


@every_case
def test_kerass_program_uses_what_keras_has(recipe: Recipe, source: Source) -> None:
    assert only_what_keras_has(keras_program(recipe, source)) >= 6


def test_every_member_can_be_said_to_keras() -> None:
    members: list[Recipe] = []
    for name in Activation.members:
        members.append(dataclasses.replace(DEFAULT, layers=(LayerPlan(4, name), SIGMOID)))
    for name in Initializer.members:
        members.append(dataclasses.replace(DEFAULT, layers=(LayerPlan(4, kernel_initializer=name), SIGMOID)))
    for name in Loss.members:
        members.append(dataclasses.replace(DEFAULT, loss=losses.get(name), metrics=(name,)))
    for name in ("accuracy", "acc", "crossentropy", "ce", *Metric.members):
        members.append(dataclasses.replace(DEFAULT, metrics=(name,)))
    for rule in named_rules().values():
        members.append(dataclasses.replace(DEFAULT, optimizer=rule.rule))
    for name in Schedule.members:
        members.append(dataclasses.replace(DEFAULT, optimizer=Adam(Schedule.get(name))))
    for recipe in members:
        only_what_keras_has(keras_program(recipe, CANCER))
        ast.parse(dlcore_program(recipe, CANCER))


UNSURE = LayerPlan(1, "linear")
LOGITS = losses.BinaryCrossentropy(from_logits=True)


@pytest.mark.parametrize(
    ("metric", "said"),
    [
        ("accuracy", 'keras.metrics.BinaryAccuracy(name="accuracy", threshold=0.0)'),
        ("acc", 'keras.metrics.BinaryAccuracy(name="acc", threshold=0.0)'),
        ("binary_accuracy", "keras.metrics.BinaryAccuracy(threshold=0.0)"),
        ("precision", "keras.metrics.Precision(thresholds=0.0)"),
        ("recall", "keras.metrics.Recall(thresholds=0.0)"),
        ("f1_score", "keras.metrics.F1Score()"),
        ("binary_f1_score", 'keras.metrics.F1Score(average="micro", threshold=1e-30, name="binary_f1_score")'),
        ("auc", "keras.metrics.AUC(from_logits=True)"),
    ],
)
@pytest.mark.parametrize("loss", [LOGITS, losses.get("hinge"), losses.get("squared_hinge")], ids=repr)
def test_where_yes_begins_at_0_keras_is_told(loss: Loss, metric: str, said: str) -> None:
    """Its own thresholds are one half, whatever the loss."""
    recipe = Recipe(8, (LayerPlan(4), UNSURE), loss, metrics=(metric,))
    program = keras_program(recipe, CANCER)
    assert only_what_keras_has(program) >= 4
    assert f"metrics=[{said}]" in program
    usual = dataclasses.replace(recipe, loss=losses.get("binary_crossentropy"))
    assert (said not in keras_program(usual, CANCER)) == (metric != "f1_score"), "it asks for no threshold"
    assert SIGNATURES["keras.metrics.BinaryAccuracy"]["threshold"] == "0.5", "what its own accuracy cuts at"


@pytest.mark.parametrize(
    ("metric", "loss", "units", "said"),
    [
        ("log_loss", LOGITS, 1, "keras.metrics.BinaryCrossentropy(from_logits=True)"),
        ("ce", LOGITS, 1, 'keras.metrics.BinaryCrossentropy(name="ce", from_logits=True)'),
        ("bce", LOGITS, 1, 'keras.metrics.BinaryCrossentropy(name="bce", from_logits=True)'),
        (
            "log_loss",
            losses.SparseCategoricalCrossentropy(from_logits=True),
            3,
            "keras.metrics.SparseCategoricalCrossentropy(from_logits=True)",
        ),
        (
            "crossentropy",
            losses.CategoricalCrossentropy(from_logits=True),
            3,
            'keras.metrics.CategoricalCrossentropy(name="crossentropy", from_logits=True)',
        ),
        ("accuracy", losses.SparseCategoricalCrossentropy(from_logits=True), 3, '"accuracy"'),
        ("precision", losses.CategoricalCrossentropy(from_logits=True), 3, "keras.metrics.Precision()"),
    ],
)
def test_crossentropies_and_rows_of_logits_in_keras(metric: str, loss: Loss, units: int, said: str) -> None:
    recipe = Recipe(4, (LayerPlan(units, "linear"),), loss, metrics=(metric,))
    program = keras_program(recipe, Source(Iris(), (), 3))
    assert only_what_keras_has(program) >= 4
    assert f"metrics=[{said}]" in program
    assert ("# Keras takes no softmax first" in program) == (metric == "precision")


def test_a_watched_loss_is_of_logits_in_keras_too() -> None:
    recipe = Recipe(8, (UNSURE,), LOGITS, metrics=("binary_focal_crossentropy",))
    program = keras_program(recipe, CANCER)
    assert only_what_keras_has(program) >= 4 and "from_logits=True" in program.split("metrics=")[1]


def nudged(member: Any) -> Any:
    """The member with every setting of it moved off its default."""
    moved = {}
    for key, declared in type(member).settings().items():
        if isinstance(declared.default, bool):
            moved[key] = not declared.default
        elif declared.low is not None and declared.high is not None:
            moved[key] = declared.nearest(declared.default / 2 or 0.5)
    return dataclasses.replace(member, **moved)


def test_every_setting_has_keras_s_name() -> None:
    for kind in Optimizer.members.values():
        assert issubclass(kind, Optimizer)
        for extra in ({"weight_decay": 0.02}, {"clipvalue": 1.5}, {"global_clipnorm": 2.0}):
            rule = dataclasses.replace(nudged(kind()), **extra)
            only_what_keras_has(keras_program(dataclasses.replace(DEFAULT, optimizer=rule), CANCER))
    for kind in Loss.members.values():
        only_what_keras_has(keras_program(dataclasses.replace(DEFAULT, loss=nudged(kind())), CANCER))
    for kind in Schedule.members.values():
        rule = Adam(nudged(kind()))
        only_what_keras_has(keras_program(dataclasses.replace(DEFAULT, optimizer=rule), CANCER))


def test_what_keras_has_otherwise_is_said() -> None:
    for case, word in (("one-hot rows", "OneCycle"), ("another form of a rule", "TorchMomentum")):
        assert f"{word} " in keras_program(*CASES[case]) or f"no {word}" in keras_program(*CASES[case])
    assert "# Keras has no step" in keras_program(*CASES["a step, and no hidden layer"])


def test_every_data_set_can_be_a_source() -> None:
    for name in Dataset.members:
        data = Dataset.get(name)
        loss = losses.get("mse" if not data.classes else "sparse_categorical_crossentropy")
        units = len(data.classes) or 1
        recipe = Recipe(len(data.features), (LayerPlan(units, "softmax" if data.classes else "linear"),), loss)
        assert f"{type(data).__name__}()" in dlcore_program(recipe, Source(data, (), len(data.classes)))


def test_a_name_with_spaces_is_not_cut_where_a_list_is_wrapped() -> None:
    names = [f"a name with spaces and {'x' * 30} {k}" for k in range(5)] + ["\N{GRINNING FACE}"]
    text = "\n".join(code_export._list_lines("columns = [", [json.dumps(name, ensure_ascii=False) for name in names]))
    assert ast.literal_eval(text.removeprefix("columns = ")) == names
    assert max(map(len, text.splitlines())) <= 100
