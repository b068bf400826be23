// Moves the parameter t of every Vega chart in one Streamlit container. Nothing here talks to the server.

const PLAY = "M7 4.5v15l12-7.5z"
const PAUSE = "M6 5h4.2v14H6zM13.8 5H18v14h-4.2z"

// how many letters a line may have to stand beside another one
const LONG = 44

// Streamlit calls the default export again whenever data or theme change; what must last longer lives here, by bar.
const bars = new WeakMap()

export default function (component) {
  const { parentElement, data } = component
  let bar = bars.get(parentElement)
  if (!bar) {
    bar = makeBar(parentElement)
    bars.set(parentElement, bar)
  }
  bar.update(data)
  return () => {
    bar.remove()
    bars.delete(parentElement)
  }
}

function makeBar(root) {
  const find = (name) => root.querySelector("." + name)
  const [back, play, on, scrub, where, speed, byHand, line, lines] =
    ["back", "play", "on", "scrub", "where", "speed", "by-hand", "line", "lines"].map(find)
  const watcher = new MutationObserver(tellNewcomers)
  let data = null
  let step = 0
  let timer = null
  let told = new WeakSet()
  // whether it has been played since the answer was there
  let played = false
  const listening = new AbortController()

  function hear(what, act) {
    const listener = (event) => act() && event.preventDefault()
    document.addEventListener(what, listener, { signal: listening.signal })
  }

  // Vega makes new inputs whenever a chart is rebuilt, so they are looked up at every use
  const inputs = () => document.querySelectorAll(`.st-key-${data.container} .vega-bindings input[name="t"]`)

  function tell(input) {
    told.add(input)
    if (Number(input.value) !== step) {
      input.value = step
      input.dispatchEvent(new Event("input", { bubbles: true }))
    }
  }

  function tellNewcomers() {
    for (const input of inputs()) if (!told.has(input)) tell(input)
  }

  function show(next) {
    step = Math.max(0, Math.min(data.last, next))
    inputs().forEach(tell)
    scrub.value = step
    where.textContent = `${data.words.counts} ${counted(step)} / ${counted(data.last)}`
    scrub.setAttribute("aria-valuetext", where.textContent)
    lines.textContent = data.lines[step] ?? ""
    if (timer === null) reach()
    byHand.hidden = step === data.last || !data.words.by_hand
    back.disabled = step === 0
    on.disabled = step === data.last
  }

  // many lines stand side by side, a long one in its whole width: as wide as the longest of all steps needs, so that
  // nothing jumps while it plays
  function setColumns() {
    const steps = data.lines.map((text) => text.split("\n"))
    const longest = Math.max(0, ...steps.flat().map((row) => row.length))
    lines.classList.toggle("many", longest <= LONG && steps.some((rows) => rows.length > 2))
    lines.style.columnWidth = lines.classList.contains("many") ? `${longest}ch` : ""
  }

  // a step of the bar may be a part of what is counted, such as a hundredth of an epoch, or stand for a number
  const counted = (place) => data.numbers?.[place] ?? (place * (data.each ?? 1)).toFixed(data.decimals ?? 0)

  // what is longer than its place is scrolled by the keyboard, too
  function reach() {
    if (line.scrollHeight > line.clientHeight) line.tabIndex = 0
    else line.removeAttribute("tabindex")
  }
  const resized = new ResizeObserver(reach)
  resized.observe(line)

  function stop() {
    clearTimeout(timer)
    timer = null
    face()
  }

  function face() {
    const word = timer === null ? data.words.play : data.words.pause
    play.querySelector(".shape").setAttribute("d", timer === null ? PLAY : PAUSE)
    play.setAttribute("aria-label", word)
    play.title = word
  }

  function tick() {
    show(step + 1)
    if (step < data.last) timer = setTimeout(tick, pause())
    else stop()
  }

  // a long run takes about eight seconds at 1x, a short one six steps a second
  const pause = () => 1000 / (Math.max(6, data.last / 8) * Number(speed.value))

  function start(from) {
    played = true
    show(from)
    timer = setTimeout(tick, pause())
    face()
  }

  play.onclick = () => (timer === null ? start(step === data.last ? 0 : step) : stop())
  // a clicker plays a run, and one that bounces or is impatient brings it to its end before it goes on
  hear("lesson-play", () => {
    if (!(data?.last > 0) || !find("player").isConnected) return false
    if (timer !== null) return stop(), show(data.last), true
    if (played) return false
    start(0)
    return true
  })
  hear("lesson-toggle", () => data?.last > 0 && (play.click(), true))
  hear("lesson-plays", () => timer !== null)
  back.onclick = () => (stop(), show(step - 1))
  on.onclick = () => (stop(), show(step + 1))
  scrub.oninput = () => (stop(), show(Number(scrub.value)))

  function update(next) {
    const first = data === null
    const atEnd = first || step >= data.last
    const restart = next.autoplay && !(data && data.autoplay)
    if (data && next.last !== data.last) played = false
    data = next
    find("player").hidden = data.last === 0
    find("player").setAttribute("aria-label", data.words.player_name)
    byHand.textContent = data.words.by_hand
    speed.setAttribute("aria-label", data.words.play_speed)
    scrub.setAttribute("aria-label", data.words.counts)
    for (const [button, word] of [[back, "step_back"], [on, "step_on"]]) {
      button.setAttribute("aria-label", data.words[word])
      button.title = data.words[word]
    }
    scrub.max = data.last
    setColumns()
    face()
    show(first ? data.opens_at : atEnd ? data.last : step)
    // when a presentation moves on, a player may be told once more after its beat has gone
    const place = document.querySelector(`.st-key-${data.container}`)
    if (first && place) watcher.observe(place, { childList: true, subtree: true })
    if (restart && !matchMedia("(prefers-reduced-motion: reduce)").matches) start(0)
  }

  function remove() {
    clearTimeout(timer)
    listening.abort()
    resized.disconnect()
    watcher.disconnect()
  }

  return { update, remove }
}
