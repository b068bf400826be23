"""Whatever is typed or stands in an address: a sentence in the reader's language, and the rest of the page alive."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dlcore import formulas
from ui.text import texts

pytestmark = pytest.mark.usefixtures("briefly")

Open = Callable[..., AppTest]
Check = Callable[[AppTest], None]
Look = Callable[[AppTest], dict[str, Any]]

IN_FULL = "pages/1_gradient_descent.py"
"""The page on which every formula is typed: the others read them with the same line, and see a few."""
FEW = ("call", "markup", "10,000 characters", "NaN everywhere", "infinite everywhere", "a constant")

HANGUL = re.compile("[가-힣]")

REFUSED = {
    "attribute": "x.__class__",
    "attribute of a number": "(1).real",
    "call": "__import__('os').system('true')",
    "unknown function": "gamma(x)",
    "huge exponent": "x**999999999",
    "tower": "9**9**9**9",
    "deep nesting": "(" * 90 + "x" + ")" * 90,
    "many signs": "-" * 150 + "x",
    "non-ASCII": "x + 파이",
    "10,000 characters": "x+" * 5000 + "1",
    "a statement": "x = 1",
    "a lambda": "(lambda: 0)()",
    "a list": "[x for x in (1,)]",
    "a string": "'x' * 10",
    "markup": "[x](http://127.0.0.1/) <b>*y*</b>",
    "unfinished": "x**2 + 3*(",
    "spaces": "   ",
    "huge number": "1" * 150,
    "NUL": "x\x00y",
}
ODD = {
    "division by zero": "1/0",
    "pole": "1/(x - x) + y",
    "a constant": "3",
    "NaN everywhere": "sqrt(-1 - x**2 - y**2)",
    "infinite everywhere": "exp(exp(exp(9 + x**2 + y**2)))",
    "overflow at the edge": "exp(x**20 + y**20)",
    "bottomless": "-x**4 - y**4",
    "tiny": "x**20 * y**20 / 1000000",
    "kinks": "abs(x) + abs(y)",
    "one weight": "x**2",
    "the other weight": "y**2",
    "typed on a Korean keyboard": "ｘ^2 ＋ y²".replace("²", "^2"),
}
ODD_FAR_OUT = ("pole", "overflow at the edge", "bottomless", "tiny")
"""Those whose heights on a wide map are unlike those on a narrow one."""


def landscapes(at: AppTest) -> list[str]:
    """The keys of the menus that offer a formula of one's own."""
    offered = set(texts.words()["own_formula"].values())
    keys = [str(menu.key) for menu in at.selectbox if offered & set(menu.options)]
    if not keys:
        pytest.skip("nobody types a formula on this page")
    return keys


def in_the_readers_language(text: str, language: str, quoted: str = "") -> bool:
    """A Korean sentence has Hangul in it, an English one none, apart from what it quotes."""
    own = text.replace(quoted, "") if quoted else text
    own = re.sub(r"`[^`]*`|“[^”]*”|‘[^’]*’", "", own)
    return bool(HANGUL.search(own)) == (language == "ko")


def complaints(at: AppTest) -> list[str]:
    """Every sentence about the address; several may stand in one box, as a list."""
    return [line.removeprefix("- ") for warning in at.warning for line in warning.value.splitlines() if line.strip()]


# ---- formulas --------------------------------------------------------------------------------------------------------


def typed_on(script: str, formulas: dict[str, str]) -> dict[str, str]:
    """The formulas that are typed on a page."""
    return formulas if script == IN_FULL else {name: formulas[name] for name in FEW if name in formulas}


def with_own_formulas(script: str, language: str, opened: Open, **more: str) -> tuple[AppTest, list[str]]:
    """A page with every menu of landscapes at the reader's own formula, and the keys of the lines to type in."""
    keys = landscapes(opened(script, lang=language))
    own = {key.split(".")[-1]: "own_formula" for key in keys}
    return opened(script, own, lang=language, **more), [f"{key}_text" for key in keys]


@pytest.mark.on_pages(1, 5)
def test_a_formula_that_cannot_be_read(script: str, a_language: str, opened: Open, sound: Check) -> None:
    at, lines = with_own_formulas(script, a_language, opened, predict="0", w="2")
    pictures, others = len(at.get("vega_lite_chart")), [slider.value for slider in at.slider]
    for name, typed in typed_on(script, REFUSED).items():
        for line in lines:
            at.text_input(key=line).set_value(typed)
        at.run()
        sound(at)
        assert len(at.error) == len(lines), name
        assert all(in_the_readers_language(error.value, a_language) for error in at.error), (name, at.error[0].value)
        assert len(at.get("vega_lite_chart")) == pictures, name
        assert [slider.value for slider in at.slider] == others, name
        for element in (*at.error, *at.caption):
            # in Markdown the stars and underlines of a formula would turn into emphasis, a visitor's link into a link
            plain = re.sub(r"`[^`]*`", "", element.value)
            assert "__" not in plain and "](" not in plain and "<" not in plain, (name, element.value)
    for line in lines:
        at.text_input(key=line).set_value("x**2 + y**2")
    at.run()
    assert not at.error


