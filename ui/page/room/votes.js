// How a class has voted: both votes as bars or as a histogram, what changed between them, and what mends a wrong answer.

const SVG = "http://www.w3.org/2000/svg"
const BINS = 24

/** An element; texts among the parts stay texts. */
function made(tag, attributes = {}, ...parts) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  element.append(...parts)
  return element
}

function drawn(tag, attributes = {}, ...parts) {
  const element = document.createElementNS(SVG, tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  element.append(...parts)
  return element
}

const filled = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole)
const percent = (share) => `${Math.round(100 * share)}%`
const inWords = (text) => text.replace(/\*\*|`/g, "")
const rounded = (value) => String(Number(value.toPrecision(4)))

/**
 * A picture of the votes. told: what the room has said; results: how it was answered; revealed: whether what is right is
 * marked; opens: called for the note that mends a wrong answer.
 */
function picture({ told, results, revealed, words, inLanguage, opens }) {
  const { ballot } = told
  const rounds = [1, 2].filter((round) => results.rounds[round]).map((round) => ({
    ...results.rounds[round],
    name: round === 1 ? words.room_first : words.room_second,
    pale: round === 1 && Boolean(results.rounds[2]),
  }))
  const truths = revealed ? told.truths : []
  const parts = [made("h2", {}, inLanguage(ballot.asked))]
  if (!rounds.length) return [...parts, made("p", { class: "said" }, words.room_no_votes)]
  // where nothing is right the legend says it all
  const isJudged = rounds.some(({ right }) => right !== null)
  if (revealed && isJudged) parts.push(made("p", { class: "said" }, rounds.map((round) => rightSaid(round, words)).join(" · ")))
  parts.push(legend(rounds))
  const main = ballot.kind === "choice" ? bars(ballot, rounds, truths, inLanguage, words) : histograms(told, rounds, revealed, words, inLanguage)
  const aside = made("div", { class: "aside" })
  if (revealed && results.flow) aside.append(...flowOf(results.flow, words))
  if (revealed) aside.append(...notes(told, inLanguage, words, opens))
  parts.push(made("div", { class: aside.childElementCount ? "body beside" : "body" }, made("div", { class: "main" }, ...main), aside))
  return parts
}

function rightSaid({ name, voted, right }, words) {
  if (right === null) return `${name}: ${voted}`
  const values = { round: name, voted, right: Math.round(right * voted), share: percent(right) }
  return filled(words.room_round_said, values)
}

function legend(rounds) {
  const entry = ({ name, voted, pale }) =>
    made("span", {}, made("span", { class: pale ? "swatch pale" : "swatch" }), `${name} (${voted})`)
  return made("p", { class: "legend" }, ...rounds.map(entry))
}

// ---- choices ----

function bars(ballot, rounds, truths, inLanguage, words) {
  const most = Math.max(...rounds.flatMap((round) => round.counts.map((count) => count / round.voted)))
  const rows = ballot.choices.map((choice, place) => {
    const right = truths.includes(place)
    const answer = made("span", { class: "answer" }, `${right ? "✓ " : ""}${inLanguage(choice)}`)
    const pair = made("span", { class: "pair" }, ...rounds.map((round) => bar(round, round.counts[place], most)))
    return made("div", { class: right ? "row right" : "row" }, answer, pair)
  })
  const table = tableOf(words, rounds, ballot.choices.map((choice, place) => [
    inLanguage(choice) + (truths.includes(place) ? ` (${words.room_truth})` : ""),
    ...rounds.map((round) => round.counts[place]),
  ]))
  return [made("div", { class: "rows", "aria-hidden": "true" }, ...rows), table]
}

function bar({ voted, pale }, count, most) {
  const share = count / voted
  const length = made("span", { class: "length", style: `inline-size: ${(75 * share) / most}%` })
  return made("span", { class: pale ? "bar pale" : "bar" }, length, made("span", { class: "count" }, `${count} · ${percent(share)}`))
}

/** The same for whoever does not see it. */
function tableOf(words, rounds, lines) {
  const head = made("tr", {}, ...[words.room_answer, ...rounds.map(({ name }) => name)].map((name) => made("th", { scope: "col" }, name)))
  const rows = lines.map(([first, ...rest]) =>
    made("tr", {}, made("th", { scope: "row" }, first), ...rest.map((each) => made("td", {}, String(each)))))
  return made("table", { class: "unseen" }, made("caption", {}, words.room_votes_title), made("thead", {}, head), made("tbody", {}, ...rows))
}

// ---- numbers ----

function histograms(told, rounds, revealed, words, inLanguage) {
  return told.ballot.fields.map((field) => histogram(field, told, rounds, revealed, words, inLanguage))
}

function histogram(field, told, rounds, revealed, words, inLanguage) {
  const { low, high, log } = field
  const scale = (value) => (log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low))
  const back = (place) => (log ? low * (high / low) ** place : low + (high - low) * place)
  const binOf = (value) => Math.max(0, Math.min(BINS - 1, Math.floor(BINS * scale(value))))
  const counts = rounds.map((round) => {
    const found = Array(BINS).fill(0)
    for (const value of round.numbers[field.key]) found[binOf(value)] += 1
    return found
  })
  const most = Math.max(1, ...counts.flat())
  const [width, height, foot] = [900, 330, 40]
  const svg = drawn("svg", { viewBox: `0 0 ${width} ${height + foot}`, "aria-hidden": "true" })
  counts.forEach((found, place) => found.forEach((count, bin) => {
    const across = width / BINS / rounds.length
    const tall = (0.86 * height * count) / most
    const box = { x: (bin * width) / BINS + place * across, y: height - tall, width: Math.max(1, across - 1), height: tall }
    svg.append(drawn("rect", { ...box, class: rounds[place].pale ? "column pale" : "column" }))
  }))
  svg.append(drawn("line", { x1: 0, x2: width, y1: height, y2: height, class: "axis" }))
  for (const place of [0, 0.5, 1]) {
    const anchor = ["start", "middle", "end"][2 * place]
    svg.append(drawn("text", { x: place * width, y: height + 30, "text-anchor": anchor }, rounded(back(place))))
  }
  const truth = revealed && typeof told.value === "number" && told.ballot.kind === "number" ? told.value : null
  if (truth !== null) {
    const x = width * Math.max(0, Math.min(1, scale(truth)))
    svg.append(drawn("line", { x1: x, x2: x, y1: 0, y2: height, class: "truth" }))
    const anchor = x < width / 2 ? "start" : "end"
    svg.append(drawn("text", { x: x + (x < width / 2 ? 8 : -8), y: 26, "text-anchor": anchor, class: "truth" }, `${words.room_truth} ${rounded(truth)}`))
  }
  const lines = [...Array(BINS).keys()].filter((bin) => counts.some((found) => found[bin])).map((bin) => [
    `${rounded(back(bin / BINS))}–${rounded(back((bin + 1) / BINS))}`,
    ...counts.map((found) => found[bin]),
  ])
  if (truth !== null) lines.push([`${words.room_truth} ${rounded(truth)}`, ...counts.map(() => "")])
  return made("div", { class: "number" }, made("h3", {}, inLanguage(field.label)), svg, tableOf(words, rounds, lines))
}

// ---- what changed, and what mends it ----

const WAYS = ["right_right", "wrong_right", "right_wrong", "wrong_wrong"]

/** Bands from the first vote, at the left, to the second one; above right, below wrong. */
function flowOf(flow, words) {
  const all = WAYS.reduce((sum, way) => sum + flow[way], 0)
  const [width, height, gap] = [300, 150, 14]
  const unit = (height - gap) / all
  const below = { left: (flow.right_right + flow.right_wrong) * unit + gap, right: (flow.right_right + flow.wrong_right) * unit + gap }
  const from = { right_right: 0, right_wrong: flow.right_right * unit, wrong_right: below.left, wrong_wrong: below.left + flow.wrong_right * unit }
  const to = { right_right: 0, wrong_right: flow.right_right * unit, right_wrong: below.right, wrong_wrong: below.right + flow.right_wrong * unit }
  const svg = drawn("svg", { viewBox: `0 0 ${width} ${height}`, class: "flow", "aria-hidden": "true" })
  for (const way of WAYS.filter((each) => flow[each])) {
    const [a, b, thick] = [from[way], to[way], flow[way] * unit]
    const half = width / 2
    const path = `M0 ${a}C${half} ${a} ${half} ${b} ${width} ${b}v${thick}C${half} ${b + thick} ${half} ${a + thick} 0 ${a + thick}z`
    svg.append(drawn("path", { d: path, class: way }))
  }
  const items = WAYS.map((way) => {
    const word = `room_${way}`
    return made("li", {}, made("span", { class: `swatch ${way}` }), `${words[word]} `, made("b", {}, String(flow[way])))
  })
  return [made("h3", {}, words.room_flow), svg, made("ul", { class: "ways" }, ...items)]
}

/** The notes on what is often got wrong, once each, where anybody has given a wrong answer. */
function notes(told, inLanguage, words, opens) {
  const titles = new Set(Object.values(told.boxes ?? {}).map((title) => inWords(inLanguage(title))).filter(Boolean))
  return [...titles].map((title) => {
    const button = made("button", { type: "button", class: "note" }, `${words.check_note}: ${title}`)
    button.onclick = opens
    return button
  })
}
