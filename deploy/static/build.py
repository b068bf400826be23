"""Builds the app as a folder of files that any file server can serve: ``python deploy/static/build.py FOLDER``.

Node and npm are needed, and what requirements.txt beside this file says. ``--wheels DIR`` takes NumPy's and pandas'
wheels for WebAssembly from a folder instead of fetching them. Everything that is fetched is pinned and its hash is
checked (pins.toml, wheels.txt).
"""

import argparse
import base64
import fnmatch
import gzip
import hashlib
import io
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import types
import urllib.request
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from email.parser import Parser
from pathlib import Path

from markdown_it import MarkdownIt

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT))
if "ui" not in sys.modules:
    # the folder alone, without the app around it, which would want Streamlit
    sys.modules["ui"] = types.ModuleType("ui")
    sys.modules["ui"].__path__ = [str(ROOT / "ui")]

from ui.text import texts  # noqa: E402

APP = ("streamlit_app.py", "pages", "dlcore", "charts", "ui", "lessons", "classroom", ".streamlit", "LICENSE")
"""What of the project runs."""

UNKNOWN_OPTIONS = ("paddingTop",)
"""Options in .streamlit/config.toml that Streamlit for the browser does not know yet, and complains of."""

LATE = ("pandas", "pytz", "dateutil")
"""Packages of Python that no lesson needs before a table is opened."""

Files = dict[str, bytes]
"""Contents by path."""


class BuildError(Exception):
    """Something is not as it was pinned, or cannot be had."""


# ---- fetch -----------------------------------------------------------------------------------------------------------


