// A network in training, played: one epoch a frame. The frames come from the feed; what has been is kept and can be
// gone back to without asking. Streamlit calls the default export again whenever data or theme change.

const FRAMES = "lesson-live-frames"
const ASK = "lesson-live-ask"
const HELLO = "lesson-live-hello"

const PLAY = "M7 4.5v15l12-7.5z"
const PAUSE = "M6 5h4.2v14H6zM13.8 5H18v14h-4.2z"
const RATES = [2, 5, 10, 20, 40, 60, 120]
const USUAL_RATE = 40
const GENTLE_RATE = 5
const ASK_AGAIN_AFTER = 5000
const NARROW = 520
const FINGER = 44
const MOST_FRAMES = 3000

/** Where the browser's tab keeps which epoch of which training was shown last. */
const LEFT = "lesson-live-left"

function recall() {
  try {
    return JSON.parse(sessionStorage.getItem(LEFT)) ?? {}
  } catch {
    return {}
  }
}

function remember(place) {
  try {
    sessionStorage.setItem(LEFT, JSON.stringify(place))
  } catch {
    // without storage a training begins at its start when one comes back
  }
}

const shown = new WeakMap()

export default function ({ parentElement, data, setTriggerValue }) {
  if (!shown.has(parentElement)) shown.set(parentElement, makeStage(parentElement))
  const stage = shown.get(parentElement)
  stage.set = (values) => setTriggerValue("set", values)
  stage.update(data)
  return () => {
    stage.remove()
    shown.delete(parentElement)
  }
}

