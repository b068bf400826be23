"""The app's own security headers, without nginx: tests/browser runs every page under them, and they are in force."""

from collections.abc import Callable

from playwright.sync_api import Response

from tests.visitor import Visitor

REFUSED = """async () => {
  const refused = []
  document.addEventListener("securitypolicyviolation", event => refused.push(event.effectiveDirective))
  new Image().src = "https://elsewhere.example/x.png"
  await fetch("https://elsewhere.example/").catch(() => {})
  const script = document.createElement("script")
  script.src = "https://elsewhere.example/x.js"
  await new Promise(done => { script.onerror = done; document.body.append(script) })
  // what was refused is said a moment later
  for (let k = 0; k < 300 && refused.length < 3; k++) await new Promise(done => setTimeout(done, 100))
  return refused
}"""


def test_a_lesson_plays_under_the_app_s_own_policy_which_is_in_force(visitor: Callable[..., Visitor]) -> None:
    one = visitor()
    answers: list[Response] = []

    def heard(answer: Response) -> None:
        answers.append(answer)

    one.page.on("response", heard)
    one.go("/gradient_descent?lang=en&predict=0")
    [document] = [answer for answer in answers if answer.url.startswith(f"{one.base}/gradient_descent?")]
    assert "default-src 'self'" in (document.header_value("content-security-policy") or "")
    one.button("one_weight", "back").click()
    one.until_step("one_weight", "t === last - 1")
    assert one.complaints == []
    refused = one.page.evaluate(REFUSED)
    assert {name.removesuffix("-elem") for name in refused} == {"img-src", "connect-src", "script-src"}
    # they were asked for, and never sent
    one.page.remove_listener("response", heard)
    one.elsewhere.clear()
