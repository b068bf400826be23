"""What ran on a page, as a program that anybody can run: written from the objects themselves, and executed here."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dlcore.datasets import Penguins
from dlcore.experiments.descent import descend
from dlcore.experiments.output_layers import Problem
from dlcore.experiments.rate_trials import Trial
from dlcore.optimizers import SGD, Adam
from dlcore.preprocessing import Standardizer, train_validation_test_split
from dlcore.schedules import CosineDecay
from dlcore.surfaces import Bowl, SlopeFit
from lessons.model_evaluation import beat_common_sense
from ui import script_export
from ui.beat import Beat
from ui.script_export import Experiment, Unwritable, call

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
    experiment = Experiment("one value")
    experiment.show(repr, expression)
    return executed(tmp_path, {"one": experiment.program()})["one"].split(" = ", 1)[1].strip()


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
    experiment = Experiment()
    experiment.show(descend, Bowl(), (1.0, 2.0), SGD(learning_rate=0.1), 40)
    assert "result_1 = descend(Bowl(), (1.0, 2.0), SGD(learning_rate=0.1), 40)" in experiment.program()


def test_results_are_used_by_their_names() -> None:
    experiment = Experiment()
    rows = experiment.assign("rows", SlopeFit().data.load)
    experiment.assign("", rows[0].sort, axis=0)
    experiment.show(np.mean, rows[1][:, 0])
    experiment.show(len, call(list, rows[0]))
    text = experiment.program()
    for line in ("rows = Penguins().load()", "\nrows[0].sort(axis=0)\n", "result_1 = np.mean(rows[1][:, 0])"):
        assert line in text
    assert "result_2 = len(list(rows[0]))" in text
    assert 'show("rows"' not in text


def test_a_part_that_a_result_does_not_have_is_refused() -> None:
    """A misspelt one was written into the reader's program."""
    experiment = Experiment()
    path = experiment.show(descend, Bowl(), (1.0, 2.0), SGD(0.1), 40)
    with pytest.raises(AttributeError, match="hight"):
        _ = path.hight
    experiment.show(np.max, path.height)
    experiment.show(np.max, path.height.T)
    sums = experiment.assign("sums", Standardizer.fit, [[1.0], [2.0]])
    with pytest.raises(AttributeError, match="transfrom"):
        _ = sums.transfrom
    experiment.show(sums.transform, [[3.0]])
    parts = experiment.assign("parts", train_validation_test_split, [1.0, 2.0], [1.0, 2.0])
    with pytest.raises(AttributeError, match="trian"):
        _ = parts.trian
    with pytest.raises(AttributeError, match="z"):
        _ = parts.train.z
    experiment.show(len, parts.train.x[0])
    text = experiment.program()
    assert "np.max(result_1.height)" in text and "np.max(result_1.height.T)" in text
    assert "sums.transform([[3.0]])" in text and "len(parts.train.x[0])" in text


def test_a_part_may_be_called_like_what_a_result_knows_of_itself() -> None:
    """``name`` gave the result's own name, a string, and the program had that instead of the part."""
    experiment = Experiment()
    problem = experiment.assign("problem", Problem.get, "binary")
    experiment.show(repr, problem.name)
    assert "repr(problem.name)" in experiment.program()


def test_two_things_of_one_name_are_told_apart() -> None:
    from dlcore import activations, layers

    experiment = Experiment()
    experiment.show(activations.Activation.get, "relu")
    experiment.show(layers.Activation, "relu")
    text = experiment.program()
    assert "from dlcore.activations import Activation\n" in text
    assert "from dlcore.layers import Activation as layers_Activation" in text
    ast.parse(text)


@pytest.mark.parametrize(
    "value",
    [np.zeros(5000), object(), lambda: 1, np.array([object()]), range(3)],
    ids=["long", "object", "lambda", "array of objects", "range"],
)
def test_what_cannot_be_written_down_is_refused(value: Any) -> None:
    experiment = Experiment()
    experiment.show(len, value)
    with pytest.raises(Unwritable):
        experiment.program()


