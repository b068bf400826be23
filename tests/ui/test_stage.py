"""One question at a time: which one an address opens, the ways between them, and that nothing is lost on the way."""

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.test_handed_out import shown_beats
from tests.ui.test_pages import names
from ui.page.navigation import page_of
from ui.page.stage import beats_of
from ui.text import texts
from ui.text.texts import ROOT

Open = Callable[..., AppTest]
Check = Callable[[AppTest], None]
LESSON = "pages/1_gradient_descent.py"
TRAINING = "pages/7_training.py"


def beats(script: str) -> list[str]:
    return list(beats_of(page_of(ROOT / script).script))


@pytest.mark.quick
def test_a_page_opens_at_its_first_question(script: str, a_language: str, opened: Open, sound: Check) -> None:
    at = opened(script, lang=a_language, one=True)
    sound(at)
    assert shown_beats(at) == beats(script)[:1] and not at.warning
    assert at.query_params == {"lang": a_language}
    # what is taken home is made by code that waits until the box is opened
    boxes = [box.label for box in at.expander]
    assert boxes[-1] == texts.words()["take_home"][a_language]
    assert "lesson_takehome" not in {one.proto.component_name for one in at.get("bidi_component")}


def waiting_beats(at: AppTest) -> list[str]:
    """The beats of which only the prose is drawn."""
    keys = [str(block.key) for block in at.container if str(block.key).startswith("nearby-")]
    return [key.removeprefix("nearby-") for key in keys]


def test_all_questions_are_one_click_away(opened: Open, sound: Check) -> None:
    at = opened(LESSON, lang="en", beat="two_weights")
    at.button(key="stage-all").click().run()
    sound(at)
    assert shown_beats(at) == beats(LESSON) and at.query_params["all"] == "1"
    assert waiting_beats(at) == ["one_weight", "any_landscape", "where_it_ends"]
    at.button(key="stage-print").click().run()
    sound(at)
    assert shown_beats(at) == beats(LESSON) and at.query_params["all"] == "print" and not waiting_beats(at)
    at.button(key="stage-all").click().run()
    assert shown_beats(at) == ["two_weights"] and "all" not in at.query_params


def test_an_address_of_old_that_wants_not_all_is_nothing_new(opened: Open, sound: Check) -> None:
    at = opened(LESSON, lang="en", all="0")
    sound(at)
    assert shown_beats(at) == ["one_weight"] and at.query_params == {"lang": "en"} and not at.warning
    at = opened(LESSON, lang="en", all="everything")
    sound(at)
    assert shown_beats(at) == ["one_weight"] and "`all=everything`" in at.warning[0].value


def test_on_the_page_of_all_questions_wait_and_keep_what_the_address_says(opened: Open, sound: Check) -> None:
    said = {"lang": "en", "all": "1", "predict": "0", "lr2": "0.2", "lr3": "0.05"}
    at = opened(LESSON, said)
    sound(at)
    assert waiting_beats(at) == ["two_weights", "any_landscape", "where_it_ends"] and at.query_params == said
    at.select_slider(key="gradient_descent.lr").set_value(0.3).run()
    assert at.query_params == said | {"lr": "0.3"} and not at.warning
    come_near(at, "any_landscape")
    assert at.select_slider(key="gradient_descent.lr3").value == 0.05
    assert waiting_beats(at) == ["two_weights", "where_it_ends"] and at.query_params == said | {"lr": "0.3"}
    at = opened(LESSON, said | {"no_such_thing": "1", "lr3": "a word"})
    assert len(at.warning) == 1 and at.warning[0].value.count("\n") == 1, "what could not be used is said at once"


def come_near(at: AppTest, beat: str) -> None:
    """As if a question came near the screen: AppTest has none."""
    at.session_state["pages"][at.session_state["page"]].drawn_beats.add(beat)
    at.run()


def test_questions_that_build_on_others_wait_too_and_work_out_what_they_need(opened: Open, sound: Check) -> None:
    at = opened(TRAINING, {"lang": "en", "all": "1", "predict": "0", "lr": "0.02"})
    sound(at)
    assert waiting_beats(at) == ["data", "model", "compile", "fit", "watch", "keep"]
    for beat in ("watch", "fit", "model"):
        come_near(at, beat)
        sound(at)
        assert beat not in waiting_beats(at) and at.query_params["lr"] == "0.02"
    come_near(at, "compile")
    assert at.select_slider(key="training.lr").value == 0.02


def test_a_page_that_was_left_opens_with_what_is_near_alone(opened: Open) -> None:
    at = opened(LESSON, {"lang": "en", "all": "1"})
    come_near(at, "where_it_ends")
    assert "where_it_ends" not in waiting_beats(at)
    at.switch_page(TRAINING).run()
    at.query_params["all"] = "1"
    at.switch_page(LESSON).run()
    assert waiting_beats(at) == ["two_weights", "any_landscape", "where_it_ends"]


def test_the_steps_at_the_foot_go_through_all_questions_and_back(script: str, a_language: str, opened: Open) -> None:
    all_beats = beats(script)
    at = opened(script, lang=a_language, one=True)
    for name in all_beats[1:]:
        at.button(key="stage-on").click().run()
        assert not at.exception and shown_beats(at) == [name]
    assert "stage-on" not in [button.key for button in at.button], "the last one leads to the next page"
    for name in reversed(all_beats[:-1]):
        at.button(key="stage-back").click().run()
        assert shown_beats(at) == [name] and at.query_params["beat"] == name
    assert "stage-back" not in [button.key for button in at.button]


def test_the_row_and_the_menu_lead_to_every_question(opened: Open) -> None:
    at = opened(LESSON, lang="en", one=True)
    for place in ("row", "menu"):
        for name in reversed(beats(LESSON)):
            at.button(key=f"stage-{place}-{name}").click().run()
            assert shown_beats(at) == [name]


