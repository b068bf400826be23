"""What a browser brings back, which anybody may have written there: taken where it can be right, else left."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from lessons.model_evaluation.only_once import Opening, opening_from
from tests.ui.test_pages import names
from ui.controls.page_state import PageState
from ui.page import memory
from ui.page.memory import Memory
from ui.quiz import goals, prediction
from ui.quiz.result_codes import STUDENTS

Open = Callable[..., AppTest]
Check = Callable[[AppTest], None]
PAGE, BEAT = "gradient_descent", "one_weight"
LESSON = "pages/1_gradient_descent.py"
GOAL = goals.of_page(PAGE)[0]
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
FIELDS = st.fixed_dictionaries(
    {"v": st.just(1)}, optional=dict.fromkeys(("guess", "answers", "goals", "numbers", "more"), ANYTHING)
)


def kept(found: Memory) -> Memory:
    return memory.read(memory.as_text(found), PAGE)


def test_what_is_written_is_read() -> None:
    word = next(iter(memory.texts.words()))
    full = Memory(("left", "0123"), {word: [False, True]}, (GOAL,), {"n": 3, "share": 0.5})
    assert kept(full) == full and kept(Memory()) == Memory() and memory.as_text(Memory()) == ""


@given(answers=st.lists(st.booleans(), min_size=1, max_size=100))
def test_many_answers_come_out_the_same(answers: list[bool]) -> None:
    word = next(iter(memory.texts.words()))
    (found,) = kept(Memory(None, {word: answers})).answers.values()
    assert len(found) <= 20 and found[0] == answers[0] and any(found) == any(answers)


@given(text=st.text() | st.binary() | ANYTHING | ANYTHING.map(json.dumps) | FIELDS.map(json.dumps))
def test_nonsense_is_left_without_an_error(text: Any) -> None:
    found = memory.read(text, PAGE)
    state = PageState()
    memory.restore(state, BEAT, found)
    assert set(found.goals) <= set(goals.of_page(PAGE)) and set(found.answers) <= set(memory.texts.words())
    assert all(answers and len(answers) <= memory.MOST_ANSWERS for answers in state.answers.values())
    assert prediction.outcomes(state) is not None
    assert opening_from(found.numbers) is None
    # what was taken is written and taken again
    assert kept(found) in (found, Memory())


@pytest.mark.parametrize(
    "text",
    [
        "[" * 1900,
        '{"v":2,"guess":["left","0123"]}',
        '{"v":1,"guess":["left","0123","more"]}',
        '{"v":1,"guess":[1,2]}',
        '{"v":1,"numbers":{"n":NaN,"m":1e300,"b":true,"t":"1"}}',
        '{"v":1,"goals":["goal_optimizers_x","no_goal"]}',
        '{"v":1,"answers":{"no_such_word":"1","first_step":"","other":"12"}}',
        json.dumps({"v": 1, "guess": ["left", "0" * 3000]}),
    ],
)
def test_what_cannot_be_right_is_left(text: str) -> None:
    assert memory.read(text, PAGE) == Memory()


@given(text=st.text(max_size=15) | st.integers().map(str) | ANYTHING)
def test_a_students_number_is_one(text: Any) -> None:
    found = memory.student(text)
    assert found is None or (0 <= found < STUDENTS and str(text).lstrip("0") == (str(found) if found else ""))


@given(
    numbers=st.dictionaries(
        st.sampled_from(["models", "rows", "place", "expected", "validation", "test"]),
        st.floats(-1e9, 1e9) | st.integers(-5, 300),
    )
)
def test_an_opening_is_possible_or_none(numbers: dict[str, float]) -> None:
    found = opening_from(numbers)
    assert found is None or (0 <= found.place < found.models and 20 <= found.rows <= 200 and 0 <= found.test <= 1)


def test_an_opening_is_taken_up() -> None:
    numbers = {"models": 16, "rows": 40, "place": 3, "expected": 0.9, "validation": 0.95, "test": 0.92}
    assert opening_from(numbers) == Opening(16, 40, 3, 0.9, 0.95, 0.92)
    assert opening_from(numbers | {"place": 16}) is None


def guessed(at: AppTest) -> AppTest:
    pills = next(each for each in at.pills if str(each.key).startswith("predict-"))
    return pills.select(names(pills)[0]).run()


def saved(at: AppTest) -> dict[str, str]:
    """What the browser is to keep."""
    texts: dict[str, str] = {}
    for each in at.get("bidi_component"):
        if each.proto.component_name == "lesson_memory":
            texts |= json.loads(each.proto.json).get("saves", {})
    return texts


def come_back(opened: Open, found: Any, **address: str) -> AppTest:
    """A new visit whose browser has said what it kept, as it would on its own."""
    at = opened(LESSON, lang="en", one=True, **address)
    visited = {"pages": {}, "page": ""} | {key: at.session_state[key] for key in ("pages", "page")}
    with pytest.MonkeyPatch.context() as patch:
        session = dict(visited)
        patch.setattr("streamlit.session_state", session)
        memory.restore_all(found)
    if prediction.SOMEBODY in session:
        at.session_state[prediction.SOMEBODY] = session[prediction.SOMEBODY]
    return at.run()


def test_a_guess_comes_back_with_its_verdict_and_its_code(opened: Open, sound: Check) -> None:
    at = guessed(opened(LESSON, lang="en", one=True))
    verdict = [each.value for each in (*at.success, *at.info)]
    texts = saved(at)
    assert verdict and texts[f"{PAGE}.{BEAT}"] and texts["me"].isdigit()
    again = come_back(opened, texts)
    sound(again)
    assert [each.value for each in (*again.success, *again.info)] == verdict
    code = [each.value for each in at.caption if "-" in each.value and "`" in each.value]
    assert code and all(each in [one.value for one in again.caption] for each in code), (
        "the same number, the same tally"
    )


def test_a_guess_counts_for_its_setup_alone(opened: Open) -> None:
    texts = saved(guessed(opened(LESSON, lang="en", one=True)))
    again = come_back(opened, texts, lr="0.5", beat=BEAT)
    assert not again.success and not again.info
    assert any(str(each.key).startswith("predict-") for each in again.pills), "asked anew"
    assert saved(again)[f"{PAGE}.{BEAT}"] == texts[f"{PAGE}.{BEAT}"], "and still remembered"


def test_a_guess_that_is_no_choice_is_left(opened: Open, sound: Check) -> None:
    texts = saved(guessed(opened(LESSON, lang="en", one=True)))
    parts = json.loads(texts[f"{PAGE}.{BEAT}"])
    parts["guess"][0] = "no_choice"
    again = come_back(opened, {f"{PAGE}.{BEAT}": json.dumps(parts)})
    sound(again)
    assert any(str(each.key).startswith("predict-") for each in again.pills)


@pytest.mark.parametrize(
    "said", [None, 3, "x", [], {"me": "-1"}, {f"{PAGE}.{BEAT}": 4}, dict.fromkeys(map(str, range(999)))]
)
def test_a_page_stands_whatever_the_browser_says(said: Any, opened: Open, sound: Check) -> None:
    sound(come_back(opened, said))


def test_what_is_forgotten_is_gone(opened: Open, sound: Check) -> None:
    at = guessed(opened(LESSON, lang="en", one=True))
    at.button(key=f"{PAGE}-forget").click().run()
    sound(at)
    assert not at.success and not at.info and not any(saved(at).values())
    assert "✓" not in at.button(key=f"stage-row-{BEAT}").label
    assert not at.session_state["pages"][PAGE].answers
