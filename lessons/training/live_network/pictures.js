// What is drawn of a frame: the network, the border with its points, the losses by epoch.

const RGB = (hex) => [1, 3, 5].map((k) => parseInt(hex.slice(k, k + 2), 16))
const packedColour = ([r, g, b]) => (255 << 24) | (b << 16) | (g << 8) | r
const mixed = (colour, ground, share) => colour.map((part, k) => Math.round(ground[k] + share * (part - ground[k])))

/** Colours of shares: of two classes by the share of the second, of several by how sure the class is. */
function palettes({ classes, outputs, middle, strongest }) {
  const ground = RGB(middle)
  const shades = outputs.map((hex) =>
    Int32Array.from({ length: 256 }, (_, k) => packedColour(mixed(RGB(hex), ground, (strongest * k) / 255)))
  )
  const signed = (most, colours) =>
    Int32Array.from({ length: 256 }, (_, k) => {
      const share = Math.max(-1, (k - 128) / 127)
      return packedColour(mixed(RGB(colours[share > 0 ? 1 : 0]), ground, most * Math.abs(share)))
    })
  return { shades, border: signed(strongest, outputs), units: signed(0.9, classes) }
}

/** A small canvas with one pixel a place, to be drawn larger. */
function pixels(grid) {
  const canvas = new OffscreenCanvas(grid, grid)
  const context = canvas.getContext("2d")
  const image = context.createImageData(grid, grid)
  const colours = new Int32Array(image.data.buffer)
  return { canvas, colours, done: () => context.putImageData(image, 0, 0) }
}

function paintBytes(place, values, palette, from = 0) {
  const { colours } = place
  for (let k = 0; k < colours.length; k++) colours[k] = palette[values[from + k]]
  place.done()
}

function paintClasses(place, shares, shades) {
  const { colours } = place
  const size = colours.length
  const count = shares.length / size
  const least = 255 / count
  for (let k = 0; k < size; k++) {
    let best = 0
    for (let c = 1; c < count; c++) if (shares[c * size + k] > shares[best * size + k]) best = c
    const sure = Math.max(0, (shares[best * size + k] - least) / (255 - least))
    colours[k] = shades[best % shades.length][Math.round(255 * sure)]
  }
  place.done()
}

let extents = new WeakMap()

/** Sizes are read anew when something has changed. */
const sizesHaveChanged = () => (extents = new WeakMap())

/** The drawing surface of a canvas in pixels of the page, sharp on every screen; null while it has no size. */
function surface(canvas) {
  // to read a size makes the browser lay the page out, which forty times a second is dear
  if (!extents.has(canvas)) extents.set(canvas, [canvas.clientWidth, canvas.clientHeight])
  const [width, height] = extents.get(canvas)
  if (!width || !height) return extents.delete(canvas), null
  const ratio = devicePixelRatio || 1
  const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)]
  if (canvas.width !== across || canvas.height !== down) [canvas.width, canvas.height] = [across, down]
  const context = canvas.getContext("2d")
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  context.clearRect(0, 0, width, height)
  return { context, width, height }
}

// ---- the border and its points ----------------------------------------------------------------------------------

function drawPoint(context, x, y, size, colour, square, hollow, ink = "#fff") {
  context.beginPath()
  if (square) context.rect(x - 0.88 * size, y - 0.88 * size, 1.76 * size, 1.76 * size)
  else context.arc(x, y, size, 0, 2 * Math.PI)
  context.fillStyle = hollow ? ink : colour
  context.fill()
  context.lineWidth = hollow ? 0.5 * size : Math.max(0.8, 0.22 * size)
  context.strokeStyle = hollow ? colour : ink
  context.stroke()
}

function drawPoints(context, points, extent, width, height, size, colours) {
  const [[left, right], [low, high]] = extent
  points.forEach(([x, y, label, held]) => {
    const across = ((x - left) / (right - left)) * width
    const up = height - ((y - low) / (high - low)) * height
    drawPoint(context, across, up, size, colours[label % colours.length], label % 2 === 1, held)
  })
}

// ---- the network ------------------------------------------------------------------------------------------------

/** Where every unit stands: columns of places, the inputs first, the output last. */
function placesOf(sizes, width, height, largest) {
  const gap = width / sizes.length
  const most = Math.max(...sizes)
  const side = Math.max(12, Math.min(largest, 0.78 * (height / most), 0.62 * gap))
  const columns = sizes.map((count, column) => {
    const step = Math.min(height / count, 1.5 * side)
    return Array.from({ length: count }, (_, k) => ({
      x: (column + 0.5) * gap,
      y: height / 2 + (k - (count - 1) / 2) * step,
    }))
  })
  return { columns, side }
}

const lineWidth = (weight, scale) => scale * Math.min(7, 0.4 + 2 * Math.abs(weight))

