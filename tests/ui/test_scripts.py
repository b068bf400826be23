"""What ran on a page, as a program that anybody can run: written from the objects themselves, and executed here."""

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dlcore.datasets import Penguins
from dlcore.descent import descend
from dlcore.optimizers import SGD, Adam
from dlcore.schedules import CosineDecay
from dlcore.surfaces import Bowl, SlopeFit
from dlcore.trials import Trial
from lessons.model_evaluation import beat_common_sense
from lessons.model_evaluation.beat_common_sense import Judged
from ui import script_export
from ui.beat import Beat
from ui.script_export import Run, Unwritable, call

ROOT = Path(__file__).resolve().parent.parent.parent
HAS_PROGRAMS_ALREADY = "7_training"

ALL = (
    "import runpy, sys\nfor file in sys.argv[1:]:\n    print('==', file)\n    runpy.run_path(file, run_name='__main__')"
)


def executed(folder: Path, programs: dict[str, str]) -> dict[str, str]:
    """What each program prints, run elsewhere, with warnings as errors."""
    for name, text in programs.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    files = [f"{name}.py" for name in programs]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-W", "error", "-c", ALL, *files]
    ran = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr[-3000:]
    _, *parts = re.split(r"^== (.*)\.py\n", ran.stdout, flags=re.MULTILINE)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def value_of(expression: Any, tmp_path: Path) -> str:
    """What a program prints of an argument that it makes again."""
    run = Run("one value")
    run.ran(repr, expression)
    return executed(tmp_path, {"one": run.program()})["one"].split(" = ", 1)[1].strip()


# ---- written down ----------------------------------------------------------------------------------------------------


class Two(NamedTuple):
    a: int
    b: float


@dataclass(frozen=True)
class Unnamed:
    x: int = 0


