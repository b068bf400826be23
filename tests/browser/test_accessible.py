"""Whoever sees little, hears the page read out, uses no pointer, or holds a phone, loses nothing."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.accessible import STREAMLITS, broken, darkened, ours, unrolled
from tests.browser.test_pages import LANGUAGES, address_of, query_of
from tests.browser.walked import walked
from tests.charts.colours import contrast

Arrive = Callable[..., Any]
ROOT = Path(__file__).resolve().parent.parent.parent

COLOURS = """text => [getComputedStyle(text).color, getComputedStyle(text.closest('button')).backgroundColor]"""
"""The colours of a button's text and of the button."""

PLAIN = """
import pandas as pd
import streamlit as st

st.set_page_config(layout="wide")
st.title("Title")
if "widgets" in st.query_params:
    with st.sidebar:
        st.segmented_control("Choice", ["a", "b"], default="a")
    st.slider("Number", 0.0, 1.0, 0.3)
    st.select_slider("Step", ["a", "b", "c"])
    st.selectbox("Menu", ["a", "b"])
    st.multiselect("Several", ["a", "b"], default=["a"])
    st.number_input("Box", 0.0, 1.0)
    st.text_input("Line")
    st.text_area("Lines")
    st.toggle("Switch")
    st.pills("Pills", ["a", "b"], default="a")
    st.radio("Radio", ["a", "b"], help="help")
    st.button("Button")
    table = pd.DataFrame({"u": [1, 2]})
    with st.expander("Tables", expanded=True):
        st.dataframe(table, hide_index=True, alt="numbers")
        st.table(table)
        st.data_editor(table, hide_index=True)
    with st.popover("More"):
        st.markdown("more")
    st.info("info")
    st.success("success")
    st.warning("warning")
    st.error("error")
    st.tabs(["a", "b"])[0].latex("w - g")
    st.download_button("File", "x", file_name="x")
    st.file_uploader("Upload")
"""


@pytest.fixture
def plain(serve: Callable[..., str], tmp_path: Path) -> str:
    """A server with nothing of ours but its settings: empty, and with ``?widgets`` one of each that we use."""
    (tmp_path / "plain" / ".streamlit").mkdir(parents=True)
    settings = (ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8")
    (tmp_path / "plain" / ".streamlit" / "config.toml").write_text(settings, encoding="utf-8")
    (tmp_path / "plain" / "streamlit_app.py").write_text(PLAIN, encoding="utf-8")
    return serve(tmp_path / "plain")


@pytest.mark.thorough
def test_what_is_left_to_streamlit_is_what_streamlit_breaks_by_itself(visitor: Arrive, plain: str) -> None:
    one = visitor(plain).go("/")
    assert broken(one) == {}
    one.go("/?widgets=1")
    unrolled(one)
    assert set(broken(one)) == STREAMLITS
    darkened(one)
    assert set(broken(one)) == STREAMLITS


@pytest.mark.thorough
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_of_ours_on_any_page(any_script: str, language: str, visitor: Arrive) -> None:
    one = visitor().go(f"{address_of(any_script)}?{query_of(any_script, language)}")
    unrolled(one)
    for scheme in ("light", "dark"):
        darkened(one, scheme)
        assert ours(one) == {}


# ---- states ----------------------------------------------------------------------------------------------------------


@pytest.mark.thorough
def test_what_opens_and_what_is_said_is_as_accessible(visitor: Arrive) -> None:
    # what cannot be read in an address, and a formula that none is: both are told in words
    one = visitor().go("/gradient_descent?lang=ko&f=own_formula&f_text=__import__(x)&zz=1")
    beat = one.beat("one_weight")
    # a question that waits, then its verdict
    assert beat.locator('[class*="st-key-predict-"] button').count() > 1
    beat.locator('[class*="st-key-predict-"] button').first.click()
    beat.locator('[data-testid="stAlert"]').first.wait_for()
    one.ready()
    for summary in beat.locator("summary").all():
        summary.click()
    beat.locator('[data-testid="stDataFrame"]').first.wait_for()
    beat.locator('[data-testid="stCode"]').first.wait_for()
    takehome = one.page.locator('[class*="st-key-takehome-"]')
    takehome.locator("summary").click()
    takehome.locator("h5").first.wait_for()
    unrolled(one)
    assert one.page.locator('[data-testid="stAlertContentError"]').count() == 1
    assert one.page.locator('[data-testid="stAlertContentWarning"]').count() == 1
    assert ours(one) == {}
    beat.locator('[data-testid="stPopover"] button').first.click()
    one.page.locator('[data-testid="stPopoverBody"]').wait_for()
    assert ours(one, inside='[data-testid="stPopoverBody"]') == {}
    one.page.keyboard.press("Escape")
    one.page.locator(".st-key-gradient_descent-link button").click()
    one.page.locator('[role="dialog"] img').wait_for()
    darkened(one)
    assert ours(one, inside='[role="dialog"]') == {}


@pytest.mark.parametrize("screen", [{"width": 1280, "height": 900}, {"width": 390, "height": 844}])
def test_one_question_is_as_accessible(screen: dict[str, int], visitor: Arrive) -> None:
    one = visitor(viewport=screen).go("/optimizers?lang=ko&beat=one_step&predict=0")
    unrolled(one)
    for scheme in ("light", "dark"):
        darkened(one, scheme)
        assert ours(one) == {}
        # axe does not judge the colours of a single character
        colours = one.page.locator(".st-key-stage-row-one_step p").first.evaluate(COLOURS)
        text, button = (tuple(float(part) for part in re.findall(r"\d+", each)) for each in colours)
        assert contrast(text, button) >= 4.5


@pytest.mark.thorough
def test_a_presentation_is_as_accessible(visitor: Arrive) -> None:
    one = visitor().go("/gradient_descent?lang=en&present=1&predict=0")
    unrolled(one)
    darkened(one)
    assert ours(one) == {}


# ---- the keyboard ----------------------------------------------------------------------------------------------------


@pytest.mark.on_pages(1)
def test_the_keyboard_reaches_every_control_and_shows_where_it_is(script: str, visitor: Arrive) -> None:
    one = visitor().go(f"{address_of(script)}?{query_of(script, 'ko')}")
    # tables, sources, goals: what is folded away has controls of its own
    for summary in one.page.locator('[data-testid="stMain"] summary').all()[:4]:
        summary.click()
    one.page.locator('[class*="st-key-takehome-"] summary').click()
    one.page.locator('[class*="st-key-takehome-"] h5').first.wait_for()
    one.ready()
    walk = walked(one)
    assert walk.stops > 60
    assert walk.ended
    assert walk.left_out == [] and walk.missed == [] and walk.unseen == []


def test_the_arrows_move_within_a_group(visitor: Arrive) -> None:
    one = visitor().go("/glossary?lang=ko")
    choices = one.page.locator('[data-testid="stSidebar"]').get_by_role("radio")
    choices.first.focus()
    one.page.keyboard.press("ArrowRight")
    one.page.keyboard.press("Space")
    one.until_address(lang="en")
    assert choices.last.get_attribute("aria-checked") == "true"
