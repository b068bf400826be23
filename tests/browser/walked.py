"""A page as a keyboard finds it, and as a narrow screen shows it."""

from typing import Any, NamedTuple

# shadow roots included: the player and what is taken home are in such
DEEP = """
  // the tabulator enters these, and the arrows move within (see test_the_arrows_move_within_a_group)
  const GROUPS = '[role=radiogroup], [role=tablist], [role=grid], [role=toolbar]'
  const all = (root) => [...root.querySelectorAll('*')]
    .flatMap((one) => [one, ...(one.shadowRoot ? all(one.shadowRoot) : [])])
  const upwards = (one) => { const found = []
    for (; one; one = one.parentElement ?? one.getRootNode().host) found.push(one)
    return found }
  // what is folded away has a place, but is not there
  const seen = (one) => one.getClientRects().length && one.checkVisibility({ visibilityProperty: true }) && !one.inert
  const called = (one) => `${one.localName}.${[...one.classList].filter((c) => !c.includes('cache')).join('.')} ` +
    `${one.getAttribute('aria-label') ?? one.textContent.trim().slice(0, 40)} ` +
    `[${upwards(one).map((up) => up.dataset?.testid).find(Boolean) ?? ''}]`
"""
BEGIN = """() => {
  // the tabulator goes on from where something was clicked, wherever the focus is
  document.body.tabIndex = -1
  document.body.focus()
  document.body.removeAttribute('tabindex')
}"""
COLLECT = f"""() => {{ {DEEP}
  const look = (one) => {{ const s = getComputedStyle(one)
    return [s.outlineStyle, s.outlineWidth, s.boxShadow, s.borderColor, s.backgroundColor, s.color].join() }}
  const around = (one) => [...upwards(one).slice(0, 4), ...one.querySelectorAll('*')].map(look)
  const asked = 'a[href], button, input, select, textarea, summary, [tabindex], [role=slider], [role=button]'
  const operable = all(document).filter((one) => one.matches(asked) && seen(one) && !one.disabled
    && one.getAttribute('aria-disabled') !== 'true' && !one.closest('[aria-hidden=true]'))
  // of radio buttons the tabulator reaches one, and the arrows the others
  const alone = (one) => one.type !== 'radio' || one.checked
    || !document.querySelector(`input[type=radio][name="${{one.name}}"]:checked`)
  window.walk = {{ before: new Map(), visited: [], around }}
  operable.filter((one) => one.tabIndex >= 0 && alone(one)).forEach((one) => walk.before.set(one, around(one)))
  // the arrow of a menu, the steps of a number and the field of an upload have a box or a button beside them
  const beside = ['Selectbox', 'MultiSelect', 'NumberInput', 'FileUploader']
    .map((kind) => `[data-testid=st${{kind}}]`).join()
  const left = operable.filter((one) => one.tabIndex < 0 && !one.closest(GROUPS) && !one.closest(beside)
    && one.matches('a[href], button, input, select, textarea, summary, [role=slider], [role=button]'))
  return [walk.before.size, left.map(called)]
}}"""
STEP = f"""(waited) => {{ {DEEP}
  let one = document.activeElement
  while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement
  if (!one || one === document.body) return 'out'
  // in a table the tabulator goes from cell to cell before it leaves
  if (!waited && walk.visited.at(-1)?.one === one) return 'within'
  const again = !waited && walk.visited.some((each) => each.one === one)
  const now = walk.around(one), before = walk.before.get(one)
  const style = getComputedStyle(one)
  const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0
  const changed = before ? now.some((look, k) => look !== before[k]) : false
  const shown = upwards(one).every((up) => Number(getComputedStyle(up).opacity) > 0.3) || one.matches('input')
  // a table draws for itself where in it one is
  const told = one.matches('[data-testid=data-grid-canvas]') || ((outlined || changed) && shown)
  if (!waited) walk.visited.push({{ one, told }})
  else walk.visited.at(-1).told = told
  return again ? 'again' : told ? '' : 'faint'
}}"""
FOUND = f"""() => {{ {DEEP}
  const reached = new Set(walk.visited.map(({{ one }}) => one))
  const groups = new Set([...reached].map((one) => one.closest(GROUPS)).filter(Boolean))
  const entered = (one) => groups.has(one.closest(GROUPS))
  return [
    [...walk.before.keys()].filter((one) => one.isConnected && !reached.has(one) && !entered(one)).map(called),
    // what scrolls is a stop of the browser's own
    walk.visited.filter(({{ one, told }}) => !told && walk.before.has(one)).map(({{ one }}) => called(one)),
  ]
}}"""


