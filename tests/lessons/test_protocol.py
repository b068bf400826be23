"""Every question is put in the same way (see ui/question.py): what its module offers, and that it keeps its word."""

import ast
import dataclasses
import importlib
import inspect
import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.test_architecture import LESSONS, ROOT, questions
from ui.question import Question
from ui.text import texts

Open = Callable[..., AppTest]

ORDER = ("choose", "measure", "run", "question", "explain", "goals", "draw", "program", "loop", "details")
OPTIONAL = {"run", "goals", "program", "loop", "details"}
PARAMETERS = {
    "measure": ["setup"],
    "run": ["beat", "setup"],
    "question": ["setup", "*"],
    "explain": ["setup", "*", "say"],
    "goals": ["setup", "*"],
    "draw": ["beat", "setup", "*"],
    "program": ["setup", "experiment"],
    "loop": ["setup"],
    "details": ["beat", "setup", "*"],
}
"""What each function takes; "*" is the result, under a name of its own."""

MODULES = {f"{page.stem.split('_', 1)[1]}.{name}": page for page in LESSONS for name in questions(page)}


def module_of(name: str) -> ModuleType:
    return importlib.import_module(f"lessons.{name}")


@pytest.mark.parametrize("name", MODULES)
def test_a_question_offers_the_same_functions_in_the_same_order(name: str) -> None:
    module = module_of(name)
    functions = [each for each in ORDER if hasattr(module, each)]
    assert set(functions) >= set(ORDER) - OPTIONAL, name
    assert dataclasses.is_dataclass(module.Setup) and module.Setup.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert next(iter(inspect.signature(module.choose).parameters)) == "beat"
    for function in functions[1:]:
        parameters = list(inspect.signature(getattr(module, function)).parameters)
        wanted = PARAMETERS[function]
        assert len(parameters) == len(wanted), (name, function)
        assert all(one in ("*", other) for one, other in zip(wanted, parameters, strict=True)), (name, function)
    path = Path(str(module.__file__))
    body = ast.parse(path.read_text(encoding="utf-8")).body
    written = [node.name for node in body if isinstance(node, ast.FunctionDef)]
    mine = [each for each in written if each in ORDER]
    assert mine == [each for each in ORDER if each in mine], f"{path.relative_to(ROOT)}: in the order of ui/question.py"


@pytest.fixture
def setups(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """By question, the setup that a page has chosen."""
    chosen: dict[str, Any] = {}

    def spied(name: str, choose: Callable[..., Any]) -> Callable[..., Any]:
        def choosing(*args: Any) -> Any:
            chosen[name] = choose(*args)
            return chosen[name]

        return choosing

    for name in MODULES:
        module = module_of(name)
        monkeypatch.setattr(module, "choose", spied(name, module.choose))
    return chosen


@pytest.mark.usefixtures("briefly")
@pytest.mark.parametrize("page", LESSONS, ids=lambda page: page.stem)
def test_numbers_and_words_of_a_question_need_no_page(page: Path, opened: Open, setups: dict[str, Any]) -> None:
    """What a page has chosen is enough to measure, to ask and to explain, in both languages, without Streamlit."""
    assert not opened(f"pages/{page.name}", lang="en", predict="0").exception
    assert len(setups) == len(questions(page))
    words = texts.words()
    for name, setup in setups.items():
        module = module_of(name)
        identity = repr(setup)
        assert not re.search(r" at 0x|\.\.\.|<function|array\(", identity), "the same for the same setup, and whole"
        result = module.measure(setup)
        asked = module.question(setup, result)
        assert repr(setup) == identity
        if asked is None:
            continue
        assert isinstance(asked, Question)
        numbers = [
            all(re.search(r"\d", words[word][language]) for language in texts.LANGUAGES) for word in asked.choices
        ]
        # phones shuffle the others
        assert asked.ordered or numbers.count(True) < max(3, len(numbers) - 1), name
        for language in texts.LANGUAGES:

            def say(word: str, /, language: str = language, **values: Any) -> str:
                return texts.fill(words[word][language], values)

            assert all(say(word) for word in (asked.word, *asked.choices))
            assert module.explain(setup, result, say)
