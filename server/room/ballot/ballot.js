// The ballot: what this phone has voted, what it says, and what the room says.

const SHELF = "room"

// ---- what this phone knows ----

/** This phone in this room: its id, by question and round its votes, and which questions it wants explained again. */
const kept = recall() ?? { code, id: newId(), votes: {}, explain: {} }
let seen = null
let out = false
let gone = !code
let trouble = ""
let changes = 0
let sending = false
let news

function newId() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("")
}

/** What a browser has kept of this room; of the last room alone, so that nothing piles up. */
function recall() {
  try {
    const found = JSON.parse(localStorage.getItem(SHELF))
    return found.code === code && found.votes && found.explain && /^[\w-]{16,64}$/.test(found.id) ? found : null
  } catch {
    return null
  }
}

function keep() {
  try {
    localStorage.setItem(SHELF, JSON.stringify(kept))
  } catch {
    // a private window: what is in memory lasts as long as the page
  }
}

const votesOf = (exercise) => (kept.votes[exercise] ??= {})
const isWhole = (vote) => Boolean(vote && ("choice" in vote || "numbers" in vote))
const essence = (vote) => JSON.stringify([vote?.choice, vote?.numbers, vote?.sure])

// ---- voting ----

/** A change of this round's vote; the same once more changes nothing. */
function cast(change) {
  if (seen.phase !== "open") return
  const votes = votesOf(seen.ballot.exercise), before = votes[seen.round]
  const vote = { ...before, ...change, sent: false }
  if (essence(vote) === essence(before)) return
  votes[seen.round] = vote
  trouble = ""
  send()
}

function wantExplained() {
  kept.explain[seen.ballot.exercise] ??= false
  send()
}

/** The next thing that the server has not got yet: its path, its body, and what happens when it has it or refuses it. */
function unsent() {
  for (const [question, rounds] of Object.entries(kept.votes)) {
    for (const [round, vote] of Object.entries(rounds)) {
      if (!isWhole(vote) || vote.sent) continue
      const { sent, ...body } = vote
      const settle = (error) => {
        // it may have been changed meanwhile
        if (!error) vote.sent = true
        else if (rounds[round] === vote) delete rounds[round]
        if (error) trouble = /^(closed|other_)/.test(error) ? "late" : "refused"
      }
      return ["vote", { id: kept.id, question, round: Number(round), sure: null, ...body }, settle]
    }
  }
  const question = Object.keys(kept.explain).find((each) => !kept.explain[each])
  return question && ["explain", { id: kept.id, question }, () => { kept.explain[question] = true }]
}

/** Send what is unsent, one after the other, and again later what did not get through. */
async function send() {
  changes++
  keep()
  draw()
  if (sending || gone) return
  sending = true
  let refused = false
  try {
    for (let next; (next = unsent()); ) {
      const [path, body, settle] = next
      const [status, answer] = await post(path, body)
      if (status === 404) return leave()
      settle(status === 200 ? "" : answer.error || "unreadable")
      refused ||= status !== 200
      changes++
      keep()
      draw()
    }
  } catch {
    news.reach(false)
    setTimeout(send, about(2000, 3000))
  } finally {
    sending = false
  }
  // what counts in place of a refused vote
  if (refused) news.check()
}

// ---- the room's news ----

async function look() {
  const before = changes
  const [status, state] = await ask(`state?id=${kept.id}`)
  if (status === 404) return leave()
  // while something is sent, the server's word about this phone is older than the phone's own
  if (state.mine && before === changes && !sending) believe(state)
  take(state)
  return state.version
}

/** What the server has of this phone; a vote of an open round that it has lost is sent once more. */
function believe({ ballot, phase, round, mine }) {
  kept.tag = mine.tag
  kept.line = mine.line
  if (!ballot) return
  const votes = votesOf(ballot.exercise)
  if (mine.explain) kept.explain[ballot.exercise] = true
  for (const each of [1, 2]) {
    const theirs = mine[each], ours = votes[each]
    if (!ours || ours.sent) {
      if (theirs) votes[each] = { ...theirs, sent: true }
      else if (ours && phase === "open" && round === each) ours.sent = false
      else delete votes[each]
    }
  }
  keep()
}

function take(state) {
  if (state.error) return leave()
  if (seen && state.version < seen.version) return
  const before = seen
  // while votes come in, an event has numbers alone
  if (!("ballot" in state) && seen?.question !== state.question) return news.check()
  seen = { ...("ballot" in state ? {} : seen), ...state }
  const changed = (name) => before && before[name] !== state[name]
  if (changed("phase") || changed("question")) {
    if (state.phase === "open" || state.phase === "lobby") trouble = ""
    scrollTo(0, 0)
  }
  // what is this phone's own comes with the state alone
  if (state.phase === "revealed" && (changed("phase") || changed("lines"))) news.check()
  draw()
}

