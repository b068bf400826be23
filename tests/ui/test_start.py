"""The start page: what every topic takes, and what of it was done in this visit."""

import importlib
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from ui.controls.page_state import PageState
from ui.page import navigation, stage, topic_cards
from ui.text import texts

Open = Callable[..., AppTest]
FIRST = "pages/1_gradient_descent.py"


def word(key: str, language: str, **values: object) -> str:
    return texts.fill(texts.words()[key][language], values)


def said(at: AppTest) -> str:
    return "\n".join(element.value for element in at.markdown)


def links(at: AppTest) -> list[str]:
    return [link.proto.label for link in at.main.get("page_link")]


@pytest.mark.parametrize("page", navigation.topics(), ids=lambda page: page.name)
def test_what_a_topic_takes_is_counted_from_its_script(page: navigation.Page) -> None:
    work = topic_cards.workload(page, PageState())
    beats = stage.beats_of(page.script)
    assert work.questions == len(beats) > 0 and work.minutes == topic_cards.MINUTES * len(beats)
    # those of which a prediction is never asked say so in their annotation alone; here they are asked by hand
    modules = [importlib.import_module(f"lessons.{page.name}.{beat}") for beat in beats]
    silent = [module for module in modules if _never_asks(module)]
    assert work.predictions == len(beats) - len(silent) and work.predicted == 0


def _never_asks(module: object) -> bool:
    """Whether a question is asked whatever is given to it: such a function looks at nothing."""
    code = module.question.__code__  # type: ignore[attr-defined]
    return not code.co_names and set(code.co_consts) <= {None, module.question.__doc__}  # type: ignore[attr-defined]


def test_only_what_was_predicted_in_this_visit_counts() -> None:
    page = navigation.topics()[0]
    state = PageState(answers={("one_weight", "which_way"): [False, True], ("gone", "long_ago"): [True]})
    assert topic_cards.workload(page, state).predicted == 1


def test_every_topic_says_what_it_takes_and_leads_to_itself(language: str, opened: Open) -> None:
    at = opened("streamlit_app.py", lang=language)
    assert not at.exception
    for page in navigation.topics():
        count = len(stage.beats_of(page.script))
        size = word("topic_size", language, questions=count, minutes=topic_cards.MINUTES * count)
        assert size in said(at)
        assert word("open_topic", language, number=page.number) in links(at)
    assert len(links(at)) == len(navigation.topics())
    assert word("topic_minutes_rule", language, minutes=topic_cards.MINUTES) in [each.value for each in at.caption]


def test_a_topic_that_was_begun_is_gone_on_with(language: str, opened: Open) -> None:
    at = opened(FIRST, lang=language)
    at.pills(key="predict-gradient_descent.one_weight").select("go_left").run()
    at.switch_page("streamlit_app.py")
    at.query_params.update({"lang": language})
    at.run()
    assert not at.exception
    assert word("topic_done", language, predicted=1, predictions=4) in said(at)
    assert links(at)[0] == word("go_on_with_topic", language, number=1)
    assert links(at)[1] == word("open_topic", language, number=2)
