"""What a browser brings back when a page is loaded anew, that it forgets it, and that nobody else has it."""

import re
from collections.abc import Callable
from typing import Any

Arrive = Callable[..., Any]
PAGE = "/gradient_descent?lang=en&beat=one_weight"
KEPT = "() => Object.keys(localStorage).filter(key => key.startsWith('lesson-memory-1:')).sort()"
MINE = ["lesson-memory-1:gradient_descent.one_weight", "lesson-memory-1:me"]


def guess(one: Any) -> str:
    one.page.locator('[class*="st-key-predict-"] button').first.click()
    return verdict(one)


def verdict(one: Any) -> str:
    alert = one.page.locator('[class*="st-key-beat-"] [data-testid="stAlert"]').first
    alert.wait_for()
    one.ready()
    return str(alert.inner_text())


def code(one: Any) -> str:
    text = "\n".join(one.page.locator('[data-testid="stCaptionContainer"]').all_inner_texts())
    (found,) = re.findall(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", text)
    return str(found)


def is_asked(one: Any) -> bool:
    return bool(one.page.locator('[class*="st-key-predict-"] button').count())


def until_kept(one: Any, keys: list[str]) -> None:
    one.until(f"keys => JSON.stringify(({KEPT})()) === JSON.stringify(keys)", arg=keys)


def test_a_guess_is_there_when_the_page_is_loaded_anew(visitor: Arrive) -> None:
    one = visitor().go(PAGE)
    assert one.page.evaluate(KEPT) == [] and is_asked(one)
    said, number = guess(one), code(one)
    until_kept(one, MINE)
    one.page.reload()
    one.ready()
    assert verdict(one) == said and code(one) == number
    assert "✓" in one.page.locator(".st-key-stage-row-one_weight button").first.inner_text()
    assert one.address == {"lang": "en", "beat": "one_weight"}
    assert one.complaints == [] and one.elsewhere == []


def test_a_guess_for_another_setup_is_asked_anew_and_the_old_one_stays(visitor: Arrive) -> None:
    one = visitor().go(PAGE)
    said = guess(one)
    until_kept(one, MINE)
    one.page.goto(f"{one.base}{PAGE}&lr=0.5")
    one.ready()
    one.page.locator('[class*="st-key-predict-"] button').first.wait_for()
    assert one.page.locator('[class*="st-key-beat-"] [data-testid="stAlert"]').count() == 0
    assert one.address["lr"] == "0.5", "what the address says is never changed by what is remembered"
    one.page.goto(f"{one.base}{PAGE}")
    one.ready()
    assert verdict(one) == said


def test_it_is_forgotten_when_asked_to(visitor: Arrive) -> None:
    one = visitor().go(PAGE)
    guess(one)
    until_kept(one, MINE)
    one.page.locator(".st-key-gradient_descent-forget button").click()
    one.page.locator('[class*="st-key-predict-"] button').first.wait_for()
    until_kept(one, [])
    one.page.reload()
    one.ready()
    assert is_asked(one) and one.page.evaluate(KEPT) == []
    guess(one)
    until_kept(one, MINE)
    assert one.complaints == []


def test_another_visitor_has_nothing(visitor: Arrive) -> None:
    one = visitor().go(PAGE)
    guess(one)
    other = visitor(locale="en-US").go(PAGE)
    assert is_asked(other) and other.page.evaluate(KEPT) == []


def test_whoever_has_nothing_kept_costs_no_second_run(visitor: Arrive) -> None:
    one = visitor().go(PAGE)
    runs = "() => document.querySelector('[data-testid=stApp]').dataset.memoryRuns ?? '0'"
    one.page.evaluate(
        """() => {
          const app = document.querySelector('[data-testid=stApp]')
          const seen = () => app.dataset.testScriptState === 'running' &&
            (app.dataset.memoryRuns = Number(app.dataset.memoryRuns ?? 0) + 1)
          new MutationObserver(seen).observe(app, { attributeFilter: ['data-test-script-state'] })
        }"""
    )
    one.page.wait_for_timeout(1500)
    assert one.page.evaluate(runs) == "0"


def test_nonsense_that_stands_there_is_left_alone(visitor: Arrive) -> None:
    one = visitor().go(PAGE)
    one.page.evaluate(
        """() => {
          const nonsense = ['{', '[[[', '{"v":1,"guess":["no_choice","0"],"answers":{"x":"7"}}', 'x'.repeat(5000)]
          nonsense.forEach((text, k) => localStorage.setItem(`lesson-memory-1:gradient_descent.${k}`, text))
          localStorage.setItem('lesson-memory-1:gradient_descent.one_weight', nonsense[2])
          localStorage.setItem('lesson-memory-1:me', '99999999999999')
        }"""
    )
    one.page.reload()
    one.ready()
    assert is_asked(one)
    guess(one)
    assert one.complaints == []


def test_a_browser_that_keeps_nothing_asks_as_before(visitor: Arrive) -> None:
    one = visitor(locale="de-DE")
    one.context.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('denied', 'SecurityError') } })"
    )
    one.go(PAGE)
    guess(one)
    one.page.reload()
    one.ready()
    assert is_asked(one)


def test_two_windows_lose_nothing_of_each_other(visitor: Arrive) -> None:
    one = visitor().go(PAGE)
    other = visitor().go("/gradient_descent?lang=en&beat=two_weights")
    guess(one)
    guess(other)
    until_kept(one, [MINE[0], "lesson-memory-1:gradient_descent.two_weights", MINE[1]])
    one.page.reload()
    verdict(one)
    one.page.locator(".st-key-stage-on button").click()
    one.page.wait_for_selector(".st-key-beat-two_weights")
    verdict(one)
    assert one.complaints == []


def test_a_test_set_that_was_opened_stays_open(visitor: Arrive) -> None:
    one = visitor().go("/model_evaluation?lang=en&beat=only_once&predict=0")
    button = one.page.locator('[class*="open6"] button')
    button.click()
    one.until("() => document.querySelector('[class*=open6] button').disabled")
    until_kept(one, ["lesson-memory-1:model_evaluation.only_once"])
    one.page.reload()
    one.until("() => document.querySelector('[class*=open6] button')?.disabled === true")
    one.ready()
    assert one.complaints == []
