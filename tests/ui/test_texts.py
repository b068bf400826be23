"""Prose in sections, words by language, and the other language where one is missing."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from ui import lesson
from ui.controls.page_state import PageState
from ui.page import navigation
from ui.text import texts

names = st.from_regex(r"[a-z_]{1,8}", fullmatch=True)


def save(path: Path, text: str) -> None:
    """Write a file so that its time of saving differs from before, however coarse the clock of the disk is."""
    before = path.stat().st_mtime_ns if path.exists() else 0
    path.write_text(text, encoding="utf-8")
    if path.stat().st_mtime_ns == before:
        os.utime(path, ns=(before + 1, before + 1))


# ---- filling ---------------------------------------------------------------------------------------------------------


def test_values_stand_where_their_names_were() -> None:
    assert (
        texts.fill("{{name}}: {{rate:.2f}} ({{share:.0%}})", {"name": "η", "rate": 0.126, "share": 0.5})
        == "η: 0.13 (50%)"
    )


def test_latex_and_single_braces_stay() -> None:
    assert texts.fill(r"$\frac{a}{b}$ {x} {{n}}", {"n": 3}) == r"$\frac{a}{b}$ {x} 3"


@given(st.text())
def test_what_a_visitor_typed_is_not_filled_again(typed: str) -> None:
    assert texts.fill("«{{text}}»", {"text": typed + "{{text}}"}) == f"«{typed}{{{{text}}}}»"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("0.1", "`0.1`은 0.1로 0.1이라는 0.1과"),
        ("0.3", "`0.3`은 0.3으로 0.3이라는 0.3과"),
        ("2", "`2`는 2로 2라는 2와"),
        ("그릇", "`그릇`은 그릇으로 그릇이라는 그릇과"),
        ("골짜기", "`골짜기`는 골짜기로 골짜기라는 골짜기와"),
        ("서울", "`서울`은 서울로 서울이라는 서울과"),
    ],
)
def test_a_particle_is_the_one_that_the_value_asks_for(value: str, said: str) -> None:
    assert texts.fill("`{{v}}`{{은/는}} {{v}}{{으로/로}} {{v}}{{이라는/라는}} {{v}}{{과/와}}", {"v": value}) == said


def test_a_placeholder_without_a_value_is_an_error() -> None:
    with pytest.raises(KeyError):
        texts.fill("{{absent}}", {})


# ---- sections --------------------------------------------------------------------------------------------------------


@given(sections=st.dictionaries(names.filter(lambda name: name != "title"), st.text("ab #*한글$\n")))
def test_sections_are_read_as_they_were_written(
    sections: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("prose") / "page.ko.md"
    body = "\n".join(f"<!-- {name} -->\n{text}\n" for name, text in sections.items())
    path.write_text(f"# 제목 하나\n\n{body}", encoding="utf-8")
    assert texts.prose(path) == {"title": "제목 하나"} | {name: text.strip() for name, text in sections.items()}


def test_a_missing_file_has_no_sections(tmp_path: Path) -> None:
    assert texts.prose(tmp_path / "none.ko.md") == {}


def test_an_edited_text_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "page.en.md"
    save(path, "# Before\n<!-- a -->\nold\n")
    assert texts.prose(path) == {"title": "Before", "a": "old"}
    save(path, "# After\n<!-- a -->\nnew\n")
    assert texts.prose(path) == {"title": "After", "a": "new"}


def test_an_edited_glossary_is_read_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "PAGES", tmp_path)
    save(tmp_path / "words.toml", '[a]\nbowl = { ko = "그릇", en = "Bowl" }\n')
    assert texts.words()["bowl"] == {"ko": "그릇", "en": "Bowl"}
    save(tmp_path / "words.toml", '[b]\nbowl = { ko = "사발", en = "Basin" }\n')
    assert texts.words()["bowl"] == {"ko": "사발", "en": "Basin"}


# ---- the other language ----------------------------------------------------------------------------------------------


def test_the_language_asked_for_comes_first() -> None:
    both = {"ko": "그릇", "en": "Bowl"}
    assert texts.in_language(both, "en", "bowl") == ("Bowl", True)
    assert texts.in_language({"ko": "그릇"}, "en", "bowl") == ("그릇", False)
    assert texts.in_language({"en": "Bowl"}, "ko", "bowl") == ("Bowl", False)


def test_what_neither_language_has_is_named() -> None:
    with pytest.raises(texts.MissingText, match="the word 'bowl'"):
        texts.in_language({}, "ko", "the word 'bowl'")


@pytest.fixture
def half_translated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> navigation.Page:
    words = """[f]
not_translated = { ko = "아직 없음", en = "Not yet" }
only_ko = { ko = "그릇" }
filled = { en = "n = {{n}}" }
"""
    (tmp_path / "words.toml").write_text(words, encoding="utf-8")
    (tmp_path / "1_bowls.ko.md").write_text("# 그릇\n<!-- intro -->\n둥글다 {{n}}\n", encoding="utf-8")
    (tmp_path / "1_bowls.en.md").write_text("# Bowls\n<!-- more -->\nRound\n", encoding="utf-8")
    monkeypatch.setattr(texts, "PAGES", tmp_path)
    return navigation.page_of(tmp_path / "1_bowls.py")


def test_a_lesson_falls_back_to_the_other_language(half_translated: navigation.Page) -> None:
    english = lesson.Lesson(half_translated, "en", PageState())
    assert english.title == "Bowls"
    assert english.word("only_ko") == "그릇"
    assert english.section("intro", n=3) == ("둥글다 3", False)
    assert english.section("more") == ("Round", True)
    korean = lesson.Lesson(half_translated, "ko", PageState())
    assert (korean.title, korean.word("filled", n=2)) == ("그릇", "n = 2")
    with pytest.raises(texts.MissingText, match="no_such_word"):
        korean.word("no_such_word")
    with pytest.raises(texts.MissingText, match="no_such_section"):
        korean.section("no_such_section")


def test_the_reader_is_told_of_the_other_language(half_translated: navigation.Page) -> None:
    def script(page) -> None:
        from ui.controls.page_state import PageState
        from ui.lesson import Lesson

        lesson = Lesson(page, "en", PageState())
        lesson.prose("more")
        lesson.prose("intro", n=3)

    at = AppTest.from_function(script, args=(half_translated,)).run()
    assert not at.exception
    assert [getattr(element, "value", "") for element in at.main if element.type in ("markdown", "caption")] == [
        "Round",
        "Not yet",
        "둥글다 3",
    ]


# ---- the texts that ship ---------------------------------------------------------------------------------------------


def test_both_languages_have_the_same_words_and_placeholders() -> None:
    for key, both in texts.words().items():
        assert list(both) == list(texts.LANGUAGES), key
        found = [sorted(name for name, _ in texts.PLACEHOLDER.findall(text)) for text in both.values()]
        assert found[0] == found[1], key


def test_every_page_has_both_languages(any_script: str) -> None:
    page = navigation.page_of(texts.ROOT / any_script)
    korean, english = (texts.prose(page.text(each)) for each in texts.LANGUAGES)
    assert korean.keys() == english.keys() and "title" in korean
    for name in korean:
        shape = [
            (texts.PLACEHOLDER.findall(text), [line.split()[0] for line in text.splitlines() if line.startswith("#")])
            for text in (korean[name], english[name])
        ]
        assert shape[0] == shape[1], name