function drawLines(context, places, frame, look, chosen) {
  const { columns, side } = places
  frame.kernels.forEach((kernel, layer) => {
    const [from, to] = [columns[layer], columns[layer + 1]]
    from.forEach((a, i) =>
      to.forEach((b, j) => {
        const weight = kernel[i * to.length + j]
        const meant = !chosen || (chosen.column === layer + 1 && chosen.unit === j) || (chosen.column === layer && chosen.unit === i)
        const [x0, x1] = [a.x + side / 2, b.x - side / 2]
        const bend = (x1 - x0) / 2
        context.beginPath()
        context.moveTo(x0, a.y)
        context.bezierCurveTo(x0 + bend, a.y, x1 - bend, b.y, x1, b.y)
        context.globalAlpha = (meant ? 1 : 0.15) * Math.min(1, 0.25 + 0.6 * Math.abs(weight))
        context.strokeStyle = Number.isFinite(weight) ? look.colours[weight > 0 ? 1 : 0] : look.ink
        context.lineWidth = lineWidth(weight, look.scale)
        context.stroke()
      })
    )
  })
  context.globalAlpha = 1
}

// ---- the losses -------------------------------------------------------------------------------------------------

const RUNS = [["loss", true], ["val_loss", false]]

function niceEnd(epochs) {
  const steps = [50, 100, 200, 500]
  return steps.find((end) => end >= epochs) ?? Math.ceil(epochs / 500) * 500
}

let axis = { of: "", high: 1 }

/** Where the axis of the losses ends: above all of them, but for a few that leave the others no room. */
function highest(values, first) {
  // to sort them is dear in every frame, and they change once a chunk
  const of = [values.length, values.at(-1), first].join()
  if (of !== axis.of) {
    const order = values.slice().sort((a, b) => a - b)
    const most = Math.max(1.5 * first, 1.2 * (order[Math.floor(0.9 * order.length)] ?? 0))
    axis = { of, high: Math.max(1e-9, Math.min(order.at(-1) ?? 0, most)) }
  }
  return axis.high
}

/** Texts beside vertical lines, in rows where none lies on another; the newest has the first choice. */
function labelled(context, marks, { letters, left, right, top, rows }) {
  const taken = []
  return marks.toReversed().map(([x, text]) => {
    const long = context.measureText(text).width
    const from = x + 3 + long > right ? Math.max(left, x - 3 - long) : x + 3
    for (let row = 0; row < rows; row++) {
      if (taken.some((one) => one.row === row && from < one.to + 4 && one.from < from + long + 4)) continue
      taken.push({ row, from, to: from + long })
      return { text, from, long, y: top + row * 1.2 * letters }
    }
    return null
  })
}

