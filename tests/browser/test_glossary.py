"""Terms in a real browser: what a pointer and a keyboard show of them, and where they lead."""

import re
from collections.abc import Callable
from typing import Any

from ui.text import texts

Arrive = Callable[..., Any]

IN_PROSE = '[data-testid="stMarkdownContainer"] a[href^="glossary?"]'
LOOK = """link => {
  const own = getComputedStyle(link), around = getComputedStyle(link.parentElement)
  return { line: own.textDecorationStyle, same: own.color === around.color, size: own.fontSize === around.fontSize }
}"""
SHOWN = "link => getComputedStyle(link, '::after').content"


def test_a_term_says_its_sentence_and_leads_to_the_glossary(visitor: Arrive) -> None:
    language = "ko"
    one = visitor().go(f"/gradient_descent?lang={language}&lr=0.2")
    name, means = texts.terms()["gradient"].name[language], texts.terms()["gradient"].means[language]
    terms = one.page.locator(IN_PROSE)
    assert terms.count() > 5
    gradient = terms.filter(has_text=re.compile(f"^{name}$")).first
    assert gradient.evaluate(LOOK) == {"line": "dotted", "same": True, "size": True}
    # to the pointer the browser shows the title
    gradient.hover()
    assert gradient.get_attribute("title") == means
    assert gradient.evaluate(SHOWN) == "none"
    # and to the keyboard the page does
    gradient.press("Tab")
    one.page.keyboard.press("Shift+Tab")
    assert gradient.evaluate("link => link === document.activeElement && link.matches(':focus-visible')")
    assert gradient.evaluate(SHOWN) == f'"{means}"'
    with one.context.expect_page() as opening:
        one.page.keyboard.press("Enter")
    glossary = opening.value
    glossary.wait_for_selector(f'.st-key-term-gradient >> text="{means}"')
    assert one.address == {"lang": language, "lr": "0.2"}
    assert f"/glossary?lang={language}&q=" in glossary.url
    glossary.close()
    assert one.complaints == [] and one.elsewhere == []


def test_from_a_term_to_its_topic_and_back_in_the_readers_language(visitor: Arrive) -> None:
    language = "en"
    one = visitor().go(f"/glossary?lang={language}")
    search = one.control("q").locator("input")
    search.fill("basin")
    search.press("Enter")
    one.until_address(q="basin", lang=language)
    one.page.locator('.st-key-term-basin [data-testid="stPageLink"] a').click()
    one.page.wait_for_url("**/gradient_descent?*")
    one.ready()
    assert one.address["lang"] == language
    one.page.locator('[data-testid="stSidebar"] [data-testid="stPageLink"] a').last.click()
    one.page.wait_for_url("**/glossary?*")
    one.until_address(lang=language, q="basin")
    assert search.input_value() == "basin"
    assert one.complaints == []
