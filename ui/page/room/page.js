// Says what question is on the page, to the room's strip above it, and hands on its wish to put that one to the room.

const ears = new WeakMap()

export default function ({ data, parentElement, setTriggerValue }) {
  ears.get(parentElement)?.abort()
  const ear = new AbortController()
  ears.set(parentElement, ear)
  const now = document.documentElement.dataset
  const says = JSON.stringify(data)
  now.roomPage = says
  document.dispatchEvent(new CustomEvent("lesson-room-page"))
  document.addEventListener("lesson-room-put", () => setTriggerValue("put", true), { signal: ear.signal })
  return () => {
    ear.abort()
    // the next question may have spoken already
    if (now.roomPage === says) delete now.roomPage
  }
}
