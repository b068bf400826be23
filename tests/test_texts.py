"""The texts of the app: both languages say the same in the same places, no word is missing and none is dead."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from dlcore import table_errors
from dlcore.activations import Activation
from dlcore.datasets import Dataset
from dlcore.experiments.diagnosis import Verdict, Where
from dlcore.experiments.gradient_flow import STARTS
from dlcore.experiments.logic_gates import TABLES
from dlcore.experiments.optimizer_conventions import Convention
from dlcore.experiments.output_layers import HOW_MANY, Architecture, Problem
from dlcore.family import Family
from dlcore.formulas import LIMITS, REASONS
from dlcore.losses import Loss
from dlcore.optimizers import Optimizer, named_rules
from dlcore.schedules import Schedule
from dlcore.surfaces import Surface
from tests.charts.gallery import pictures
from tests.test_symbols import written_in
from ui.lesson import READ_NEXT
from ui.page import room
from ui.page.navigation import START, others, page_of, topics
from ui.page.stage import beats_of
from ui.quiz import goals, misconceptions
from ui.quiz.prediction import OUTCOMES
from ui.text import texts
from ui.text.particles import PARTICLE
from ui.text.texts import LANGUAGES, PLACEHOLDER, SYMBOLS, TERMS

PAGES = [page_of(START), *topics(), *others()]
SHELVES = tomllib.loads((texts.PAGES / "words.toml").read_text(encoding="utf-8"))
WORDS = texts.words()
DATA = [Dataset.get(name) for name in Dataset.members]
FAMILIES: list[type[Family]] = [
    Activation,
    Architecture,
    Convention,
    Dataset,
    Loss,
    Optimizer,
    Problem,
    Schedule,
    Surface,
]
FRAME = [path for part in ("ui", "lessons") for path in sorted((texts.ROOT / part).rglob("*.py"))]
SCRIPTS = [START, *sorted(texts.PAGES.glob("*.py")), *FRAME]


MADE_UP = {"formula_": sorted(REASONS), "verdict_": get_args(Verdict), "end_": ("deepest", "other", "nowhere", "lost")}
MADE_UP["why_"] = [*Problem.members, *Architecture.members]
MADE_UP["score_"], MADE_UP["tried_"] = ("accuracy", "r2"), ("as_good", "clearly_worse")
MADE_UP["table_"], MADE_UP["remark_"] = sorted(table_errors.REASONS), sorted(table_errors.CODES)
MADE_UP["progress_"], MADE_UP["judged_at_"] = OUTCOMES, get_args(Where)
MADE_UP["draw_"] = [picture.name for picture in pictures()]
"""Words whose key a script puts together: a prefix, and the facts that follow it."""
MADE_UP["room_phase_"], MADE_UP["room_do_"], MADE_UP["room_hint_"] = room.PHASES, room.ACTS, room.HINTS
STATIC = "".join(path.read_text(encoding="utf-8") for path in (texts.ROOT / "deploy/static/page").glob("*.mjs"))
# by the page that is there before the app, where there is no server
MADE_UP["static_"] = re.findall(r'(?:\b(?:word|say|fail)\(|step: )"(\w+)"', STATIC)

SLANTED = re.compile(r"(?<![*\\])\*(?![*\s])[^*\n`]*[가-힣][^*\n`]*(?<![*\s])\*(?!\*)")
"""Korean between single asterisks, outside of code."""

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
every_word = pytest.mark.parametrize("key", WORDS)


def placeholders(text: str) -> list[tuple[str, str]]:
    """The name and format of every placeholder, in no order, since languages order them differently."""
    return sorted(PLACEHOLDER.findall(text))


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """Every call in a script, by the last name of what is called."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            yield (node.func.id if isinstance(node.func, ast.Name) else node.func.attr), node


def literals() -> set[str]:
    """Everything that scripts write between quotes or as the name of an argument."""
    found: set[str] = set()
    for path in SCRIPTS:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
            elif isinstance(node, ast.keyword) and node.arg:
                found.add(node.arg)
    return found


# ---- prose ---------------------------------------------------------------------------------------------------------


