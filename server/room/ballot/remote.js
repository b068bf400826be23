// The remote: what the room's teacher may see and do, on a second device. The secret came behind the #.

const SHELF = `remote-${code}`
const ACTIONS = ["open", "close", "discuss", "again", "reveal", "next"]
const FIXED = ["other_language", "right_answer", "save_votes", "close_room", "close_sure", "close_no", "close_yes"]
const BINS = 8
const REST = 500

let state = null
let out = false
let refused = ""
let trouble = ""
let busy = false
let news, waiting

/** The secret: as it was typed or scanned, or as this tab has kept it. It does not stay where a class might see it. */
function readSecret() {
  const typed = location.hash.slice(1)
  try {
    if (typed) sessionStorage.setItem(SHELF, typed)
    const found = typed || sessionStorage.getItem(SHELF) || ""
    if (typed) history.replaceState(null, "", location.pathname + location.search)
    return found
  } catch {
    // a browser that keeps nothing: then it has to stay in the address for the next reload
    return typed
  }
}

const secret = readSecret()
const key = () => ({ Authorization: `Bearer ${secret}` })

// ---- the room ----

async function look() {
  return believe(await ask("teacher", { headers: key() }))
}

function believe([status, answer]) {
  if (status === 404 || status === 403) return refuse(status === 404 ? "unknown_room" : "wrong_secret")
  if (status === 200 && !(state && answer.version < state.version)) state = answer
  draw()
  return answer.version
}

/** An event says that something has changed; what the teacher may know of it is asked for, twice a second at most. */
function take(event) {
  if (event.error) return refuse("unknown_room")
  if (state && event.version > state.version) state = { ...state, here: event.here, voted: event.voted }
  waiting ??= setTimeout(() => {
    waiting = undefined
    news.check()
  }, REST)
  draw()
}

function lost(now) {
  out = now
  draw()
}

function refuse(word) {
  refused = word
  news.end()
  draw()
}

/** Do what a button says; a second tap would meet the next action's button, which stands in the same place. */
async function act(path, body) {
  if (busy && path === "act") return
  busy = true
  trouble = ""
  draw()
  try {
    const answer = await post(path, body, key())
    if (answer[0] !== 200) trouble = "failed"
    if (path === "close" && !trouble) refuse("unknown_room")
    else if (!trouble) believe(answer)
    else news.check()
  } catch {
    trouble = "failed"
  }
  draw()
  setTimeout(() => {
    busy = false
    draw()
  }, REST)
}

async function saveVotes() {
  trouble = ""
  try {
    const answer = await fetch(`${ROOM}/votes.csv?lang=${language}`, { headers: key(), cache: "no-store" })
    if (!answer.ok) throw new Error(answer.status)
    const href = URL.createObjectURL(await answer.blob())
    el("a", { href, download: `${code}.csv` }).click()
    setTimeout(() => URL.revokeObjectURL(href), 60000)
  } catch {
    trouble = "failed"
  }
  draw()
}

// ---- drawing ----

function sentence() {
  if (refused) return say(refused)
  if (out) return say("offline")
  if (!state) return say("connecting")
  if (!state.ballot) return say("no_question")
  return say(`phase_${state.phase}`) + (state.round > 1 ? ` · ${say("second_vote")}` : "")
}

/** What is most likely done next. */
function suggestion({ phase, hint, allowed }) {
  if (phase === "closed" && hint === "discuss" && allowed.includes("discuss")) return "discuss"
  return { lobby: "open", open: "close", closed: "reveal", discuss: "again", revealed: "next" }[phase]
}

function draw() {
  document.documentElement.lang = language
  document.title = say("page_title")
  for (const word of FIXED) write(word, say(word))
  $("other_language").lang = otherLanguage()
  write("room", say("room", { code }))
  write("status", sentence())
  $("status").classList.toggle("lost", out || Boolean(refused))
  const here = state && !refused
  $("question").hidden = !(here && state.ballot)
  for (const id of ["acts", "more", "trouble"]) $(id).hidden = !here
  write("count", here && state.ballot ? say("voted", { voted: state.voted, here: Math.max(state.here, state.voted) }) : "")
  if (!here) {
    $("closing").hidden = true
    return
  }
  $("more").hidden = !$("closing").hidden
  write("trouble", trouble && say(trouble))
  const held = document.activeElement?.parentElement === $("acts"), next = suggestion(state)
  for (const button of $("acts").children) {
    const action = button.value
    button.textContent = say(`do_${action}`)
    button.hidden = !state.allowed.includes(action)
    button.className = action === next ? "main" : ""
    button.ariaDisabled = busy
  }
  if (held && document.activeElement.hidden) $("acts").querySelector("button:not([hidden])")?.focus()
  if (state.ballot) drawQuestion(state)
}