@pytest.mark.on_pages(1, 2)
def test_the_last_formula_that_could_be_read_stays(script: str, opened: Open, steps: Callable[[AppTest], Any]) -> None:
    key = landscapes(opened(script, lang="en"))[0]
    at = opened(script, {key.split(".")[-1]: "own_formula"}, lang="en", predict="0")
    at.text_input(key=f"{key}_text").set_value("x**4 + 2*y**2").run()
    before = steps(at)
    at.text_input(key=f"{key}_text").set_value("x**4 + 2*y**2 +").run()
    assert at.error
    assert steps(at) == before
    kept = [caption.value for caption in at.caption if "x**4" in caption.value]
    assert kept and "`x**4 + 2*y**2`" in kept[0], kept
    # the place is pointed at
    line, pointer = at.code[0].value.splitlines()
    assert line[pointer.index("^") :].strip()
    assert line[pointer.index("^")] == "+"


@pytest.mark.on_pages(1, 2)
def test_a_formula_with_odd_heights(script: str, a_language: str, opened: Open) -> None:
    typed_in: list[tuple[dict[str, str], dict[str, str]]] = [({"predict": "0"}, typed_on(script, ODD))]
    if script == IN_FULL:
        typed_in.append(({"f_size": "50", "g_size": "50"}, {name: ODD[name] for name in ODD_FAR_OUT}))
    for more, typed_here in typed_in:
        at, lines = with_own_formulas(script, a_language, opened, **more)
        pictures = len(at.get("vega_lite_chart"))
        for name, typed in typed_here.items():
            for line in lines:
                at.text_input(key=line).set_value(typed)
            at.run()
            assert not at.exception, (name, at.exception[0].message)
            assert len(at.get("vega_lite_chart")) == pictures, name
            assert all(in_the_readers_language(error.value, a_language, typed) for error in at.error), name


def test_every_reason_has_a_sentence_in_both_languages() -> None:
    for reason in formulas.REASONS:
        assert set(texts.words()[f"formula_{reason}"]) == set(texts.LANGUAGES)


@pytest.mark.on_pages(1, 2)
def test_a_formula_from_an_address(script: str, a_language: str, opened: Open, sound: Check) -> None:
    key = landscapes(opened(script))[0].split(".")[-1]
    typed = "__import__('os').system('true')"
    at = opened(script, {key: "own_formula", f"{key}_text": typed}, lang=a_language)
    sound(at)
    assert len(at.error) == 1 and in_the_readers_language(at.error[0].value, a_language)
    at = opened(script, {key: "own_formula", f"{key}_text": "x+" * 5000 + "1"}, lang=a_language)
    sound(at)
    assert len(complaints(at)) == 1 and in_the_readers_language(complaints(at)[0], a_language)
    assert len(complaints(at)[0]) < 300


# ---- addresses -------------------------------------------------------------------------------------------------------


def numbers(at: AppTest) -> dict[str, Any]:
    """The controls with a smallest and a largest value, by their key in the address."""
    return {str(widget.key).split(".")[-1]: widget for widget in (*at.slider, *at.number_input)}


def in_range(at: AppTest) -> bool:
    return all(widget.min <= widget.value <= widget.max for widget in numbers(at).values())


@pytest.mark.on_pages(1, 4, 7, 8)
def test_numbers_out_of_range_are_brought_back(script: str, a_language: str, opened: Open, sound: Check) -> None:
    plain = opened(script, lang=a_language)
    keys = list(numbers(plain))
    assert keys
    # few at a time, as no more are listed one by one
    groups = [keys[start : start + 6] for start in range(0, len(keys), 6)]
    for huge, end, part in [("-" + "9" * 400, "min", groups[0]), *(("1e999", "max", group) for group in groups)]:
        at = opened(script, dict.fromkeys(part, huge), lang=a_language)
        sound(at)
        assert len(complaints(at)) == len(part)
        assert all(in_the_readers_language(warning, a_language) for warning in complaints(at))
        for key in part:
            widget = numbers(at)[key]
            assert widget.value == getattr(widget, end), key
            assert any(f"`{key}=" in warning for warning in complaints(at)), key


NONSENSE = ("", "abc", "nan", "__import__", "0,1", "<script>alert(1)</script>", "x" * 10_000)


def test_nonsense_becomes_the_default(script: str, a_language: str, opened: Open, shown: Look) -> None:
    plain = opened(script, lang=a_language)
    keys = {
        str(widget.key).split(".")[-1]
        for widget in (*plain.slider, *plain.select_slider, *plain.selectbox, *plain.toggle)
    }
    for first in range(0, len(NONSENSE), 1 if script == IN_FULL else len(NONSENSE)):
        # every control gets another piece of it
        address = {key: NONSENSE[(first + k) % len(NONSENSE)] for k, key in enumerate(sorted(keys))}
        at = opened(script, address | {"lang": a_language})
        assert not at.exception
        assert shown(at)["values"] == shown(plain)["values"]
        # so many that not all of them are listed
        assert 1 < len(complaints(at)) <= len(keys)
        assert at.query_params == plain.query_params
        for warning in complaints(at):
            assert in_the_readers_language(warning, a_language)
            assert len(warning) < 300