function lost(now) {
  out = now
  draw()
  if (!now && unsent()) send()
}

function leave() {
  gone = true
  news.end()
  draw()
}

// ---- drawing ----

function sentence() {
  if (gone) return code ? say("unknown_room", { code }) : ""
  if (out) return say(unsent() ? "offline_kept" : "offline")
  if (!seen) return say("connecting")
  if (!seen.ballot) return say("no_question")
  const { phase, round, ballot } = seen
  if (phase === "open") return say(round > 1 ? "again" : ballot.kind === "choice" ? "open" : "open_numbers")
  return say(phase === "revealed" && ballot.kind === "race" ? "revealed_race" : phase)
}

const plain = (text) => inLanguage(text).replace(/[\x60$]|\*\*/g, "")

/** A vote in words. */
function inWords(vote) {
  const { choices, fields } = seen.ballot
  if ("choice" in vote) return plain(choices[vote.choice])
  return fields.map(({ key, label }) => `${inLanguage(label)} ${shown(vote.numbers[key])}`).join(", ")
}

function voteSentence() {
  const { ballot, phase, round } = seen, votes = votesOf(ballot.exercise), words = trouble ? [say(trouble)] : []
  // who changes nothing in a second round still races
  const vote = votes[round] ?? (ballot.kind === "race" && votes[1])
  if (isWhole(vote)) {
    const sure = { true: "sure", false: "not_sure" }[vote.sure]
    const said = sure ? `${inWords(vote)} (${say(sure)})` : inWords(vote)
    words.push(say(!vote.sent ? "sending" : phase === "open" ? "sent" : "my_vote", { vote: said }))
  } else if (phase === "closed") words.push(say("no_vote"))
  return words.join(" ")
}

function draw() {
  document.documentElement.lang = language
  document.title = say("page_title")
  for (const word of ["other_language", "code", "enter"]) write(word, say(word))
  $("other_language").lang = otherLanguage()
  const tag = seen?.ballot?.kind === "race" && kept.tag
  write("room", say(code ? "room" : "page_title", { code: tag ? `${code} · ${tag}` : code }))
  $("codes").hidden = !gone
  write("status", sentence())
  $("status").hidden = !$("status").textContent
  $("status").classList.toggle("lost", out || gone)
  const ballot = !gone && seen?.ballot
  $("question").hidden = !ballot
  if (ballot) drawQuestion(ballot)
}

let drawn = ""

function drawQuestion(ballot) {
  const { phase } = seen, revealed = phase === "revealed", race = ballot.kind === "race"
  const question = ballot.exercise + language
  if (drawn !== question) {
    drawn = question
    $("asked").replaceChildren(...inline(inLanguage(ballot.asked)))
    $("answer").replaceChildren(...(ballot.kind === "choice" ? choicesOf(ballot) : fieldsOf(ballot)))
    $("sureness").replaceChildren(el("legend", {}, say("how_sure")), radio("sure", true, say("sure"), { sure: true }), radio("sure", false, say("not_sure"), { sure: false }))
    $("outcome").replaceChildren()
  }
  write("vote", revealed ? "" : voteSentence())
  $("vote").hidden = revealed
  $("answer").hidden = revealed
  for (const control of $("answer").elements) control.disabled = phase !== "open"
  const votes = votesOf(ballot.exercise), vote = votes[seen.round]
  for (const label of $("answer").querySelectorAll("label.big")) {
    const choice = Number(label.firstChild.value)
    tick(label, choice === vote?.choice)
    label.lastChild.textContent = seen.round > 1 && choice === votes[1]?.choice ? say("first_vote") : ""
  }
  for (const label of $("sureness").querySelectorAll("label")) tick(label, label.firstChild.value === String(vote?.sure))
  $("sureness").hidden = phase !== "open" || race
  const wanted = ballot.exercise in kept.explain
  write("explain", say(wanted ? "explain_sent" : "explain"))
  $("explain").ariaDisabled = wanted
  // an outcome that stands is not drawn again: it may be being read
  const outcome = revealed ? JSON.stringify([seen.truths, seen.value, kept.votes[ballot.exercise], kept.line]) : ""
  if ($("outcome").dataset.of !== outcome) $("outcome").replaceChildren(...(revealed ? outcomeOf(ballot) : []))
  $("outcome").dataset.of = outcome
}

/** FNV-1a: a number of a text, the same at every reload. */
const hash = (text) => [...text].reduce((sum, letter) => Math.imul(sum ^ letter.charCodeAt(0), 16777619), 2166136261)