@every_page
def test_both_languages_have_the_same_sections_headings_and_placeholders(page) -> None:
    korean, english = (texts.prose(page.text(language)) for language in LANGUAGES)
    assert list(korean) == list(english)
    assert korean["title"] and len(korean) > 1
    for name in korean:
        headings = [re.findall(r"^#+ ", text, re.MULTILINE) for text in (korean[name], english[name])]
        assert headings[0] == headings[1], name
        assert placeholders(korean[name]) == placeholders(english[name]), name
        assert korean[name] != english[name], f"{name} is not translated"
        assert korean[name].count("$") == english[name].count("$"), f"{name}: the same formulas"


@every_page
def test_every_section_is_written_once_and_shown(page) -> None:
    topic = texts.ROOT / "lessons" / page.name
    scripts = [page.script, *(topic.glob("*.py") if page.number else ())]
    shown = set(beats_of(page.script)) | {
        ast.literal_eval(call.args[0]) for script in scripts for name, call in calls(script) if name == "prose"
    }
    for language in LANGUAGES:
        sections = texts.prose(page.text(language))
        source = page.text(language).read_text(encoding="utf-8")
        assert len(re.findall(r"^<!--", source, re.MULTILINE)) == len(sections) - 1, "a section's name stands twice"
        assert all(sections.values()), "no section is empty"
        checks = {name for beat in beats_of(page.script) for name in misconceptions.of_beat(beat, sections)}
        assert set(sections) - {"title", "in_a_sentence", READ_NEXT} - checks == shown


@every_page
def test_a_topic_says_what_it_is_about_in_a_sentence(page) -> None:
    for language in LANGUAGES:
        assert not page.number or len(texts.prose(page.text(language))["in_a_sentence"]) > 20


@every_page
def test_a_topic_corrects_notes_and_says_what_to_read_next(page) -> None:
    if not page.number:
        return
    korean, english = (texts.prose(page.text(language)) for language in LANGUAGES)
    checks = [name for name in korean if name.startswith(misconceptions.PREFIX)]
    assert checks
    for name in checks:
        read = [misconceptions.parse(sections[name]) for sections in (korean, english)]
        assert read[0].settings == read[1].settings, f"{name}: the same experiment in both languages"
        assert all(each.claim[0] + each.claim[-1] == "“”" for each in read), f"{name}: a claim is a quotation"
    references = [re.findall(r"^- .+$", sections[READ_NEXT], re.MULTILINE) for sections in (korean, english)]
    assert 2 <= len(references[0]) == len(references[1]) <= 4
    for pair in zip(*references, strict=True):
        # who, when, what and where are the same; what it is good for is said in each language
        assert len({re.findall(r"\((\d{4})\)", each)[0] for each in pair}) == 1
        assert len({tuple(re.findall(r"doi:\S+(?=: )|“[^”]+”|\*[^*]+\*", each)) for each in pair}) == 1
        assert all(": " in each and "http" not in each for each in pair)


ONE_TERM = {
    "그라디언트": "그래디언트",
    "에폭": "에포크",
    "옵티마이저": "최적화 알고리즘",
    "관성": "모멘텀",
    "바이어스": "편향",
    "레이블": "라벨",
    "처음 가중치": "초기 가중치",
    "측정 기준": "평가 지표",
    "경사하강": "경사 하강",
    "훈련": "학습",
    "테스트": "시험",
    "재생기": "재생 막대",
    "죽은 뉴런": "죽은 유닛",
    "벨리데이션": "검증",
    "로스": "손실",
    "문턱값": "임곗값",
    "임계값": "임곗값",
    "헛경보": "거짓 경보",
    "학습 부분": "학습 데이터",
    "검증 부분": "검증 데이터",
    "목표값": "정답",
}
"""What else a concept is called in Korean, and the one term for it here."""


@pytest.mark.parametrize("other", ONE_TERM)
def test_a_concept_has_one_korean_term(other: str) -> None:
    written = {key: text["ko"] for key, text in WORDS.items()}
    written |= {page.name: page.text("ko").read_text(encoding="utf-8") for page in PAGES}
    # momentum may be explained by its Korean word
    found = [name for name, text in written.items() if other in text.replace("모멘텀(관성)", "")]
    assert not found, f"say {ONE_TERM[other]}"


# ---- words ---------------------------------------------------------------------------------------------------------


@every_word
def test_a_word_has_exactly_both_languages_with_the_same_placeholders(key: str) -> None:
    assert set(WORDS[key]) == set(LANGUAGES)
    assert all(text.strip() == text and text for text in WORDS[key].values())
    assert placeholders(WORDS[key]["ko"]) == placeholders(WORDS[key]["en"])
    plain = [PARTICLE.sub("", PLACEHOLDER.sub("", text)) for text in WORDS[key].values()]
    assert not any("{" in text or "}" in text for text in plain)