def test_a_title_cannot_end_its_own_quotes() -> None:
    experiment = Experiment('a """ b \\ c\n"')
    experiment.show(len, "")
    ast.parse(experiment.program())


def test_nothing_that_ran_is_nothing_to_offer() -> None:
    experiment = Experiment()
    experiment.assign("x", len, "")
    assert not experiment


def test_a_notebook_has_a_cell_for_every_call() -> None:
    experiment = Experiment("A title")
    path = experiment.show(descend, Bowl(), (1.0, 2.0), SGD(0.1), 5)
    experiment.show(len, path.w)
    book = nbformat.reads(experiment.notebook(), 4)
    nbformat.validate(book)
    code = ["".join(cell["source"]) for cell in book["cells"] if cell["cell_type"] == "code"]
    assert len(code) == 4
    assert "# A title" in "".join(book["cells"][0]["source"])
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
def experiments(monkeypatch: pytest.MonkeyPatch) -> dict[str, Experiment]:
    """By beat, what it has noted when its source was drawn last."""
    found: dict[str, Experiment] = {}
    source = Beat.source

    def drawn(self: Beat, *args: Any, **kwargs: Any) -> None:
        found[self.name] = self.experiment()
        source(self, *args, **kwargs)

    monkeypatch.setattr(Beat, "source", drawn)
    return found


def written(found: dict[str, Experiment]) -> dict[str, str]:
    programs = {name: experiment.program() for name, experiment in found.items() if experiment}
    for name, text in programs.items():
        homes = set(re.findall(r"^(?:from|import) (\w+)", text, re.MULTILINE))
        assert homes <= {"dlcore", "numpy", "dataclasses", "textwrap"}, name
        assert len(text) < 40_000, name
    return programs


NOTHING_RUNS = {"nerve_cell", "family", "which_one"}
"""Beats that name and choose; a beat that is called like one of them may compute all the same."""

SAID = {
    "1_gradient_descent": ("one_weight", r"after 40 steps they are ([\d.]+\d)"),
    "2_learning_rate": ("three_rates", r"Error [\d.]+ → ([\d.]+\d)"),
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
    script: str, opened: Callable[..., AppTest], experiments: dict[str, Experiment], tmp_path: Path
) -> None:
    at = opened(script, {"lang": "en", "predict": "0"})
    assert not at.exception
    page = Path(script).stem
    programs = written(experiments)
    if page == HAS_PROGRAMS_ALREADY:
        # all but the network that is played grow one program, which the page itself shows
        assert set(programs) == {"live"}
        executed(tmp_path, programs)
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
    measure: str, opened: Callable[..., AppTest], experiments: dict[str, Experiment], tmp_path: Path
) -> None:
    """Of those who look at no inputs too: what is drawn at random is its expected score in both."""
    settings = {"lang": "en", "predict": "0", "rare1": "50", "ep1": "1", "m1": measure}
    at = opened("pages/8_model_evaluation.py", settings)
    printed = numbers(executed(tmp_path, {"one": experiments["beat_common_sense"].program()})["one"])
    everyone = beat_common_sense.measure(beat_common_sense.Setup("breast_cancer", 50, measure, 1, 0))
    for name, score in everyone.scores(everyone.words).items():
        assert any(number == pytest.approx(score, abs=1e-12) for number in printed), name
    line = next(each.value for each in at.caption if "The line:" in each.value)
    assert f"{everyone.line:.3f}" in line and "expected score" in line
    assert printed[-1] == pytest.approx(everyone.line)


def test_the_source_offers_the_program(opened: Callable[..., AppTest], experiments: dict[str, Experiment]) -> None:
    opened("pages/1_gradient_descent.py", {"lang": "ko", "lr": "0.2"})
    assert "SGD(learning_rate=0.2)" in experiments["one_weight"].program()
