// Describes every chart by the sentence beneath it, and lets the keyboard into what scrolls by itself.

const SCROLLS = '.katex-display, [data-testid="stCode"] pre'
const PAUSE = 300

const watchers = new WeakMap()
let count = 0

/** The sentence beneath a chart, if there is one. */
function saidOf(chart) {
  const below = chart.closest('[data-testid="stElementContainer"]')?.nextElementSibling
  return below?.querySelector('[data-testid="stCaptionContainer"]')
}

function mend() {
  for (const chart of document.querySelectorAll('[data-testid="stVegaLiteChart"]')) {
    const said = saidOf(chart)
    if (!said) continue
    said.id ||= `said-${++count}`
    chart.setAttribute("aria-describedby", said.id)
  }
  for (const one of document.querySelectorAll(SCROLLS)) {
    const scrolls = one.scrollWidth > one.clientWidth || one.scrollHeight > one.clientHeight
    const reached = scrolls && getComputedStyle(one).overflow !== "visible"
    if (reached && !one.hasAttribute("tabindex")) {
      one.tabIndex = 0
      one.dataset.reached = ""
    } else if (!reached && "reached" in one.dataset) {
      one.removeAttribute("tabindex")
      delete one.dataset.reached
    }
  }
}

export default function ({ parentElement }) {
  watchers.get(parentElement)?.()
  let waiting = null
  const later = () => (waiting ??= setTimeout(() => ((waiting = null), mend()), PAUSE))
  // a playing chart changes many times a second, and nothing of it is to be mended
  const watcher = new MutationObserver((changes) => {
    if (changes.some(({ target }) => !target.closest?.("svg"))) later()
  })
  watcher.observe(document.body, { childList: true, subtree: true })
  addEventListener("resize", later)
  mend()
  const stop = () => {
    clearTimeout(waiting)
    watcher.disconnect()
    removeEventListener("resize", later)
  }
  watchers.set(parentElement, stop)
  return stop
}
