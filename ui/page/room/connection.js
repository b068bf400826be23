// The news of a room: by its events, and by asking now and then, every two seconds where no events come.

const OFTEN = 2000
const SELDOM = 5
const PATIENCE = 8000

/** The folder that the app is served in, from where the page is. */
const appFolder = () => location.pathname.replace(/\/+$/, "").replace(/[^/]*$/, "")

/** What a room answers, as [status, JSON]; an error where nothing comes, or a server that cannot answer now. */
async function askRoom(where, path, secret = "", body = null) {
  const bearer = secret ? { Authorization: `Bearer ${secret}` } : {}
  const headers = body ? { ...bearer, "Content-Type": "application/json" } : bearer
  const sent = body ? { method: "POST", body: JSON.stringify(body) } : {}
  const how = { cache: "no-store", signal: AbortSignal.timeout(PATIENCE), headers, ...sent }
  const answer = await fetch(`${where}/${path}`, how)
  if (answer.status === 429 || answer.status >= 500) throw new Error(answer.status)
  return [answer.status, await answer.json()]
}

/**
 * Follow a room until it is left. take: gets what is new. lost: there is no such room any more. reach: hears whether the
 * server can be reached.
 */
function followRoom(where, take, lost, reach) {
  let source = null
  let live = false
  let latest = -1
  let rounds = 0
  let over = false

  function listen() {
    source?.close()
    live = false
    source = new EventSource(`${where}/events`)
    source.onmessage = ({ data }) => {
      const said = JSON.parse(data)
      if (said.error) return end()
      live = true
      latest = said.version
      reach(true)
      take(said)
    }
    source.onerror = () => {
      live = false
      ask()
    }
  }

  async function ask() {
    try {
      const [status, state] = await askRoom(where, "state")
      if (over) return
      if (status === 404) return end()
      reach(true)
      take(state)
      // events that are kept on their way, as by a proxy, are no events
      if (live && state.version > latest) setTimeout(() => { if (state.version > latest) live = false }, OFTEN)
    } catch {
      if (!over) reach(false)
    }
  }

  const timer = setInterval(() => {
    rounds += 1
    if (!live || rounds % SELDOM === 0) ask()
    // a browser that has given up does not try again by itself
    if (!over && source.readyState === EventSource.CLOSED && rounds % SELDOM === 0) listen()
  }, OFTEN)

  function leave() {
    over = true
    clearInterval(timer)
    source?.close()
  }

  function end() {
    leave()
    lost()
  }

  listen()
  ask()
  return { ask, leave }
}