def npm_package(name: str, version: str, integrity: str, folder: Path) -> Files:
    """The files of a package of npm, which keeps what it has fetched."""
    command = ["npm", "pack", "--silent", "--pack-destination", str(folder), f"{name}@{version}"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    packed = folder / said.strip().splitlines()[-1]
    found = "sha512-" + base64.b64encode(hashlib.sha512(packed.read_bytes()).digest()).decode()
    if found != integrity:
        raise BuildError(f"{name} {version} from npm has {found}, not {integrity}")
    with tarfile.open(packed) as archive:
        return {
            member.name.removeprefix("package/"): part.read()
            for member in archive
            if member.isfile() and (part := archive.extractfile(member))
        }


def plain_wheels(folder: Path) -> Iterator[Files]:
    """The wheels of wheels.txt; pip checks their hashes."""
    tags = ["--platform", "any", "--platform", "manylinux2014_x86_64", "--python-version", "3.13"]
    tags += ["--implementation", "cp", "--abi", "cp313", "--abi", "none"]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += [
        "--require-hashes",
        "--only-binary",
        ":all:",
        *tags,
        "--dest",
        str(folder),
        "-r",
        str(HERE / "wheels.txt"),
    ]
    subprocess.run(command, check=True)
    for wheel in sorted(folder.glob("*.whl")):
        compiled_elsewhere = wheel.name.endswith(".manylinux_2_28_x86_64.whl")
        yield {path: part for path, part in unpack(wheel) if not (compiled_elsewhere and path.endswith(".so"))}


def webassembly_wheels(names: Iterable[str], source: str, lock: Mapping, given: Path | None) -> Iterator[Files]:
    """Wheels compiled for WebAssembly: from the folder ``given``, or fetched and compared with Pyodide's lock file."""
    for name in names:
        pinned = lock["packages"][name]
        if given:
            found = sorted(given.glob(f"{name}-*-cp313-cp313-pyodide_2025_0_wasm32.whl"))
            if len(found) != 1:
                raise BuildError(f"{given} has {len(found)} wheels of {name} for Pyodide's Python 3.13, not one")
            yield dict(unpack(found[0]))
            continue
        with urllib.request.urlopen(source + pinned["file_name"], timeout=120) as answer:
            wheel = answer.read()
        if hashlib.sha256(wheel).hexdigest() != pinned["sha256"]:
            raise BuildError(f"{source}{pinned['file_name']} is not the file in Pyodide's lock")
        yield dict(unpack(io.BytesIO(wheel)))


def unpack(wheel: Path | io.BytesIO) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(wheel) as archive:
        for path in archive.namelist():
            if not path.endswith("/"):
                yield path, archive.read(path)


# ---- change ----------------------------------------------------------------------------------------------------------


def without_patterns(files: Mapping[str, bytes], without: Iterable[str]) -> Files:
    """The files that no pattern names."""
    patterns = tuple(without)
    return {path: part for path, part in files.items() if not any(fnmatch.fnmatch(path, one) for one in patterns)}


def apply_changes(files: Files, changes: Iterable[Mapping[str, str]]) -> None:
    """Make the pinned changes; each has exactly one place."""
    for change in changes:
        places = [
            path
            for path, part in files.items()
            if fnmatch.fnmatch(path, change["file"]) and change["old"].encode() in part
        ]
        if len(places) != 1 or files[places[0]].count(change["old"].encode()) != 1:
            raise BuildError(f"{change['file']}: not one place, but {places} have {change['old']!r}")
        files[places[0]] = files[places[0]].replace(change["old"].encode(), change["new"].encode())


def compile_sources(
    pyodide: Mapping[str, bytes], parts: Mapping[str, Files], keeping: Iterable[str]
) -> dict[str, Files]:
    """Python's sources compiled by the very Python that will run them; of ``keeping`` the sources stay beside it."""
    with tempfile.TemporaryDirectory() as folder:
        for path, part in pyodide.items():
            write_file(Path(folder, "pyodide", path), part)
        for name, files in parts.items():
            for path, part in files.items():
                if path.endswith(".py"):
                    write_file(Path(folder, "sources", name, path), part)
        command = ["node", str(HERE / "compile.mjs"), folder, *keeping]
        subprocess.run(command, check=True, stdout=sys.stderr)
        made = {}
        for name, files in parts.items():
            root = Path(folder, "sources", name)
            results = {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*.py*") if path.is_file()}
            made[name] = {path: part for path, part in files.items() if not path.endswith(".py")} | results
        return made


def app() -> Files:
    """The project's files that run."""
    parts = [ROOT / part for part in APP]
    found = [path for part in parts for path in ([part] if part.is_file() else sorted(part.rglob("*")))]
    files = {
        str(path.relative_to(ROOT)): path.read_bytes()
        for path in found
        if path.is_file() and "__pycache__" not in path.parts
    }
    config = files[".streamlit/config.toml"].decode().splitlines(keepends=True)
    files[".streamlit/config.toml"] = "".join(line for line in config if not line.startswith(UNKNOWN_OPTIONS)).encode()
    return files


# ---- write -----------------------------------------------------------------------------------------------------------


def write_file(path: Path, part: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(part)


def tar_archive(files: Mapping[str, bytes]) -> bytes:
    """One packed archive, the same for the same files."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for path in sorted(files):
            entry = tarfile.TarInfo(path)
            entry.size = len(files[path])
            archive.addfile(entry, io.BytesIO(files[path]))
    return compress(out.getvalue())


def compress(part: bytes) -> bytes:
    return gzip.compress(part, 9, mtime=0)


def zip_archive(files: Mapping[str, bytes]) -> bytes:
    """Python's standard library as Pyodide wants it; not packed, since what holds it is."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(files):
            archive.writestr(zipfile.ZipInfo(path), files[path])
    return out.getvalue()


def first_text(language: str) -> str:
    """The start page's text and the topics, to be read while Python is loading."""
    pages = sorted(path for path in (ROOT / "pages").glob("[0-9]*.py"))
    text = texts.prose(ROOT / "pages" / f"start.{language}.md")
    topics = [texts.prose(page.with_suffix(f".{language}.md"))["title"] for page in pages]
    listed = "".join(f"<li>{topic}</li>" for topic in topics)
    prose = MarkdownIt().render("\n\n".join(text[part] for part in ("welcome", "begin_here")))
    return f'<section lang="{language}"><h1>{text["title"]}</h1>{prose}<ol>{listed}</ol></section>'


def licences(packages: Mapping[str, bytes], npm: Mapping[str, Files]) -> str:
    """What the site is made of, and under which licence; the packages' own texts of it travel with them."""
    lines = []
    for name, files in npm.items():
        told = json.loads(files["package.json"])
        lines.append(f"{name} {told['version']}: {told['license']}")
    for path, part in sorted(packages.items()):
        if path.endswith(".dist-info/METADATA"):
            told = Parser().parsestr(part.decode("utf-8"), headersonly=True)
            kinds = [line.split(" :: ")[-1] for line in told.get_all("Classifier", []) if line.startswith("License")]
            said = told["License-Expression"] or ", ".join(kinds) or (told["License"] or "see its text").splitlines()[0]
            lines.append(f"{told['Name']} {told['Version']}: {said}")
    return "\n".join(lines) + "\n"


def addresses() -> list[str]:
    """The pages' names as they stand in an address."""
    return [path.stem.lstrip("0123456789_") for path in sorted((ROOT / "pages").glob("*.py"))]


def fetch_packages(pins: Mapping, wheels: Path | None) -> tuple[dict[str, Files], Files]:
    """The packages of npm by name, and Python's packages as one tree."""
    with tempfile.TemporaryDirectory() as folder:
        npm = {name: npm_package(name, **pin, folder=Path(folder)) for name, pin in pins["npm"].items()}
        own = [io.BytesIO(part) for path, part in npm["@stlite/browser"].items() if path.endswith(".whl")]
        lock = json.loads(npm["pyodide"]["pyodide-lock.json"])
        given = pins["webassembly"]
        trees = [dict(unpack(wheel)) for wheel in own]
        trees += webassembly_wheels(given["wheels"], given["from"], lock, given=wheels)
        trees += plain_wheels(Path(folder))
    return npm, {path: part for tree in trees for path, part in tree.items()}


def with_ours(packages: Files) -> Files:
    """Python's packages with what stands in ``python/``; a package that is there replaces its namesake whole."""
    ours = {str(path.relative_to(HERE / "python")): path.read_bytes() for path in (HERE / "python").rglob("*.py")}
    replaced = tuple({f"{path.rsplit('/', 1)[0]}/" for path in ours if "/" in path})
    return {path: part for path, part in packages.items() if not path.startswith(replaced)} | ours


def build(folder: Path, wheels: Path | None = None, plain: bool = False) -> None:
    """Build the site. plain: neither compiled, nor trimmed, nor anything later than the rest, to be compared with."""
    pins = tomllib.loads((HERE / "pins.toml").read_text(encoding="utf-8"))
    npm, packages = fetch_packages(pins, wheels)
    pyodide = npm["pyodide"]
    stlite = {path.removeprefix("build/"): part for path, part in npm["@stlite/browser"].items() if "build/" in path}
    apply_changes(stlite, pins["change"])
    stlite = without_patterns(stlite, ["*.map", "*.whl"] if plain else [*pins["without"]["stlite"], "*.whl"])
    named = licences(packages, npm)
    packages = with_ours(packages if plain else without_patterns(packages, pins["without"]["packages"]))
    standard = dict(unpack(io.BytesIO(pyodide["python_stdlib.zip"])))
    parts = {"packages": packages, "app": app(), "standard": standard}
    late: Files = {}
    if not plain:
        parts = compile_sources(pyodide, parts, keeping=["app"])
        late = {path: part for path, part in parts["packages"].items() if path.startswith(LATE)}
        parts["packages"] = {path: part for path, part in parts["packages"].items() if path not in late}

    files = {
        **{f"stlite/{path}": part for path, part in stlite.items()},
        **{f"pyodide/{name}": pyodide[name] for name in ("pyodide.mjs", "pyodide.asm.js")},
        "pyodide/pyodide.asm.wasm.gz": compress(pyodide["pyodide.asm.wasm"]),
        "pyodide/python_stdlib.zip.gz": compress(zip_archive(parts["standard"])),
        "packages.tar.gz": tar_archive(parts["packages"]),
        "app.tar.gz": tar_archive(parts["app"]),
        **({"late.tar.gz": tar_archive(late)} if late else {}),
        **{name: (HERE / "page" / name).read_bytes() for name in ("start.mjs", "start.css", "boot.mjs")},
        "icon.svg": (ROOT / "ui" / "icon.svg").read_bytes(),
        "licences.txt": named.encode(),
    }
    lay_out(folder, files, json.loads(pyodide["pyodide-lock.json"])["info"])


def lay_out(folder: Path, files: Files, python: Mapping[str, str]) -> None:
    """Write the site: what can change together in a folder named by its hash, and before it what finds it."""
    early = [path for path in files if path.endswith(".gz") and not path.startswith("late")]
    about = {
        "python": python,
        "early": {path: len(files[path]) for path in early},
        "pages": addresses(),
        "late": {path: len(part) for path, part in files.items() if path.startswith("late")},
        "words": {name: dict(word) for name, word in texts.words().items() if name.startswith("static_")},
    }
    files["about.mjs"] = f"export default {json.dumps(about, ensure_ascii=False)}\n".encode()
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.encode() + b"\0" + hashlib.sha256(files[path]).digest())
    version = digest.hexdigest()[:12]

    if folder.exists():
        shutil.rmtree(folder)
    for path, part in files.items():
        write_file(folder / version / path, part)
    html = (HERE / "page" / "index.html").read_text(encoding="utf-8")
    html = html.replace("<!-- text -->", "".join(first_text(language) for language in texts.LANGUAGES))
    for place, root in (("", "./"), ("404.html", "./"), *((page, "../") for page in addresses())):
        path = folder / place if place.endswith(".html") else folder / place / "index.html"
        write_file(path, html.replace("%version%", f"{root}{version}").encode())
    listed = [f"{version}/{path}" for path in files]
    worker = (HERE / "page" / "sw.js").read_text(encoding="utf-8")
    worker = worker.replace('"%version%"', json.dumps(version)).replace('"%files%"', json.dumps(listed))
    write_file(folder / "sw.js", worker.encode())
    # file hosts that would leave out names beginning with an underscore
    write_file(folder / ".nojekyll", b"")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where to build; what stands there is replaced")
    parser.add_argument("--wheels", type=Path, help="a folder with the wheels for WebAssembly")
    parser.add_argument("--plain", action="store_true", help="neither compiled nor trimmed, to be compared with")
    asked = parser.parse_args()
    if asked.folder.exists() and not (asked.folder / "sw.js").exists() and any(asked.folder.iterdir()):
        parser.error(f"{asked.folder} is not empty, and not a site that this has built")
    try:
        build(asked.folder, asked.wheels, asked.plain)
    except (BuildError, subprocess.CalledProcessError, OSError) as why:
        sys.exit(f"not built: {why}")
    sizes = [path.stat().st_size for path in asked.folder.rglob("*") if path.is_file()]
    print(f"{asked.folder}: {len(sizes)} files, {sum(sizes) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