@pytest.mark.parametrize(
    ("address", "name", "becomes"),
    [
        ({"lr2": "0.2"}, "two_weights", {"lr2": "0.2"}),
        ({"lr": "0.2"}, "one_weight", {"lr": "0.2"}),
        ({"lr2": "0.2", "lr": "0.2"}, "one_weight", {"lr2": "0.2", "lr": "0.2"}),
        ({"n3": "20", "predict": "0"}, "any_landscape", {"n3": "20", "predict": "0"}),
        ({"lr2": "0.2", "beat": "where_it_ends"}, "where_it_ends", {"lr2": "0.2", "beat": "where_it_ends"}),
        ({"predict": "0"}, "one_weight", {"predict": "0"}),
        ({"no_such_thing": "1"}, "one_weight", {}),
        ({"no_such_thing": "1", "beat": "two_weights"}, "two_weights", {"beat": "two_weights"}),
        ({"beat": "no_such_question", "lr2": "0.2"}, "two_weights", {"lr2": "0.2"}),
        ({"lr2": "a word"}, "two_weights", {"beat": "two_weights"}),
    ],
)
def test_an_address_opens_at_the_first_question_whose_controls_it_sets(
    address: dict[str, str], name: str, becomes: dict[str, str], opened: Open, sound: Check
) -> None:
    at = opened(LESSON, address, lang="en", one=True)
    sound(at)
    assert shown_beats(at) == [name]
    assert at.query_params == {"lang": "en", **becomes}
    assert len(at.warning) == (address != becomes), "what could not be used is said once"
    assert "``" not in "".join(each.value for each in at.warning), "and what is said has no gap"
    again = opened(LESSON, at.query_params, one=True)
    assert shown_beats(again) == [name] and not again.warning


def test_also_where_questions_build_on_each_other(opened: Open, sound: Check) -> None:
    at = opened(TRAINING, {"lr": "0.02", "epochs": "20", "predict": "0"}, lang="en", one=True)
    sound(at)
    assert shown_beats(at) == ["compile"] and at.select_slider(key="training.lr").value == 0.02
    at.button(key="stage-on").click().run()
    sound(at)
    assert shown_beats(at) == ["fit"] and at.query_params["lr"] == "0.02" and at.query_params["epochs"] == "20"


def test_what_a_question_is_set_to_stays_while_others_are_shown(opened: Open) -> None:
    at = opened(LESSON, lang="en", predict="0", one=True)
    at.select_slider(key="gradient_descent.lr").set_value(0.3).run()
    at.button(key="stage-on").click().run()
    at.select_slider(key="gradient_descent.lr2").set_value(0.3).run()
    at.button(key="stage-back").click().run()
    assert at.select_slider(key="gradient_descent.lr").value == 0.3
    assert at.query_params == {"lang": "en", "predict": "0", "lr": "0.3", "lr2": "0.3", "beat": "one_weight"}
    at.button(key="stage-on").click().run()
    assert at.select_slider(key="gradient_descent.lr2").value == 0.3


def test_a_guess_stays_while_others_are_shown_and_ticks_its_question(opened: Open) -> None:
    at = opened(LESSON, lang="en", one=True)
    pills = next(each for each in at.pills if str(each.key).startswith("predict-"))
    pills.select(names(pills)[0]).run()
    assert at.success or at.info
    at.button(key="stage-on").click().run()
    assert "✓" in at.button(key="stage-row-one_weight").label
    assert "✓" not in at.button(key="stage-row-two_weights").label
    at.button(key="stage-back").click().run()
    assert at.success or at.info, "the verdict is still there"


def test_a_reset_stays_at_the_question(opened: Open) -> None:
    at = opened(LESSON, lang="en", beat="two_weights", lr2="0.3")
    at.button(key="gradient_descent-reset").click().run()
    assert shown_beats(at) == ["two_weights"] and at.query_params == {"lang": "en", "beat": "two_weights"}


def test_the_links_dialog_names_the_controls_of_every_question(opened: Open, sound: Check) -> None:
    at = opened(LESSON, lang="en", beat="two_weights", lr2="0.3")
    at.button(key="gradient_descent-link").click().run()
    sound(at)
    assert len(at.multiselect[0].options) >= 20
    assert any("beat=two_weights" in code.value and "lr2=0.3" in code.value for code in at.code)


def test_only_what_is_shown_is_computed(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    measured: list[str] = []
    for name in ("one_weight", "two_weights", "any_landscape", "where_it_ends"):
        module: Any = __import__(f"lessons.gradient_descent.{name}", fromlist=[name])
        real = module.measure
        monkeypatch.setattr(module, "measure", lambda setup, real=real, name=name: measured.append(name) or real(setup))
    opened(LESSON, lang="en", beat="two_weights")
    assert measured == ["two_weights"]


def test_what_is_chosen_of_a_question_that_is_not_shown_stays_in_the_address(script: str, opened: Open) -> None:
    """Also of the controls that are drawn with its pictures, which nobody looks into while it is not shown."""
    whole = opened(script, lang="en", predict="0")
    labels = whole.session_state["pages"][page_of(ROOT / script).name].labels
    for shown in (beats(script)[0], beats(script)[-1]):
        # an address that sets something has all questions looked into; a lock names controls as a value does
        mine = sorted(key for key, label in labels.items() if label.beat and label.beat != shown)
        at = opened(script, lang="en", predict="0", beat=shown, lock=",".join(mine), no_such_key="1")
        said = " ".join(one.value for one in at.warning)
        assert "`no_such_key`" in said and "locks or hides" not in said, said
