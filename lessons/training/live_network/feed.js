// Brings frames from the server to the network that is shown, and what it asks for to the server.
// It is apart from the network so that while one plays nothing else is sent again.

const FRAMES = "lesson-live-frames"
const ASK = "lesson-live-ask"
const HELLO = "lesson-live-hello"

const A_MOMENT = 20

const feeds = new WeakMap()

function open() {
  const listening = new AbortController()
  const feed = { bytes: null, ask: null, stop: () => listening.abort() }
  const hear = (what, act) => document.addEventListener(what, act, { signal: listening.signal })
  feed.bring = () => feed.bytes && document.dispatchEvent(new CustomEvent(FRAMES, { detail: feed.bytes }))
  hear(ASK, (event) => feed.ask?.(event.detail))
  hear(HELLO, () => feed.bring())
  return feed
}

export default function ({ parentElement, data, setTriggerValue }) {
  if (!feeds.has(parentElement)) feeds.set(parentElement, open())
  const feed = feeds.get(parentElement)
  feed.ask = (wish) => {
    const now = performance.now()
    // of what two fragments say in the same moment one is lost: a question that is near (ui/page/nearby) waits its turn
    if (now - Number(document.documentElement.dataset.lessonNearby ?? -A_MOMENT) < A_MOMENT)
      return setTimeout(() => feed.ask(wish), A_MOMENT)
    document.documentElement.dataset.lessonNearby = now
    setTriggerValue("ask", wish)
  }
  if (data && data !== feed.bytes) {
    feed.bytes = data
    feed.bring()
  }
  return () => {
    feed.stop()
    feeds.delete(parentElement)
  }
}
