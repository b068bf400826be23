"""The shape of the house: which way imports point, and what is nowhere in it; a short walk over the syntax trees.

What is dangerous wherever it stands is looked for in test_nothing_is_executed.py.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ui.text.texts import LANGUAGES

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("dlcore", "charts", "classroom", "ui", "lessons", "pages", "server", "streamlit_app.py")
MAY_IMPORT = {
    "dlcore": {"dlcore", "numpy"},
    "charts": {"charts", "altair", "numpy", "pandas"},
    # the rooms of classes, which know nothing of lessons; redis only where it is asked for
    "classroom": {"classroom", "redis"},
    "ui": {"ui", "classroom", "dlcore", "numpy", "pandas", "pyarrow", "segno", "streamlit"},
    "lessons": {"lessons", "ui", "classroom", "charts", "dlcore", "numpy", "pandas", "streamlit"},
    "pages": {"lessons", "ui", "charts", "dlcore", "numpy", "streamlit"},
    # what stands between the visitors' connections and the pages; google's protobuf says what is no message
    "server": {"server", "ui", "classroom", "google", "starlette", "streamlit"},
    "streamlit_app.py": {"server", "ui", "charts", "dlcore", "numpy", "streamlit"},
}
OVERRIDE_REQUIREMENTS = {"uv.lock", "Pipfile", "Pipfile.lock", "environment.yml", "environment.yaml"}
HANGUL = re.compile("[ᄀ-ᇿ㄰-㆏가-힣]")


def scripts(part: str) -> list[Path]:
    return sorted((ROOT / part).rglob("*.py")) if (ROOT / part).is_dir() else [ROOT / part]


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imported(path: Path) -> Iterator[str]:
    """Every package that a script imports, wherever in it the import stands."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (name.name.split(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: import by full name"
            yield str(node.module).split(".")[0]


@pytest.mark.parametrize("part", PARTS)
def test_imports_point_one_way(part: str) -> None:
    assert scripts(part), "there is something to look at"
    for path in scripts(part):
        foreign = set(imported(path)) - MAY_IMPORT[part] - sys.stdlib_module_names
        assert not foreign, f"{path.relative_to(ROOT)} may not import {', '.join(sorted(foreign))}"


def modules(path: Path) -> Iterator[str]:
    """Every module that a script imports, whole: of ``from a import b`` also ``a.b``, which may be one."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield str(node.module)
            yield from (f"{node.module}.{name.name}" for name in node.names)


def topics(path: Path) -> set[str]:
    """The topics from whose folders a script takes something."""
    found = {name.split(".")[1] for name in modules(path) if name.startswith("lessons.")}
    return found - {"shared"}


def questions(page: Path) -> list[str]:
    """The questions of a page: the modules that it hands to ``lesson.question`` or ``lesson.part``."""
    calls = [node for node in ast.walk(tree(page)) if isinstance(node, ast.Call)]
    puts = {"lesson.question", "lesson.part"}
    return [ast.unparse(call.args[0]).rpartition(".")[2] for call in calls if ast.unparse(call.func) in puts]


LESSONS = sorted(path for path in (ROOT / "pages").glob("[0-9]*.py"))


@pytest.mark.parametrize("page", LESSONS, ids=lambda path: path.stem)
def test_a_question_is_found_by_its_name(page: Path) -> None:
    topic = page.stem.split("_", 1)[1]
    names = questions(page)
    missing = [name for name in names if not (ROOT / "lessons" / topic / f"{name}.py").exists()]
    assert names and not missing, f"lessons/{topic}/ has no {', '.join(missing)}.py"
    # what a page shows comes from its own topic, or from what topics share
    assert topics(page) <= {topic}


def test_a_topic_knows_no_other_topic() -> None:
    folders = {path.name for path in (ROOT / "lessons").iterdir() if path.is_dir()} - {"__pycache__"}
    assert folders == {page.stem.split("_", 1)[1] for page in LESSONS} | {"shared"}
    for path in scripts("lessons"):
        here = path.relative_to(ROOT / "lessons").parts[0]
        assert topics(path) <= {here}, f"{path.relative_to(ROOT)} imports another topic"


def test_what_lies_with_the_shared_serves_two_topics_or_more() -> None:
    users = {path: set(modules(path)) for path in [*scripts("lessons"), *LESSONS]}
    for path in (ROOT / "lessons" / "shared").glob("[a-z]*.py"):
        name = f"lessons.shared.{path.stem}"
        by = {
            re.sub(r"^\d_", "", p.stem) if p in LESSONS else p.parent.name for p, all_ in users.items() if name in all_
        }
        assert len(by - {"lessons"}) >= 2, f"{name} serves {by} alone"


def test_the_small_keras_knows_no_experiment() -> None:
    for path in (ROOT / "dlcore").glob("*.py"):
        taken = {name for name in modules(path) if name.startswith("dlcore.experiments")}
        assert not taken, f"{path.relative_to(ROOT)} imports {', '.join(sorted(taken))}"


def name_of(path: Path) -> str:
    """The full name of a module or a package."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def topic_of(path: Path) -> str:
    """The topic that a script belongs to: its folder's name, or a page's own; "shared" for what topics share."""
    if path.is_relative_to(ROOT / "lessons"):
        return path.relative_to(ROOT / "lessons").parts[0]
    return re.sub(r"^\d+_", "", path.stem)


