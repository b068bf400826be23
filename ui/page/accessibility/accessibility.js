// Describes every chart by its sentence, and lets the keyboard into what scrolls by itself.

const SCROLLS = '.katex-display, [data-testid="stCode"] pre'
const PAUSE = 300

const watchers = new WeakMap()
let count = 0

/** The charts of a question, each with its sentence: both stand in the same order. */
function* described() {
  for (const beat of document.querySelectorAll('[class*="st-key-beat-"]')) {
    const sentences = beat.querySelectorAll('[class*="st-key-said-"] [data-testid="stCaptionContainer"]')
    const charts = beat.querySelectorAll('[data-testid="stVegaLiteChart"]')
    // a chart that is about to go has none
    for (const [k, chart] of charts.entries()) if (sentences[k]) yield [chart, sentences[k]]
  }
}

function mend() {
  for (const [chart, said] of described()) {
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

function hideTerm() {
  document.querySelector(".term-said")?.remove()
}

/** A finger has no pointer that rests on a term: its first touch says what the term means, its second one goes there. */
function sayTerm(event) {
  const link = event.target.closest?.('a[title][href*="glossary?"]')
  const before = document.querySelector(".term-said")
  before?.remove()
  if (!link || !matchMedia("(pointer: coarse)").matches || before?.dataset.of === link.href) return
  event.preventDefault()
  event.stopPropagation()
  const said = document.body.appendChild(document.createElement("p"))
  said.className = "term-said"
  said.setAttribute("role", "status")
  said.dataset.of = link.href
  const name = said.appendChild(document.createElement("strong"))
  name.textContent = link.textContent
  said.append(` ${link.title}`)
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
  document.addEventListener("click", sayTerm, true)
  document.addEventListener("keydown", hideTerm, true)
  mend()
  const stop = () => {
    clearTimeout(waiting)
    watcher.disconnect()
    removeEventListener("resize", later)
    document.removeEventListener("click", sayTerm, true)
    document.removeEventListener("keydown", hideTerm, true)
  }
  watchers.set(parentElement, stop)
  return stop
}
