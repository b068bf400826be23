"""Challenges: every goal can be reached, none is at the lesson's defaults, and what was reached stays and is told."""

import re
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dlcore.datasets import BreastCancer
from ui.page.navigation import page_of, topics
from ui.quiz import goals as challenges
from ui.quiz import result_codes
from ui.text import texts

Open = Callable[..., AppTest]

WAYS: dict[str, tuple[str, dict[str, str]]] = {
    "goal_gradient_descent_one_step": ("one_weight", {"lr": "0.5"}),
    "goal_gradient_descent_twelve_steps": ("two_weights", {"lr2": "0.4"}),
    "goal_gradient_descent_out_of_valley": ("any_landscape", {"lr3": "0.15"}),
    "goal_learning_rate_all_arrive": ("three_rates", {"s": "0.05", "r": "0.06", "l": "0.07"}),
    "goal_learning_rate_twenty_steps": ("how_much", {"m": "0.06"}),
    "goal_learning_rate_half": ("with_schedule", {"r0": "0.4"}),
    "goal_neuron_uneven_and": ("one_unit_gates", {"u1": "0.5", "u2": "1", "c": "-1.2"}),
    "goal_neuron_xor_with_and": ("two_hidden", {"h2": "AND", "out": "ONLY_X1"}),
    "goal_neuron_front_faster": ("number_by_number", {"b1": "-4", "p": "2"}),
    "goal_activations_thirty_layers": ("vanishing", {"d": "30", "a": "selu", "i": "lecun_normal"}),
    "goal_activations_ten_sigmoids": ("does_it_matter", {"i3": "batch_normalization"}),
    "goal_activations_ten_plain_sigmoids": ("does_it_matter", {"i3": "he_normal", "o3": "adam", "r3": "0.01"}),
    "goal_optimizers_plain_wins": ("fair_race", {"g": "bowl"}),
    "goal_optimizers_momentum_overshoots": (
        "fair_race",
        {"who": "sgd,momentum", "fair": "0", "r_sgd": "0.02", "r_momentum": "0.02"},
    ),
    "goal_optimizers_soon": ("class_race", {"ce": "0.1, 0.5"}),
    "goal_losses_right_but_costly": (
        "by_hand_and_by_machine",
        {"task": "as_binary", "yt": "1, 1, 1, 0", "yp": "0.51, 0.51, 0.51, 0.49"},
    ),
    "goal_losses_wrong_but_cheap": (
        "by_hand_and_by_machine",
        {"task": "as_binary", "yt": "1, 1, 0, 0", "yp": "0.999, 0.49, 0.001, 0.001"},
    ),
    "goal_losses_one_point": ("outlying_points", {"pts": "172, 12"}),
    "goal_training_by_heart": ("fit", {"lr": "0.01"}),
    "goal_training_few_weights": (
        "fit",
        {"net": "1", "lr": "0.01", "in_breast_cancer": ",".join(BreastCancer.features)},
    ),
    "goal_model_evaluation_finds_the_rare": ("beat_common_sense", {"d1": "gauss_pairs", "m1": "recall"}),
    "goal_model_evaluation_both_high": ("behind_the_score", {"miss2": "2"}),
    "goal_model_evaluation_only_memory": ("grow", {"data4": "breast_cancer", "flip4": "0.4"}),
}
"""By goal, its beat and one way to reach it, by the controls' names in the address."""

LESSON, PAGE, BEAT = "pages/1_gradient_descent.py", "gradient_descent", "one_weight"
ONE_STEP = "goal_gradient_descent_one_step"


def script_of(word: str) -> str:
    page = next(page for page in topics() if word in challenges.of_page(page.name))
    return f"pages/{page.script.name}"


def reached(at: AppTest, page: str) -> dict[str, str]:
    return at.session_state["pages"][page].goals_reached


def open_goals(at: AppTest, beat: str = BEAT) -> AppTest:
    at.session_state[f"{PAGE}-{beat}-goals"] = True
    return at.run()


