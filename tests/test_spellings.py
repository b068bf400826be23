"""How the Korean texts write what can be written in two ways; tools/spellings.py writes it so."""

import re

import pytest

from tools.spellings import RULES, correct, everywhere, running
from ui.text import texts

EXAMPLES = {
    "네 모서리가 맞다. 모서리를, 모서리로, 네 모서리.": "네 꼭짓점이 맞다. 꼭짓점을, 꼭짓점으로, 네 꼭짓점.",
    "첫 걸음에서, 첫걸음": "첫걸음에서, 첫걸음",
    "첫 층과 첫 번째 층": "첫째 층과 첫째 층",
    "그 십분의 일쯤": "그 10분의 1쯤",
    "은닉층의 sigmoid는 `sigmoid`이고": "은닉층의 시그모이드는 `sigmoid`이고",
    "시그모이드(sigmoid)의 기울기": "시그모이드(sigmoid)의 기울기",
    "relu와 leaky_relu, `relu`": "ReLU와 leaky_relu, `relu`",
    "softmax로 합이 1인": "소프트맥스로 합이 1인",
    "신경망 안에서 뉴런의 가중합": "신경망 안에서 유닛의 가중합",
    "유닛(인공 뉴런)": "유닛(인공 뉴런)",
    "죽은 뉴런": "죽은 유닛",
    "관성으로, 모멘텀(관성)": "모멘텀으로, 모멘텀(관성)",
    "준비 운동 W": "워밍업 W",
    "set: act=sigmoid": "set: act=sigmoid",
    "$\\text{relu}(z)$는 relu": "$\\text{relu}(z)$는 ReLU",
}


@pytest.mark.parametrize("before", EXAMPLES)
def test_a_text_is_written_by_the_rules(before: str) -> None:
    assert correct(before) == EXAMPLES[before] == correct(EXAMPLES[before])


def test_every_rule_says_what_is_written_instead() -> None:
    for wrong, right in RULES:
        assert not re.search(wrong, right), "what is written by a rule breaks none"


def test_code_and_formulas_are_no_running_text() -> None:
    assert [part for part, free in running("relu는 `relu`와 $relu$, set\nset: a=relu") if free] == [
        "relu는 ",
        "와 ",
        ", set\n",
    ]
    assert set(everywhere()) >= {f"{page.name}" for page in texts.PAGES.glob("*.ko.md")}
    assert set(everywhere()) >= {"ballot.sent", "remote.voted"}


@pytest.mark.parametrize("place", sorted(everywhere()))
def test_every_korean_text_is_written_by_the_rules(place: str) -> None:
    text = everywhere()[place]
    assert correct(text) == text, "python tools/spellings.py"
