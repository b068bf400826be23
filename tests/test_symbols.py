"""The table of symbols in the glossary: what it says of a topic is there, and what a topic's formulas hold is in it."""

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from ui import glossary
from ui.page.navigation import Page, topics
from ui.text import texts
from ui.text.texts import LANGUAGES, Symbol

SYMBOLS = texts.symbols()
PAGES = {page.name: page for page in topics()}
LESSONS = texts.ROOT / "lessons"

COMMANDS = {
    name: sign
    for sign, names in {
        "α": ["alpha"],
        "β": ["beta"],
        "γ": ["gamma"],
        "δ": ["delta"],
        "ε": ["epsilon", "varepsilon"],
        "η": ["eta"],
        "θ": ["theta"],
        "λ": ["lambda"],
        "ρ": ["rho"],
        "σ": ["sigma"],
        "τ": ["tau"],
        "f": ["varphi"],
        "Σ": ["sum"],
        "∂": ["partial"],
        "←": ["leftarrow"],
    }.items()
    for name in names
}
SHOWN = {
    "gradient_descent": ["surfaces"],
    "learning_rate": ["surfaces", "schedules", "callbacks", "experiments.lr_finder", "experiments.stability_limits"],
    "neuron": ["experiments.single_unit"],
    "activations": ["activations"],
    "optimizers": ["surfaces", "optimizers"],
    "losses": ["losses"],
    "training": ["layers"],
    "model_evaluation": ["metrics"],
}
"""By topic, the modules of dlcore whose formulas it shows."""

LETTER = re.compile(r"(?<![A-Za-zα-ω])[A-Za-zŷȳα-ω](?![A-Za-zα-ω])")
FORMULA = re.compile(r"\$\$?([^$]+)\$")

every_symbol = pytest.mark.parametrize("symbol", SYMBOLS.values(), ids=SYMBOLS)
every_page = pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)


def readable(text: str) -> str:
    """A text with its LaTeX commands as the signs that they draw, and without what is filled in."""
    text = re.sub(r"\\hat\{y\}", "ŷ", re.sub(r"\\bar\{y\}", "ȳ", texts.PLACEHOLDER.sub(" ", text)))
    # some books write the activation function so
    text = text.replace("φ", "f")
    text = re.sub(r"\\(?:text|operatorname|mathrm)\{[^}]*\}", " ", text)
    return re.sub(r"\\([A-Za-z]+)", lambda found: f" {COMMANDS.get(found[1], '')} ", text)


def imported(path: Path) -> Iterator[str]:
    """The modules that a script imports from this project."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in ("dlcore", "lessons"):
            yield node.module
            yield from (f"{node.module}.{each.name}" for each in node.names)


def written_in(path: Path) -> Iterator[str]:
    """What a script writes between quotes, but for its docstrings, and the names of the arguments that it hands on."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.value
        elif isinstance(node, ast.keyword) and node.arg:
            yield node.arg


def formulas_of(module: str) -> list[str]:
    """The formulas of the classes of a module of dlcore."""
    members = inspect.getmembers(importlib.import_module(f"dlcore.{module}"), inspect.isclass)
    formulas = [getattr(each, "formula", None) for _, each in members]
    return [formula for formula in formulas if isinstance(formula, str)]


@cache
def texts_of(page: Page) -> str:
    """What a topic may show in Korean, in which a lone Latin letter is no word: prose, words, formulas."""
    scripts = set((LESSONS / page.name).glob("*.py"))
    modules = {module for script in scripts for module in imported(script)}
    scripts |= {path for path in (LESSONS / "shared").glob("*.py") if f"lessons.shared.{path.stem}" in modules}
    written = {text for script in scripts for text in written_in(script)}
    words = [text["ko"] for key, text in texts.words().items() if key in written]
    formulas = [text for text in written if "\\" in text or not text.isascii()]
    formulas += [formula for module in SHOWN[page.name] for formula in formulas_of(module)]
    prose = [re.sub(r"^set: .*$", "", text, flags=re.MULTILINE) for text in texts.prose(page.text("ko")).values()]
    return "\n".join(map(readable, [*prose, *words, *formulas]))