def test_an_unknown_parameter_is_named_and_dropped(script: str, a_language: str, opened: Open, shown: Look) -> None:
    plain = opened(script, lang=a_language)
    at = opened(script, {"foo": "<script>alert(1)</script>", "lang": a_language})
    assert not at.exception
    assert [in_the_readers_language(warning, a_language) for warning in complaints(at)] == [True]
    assert "`foo`" in complaints(at)[0]
    assert at.query_params == {"lang": a_language, "all": "print"}
    assert shown(at)["values"] == shown(plain)["values"]


def test_an_unknown_parameter_of_the_start_page(language: str, opened: Open) -> None:
    at = opened("streamlit_app.py", foo="1", lang=language)
    assert not at.exception
    assert len(complaints(at)) == 1 and in_the_readers_language(complaints(at)[0], language)


@pytest.mark.on_pages(1, 4, 8)
def test_a_repeated_parameter_counts_once(script: str, a_language: str, opened: Open) -> None:
    plain = opened(script, lang=a_language)
    key, slider = next(iter(numbers(plain).items()))
    low, high = str(slider.min), str(slider.max)
    at = opened(script, {key: [low, high], "lang": a_language})
    assert not at.exception
    assert len(complaints(at)) == 1
    assert f"`{key}`" in complaints(at)[0] and in_the_readers_language(complaints(at)[0], a_language)
    assert numbers(at)[key].value == slider.max


def test_an_unknown_language(any_script: str, opened: Open) -> None:
    at = opened(any_script, lang="tlh", locale="en-US")
    assert not at.exception
    assert at.query_params["lang"] == "en"
    assert len(complaints(at)) == 1 and "`lang=tlh`" in complaints(at)[0]


def test_a_repeated_language(any_script: str, opened: Open) -> None:
    at = opened(any_script, lang=["ko", "en"])
    assert not at.exception
    assert at.query_params["lang"] == "en"
    assert at.segmented_control(key="language_switch").value == "en"


MARKUP = (
    "`](http://127.0.0.1/)",
    "*a* __b__ ~~c~~",
    "![x](http://127.0.0.1/x.png)",
    "$$x$$ :red[a] :smile:",
    "a\n\n# b",
)


@pytest.mark.on_pages(1, 6)
def test_a_visitors_markup_stays_in_a_code_span(script: str, opened: Open) -> None:
    key = next(iter(numbers(opened(script))))
    for words in MARKUP if script == IN_FULL else MARKUP[:1]:
        at = opened(script, {key: words, words: "1"}, lang="en")
        assert not at.exception
        assert len(complaints(at)) == 2
        for warning in complaints(at):
            assert "\n" not in warning
            assert warning.count("`") % 2 == 0
            outside = re.sub(r"`[^`]*`", "", warning)
            assert not re.search(r"[*_~!\[\]$#:<>]", outside), warning


@pytest.mark.on_pages(1, 7)
def test_nine_hundred_parameters(script: str, opened: Open, sound: Check) -> None:
    at = opened(script, {f"p{i}": "1" for i in range(900)}, lang="en")
    sound(at)
    assert at.query_params == {"lang": "en", "all": "print"}
    assert 1 <= len(complaints(at)) <= 50, "so many sentences bury the page"


def test_the_address_of_the_issue(language: str, opened: Open, sound: Check) -> None:
    script = "pages/1_gradient_descent.py"
    address = {"lr": ["99", "5"], "foo": "<script>", "w": "", "n": "abc", "f": "__import__"}
    at = opened(script, address, lang=language)
    sound(at)
    assert in_range(at)
    assert at.query_params == {"lang": language, "all": "print", "lr": "3"}
    said = complaints(at)
    assert all(in_the_readers_language(text, language) for text in said)
    for key in address:
        assert any(f"`{key}" in text for text in said), key


@pytest.mark.on_pages(1, 5)
def test_a_start_outside_the_map(script: str, a_language: str, opened: Open, sound: Check) -> None:
    at = opened(script, lang=a_language, predict="0")
    label = texts.words()["start_at"][a_language].split("{{")[0].strip()
    starts = [box for box in at.number_input if box.label.startswith(label)]
    if not starts:
        pytest.skip("this page lets nobody choose a start")
    before = len(at.info)
    for box in starts:
        box.set_value(box.max)
    at.run()
    sound(at)
    assert len(at.info) > before
    assert all(in_the_readers_language(info.value, a_language) for info in at.info)


@pytest.mark.on_pages(1, 2, 5)
def test_a_rate_that_overflows(script: str, opened: Open, sound: Check) -> None:
    at = opened(script, lang="en", predict="0")
    for slider in at.select_slider:
        slider.set_value(float(slider.options[-1]))
    for slider in at.slider:
        slider.set_value(slider.max)
    at.run()
    sound(at)
    assert not at.warning and not at.error
    # only where a ball rolls down a landscape must the largest of all rates be too large
    assert landscapes(at)
    assert any("Diverged" in text.value for text in (*at.markdown, *at.caption))