def of_the_frame(imports: dict[str, set[str]]) -> set[str]:
    """The modules of ui without which no page opens: what ``import ui`` loads, by way of others, too."""
    frame: set[str] = set()
    ahead = ["ui"]
    while ahead:
        name = ahead.pop()
        if name not in frame:
            frame.add(name)
            ahead += imports[name] & imports.keys()
    return frame


def of_one_topic(imports: dict[str, set[str]], users: dict[str, set[str]]) -> dict[str, set[str]]:
    """The modules of ui that belong elsewhere: neither of the frame, nor of two topics, nor of a page of its own.

    imports: by module of ui, the modules that it imports. users: by module, the topics and pages that import it.
    """
    outside = imports.keys() - of_the_frame(imports)
    pages = {path.stem for path in (*(ROOT / "pages").glob("[a-z]*.py"), ROOT / "streamlit_app.py")}
    serves = {name: users.get(name, set()) for name in outside}
    return {name: by for name, by in serves.items() if not by & {"shared", *pages} and len(by) < 2}


def test_a_module_of_ui_serves_every_page_or_two_topics() -> None:
    imports = {name_of(path): set(modules(path)) for path in scripts("ui")}
    users: dict[str, set[str]] = {}
    for path in (*scripts("lessons"), *scripts("pages"), *scripts("streamlit_app.py")):
        for name in modules(path):
            users.setdefault(name, set()).add(topic_of(path))
    assert of_one_topic(imports, users) == {}
    # planted faults are found: a module of one topic, and one of nobody
    planted = imports | {"ui.alone": set(), "ui.dead": set()}
    assert of_one_topic(planted, users | {"ui.alone": {"losses"}}) == {"ui.alone": {"losses"}, "ui.dead": set()}
    # what the frame needs may be imported by anyone, and so may what two topics need
    assert "ui.beat" in of_the_frame(imports) and "ui.quiz.ties" not in of_the_frame(imports)


def circle(imports: dict[str, set[str]]) -> list[str]:
    """Modules of which each imports the next, and the last the first; empty if there are none."""
    done: set[str] = set()

    def walk(name: str, way: list[str]) -> list[str]:
        if name in way:
            return way[way.index(name) :]
        if name in done:
            return []
        for other in sorted(imports[name] & imports.keys()):
            if found := walk(other, [*way, name]):
                return found
        done.add(name)
        return []

    return next((found for name in sorted(imports) if (found := walk(name, []))), [])


def test_no_modules_import_each_other_in_a_circle() -> None:
    found: dict[str, set[str]] = {}
    for path in (path for part in PARTS for path in scripts(part)):
        name = name_of(path)
        # the face of a package imports what is in it, and what is in it imports its neighbours through that face
        found[name] = set(modules(path)) if path.name != "__init__.py" else set()
    assert circle(found) == []
    # planted faults are found, also one that only a type checker would follow
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"a"}}) == ["a", "b", "c"]
    assert circle(found | {"dlcore.callbacks": {"dlcore.models"}}) != []


def test_nothing_that_a_page_does_hangs_on_an_assertion() -> None:
    """Whether rows can be cut was asked by one; ``python -O`` leaves it out."""
    for path in (path for part in ("charts", "ui", "lessons", "pages") for path in scripts(part)):
        found = [node.lineno for node in ast.walk(tree(path)) if isinstance(node, ast.Assert)]
        assert not found, f"{path.relative_to(ROOT)}: {found}"


