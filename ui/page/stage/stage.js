// A new question starts at its top, and keys go through the page. In presenter mode a clicker goes through a question:
// it reveals the answer, plays the run, goes on to the next question, and from the last one to the next page. Where there
// is a room (ui/page/room), its votes come first.

const listeners = new WeakMap()
const TYPING = 'input:not([type="range"]):not([type="checkbox"]):not([type="radio"]), textarea, select, [contenteditable="true"]'
const SCROLLS = "pre, .katex-display, .line"
const CHOOSES = '[role="slider"], [role="radio"], [role="tab"], [role="option"], [role="combobox"]'
const USES_ARROWS = `${TYPING}, input, canvas, ${SCROLLS}, ${CHOOSES}`
const USES_SPACE = `${TYPING}, input, button, a, summary, canvas, ${CHOOSES}`
const LONG_ENOUGH = 20_000
const ON_ITS_WAY = 10_000
const STILL_FOR = 100
// longer than a phone with a poor connection needs to be heard
const RESTS_FOR = 3000
let shown = null

// Which question is seen: the others' places may hold one that was drawn ahead (ui/page/ahead). What was stepped to, and
// the server has not put on the stage yet.
const SLOT = "st-key-slot-"
const UNSEEN = "position: absolute; inset: 0 0 auto; height: 0; overflow: hidden; visibility: hidden"
const sheet = document.head.appendChild(document.createElement("style"))
let awaited = null

/** Show a question's place, and hide those of the others; all of them without a name. */
function see(beat) {
  const others = `[data-testid="stLayoutWrapper"]:has(> [class*="${SLOT}"]:not(.${SLOT}${beat}))`
  // what Streamlit makes visible by itself would be found with the tabulator
  sheet.textContent = beat ? `${others} { ${UNSEEN} } ${others} * { visibility: hidden !important }` : ""
}

/** A step to a question that is drawn already shows it at once. */
function stepTo(beat) {
  if (!beat || beat === (awaited ?? seenBeat())) return
  if (beat !== seenBeat() && !document.querySelector(`.${SLOT}${beat} .st-key-beat-${beat}`)) return
  if (awaited === null) requestAnimationFrame(followServer)
  awaited = beat
  see(beat)
  document.querySelector('[data-testid="stMain"]')?.scrollTo({ top: 0, behavior: "instant" })
}

/** A step may be taken back before the server has heard of it, and then nothing tells of it: what it shows is seen. */
function followServer(now, still = now) {
  if (awaited === null) return
  if (document.querySelector('[data-testid="stApp"]')?.dataset.testScriptState !== "notRunning") still = now
  if (now - still < RESTS_FOR) return requestAnimationFrame((later) => followServer(later, still))
  awaited = null
  see(seenBeat())
}

const seenBeat = () => (shown ?? "").split(" ")[1]

// Where a step to a question began that is not drawn yet, and what was pressed since: it is meant for what comes, and
// the server would take it for what was there before.
let left = null
let ahead = []
let waits = 0

function toTop(beat, whole, signal) {
  const before = shown
  shown = `${location.pathname} ${whole ? "" : beat}`
  const main = document.querySelector('[data-testid="stMain"]')
  const isThere = awaited === beat
  // the server may say once more what was there before the step
  if (awaited === null || before !== shown) {
    awaited = null
    see(whole ? "" : beat)
  }
  if (whole && beat && before === null) toQuestion(beat, main, signal)
  else if (before !== null && before !== shown) {
    // the reader may have moved on in one that was there at once
    if (!isThere) main?.scrollTo({ top: 0, behavior: "instant" })
    // on a phone the menu lies over the question that was chosen in it
    const close = '[data-testid="stSidebarCollapseButton"] button'
    if (matchMedia("(max-width: 768px)").matches) document.querySelector(close)?.click()
  }
}

// A link to a question on the page of all: what stands above it is drawn meanwhile, until the reader moves.
function toQuestion(beat, main, signal) {
  const go = () => document.querySelector(`.st-key-beat-${beat}`)?.scrollIntoView()
  const grown = new ResizeObserver(go)
  // a question that is drawn above (ui/page/nearby) leaves the scrolling to this
  main.dataset.following = beat
  const stop = () => {
    grown.disconnect()
    delete main.dataset.following
  }
  for (const part of main.children) grown.observe(part)
  for (const act of ["wheel", "pointerdown", "keydown"]) document.addEventListener(act, stop, { signal, once: true })
  signal.addEventListener("abort", stop)
  setTimeout(stop, LONG_ENOUGH)
  go()
}

