"""Names say what something is or what comes back: a participle alone (told, kept) is left to what is true or not."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("dlcore", "charts", "classroom", "ui", "lessons", "pages", "server", "tools", "benchmarks", "deploy")

IRREGULAR = re.compile(
    "begun|bent|bought|broken|brought|built|caught|chosen|dealt|done|drawn|driven|fallen|felt|forgotten|found|frozen|given"
    "|gone|grown|heard|held|hung|kept|known|laid|led|lent|lost|made|meant|met|paid|proven|risen|said|seen|sent|shown|shut"
    "|sold|sought|spoken|spent|spun|stolen|stood|struck|stuck|swept|taken|taught|thought|thrown|told|torn|understood"
    "|undone|won|worn|woken|wound|written"
)
REGULAR = re.compile("(?!embed|speed)[a-z]{3,}ed")

FIELDS_OWN = {
    "dlcore/baselines.py": {"Stratified", "expected"},  # scikit-learn's strategy; the expected value
    "dlcore/metrics.py": {"expected"},
    "dlcore/preprocessing.py": {"Standardized"},
    "dlcore/experiments/training_config.py": {"Prepared"},  # what programs at home may name
    "ui/cache.py": {"shared"},
}
"""What the field calls so, or programs that readers took home."""


def is_participle(name: str) -> bool:
    word = name.strip("_").lower()
    return bool(IRREGULAR.fullmatch(word) or REGULAR.fullmatch(word))


def participles(source: str) -> Iterator[str]:
    """The functions, methods and classes of a script that are called by a participle and are no truth value."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) or not is_participle(node.name):
            continue
        returns = "" if isinstance(node, ast.ClassDef) or node.returns is None else ast.unparse(node.returns)
        if "bool" not in returns:
            yield node.name


def test_no_function_and_no_class_is_called_by_a_participle_alone() -> None:
    paths = [path for part in PARTS for path in sorted((ROOT / part).rglob("*.py"))]
    assert len(paths) > 200
    for path in paths:
        place = path.relative_to(ROOT).as_posix()
        allowed = FIELDS_OWN.get(place, set())
        found = sorted(set(participles(path.read_text(encoding="utf-8"))) - allowed)
        assert not found, f"{place}: {', '.join(found)} – say what comes back or what it is"


def test_what_is_called_so_is_found() -> None:
    planted = (
        "def told() -> str: ...\nclass _Kept: ...\ndef fine() -> int:\n    def moved(): ...\n"
        "def diverged() -> bool: ...\nasync def listed() -> list[str]: ...\ndef seed() -> int: ...\n"
    )
    assert sorted(participles(planted)) == ["_Kept", "listed", "moved", "told"]
