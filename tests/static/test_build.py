"""Building the site: tables as Arrow reads them, what is pinned is checked, and the files fit each other."""

import ast
import base64
import hashlib
import io
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
STATIC = ROOT / "deploy" / "static"


def loaded(path: str) -> ModuleType:
    """A module of the site's, which is no package of the project."""
    spec = spec_from_file_location(Path(path).stem, STATIC / path)
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def lessons_tables() -> ModuleType:
    return loaded("python/lessons_tables.py")


@pytest.fixture(scope="module")
def build() -> ModuleType:
    return loaded("build.py")


def read(stream: bytes) -> pa.Table:
    table = pa.ipc.open_stream(stream).read_all()
    table.validate(full=True)
    return table


@pytest.mark.parametrize("rows", [0, 1, 7, 8, 9, 1000])
def test_columns_come_as_they_are(lessons_tables: ModuleType, rows: int) -> None:
    draw = np.random.default_rng(rows)
    columns = {
        "x": draw.normal(size=rows),
        "single": draw.normal(size=rows).astype(np.float32),
        "k": draw.integers(-9, 9, rows),
        "small": draw.integers(0, 200, rows).astype(np.uint8),
        "int32": draw.integers(-9, 9, rows).astype(np.int32),
        "yes": draw.integers(0, 2, rows).astype(bool),
        "이름": np.array([f"열 {k}" for k in range(rows)], dtype=object if rows else str),
    }
    table = read(lessons_tables.of_columns(columns))
    assert table.column_names == list(columns)
    for name, column in columns.items():
        assert table[name].to_pylist() == column.tolist()
    assert table.schema.field("small").type == pa.uint8() and table.schema.field("single").type == pa.float32()


def test_what_is_no_number_travels_as_nothing(lessons_tables: ModuleType) -> None:
    table = read(
        lessons_tables.of_columns({"x": np.array([1.0, np.nan, np.inf]), "t": np.array(["a", None, "c"], object)})
    )
    assert table["x"].to_pylist() == [1.0, None, np.inf]
    assert table["t"].to_pylist() == ["a", None, "c"]


@pytest.mark.parametrize("index", [None, ["p", "q", "r"], [5, 6, 7]])
def test_a_frame_comes_back_as_it_went(lessons_tables: ModuleType, index: list | None) -> None:
    frame = pd.DataFrame(
        {"a": [1.5, 2.0, -1.0], "b": [1, 2, 3], "c": ["x", "y", "한글"], "d": [True, False, True]}, index
    )
    found = read(lessons_tables.of_frame(frame)).to_pandas()
    pd.testing.assert_frame_equal(found, frame, check_dtype=False, check_index_type=False, check_column_type=False)


def test_mixed_and_kept_categories_are_text(lessons_tables: ModuleType) -> None:
    frame = pd.DataFrame(
        {"kind": pd.Categorical(["u", "v", "u"]), "half": [True, None, False], "mixed": [1, "a", None]}
    )
    table = read(lessons_tables.of_frame(frame))
    assert table["kind"].to_pylist() == ["u", "v", "u"]
    assert table["half"].to_pylist() == [True, None, False]
    assert table["mixed"].to_pylist() == ["1", "a", None]


def test_a_change_has_exactly_one_place(build: ModuleType) -> None:
    change = {"why": "", "file": "a-*.js", "old": "one", "new": "two"}
    files = {"a-1.js": b"x one y", "b.js": b"one"}
    build.apply_changes(files, [change])
    assert files == {"a-1.js": b"x two y", "b.js": b"one"}
    for wrong in ({"a-1.js": b"x"}, {"a-1.js": b"one one"}, {"a-1.js": b"one", "a-2.js": b"one"}):
        with pytest.raises(build.BuildError):
            build.apply_changes(wrong, [change])


def test_a_package_that_is_not_the_pinned_one_is_refused(
    build: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with tarfile.open(tmp_path / "thing.tgz", "w:gz") as archive:
        entry = tarfile.TarInfo("package/a.js")
        entry.size = 3
        archive.addfile(entry, io.BytesIO(b"abc"))
    done = subprocess.CompletedProcess([], 0, stdout="thing.tgz\n")
    monkeypatch.setattr(build.subprocess, "run", lambda *_, **__: done)
    right = "sha512-" + base64.b64encode(hashlib.sha512((tmp_path / "thing.tgz").read_bytes()).digest()).decode()
    assert build.npm_package("thing", "1.0", right, tmp_path) == {"a.js": b"abc"}
    with pytest.raises(build.BuildError):
        build.npm_package("thing", "1.0", right.replace("sha512-", "sha512-A"), tmp_path)


def test_a_wheel_that_the_lock_does_not_name_is_refused(
    build: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lock = {"packages": {"numpy": {"file_name": "numpy.whl", "sha256": "0" * 64}}}
    monkeypatch.setattr(build.urllib.request, "urlopen", lambda *_, **__: io.BytesIO(b"something else"))
    with pytest.raises(build.BuildError, match="lock"):
        list(build.webassembly_wheels(["numpy"], "https://packages.example/", lock, None))
    with pytest.raises(build.BuildError, match="0 wheels"):
        list(build.webassembly_wheels(["numpy"], "", lock, tmp_path))


def test_what_the_pages_import_of_ours_goes_into_the_site(build: ModuleType) -> None:
    ours = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    scripts = [path for part in build.APP for path in (ROOT / part).rglob("*.py")]
    named = {name.split(".")[0] for path in scripts for name in imported(path)} & ours
    assert {"classroom", "ui"} <= ours and "dlcore" in named
    assert named <= set(build.APP)
    # rooms need a server, which is not there, and so there are none
    assert "server" not in build.APP and "classroom" in build.APP
    files = build.app()
    assert "classroom/store.py" in files and not [path for path in files if path.startswith("server/")]


def imported(path: Path) -> Iterator[str]:
    """The modules that a script imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield str(node.module)


def test_nothing_that_was_not_built_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("precious")
    command = [sys.executable, "deploy/static/build.py", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode and "not empty" in done.stderr
    assert (tmp_path / "thesis.txt").read_text() == "precious"


def test_the_same_files_make_the_same_archive(build: ModuleType) -> None:
    files = {"b/c.txt": b"2", "a.txt": b"1"}
    packed = build.tar_archive(files)
    assert packed == build.tar_archive(dict(reversed(files.items())))
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        assert archive.getnames() == ["a.txt", "b/c.txt"]