def said(at: AppTest) -> str:
    return "\n".join(element.value for element in (*at.markdown, *at.caption))


def word(key: str, language: str = "en", **values: Any) -> str:
    return texts.fill(texts.words()[key][language], values)


def test_every_page_has_two_goals_or_more_and_every_goal_a_way() -> None:
    words = {page.name: challenges.of_page(page.name) for page in topics()}
    assert all(len(goals) >= 2 for goals in words.values())
    assert [goal for goals in words.values() for goal in goals] == list(WAYS)
    assert all(goal + challenges.HINT in texts.words() for goal in WAYS)


@pytest.mark.parametrize("goal", WAYS)
def test_every_goal_can_be_reached(goal: str, opened: Open) -> None:
    (beat, address), script = WAYS[goal], script_of(goal)
    at = opened(script, address, lang="en", predict="0")
    assert not at.exception
    page = script.split("_", 1)[1].removesuffix(".py")
    assert reached(at, page).get(goal) == beat
    assert not at.session_state["pages"][page].notes


def test_no_goal_is_reached_at_the_defaults_and_all_are_offered(script: str, a_language: str, opened: Open) -> None:
    at = opened(script, lang=a_language, predict="0")
    page = page_of(texts.PAGES / script.removeprefix("pages/")).name
    assert not at.exception
    assert reached(at, page) == {}
    counts = [re.search(r"(\d+)\D+(\d+)", each.label) for each in at.expander if is_of_goals(each.label)]
    assert sum(max(int(n) for n in count.groups()) for count in counts if count) == len(challenges.of_page(page))


def is_of_goals(label: str) -> bool:
    return any(label.startswith(text.split(" · ")[0] + " · ") for text in texts.words()["goals"].values())


def test_a_goal_counts_only_once_the_question_is_answered(language: str, opened: Open) -> None:
    at = open_goals(opened(LESSON, lang=language, lr="0.5"))
    assert reached(at, PAGE) == {}
    assert word("goals_wait", language) in said(at)
    assert word("goal_now", language, measured="").strip() not in said(at)
    assert word(ONE_STEP, language) in said(at) and word(ONE_STEP + "_hint", language) in said(at)
    at.pills(key=f"predict-gradient_descent.{BEAT}").select("go_left").run()
    assert not at.exception
    assert reached(at, PAGE) == {ONE_STEP: BEAT}
    assert word("goals_wait", language) not in said(at)
    assert challenges.exercise(PAGE, BEAT, ONE_STEP) in codes_on(at)


def codes_on(at: AppTest) -> list[str]:
    """The exercises of goals whose codes stand on the page."""
    found = re.findall(r"`([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})`", said(at))
    return [
        name
        for goal, (beat, _) in WAYS.items()
        if (name := challenges.exercise(PAGE, beat, goal)) and result_codes.count(" ".join(found), name).total
    ]


def test_what_was_reached_stays_whatever_is_set(opened: Open) -> None:
    at = opened(LESSON, lang="en", predict="0", lr="0.5")
    assert reached(at, PAGE) == {ONE_STEP: BEAT}
    at.select_slider(key=f"{PAGE}.lr").set_value(0.1).run()
    assert reached(at, PAGE) == {ONE_STEP: BEAT}
    at.button(key=f"{PAGE}-reset").click().run()
    assert reached(at, PAGE) == {ONE_STEP: BEAT}
    at.query_params["lang"] = "ko"
    at.run()
    assert reached(at, PAGE) == {ONE_STEP: BEAT}
    open_goals(at)
    assert challenges.exercise(PAGE, BEAT, ONE_STEP) in codes_on(at)
    assert not at.exception


