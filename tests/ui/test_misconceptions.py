"""Corrections: every experiment can be opened from its box, and shows up only where nothing is given away."""

import re
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from ui.controls.page_state import Label, PageState
from ui.page.navigation import page_of, topics
from ui.page.stage import beats_of
from ui.quiz import misconceptions
from ui.quiz.misconceptions import Misconception, mending, open_experiment, parse
from ui.text import texts
from ui.text.texts import ROOT

Open = Callable[..., AppTest]
Check = Callable[[AppTest], None]
LESSON = "pages/1_gradient_descent.py"


def boxes(at: AppTest) -> list[str]:
    """The keys of the buttons in the boxes on a page."""
    return [button.key for button in at.button if button.key and "-check-" in button.key]


def experiments(script: str) -> list[tuple[str, dict[str, str]]]:
    """By section, the settings of every experiment of a page."""
    found = texts.prose(page_of(ROOT / script).text("en"))
    checks = [
        (name, dict(parse(body).settings)) for name, body in found.items() if name.startswith(misconceptions.PREFIX)
    ]
    return [(name, settings) for name, settings in checks if settings]


# ---- reading ---------------------------------------------------------------------------------------------------------


def test_a_section_is_a_claim_a_fact_and_an_experiment() -> None:
    plain = parse("“a”\n\nb\n\nc")
    assert (plain.claim, plain.fact, plain.experiment, plain.settings) == ("“a”", "b", "c", ())
    assert parse("“a”\n\nb\n\nc\n\nset: lr=0.1, who=sgd,adam, pts=1, 2; 3, 4").settings == (
        ("lr", "0.1"),
        ("who", "sgd,adam"),
        ("pts", "1, 2; 3, 4"),
    )
    assert parse("“a”\n\nb\n\nc\n\nset: lr=0.1\nmends: which_way") == Misconception(
        "“a”", "b", "c", (("lr", "0.1"),), "which_way"
    )
    assert parse("“a”\n\nb\n\nc\n\nmends: which_way").mends == "which_way"
    for wrong in ("“a”\n\nb", "“a”\n\nb\n\nc\n\nd"):
        with pytest.raises(ValueError, match="unpack"):
            parse(wrong)


def test_a_section_belongs_to_the_beat_of_its_whole_name() -> None:
    names = ["check_one_unit", "check_one_unit_gates", "check_one_unit_2", "one_unit", "check_one_unit_2_gates"]
    assert misconceptions.of_beat("one_unit", names) == ["check_one_unit", "check_one_unit_2"]
    assert misconceptions.of_beat("one_unit_gates", names) == ["check_one_unit_gates"]


def test_of_several_claims_a_question_has_the_one_that_names_it() -> None:
    only, named, other = (Misconception("", "", "", mends=word) for word in ("", "which_way", "how_far"))
    assert mending("which_way", [only]) == [only]
    assert mending("which_way", [only, named, other]) == [named]


def test_where_a_beat_has_several_claims_some_name_its_question() -> None:
    found = {}
    for page in topics():
        for beat in beats_of(page.script):
            korean, english = (
                [parse(body).mends for name, body in sections.items() if name in misconceptions.of_beat(beat, sections)]
                for sections in (texts.prose(page.text(language)) for language in texts.LANGUAGES)
            )
            assert korean == english and set(filter(None, korean)) <= set(texts.words())
            assert len(korean) > 1 or not any(korean), beat
            if len(korean) > 1:
                found[beat] = any(korean)
    # of these two no claim is what a wrong answer to the page's question comes from
    assert {beat for beat, named in found.items() if not named} == {"number_by_number", "one_step"}


# ---- on the page -----------------------------------------------------------------------------------------------------


def test_every_experiment_is_a_valid_address(script: str, a_language: str, opened: Open, sound: Check) -> None:
    """Each opens without a correction; one of every question, for another may take its controls away, shares a page."""
    shelves: list[dict[str, dict[str, str]]] = []
    for name, settings in experiments(script):
        question = re.sub(r"_\d+$", "", name)
        shared = (
            each for each in shelves if question not in each and not settings.keys() & set().union(*each.values())
        )
        shelf = next(shared, None)
        if shelf is None:
            shelves.append(shelf := {})
        shelf[question] = settings
    for shelf in ({key: text for each in one.values() for key, text in each.items()} for one in shelves):
        at = opened(script, shelf, lang=a_language, predict="0")
        sound(at)
        assert not at.warning, at.warning[0].value
        state: PageState = at.session_state["pages"][page_of(ROOT / script).name]
        assert set(shelf) <= set(state.labels), "every one is a control that is drawn"


