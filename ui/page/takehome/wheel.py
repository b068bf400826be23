"""dlcore as a wheel, the file that pip installs at home: written without build tools, which a running app has not.

The project's own build (pyproject.toml) makes the same of the same files; tests/ui/test_wheel.py compares the two.
"""

import hashlib
import io
import zipfile
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import dlcore
from ui.text.texts import ROOT

NAME = "deep-learning-hands-on"
"""What pip calls it. Not dlcore: somebody else's package has that name on PyPI, and an upgrade would fetch that one."""

SUMMARY = "dlcore: the basics of deep learning in NumPy, in Keras's vocabulary"
PYTHON = ">=3.11"
NEEDS = ("numpy>=2.0",)
"""Older than what the app runs on: a notebook in Colab keeps the NumPy that is there."""

LICENSE = "LICENSE"

_SHIPPED = (".py", ".csv", ".md")
_EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The first moment that a zip knows: the same files are the same bytes whenever they are packed."""


@dataclass(frozen=True)
class Wheel:
    """A wheel by the name that pip insists on, and its bytes."""

    name: str
    content: bytes


@lru_cache(maxsize=1)
def dlcore_wheel() -> Wheel:
    """The wheel of the package that runs here, with its data and its licence; made once a process.

    Its version ends in a mark of what is in it: of two with one version pip would keep the older one.
    """
    files, licence = package_files(), (ROOT / LICENSE).read_bytes()
    mark = hashlib.sha256()
    for path, content in [*files.items(), (LICENSE, licence)]:
        mark.update(path.encode() + b"\0" + hashlib.sha256(content).digest())
    return make_wheel(f"{dlcore.__version__}+src{mark.hexdigest()[:8]}", files, licence)


def package_files() -> dict[str, bytes]:
    """The files of dlcore by their paths in a wheel, in the paths' order."""
    home = Path(dlcore.__file__).parent
    paths = [path for path in home.rglob("*") if path.suffix in _SHIPPED and path.is_file()]
    found = {path.relative_to(home.parent).as_posix(): path for path in paths}
    return {name: found[name].read_bytes() for name in sorted(found)}


def make_wheel(version: str, files: Mapping[str, bytes], licence: bytes) -> Wheel:
    """A wheel of Python files and data, which suits every Python and every machine."""
    stem = f"{NAME.replace('-', '_')}-{version}"
    about = f"{stem}.dist-info"
    kind = "Wheel-Version: 1.0\nGenerator: dlcore\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    whole = {
        **files,
        f"{about}/METADATA": _metadata(version).encode(),
        f"{about}/WHEEL": kind.encode(),
        f"{about}/licenses/{LICENSE}": licence,
    }
    record = f"{about}/RECORD"
    lines = [f"{path},sha256={_digest(content)},{len(content)}" for path, content in whole.items()]
    whole[record] = "".join(f"{line}\n" for line in [*lines, f"{record},,"]).encode()
    return Wheel(f"{stem}-py3-none-any.whl", zip_archive(whole))


def zip_archive(files: Mapping[str, bytes]) -> bytes:
    """Files by path as a zip that is the same for the same files; wheels in it, packed already, are only stored."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path, content in files.items():
            entry = zipfile.ZipInfo(path, _EARLIEST)
            # what Python would take from the system that it runs on
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            archive.writestr(entry, content, zipfile.ZIP_STORED if path.endswith(".whl") else zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _metadata(version: str) -> str:
    lines = ["Metadata-Version: 2.4", f"Name: {NAME}", f"Version: {version}", f"Summary: {SUMMARY}"]
    lines += ["License-Expression: MIT", f"License-File: {LICENSE}", f"Requires-Python: {PYTHON}"]
    return "".join(f"{line}\n" for line in [*lines, *(f"Requires-Dist: {need}" for need in NEEDS)])


def _digest(content: bytes) -> str:
    """SHA-256 as a wheel's RECORD writes it."""
    return urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
