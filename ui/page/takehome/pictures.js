// What is drawn on the page, as files: SVG as it stands, PNG at twice its size.

const SVG = "http://www.w3.org/2000/svg"
const EDGE = 12

const isSeen = (place) => place.checkVisibility?.({ visibilityProperty: true }) ?? true

const beatsOf = () =>
  [...document.querySelectorAll('[class*="st-key-beat-"]')]
    .map((place) => ({ place, name: [...place.classList].map((c) => c.match(/^st-key-beat-(.+)$/)?.[1]).find(Boolean) }))
    // a container within a beat has the beat's name before its own
    // nor is one on the page that was only drawn ahead
    .filter(({ place, name }) => name && !place.parentElement.closest('[class*="st-key-beat-"]') && isSeen(place))

const headingOf = (beat) => beat.place.querySelector("h1, h2, h3")?.textContent.trim() ?? beat.name

/** Every picture of a beat: the drawing, its alternative text and its name in files. */
function picturesOf(beat) {
  const named = [...document.querySelectorAll(`.st-key-taken-${beat.name} li`)]
  const inside = [...beat.place.querySelectorAll("*")].filter((one) => one.shadowRoot)
  const drawn = [...beat.place.querySelectorAll('[data-testid="stVegaLiteChart"]')].flatMap(ofChart)
  return [...drawn, ...inside.flatMap(({ shadowRoot }) => ofCanvases(shadowRoot))].map((picture) => {
    const name = named.find((one) => one.textContent === picture.alt)?.dataset.name ?? "picture"
    return { ...picture, name }
  })
}

function ofChart(chart) {
  const svg = chart.querySelector("svg.marks") ?? chart.querySelector("svg")
  return svg ? [{ svg, alt: chart.getAttribute("aria-label") ?? "", ground: groundOf(chart) }] : []
}

/** What a component has drawn on canvases, each as an image within a drawing; a hidden one is none. */
function ofCanvases(root) {
  const canvases = [...root.querySelectorAll('canvas[role="img"]')]
  const isSeen = (one) => one.clientWidth && one.width && getComputedStyle(one).visibility !== "hidden"
  return canvases.filter(isSeen).map((canvas) => {
    const [width, height] = [canvas.clientWidth, canvas.clientHeight]
    const whole = Object.assign(document.createElement("canvas"), { width: canvas.width, height: canvas.height })
    const context = whole.getContext("2d")
    // its letters have the colour that this ground asks for
    const ground = groundOf(root.host)
    context.fillStyle = ground
    context.fillRect(0, 0, whole.width, whole.height)
    context.drawImage(canvas, 0, 0)
    const svg = document.createElementNS(SVG, "svg")
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`)
    const image = svg.appendChild(document.createElementNS(SVG, "image"))
    for (const [key, value] of Object.entries({ width, height, href: whole.toDataURL() })) image.setAttribute(key, value)
    return { svg, alt: canvas.getAttribute("aria-label") ?? "", ground }
  })
}

/** The colour behind an element. */
function groundOf(element) {
  for (let one = element; one; one = one.parentElement) {
    const colour = getComputedStyle(one).backgroundColor
    if (colour && !/^(transparent|rgba\(.*, 0\))$/.test(colour)) return colour
  }
  return "white"
}

/** A drawing that stands alone: its size, its namespaces, a title, what was behind it. */
function aloneStanding({ svg, alt, ground }) {
  const copy = svg.cloneNode(true)
  const { width, height } = svg.getBoundingClientRect()
  const [, , inner, tall] = (svg.getAttribute("viewBox") ?? `0 0 ${width} ${height}`).split(/[\s,]+/).map(Number)
  // letters at the edge reach beyond it, which a page forgives and a file does not
  const [across, up] = [inner + 2 * EDGE, tall + 2 * EDGE]
  copy.setAttribute("xmlns", SVG)
  copy.setAttribute("viewBox", `${-EDGE} ${-EDGE} ${across} ${up}`)
  copy.setAttribute("width", across)
  copy.setAttribute("height", up)
  copy.setAttribute("role", "img")
  copy.removeAttribute("style")
  copy.removeAttribute("class")
  for (const text of copy.querySelectorAll("text")) {
    const fonts = text.getAttribute("font-family") ?? text.style.fontFamily
    if (!/sans-serif|monospace/.test(fonts)) text.setAttribute("font-family", fonts ? `${fonts}, sans-serif` : "sans-serif")
  }
  if (ground) {
    const behind = document.createElementNS(SVG, "rect")
    for (const [key, value] of Object.entries({ x: -EDGE, y: -EDGE, width: across, height: up, fill: ground })) behind.setAttribute(key, value)
    copy.prepend(behind)
  }
  const title = document.createElementNS(SVG, "title")
  title.textContent = alt
  copy.prepend(title)
  return { copy, width: across, height: up }
}

const serialized = (node) => new XMLSerializer().serializeToString(node)

const asSvg = (picture) =>
  new Blob(['<?xml version="1.0" encoding="UTF-8"?>\n', serialized(aloneStanding(picture).copy)], { type: "image/svg+xml" })

async function asPng(picture) {
  const { copy, width, height } = aloneStanding(picture)
  const image = new Image()
  // a data URL, not a blob's: what is drawn from it may be read again in every browser
  image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(serialized(copy))
  await image.decode()
  const canvas = document.createElement("canvas")
  canvas.width = Math.round(2 * width)
  canvas.height = Math.round(2 * height)
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height)
  return await new Promise((done, failed) =>
    canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error("no picture"))), "image/png")
  )
}

function save(blob, name) {
  const link = document.createElement("a")
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60000)
}