def test_no_script_speaks_korean() -> None:
    ours = [path for part in (*PARTS, "benchmarks", "tools", "deploy") for path in scripts(part) if path.exists()]
    for path in ours:
        # a language is named in itself, and that is no translation
        text = path.read_text(encoding="utf-8").replace(LANGUAGES["ko"], "")
        assert not HANGUL.search(text), f"{path.relative_to(ROOT)}: words belong in pages/words.toml"


@pytest.mark.parametrize("page", scripts("pages"), ids=lambda path: path.stem)
def test_a_page_is_short_and_has_both_texts(page: Path) -> None:
    assert len(page.read_text(encoding="utf-8").splitlines()) <= 120
    assert re.fullmatch(r"(\d+_)?[a-z_]+", page.stem), "a topic: its number and its name; any other page: its name"
    for language in LANGUAGES:
        assert page.with_suffix(f".{language}.md").exists()


def without_imports(body: list[ast.stmt]) -> list[ast.stmt]:
    return [node for node in body if not isinstance(node, ast.Import | ast.ImportFrom)]


@pytest.mark.parametrize("page", [*scripts("pages"), ROOT / "streamlit_app.py"], ids=lambda path: path.stem)
def test_a_page_is_the_script_of_a_lesson(page: Path) -> None:
    statements = without_imports(tree(page).body)
    if page.name == "streamlit_app.py":
        # read by the server for what is to serve it, it is no script; run as one by anybody else, it is the start page
        (choice,) = statements
        assert isinstance(choice, ast.If) and ast.unparse(choice.test) == "runtime.exists()"
        statements = without_imports(choice.body)
    assert ast.unparse(statements[0]) == "lesson = ui.begin(__file__)"
    assert ast.unparse(statements[-1]) == "lesson.end()"


def test_every_text_belongs_to_a_page() -> None:
    pages = {path.stem for path in scripts("pages")} | {"start"}
    assert {path.name.split(".")[0] for path in (ROOT / "pages").glob("*.md")} == pages


def test_nothing_takes_the_place_of_requirements_txt() -> None:
    assert (ROOT / "requirements.txt").exists()
    assert set((ROOT / ".gitignore").read_text(encoding="utf-8").split()) >= OVERRIDE_REQUIREMENTS - {
        "environment.yaml"
    }
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    tracked = listed.stdout.splitlines() if listed.returncode == 0 else [path.name for path in ROOT.iterdir()]
    assert not OVERRIDE_REQUIREMENTS & {Path(name).name for name in tracked}


MAP = ROOT / "ARCHITECTURE.md"
PATH = re.compile(
    r"(?<![\w<])((?:streamlit_app\.py|(?:pages|lessons|ui|charts|classroom|dlcore|server|tests|deploy)/[\w/]*(?:\.py)?))(?![\w<])"
)


def test_the_map_names_what_is_there_and_fits_on_two_pages() -> None:
    text = MAP.read_text(encoding="utf-8")
    named = set(PATH.findall(text)) - {"lessons/topic/question.py"}
    assert len(named) > 20
    assert not [name for name in named if not (ROOT / name).exists()]
    # every room of the frame is on it
    rooms = {path.parent.name for path in (ROOT / "ui").glob("*/__init__.py")} | {"controls", "quiz", "text"}
    assert all(f"ui/{room}/" in text for room in rooms)
    assert len(text.splitlines()) < 130 and len(text.split()) < 1300
    for name in ("README.md", "README.ko.md", "CONTRIBUTING.md"):
        assert "ARCHITECTURE.md" in (ROOT / name).read_text(encoding="utf-8")


def test_no_test_runs_a_loop_in_its_own_thread() -> None:
    """Where browser tests have run before it, Playwright's loop is running there: red in a whole run alone."""
    loops = {"run", "Runner", "new_event_loop", "get_event_loop"}
    for path in scripts("tests"):
        named = [node for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute) and node.attr in loops]
        own = [node.lineno for node in named if isinstance(node.value, ast.Name) and node.value.id == "asyncio"]
        assert not own or path.name == "awaited.py", f"{path.relative_to(ROOT)}, line {own}: see tests/awaited.py"