def test_a_presenter_counts_the_class(opened: Open) -> None:
    name = challenges.exercise(PAGE, BEAT, ONE_STEP)
    other = challenges.exercise(PAGE, "two_weights", "goal_gradient_descent_twelve_steps")
    class_ = [result_codes.encode(name, challenges.REACHED, who) for who in range(30)]
    pasted = "\n".join([*class_, class_[0], result_codes.encode(other, challenges.REACHED, 5), "half1234"])
    assert challenges.class_counts(pasted, PAGE, BEAT, [ONE_STEP]) == ({ONE_STEP: 30}, 2)

    at = open_goals(opened(LESSON, lang="en", present="1"))
    at.text_area(key=f"{PAGE}-{BEAT}-goals-codes").set_value(pasted).run()
    assert not at.exception
    table = next(each.value for each in at.dataframe if word("goal_column") in each.value.columns)
    assert table["n"].tolist() == [30]
    assert word("goal_codes_left_out", count=2) in said(at)
    assert not [area for area in open_goals(opened(LESSON, lang="en")).text_area if "goals" in str(area.key)]


@pytest.mark.parametrize("pasted", ["", "   ", "hello", "U" * 12, "A" * 100_000, "`<b>` \x00"])
def test_nonsense_counts_for_nobody(pasted: str) -> None:
    counts, left_out = challenges.class_counts(pasted, PAGE, BEAT, [ONE_STEP, "goal_gradient_descent_twelve_steps"])
    assert not any(counts.values()) and left_out >= 0


def test_the_start_page_tells_nothing_before_anything_was_done(language: str, opened: Open) -> None:
    at = opened("streamlit_app.py", lang=language)
    assert word("progress", language) not in said(at)
    assert not at.dataframe and not at.get("download_button")


def test_the_start_page_tells_what_was_done(language: str, opened: Open) -> None:
    at = opened(LESSON, lang=language, lr="0.5")
    at.pills(key=f"predict-gradient_descent.{BEAT}").select("go_left").run()
    at.pills(key="predict-gradient_descent.two_weights").select("will_arrive").run()
    at.switch_page("streamlit_app.py")
    at.query_params.update({"lang": language})
    at.run()
    assert not at.exception
    assert word("progress", language) in said(at)
    table = at.dataframe[0].value
    assert len(table) == len(topics())
    goals = len(challenges.of_page(PAGE))
    assert table.iloc[0].tolist()[1:] == [f"1 / {goals}", 1, 0, 1]
    assert table.iloc[1].tolist()[1:] == [f"0 / {len(challenges.of_page('learning_rate'))}", 0, 0, 0]


def test_the_record_can_be_taken_home(monkeypatch: pytest.MonkeyPatch) -> None:
    from ui.controls.page_state import PageState

    state = PageState(goals_reached={ONE_STEP: BEAT}, answers={(BEAT, "which_way"): [False, True]})
    monkeypatch.setattr(challenges.st, "session_state", {"pages": {PAGE: state}, "somebody": 7})
    table = pd.DataFrame(challenges.rows_by_topic("en"))
    assert table.loc[0, ["goals_reached", "right", "corrected", "wrong"]].tolist() == [1, 0, 1, 0]
    assert challenges.class_counts(str(table.loc[0, "codes"]), PAGE, BEAT, [ONE_STEP]) == ({ONE_STEP: 1}, 0)
    assert sum(table["goals_reached"]) == 1
    monkeypatch.setattr(challenges.st, "session_state", {})
    assert challenges.rows_by_topic("en") == []


def test_two_pages_may_have_a_question_of_the_same_name() -> None:
    def script() -> None:
        from ui.controls.page_state import PageState
        from ui.quiz import goals

        for page, word in (("activations", "goal_activations_thirty_layers"), ("losses", "goal_losses_one_point")):
            goal = goals.Goal(word, reached=False, measured="1")
            say = lambda word, **values: word  # noqa: E731
            goals.draw(PageState(), page, "which_one", [goal], say, answered=True, collecting=True)

    at = AppTest.from_function(script).run()
    assert not at.exception
    opened = [f"{page}-which_one-goals" for page in ("activations", "losses")]
    at.session_state[opened[0]] = True
    assert len(at.run().text_area) == 1
    at.session_state[opened[1]] = True
    assert [area.key for area in at.run().text_area] == [f"{key}-codes" for key in opened]