let drawn = ""

function drawQuestion({ ballot, hint, explain, results, truths, value, reason, phase, round }) {
  // the class discusses once
  const advised = hint && phase !== "revealed" && !(hint === "discuss" && round > 1)
  write("hint", advised ? say(`hint_${hint}`) : "")
  $("hint").hidden = !advised
  write("explain", explain ? say("explain_asked", { count: explain }) : "")
  $("explain").hidden = !explain
  const content = JSON.stringify([ballot.exercise, language, results, phase === "revealed"])
  if (drawn === content) return
  drawn = content
  $("asked").replaceChildren(...inline(inLanguage(ballot.asked)))
  const rounds = Object.entries(results.rounds).reverse()
  const parts = rounds.flatMap(([round, votes]) => [
    el("h2", {}, say(round === "1" ? "first_vote" : "second_vote")),
    ...(ballot.kind === "choice" ? choiceBars(ballot, votes, truths) : ballot.fields.flatMap((field) => numberBars(field, votes))),
  ])
  $("results").replaceChildren(
    el("h2", {}, say("answers")), el("p", {}, say(rounds.length ? "only_here" : "no_votes")), ...parts)
  if (rounds.length && phase === "revealed") $("results").children[1].remove()
  const right = [...truths.map((truth) => inLanguage(ballot.choices[truth])), ...(value === null ? [] : [shown(value)])]
  $("truth").hidden = !right.length
  const why = inLanguage(reason)
  $("reason").replaceChildren(
    ...right.map((text) => el("p", {}, el("b", {}, ...inline(text)))), ...(why ? [el("h2", {}, say("why")), ...prose(why)] : []), ...lessonLink(ballot))
}

/** A bar for every choice; nobody else sees them before the reveal. */
function choiceBars({ choices }, { counts, voted }, truths) {
  return counts.map((count, choice) => bar(inline(inLanguage(choices[choice])), count, voted, truths.includes(choice)))
}

/** Eight bars over the range of a number, equally wide on its slider. */
function numberBars(field, { numbers }) {
  const values = [...numbers[field.key]].sort((one, other) => one - other)
  const most = placeOf(field, field.high), bins = Array(BINS).fill(0)
  for (const value of values) bins[Math.min(BINS - 1, Math.floor((BINS * placeOf(field, value)) / most))]++
  const ends = (bin) => [bin, bin + 1].map((each) => shown(Number(valueAt(field, (each * most) / BINS).toPrecision(2)))).join(" – ")
  const said = say("values", { count: values.length, median: shown(values[Math.floor(values.length / 2)]) })
  return [el("p", {}, `${inLanguage(field.label)}: ${said}`), ...bins.map((count, bin) => bar([ends(bin)], count, values.length, false))]
}

function bar(text, count, all, right) {
  const line = el("i")
  line.style.width = `${all ? (100 * count) / all : 0}%`
  return el("div", { className: right ? "bar good" : "bar" }, el("span", {}, ...text), el("b", {}, String(count)), line)
}

function lessonLink(ballot) {
  if (!ballot.lesson) return []
  const address = new URL(`${BASE}/${ballot.lesson}`, location)
  address.searchParams.set("lang", language)
  return [el("a", { className: "big", href: address, target: "_blank" }, say("open_lesson"))]
}

// ---- beginning ----

for (const value of ACTIONS) $("acts").append(el("button", { value, onclick: () => act("act", { action: value }) }))
$("other_language").onclick = () => { switchLanguage(); draw() }
$("save_votes").onclick = saveVotes
const closing = (asked) => {
  $("closing").hidden = !asked
  $("more").hidden = asked
  $(asked ? "close_no" : "close_room").focus()
}
$("close_room").onclick = () => closing(true)
$("close_no").onclick = () => closing(false)
$("close_yes").onclick = () => act("close", {})
if (secret) news = follow(`${ROOM}/events`, look, take, lost)
else refused = "no_secret"
draw()
