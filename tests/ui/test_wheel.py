"""The wheel that readers take home: what the project's own build makes, made by the app itself."""

import csv
import hashlib
import io
import subprocess
import sys
import time
import zipfile
from base64 import urlsafe_b64decode
from pathlib import Path

import pytest
from packaging.metadata import Metadata
from packaging.utils import parse_wheel_filename

import dlcore
from ui.page.takehome import wheel as wheels
from ui.page.takehome.wheel import Wheel, dlcore_wheel, package_files, zip_archive

ROOT = Path(__file__).resolve().parent.parent.parent
MOST_BYTES = 400_000
"""Students open it over a hall's network, a hundred at once."""


def unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def about(files: dict[str, bytes], name: str) -> bytes:
    """A file of the folder that tells about a wheel."""
    [found] = [content for path, content in files.items() if path.endswith(f".dist-info/{name}")]
    return found


def made_anew() -> Wheel:
    return dlcore_wheel.__wrapped__()


def test_it_is_what_the_projects_own_build_makes(tmp_path: Path) -> None:
    """The same files, the same licence, the same to be told of them; only the version says besides what is in it."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    [built] = tmp_path.glob("*.whl")
    assert built.stat().st_size <= MOST_BYTES
    ours, theirs = unpacked(dlcore_wheel().content), unpacked(built.read_bytes())
    here, there = ({k: v for k, v in each.items() if ".dist-info/" not in k} for each in (ours, theirs))
    assert here == there
    assert {Path(path).name for path in ours.keys() - here.keys()} == {
        Path(path).name for path in theirs.keys() - there.keys()
    }
    assert about(ours, "licenses/LICENSE") == about(theirs, "licenses/LICENSE") == (ROOT / "LICENSE").read_bytes()
    told, expected = (Metadata.from_email(about(each, "METADATA")) for each in (ours, theirs))
    for field in ("name", "summary", "license_expression", "license_files", "requires_python", "requires_dist"):
        assert getattr(told, field) == getattr(expected, field), field
    assert told.version.public == str(expected.version) == dlcore.__version__
    kind = about(theirs, "WHEEL").decode().splitlines()
    for line in about(ours, "WHEEL").decode().splitlines():
        assert line in kind or line.startswith("Generator: "), line


def test_it_has_the_data_with_their_licences_and_nothing_that_was_left_lying_about() -> None:
    files = package_files()
    assert {"dlcore/__init__.py", "dlcore/data/digits.csv", "dlcore/data/README.md"} <= files.keys()
    assert list(files) == sorted(files) and not [path for path in files if "__pycache__" in path]
    assert {path.split("/")[0] for path in files} == {"dlcore"}
    assert len(dlcore_wheel().content) <= MOST_BYTES


def test_pip_can_trust_its_name_and_its_record() -> None:
    wheel = dlcore_wheel()
    files = unpacked(wheel.content)
    told = Metadata.from_email(about(files, "METADATA"), validate=True)
    name, version, _, tags = parse_wheel_filename(wheel.name)
    assert (name, version) == (told.name, told.version) and {str(tag) for tag in tags} == {"py3-none-any"}
    [folder] = {path.split("/")[0] for path in files if ".dist-info/" in path}
    # as pip looks for it
    assert folder == "-".join(wheel.name.split("-")[:2]) + ".dist-info"
    rows = {path: rest for path, *rest in csv.reader(io.StringIO(about(files, "RECORD").decode()))}
    assert rows.keys() == files.keys()
    assert rows.pop(f"{folder}/RECORD") == ["", ""]
    for path, (digest, size) in rows.items():
        kind, _, code = digest.partition("=")
        assert kind == "sha256" and len(code) == 43, path
        assert urlsafe_b64decode(code + "=") == hashlib.sha256(files[path]).digest()
        assert int(size) == len(files[path])


def test_it_is_not_called_as_somebody_elses_package_is() -> None:
    """An upgrade, or a second look at PyPI, would fetch that one."""
    assert not dlcore_wheel().name.startswith("dlcore-")


def test_the_same_files_are_the_same_bytes_at_any_time_on_any_system(monkeypatch: pytest.MonkeyPatch) -> None:
    first = made_anew()
    monkeypatch.setattr(time, "time", lambda: 2e9)
    monkeypatch.setattr(sys, "platform", "win32")
    assert made_anew() == first
    files = {"a.txt": b"x" * 999, f"b/{first.name}": first.content}
    content = zip_archive(files)
    assert content == zip_archive(files) and unpacked(content) == files
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        # packed twice it would be larger
        assert [each.compress_type for each in archive.infolist()] == [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED]
        assert {(each.create_system, each.external_attr >> 16) for each in archive.infolist()} == {(3, 0o100644)}


def test_what_has_other_content_has_another_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two wheels with one version pip would keep the older one."""
    first = made_anew()
    files = package_files()
    monkeypatch.setattr(wheels, "package_files", lambda: files | {"dlcore/losses.py": b"pass\n"})
    second = made_anew()
    versions = [parse_wheel_filename(each.name)[1] for each in (first, second)]
    assert versions[0] != versions[1] and versions[0].public == versions[1].public


def test_it_is_made_once_a_process() -> None:
    assert dlcore_wheel() is dlcore_wheel()
    assert dlcore_wheel.cache_info().maxsize == 1


@pytest.mark.parametrize("path", ["deploy/Containerfile", "deploy/static/build.py"])
def test_the_licence_is_where_the_app_is(path: str) -> None:
    """Without it a container and the site without a server could not make the wheel."""
    text = (ROOT / path).read_text(encoding="utf-8")
    assert f"COPY {wheels.LICENSE} ./\n" in text or f'"{wheels.LICENSE}")\n' in text
