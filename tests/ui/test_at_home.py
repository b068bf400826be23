"""What is taken home runs at home: unpacked, installed and started as its README.txt says, where there is no dlcore.

Home is a Python of its own. In the usual run it borrows this one's NumPy and reaches no network; the thorough tests
have every Python of this machine, NumPy from a registry, and a real Jupyter kernel.
"""

import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.ui.test_scripts import SAID
from ui.beat import Beat
from ui.controls.widgets import Say
from ui.page.takehome import programs
from ui.page.takehome import wheel as wheels
from ui.page.takehome.programs import Program

pytestmark = [pytest.mark.usefixtures("briefly"), pytest.mark.xdist_group("home")]

PAGE_1, PAGE_7 = "pages/1_gradient_descent.py", "pages/7_training.py"
TABLE = b"a;b;y\n" + b"".join(b"%d,5;%d;%d\n" % (k % 7, k % 5, k % 2) for k in range(40))
"""A reader's own, with decimal commas."""

AS_PROGRAM = """
import json, shlex, subprocess, sys
names = {"__name__": "__main__"}
for cell in json.load(open(sys.argv[1], encoding="utf-8"))["cells"]:
    if cell["cell_type"] == "code":
        lines = "".join(cell["source"]).split("\\n")
        exec("\\n".join(line for line in lines if not line.startswith("%pip ")), names)
        for line in lines:
            if line.startswith("%pip "):
                command = [sys.executable, "-m", "pip", *shlex.split(line.removeprefix("%pip "))]
                subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
"""
"""The cells of a notebook one after the other, as IPython runs them."""


