"""A visitor's words inside a sentence of ours, and what is written into an address."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.controls import page_state
from ui.controls.kinds import Switch
from ui.controls.page_state import excerpt


@given(st.text())
def test_a_visitors_words_stay_inside_a_code_span(text: str) -> None:
    short = excerpt(text)
    assert "`" not in short
    assert len(short) <= 41
    assert len(short.splitlines()) <= 1
    assert short == short.strip()


def test_short_words_stay_as_they_are() -> None:
    assert excerpt("<script>alert(1)</script>") == "<script>alert(1)</script>"
    assert excerpt("a\n b\t`c`") == "a b 'c'"


@given(st.text("ab", min_size=41))
def test_long_words_end_in_an_ellipsis(text: str) -> None:
    assert excerpt(text).endswith("…")
    assert text.startswith(excerpt(text)[:-1])


def test_a_default_that_is_kept_is_not_written_into_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a control that is not drawn now it stood there, and whoever opened the address lost it again."""
    written: dict[str, list[str]] = {}
    monkeypatch.setattr(page_state.st, "query_params", SimpleNamespace(from_dict=written.update))
    switches = {"on": Switch(False), "off": Switch(False)}
    page_state.write_address(page_state.PageState(settings={"on": True, "off": False}, kinds=dict(switches)), "ko")
    assert written == {"lang": ["ko"], "on": ["1"]}