@pytest.mark.parametrize("topic", ["gradient_descent", "learning_rate"])
def test_a_percent_sign_stands_right_behind_its_number(topic: str) -> None:
    """The answers had "25 %" where the verdict below them had "26.28%"."""
    page = next(page for page in topics() if page.name == topic)
    written = {text for path in (texts.ROOT / "lessons" / topic).glob("*.py") for text in written_in(path)}
    for language in LANGUAGES:
        said = [WORDS[word][language] for word in written & set(WORDS)]
        said += texts.prose(page.text(language)).values()
        assert len(said) > 50 and not [text for text in said if re.search(r"\d\s%", text)]


def test_no_word_stands_on_two_shelves() -> None:
    keys = [key for name, shelf in SHELVES.items() if name not in (TERMS, SYMBOLS) for key in shelf]
    assert sorted(keys) == sorted(set(keys)) == sorted(WORDS)


def test_every_fact_that_a_script_puts_into_words_has_its_word() -> None:
    missing = {prefix + fact for prefix, facts in MADE_UP.items() for fact in facts} - set(WORDS)
    assert not missing


def test_a_bound_that_is_broken_is_named() -> None:
    for reason in REASONS:
        for text in WORDS[f"formula_{reason}"].values():
            assert {name for name, _ in placeholders(text)} <= ({"found", "limit"} if reason in LIMITS else {"found"})
            assert (reason in LIMITS) == ("{{limit}}" in text)


def test_every_word_that_is_asked_for_by_name_exists() -> None:
    for path in SCRIPTS:
        for name, call in calls(path):
            if name in ("say", "word", "_say") and call.args and isinstance(call.args[0], ast.Constant):
                assert call.args[0].value in WORDS, f"{path.name}:{call.lineno}"
            if name == "words":
                asked = {word.value.value for word in call.keywords if isinstance(word.value, ast.Constant)}
                assert asked <= set(WORDS), f"{path.name}:{call.lineno}"


def test_no_word_is_dead() -> None:
    used = literals() | {prefix + fact for prefix, facts in MADE_UP.items() for fact in facts}
    for family in FAMILIES:
        for name, member in family.members.items():
            used |= {name, *member.settings()}
            used |= {choice for declared in member.settings().values() for choice in declared.choices}
    used |= {*named_rules(), *STARTS, *HOW_MANY, *TABLES}
    used |= {column for data in DATA for column in (*data.features, data.target)}
    used |= {word + goals.HINT for word in used if word.startswith(goals.PREFIX)}
    assert not set(WORDS) - used


def test_korean_is_not_slanted() -> None:
    """Letters that were drawn upright look broken when they lean; what is to be stressed is bold."""
    prose = [path.read_text(encoding="utf-8") for path in sorted(texts.PAGES.glob("*.ko.md"))]
    found = [
        SLANTED.findall(re.sub("`[^`]*`", "", text)) for text in [*prose, *(word["ko"] for word in WORDS.values())]
    ]
    assert not any(found), found
    assert SLANTED.search("신경망 *안*에서") and not SLANTED.search("**안**에서")


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_what_stands_beside_a_question_and_what_is_read_on_are_its_whole_prose(language: str) -> None:
    for page in topics():
        for beat in beats_of(page.script):
            section = texts.prose(page.text(language))[beat]
            heading, lead, rest = texts.parts_of(section, language)
            assert (
                heading.startswith("## ")
                and lead
                and "".join(f"{heading}{lead}{rest}".split()) == "".join(section.split())
            )
            # a sentence is not torn, nor what belongs together within it
            assert lead[-1] in ".?!)”\"'" and all(lead.count(mark) % 2 == 0 for mark in ("$", "`", "**"))
            plain = len(re.sub(r"[*`$]|\\\w+|[{}]", "", lead))
            sentences = re.split(r"(?<=[.?!])\s+", lead)
            assert plain <= texts.MOST_BESIDE_QUESTION[language] or len(sentences) == 1, (beat, plain)


def test_a_sentence_ends_where_nothing_is_open() -> None:
    section = "## Q\n\nOne (two. Three) four $a. b$ five. " + "Six " * 60 + "seven."
    assert texts.parts_of(section, "en")[:2] == ("## Q", "One (two. Three) four $a. b$ five.")
