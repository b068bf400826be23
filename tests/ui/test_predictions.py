"""Predict first: what a guess opens, what is said of it, and when it is asked again."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from ui.page.stage import REVEAL
from ui.text import texts

Open = Callable[..., AppTest]
Steps = Callable[[AppTest], dict[str, list[str]]]

LESSON = "pages/1_gradient_descent.py"
BEATS = ("one_weight", "two_weights", "any_landscape", "where_it_ends")
WITH_PLAYER = BEATS[:3]

# what is known without dlcore: the side of the bowl the start is on, a rate of a tenth of the limit, two valleys with
# the ball starting on the side of the shallower one, four equal valleys with a quarter each and rough edges
KNOWN = {"one_weight": "go_right", "two_weights": "will_arrive", "any_landscape": "end_other"}


def choices(at: AppTest, beat: str) -> list[str]:
    known = {text: key for key, both in texts.words().items() for text in both.values()}
    return [known[label] for label in at.pills(key=f"predict-gradient_descent.{beat}").options]


def asked(at: AppTest) -> set[str]:
    keys = {str(pills.key) for pills in at.pills}
    return {key.removeprefix(mark) for mark in ("predict-gradient_descent.",) for key in keys if key.startswith(mark)}


def guess(at: AppTest, beat: str, choice: str) -> AppTest:
    return at.pills(key=f"predict-gradient_descent.{beat}").select(choice).run()


def in_beat(at: AppTest, beat: str) -> Any:
    return at.container(key=f"beat-{beat}")


def verdicts(at: AppTest, beat: str) -> tuple[list[str], list[str]]:
    """What was said to a right guess and to a wrong one."""
    block = in_beat(at, beat)
    return [each.value for each in block.success], [each.value for each in block.info]


def word(key: str, language: str, **values: Any) -> str:
    return texts.fill(texts.words()[key][language], values)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_no_choice_says_all_that_another_says_and_less(script: str, language: str, opened: Open) -> None:
    """Such as “the mean” beside “the mean, twice as steady”: who is right with the second is so with the first."""
    for pills in opened(script, lang=language).pills:
        if str(pills.key).startswith("predict-"):
            pairs = [(one, other) for one in pills.options for other in pills.options if one != other]
            assert not [(one, other) for one, other in pairs if re.match(re.escape(one) + r"\W", other)], pills.key


def test_exactly_one_answer_is_right(language: str, opened: Open) -> None:
    offered = {beat: choices(opened(LESSON, lang=language), beat) for beat in BEATS}
    right: dict[str, list[str]] = {beat: [] for beat in BEATS}
    refuted: dict[str, list[str]] = {beat: [] for beat in BEATS}
    for k in range(max(map(len, offered.values()))):
        at = opened(LESSON, lang=language)
        answered = {beat: names[k] for beat, names in offered.items() if k < len(names)}
        for beat, choice in answered.items():
            at.pills(key=f"predict-gradient_descent.{beat}").select(choice)
        at.run()
        for beat, choice in answered.items():
            success, info = verdicts(at, beat)
            assert len(success) + len(info) == 1, (beat, choice)
            label = word(choice, language)
            if success:
                right[beat].append(choice)
                assert word("guess_right", language, guess=label) in success[0]
            else:
                refuted[beat] += info
                assert label in info[0]
            # the verdict, and one click away why
            (why,) = (each.value for each in at.container(key=f"verdict-gradient_descent.{beat}").markdown)
            assert len(why) > 20
    for beat in BEATS:
        assert len(right[beat]) == 1, beat
        assert right[beat][0] == KNOWN.get(beat, right[beat][0])
        assert len(refuted[beat]) == len(offered[beat]) - 1
        assert all(word(right[beat][0], language) in said for said in refuted[beat])


@pytest.mark.parametrize(
    ("address", "beat", "truth"),
    [
        ({"w": "3"}, "one_weight", "go_left"),
        ({"w": "-1"}, "one_weight", "go_right"),
        ({"lr2": "1.05"}, "two_weights", "will_diverge"),
        ({"lr2": "0.001"}, "two_weights", "will_crawl"),
        ({"p": "-1.6"}, "any_landscape", "end_deepest"),
        ({"f": "bowl", "lr3": "2"}, "any_landscape", "end_lost"),
        ({"f": "bowl", "lr3": "0.0001"}, "any_landscape", "end_nowhere"),
        ({"f": "bowl"}, "any_landscape", "end_deepest"),
        ({"g": "bowl"}, "where_it_ends", "share_most"),
        ({"g": "rastrigin"}, "where_it_ends", "share_quarter"),
    ],
)
def test_the_truth_follows_the_settings(address: dict[str, str], beat: str, truth: str, opened: Open) -> None:
    at = guess(opened(LESSON, address, lang="en"), beat, truth)
    success, info = verdicts(at, beat)
    assert success and not info, info


@pytest.mark.parametrize("beat", WITH_PLAYER)
def test_nothing_is_given_away_before_the_guess(beat: str, opened: Open, steps: Steps) -> None:
    at = opened(LESSON, lang="en")
    container = f"beat-{beat}"
    assert len(steps(at)[container]) == 1
    assert "Converged" not in " ".join(text.value for text in in_beat(at, beat).markdown)
    guess(at, beat, choices(at, beat)[0])
    assert len(steps(at)[container]) > 10
    assert "2/λ" in " ".join(text.value for text in in_beat(at, beat).markdown)


def test_the_other_beats_keep_their_questions(opened: Open) -> None:
    at = opened(LESSON, lang="en")
    assert asked(at) == set(BEATS)
    guess(at, "one_weight", "go_left")
    assert asked(at) == set(BEATS) - {"one_weight"}


@pytest.mark.parametrize(
    ("beat", "slider"), [("one_weight", "n"), ("two_weights", "n2"), ("any_landscape", "n3"), ("where_it_ends", "n4")]
)
def test_other_settings_offer_another_guess(beat: str, slider: str, language: str, opened: Open, steps: Steps) -> None:
    at = opened(LESSON, lang=language)
    guess(at, beat, choices(at, beat)[0])
    assert not [button for button in at.button if button.key == f"again-gradient_descent.{beat}"]
    at.slider(key=f"gradient_descent.{slider}").set_value(20).run()
    assert not at.exception
    # the old verdict no longer holds, the run stays open for exploring
    assert not in_beat(at, beat).success
    assert beat not in asked(at)
    again = at.button(key=f"again-gradient_descent.{beat}")
    assert again.label == word("predict_again", language)
    if beat in WITH_PLAYER:
        assert len(steps(at)[f"beat-{beat}"]) > 1
    again.click().run()
    assert beat in asked(at)
    guess(at, beat, choices(at, beat)[0])
    assert len(sum(verdicts(at, beat), [])) == 1


def test_back_at_the_guessed_settings_the_verdict_is_back(opened: Open) -> None:
    at = guess(opened(LESSON, lang="en"), "one_weight", "go_right")
    at.slider(key="gradient_descent.n").set_value(20).run()
    assert not verdicts(at, "one_weight")[0]
    at.slider(key="gradient_descent.n").set_value(40).run()
    assert verdicts(at, "one_weight")[0]


@pytest.mark.parametrize("revealed", [True, False])
def test_the_way_back_in_the_browser_keeps_what_was_answered(revealed: bool, opened: Open) -> None:
    at = opened(LESSON, lang="en", beat="one_weight", present="1" if revealed else "0")
    at = at.button(key=REVEAL).click().run() if revealed else guess(at, "one_weight", "go_right")
    assert sum(verdicts(at, "one_weight"), [])
    # forward by a link of the page, and back by the browser: each time the address changes by itself
    at.query_params.update(beat="two_weights")
    assert asked(at.run()) == {"two_weights"}
    at.query_params.update(beat="one_weight")
    assert sum(verdicts(at.run(), "one_weight"), []) and not asked(at)
    # another setup in the address is another question
    at.query_params.update(lr="0.3")
    assert asked(at.run()) == {"one_weight"}


@pytest.mark.parametrize("beat", BEATS)
def test_a_preset_asks_anew(beat: str, opened: Open, steps: Steps) -> None:
    at = opened(LESSON, lang="en")
    guess(at, beat, choices(at, beat)[0])
    assert beat not in asked(at)
    presets = [button for button in at.button if f".{beat}-preset-" in (button.key or "")]
    presets[1].click().run()
    assert beat in asked(at)
    assert not sum(verdicts(at, beat), [])
    if beat in WITH_PLAYER:
        assert len(steps(at)[f"beat-{beat}"]) == 1


def test_the_switch_shows_everything_at_once(language: str, opened: Open, steps: Steps) -> None:
    at = opened(LESSON, lang=language)
    at.toggle(key="gradient_descent.predict").set_value(False).run()
    assert not at.exception
    assert not asked(at) and not at.success
    assert all(len(lines) > 10 for lines in steps(at).values())
    assert at.query_params == {"lang": language, "all": "print", "predict": "0"}
    at.toggle(key="gradient_descent.predict").set_value(True).run()
    assert asked(at) == set(BEATS)


def test_moving_a_control_keeps_a_question_open(opened: Open, steps: Steps) -> None:
    at = opened(LESSON, lang="en")
    at.slider(key="gradient_descent.w").set_value(2.0).run()
    assert "one_weight" in asked(at)
    assert len(steps(at)["beat-one_weight"]) == 1
    guess(at, "one_weight", "go_left")
    assert verdicts(at, "one_weight")[0]


def test_the_tables_do_not_tell_the_answer(opened: Open) -> None:
    at = opened(LESSON, lang="en")
    at.session_state["gradient_descent-where_it_ends-tables"] = True
    at.run()
    hidden = len(at.dataframe)
    guess(at, "where_it_ends", choices(at, "where_it_ends")[0])
    assert not at.exception
    assert len(at.dataframe) == hidden + 1


def _tied() -> None:
    import streamlit as st

    from ui.controls import page_state
    from ui.question import Question
    from ui.quiz import prediction
    from ui.text import texts

    def say(word: str, **values: object) -> str:
        return texts.fill(texts.words()[word]["en"], values)

    state = st.session_state.setdefault("state", page_state.PageState())
    question = Question("who_is_first", ("sgd", "adam", "nobody"), ("sgd", "adam"))
    exercise = prediction.Exercise("p", "b", question, "Setup()")
    st.session_state["shown"] = prediction.ask(state, exercise, lambda: "Both.", say)


@pytest.mark.parametrize(("choice", "right"), [("sgd", True), ("adam", True), ("nobody", False)])
def test_of_answers_that_tie_each_is_right_and_the_others_are_named(choice: str, right: bool) -> None:
    at = AppTest.from_function(_tied).run()
    at.pills(key="predict-p.b").select(choice).run()
    said = [each.value for each in (at.success if right else at.info)]
    assert len(said) == 1 and not (at.info if right else at.success)
    others = [name for name in ("sgd", "adam") if name != choice]
    assert all(word(name, "en") in said[0] for name in others)
    assert at.session_state["state"].answers == {("b", "who_is_first"): [right]}


def test_a_question_that_nobody_could_answer_is_refused() -> None:
    from ui.question import Question

    for truth in ("c", (), ("a", "c")):
        with pytest.raises(ValueError, match="right"):
            Question("which", ("a", "b"), truth)


def _listed() -> None:
    from ui.controls import page_state
    from ui.question import Question
    from ui.quiz import prediction
    from ui.text import texts

    def say(word: str, **values: object) -> str:
        return texts.fill(texts.words()[word]["en"], values)

    state = page_state.PageState(guesses={"b": prediction.Guess("sgd", "Setup()")})
    exercise = prediction.Exercise("p", "b", Question("who_is_first", ("sgd", "adam"), "sgd"), "Setup()")
    prediction.ask(state, exercise, lambda: "- one\n- two", say)


def test_a_verdict_is_one_sentence_and_its_reasons_are_a_list_of_their_own() -> None:
    at = AppTest.from_function(_listed).run()
    assert at.success[0].value == f"**{word('guess_right', 'en', guess='sgd')}**"
    assert [each.value for each in at.markdown] == ["- one\n- two"]
