// Moves the parameter t of every Vega chart in one Streamlit container. Nothing here talks to the server.

const PLAY = "M7 4.5v15l12-7.5z"
const PAUSE = "M6 5h4.2v14H6zM13.8 5H18v14h-4.2z"

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
  const [back, play, on, scrub, where, speed, byHand, line] =
    ["back", "play", "on", "scrub", "where", "speed", "by-hand", "line"].map(find)
  const hide = document.head.appendChild(document.createElement("style"))
  const watcher = new MutationObserver(tellNewcomers)
  let data = null
  let step = 0
  let timer = null
  let told = new WeakSet()

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
    where.textContent = `${data.words.step_shown} ${step} / ${data.last}`
    scrub.setAttribute("aria-valuetext", where.textContent)
    line.textContent = data.lines[step] ?? ""
    byHand.hidden = step === data.last
    back.disabled = step === 0
    on.disabled = step === data.last
  }

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
    show(from)
    timer = setTimeout(tick, pause())
    face()
  }

  play.onclick = () => (timer === null ? start(step === data.last ? 0 : step) : stop())
  back.onclick = () => (stop(), show(step - 1))
  on.onclick = () => (stop(), show(step + 1))
  scrub.oninput = () => (stop(), show(Number(scrub.value)))

  function update(next) {
    const first = data === null
    const atEnd = first || step >= data.last
    const restart = next.autoplay && !(data && data.autoplay)
    data = next
    hide.textContent = `.st-key-${data.container} .vega-bindings { display: none !important; }`
    find("player").hidden = data.last === 0
    find("player").setAttribute("aria-label", data.words.player_name)
    byHand.textContent = data.words.by_hand
    speed.setAttribute("aria-label", data.words.play_speed)
    scrub.setAttribute("aria-label", data.words.step_shown)
    for (const [button, word] of [[back, "step_back"], [on, "step_on"]]) {
      button.setAttribute("aria-label", data.words[word])
      button.title = data.words[word]
    }
    scrub.max = data.last
    face()
    show(first ? data.opens_at : atEnd ? data.last : step)
    // when a presentation moves on, a player may be told once more after its beat has gone
    const place = document.querySelector(`.st-key-${data.container}`)
    if (first && place) watcher.observe(place, { childList: true, subtree: true })
    if (restart && !matchMedia("(prefers-reduced-motion: reduce)").matches) start(0)
  }

  function remove() {
    clearTimeout(timer)
    watcher.disconnect()
    hide.remove()
  }

  return { update, remove }
}
