// Keeps texts of the questions in this browser, says once a visit what is kept, and forgets it when asked to.

const PREFIX = "lesson-memory-1:"
const MOST = 200
const LONGEST = 2000

/** What is kept, by name; nothing where a browser keeps nothing, as some do in private windows. */
function all() {
  const found = {}
  try {
    for (let k = 0; k < localStorage.length && Object.keys(found).length < MOST; k++) {
      const key = localStorage.key(k)
      const text = key.startsWith(PREFIX) ? localStorage.getItem(key) : null
      if (text && text.length <= LONGEST) found[key.slice(PREFIX.length)] = text
    }
  } catch {
    return {}
  }
  return found
}

function keep(name, text) {
  try {
    if (text) localStorage.setItem(PREFIX + name, text)
    else localStorage.removeItem(PREFIX + name)
  } catch {
    // then it is not remembered
  }
}

function forget() {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) localStorage.removeItem(key)
  } catch {
    // there is nothing
  }
}

/** Whether this visit may write: it has heard what is kept, or there was nothing when it came. */
function mayWrite({ visit, settled }) {
  const now = document.documentElement.dataset
  if (now.memoryVisit !== visit) {
    now.memoryVisit = visit
    now.memoryFound = Object.keys(all()).length ? "some" : "none"
  }
  return settled || now.memoryFound === "none"
}

export default function ({ data, setTriggerValue }) {
  const now = document.documentElement.dataset
  const open = mayWrite(data)
  if (data.forgotten && now.memoryForgotten !== data.forgotten) {
    now.memoryForgotten = data.forgotten
    forget()
  }
  if (data.saves) {
    if (open) for (const [name, text] of Object.entries(data.saves)) keep(name, text)
  } else if (!open && now.memoryHeard !== data.visit) {
    now.memoryHeard = data.visit
    setTriggerValue("kept", all())
  }
}
