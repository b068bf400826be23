"""The modules that moved to dlcore.experiments are still importable by their old names, for one release."""

import importlib
import json
import os
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

import dlcore

ROOT = Path(__file__).resolve().parent.parent.parent
MOVED = {
    "contest": "optimizer_comparison",
    "conventions": "optimizer_conventions",
    "crowd": "replicates",
    "deep": "gradient_flow",
    "descent": "descent",
    "diagnosis": "diagnosis",
    "film": "weight_history",
    "folds": "cross_validation",
    "gates": "logic_gates",
    "ladder": "capacity",
    "limits": "stability_limits",
    "mismatch": "loss_mismatch",
    "optimism": "selection_bias",
    "programs": "code_export",
    "race": "parallel_training",
    "range_test": "lr_finder",
    "recipe": "training_config",
    "recommendations": "output_layers",
    "robust": "robust_regression",
    "sampling": "minibatches",
    "scores": "classifier_scores",
    "sweep": "rate_sweep",
    "trials": "rate_trials",
    "units": "single_unit",
}


def forget() -> None:
    for old in MOVED:
        sys.modules.pop(f"dlcore.{old}", None)
        if old in vars(dlcore):
            delattr(dlcore, old)


@pytest.fixture
def forgotten() -> Iterator[None]:
    """No old name has been imported yet, nor stays imported."""
    forget()
    yield
    forget()


LIVE = {"live_frames", "live_run", "live_store", "live_training", "stacked_network"}
SINCE = {"class_race", "momentum_limits", "xor_training", *LIVE}
"""Experiments that came later, and so never had another name."""


def test_every_experiment_is_in_the_list() -> None:
    files = (ROOT / "dlcore" / "experiments").glob("[!_]*.py")
    assert sorted({path.stem for path in files} - SINCE) == sorted(MOVED.values())


@pytest.mark.parametrize(("old", "new"), MOVED.items())
@pytest.mark.usefixtures("forgotten")
def test_an_old_name_gives_the_new_module_and_one_warning(old: str, new: str) -> None:
    moved = importlib.import_module(f"dlcore.experiments.{new}")
    spec = moved.__spec__
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert importlib.import_module(f"dlcore.{old}") is moved
        assert getattr(dlcore, old) is moved
        # asked for again, in whichever words, it is no longer news
        importlib.import_module(f"dlcore.{old}")
        exec(f"from dlcore import {old}\nfrom dlcore.{old} import np", {})
    assert [str(one.message) for one in caught] == [f"dlcore.{old} is dlcore.experiments.{new} now"]
    assert [one.category for one in caught] == [DeprecationWarning]
    assert moved.__spec__ is spec
    assert moved.__name__ == f"dlcore.experiments.{new}"


@pytest.mark.parametrize("words", ["import dlcore.{0}", "from dlcore.{0} import __doc__", "from dlcore import {0}"])
@pytest.mark.parametrize(("old", "new"), MOVED.items())
@pytest.mark.usefixtures("forgotten")
def test_who_imports_is_told_in_his_own_line(old: str, new: str, words: str) -> None:
    with pytest.warns(DeprecationWarning, match=f"dlcore.experiments.{new} now") as caught:
        exec(compile("\n\n" + words.format(old), "taken_home.py", "exec"), {})
    assert [(one.filename, one.lineno) for one in caught] == [("taken_home.py", 3)]


@pytest.mark.usefixtures("forgotten")
def test_a_warning_that_is_an_error_leaves_nothing_half_imported() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(2):
            with pytest.raises(DeprecationWarning, match=r"dlcore\.experiments\.parallel_training"):
                importlib.import_module("dlcore.race")
    assert "dlcore.race" not in sys.modules


@pytest.mark.parametrize("name", ["dlcore.no_such_module", "dlcore.experiments.race", "dlcore.contests"])
def test_what_never_was_is_not_found(name: str) -> None:
    with pytest.raises(ModuleNotFoundError, match=f"No module named '{name}'"):
        importlib.import_module(name)


def test_a_program_that_was_taken_home_runs_and_says_what_is_new() -> None:
    lines = [f"import dlcore.{old}\nfrom dlcore import {old}" for old in MOVED]
    lines += ["from dlcore.descent import descend, walk", "from dlcore.race import Race", "import dlcore, sys"]
    lines += [f"assert dlcore.{old} is sys.modules['dlcore.experiments.{new}']" for old, new in MOVED.items()]
    lines += ["assert Race.__module__ == 'dlcore.experiments.parallel_training'", "print('ran')"]
    # no filter is set: Python shows it to a program that is run as one
    command = [sys.executable, "-c", "\n".join(lines)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout == "ran\n"
    told = [line.partition("DeprecationWarning: ")[2] for line in ran.stderr.splitlines() if "Warning: " in line]
    news = [f"dlcore.{old} is dlcore.experiments.{new} now" for old, new in MOVED.items()]
    assert told == [*news, "dlcore.experiments.parallel_training.Race is ParallelTraining now"]


def test_nothing_is_loaded_before_it_is_asked_for() -> None:
    question = "import sys, dlcore\nprint([name for name in sys.modules if 'dlcore' in name or name == 'numpy'])"
    ran = subprocess.run([sys.executable, "-c", question], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout == "['dlcore']\n"


PROGRAMS = json.loads(Path(__file__).with_name("programs_taken_home.json").read_text(encoding="utf-8"))
"""What the pages gave their readers before the experiments moved, by page and question."""


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_that_a_reader_took_home_still_runs(name: str, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAMS[name], encoding="utf-8")
    # it may warn of what has moved, and of nothing else
    command = [sys.executable, "-W", "error", "-W", "default::DeprecationWarning", str(program)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout
