"""An address that leads nowhere, in a real browser: our page, in the reader's language, with the ways on."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from ui.page.navigation import topics
from ui.text import texts

Arrive = Callable[..., Any]


def test_an_address_that_leads_nowhere_shows_our_page_in_the_readers_language(visitor: Arrive, language: str) -> None:
    locale = {"ko": "ko-KR", "en": "en-GB"}[language]
    # nothing but the browser says which language is read
    one = visitor(locale=locale).go("/nosuchpage")
    title = texts.prose(texts.PAGES / f"no_such_page.{language}.md")["title"]
    assert one.page.locator('[data-testid="stMain"] h1').inner_text() == title
    assert one.page.locator('[data-testid="stMain"]').get_by_text("nosuchpage").count() == 1
    # Streamlit's own words for it are a dialog
    assert one.page.get_by_role("dialog").count() == 0
    menu = one.page.locator('[data-testid="stSidebar"] [data-testid="stPageLink"] a').all_inner_texts()
    assert title not in menu and len(menu) == len(topics()) + 2
    assert one.page.locator('[class*="st-key-topic-"] a').count() == len(topics())
    assert one.complaints == []


def test_the_page_that_was_meant_is_one_click_away(visitor: Arrive) -> None:
    one = visitor().go("/course/Gradient-Descent?lang=en&lr=0.1")
    one.page.locator(".st-key-meant a").click()
    one.until("() => location.pathname === '/gradient_descent'")
    one.ready()
    assert one.address["lang"] == "en" and one.complaints == []


def test_what_an_address_says_is_text_and_nothing_else(visitor: Arrive) -> None:
    asked = quote("`<b>**bold**` [x](https://x.example)")
    one = visitor().go(f"/no_such_page?lang=en&asked={asked}")
    main = one.page.locator('[data-testid="stMain"]')
    assert main.locator("b, a[href*='x.example']").count() == 0
    assert main.locator("code").first.inner_text() == "'<b>**bold**' [x](https://x.example)"[:40]
    assert one.complaints == []