CELLS = 60
"""How many cells of tables the tabulator may go through."""


class Walk(NamedTuple):
    """What a walk with the tabulator found: how many stops, and what was wrong with which controls."""

    stops: int
    left_out: list[str]
    missed: list[str]
    unseen: list[str]
    ended: bool


def walked(one: Any) -> Walk:
    """Walk through the whole page with the tabulator, from its beginning until it leaves the page."""
    one.page.evaluate(BEGIN)
    stops, left_out = one.page.evaluate(COLLECT)
    how = ""
    for _ in range(stops + CELLS):
        one.page.keyboard.press("Tab")
        how = one.page.evaluate(STEP, False)
        if how == "faint":
            # what appears with the focus takes half a second
            one.page.wait_for_timeout(600)
            one.page.evaluate(STEP, True)
        if how in ("out", "again"):
            break
    missed, unseen = one.page.evaluate(FOUND)
    return Walk(stops, left_out, missed, unseen, how in ("out", "again"))


# ---- a narrow screen -------------------------------------------------------------------------------------------------

CUT_OFF = f"""() => {{ {DEEP}
  const main = document.querySelector('[data-testid=stMain]')
  const clips = (value) => value === 'hidden' || value === 'clip'
  const found = []
  for (const one of all(main)) {{
    const own = [...one.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE && node.data.trim())
    const left = one.closest('.katex, option, style, script, [data-testid*=Icon]')
    // a number for which an axis has no room is there, and not drawn
    if (!own.length || !seen(one) || left || getComputedStyle(one).opacity === '0') continue
    const range = document.createRange()
    range.setStartBefore(own[0])
    range.setEndAfter(own.at(-1))
    const text = range.getBoundingClientRect()
    for (const up of upwards(one)) {{
      if (up === main) break
      const style = getComputedStyle(up)
      if (/auto|scroll/.test(style.overflowX + style.overflowY)) break
      const box = up.getBoundingClientRect()
      // what only a screen reader is to find has no size, and an expander that is closed no height
      if (box.width < 3 || box.height < 3) break
      const [across, along] = [clips(style.overflowX), clips(style.overflowY)]
      // around its letters a line has room that may be cut off
      const room = 0.35 * parseFloat(getComputedStyle(one).fontSize)
      if ((across && (text.left < box.left - room || text.right > box.right + room))
        || (along && (text.top < box.top - room || text.bottom > box.bottom + room))) {{
        found.push(`${{called(one)}} in ${{called(up)}}`.replace(/\\s+/g, ' ').slice(0, 200))
        break
      }}
    }}
  }}
  return found
}}"""
OVERLAPPED = f"""() => {{ {DEEP}
  // links in running text break over lines, and their boxes with them
  const controls = all(document.querySelector('[data-testid=stMain]')).filter((one) =>
    one.matches('button, select, summary, a[href], input:not([type=file])') && seen(one)
    && !one.closest('[data-testid=stElementToolbar], p, li')
    && upwards(one).every((up) => Number(getComputedStyle(up).opacity) > 0 || up.localName === 'input'))
  const boxes = controls.map((one) => [one, one.getBoundingClientRect()])
    .filter(([, box]) => box.width > 4 && box.height > 4)
  const found = []
  for (const [k, [one, a]] of boxes.entries()) for (const [other, b] of boxes.slice(k + 1)) {{
    const across = Math.min(a.right, b.right) - Math.max(a.left, b.left)
    const along = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)
    const apart = across <= 2 || along <= 2 || one.contains(other) || other.contains(one)
    if (!apart) found.push(`${{called(one)}} / ${{called(other)}}`)
  }}
  return found
}}"""


def cut_off(one: Any) -> list[str]:
    """Texts of the page of which something is hidden by the edge of what they stand in."""
    return one.page.evaluate(CUT_OFF)


def overlapped(one: Any) -> list[str]:
    """Pairs of controls of the page that lie on each other."""
    return one.page.evaluate(OVERLAPPED)
