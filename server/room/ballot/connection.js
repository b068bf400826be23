// What the ballot and the remote share: where they are, words in two languages, and the news of a room.

const [, BASE, typed = ""] = location.pathname.match(/^(.*)\/room(?:\/([^/]*))?/)
const code = typed.replace(/\W/g, "").toUpperCase()
const ROOM = `${BASE}/room/${code}`
const LANGUAGES = ["ko", "en"]
const PATIENCE = 8000

// ---- words ----

const asked = new URLSearchParams(location.search).get("lang")
let language = LANGUAGES.includes(asked) ? asked : (navigator.language || "").startsWith("ko") ? "ko" : "en"

/** A word, filled. */
const say = (word, values = {}) =>
  WORDS[word][LANGUAGES.indexOf(language)].replace(/\{\{(\w+)\}\}/g, (_, name) => values[name])

/** A text of a question in the language that is read; in the other one if there is no such. */
const inLanguage = (text) => text?.[language] || Object.values(text ?? {})[0] || ""

const otherLanguage = () => LANGUAGES.find((each) => each !== language)

function switchLanguage() {
  language = otherLanguage()
  const address = new URL(location)
  address.searchParams.set("lang", language)
  history.replaceState(null, "", address)
}

const $ = (id) => document.getElementById(id)

/** An element; texts among the parts stay texts. */
function el(tag, properties = {}, ...parts) {
  const made = Object.assign(document.createElement(tag), properties)
  made.append(...parts)
  return made
}

/** Write a text where it is not written yet: what is read aloud is read once. */
function write(id, text) {
  if ($(id).textContent !== text) $(id).textContent = text
}

/** A line with `code`, **bold** and $formula$ as elements. */
function inline(text) {
  return text.split(/(\x60[^\x60]+\x60|\*\*[^*]+\*\*|\$[^$]+\$)/).map((part, place) => {
    if (place % 2 === 0) return part
    const tag = part[0] === "$" ? "i" : part[0] === "*" ? "b" : "code"
    return el(tag, {}, part.replace(/^[\x60$*]+|[\x60$*]+$/g, ""))
  })
}

/** Paragraphs and lists. */
function prose(text) {
  const parts = []
  for (const line of text.split("\n").filter((each) => each.trim())) {
    if (!line.startsWith("- ")) parts.push(el("p", {}, ...inline(line)))
    else {
      if (parts.at(-1)?.tagName !== "UL") parts.push(el("ul"))
      parts.at(-1).append(el("li", {}, ...inline(line.slice(2))))
    }
  }
  return parts
}

// ---- the room's news ----

/** What the server answers, as [status, JSON]; an error where nothing came. */
async function ask(path, options = {}) {
  const answer = await fetch(`${ROOM}/${path}`, { ...options, cache: "no-store", signal: AbortSignal.timeout(PATIENCE) })
  // a server that is starting again, or that has too much to do, is asked once more
  if (answer.status === 429 || answer.status >= 500) throw new Error(answer.status)
  return [answer.status, await answer.json().catch(() => ({}))]
}

// a phone may be locked right after the tap
const post = (path, body, headers = {}) =>
  ask(path, { method: "POST", keepalive: true, headers: { "Content-Type": "application/json", ...headers }, body: JSON.stringify(body) })

const about = (least, most) => least + Math.random() * (most - least)

/**
 * Follow a room: by its events, and by asking every few seconds where none come, as behind a proxy that keeps them.
 * look: asks for the state, and returns its version. take: gets what an event says.
 * lost: hears whether the server can be reached; one that is back within a second was never away.
 */
function follow(events, look, take, lost) {
  let source
  let timer
  let silent
  let missing
  let live = false
  let latest = -1
  let over = false
  let asking = 0

  function listen() {
    clearTimeout(silent)
    source?.close()
    live = false
    if (over) return
    source = new EventSource(events)
    source.onopen = () => {
      clearTimeout(silent)
      silent = setTimeout(giveUp, 4000)
    }
    source.onmessage = ({ data }) => {
      clearTimeout(silent)
      const state = JSON.parse(data)
      live = true
      latest = state.version
      reach(true)
      take(state)
    }
    source.onerror = () => {
      live = false
      // a browser that has given up does not try again by itself
      if (source.readyState === 2) silent = setTimeout(listen, about(8000, 12000))
      soon(about(0, 1000))
    }
    silent = setTimeout(giveUp, PATIENCE)
  }

  function giveUp() {
    source.close()
    live = false
    soon(0)
  }

  async function check() {
    clearTimeout(timer)
    if (over) return
    const mine = ++asking
    try {
      const version = await look()
      reach(true)
      // an event may still be on its way
      if (live && version > latest) setTimeout(() => { if (live && version > latest) giveUp() }, 2000)
    } catch {
      if (mine === asking) reach(false)
    }
    soon(live ? about(20000, 25000) : about(2000, 3000))
  }

  function reach(reached) {
    clearTimeout(missing)
    if (reached) lost(false)
    else missing = setTimeout(lost, 1000, true)
  }

  function soon(delay) {
    clearTimeout(timer)
    if (!over) timer = setTimeout(check, delay)
  }

  function end() {
    over = true
    source?.close()
    clearTimeout(silent)
    clearTimeout(missing)
  }

  function wake() {
    if (document.visibilityState === "hidden" || over) return
    listen()
    check()
  }

  document.addEventListener("visibilitychange", wake)
  addEventListener("online", wake)
  addEventListener("pageshow", ({ persisted }) => { if (persisted) wake() })
  addEventListener("offline", () => reach(false))
  addEventListener("pagehide", () => source?.close())
  wake()
  return { check, end, reach }
}