function makeStage(root) {
  const find = (name) => root.querySelector("." + name)
  const [live, sets, lines, units, widths, border, pens, losses, scrub, where, speed, sentence] =
    ["live", "sets", "lines", "units", "widths", "border", "pens", "losses", "scrub", "where", "speed", "sentence"].map(find)
  const [layers, card, numbers, cut, status, score] = ["layers", "card", "numbers", "cut", "status", "score"].map(find)
  const [first, back, play, on] = ["first", "back", "play", "on"].map(find)
  const listening = new AbortController()
  const coarse = matchMedia("(pointer: coarse)").matches
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches

  let data = null
  // what has been trained: frames by epoch, and what the server says of the whole training
  let frames = new Map()
  let training = { version: -1, first: 0, have: -1, ended: null, marks: [], cut: [], pasts: null }
  let shapes = null
  let logs = {}
  let at = 0
  let playing = false
  let played = false
  let due = 0
  let before = 0
  let asked = 0
  let answered = true
  // the last change whose epoch was asked for and said
  let changeSaid = null
  // units by hidden layer that were pressed and not answered yet
  let pressed = []
  // the unit that is pointed at, the one that was chosen, and what the server says of that one
  let looking = null
  let chosen = null
  let inspection = null
  // the training that is played, and the epoch to come back to once its frames are here
  let name = null
  let goal = null
  // the place in the plane that is pointed at, as shares of its width and height
  let probe = null
  // the weight that is pointed at, and where
  let touched = null
  let pen = 0
  let palette = null
  let looks = null
  let boxes = null
  let maps = null
  let places = null
  let pointLayer = null
  let curve = null
  let drawing = 0
  let order = Promise.resolve()
  const stage = { set: null, update, remove }

  // ---- asking -------------------------------------------------------------------------------------------------

  function ask(wish) {
    const now = performance.now()
    if (!answered && now - asked < ASK_AGAIN_AFTER && !wish.act) return
    answered = false
    asked = now
    const detail = { n: Math.round(now), version: training.version, pasts: Boolean(training.pasts), ...wish }
    document.dispatchEvent(new CustomEvent(ASK, { detail }))
    // of two messages of one moment one is lost
    if (wish.act) setTimeout(() => !answered && asked === now && ask(wish), ASK_AGAIN_AFTER)
  }

  const rate = () => Number(speed.value)
  const waiting = () => last() - at
  const last = () => Math.max(training.have, training.first)

  function askForMore() {
    if (document.hidden || training.ended) return
    const chunk = Math.min(120, Math.max(25, Math.ceil(0.8 * rate())))
    if (waiting() < Math.max(25, 0.9 * rate())) ask({ from: last() + 1, count: chunk })
  }

  async function take(bytes) {
    const { header, packed } = opened(bytes)
    if (header.question !== data?.question) return
    const brought = await unpacked(packed)
    answered = true
    const anew = header.version !== training.version
    if (anew) forget(header)
    if (header.name !== name) comeBack(header)
    shapes = brought.shapes
    brought.frames.forEach((frame, k) => {
      const epoch = brought.start + k
      frames.set(epoch, frame)
      for (const [name, value] of Object.entries(frame.logs)) (logs[name] ??= [])[epoch] = value
    })
    // the field shows again what is so
    if (header.refused) numbers.dataset.of = ""
    if (header.inspected?.map) inspection = withMap(header.inspected)
    if (header.inspected?.confusion) inspection = header.inspected
    if (frames.size > MOST_FRAMES)
      for (const epoch of frames.keys()) if (epoch < Math.min(at, brought.start) - MOST_FRAMES / 2) frames.delete(epoch)
    let have = Math.max(training.have, header.first - 1)
    while (frames.has(have + 1)) have++
    training = { ...header, have, pasts: header.pasts ?? (anew ? null : training.pasts) }
    if (goal !== null && have >= Math.min(goal, header.done)) [at, goal] = [Math.min(goal, have), null]
    if (header.change && header.change !== changeSaid) {
      // the server has heard of a knob and wants to know from which epoch on it holds
      changeSaid = header.change
      ask({ act: "apply", change: header.change, at, from: at, count: 25 })
    } else if (have < brought.start || goal !== null || !training.pasts) ask({ from: have + 1, count: 100 })
    else if (anew && chosen && !playing) inspect()
    face()
    putCard()
    soon()
  }

  /** Drop what is not true any more: all of it, or what comes after a change. */
  function forget(header) {
    const follows = header.base <= training.version && header.since !== null
    const since = follows ? header.since : -1
    for (const epoch of [...frames.keys()]) if (epoch >= since) frames.delete(epoch)
    for (const name of Object.keys(logs)) logs[name].length = Math.min(logs[name].length, Math.max(0, since))
    training.have = Math.min(training.have, since - 1)
    places = inspection = null
    if (header.since !== null) return
    at = 0
    logs = {}
    maps = looking = chosen = inspection = changeSaid = null
  }

  /** Where the reader was when the question was left, if this is the same training. */
  function comeBack(header) {
    name = header.name
    const left = recall()
    if (left.name !== name) return
    goal = Math.min(left.at, header.done)
    played = left.played
  }

  // ---- playing ------------------------------------------------------------------------------------------------

  function tick(now) {
    if (!playing) return
    requestAnimationFrame(tick)
    const most = Math.max(1, rate() / 60)
    due = Math.min(due + ((now - before) / 1000) * rate(), most + 0.999)
    before = now
    askForMore()
    const step = Math.min(Math.floor(due), waiting())
    if (step > 0) {
      due -= step
      show(at + step)
    } else if (training.ended && waiting() === 0) stop()
    tell()
  }

  function start() {
    if (training.ended && waiting() === 0) at = training.first
    playing = played = true
    chosen = null
    putCard()
    due = 1
    before = performance.now()
    face()
    requestAnimationFrame(tick)
  }

  function stop() {
    playing = false
    face()
    show(at)
  }

  function show(epoch) {
    at = Math.max(training.first ?? 0, Math.min(last(), epoch))
    draw()
    written()
  }

  function written() {
    const { words } = data
    where.textContent = `${words.epoch} ${at}`
    const right = logs.val_accuracy?.[at] ?? logs.accuracy?.[at]
    score.textContent = right === undefined || data.sketching ? "" : `${data.words.accuracy} ${(100 * right).toFixed(1)}%`
    scrub.max = last()
    scrub.value = at
    if (!playing) scrub.setAttribute("aria-valuetext", where.textContent)
    // of points that are no data yet nothing can be learned
    play.disabled = scrub.disabled = data.sketching
    first.disabled = back.disabled = data.sketching || at <= (training.first ?? 0)
    on.disabled = data.sketching || (waiting() === 0 && Boolean(training.ended))
    Object.assign(live.dataset, { epoch: at, marks: training.marks.length, pasts: training.pasts?.length ?? 0 })
    if (playing) return
    tell()
    sentence.textContent = spoken()
    putCard()
  }

  /** What is to be said beside the numbers: nothing, most of the time. */
  function tell() {
    const word = data.sketching
      ? "sketch"
      : training.refused
      ? "refused"
      : training.ended && waiting() === 0
        ? training.ended
        : playing && waiting() === 0
          ? "waiting"
          : null
    live.classList.toggle("telling", Boolean(word) && word !== "waiting")
    const text = word ? data.words[word].replace("%n", training.ended_at) : ""
    if (status.textContent !== text) status.textContent = text
  }

  function spoken() {
    if (data.sketching || !frames.has(at)) return ""
    const value = (name) => logs[name]?.[at]
    const rounded = (name) => (Number.isFinite(value(name)) ? value(name).toPrecision(3) : "–")
    const parts = [`${data.words.epoch} ${at}`, `${data.words.loss} ${rounded("loss")}`]
    if (logs.val_loss) parts.push(`${data.words.val_loss} ${rounded("val_loss")}`)
    if (Number.isFinite(value("val_accuracy"))) parts.push(`${data.words.val_accuracy} ${(100 * value("val_accuracy")).toFixed(0)}%`)
    return parts.join(", ")
  }

  function face() {
    const word = playing ? data.words.pause : data.words.play
    play.querySelector(".shape").setAttribute("d", playing ? PAUSE : PLAY)
    play.setAttribute("aria-label", word)
    play.title = word
  }

  play.onclick = () => (playing ? stop() : start())
  first.onclick = () => (stop(), show(training.first ?? 0))
  back.onclick = () => (stop(), show(at - 1))
  on.onclick = () => {
    stop()
    if (waiting() > 0) show(at + 1)
    askForMore()
  }
  scrub.oninput = () => {
    // to stop shows where it is, on this bar too
    const epoch = Number(scrub.value)
    stop()
    show(epoch)
  }
  losses.parentElement.onpointerdown = losses.parentElement.onpointermove = (event) => {
    if (event.type === "pointermove" && !event.buttons) return
    const epoch = curve?.epochAt(event.offsetX)
    if (epoch !== undefined) stop(), show(epoch)
  }

  function hear(what, act) {
    document.addEventListener(what, (event) => act() && event.preventDefault(), { signal: listening.signal })
  }
  // a clicker plays, pauses what plays, and then goes on
  hear("lesson-play", () => {
    if (!live.isConnected || (played && !playing)) return false
    play.click()
    return true
  })
  hear("lesson-toggle", () => live.isConnected && (play.click(), true))
  hear("lesson-plays", () => live.isConnected && Boolean(playing))
  document.addEventListener(
    FRAMES,
    // in the order in which they came
    ({ detail }) => (order = order.then(() => take(detail)).catch(reportError)),
    { signal: listening.signal }
  )
  document.addEventListener("visibilitychange", () => (before = performance.now()), { signal: listening.signal })

  // ---- drawing ------------------------------------------------------------------------------------------------

  function soon() {
    cancelAnimationFrame(drawing)
    drawing = requestAnimationFrame(() => show(at))
  }

  function look() {
    if (looks) return looks
    const style = getComputedStyle(live)
    looks = {
      letters: parseFloat(style.fontSize) * (data.presenting ? 0.96 : 0.82),
      font: style.fontFamily,
      ink: style.color,
      grid: style.getPropertyValue("--st-border-color"),
      ground: style.getPropertyValue("--st-background-color"),
      runs: data.palette.runs,
      colours: data.palette.classes,
      scale: parseFloat(style.fontSize) / 16,
    }
    return looks
  }

  /** Sizes and colours may be others now. */
  function lookAnew() {
    looks = null
    sizesHaveChanged()
    boxes = null
  }

  function draw() {
    const frame = frames.get(at)
    // of a long past not every frame is kept here
    if (!frame && training.version >= 0 && at < last()) ask({ from: at, count: 50 })
    if (!frame || !shapes) return
    look()
    maps ??= mapsOf(shapes)
    if (frame.border.length === maps.border.colours.length) paintBytes(maps.border, frame.border, palette.border)
    else paintClasses(maps.border, frame.border, palette.shades)
    // for those who look at the page from outside
    live.getRootNode().host?.setAttribute("data-drawn", "")
    drawNetwork(frame)
    drawBorder(frame)
    drawCurve()
  }

  function mapsOf({ border: [classes, grid], units: layers }) {
    return {
      border: pixels(grid),
      outputs: Array.from({ length: classes }, () => pixels(grid)),
      units: layers.map(([count, side]) => Array.from({ length: count }, () => pixels(side))),
      inputs: [0, 1].map((axis) => inputMap(axis)),
    }
  }

  function inputMap(axis) {
    const map = pixels(12)
    const values = Uint8Array.from({ length: 144 }, (_, k) => Math.round(1 + 254 * (axis ? 1 - Math.floor(k / 12) / 11 : (k % 12) / 11)))
    paintBytes(map, values, palette.units)
    return map
  }

  const sizes = () => [2, ...shapes.kernels.map((shape) => shape[1])]

  function drawNetwork(frame) {
    const place = surface(lines)
    if (!place) return
    const { context, width, height } = place
    if (!places || places.width !== width || places.height !== height) {
      places = { ...placesOf(sizes(), width, height, 44 * looks.scale), width, height }
      putButtons()
    }
    drawLines(context, places, frame, { ...looks, scale: Math.min(looks.scale, places.side / 40) }, looking ?? chosen)
    const { columns, side } = places
    const put = (map, { x, y }) => {
      context.fillStyle = looks.ground
      context.fillRect(x - side / 2, y - side / 2, side, side)
      if (map) context.drawImage(map, x - side / 2, y - side / 2, side, side)
    }
    context.imageSmoothingEnabled = true
    columns[0].forEach((each, k) => put(maps.inputs[k].canvas, each))
    frame.units.forEach((values, layer) => {
      const size = maps.units[layer][0].colours.length
      columns[layer + 1].forEach((each, k) => {
        const map = maps.units[layer][k]
        if (map) paintBytes(map, values, palette.units, k * size)
        put(map?.canvas, each)
        drawBias(context, each, frame.biases[layer][k])
      })
    })
    const classes = columns.at(-1)
    classes.forEach((each, k) => {
      const map = maps.outputs[k]
      const size = map.colours.length
      if (classes.length > 1) paintBytes(map, frame.border, palette.shades[k % palette.shades.length], k * size)
      put(classes.length > 1 ? map.canvas : maps.border.canvas, each)
      drawBias(context, each, frame.biases.at(-1)[k])
    })
    context.fillStyle = looks.ink
    context.font = `${looks.letters}px ${looks.font}`
    context.textAlign = "right"
    context.textBaseline = "middle"
    columns[0].forEach(({ x, y }, k) => {
      const name = fitting(context, data.inputs[k], columns[0][0].x + side / 2)
      const within = context.measureText(name).width < x - side / 2 - 6
      // a long name stands above
      context.textAlign = within ? "right" : "left"
      context.fillText(name, within ? x - side / 2 - 4 : 2, within ? y : y - side / 2 - 0.7 * looks.letters)
    })
    if (touched) writeWeight(context, frame)
    if (probe && !seen()) columns.forEach((column) => column.forEach((each) => drawPlace(context, each)))
  }

  /** As much of a name as there is room for. */
  function fitting(context, name, room) {
    let short = name
    while (short.length > 1 && context.measureText(short).width > room) short = short.slice(0, -1)
    return short === name ? name : `${short.slice(0, -1)}…`
  }

  /** Where in a unit's map the place is that is pointed at. */
  function drawPlace(context, { x, y }) {
    const { side } = places
    drawPoint(context, x + (probe.x - 0.5) * side, y + (probe.y - 0.5) * side, Math.max(2, side / 14), "#1B2430")
  }

  /** The weight that is pointed at, beside the pointer. */
  function writeWeight(context, frame) {
    const { column, from, to, x, y } = touched
    const weight = frame.kernels[column - 1][from * places.columns[column].length + to]
    context.font = `600 ${looks.letters}px ${looks.font}`
    context.textAlign = "center"
    context.textBaseline = "bottom"
    outlined(context, `w = ${weight.toPrecision(3)}`, x, y - 6)
  }

  function outlined(context, text, x, y) {
    context.lineWidth = 4
    context.lineJoin = "round"
    context.strokeStyle = "#fff"
    context.fillStyle = "#1B2430"
    context.strokeText(text, x, y)
    context.fillText(text, x, y)
  }

  const seen = () => looking ?? chosen

  function drawBias(context, { x, y }, bias) {
    const size = Math.max(6, places.side / 5)
    context.fillStyle = looks.colours[bias > 0 ? 1 : 0]
    context.globalAlpha = Math.min(1, 0.15 + Math.abs(bias))
    context.fillRect(x - places.side / 2 - size / 2, y + places.side / 2 - size / 2, size, size)
    context.globalAlpha = 1
    context.strokeStyle = looks.ground
    context.lineWidth = 1
    context.strokeRect(x - places.side / 2 - size / 2, y + places.side / 2 - size / 2, size, size)
  }

  function drawBorder(frame) {
    boxes ??= squared()
    const { side } = boxes
    if (!side) return
    const place = surface(border)
    if (!place) return
    const { context, width, height } = place
    const unit = seen()
    const map = unit ? mapOf(unit) : maps.border.canvas
    context.imageSmoothingEnabled = true
    if (data.sketching) {
      context.fillStyle = data.palette.middle
      context.fillRect(0, 0, width, height)
    } else context.drawImage(map, 0, 0, width, height)
    if (!pointLayer || pointLayer.side !== side) {
      const ratio = devicePixelRatio || 1
      const canvas = new OffscreenCanvas(Math.round(side * ratio), Math.round(side * ratio))
      const over = canvas.getContext("2d")
      over.setTransform(ratio, 0, 0, ratio, 0, 0)
      drawPoints(over, data.points, data.extent, side, side, pointSize(side), looks.colours)
      pointLayer = { canvas, side }
    }
    context.drawImage(pointLayer.canvas, 0, 0, width, height)
    if (probe && !unit) drawProbe(context, frame, width, height)
    if (unit) {
      context.font = `700 ${1.2 * looks.letters}px ${looks.font}`
      context.textBaseline = "top"
      context.textAlign = "left"
      const bias = unit.column ? `, b = ${frame.biases[unit.column - 1][unit.unit].toPrecision(3)}` : ""
      outlined(context, unitName(unit) + bias, 8, 8)
    }
    const large = unit && live.classList.contains("narrow") && surface(find("large"))
    if (!large) return
    large.context.drawImage(map, 0, 0, large.width, large.height)
    large.context.drawImage(pointLayer.canvas, 0, 0, large.width, large.height)
  }

  /** Few points are larger. */
  const pointSize = (side) => Math.max(2.6, (side / 95) * Math.min(2, Math.max(1, Math.sqrt(90 / (1 + data.points.length)))))

  /** The border is as large a square as there is room for. */
  function squared() {
    const { clientWidth, clientHeight } = border.parentElement
    const side = Math.floor(Math.min(clientWidth, clientHeight))
    border.style.cssText = `width:${side}px;height:${side}px;left:${(clientWidth - side) / 2}px;right:auto;bottom:auto`
    return { side }
  }

  /** What the network makes of the place that is pointed at. */
  function drawProbe(context, frame, width, height) {
    const [, grid] = shapes.border
    const place = Math.min(grid - 1, Math.floor(probe.y * grid)) * grid + Math.min(grid - 1, Math.floor(probe.x * grid))
    const shares = Array.from({ length: shapes.border[0] }, (_, k) => frame.border[k * grid * grid + place] / 255)
    const all = shares.length === 1 ? [1 - shares[0], shares[0]] : shares
    const best = all.indexOf(Math.max(...all))
    const [[left, right], [low, high]] = data.extent
    const [x, y] = [left + probe.x * (right - left), high - probe.y * (high - low)]
    const text = `(${x.toPrecision(3)}, ${y.toPrecision(3)}): ${data.classes[best]}, ${(100 * all[best]).toFixed(0)}%`
    context.font = `600 ${looks.letters}px ${looks.font}`
    context.textBaseline = "bottom"
    context.textAlign = "left"
    outlined(context, text, 6, height - 5)
  }

  border.onpointermove = border.onpointerdown = (event) => {
    probe = { x: event.offsetX / border.clientWidth, y: event.offsetY / border.clientHeight }
    if (!playing) draw()
  }
  border.onpointerleave = (event) => {
    // a finger that is lifted leaves its place marked
    if (event.pointerType !== "mouse") return
    probe = null
    if (!playing) draw()
  }

  /** The map of a unit: in detail where the server has drawn it of this epoch. */
  function mapOf(unit) {
    if (unit.column === 0) return maps.inputs[unit.unit].canvas
    if (inspection && inspection.at === at && inspection.layer === unit.column - 1 && inspection.unit === unit.unit) return inspection.canvas
    return maps.units[unit.column - 1]?.[unit.unit]?.canvas ?? maps.border.canvas
  }

  function withMap(inspected) {
    const values = Uint8Array.from(atob(inspected.map), (letter) => letter.charCodeAt(0))
    const map = pixels(Math.sqrt(values.length))
    paintBytes(map, values, palette.units)
    return { ...inspected, canvas: map.canvas }
  }

  function drawCurve() {
    const [have, pasts] = [last(), training.pasts ?? []]
    const rates = isRated() ? data.rates : null
    const ends = [have, data.rates.at(-1)?.[0] ?? 0, ...pasts.map((past) => past.epochs.at(-1) ?? 0)]
    const end = training.ended ? [[training.ended_at, training.ended === "diverged" ? "✕ NaN" : "■"]] : []
    curve = drawLosses(losses, {
      logs: Object.fromEntries(Object.entries(logs).map(([name, values]) => [name, values.slice(training.first, have + 1)])),
      first: training.first ?? 0,
      at,
      end: niceEnd(Math.max(...ends)),
      pasts,
      marks: [...training.marks, ...end],
      rates,
      look: looks,
      words: data.words,
    })
  }

  /** Whether there is more to see of the rate than one number. */
  function isRated() {
    const rates = logs.learning_rate ?? []
    const rated = data.rates.length > 0 || rates.some((rate) => rate !== rates[training.first])
    // which makes the curve higher, and that is heard
    live.classList.toggle("rated", rated)
    return rated
  }

  function unitName({ column, unit }) {
    if (column === 0) return data.inputs[unit]
    if (column > data.hidden.length) return data.words.output
    return `${data.words.layer} ${column}, ${data.words.unit} ${unit + 1}`
  }

  const isCut = ({ column, unit }) => training.cut.some(([layer, k]) => layer === column - 1 && k === unit)

  // units are buttons, so that a keyboard reaches them, too
  function putButtons() {
    const { columns, side } = places
    units.replaceChildren(
      ...columns.flatMap((column, c) =>
        column.map(({ x, y }, unit) => {
          const button = document.createElement("button")
          button.type = "button"
          const here = { column: c, unit }
          button.setAttribute("aria-label", unitName(here))
          button.here = here
          const frame = button.appendChild(document.createElement("span"))
          frame.style.cssText = `width:${side}px;height:${side}px`
          const [across, down] = reach(column)
          button.style.cssText = `left:${x}px;top:${y}px;width:${across}px;height:${down}px`
          button.onpointerenter = button.onfocus = () => ((looking = c < columns.length - 1 ? here : null), draw())
          button.onpointerleave = button.onblur = () => ((looking = null), draw())
          button.onclick = () => choose(c > 0 ? here : null)
          return button
        })
      )
    )
    markButtons()
    const groups = [...widths.children]
    const fits = groups.length === columns.length - 2
    const room = fits && groups.every((group) => group.offsetWidth < places.width / columns.length)
    groups.forEach((group, k) => (room ? (group.style.left = `${columns[k + 1][0].x}px`) : group.removeAttribute("style")))
  }

  /** How large the place is that a finger may touch for a unit: as far as the next one leaves it. */
  function reach(column) {
    const { columns, side } = places
    if (!coarse) return [side, side]
    const gap = places.width / columns.length
    const step = column.length > 1 ? column[1].y - column[0].y : FINGER
    return [gap, step].map((room) => Math.max(side, Math.min(FINGER, room)))
  }

  function markButtons() {
    for (const button of units.children) {
      const { column, unit } = button.here
      button.setAttribute("aria-pressed", String(chosen?.column === column && chosen.unit === unit))
      button.classList.toggle("without", isCut(button.here))
    }
  }

  // ---- one unit: its numbers, and the network without it ------------------------------------------------------

  function choose(unit) {
    stop()
    chosen = chosen && unit && chosen.column === unit.column && chosen.unit === unit.unit ? null : unit
    inspection = null
    markButtons()
    putCard()
    if (chosen) inspect()
    draw()
  }

  /** Ask what there is to know of the chosen unit; of the output it is which class is taken for which. */
  function inspect() {
    const act = chosen.column > data.hidden.length ? "confusion" : "inspect"
    ask({ act, layer: chosen.column - 1, unit: chosen.unit, at, from: at, count: 1 })
  }

  const changes = (wish) => ask({ ...wish, at, from: at, count: 25 })

  function putCard() {
    card.hidden = !chosen
    const frame = frames.get(at)
    if (!chosen || !frame) return
    const { column, unit } = chosen
    const layer = column - 1
    card.setAttribute("aria-label", unitName(chosen))
    find("card-title").textContent = unitName(chosen)
    find("card-loss").textContent = inspection?.unit === unit && inspection.layer === layer ? lost(inspection) : ""
    const hidden = column <= data.hidden.length
    putConfusion(!hidden && inspection?.at === at ? inspection.confusion : null)
    cut.hidden = !hidden
    cut.textContent = isCut(chosen) ? data.words.restore : data.words.cut_off
    cut.onclick = () => changes({ act: isCut(chosen) ? "restore" : "cut_off", layer, unit })
    const count = shapes.kernels[layer][1]
    const from = layer === 0 ? data.inputs.map((name) => name.slice(0, 8)) : Array.from({ length: shapes.kernels[layer][0] }, (_, k) => `w${k + 1}`)
    const number = (name, value, place) => {
      const label = document.createElement("label")
      const input = document.createElement("input")
      input.type = "number"
      input.step = "0.1"
      input.value = Number(value.toFixed(3))
      input.onchange = () => input.value !== "" && changes({ act: "weight", layer, place, value: Number(input.value) })
      label.append(name, input)
      return label
    }
    if (numbers.contains(live.getRootNode().activeElement) && numbers.dataset.of === `${column}-${unit}-${at}`) return
    numbers.dataset.of = `${column}-${unit}-${at}`
    numbers.replaceChildren(
      number("b", frame.biases[layer][unit], [unit]),
      ...from.map((name, k) => number(name, frame.kernels[layer][k * count + unit], [k, unit]))
    )
  }

  function putConfusion(counts) {
    const table = find("confusion")
    if (!counts) return table.replaceChildren()
    const cell = (kind, text, scope) => {
      const made = document.createElement(kind)
      made.textContent = text
      if (scope) made.scope = scope
      return made
    }
    const caption = cell("caption", data.words.confusion)
    const row = (cells) => {
      const made = document.createElement("tr")
      made.append(...cells)
      return made
    }
    const names = data.classes
    const lines = counts.map((line, actual) => {
      const cells = line.map((count, given) => {
        const made = cell("td", count)
        made.classList.toggle("right", given === actual)
        return made
      })
      return row([cell("th", names[actual], "row"), ...cells])
    })
    table.replaceChildren(caption, row([cell("td", ""), ...names.map((name) => cell("th", name, "col"))]), ...lines)
  }

  /** What the network loses without a unit. */
  function lost(inspected) {
    const [name, word] = inspected.with.val_loss === undefined ? ["loss", "loss"] : ["val_loss", "val_loss"]
    const shown = (scores) => scores[name]?.toPrecision(3) ?? "–"
    return `${data.words.without}: ${data.words[word]} ${shown(inspected.with)} → ${shown(inspected.without)}`
  }

  find("close").onclick = () => choose(null)

  lines.onpointermove = (event) => {
    const line = lineAt(event.offsetX, event.offsetY)
    if (!line && !touched) return
    touched = line && { ...line, x: event.offsetX, y: event.offsetY }
    if (!playing) draw()
  }
  lines.onpointerleave = () => {
    touched = null
    if (!playing) draw()
  }
  lines.onclick = (event) => {
    const line = lineAt(event.offsetX, event.offsetY)
    if (!line) return choose(null)
    chosen = null
    choose({ column: line.column, unit: line.to })
    numbers.querySelectorAll("input")[line.from + 1]?.focus()
  }

  /** The line nearest to a place in the drawing, if one is near. */
  function lineAt(x, y) {
    if (!places) return null
    const { columns, side } = places
    let best = null
    let near = 7
    for (let c = 1; c < columns.length; c++)
      columns[c - 1].forEach((a, from) =>
        columns[c].forEach((b, to) => {
          const [x0, x1] = [a.x + side / 2, b.x - side / 2]
          if (x < x0 || x > x1) return
          // along the curve that is drawn: three times as far in the middle as at the ends
          const wish = (x - x0) / (x1 - x0)
          let t = wish
          for (let k = 0; k < 6; k++) t -= (1.5 * t * (1 - t) + t ** 3 - wish) / Math.max(0.3, 1.5 - 3 * t + 3 * t * t)
          const distance = Math.abs(a.y + (b.y - a.y) * t * t * (3 - 2 * t) - y)
          if (distance < near) [near, best] = [distance, { column: c, from, to }]
        })
      )
    return best
  }

  // ---- what is chosen here ------------------------------------------------------------------------------------

  /** Put buttons anew; who stands on one of them with the keyboard stands there still. */
  function keepingFocus(place, put) {
    const name = place.contains(live.getRootNode().activeElement) && live.getRootNode().activeElement.ariaLabel
    put()
    if (name) [...place.querySelectorAll("button")].find((button) => button.ariaLabel === name)?.focus()
  }

  function oneOf(label, chosen, act) {
    const button = document.createElement("button")
    button.type = "button"
    button.setAttribute("aria-pressed", String(chosen))
    button.setAttribute("aria-label", label)
    button.title = label
    button.onclick = act
    return button
  }

  function putSets() {
    sets.setAttribute("aria-label", data.words.data)
    sets.replaceChildren(
      ...data.sets.map(({ name, label, points, extent, sign }) => {
        const button = oneOf(label, name === data.chosen, () => chooseSet(name))
        const canvas = button.appendChild(document.createElement("canvas"))
        requestAnimationFrame(() => {
          const place = surface(canvas)
          if (!place) return
          const { context, width, height } = place
          if (sign) drawSign(context, width, height, sign)
          for (const [x, y, label] of points) {
            context.fillStyle = data.palette.classes[label]
            const across = ((x - extent[0][0]) / (extent[0][1] - extent[0][0])) * (width - 8) + 4
            const up = height - 4 - ((y - extent[1][0]) / (extent[1][1] - extent[1][0])) * (height - 8)
            context.fillRect(across - 1, up - 1, 2.2, 2.2)
          }
        })
        return button
      })
    )
  }

  function chooseSet(name) {
    stage.set({ set: name })
    const { brings } = data
    if (name === brings.name && !(brings.brought && data.chosen !== name)) openFile(`.st-key-${brings.file} input[type="file"]`)
  }

  /** Open the browser's own choice of a file as soon as the page has a place for it: one press, not two. */
  function openFile(selector, tries = 30) {
    const input = document.querySelector(selector)
    if (input) {
      // the same file, mended meanwhile, would not count as another one
      input.value = ""
      input.click()
    } else if (tries) setTimeout(() => openFile(selector, tries - 1), 100)
  }

  function drawSign(context, width, height, sign) {
    context.fillStyle = getComputedStyle(live).color
    context.font = `${sign.length > 1 ? 600 : 400} ${height / (sign.length > 1 ? 3 : 2)}px sans-serif`
    context.textAlign = "center"
    context.textBaseline = "middle"
    context.fillText(sign, width / 2, height / 2)
  }

  function putPens() {
    pens.setAttribute("aria-label", data.words.pen)
    const colours = data.draws ? [0, 1, 2] : []
    pens.replaceChildren(
      ...colours.map((label) => {
        const button = oneOf(`${data.words.class} ${label}`, label === pen, () => ((pen = label), putPens()))
        button.textContent = label === 1 ? "■" : "●"
        button.style.color = data.palette.classes[label]
        return button
      }),
      ...(data.draws ? ["undo", "clear"] : []).map((act) => {
        const button = document.createElement("button")
        button.type = "button"
        button.textContent = data.words[act]
        button.disabled = data.points.length === 0
        button.onclick = () => stage.set({ points: act })
        return button
      })
    )
    border.style.cursor = data.draws ? "crosshair" : ""
  }

  border.onpointerup = (event) => {
    if (!data.draws) return
    const [[left, right], [low, high]] = data.extent
    const x = left + (event.offsetX / border.clientWidth) * (right - left)
    const y = high - (event.offsetY / border.clientHeight) * (high - low)
    stage.set({ point: [x, y, pen] })
  }

  /** One button more or fewer for every hidden layer, and for the layers themselves. */
  function putWidths() {
    const counts = data.hidden
    const group = (label, count, fewer, more) => {
      const place = document.createElement("span")
      place.className = "width"
      place.setAttribute("role", "group")
      place.setAttribute("aria-label", label)
      place.title = label
      const minus = step("−", `${label}: ${data.words.fewer}`, fewer)
      const text = document.createElement("span")
      text.className = "count"
      text.textContent = count
      place.append(minus, text, step("+", `${label}: ${data.words.more}`, more))
      return place
    }
    const step = (sign, label, next) => {
      const button = document.createElement("button")
      button.type = "button"
      button.textContent = sign
      button.setAttribute("aria-label", label)
      button.disabled = !next
      button.onclick = () => {
        // the next press counts from here
        data.hidden = next
        pressed.push(next)
        putWidths()
        stage.set({ hidden: next })
      }
      return button
    }
    const changed = (k, count) => (count >= 1 && count <= data.most_units ? counts.map((n, i) => (i === k ? count : n)) : null)
    const ofLayers = () =>
      group(
        data.words.layers,
        `${data.words.layers} ${counts.length}`,
        counts.length > 0 ? counts.slice(0, -1) : null,
        counts.length < data.most_layers ? [...counts, counts.at(-1) ?? 4] : null
      )
    const ofUnits = (count, k) => group(`${data.words.layer} ${k + 1}`, count, changed(k, count - 1), changed(k, count + 1))
    keepingFocus(layers, () => layers.replaceChildren(ofLayers()))
    keepingFocus(widths, () => widths.replaceChildren(...counts.map(ofUnits)))
    places = null
  }

  function putTabs() {
    live.dataset.tab ||= "border"
    for (const tab of root.querySelectorAll(".tab")) {
      tab.textContent = data.tabs[tab.dataset.tab]
      tab.setAttribute("aria-pressed", String(tab.dataset.tab === live.dataset.tab))
      tab.onclick = () => {
        live.dataset.tab = tab.dataset.tab
        putTabs()
        lookAnew()
        soon()
        // of the two only one is seen where they take turns
        root.querySelector('.tab[aria-pressed="false"]').focus()
      }
    }
  }

  function putSpeeds() {
    const chosen = speed.value || String(calm ? GENTLE_RATE : USUAL_RATE)
    speed.replaceChildren(
      ...RATES.map((each) => {
        const option = document.createElement("option")
        option.value = each
        option.textContent = `${each}/s`
        option.selected = String(each) === chosen
        return option
      })
    )
  }

  function update(next) {
    const other = JSON.stringify(data?.points) !== JSON.stringify(next.points)
    const greets = !data || data.question !== next.question
    // the answer to a press is not the last word if another one has followed
    const heard = pressed.findIndex((each) => String(each) === String(next.hidden))
    pressed = heard < 0 ? [] : pressed.slice(heard + 1)
    data = pressed.length ? { ...next, hidden: pressed.at(-1) } : next
    palette = palettes(data.palette)
    lookAnew()
    if (other) pointLayer = null
    if (data.sketching) playing = false
    live.classList.toggle("fits", data.fits)
    live.classList.toggle("sketching", data.sketching)
    live.classList.toggle("presenting", data.presenting)
    live.setAttribute("aria-label", data.words.name)
    lines.setAttribute("aria-label", data.words.network_said)
    border.setAttribute("aria-label", data.words.border_said)
    losses.setAttribute("aria-label", data.words.curve_said)
    find("bar").setAttribute("aria-label", data.words.player_name)
    speed.setAttribute("aria-label", data.words.speed)
    speed.title = data.words.speed
    scrub.setAttribute("aria-label", data.words.epoch)
    for (const [button, word] of [[first, "to_start"], [back, "step_back"], [on, "step_on"]]) {
      button.setAttribute("aria-label", data.words[word])
      button.title = data.words[word]
    }
    keepingFocus(sets, putSets)
    keepingFocus(pens, putPens)
    putWidths()
    find("close").textContent = data.words.close
    putTabs()
    putSpeeds()
    face()
    if (greets) document.dispatchEvent(new CustomEvent(HELLO))
    soon()
  }

  const resized = new ResizeObserver(() => {
    live.classList.toggle("narrow", live.clientWidth < NARROW)
    lookAnew()
    if (data) soon()
  })
  for (const part of [live, ...[lines, border, losses].map((one) => one.parentElement)]) resized.observe(part)

  function remove() {
    playing = false
    if (name) remember({ name, at, played })
    cancelAnimationFrame(drawing)
    listening.abort()
    resized.disconnect()
  }

  return stage
}
