// The strip of a room above a question, and its picture of the votes. It hears of the room by events, so that nothing on
// the page runs while votes come in; what it does to the page it does by pressing the page's own buttons.

const KEY = "lesson-room-1"
// a clicker that bounces must not close a vote that it has just opened
const BOUNCE = 700
const ACTS = { lobby: ["open"], open: ["close"], closed: ["discuss", "again", "reveal"], discuss: ["again", "reveal"], revealed: [] }
// how soon the teacher's part is asked for once more
const AGAIN = 2000
const SHOWN_IN = ["closed", "discuss", "revealed"]

const strips = new WeakMap()

export default function (component) {
  const { parentElement } = component
  let strip = strips.get(parentElement)
  if (!strip) {
    strip = makeStrip(parentElement)
    strips.set(parentElement, strip)
  }
  strip.update(component)
  return () => {
    strip.remove()
    strips.delete(parentElement)
  }
}

/** What the page says of its question (see page.js). */
function onPage() {
  const says = document.documentElement.dataset.roomPage
  return says ? JSON.parse(says) : { exercise: "", asks: false }
}

function press(key) {
  const target = document.querySelector(`.st-key-${key} :is(button:not(:disabled), a)`)
  target?.click()
  return Boolean(target)
}

function recall() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY))
  } catch {
    return null
  }
}

function keep(room) {
  try {
    if (room) sessionStorage.setItem(KEY, JSON.stringify(room))
    else sessionStorage.removeItem(KEY)
  } catch {
    // then a reload loses the room
  }
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text
}