@dataclass
class Home:
    """A Python with NumPy and without dlcore."""

    folder: Path
    environment: dict[str, str]
    python: str = field(default=sys.executable)
    borrows: bool = False
    """Whether it has this Python's pip and NumPy, which takes no time and no network, and not its own."""

    def __post_init__(self) -> None:
        how = ["--without-pip"] if self.borrows else []
        subprocess.run([self.python, "-m", "venv", *how, str(self.folder)], check=True, capture_output=True)
        [site] = self.folder.glob("lib/python*/site-packages")
        for package in ("numpy", "pip") if self.borrows else ():
            for part in Path(np.__file__).parent.parent.glob(f"{package}[.-]*"):
                (site / part.name).symlink_to(part)
            (site / package).symlink_to(Path(np.__file__).parent.parent / package)
        self.environment |= {
            "PATH": os.pathsep.join([str(self.folder / "bin"), "/usr/bin", "/bin"]),
            "HOME": str(self.folder),
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PYTHONIOENCODING": "utf-8",
            "OPENBLAS_NUM_THREADS": "1",
        }

    def run(self, command: str, *more: str, folder: Path | None = None) -> str:
        """What a command prints; it has to end well."""
        done = self.tried(command, *more, folder=folder)
        assert done.returncode == 0, done.stdout[-1000:] + done.stderr[-3000:]
        return done.stdout

    def tried(self, command: str, *more: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
        where, how = folder or self.folder, {"capture_output": True, "text": True, "encoding": "utf-8"}
        return subprocess.run([*shlex.split(command), *more], cwd=where, env=self.environment, check=False, **how)

    def notebook(self, path: Path) -> str:
        """What the cells of a notebook print."""
        return self.run("python -c", AS_PROGRAM, path.name, folder=path.parent)


@pytest.fixture
def new_home(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Home]:
    """``new_home()``: one that has this Python's NumPy, reaches no registry, and has never seen dlcore."""

    def made() -> Home:
        offline = {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull}
        return Home(tmp_path_factory.mktemp("home") / "venv", offline, borrows=True)

    return made


Offers = dict[str, tuple[Program, Say]]


@pytest.fixture
def offers(monkeypatch: pytest.MonkeyPatch) -> Offers:
    """By the name of its files, every program that a page offers to take home, and the reader's words."""
    found: Offers = {}

    def drawn(program: Program, say: Say, key: str) -> None:
        found[program.stem] = (program, say)

    monkeypatch.setattr("ui.beat.draw_files", drawn)
    monkeypatch.setattr("lessons.training.keep.draw_files", drawn)
    monkeypatch.setattr(Beat, "source", lambda beat, *_: beat._script())
    return found


def unpacked(offer: tuple[Program, Say], folder: Path) -> tuple[str, str]:
    """The two commands of the README.txt of what was taken home and unpacked."""
    program, say = offer
    with zipfile.ZipFile(io.BytesIO(program.as_zip(say))) as archive:
        archive.extractall(folder)
    install, start = (folder / programs.README).read_text(encoding="utf-8").splitlines()
    return install.rpartition(": ")[2], start.rpartition(": ")[2]


def alone(book: Path) -> Path:
    """A notebook in a folder where nothing else is."""
    folder = book.parent / "alone"
    folder.mkdir()
    return Path(shutil.copy(book, folder))


def numbers(printed: str) -> list[float]:
    return [float(found) for found in re.findall(r"-?\d+\.\d*(?:e[-+]?\d+)?", printed)]


def number_on_the_page(at: AppTest, page: str) -> str:
    """The number in a beat's sentences that its program has to print."""
    beat, where = SAID[page]
    place = next(block for block in at.container if block.key == f"beat-{beat}")
    return next(found[1] for each in (*place.caption, *place.markdown) if (found := re.search(where, each.value)))


def has_number(printed: str, said: str) -> bool:
    half = 0.51 * 10.0 ** -len(said.partition(".")[2])
    return any(abs(number - float(said)) <= half for number in numbers(printed))


# ---- in the usual run ------------------------------------------------------------------------------------------------


def test_two_lines_install_and_run_what_the_page_said_and_the_notebook_needs_none(
    new_home: Callable[[], Home], opened: Callable[..., AppTest], offers: Offers, tmp_path: Path
) -> None:
    at = opened(PAGE_1, lang="en", predict="0", lr="0.12", beat="one_weight")
    said = number_on_the_page(at, "1_gradient_descent")
    # what a Korean student takes home has Korean in it
    assert not opened(PAGE_1, lang="ko", predict="0", lr="0.12", beat="one_weight").exception
    stem = "gradient_descent_one_weight"
    install, start = unpacked(offers[stem], tmp_path)
    assert not (tmp_path / "dlcore").exists() and start == f"python {stem}.py"
    home = new_home()
    assert "No module named 'dlcore'" in home.tried(start, folder=tmp_path).stderr
    home.run(install, folder=tmp_path)
    printed = home.run(start, folder=tmp_path)
    assert has_number(printed, said), said
    assert new_home().notebook(alone(tmp_path / f"{stem}.ipynb")) == printed


def test_a_readers_own_rows_go_with_the_program_and_inside_the_notebook(
    new_home: Callable[[], Home], opened: Callable[..., AppTest], offers: Offers, tmp_path: Path
) -> None:
    at = opened(PAGE_7, lang="ko", predict="0", set="own_table", epochs="3")
    at.file_uploader(key="training.file").set_value(("mine.csv", TABLE, "text/csv"))
    assert not at.run().exception
    install, start = unpacked(offers["train_dlcore"], tmp_path)
    assert (tmp_path / "data.csv").read_text(encoding="utf-8").count("\n") == 41
    home = new_home()
    home.run(install, folder=tmp_path)
    printed = home.run(start, folder=tmp_path)
    assert "loss" in printed
    assert new_home().notebook(alone(tmp_path / "train_dlcore.ipynb")) == printed


def test_kerass_notebook_carries_the_rows_that_it_reads(
    opened: Callable[..., AppTest], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In Colab it was one of two files that had to be brought, and nothing said so."""
    files: dict[str, Any] = {}
    monkeypatch.setattr(st, "download_button", lambda name, content, *_, **__: files.setdefault(name, content))
    opened(PAGE_7, lang="en", predict="0", epochs="3")
    cells = json.loads(files["train_keras.ipynb"]())["cells"]
    monkeypatch.chdir(tmp_path)
    exec("".join(next(cell for cell in cells if cell["cell_type"] == "code")["source"]), {})
    assert (tmp_path / "data.csv").read_bytes() == files["data.csv"]()
    assert 'np.loadtxt("data.csv"' in "".join(line for cell in cells for line in cell["source"])


def test_shipped_rows_are_in_the_wheel_and_need_no_file(opened: Callable[..., AppTest], offers: Offers) -> None:
    opened(PAGE_7, lang="ko", predict="0", epochs="3")
    program, say = offers["train_dlcore"]
    with zipfile.ZipFile(io.BytesIO(program.as_zip(say))) as archive:
        assert "data.csv" not in archive.namelist()


@pytest.mark.thorough
def test_a_newer_dlcore_takes_the_place_of_an_older_one(
    new_home: Callable[[], Home], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two notebooks of one term had one version of two contents, and pip left the older one where it was."""
    files, home = wheels.package_files(), new_home()
    for age in (b"old", b"new"):
        changed = files | {"dlcore/__init__.py": files["dlcore/__init__.py"] + b'AGE = "%s"\n' % age}
        monkeypatch.setattr(wheels, "package_files", lambda changed=changed: changed)
        made = wheels.dlcore_wheel.__wrapped__()
        (home.folder / made.name).write_bytes(made.content)
        home.run(f"python -m pip install {made.name}")
        assert home.run("python -c", "import dlcore; print(dlcore.AGE)").strip() == age.decode()


def test_nothing_is_packed_before_it_is_asked_for(
    opened: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden() -> None:
        raise AssertionError("half a megabyte for everybody who only looks at the source")

    monkeypatch.setattr(programs, "dlcore_wheel", forbidden)
    at = opened(PAGE_1, lang="en", predict="0", beat="one_weight")
    at.session_state["gradient_descent-one_weight-source"] = True
    assert not at.run().exception
    offered = [str(button.key) for button in at.download_button]
    assert [key for key in offered if "one_weight" in key] == [
        f"gradient_descent-one_weight-{kind}" for kind in ("zip", "py", "ipynb")
    ]


@pytest.mark.parametrize("language", ["ko", "en"])
def test_program_and_notebook_say_what_to_do_in_the_readers_language(
    language: str, opened: Callable[..., AppTest], offers: Offers
) -> None:
    opened(PAGE_1, lang=language, predict="0", beat="one_weight")
    program, say = offers["gradient_descent_one_weight"]
    assert " ".join(say("home_program").split()) in " ".join(program.text.split('"""')[1].split())
    book = json.loads(program.as_notebook(say))
    heading, first, *rest = book["cells"]
    assert "".join(heading["source"]).endswith(say("home_notebook"))
    # what is carried is shown closed, by its title
    assert first["metadata"] == {"cellView": "form", "jupyter": {"source_hidden": True}}
    assert first["source"][0] == f"#@title {say('home_cell')}\n"
    assert len(rest) == len(program.cells) and not any(cell["metadata"] for cell in rest)
    assert len(program.as_notebook(say)) <= 600_000
    assert program.as_zip(say) == program.as_zip(say)


# ---- thorough --------------------------------------------------------------------------------------------------------


def pythons() -> list[str]:
    """Every Python of this machine that the wheel is for, this one first; of pyenv's also those not switched on."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    # its shims on the PATH are there also for what is switched off
    folders = [Path(part) for part in os.get_exec_path() if not Path(part).is_relative_to(pyenv)]
    folders += sorted(pyenv.glob("versions/*/bin"))
    others = [f"python3.{minor}" for minor in range(11, 16) if minor != sys.version_info.minor]
    found = [[str(folder / name) for folder in folders if (folder / name).is_file()] for name in others]
    return [sys.executable, *(places[0] for places in found if places)]


OLDEST_NUMPY = re.findall(r"numpy>=([\d.]+)", wheels.NEEDS[0])[0]


@pytest.fixture(scope="module")
def online(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Home]:
    """``online(python, "numpy==2.0.*")``: a home with packages from a registry; skipped where none can be reached."""
    known: dict[tuple[str, ...], Home] = {}

    def get(python: str, *packages: str) -> Home:
        if (python, *packages) not in known:
            pip = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_"))}
            made = Home(tmp_path_factory.mktemp("online") / "venv", pip, python)
            done = made.tried("python -m pip install --quiet", *packages)
            if done.returncode:
                pytest.skip(f"no registry has {', '.join(packages)}: {done.stderr.strip()[-200:]}")
            known[python, *packages] = made
        return known[python, *packages]

    return get


def ways() -> list[Any]:
    """Every Python with the newest NumPy, and the first one that has it with the oldest."""
    found = [pytest.param(python, "numpy", id=Path(python).name) for python in pythons()]
    return [*found, pytest.param(sys.executable, f"numpy=={OLDEST_NUMPY}.*", id=f"numpy-{OLDEST_NUMPY}")]


@pytest.mark.thorough
@pytest.mark.parametrize(("python", "numpy"), ways())
def test_every_program_runs_at_home(
    python: str, numpy: str, script: str, online: Any, opened: Callable[..., AppTest], offers: Offers, tmp_path: Path
) -> None:
    home = online(python, numpy)
    at = opened(script, lang="en", predict="0")
    assert not at.exception and offers
    printed = {}
    for stem, offer in offers.items():
        folder = tmp_path / stem
        install, start = unpacked(offer, folder)
        home.run(install, folder=folder)
        printed[stem] = home.run(start, folder=folder)
    page = Path(script).stem
    if page in SAID:
        said = number_on_the_page(at, page)
        assert has_number(printed[f"{page.split('_', 1)[1]}_{SAID[page][0]}"], said), said


@pytest.mark.thorough
def test_a_real_kernel_runs_the_notebook(
    online: Any, opened: Callable[..., AppTest], offers: Offers, tmp_path: Path
) -> None:
    home = online(sys.executable, "numpy", "nbclient", "ipykernel")
    opened(PAGE_1, lang="ko", predict="0", beat="one_weight")
    install, start = unpacked(offers["gradient_descent_one_weight"], tmp_path)
    home.run(install, folder=tmp_path)
    printed = home.run(start, folder=tmp_path)
    book = tmp_path / "gradient_descent_one_weight.ipynb"
    home.run(f"python -m pip uninstall --yes --quiet {wheels.NAME}")
    home.run("jupyter execute --inplace", book.name, folder=tmp_path)
    cells = [cell for cell in json.loads(book.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]
    # pip may remark that a kernel has to be started anew, which is only so for what it has loaded
    said = ["".join(out.get("text", ())) for cell in cells[1:] for out in cell["outputs"]]
    assert "".join(said) == printed