def holds(text: str, sign: str) -> bool:
    """Whether a readable text holds a sign as a sign, and not as a part of a word."""
    return sign in (LETTER.findall(text) if LETTER.fullmatch(sign) else text)


def signs(symbol: Symbol) -> list[str]:
    return symbol.sign.split(", ")


@every_symbol
def test_a_symbol_is_on_the_pages_that_the_table_names(symbol: Symbol) -> None:
    assert set(symbol.pages) <= set(PAGES) and symbol.pages
    for name in symbol.pages:
        assert any(holds(texts_of(PAGES[name]), sign) for sign in signs(symbol)), f"{symbol.sign} is not on {name}"
    for sign in signs(symbol):
        assert any(holds(texts_of(PAGES[name]), sign) for name in symbol.pages), f"{sign} is on none of them"


@every_page
def test_what_the_formulas_of_the_prose_hold_is_in_the_table(page: Page) -> None:
    known = {letter for each in SYMBOLS.values() if page.name in each.pages for letter in LETTER.findall(each.sign)}
    known |= {sign[0] for each in SYMBOLS.values() if page.name in each.pages for sign in signs(each)}
    for language in LANGUAGES:
        prose = "\n".join(texts.prose(page.text(language)).values())
        used = {letter for formula in FORMULA.findall(prose) for letter in LETTER.findall(readable(formula))}
        assert used <= known, f"say in [symbol] of words.toml what {used - known} is"


@pytest.mark.parametrize("name", ["gradient_descent", "learning_rate"])
def test_what_the_formulas_of_a_question_hold_is_in_the_table(name: str) -> None:
    """Data x and y, and the letters of most schedules, stood below the pictures and in no table."""
    known = {letter for each in SYMBOLS.values() if name in each.pages for letter in LETTER.findall(each.sign)}
    formulas = [formula for module in SHOWN[name] for formula in formulas_of(module)]
    used = {letter for formula in formulas for letter in LETTER.findall(readable(formula))}
    assert used <= known, f"say in [symbol] of words.toml what {used - known} is"


@every_symbol
def test_a_symbol_is_explained_in_both_languages(symbol: Symbol) -> None:
    assert re.search("[가-힣]", symbol.means["ko"]) and not re.search("[가-힣]", symbol.means["en"])
    assert bool(symbol.read["ko"]) == bool(symbol.read["en"])
    assert not set(symbol.sign + "".join(symbol.means.values())) & set("|`$*<>\n"), "they stand in a Markdown table"
    # a first-year student cannot read Greek
    assert symbol.read["ko"] or not re.search("[α-ωΑ-Ω∂]", symbol.sign)


def test_two_things_have_two_lines() -> None:
    said = [(sign, symbol.means["ko"]) for symbol in SYMBOLS.values() for sign in signs(symbol)]
    assert len(set(said)) == len(said)
    # the letter that means two things in this course says on which page it means which
    curvature, penalty = SYMBOLS["curvature"], SYMBOLS["penalty"]
    assert curvature.sign == penalty.sign and not set(curvature.pages) & set(penalty.pages)


def test_a_lone_letter_is_told_from_a_word() -> None:
    assert holds("출력 a는", "a") and holds("w₁₁과 w_1", "w") and not holds("a = relu", "r")
    assert holds(readable(r"w \leftarrow w - \eta\, g"), "η") and holds(readable(r"\hat{y}_i"), "ŷ")
    assert not holds(readable(r"\operatorname{erf} z"), "e") and holds("R²라는", "R²")


def test_a_symbol_is_found_by_its_sign_its_reading_and_its_meaning() -> None:
    assert {each.key for each in glossary.search_symbols("λ")} == {"curvature", "penalty"}
    assert [each.key for each in glossary.search_symbols("에타")] == ["eta"]
    assert [each.key for each in glossary.search_symbols(" Eta ")] == ["eta"]
    assert {"eta", "eta_start"} <= {each.key for each in glossary.search_symbols("학습률")}
    assert glossary.search_symbols("") == list(SYMBOLS.values()) and glossary.search_symbols("zzz") == []
