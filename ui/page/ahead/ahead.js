// Says that the page has rested for a while: there is time to draw the next question.

const LOOK_EVERY = 250
// as a class opens a page together, not all ask for the next question together
const REST = 1200 + 1800 * Math.random()
const PRESSES = ["pointerdown", "pointermove", "keydown", "input", "wheel", "scroll"]

const waits = new WeakMap()

const isResting = () => document.querySelector('[data-testid="stApp"]')?.dataset.testScriptState === "notRunning"

/** Whether a run is being played: it would falter. */
const isPlaying = () => !document.dispatchEvent(new CustomEvent("lesson-plays", { cancelable: true }))

function waitForRest(say) {
  const listening = new AbortController()
  let busy = performance.now()
  const press = () => { busy = performance.now() }
  for (const kind of PRESSES) document.addEventListener(kind, press, { capture: true, passive: true, signal: listening.signal })
  const looking = setInterval(() => {
    if (!isResting() || isPlaying() || document.visibilityState === "hidden") press()
    if (performance.now() - busy < REST) return
    // again after as long a rest, if it was not heard: then this would be gone
    press()
    say()
  }, LOOK_EVERY)
  return () => {
    clearInterval(looking)
    listening.abort()
  }
}

export default function ({ parentElement, setTriggerValue }) {
  waits.get(parentElement)?.()
  if (navigator.connection?.saveData) return
  waits.set(parentElement, waitForRest(() => setTriggerValue("rest", true)))
  return () => {
    waits.get(parentElement)?.()
    waits.delete(parentElement)
  }
}
