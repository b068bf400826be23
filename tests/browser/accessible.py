"""axe-core in a page that is open, and what of its findings are Streamlit's."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from axe_playwright_python.base import AXE_SCRIPT

# what is drawn inside a chart is hidden from screen readers as a whole (see test_pictures_are_told), and axe takes long
# to find that out for ten thousand points
RUN = """async ([rules, inside]) => {
  const within = (one) => {
    for (let up = one; up; up = up.parentElement ?? up.getRootNode().host) {
      if (up.dataset?.testid) return up.dataset.testid
    }
    return ''
  }
  const only = rules.length ? { runOnly: { type: 'rule', values: rules } } : {}
  const context = { exclude: [['svg.marks > *']], ...(inside ? { include: [[inside]] } : {}) }
  const { violations } = await axe.run(context, { elementRef: true, resultTypes: ['violations'], ...only })
  return violations.flatMap(({ id, nodes }) => nodes.map(({ element, html, failureSummary }) =>
    [id, `${within(element)} ${element.localName}`.trim(), `${html.slice(0, 200)} ${failureSummary}`]))
}"""
TALL = "() => document.querySelector('[data-testid=stMain]').scrollHeight"


class Broken(NamedTuple):
    """A rule of axe that is broken, and the nature of what breaks it: Streamlit's name for the part, and the tag."""

    rule: str
    part: str


STREAMLITS = {Broken("presentation-role-conflict", "stFileUploaderDropzone section")}
"""What Streamlit's own widgets break wherever they stand; nothing that a page could say would mend it."""


def broken(one: Any, rules: Sequence[str] = (), inside: str = "") -> dict[Broken, list[str]]:
    """What is broken on a page as it stands, and where; ``rules``: these alone; ``inside``: in this place alone."""
    if not one.page.evaluate("() => 'axe' in window"):
        one.page.evaluate(AXE_SCRIPT)
    found: dict[Broken, list[str]] = {}
    for rule, part, where in one.page.evaluate(RUN, [list(rules), inside]):
        found.setdefault(Broken(rule, part), []).append(where)
    return found


def ours(one: Any, rules: Sequence[str] = (), inside: str = "") -> dict[Broken, list[str]]:
    """What is broken besides ``STREAMLITS``."""
    return {what: where for what, where in broken(one, rules, inside).items() if what not in STREAMLITS}


def unrolled(one: Any) -> None:
    """Make the window as tall as the page: of what is scrolled out of sight axe does not judge the colours."""
    one.page.set_viewport_size({"width": one.usual["width"], "height": max(one.page.evaluate(TALL), 900)})
    one.ready()


def darkened(one: Any, scheme: str = "dark") -> None:
    """Turn to a theme; Streamlit follows what the system prefers."""
    # colours that are still on their way are nobody's
    one.page.add_style_tag(content="* { transition: none !important }")
    one.page.emulate_media(color_scheme=scheme)
    one.until(
        "scheme => getComputedStyle(document.querySelector('[data-testid=stApp]')).colorScheme === scheme", arg=scheme
    )
    one.ready()