/** The type of pictures in a hall follows the window: it is moved from a laptop's screen to the projector's. */
function tellWidth() {
  for (const input of document.querySelectorAll('.vega-bindings input[name="screen"]')) {
    input.value = innerWidth
    input.dispatchEvent(new Event("input"))
  }
}

/** Whether somebody on the page has done what was asked. */
function ask(what) {
  return !document.dispatchEvent(new CustomEvent(what, { cancelable: true }))
}

/** Whether the question that is shown is drawn: on a slow machine the server is done long before the browser. */
function isStill() {
  const [, beat] = (shown ?? "").split(" ")
  const isDrawn = !beat || document.querySelector(`.st-key-beat-${beat}`)
  return isDrawn && document.querySelector('[data-testid="stApp"]')?.dataset.testScriptState === "notRunning"
}

/** Once a question is there, do what was pressed ahead: from step to step, and of all else only the first. */
function awaitQuestion(from) {
  left = from
  const mine = ++waits
  const begun = performance.now()
  let still = begun
  const look = (now) => {
    // another step was begun meanwhile
    if (mine !== waits) return
    if (shown === left || !isStill()) still = now
    if (now - still < STILL_FOR && now - begun < ON_ITS_WAY) return requestAnimationFrame(look)
    left = null
    const [act, seen] = ahead.shift() ?? []
    act?.(seen !== shown)
    if (left === null) ahead = []
  }
  requestAnimationFrame(look)
}

export default function (component) {
  const { parentElement, data } = component
  listeners.get(parentElement)?.abort()
  const listening = new AbortController()
  listeners.set(parentElement, listening)
  const opens = shown === null
  toTop(data.beat, data.whole, listening.signal)
  if (opens) awaitQuestion("")
  if (data.clicker) addEventListener("resize", tellWidth, { signal: listening.signal })
  const press = (key, stays) => {
    const target = document.querySelector(`.st-key-${key} :is(button:not(:disabled)${stays ? "" : ", a"})`)
    target?.click()
    return Boolean(target)
  }
  // what was pressed before the question was seen does not leave the page
  const back = (stays) => press(data.back, stays)
  const on = (stays) => press(data.on, stays)
  const forward = (stays) => ask("lesson-room") || press(data.reveal) || ask("lesson-play") || on(stays)
  const toggle = () => ask("lesson-toggle")
  const arrows = data.clicker ? { ArrowDown: forward, ArrowUp: back, ArrowRight: forward, ArrowLeft: back } : {}
  const anywhere = data.clicker ? { PageUp: back, PageDown: forward } : {}
  // where these keys mean something already, they go on meaning it
  const elsewhere = data.clicker ? { ...arrows, " ": toggle } : { ArrowRight: on, ArrowLeft: back }

  document.addEventListener(
    "keydown",
    (event) => {
      const [target] = event.composedPath()
      const uses = event.key === " " ? USES_SPACE : USES_ARROWS
      const act = anywhere[event.key] ?? (target.closest?.(uses) ? null : elsewhere[event.key])
      if (!act || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || target.closest?.(TYPING)) return
      // a dialog has the screen to itself
      if (document.querySelector('[data-testid="stDialog"]')) return
      // a slider that was touched last would move as well
      event.preventDefault()
      event.stopImmediatePropagation()
      if (event.repeat) return
      if (left === null) act()
      else ahead.push([act, shown])
    },
    { signal: listening.signal, capture: true }
  )
  document.addEventListener(
    "click",
    ({ target }) => target.closest?.(`.st-key-${data.back}, .st-key-${data.on}`) && awaitQuestion(shown),
    { signal: listening.signal, capture: true }
  )
  document.addEventListener(
    "click",
    ({ target }) => {
      const names = target.closest?.("button")?.closest('[class*="st-key-stage-"]')?.className ?? ""
      stepTo(names.includes(`st-key-${data.on}`) ? data.next : names.match(/st-key-stage-(?:row|menu)-(\w+)/)?.[1])
    },
    { signal: listening.signal, capture: true }
  )
  // the way to a light screen (ui/page/presenter) would open another tab, and this one's room is not there
  document.addEventListener(
    "click",
    (event) => {
      const light = event.target.closest?.('.st-key-presenter-bar a[href*="embed_options"]')
      if (!light || event.ctrlKey || event.metaKey || event.shiftKey) return
      event.preventDefault()
      location.assign(light.href)
    },
    { signal: listening.signal, capture: true }
  )
  return () => listening.abort()
}
