// The page before the app: text to read, how far the loading is, and the app itself as soon as its parts are here.

import about from "./about.mjs"

const HERE = new URL(".", import.meta.url)
const ROOT = new URL("..", HERE)
const ready = '[data-testid="stMain"] h1'
const state = document.getElementById("state")

// ---- language and words --------------------------------------------------------------------------------------------

const asked = new URLSearchParams(location.search).get("lang")
const language = ["ko", "en"].includes(asked) ? asked : navigator.language.startsWith("ko") ? "ko" : "en"
document.documentElement.lang = language

function word(name, facts = {}) {
  const text = about.words[`static_${name}`][language]
  return Object.entries(facts).reduce((said, [key, value]) => said.replaceAll(`{{${key}}}`, value), text)
}

const megabytes = (bytes) => (bytes / 1e6).toFixed(1)

// ---- what is said meanwhile ----------------------------------------------------------------------------------------

const bar = document.createElement("progress")
const said = document.createElement("p")
state.replaceChildren(said, bar)

let failed = false

function say(step, share, facts) {
  // what still arrives does not write over what went wrong
  if (failed) return
  said.textContent = word(step, facts)
  bar.setAttribute("aria-label", word("loading"))
  if (share === undefined) bar.removeAttribute("value")
  else bar.value = share
}

function fail(step, why) {
  failed = true
  console.error(why)
  const again = Object.assign(document.createElement("button"), { textContent: word("again") })
  again.addEventListener("click", () => location.reload())
  said.textContent = word(step, { why: why?.message ?? why })
  state.setAttribute("role", "alert")
  state.replaceChildren(said, again)
}

// ---- fetching, all at once and counted --------------------------------------------------------------------------------

const total = Object.values(about.early).reduce((sum, size) => sum + size, 0)
let loaded = 0

async function fetched(path) {
  const answer = await fetch(new URL(path, HERE))
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`)
  const parts = []
  for (const reader = answer.body.getReader(); ; ) {
    const { done, value } = await reader.read()
    if (done) break
    parts.push(value)
    loaded += value.length
    if (loaded < total) say("loading_mb", loaded / total, { loaded: megabytes(loaded), total: megabytes(total) })
    else say("starting_python")
  }
  return await new Blob(parts).arrayBuffer()
}

/** What the app's worker asks for under its own name, so that several tabs do not hear each other. */
function serve(name, parts) {
  const channel = new BroadcastChannel(name)
  channel.onmessage = async ({ data }) => {
    if (data.step) say(data.step)
    if (data.failed) fail("failed", data.failed)
    if (data.want) {
      try {
        channel.postMessage({ path: data.want, bytes: await parts[data.want] })
      } catch (why) {
        fail("failed", why)
      }
      delete parts[data.want]
    }
  }
  return channel
}

// ---- the app -----------------------------------------------------------------------------------------------------------

/** The page's name in the address, as a server would have it: without this site's folder, and without a last slash. */
function wanted() {
  const name = location.pathname.slice(ROOT.pathname.length).replace(/(^|\/)(index\.html)?$/, "")
  if (!name || about.pages.includes(name)) return new URL(name, ROOT).pathname + location.search + location.hash
  // as server/unknown_address.py does
  const told = new URLSearchParams({ asked: decodeURI(name).slice(0, 200) })
  if (asked) told.set("lang", asked)
  return `${new URL("no_such_page", ROOT).pathname}?${told}`
}

function uncovered() {
  return new Promise((done) => {
    const there = () => document.querySelector(ready) && (watcher.disconnect(), done())
    const watcher = new MutationObserver(there)
    watcher.observe(document.getElementById("app"), { childList: true, subtree: true })
    there()
  })
}

async function afterwards(channel) {
  const late = Object.keys(about.late)
  for (const path of late) channel.postMessage({ late: path, bytes: await (await fetch(new URL(path, HERE))).arrayBuffer() })
  // only where the address is safe: https, or this very machine
  await navigator.serviceWorker?.register(new URL("sw.js", ROOT))
}

async function start() {
  const lacking = ["DecompressionStream", "BroadcastChannel", "WebAssembly", "Worker"].filter((name) => !(name in globalThis))
  if (lacking.length) return fail("too_old", lacking.join(", "))
  say("loading_mb", 0, { loaded: megabytes(0), total: megabytes(total) })
  const parts = Object.fromEntries(Object.keys(about.early).map((path) => [path, fetched(path)]))
  // heard by whoever asks for the part
  Object.values(parts).forEach((part) => part.catch(() => {}))
  const name = `lessons-${crypto.getRandomValues(new Uint32Array(2)).join("-")}`
  const channel = serve(name, parts)
  const href = new URL("stlite/stlite.css", HERE).href
  const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href })
  document.head.prepend(style)
  // the address is about to change, and what is said relative to it would with it
  for (const link of document.querySelectorAll("link[href]")) link.href = link.href
  const { mount } = await import("./stlite/stlite.js")
  const address = wanted()
  // stlite takes the address that it is started at for the site's root
  history.replaceState(null, "", ROOT)
  mount(
    {
      pyodideUrl: new URL(`boot.mjs?${name}.mjs`, HERE).href,
      entrypoint: "streamlit_app.py",
      files: {},
      archives: [],
      requirements: [],
      prebuiltPackageNames: [],
      disableProgressToasts: true,
    },
    document.getElementById("app"),
  )
  history.replaceState(null, "", address)
  await uncovered()
  document.getElementById("start").remove()
  await afterwards(channel)
}

start().catch((why) => fail("failed", why))
