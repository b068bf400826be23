// Says that its place comes near the screen, or that all of the page is wanted, as for a handout.

const MARGIN = 500
const TURN = 200
const AGAIN_AFTER = 3000
const LOOK_EVERY = 100
const SETTLED_AFTER = 10_000
const PRESSES = ["click", "keydown", "change"]
const ALL_WANTED = "lesson-all-wanted"

const watches = new WeakMap()

const resting = () => document.querySelector('[data-testid="stApp"]')?.dataset.testScriptState === "notRunning"

/**
 * Whether it is one's turn: what two places say in the same moment, or a place and a control that is just pressed, would
 * be one message, in which one of the two is lost.
 */
function inTurn() {
  const now = performance.now()
  if (!resting() || now - Number(document.documentElement.dataset.lessonNearby ?? -TURN) < TURN) return false
  takeTurn()
  return true
}
function takeTurn() {
  document.documentElement.dataset.lessonNearby = performance.now()
}

/**
 * Where a question is drawn above what the reader looks at, keep that where it is. Browsers that do so by themselves hold
 * on to the end of the question that has just gone; others do nothing.
 */
function keepBelow(place) {
  const beat = place.getRootNode().host?.closest('[class*="st-key-beat-"]') ?? place.closest('[class*="st-key-beat-"]')
  const main = document.querySelector('[data-testid="stMain"]')
  const edge = () => main.getBoundingClientRect().top
  if (!beat || !main || place.getBoundingClientRect().top >= edge()) return
  let height = beat.offsetHeight
  const grown = new ResizeObserver(() => {
    const growth = beat.offsetHeight - height
    const { top, bottom } = beat.getBoundingClientRect()
    height += growth
    if (main.dataset.following) return
    if (top < edge() && bottom - growth < edge() + main.clientHeight / 2) main.scrollTop += growth
  })
  grown.observe(beat)
  main.style.overflowAnchor = "none"
  main.dataset.heldUntil = performance.now() + SETTLED_AFTER
  setTimeout(() => {
    grown.disconnect()
    if (performance.now() >= Number(main.dataset.heldUntil)) main.style.overflowAnchor = ""
  }, SETTLED_AFTER + 1)
}

function watch(root) {
  const watched = { say: null, stop }
  let near = false
  let spoken = -AGAIN_AFTER
  const look = () => {
    // again if it was not heard: then the place would be gone
    if (!near || performance.now() - spoken < AGAIN_AFTER || !inTurn()) return
    spoken = performance.now()
    keepBelow(root.querySelector(".waits"))
    watched.say()
  }
  const watcher = new IntersectionObserver(
    (seen) => {
      near = seen.at(-1).isIntersecting
      look()
    },
    { root: document.querySelector('[data-testid="stMain"]'), rootMargin: `${MARGIN}px 0px` }
  )
  const wanted = () => {
    watcher.disconnect()
    near = true
  }
  watcher.observe(root.querySelector(".waits"))
  const looking = setInterval(look, LOOK_EVERY)
  document.addEventListener(ALL_WANTED, wanted)
  addEventListener("beforeprint", wanted)
  for (const press of PRESSES) document.addEventListener(press, takeTurn, true)
  function stop() {
    watcher.disconnect()
    clearInterval(looking)
    for (const press of PRESSES) document.removeEventListener(press, takeTurn, true)
    document.removeEventListener(ALL_WANTED, wanted)
    removeEventListener("beforeprint", wanted)
  }
  return watched
}

export default function ({ parentElement, data, setTriggerValue }) {
  parentElement.querySelector(".waits").textContent = data.waits
  if (!watches.has(parentElement)) watches.set(parentElement, watch(parentElement))
  watches.get(parentElement).say = () => setTriggerValue("near", true)
  return () => {
    watches.get(parentElement)?.stop()
    watches.delete(parentElement)
  }
}