@pytest.mark.parametrize(
    "value",
    [
        SGD(learning_rate=0.1, momentum=0.9, nesterov=True),
        Adam(CosineDecay(0.3, 50, warmup_target=0.4, warmup_steps=5)),
        SlopeFit(),
        Trial(Penguins(), epochs=3),
        (1, (0.1, "a'b\n"), [True, None], {"k": (2,)}),
        (float("inf"), -0.0, 1e-300, 0.1 + 0.2),
        np.array([[0.1 + 0.2, 1 / 3], [1e-17, -5.0]]),
        np.array([1, 2, 3]),
        np.array([True, False]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_argument_is_made_again_as_it_was(value: Any, tmp_path: Path) -> None:
    assert value_of(value, tmp_path) == repr(repr(value))


def test_only_what_differs_from_the_defaults_is_written() -> None:
    run = Run()
    run.ran(descend, Bowl(), (1.0, 2.0), SGD(learning_rate=0.1), 40)
    assert "result_1 = descend(Bowl(), (1.0, 2.0), SGD(learning_rate=0.1), 40)" in run.program()


def test_results_are_used_by_their_names() -> None:
    run = Run()
    rows = run.made("rows", SlopeFit().data.load)
    run.made("", rows[0].sort, axis=0)
    run.ran(np.mean, rows[1][:, 0])
    run.ran(len, call(list, rows[0]))
    text = run.program()
    for line in ("rows = Penguins().load()", "\nrows[0].sort(axis=0)\n", "result_1 = np.mean(rows[1][:, 0])"):
        assert line in text
    assert "result_2 = len(list(rows[0]))" in text
    assert 'show("rows"' not in text


def test_two_things_of_one_name_are_told_apart() -> None:
    from dlcore import activations, layers

    run = Run()
    run.ran(activations.Activation.get, "relu")
    run.ran(layers.Activation, "relu")
    text = run.program()
    assert "from dlcore.activations import Activation\n" in text
    assert "from dlcore.layers import Activation as layers_Activation" in text
    ast.parse(text)


@pytest.mark.parametrize(
    "value",
    [np.zeros(5000), object(), lambda: 1, np.array([object()]), range(3)],
    ids=["long", "object", "lambda", "array of objects", "range"],
)
def test_what_cannot_be_written_down_is_refused(value: Any) -> None:
    run = Run()
    run.ran(len, value)
    with pytest.raises(Unwritable):
        run.program()


def test_a_title_cannot_end_its_own_quotes() -> None:
    run = Run('a """ b \\ c\n"')
    run.ran(len, "")
    ast.parse(run.program())


def test_nothing_that_ran_is_nothing_to_offer() -> None:
    run = Run()
    run.made("x", len, "")
    assert not run


def test_a_notebook_has_a_cell_for_every_call() -> None:
    run = Run("A title")
    path = run.ran(descend, Bowl(), (1.0, 2.0), SGD(0.1), 5)
    run.ran(len, path.w)
    book = json.loads(run.notebook())
    assert (book["nbformat"], book["nbformat_minor"]) == (4, 5)
    code = ["".join(cell["source"]) for cell in book["cells"] if cell["cell_type"] == "code"]
    assert len(code) == 4
    assert "# A title" in "".join(book["cells"][0]["source"])
    assert len({cell["id"] for cell in book["cells"]}) == len(book["cells"])
    ast.parse("\n".join(code))


def test_results_are_printed_with_all_their_parts(capsys: pytest.CaptureFixture[str]) -> None:
    script_export.show(
        "found", {"pair": Two(1, 0.5), "own": Unnamed(), "list": [np.arange(3), "x"], "n": np.float64(2.0)}
    )
    said = capsys.readouterr().out
    for line in ("found: dict", "pair: Two", "a = 1", "b = 0.5", "x = 0", "array of shape (3,)", "[0 1 2]", "n = 2.0"):
        assert line in said
    assert "float64" not in said


# ---- on the pages ----------------------------------------------------------------------------------------------------


pytestmark = pytest.mark.usefixtures("briefly")


@pytest.fixture
def experiments(monkeypatch: pytest.MonkeyPatch) -> dict[str, Run]:
    """By beat, what it has noted when its source was drawn last."""
    found: dict[str, Run] = {}
    source = Beat.source

    def drawn(self: Beat, *args: Any, **kwargs: Any) -> None:
        found[self.name] = self.experiment
        source(self, *args, **kwargs)

    monkeypatch.setattr(Beat, "source", drawn)
    return found


def written(found: dict[str, Run]) -> dict[str, str]:
    programs = {name: run.program() for name, run in found.items() if run}
    for name, text in programs.items():
        homes = set(re.findall(r"^(?:from|import) (\w+)", text, re.MULTILINE))
        assert homes <= {"dlcore", "numpy", "dataclasses", "textwrap"}, name
        assert len(text) < 40_000, name
    return programs


NOTHING_RUNS = {"nerve_cell", "family", "which_one"}
"""Beats that name and choose; a beat that is called like one of them may compute all the same."""

SAID = {
    "1_gradient_descent": ("one_weight", r"after 40 steps they are ([\d.]+\d)"),
    "2_learning_rate": ("three_rates", r"Error [\d.]+ → ([\d.]+)"),
    "3_neuron": ("number_by_number", r"Output ŷ = ([\d.]+\d)"),
    "4_activations": ("does_it_matter", r"loss [\d.]+ → ([\d.]+\d)"),
    "5_optimizers": ("on_a_network", r"training loss ([\d.]+\d)"),
    "6_losses": ("softmax_once", r"−ln p0 = ([\d.]+\d)"),
    "8_model_evaluation": ("tame", r"dropout\*\*: training ([\d.]+\d)"),
}
"""By page, a beat and where in its sentences a number stands that its program has to print."""


def numbers(printed: str) -> list[float]:
    return [float(found) for found in re.findall(r"-?\d+\.\d*(?:e[-+]?\d+)?", printed)]


def test_every_experiment_runs_and_finds_what_the_page_says(
    script: str, opened: Callable[..., AppTest], experiments: dict[str, Run], tmp_path: Path
) -> None:
    at = opened(script, {"lang": "en", "predict": "0"})
    assert not at.exception
    page = Path(script).stem
    programs = written(experiments)
    if page == HAS_PROGRAMS_ALREADY:
        assert not programs
        return
    assert set(experiments) - set(programs) <= NOTHING_RUNS
    printed = executed(tmp_path, programs)
    beat, where = SAID[page]
    place = next(block for block in at.container if block.key == f"beat-{beat}")
    said = next(found[1] for each in (*place.caption, *place.markdown) if (found := re.search(where, each.value)))
    half = 0.51 * 10.0 ** -len(said.partition(".")[2])
    assert any(abs(number - float(said)) <= half for number in numbers(printed[beat])), said

    for block in at.container:
        if not re.fullmatch(r"beat-\w+", block.key or ""):
            continue
        presets = [button for button in block.button if button.key and "-preset-" in button.key]
        if presets:
            presets[-1].click()
    at.run()
    assert not at.exception
    after = written(experiments)
    changed = {name: text for name, text in after.items() if text != programs.get(name)}
    assert changed, "a preset changes the program"
    executed(tmp_path, changed)


@pytest.mark.parametrize("measure", ["binary_accuracy", "f1_score"])
def test_every_contender_comes_out_of_the_program_with_the_score_of_the_page(
    measure: str, opened: Callable[..., AppTest], experiments: dict[str, Run], tmp_path: Path
) -> None:
    """Of those who look at no inputs too: what is drawn at random is its expected score in both."""
    settings = {"lang": "en", "predict": "0", "rare1": "50", "ep1": "1", "m1": measure}
    at = opened("pages/8_model_evaluation.py", settings)
    printed = numbers(executed(tmp_path, {"one": experiments["beat_common_sense"].program()})["one"])
    parts, models = beat_common_sense._classes("breast_cancer", 50, 1, 0)
    y_train, y = parts.train.y.astype(float), parts.validation.y.astype(float)
    found = Judged("breast_cancer", measure, y_train, y, models, beat_common_sense.rivals(measure))
    for name, score in found.scores().items():
        assert any(number == pytest.approx(score, abs=1e-12) for number in printed), name
    line = next(each.value for each in at.caption if "The line:" in each.value)
    assert f"{found.line:.3f}" in line and "expected score" in line
    assert printed[-1] == pytest.approx(found.line)


def test_the_source_offers_the_program(opened: Callable[..., AppTest], experiments: dict[str, Run]) -> None:
    opened("pages/1_gradient_descent.py", {"lang": "ko", "lr": "0.2"})
    assert "SGD(learning_rate=0.2)" in experiments["one_weight"].program()
