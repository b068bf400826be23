"""Korean particles follow the last sound of what is filled in; no text leaves the choice to its reader."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.page.navigation import START, others, page_of, topics
from ui.text import particles, texts

WORDS = texts.words()
PAGES = [page_of(START), *topics(), *others()]

READ: dict[particles.Sound, str] = {
    "vowel": """오차 개 2 4 5 9 0.5 12 1e-04 5% R² sgd adagrad nesterov sigmoid softmax linear relu huber hinge tanh
        mean_squared_error binary_crossentropy cosine_similarity MSE MAE AUC CSV gradient cp949 house.csv x₂ η τ ReLU
        y 1,000,000,000,000 - , ; ∞ %p""",
    "rieul": "율 서울 1 7 8 21 0.08 1e-07 utf-8 euc-kr table file scale model l XOR w₁ h₇ |",
    "consonant": """값 걸음 3 6 10 100 1,000 0 2,000,000 13 2.4×10⁻⁵ x² adam momentum rmsprop step unit metric block
        dropout line column poisson NaN m utf-16 x₃ ŷ f′ .""",
}
"""What is filled in, by how it ends when it is read: 오, 십이, 에스지디, 엠에스이, 조; 일, 팔, 알; 삼, 백, 제곱."""

every_ending = pytest.mark.parametrize(
    ("text", "sound"), [(text, sound) for sound, endings in READ.items() for text in endings.split()]
)


@every_ending
@pytest.mark.parametrize("form", ["{}", "`{}`", "“{}”", "**{}**"])
def test_a_particle_follows_the_last_sound(text: str, sound: particles.Sound, form: str) -> None:
    shown = form.format(text)
    assert particles.last_sound(f"값은 {shown}") == sound
    ends = [
        texts.fill(f"{{{{x}}}}{{{{{pair}}}}}", {"x": shown}) for pair in ("은/는", "을/를", "으로/로", "이라는/라는")
    ]
    if sound == "vowel":
        assert ends == [shown + end for end in ("는", "를", "로", "라는")]
    else:
        assert ends == [shown + end for end in ("은", "을", "로" if sound == "rieul" else "으로", "이라는")]


@pytest.mark.parametrize(
    ("before", "sound"),
    [
        ("학습 오차(0.3)", "vowel"),
        ("`adam`(학습률 0.002)", "consonant"),
        ("(평균 4.1 ± 0.2)", "vowel"),
        ("점 (x₁, x₂)", "vowel"),
        ("`f(x)`", "vowel"),
        ("`)`", "vowel"),  # 괄호
        ("`a)`", "vowel"),
        ("유닛 수 ``", "vowel"),
        ("층의 설정 ``", "consonant"),
        ("원-핫 [0, 1, 0]", "consonant"),
        ("\u1112\u1161\u11ab", "consonant"),  # 한 in its parts, as one kind of disk writes it
    ],
)
def test_a_remark_in_brackets_is_not_read(before: str, sound: particles.Sound) -> None:
    assert particles.last_sound(before) == sound


@given(st.text())
def test_any_text_has_a_particle(text: str) -> None:
    assert texts.fill("`{{x}}`{{을/를}}", {"x": text}) in (f"`{text}`을", f"`{text}`를")


@given(st.integers(min_value=0xAC00, max_value=0xD7A3).map(chr))
def test_a_syllable_ends_as_its_parts_say(syllable: str) -> None:
    parts = unicodedata.normalize("NFD", syllable)
    ending = "vowel" if len(parts) == 2 else "rieul" if parts[2] == "\u11af" else "consonant"
    assert particles.last_sound(syllable) == ending


def test_what_a_reader_typed_is_not_taken_for_a_particle() -> None:
    assert texts.fill("`{{x}}`{{을/를}}", {"x": "{{은/는}}"}) == "`{{은/는}}`을"


BOTH_AT_ONCE = re.compile(r"\((?:으|이|은|는|을|를|가|과|와|나|이나|이라)\)|[은는을를이가과와]/[은는을를이가과와]")
BEHIND = r"\}\}[`”’)*\]]*"
OPEN = re.compile(
    rf"\{{\{{\w+(?::[^{{}}]*)?{BEHIND}(?:은|는|이|가|을|를|과|와|으로|로|라는|이라는|여서|이어서)(?![가-힣])"
)
"""A particle that does not look at what is filled in before it."""
PERCENT = re.compile(rf"\{{\{{\w+:[^{{}}]*%{BEHIND}(?:는|가|를|와|로)")
"""What ends with %, 퍼센트, is known to end with a vowel."""


def korean() -> dict[str, str]:
    """Every Korean text of the app by its name."""
    sections = {f"{page.name}.{name}": text for page in PAGES for name, text in texts.prose(page.text("ko")).items()}
    return sections | {key: word["ko"] for key, word in WORDS.items()}


def test_no_text_leaves_the_particle_to_the_reader() -> None:
    for name, text in korean().items():
        assert not BOTH_AT_ONCE.search(particles.PARTICLE.sub("", text)), name
        assert not OPEN.search(PERCENT.sub("", text)), name


def test_a_particle_is_a_pair_that_exists() -> None:
    pairs = {"은/는", "이/가", "을/를", "과/와", "으로/로", "이라는/라는", "이어서/여서"}
    for name, text in korean().items():
        assert {"/".join(pair) for pair in particles.PARTICLE.findall(text)} <= pairs, name
        behind_values = re.findall(rf"{BEHIND}{particles.PARTICLE.pattern}", text)
        assert len(behind_values) == len(particles.PARTICLE.findall(text)), f"{name}: it is known what precedes"


def test_english_has_no_particles_nor_has_the_page_that_fills_its_words_itself() -> None:
    assert not [key for key, word in WORDS.items() if particles.PARTICLE.search(word["en"])]
    static = [word["ko"] for key, word in WORDS.items() if key.startswith("static_")]
    assert static and not any(map(particles.PARTICLE.search, static))
