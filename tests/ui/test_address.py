"""A visitor's words inside a sentence of ours."""

from hypothesis import given
from hypothesis import strategies as st

from ui.address import shortened


@given(st.text())
def test_a_visitors_words_stay_inside_a_code_span(text: str) -> None:
    short = shortened(text)
    assert "`" not in short
    assert len(short) <= 41
    assert len(short.splitlines()) <= 1
    assert short == short.strip()


def test_short_words_stay_as_they_are() -> None:
    assert shortened("<script>alert(1)</script>") == "<script>alert(1)</script>"
    assert shortened("a\n b\t`c`") == "a b 'c'"


@given(st.text("ab", min_size=41))
def test_long_words_end_in_an_ellipsis(text: str) -> None:
    assert shortened(text).endswith("…")
    assert text.startswith(shortened(text)[:-1])