function makeStrip(root) {
  const find = (selector) => root.querySelector(selector)
  const [bar, image, code, address, phase, voted, fill, here] =
    [".strip", "img", ".code", ".address", ".phase", ".voted", ".fill", ".here"].map(find)
  const [puzzled, hint, acts, trouble, votes] = [".puzzled", ".hint", ".acts", ".trouble", ".votes"].map(find)
  const listening = new AbortController()
  let data = null
  let tell = () => {}
  let news = null
  // what the teacher alone may know, and of which moment
  let teacher = null
  let asking = null
  let asked = 0
  let room = null
  let reached = true
  let since = 0
  let acting = false
  let showsVotes = false
  let seen = ""
  let revealed = ""
  // since when the page has been asked to take up the room that this tab has kept
  let handed = -Infinity

  const where = () => `${appFolder()}room/${data.room.code}`
  const inLanguage = (text) => text?.[data.language] || Object.values(text ?? {})[0] || ""
  const say = (word, values = {}) => filled(data.words[word], values)
  const scene = (told) => `${told.question} ${told.phase} ${told.round}`
  const known = () => (teacher && news && scene(teacher) === scene(news) ? teacher : null)

  // ---- the news ----

  function take(told) {
    if (news && told.version < news.version) return
    const before = news
    news = { ...(before && scene(before) === scene(told) ? before : {}), ...told }
    if (!before || scene(before) !== scene(news)) {
      since = performance.now()
      const same = before?.question === news.question
      const voted = Object.keys(news.results?.rounds ?? {}).length > 0
      // a race is looked at on the page itself
      const opens = voted && news.ballot.kind !== "race"
      showsVotes = news.phase === "revealed" && same && before.phase !== "revealed" && opens
    }
    if (news.phase === "revealed") revealPage()
    if (before && news.next > before.next) press(data.keys.on)
    if (SHOWN_IN.includes(news.phase) && (!known() || performance.now() - asked > AGAIN)) learn()
    draw()
  }

  /** What the teacher may know of this moment; asked for once at a time. */
  function learn() {
    asked = performance.now()
    asking ??= askRoom(where(), "teacher", data.room.secret)
      .then(([status, told]) => settle(status, told))
      .catch(() => reach(false))
      .finally(() => { asking = null })
    return asking
  }

  function settle(status, told) {
    if (status === 403 || status === 404) lose()
    if (status !== 200) return
    teacher = told
    take(told)
  }

  function lose() {
    room?.leave()
    room = null
    tell("lost", true)
  }

  function reach(now) {
    if (reached === now) return
    reached = now
    draw()
  }

  /** The page's own run decides: its button is pressed, once for a question. */
  function revealPage() {
    const page = onPage()
    if (page.asks && page.exercise === news.question && revealed !== page.exercise && press(data.keys.reveal))
      revealed = page.exercise
  }

  // ---- what the teacher does ----

  async function act(action) {
    if (acting) return
    acting = true
    draw()
    try {
      // whatever else was quicker is heard by the next event
      settle(...(await askRoom(where(), "act", data.room.secret, { action })))
    } catch {
      reach(false)
    } finally {
      acting = false
      draw()
    }
  }

  const put = () => document.dispatchEvent(new CustomEvent("lesson-room-put"))

  /** What a clicker does next; "" if that is the page's business. */
  function nextAct() {
    const page = onPage()
    if (!page.exercise || !news) return ""
    const rests = !news.ballot || ["lobby", "revealed"].includes(news.phase)
    if (page.exercise !== news.question) {
      // whatever is on the screen, its answer may not be called up while phones may still vote
      if (news.phase === "open") return "close"
      return page.asks && rests ? "put" : ""
    }
    if (news.phase === "closed") return news.round === 1 && known()?.hint === "discuss" ? "discuss" : "reveal"
    return ACTS[news.phase][0] ?? ""
  }

  /** Go on with the question; whether it is still the room's turn. */
  function forward() {
    // as long as the room is not known, nobody knows whether a press would give the answer away in the midst of a vote
    if (!data?.room) return performance.now() - handed < PATIENCE
    if (!reached) return false
    if (!news || acting || performance.now() - since < BOUNCE) return true
    const page = onPage()
    if (news.phase === "revealed" && page.exercise === news.question && !page.asks && showsVotes) {
      // the votes have been looked at: now the run
      show(false)
      document.dispatchEvent(new CustomEvent("lesson-play", { cancelable: true }))
      return true
    }
    if (news.phase === "closed" && page.exercise === news.question && !known()) {
      learn().then(() => known() && doIt(nextAct()))
      return true
    }
    const next = nextAct()
    if (next) doIt(next)
    return Boolean(next)
  }

  const doIt = (name) => (name === "put" ? put() : act(name))

  function show(on) {
    showsVotes = on
    draw()
    if (on) votes.focus({ preventScroll: true })
  }

  // ---- drawing ----

  function draw() {
    if (!data) return
    bar.hidden = !data.room
    trouble.hidden = !data.trouble
    write(trouble.querySelector("p"), data.trouble)
    if (!data.room) {
      votes.hidden = true
      return
    }
    const page = onPage()
    const stage = !news ? "" : !news.ballot ? "none" : news.phase === "open" && news.round === 2 ? "again" : news.phase
    write(phase, stage ? say(`room_phase_${stage}`) : say("room_waits"))
    bar.dataset.phase = stage
    const all = news ? Math.max(news.here, news.voted) : 0
    write(voted, news?.ballot ? say("room_counts", { voted: news.voted, all }) : "")
    fill.style.inlineSize = `${all ? (100 * news.voted) / all : 0}%`
    write(here, news ? say("room_here", { here: news.here }) : "")
    write(puzzled, known()?.explain ? say("room_explain", { count: known().explain }) : "")
    write(hint, hintOf(page))
    drawActs(page)
    drawVotes()
  }

  function hintOf(page) {
    if (!reached) return say("room_offline")
    if (!news) return ""
    const other = news.ballot && page.exercise && page.exercise !== news.question
    if (other && beatOf(news.ballot) === page.beat) return say("room_other_setting")
    if (other) return say("room_other_question", { title: inLanguage(news.ballot.title) })
    if (page.why && news.phase === "lobby") return page.why
    const advice = news.phase === "closed" ? known()?.hint : ""
    // there is no third vote
    return advice && !(advice === "discuss" && news.round === 2) ? say(`room_hint_${advice}`) : ""
  }

  const beatOf = (ballot) => new URLSearchParams(ballot.lesson.split("?")[1]).get("beat")

  function actsOf(page) {
    if (!news) return []
    const other = page.exercise && page.exercise !== news.question
    const here = news.ballot ? ACTS[news.phase].filter((act) => news.round === 1 || !["discuss", "again"].includes(act) || news.phase === "discuss") : []
    const whole = other ? [...here.filter((act) => act !== "open"), "put"] : here
    return news.ballot && SHOWN_IN.includes(news.phase) ? [...whole, showsVotes ? "hide" : "show"] : whole
  }

  function drawActs(page) {
    const names = actsOf(page)
    if (acts.dataset.names !== names.join(" ")) {
      const focused = acts.contains(root.activeElement ?? root.getRootNode().activeElement)
      acts.replaceChildren(...names.map((name) => made("button", { type: "button", "data-act": name })))
      acts.dataset.names = names.join(" ")
      if (focused) acts.querySelector("button")?.focus()
    }
    const next = nextAct()
    for (const button of acts.children) {
      const { act: name } = button.dataset
      write(button, ["show", "hide"].includes(name) ? say(`room_${name}_votes`) : say(`room_do_${name}`))
      button.classList.toggle("next", name === next)
      button.disabled = acting || !reached
      button.onclick = () => (name === "show" || name === "hide" ? show(name === "show") : doIt(name))
    }
  }

  function drawVotes() {
    const results = news?.phase === "revealed" ? news.results : known()?.results
    votes.hidden = !(showsVotes && news?.ballot && results)
    if (votes.hidden) {
      seen = ""
      return
    }
    place()
    votes.setAttribute("aria-label", say("room_votes"))
    const told = news.phase === "revealed" ? news : { ballot: news.ballot }
    const what = { told, results, revealed: news.phase === "revealed", words: data.words, inLanguage, opens: openNote }
    const content = JSON.stringify([told.ballot, results, what.revealed, data.language])
    if (content === seen) return
    seen = content
    votes.replaceChildren(...picture(what))
    votes.style.setProperty("--rows", news.ballot.choices.length || 1)
  }

  /** Between the strip and the presenter's bar. */
  function place() {
    const above = bar.getBoundingClientRect().bottom
    const foot = document.querySelector(".st-key-presenter-bar")?.getBoundingClientRect().top ?? innerHeight
    votes.style.inset = `${above + 8}px 0 ${innerHeight - foot}px 0`
  }

  function openNote() {
    show(false)
    const box = document.querySelector(`.st-key-${onPage().check}`)
    const details = box?.querySelector("details")
    if (details && !details.open) details.querySelector("summary").click()
    box?.scrollIntoView({ block: "center" })
  }

  // ---- from outside ----

  function update({ data: next, setTriggerValue }) {
    const before = data
    data = next
    tell = setTriggerValue
    if (data.room || data.trouble) handed = -Infinity
    if (data.room) keep(data.room)
    else remember()
    if (before?.room?.code !== data.room?.code) {
      room?.leave()
      news = teacher = null
      showsVotes = false
      reached = true
      room = data.room ? followRoom(where(), take, lose, reach) : null
    }
    write(code, data.room?.code ?? "")
    write(address, data.address)
    if (image.src !== data.picture) image.src = data.picture
    const large = find(".picture")
    large.setAttribute("aria-label", say("room_enlarge"))
    large.title = say("room_enlarge")
    large.hidden = !data.picture
    large.onclick = () => tell("enlarge", true)
    bar.setAttribute("aria-label", say("room_strip"))
    write(find(".reopen"), say("room_reopen"))
    find(".reopen").onclick = () => tell("reopen", true)
    find(".dismiss").setAttribute("aria-label", say("room_dismiss"))
    find(".dismiss").onclick = () => tell("dismiss", true)
    seen = ""
    draw()
  }

  /** Hand over the room that this tab has kept, once to every visit; forget one that is no more. */
  function remember() {
    const kept = recall()
    if (!kept) return
    if (data.forget || data.closed === kept.code) return keep(null)
    const page = document.documentElement.dataset
    if (page.roomVisit === data.visit) return
    page.roomVisit = data.visit
    handed = performance.now()
    tell("kept", kept)
  }

  function hear(what, act) {
    document.addEventListener(what, act, { signal: listening.signal })
  }

  hear("lesson-room", (event) => forward() && event.preventDefault())
  hear("lesson-room-page", () => {
    if (news?.phase === "revealed") revealPage()
    draw()
  })
  votes.addEventListener("keydown", (event) => event.key === "Escape" && show(false))
  addEventListener("resize", () => votes.hidden || place(), { signal: listening.signal })

  function remove() {
    listening.abort()
    room?.leave()
  }

  return { update, remove }
}