function drawLosses(canvas, { logs, first, at, end, pasts, marks, rates, look, words }) {
  const place = surface(canvas)
  if (!place) return
  const { context, width, height } = place
  const letters = look.letters
  const [right, top] = [0.8 * letters, 1.7 * letters]
  // the rates stand beneath the losses, on the same epochs
  const strip = rates ? Math.max(2.2 * letters, 0.22 * height) : 0
  const foot = height - 1.7 * letters
  const base = foot - (strip && strip + 1.1 * letters)
  const values = [...logs.loss, ...(logs.val_loss ?? [])].filter(Number.isFinite)
  const high = 1.05 * highest(values, logs.loss.find(Number.isFinite) ?? 0)
  const short = (value) => (value ? value.toPrecision(2).replace("e+", "e") : "0")
  context.font = `${letters}px ${look.font}`
  const left = Math.max(3.2 * letters, context.measureText(short(high)).width + 6)
  const x = (epoch) => left + (epoch / end) * (width - left - right)
  const y = (value) => base - (value / high) * (base - top)
  context.fillStyle = look.ink
  context.lineWidth = 1
  context.textAlign = "right"
  const level = (at, text) => {
    context.textBaseline = "middle"
    context.strokeStyle = look.grid
    context.beginPath()
    context.moveTo(left, at)
    context.lineTo(width - right, at)
    context.stroke()
    context.fillText(text, left - 4, at)
  }
  const levels = base - top > 3 * letters ? [0, high / 2.1, high / 1.05] : [0, high / 1.05]
  for (const value of levels) level(y(value), short(value))
  context.textBaseline = "alphabetic"
  context.textAlign = "center"
  for (const epoch of [0, end / 2]) context.fillText(String(epoch), x(epoch), height - 0.35 * letters)
  context.textAlign = "right"
  context.fillText(`${end} ${words.epochs}`, width - right, height - 0.35 * letters)
  const line = (series, epochOf, colour, dash, alpha, thick, up = y) => {
    context.beginPath()
    let drawn = false
    series.forEach((value, k) => {
      if (!Number.isFinite(value)) return void (drawn = false)
      const [a, b] = [x(epochOf(k)), up(value)]
      if (drawn) context.lineTo(a, b)
      else context.moveTo(a, b)
      drawn = true
    })
    context.setLineDash(dash)
    context.globalAlpha = alpha
    context.strokeStyle = colour
    context.lineWidth = thick
    context.stroke()
    context.setLineDash([])
    context.globalAlpha = 1
  }
  const spot = (a, b, size) => {
    context.beginPath()
    context.arc(a, b, size, 0, 2 * Math.PI)
    context.fill()
  }
  // what is above the axis is above it, and not at its end
  const arrow = (a, size) => {
    context.beginPath()
    context.moveTo(a, top - size)
    context.lineTo(a + size, top + 0.7 * size)
    context.lineTo(a - size, top + 0.7 * size)
    context.fill()
  }
  const thick = Math.max(1.6, letters / 7)
  context.save()
  context.beginPath()
  context.rect(left - thick, top, width - left - right + 2 * thick, foot - top + thick)
  context.clip()
  for (const past of pasts)
    RUNS.forEach(([name], k) => past[name] && line(past[name], (k) => past.epochs[k], look.runs[k], [], 0.4, thick))
  RUNS.forEach(([name, dashed], k) => {
    if (logs[name]) line(logs[name], (k) => first + k, look.runs[k], dashed ? [3 * thick, 1.5 * thick] : [], 1, thick)
  })
  context.restore()
  for (const [mark] of marks) {
    context.strokeStyle = look.ink
    context.lineWidth = 1
    context.setLineDash([3, 3])
    context.beginPath()
    context.moveTo(x(mark), top)
    context.lineTo(x(mark), foot)
    context.stroke()
    context.setLineDash([])
  }
  RUNS.forEach(([name], k) => {
    context.fillStyle = look.runs[k]
    logs[name]?.forEach((value, k) => value > high && !(logs[name][k - 1] > high) && arrow(x(first + k), 1.6 * thick))
    const now = logs[name]?.[at - first]
    if (!Number.isFinite(now)) return
    if (now > high) arrow(x(at), 2.4 * thick)
    else spot(x(at), y(now), 1.8 * thick)
  })
  const written = (text, across, up, colour, align = "right") => {
    const long = context.measureText(text).width
    context.textAlign = "left"
    context.textBaseline = "top"
    context.fillStyle = look.ground
    context.globalAlpha = 0.8
    const from = align === "right" ? across - long : across
    context.fillRect(from - 3, up - 2, long + 6, 1.25 * letters)
    context.globalAlpha = 1
    context.fillStyle = colour
    context.fillText(text, from, up)
    return long
  }
  const room = { letters, left, right: width - right, top: top + 0.2 * letters, rows: Math.floor((base - top) / (1.2 * letters)) }
  const places = marks.map(([epoch, text]) => [x(epoch), text])
  for (const label of labelled(context, places, room)) if (label) written(label.text, label.from, label.y, look.ink, "left")
  // values, as a legend
  let across = width - right
  context.font = `600 ${letters}px ${look.font}`
  for (let k = RUNS.length - 1; k >= 0; k--) {
    const now = logs[RUNS[k][0]]?.[at - first]
    if (now === undefined) continue
    const text = `${words[RUNS[k][0]]} ${Number.isFinite(now) ? (now < 1000 ? now.toFixed(3) : short(now)) : "–"}`
    across -= written(text, across, 0.15 * letters, look.runs[k]) + letters
  }
  if (rates) drawRates()
  return { epochAt: (place) => Math.round(((place - left) / (width - left - right)) * end) }

  /** The rate by epoch: as it was, and pale as it is planned. */
  function drawRates() {
    const taken = (logs.learning_rate ?? []).filter((rate) => rate > 0)
    const all = [...taken, ...rates.map(([, rate]) => rate).filter((rate) => rate > 0)]
    if (!all.length) return
    const order = all.toSorted((a, b) => a - b)
    const most = order.at(-1)
    // a few that are next to nothing, as at a cosine's end, are 0 in the picture
    const wide = most / order[Math.floor(0.1 * order.length)] > 30
    const low = order[0]
    const up = (rate) => {
      const share = wide ? Math.max(0, Math.log(rate / low) / Math.log(most / low)) : rate / most
      return foot - share * strip
    }
    context.font = `${letters}px ${look.font}`
    context.fillStyle = look.ink
    context.textAlign = "right"
    const plain = (rate) => String(Number(rate.toPrecision(2)))
    level(foot - strip, plain(most))
    level(foot, wide ? plain(low) : "0")
    line(rates.map(([, rate]) => rate), (k) => rates[k][0], look.ink, [], 0.3, thick, up)
    line(logs.learning_rate ?? [], (k) => first + k, look.ink, [], 1, thick, up)
    const now = logs.learning_rate?.[at - first]
    if (!Number.isFinite(now)) return
    context.fillStyle = look.ink
    spot(x(at), up(now), 1.8 * thick)
    context.font = `600 ${letters}px ${look.font}`
    // where the line is not
    const above = 2 * up(logs.learning_rate[0]) > 2 * foot - strip
    written(`η ${plain(now)}`, left + 4, above ? foot - strip + 3 : foot - 1.2 * letters, look.ink, "left")
  }
}