/** The choices; where their order does not matter, each phone has its own. */
function choicesOf(ballot) {
  const order = [...ballot.choices.keys()], rank = (choice) => hash(choice + kept.id + ballot.exercise)
  if (ballot.shuffled) order.sort((one, other) => rank(one) - rank(other))
  const labels = order.map((choice) => radio("choice", choice, inLanguage(ballot.choices[choice]), { choice }))
  return [el("fieldset", { role: "radiogroup", ariaLabel: plain(ballot.asked) }, ...labels)]
}

/** What can be chosen, and the change of the vote that it makes. */
function radio(name, value, text, change) {
  const input = el("input", { type: "radio", name, value, onchange: () => cast(change) })
  return el("label", { className: "big" }, input, el("span", {}, ...inline(text)), el("small"))
}

function tick(label, chosen) {
  label.firstChild.checked = chosen
  label.classList.toggle("mine", chosen)
}

let draft = {}

function fieldsOf(ballot) {
  const votes = votesOf(ballot.exercise), vote = votes[seen.round] ?? votes[1]
  // in another language the numbers stay
  if (draft.exercise !== ballot.exercise) draft = { exercise: ballot.exercise, ...vote?.numbers }
  return [...ballot.fields.map(fieldOf), el("button", { className: "main" }, say("send"))]
}

/** A number's slider and the number itself; whichever is changed sets the other. */
function fieldOf(field) {
  const { key, label, low, high, start } = field
  const slider = el("input", { type: "range", max: placeOf(field, high), ariaLabel: inLanguage(label) })
  const input = el("input", { id: `field-${key}`, inputMode: "decimal" })
  const error = el("p", { role: "alert" })
  const set = (value, from) => {
    const right = value >= low && value <= high
    draft[key] = right ? value : NaN
    if (from !== input) input.value = shown(value)
    if (from !== slider && right) slider.value = placeOf(field, value)
    slider.ariaValueText = input.value
    input.ariaInvalid = !right
    error.textContent = right ? "" : say("out_of_range", { low: shown(low), high: shown(high) })
  }
  slider.oninput = () => set(valueAt(field, Number(slider.value)), slider)
  input.oninput = () => set(typedNumber(input.value), input)
  set(draft[key] ?? start)
  return el("div", { className: "field" }, el("label", { htmlFor: input.id }, inLanguage(label)), slider, input, error)
}

function sendNumbers() {
  const { fields } = seen.ballot
  const wrong = fields.find(({ key }) => Number.isNaN(draft[key]))
  if (wrong) $(`field-${wrong.key}`).focus()
  else cast({ numbers: Object.fromEntries(fields.map(({ key }) => [key, draft[key]])) })
}

/** After the reveal: the right answer, both votes, why, the misconceptions that were voted for, and the experiment. */
function outcomeOf(ballot) {
  const { truths, value, tolerance, reason, boxes } = seen, votes = votesOf(ballot.exercise), parts = [], mended = new Set()
  const card = (name, text, verdict = "") =>
    parts.push(el("p", { className: `big ${verdict}` }, el("small", {}, say(name)), el("span", {}, text), verdict && el("b", {}, say(verdict))))
  for (const truth of truths) card("right_answer", plain(ballot.choices[truth]))
  if (value !== null) card("right_answer", shown(value))
  for (const [round, name] of [[1, "first_vote"], [2, "second_vote"]]) {
    const vote = votes[round]
    if (!isWhole(vote)) continue
    const right = truths.includes(vote.choice) || Math.abs(vote.numbers?.[ballot.fields[0].key] - value) <= tolerance
    card(name, inWords(vote), truths.length || tolerance !== null ? (right ? "right" : "wrong") : "")
    if (boxes[vote.choice]) mended.add(inLanguage(boxes[vote.choice]))
  }
  const section = (name, text) => text && parts.push(el("h2", {}, say(name)), ...prose(text))
  if (kept.line) parts.push(...prose(inLanguage(kept.line)))
  section("why", inLanguage(reason))
  for (const box of mended) section("misconception", box)
  if (ballot.lesson) {
    const address = new URL(`${BASE}/${ballot.lesson}`, location)
    address.searchParams.set("lang", language)
    parts.push(el("a", { className: "big", href: address }, say("open_lesson")))
  }
  return parts
}

// ---- beginning ----

$("other_language").onclick = () => { switchLanguage(); draw() }
$("explain").onclick = wantExplained
$("answer").onsubmit = (event) => { event.preventDefault(); sendNumbers() }
$("codes").onsubmit = (event) => {
  event.preventDefault()
  location.assign(`${BASE}/room/${$("typed").value.replace(/[^0-9a-z]/gi, "").toUpperCase()}${location.search}`)
}

if (code) {
  keep()
  news = follow(`${ROOM}/events?id=${kept.id}`, look, take, lost)
}
draw()
