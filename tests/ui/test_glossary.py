"""The glossary: its terms, their order, the search, and the links to them in the prose."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from ui import glossary
from ui.page import navigation
from ui.text import texts
from ui.text.term_links import MOST, with_links
from ui.text.texts import LANGUAGES, Term

Open = Callable[..., AppTest]
Check = Callable[[AppTest], None]

GLOSSARY = "pages/glossary.py"
LINK = re.compile(r'\[([^\[\]]+)\]\((glossary\?[^ ]+) "([^"]+)"\)')
TERMS = texts.terms()
HANGUL = re.compile("[가-힣]")

every_term = pytest.mark.parametrize("term", TERMS.values(), ids=TERMS)


def links(text: str) -> list[str]:
    """What the links of a marked text cover, in their order."""
    return [found[1] for found in LINK.finditer(text)]


def without_links(text: str) -> str:
    return LINK.sub(r"\1", text)


# ---- terms -----------------------------------------------------------------------------------------------------------


@every_term
def test_a_term_has_both_languages_and_a_page(term: Term) -> None:
    assert set(term.name) == set(term.means) == set(term.also) == set(LANGUAGES)
    assert term.page in {page.name for page in navigation.topics()}
    assert HANGUL.search(term.means["ko"]) and not HANGUL.search(term.means["en"] + term.name["en"])


@every_term
def test_a_sentence_is_one_and_can_be_shown_as_it_stands(term: Term, language: str) -> None:
    """In a title and in Markdown."""
    means = term.means[language]
    assert 10 < len(means) < 140 and means.strip() == means
    assert means.endswith("니다." if language == "ko" else ".") and means.count(".") - means.count("0.5") == 1
    assert not set(means) & set('"[]<>*_`$\\{}\n')
    for spelling in term.spellings(language):
        assert spelling.strip() == spelling and spelling and not set(spelling) & set('"[]<>*`$\\{}\n')


def test_every_topic_has_terms() -> None:
    assert len(TERMS) >= 50
    assert {term.page for term in TERMS.values()} == {page.name for page in navigation.topics()}


def test_no_spelling_stands_for_two_terms(language: str) -> None:
    spellings = [glossary.search_key(spelling) for term in TERMS.values() for spelling in set(term.spellings(language))]
    # spaces and hyphens apart, a term may be spelled the same way twice, but never two terms
    owners: dict[str, set[str]] = {}
    for term in TERMS.values():
        for spelling in term.spellings(language):
            owners.setdefault(glossary.search_key(spelling), set()).add(term.key)
    assert {spelling: keys for spelling, keys in owners.items() if len(keys) > 1} == {}
    assert len(spellings) >= len(TERMS)
    for term in TERMS.values():
        assert len({spelling.casefold() for spelling in term.spellings(language)}) == len(term.spellings(language))


def test_terms_are_no_words() -> None:
    assert "vanishing_gradient" in TERMS and "vanishing_gradient" not in texts.words()


# ---- order and search ------------------------------------------------------------------------------------------------


def test_korean_terms_are_in_the_order_of_hangul_and_latin_ones_last() -> None:
    names = [term.name["ko"] for term in glossary.alphabetical(list(TERMS.values()), "ko")]
    korean = [name for name in names if HANGUL.match(name)]
    assert names[: len(korean)] == korean
    assert [name.replace(" ", "") for name in korean] == sorted(name.replace(" ", "") for name in korean)
    initials = [glossary.initial(name) for name in korean]
    assert initials == sorted(initials) and {"ㄱ", "ㅎ"} <= set(initials) <= set(
        "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
    )


def test_english_terms_are_in_the_order_of_the_alphabet() -> None:
    initials = [glossary.initial(term.name["en"]) for term in glossary.alphabetical(list(TERMS.values()), "en")]
    assert initials == sorted(initials) and initials[0] == "A"


@every_term
def test_every_spelling_finds_its_term_first(term: Term, language: str) -> None:
    for each in LANGUAGES:
        for spelling in term.spellings(each):
            for typed in (spelling, f" {spelling.upper()} ", spelling.replace(" ", "").replace("-", "")):
                assert glossary.search(typed, language)[0] == term, typed


def test_a_part_finds_names_before_sentences() -> None:
    keys = [term.key for term in glossary.search("정규", "ko")]
    assert {"batch_normalization", "l2"} <= set(keys)
    keys = [term.key for term in glossary.search("momentum", "en")]
    assert keys[0] == "momentum" and {"adam", "nag"} <= set(keys)
    assert glossary.search("zzz", "en") == []
    assert len(glossary.search("  - ", "ko")) == len(TERMS)


LOOKED_FOR = {
    "threshold": ["역치", "임곗값", "임계값", "문턱"],
    "hyperparameter": ["하이퍼파라미터", "하이퍼 파라미터", "초매개변수"],
    "loss": ["손실 함수", "비용 함수", "비용함수", "cost function", "손실 함수가 뭐예요?"],
    "chain_rule": ["연쇄 법칙", "연쇄법칙"],
    "weighted_sum": ["가중합", "가중 합"],
    "tanh": ["tanh", "쌍곡탄젠트", "쌍곡 탄젠트", "하이퍼볼릭 탄젠트"],
    "global_minimum": ["전역 최솟값", "최소점", "광역 최솟값"],
    "unit": ["뉴런", "인공 뉴런", "neuron"],
    "step_function": ["계단 함수", "계단함수", "Heaviside"],
    "logic_gate": ["논리 게이트", "logic gates?"],
    "truth_table": ["진리표"],
    "forward_pass": ["순전파"],
    "backpropagation": ["역전파", "오차역전파", "backprop"],
    "warm_up": ["워밍업", "웜업", "준비 운동", "warm-up"],
    "momentum": ["모멘텀", "관성"],
    "nag": ["NAG", "네스테로프"],
    "epoch": ["에폭", "에포크"],
    "gradient": ["그라디언트"],
    "optimizer": ["옵티마이저"],
    "activation": ["활성함수", "활성화 함수"],
    "sigmoid": ["시그모이드 함수", "로지스틱 함수", "sigmoid function"],
    "overfitting": ["과대적합", "오버피팅"],
    "target": ["레이블", "label"],
    "parameter": ["파라미터"],
    "mlp": ["MLP", "다층 퍼셉트론"],
}
"""By term, what students type to find it: other names, other spellings, whole questions."""


@pytest.mark.parametrize("key", LOOKED_FOR)
def test_what_students_look_for_is_found_first(key: str, language: str) -> None:
    for typed in LOOKED_FOR[key]:
        assert [term.key for term in glossary.search(typed, language)][:1] == [key], typed


def test_a_first_consonant_finds_the_terms_that_begin_with_it() -> None:
    for wanted in "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ":
        begun = [t for t in TERMS.values() if glossary.initial(t.name["ko"]) == wanted]
        found = glossary.search(wanted, "ko")
        assert set(map(id, begun)) == set(map(id, found[: len(begun)])), wanted
        # the rest has another name that begins with it
        for term in found[len(begun) :]:
            assert wanted in {glossary.initial(name) for name in term.spellings("ko")}
    assert "gradient_descent" in {term.key for term in glossary.search("ㄱㅅㅎㄱㅂ", "ko")}
    assert glossary.search("ㅎㅎㅎㅎㅎ", "ko") == []


def test_a_single_letter_finds_what_begins_with_it() -> None:
    for term in glossary.search("t", "en"):
        assert any(glossary.search_key(name).startswith("t") for each in LANGUAGES for name in term.spellings(each))


@given(st.text(max_size=60))
def test_whatever_is_typed_finds_some_or_none(typed: str) -> None:
    assert len({term.key for term in glossary.search(typed, "ko")}) == len(glossary.search(typed, "ko"))


# ---- the page --------------------------------------------------------------------------------------------------------


def shown_terms(at: AppTest) -> list[str]:
    return [str(block.key).removeprefix("term-") for block in at.container if str(block.key).startswith("term-")]


def test_all_terms_with_both_names_a_sentence_and_a_topic(opened: Open, language: str, sound: Check) -> None:
    at = opened(GLOSSARY, lang=language)
    sound(at)
    assert at.title[0].value == texts.prose(texts.PAGES / f"glossary.{language}.md")["title"]
    assert shown_terms(at) == [term.key for term in glossary.alphabetical(list(TERMS.values()), language)]
    said = "\n".join(element.value for element in at.main.markdown)
    for term in TERMS.values():
        assert term.means[language] in said and all(name in said for name in term.name.values())
    queries = [link.proto.query_string for link in at.main.get("page_link")]
    assert queries == [f"lang={language}"] * len(TERMS)


def test_it_is_no_lesson(opened: Open) -> None:
    at = opened(GLOSSARY, lang="ko")
    assert not [button.key for button in at.button] and not at.toggle
    beneath = [link.proto.label for link in at.sidebar.get("page_link")]
    assert beneath[-1] == at.title[0].value and len(beneath) == len(navigation.topics()) + 2


def test_searching_and_showing_all_again(opened: Open, language: str, sound: Check) -> None:
    at = opened(GLOSSARY, lang=language)
    at.text_input(key="glossary.q").set_value("학습률").run()
    sound(at)
    assert shown_terms(at)[0] == "learning_rate" and len(shown_terms(at)) < 15
    assert at.query_params == {"lang": language, "q": "학습률"}
    at.text_input(key="glossary.q").set_value("`zzz`").run()
    sound(at)
    assert not shown_terms(at) and "`'zzz'`" in at.info[0].value
    at.button(key="glossary-all").click().run()
    assert len(shown_terms(at)) == len(TERMS) and at.query_params == {"lang": language}


def test_the_symbols_stand_in_a_table_and_are_found(opened: Open, language: str, sound: Check) -> None:
    every = texts.symbols().values()
    at = opened(GLOSSARY, lang=language)
    table = at.expander[0].markdown[0].value
    assert table.count("\n") == len(every) + 1 and not at.expander[0].proto.expanded
    at = opened(GLOSSARY, lang=language, q="η")
    sound(at)
    table = at.expander[0].markdown[0].value
    assert texts.symbols()["eta"].means[language] in table and table.count("\n") == 2
    assert at.expander[0].proto.expanded and not at.info and not shown_terms(at)
    assert not opened(GLOSSARY, lang=language, q="경사 하강법").expander


def test_other_names_are_said_and_plurals_are_not(opened: Open) -> None:
    said = "\n".join(element.value for element in opened(GLOSSARY, lang="ko").main.markdown)
    assert "역치" in said and "그라디언트" not in said
    said = "\n".join(element.value for element in opened(GLOSSARY, lang="en").main.markdown)
    assert "neuron" in said and "minima" not in said


def test_a_link_to_a_term_opens_it(opened: Open, language: str) -> None:
    at = opened(GLOSSARY, lang=language, q="momentum")
    assert shown_terms(at)[0] == "momentum" and at.text_input(key="glossary.q").value == "momentum"
    at.segmented_control(key="language_switch").select("en" if language == "ko" else "ko").run()
    assert shown_terms(at)[0] == "momentum"


def test_what_stands_everywhere_is_not_linked() -> None:
    assert not TERMS["neural_network"].linked and TERMS["gradient"].linked
    assert with_links("신경망의 층마다 클래스가 있습니다.", "ko") == "신경망의 층마다 클래스가 있습니다."


def test_what_is_too_long_to_look_for_is_left_out_and_said(opened: Open) -> None:
    at = opened(GLOSSARY, lang="en", q="x" * 61)
    assert not at.exception and "`q=" in at.warning[0].value and len(shown_terms(at)) == len(TERMS)


# ---- links in the prose ----------------------------------------------------------------------------------------------


def test_prose_is_the_same_beneath_its_links(script: str, language: str) -> None:
    page = navigation.page_of(texts.ROOT / script)
    count = 0
    for name, text in texts.prose(page.text(language)).items():
        told = with_links(text, language)
        assert without_links(told) == text, name
        assert len(links(told)) <= MOST
        keys = [parse_qs(urlsplit(found[2]).query)["q"][0] for found in LINK.finditer(told)]
        assert len(set(keys)) == len(keys), "each term once"
        count += len(keys)
    assert count > 5


@pytest.mark.parametrize(
    "text",
    [
        "## 학습률과 손실",
        "$학습률 + 손실$ 그리고 $$\n손실\n$$",
        "`학습률`과 ```\n손실\n```",
        "[학습률](https://example.org/)와 ![손실](x.png)",
        "**큰 학습률이면** 그리고 *손실*",
        "배치하다, 학습률표, 무손실, 손실률, 가중치망",
        r"\*학습률*" + "\n# 손실",
    ],
)
def test_what_is_no_prose_is_left_alone(text: str) -> None:
    assert with_links(text.replace(r"\*학습률*", ""), "ko") == text.replace(r"\*학습률*", "")


def test_korean_endings_follow_the_link() -> None:
    for end in ("", "이", "을", "은", "에서는", "만으로는", "마다", "들이", "입니다", ".", ", "):
        told = with_links(f"이 학습률{end} 어떨까요?", "ko")
        assert links(told) == ["학습률"] and f'"){end} 어떨까요?' in told, end
    assert links(with_links("**학습률**은 수입니다.", "ko")) == ["**학습률**"]


def test_english_plurals_are_part_of_the_link() -> None:
    assert links(with_links("Weights, batches and biases; the loss's slope.", "en")) == [
        "Weights",
        "batches",
        "biases",
        "loss's",
    ]
    assert links(with_links("Three **logits**, and pre-batch, batch-wise, weightless.", "en")) == ["**logits**"]


def test_the_longest_term_first_and_each_once() -> None:
    assert links(with_links("A learning rate schedule, a learning rate, a schedule.", "en")) == [
        "learning rate schedule",
        "learning rate",
    ]
    assert links(with_links("SGD와 확률적 경사 하강법은 같습니다.", "ko")) == ["SGD"]


def test_a_link_says_the_sentence_and_leads_to_the_term(language: str) -> None:
    for term in TERMS.values():
        found = LINK.search(with_links(f"x {term.name[language]} y", language))
        if not term.linked:
            assert not found or found[3] != term.means[language]
            continue
        assert found and found[3] == term.means[language]
        # relative, so that it also leads there where the app is served below a path of its own
        address = urlsplit(found[2])
        assert (address.scheme, address.netloc, address.path) == ("", "", "glossary")
        asked = parse_qs(address.query)
        assert asked["lang"] == [language] and glossary.search(asked["q"][0], language)[0] == term


@given(st.text("학습률 손실이$*`[]()#\\\n", max_size=40))
def test_any_text_is_the_same_beneath_its_links(text: str) -> None:
    assert without_links(with_links(text, "ko")) == text


def test_a_saved_term_is_read_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "words.toml"

    def save(text: str) -> None:
        before = path.stat().st_mtime_ns if path.exists() else 0
        path.write_text(text, encoding="utf-8")
        # however coarse the clock of the disk is
        os.utime(path, ns=(before + 10**9, before + 10**9))

    bowl = '[g]\nterm_endings = { ko = "이", en = "s" }\n[term.bowl]\npage = "p"\nko = "그릇"\nen = "bowl"\n'
    bowl += 'ko_means = "둥급니다."\nen_means = "Round."\n'
    monkeypatch.setattr(texts, "PAGES", tmp_path)
    save(bowl)
    assert with_links("two bowls", "en") == 'two [bowls](glossary?lang=en&q=bowl "Round.")'
    save(bowl.replace("Round.", "Hollow and round."))
    assert '"Hollow and round."' in with_links("two bowls", "en")
    save("")
    assert with_links("two bowls", "en") == "two bowls"


def test_pages_show_them_and_the_start_page_does_not(opened: Open, language: str) -> None:
    at = opened("pages/1_gradient_descent.py", lang=language)
    assert any(links(element.value) for element in at.main.markdown)
    for other in ("streamlit_app.py", GLOSSARY):
        assert not any(links(element.value) for element in opened(other, lang=language).main.markdown)


def test_a_rerun_marks_nothing_anew(opened: Open) -> None:
    from ui.text.term_links import _with_links

    at: Any = opened("pages/1_gradient_descent.py", lang="ko")
    before = _with_links.cache_info().misses
    at.run()
    assert _with_links.cache_info().misses == before and _with_links.cache_info().hits > 0
