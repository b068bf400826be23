"""Every page in a real browser: its charts are drawn, and it neither complains nor asks anyone else for anything."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmarks.serving import copy_app
from tests.browser.accessible import ours, unrolled
from tests.browser.walked import cut_off, overlapped
from tests.watched import called

ROOT = Path(__file__).resolve().parent.parent.parent
Arrive = Callable[..., Any]
LANGUAGES = ("ko", "en")
MARKUP = re.compile(r"\*\*|glossary\?")
"""What of Markdown's marks and of the terms' links a reader must not see."""
DRAWN = """charts => charts.map(chart => [
  chart.querySelectorAll('svg .role-mark :is(path[d], image, text)').length,
  chart.querySelectorAll('svg .role-axis-label text, svg .mark-text text').length,
])"""
OUTSIDE = """() => [...document.querySelectorAll('[data-testid=stMain] *')]
  .filter(one => one.getClientRects().length
    && one.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .filter(one => { for (let up = one; up; up = up.parentElement) {
    if (getComputedStyle(up).overflowX !== 'visible' && up.dataset.testid !== 'stMain') return false
  } return true }).slice(0, 5).map(one => one.outerHTML.slice(0, 200))"""
DESCRIBED = """() => [...document.querySelectorAll('[data-testid=stVegaLiteChart]')].every(chart =>
  chart.getAttribute('aria-label')
  && /\\d/.test(document.getElementById(chart.getAttribute('aria-describedby'))?.innerText))"""
FITTED = """() => [...document.querySelectorAll('[data-testid=stVegaLiteChart]')].every(chart =>
  [...chart.querySelectorAll('svg.marks')].every(svg =>
    svg.getBoundingClientRect().width <= chart.getBoundingClientRect().width + 3))"""
"""Every picture has found its size: it asks for its place's a moment after that has changed."""
TOO_WIDE = "() => document.querySelector('[data-testid=stMain]').scrollWidth - document.documentElement.clientWidth"


LOOKED_THROUGH = ("streamlit_app.py", "pages/2_learning_rate.py", "pages/5_optimizers.py", "pages/7_training.py")
"""Where axe is asked here; tests/browser/test_accessible.py asks it on every page, in both languages and themes."""
LAPTOP = 800
"""How high a laptop's window is."""
CONTROLS = [f"[data-testid={name}]" for name in ("stSlider", "stSelectbox", "stButtonGroup", "stTextInput")]
PICTURES = ["[data-testid=stVegaLiteChart] svg .background", ".st-key-live-network"]
LOWEST = """kinds => Math.min(...kinds.flatMap(kind =>
  [...document.querySelectorAll(`[data-testid=stMain] ${kind}`)].map(one => one.getBoundingClientRect().bottom)))"""


def address_of(script: str) -> str:
    of_pages = re.fullmatch(r"pages/(?:\d+_)?(\w+)\.py", script)
    return f"/{of_pages[1]}" if of_pages else "/"


def query_of(script: str, language: str) -> str:
    return f"lang={language}" + ("&predict=0" if is_lesson(script) else "")


def is_lesson(script: str) -> bool:
    return bool(re.match(r"pages/\d", script))


def test_everything_is_drawn_fits_a_phone_and_nothing_complains(any_script: str, visitor: Arrive, calls: Path) -> None:
    # by turns: what a browser makes of a page does not hang on its language, but for the length of words
    turn = sum(map(ord, any_script))
    language = LANGUAGES[turn % 2]
    one = visitor()
    one.page.emulate_media(color_scheme=("light", "dark")[turn // 2 % 2])
    one.go(f"{address_of(any_script)}?{query_of(any_script, language)}")
    charts = one.page.locator('[data-testid="stVegaLiteChart"]')
    if is_lesson(any_script):
        assert charts.count() > 0
        # a laptop shows the first picture and what moves it without being scrolled
        assert one.page.evaluate(LOWEST, PICTURES) < LAPTOP
        assert one.page.evaluate(LOWEST, CONTROLS) < LAPTOP
    # powers of ten as people write them
    written = one.page.locator("svg.marks .role-axis-label text").all_text_contents()
    assert not [text for text in written if re.search(r"\de[+-]?\d", text)]
    for drawn, numbers in charts.evaluate_all(DRAWN):
        # axes without anything between them would be drawn, too
        assert drawn > 0
        # its axes' numbers, or the names in a picture without axes
        assert numbers > 2
    one.until("language => document.documentElement.lang === language", arg=language)
    assert one.page.locator('[data-testid="stException"]').count() == 0
    told = one.page.locator('[class*="st-key-beat-"] [data-testid="stMarkdownContainer"]').all_inner_texts()
    assert not [text for text in told if MARKUP.search(text)]
    # every picture has a name, and is described by a sentence with its numbers; its points are not read out one by one
    one.until(DESCRIBED)
    assert one.page.locator("svg.marks [role=graphics-symbol]").count() == 0
    unrolled(one)
    if any_script in LOOKED_THROUGH:
        assert ours(one) == {}
    # to a page, a window of 1280 zoomed to 200 % is one of 640
    for width, height in ((640, 450), (390, 844)):
        one.page.set_viewport_size({"width": width, "height": height})
        one.until("width => document.documentElement.clientWidth <= width", arg=width)
        one.ready()
        one.until(f"() => ({TOO_WIDE})() <= 0")
        one.until(FITTED)
        assert cut_off(one) == [] and overlapped(one) == []
    assert one.page.evaluate(OUTSIDE) == []
    assert one.complaints == []
    assert one.elsewhere == []
    # nor does the process that has drawn it
    assert called(calls) == []


def test_a_deep_link_is_right_on_a_fresh_server(visitor: Arrive, serve: Callable[[Path], str]) -> None:
    one = visitor(serve(ROOT)).go("/gradient_descent?lang=ko")
    assert one.page.locator('[data-testid="stVegaLiteChart"]').count() > 0
    sidebar = one.page.locator('[data-testid="stSidebar"]')
    assert sidebar.locator('[data-testid="stPageLink"]').count() >= 2
    assert one.page.locator('[role="dialog"]').count() == 0
    assert one.complaints == []


@pytest.fixture
def copy_of_project(tmp_path: Path) -> Path:
    return copy_app(ROOT, tmp_path / "project")


@pytest.mark.thorough
def test_a_saved_text_shows_in_the_open_page(visitor: Arrive, serve: Callable[..., str], copy_of_project: Path) -> None:
    watching = serve(copy_of_project, "--server.fileWatcherType", "auto")
    one = visitor(watching).go("/gradient_descent?lang=en&lr=0.2&predict=0")
    text = next((copy_of_project / "pages").glob("*gradient_descent.en.md"))
    before = text.read_text(encoding="utf-8")
    text.write_text(before + "\nA sentence of today.\n", encoding="utf-8")
    one.page.wait_for_selector("text=A sentence of today.")
    words = copy_of_project / "pages" / "words.toml"
    old = words.read_text(encoding="utf-8")
    assert 'en = "Reset this page"' in old
    words.write_text(old.replace('en = "Reset this page"', 'en = "From the beginning"'), encoding="utf-8")
    one.page.wait_for_selector("text=From the beginning")
    # what was set stays
    assert one.address == {"lang": "en", "lr": "0.2", "predict": "0"}
    assert one.ready().slid_to("lr") == "0.2"


def test_a_visitors_words_are_shown_as_they_are(visitor: Arrive) -> None:
    """Formulas in sentences keep their stars, and a visitor's markup does nothing."""
    one = visitor().go("/gradient_descent?lang=en&f=own_formula&f_text=__import__(x)&zz=%3Cb%3Ehi%3C%2Fb%3E&*a*=1")
    main = one.page.locator('[data-testid="stMain"]')
    assert "__import__" in main.locator('[data-testid="stAlertContentError"]').inner_text()
    assert "*a*" in main.locator('[data-testid="stAlertContentWarning"]').inner_text()
    assert any("x**2 + 3*sin(y)" in text for text in one.said())
    assert one.complaints == []