def test_a_page_has_a_button_for_every_experiment(script: str, a_language: str, opened: Open) -> None:
    at = opened(script, lang=a_language, predict="0")
    assert len(boxes(at)) == len(experiments(script)) > 0
    buttons = [button for button in at.button if button.key in boxes(at)]
    assert not any(button.disabled for button in buttons)


def test_a_box_waits_for_the_guess(opened: Open) -> None:
    at = opened(LESSON, lang="en")
    assert not boxes(at)
    at.pills(key="predict-gradient_descent.one_weight").select("go_right").run()
    assert boxes(at) == ["gradient_descent-one_weight-check-0", "gradient_descent-one_weight-check-1"]
    at.button(key="gradient_descent-one_weight-check-1").click().run()
    assert at.select_slider(key="gradient_descent.lr").value == 1.05
    assert [button.key for button in at.button if button.key == "again-gradient_descent.one_weight"], (
        "the guess is kept, not asked anew"
    )
    assert boxes(at)


def test_on_a_screen_of_its_own_a_box_is_filled_when_it_is_opened(opened: Open, sound: Check) -> None:
    at = opened(LESSON, lang="en", predict="0", one=True)
    assert not boxes(at)
    assert "The gradient is the direction" not in " ".join(each.value for each in at.markdown)
    at.session_state["gradient_descent-one_weight-check"] = True
    at.run()
    assert boxes(at) == ["gradient_descent-one_weight-check-0", "gradient_descent-one_weight-check-1"]
    at.button(key="gradient_descent-one_weight-check-1").click().run()
    sound(at)
    assert at.select_slider(key="gradient_descent.lr").value == 1.05


def test_a_button_opens_its_experiment_and_asks_nothing_anew(opened: Open, sound: Check) -> None:
    at = opened(LESSON, lang="en", lr="0.2", n="7", lr3="0.05", predict="0")
    at.button(key="gradient_descent-one_weight-check-1").click().run()
    sound(at)
    assert not at.warning
    assert at.select_slider(key="gradient_descent.lr").value == 1.05
    assert at.slider(key="gradient_descent.n").value == 40, "the others of the beat are at their defaults"
    assert at.select_slider(key="gradient_descent.lr3").value == 0.05, "another beat stays"
    assert at.query_params == {"lang": "en", "all": "print", "lr": "1.05", "lr3": "0.05", "predict": "0"}


def test_what_is_locked_stays(opened: Open) -> None:
    at = opened(LESSON, lang="en", lr="0.2", lock="lr,n", n="7", predict="0")
    assert at.button(key="gradient_descent-one_weight-check-1").disabled
    other = at.button(key="gradient_descent-one_weight-check-0")
    assert not other.disabled
    other.click().run()
    assert at.slider(key="gradient_descent.w").value == 2.5
    assert at.slider(key="gradient_descent.n").value == 7 and at.select_slider(key="gradient_descent.lr").value == 0.2


def test_an_experiment_keeps_the_guess_and_what_is_taken_away() -> None:
    state = PageState(settings={"a": 1, "b": 2, "c": 3, "d": 4}, guesses={"beat": object()}, locked=frozenset("b"))
    state.labels = {key: Label("other" if key == "c" else "beat", "") for key in "abcd"}
    open_experiment(state, "beat", (("a", "5"), ("b", "6")))
    assert state.settings == {"b": 2, "c": 3} and state.unread_texts == {"a": "5"}
    assert "beat" in state.guesses and state.ahead_of_address


def test_references_stand_at_the_foot(opened: Open, language: str) -> None:
    at = opened(LESSON, lang=language)
    wanted = texts.prose(page_of(ROOT / LESSON).text(language))["read_next"].partition("\n")[2].strip()
    assert wanted in [each.value for each in at.markdown]
    assert wanted not in [each.value for each in opened(LESSON, lang=language, present="1").markdown]


def test_sections_are_those_of_a_beat() -> None:
    for page in topics():
        beats = beats_of(page.script)
        for name in texts.prose(page.text("ko")):
            if name.startswith(misconceptions.PREFIX):
                assert sum(name in misconceptions.of_beat(beat, [name]) for beat in beats) == 1, name
