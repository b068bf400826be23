// The page as it stands, as one printable file: no scripts, no other host, black on white.

const KEPT = new Set(
  ("h1 h2 h3 h4 h5 h6 p ul ol li strong em b i del code pre blockquote table thead tbody tr th td hr br sub sup " +
    "dl dt dd abbr math mrow mi mn mo ms mtext mspace msup msub msubsup mfrac msqrt mroot mover munder munderover mtable mtr " +
    "mtd mstyle mpadded mphantom menclose mmultiscripts mprescripts none semantics").split(" ")
)
const LEFT_OUT =
  'button, input, textarea, select, script, style, annotation, iframe, canvas, svg, [hidden], .katex-html, ' +
  '[data-testid*="Icon"], [data-testid="stHeaderActionElements"], [data-testid="stElementToolbar"], ' +
  '[data-testid="stTooltipIcon"]'
const MATH = "http://www.w3.org/1998/Math/MathML"

const escaped = (text) => text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c])

/** What is written in an element, as plain HTML: known tags, no attributes but those of tables and formulas. */
function written(node) {
  if (node.nodeType === Node.TEXT_NODE) return escaped(node.data)
  if (node.nodeType !== Node.ELEMENT_NODE || node.matches(LEFT_OUT)) return ""
  const inside = () => [...node.childNodes].map(written).join("")
  const tag = node.localName
  if (tag === "a") return inside() + addressOf(node)
  if (!KEPT.has(tag)) {
    const shown = node.classList.contains("katex-display") ? `<div class="formula">${inside()}</div>` : inside()
    // blocks that are no paragraphs must not run into one another
    return tag === "div" && node.previousElementSibling ? ` ${shown}` : shown
  }
  return `<${tag}${attributes(node)}>${tag === "br" || tag === "hr" ? "" : `${inside()}</${tag}>`}`
}

const ALLOWED = ["colspan", "rowspan", "start", "mathvariant", "stretchy", "fence", "separator", "accent", "lspace", "rspace",
  "columnalign", "rowspacing", "columnspacing", "linethickness", "display", "displaystyle", "scriptlevel", "minsize", "maxsize",
  "width", "height", "depth", "notation", "movablelimits"]

function attributes(node) {
  const own = [...node.attributes].filter(({ name }) => ALLOWED.includes(name))
  const all = own.map(({ name, value }) => ` ${name}="${escaped(value)}"`).join("")
  return node.localName === "math" ? ` xmlns="${MATH}"${all}` : all
}

/** Where a link leads, if paper would not know it. */
function addressOf(link) {
  const address = link.getAttribute("href") ?? ""
  return /^https?:/.test(address) && !link.textContent.includes(address) ? ` (${escaped(address)})` : ""
}

// ---- a beat -----------------------------------------------------------------------------------------------------------

const PIECES = {
  stVegaLiteChart: figure,
  stAlert: (node) => `<div class="verdict">${written(node)}</div>`,
  stCaptionContainer: (node) => `<p class="caption">${written(node)}</p>`,
  stMarkdownContainer: (node) => `<div class="prose">${written(node)}</div>`,
  stDataFrame: table,
  stTable: (node) => written(node.querySelector("table")),
  stCode: (node) => `<pre>${escaped(node.querySelector("code, pre")?.innerText ?? node.innerText)}</pre>`,
}
const NOT_ON_PAPER = 'button, [data-testid="stWidgetLabel"], [data-testid="stPopover"], [data-testid="stElementToolbar"], ' +
  '[data-testid="stSkeleton"], [data-testid="stTooltipIcon"], summary, [class*="st-key-taken-"], [class*="st-key-collect-"], [class*="-goals-codes"], style'
const CONTROLS = ["stSlider", "stNumberInput", "stTextInput", "stTextArea", "stSelectbox", "stMultiSelect", "stCheckbox", "stButton",
  "stDownloadButton", "stFileUploader", "stTooltipHoverTarget", "stSpinner"]

/** A beat from top to bottom; what its controls say comes after its first prose. */
function pieces(node, beat) {
  if (node.nodeType !== Node.ELEMENT_NODE || node.matches(NOT_ON_PAPER) || hiddenFrom(node)) return ""
  const kind = node.dataset?.testid
  if (kind === "stButtonGroup") return asked(node)
  if (CONTROLS.includes(kind)) return ""
  if (kind === "stCaptionContainer" && ofButtons(node)) return ""
  if (PIECES[kind]) return PIECES[kind](node, beat)
  if (kind === "stHorizontalBlock" && paired(node)) return pair(node, beat)
  if (node.shadowRoot) return ofCanvases(node.shadowRoot).map((one) => onPaper(one)).join("") + played(node.shadowRoot)
  return [...node.children].map((child) => pieces(child, beat)).join("")
}

/** Whether columns have a picture each. */
const columns = (node) => [...node.children].filter((child) => child.dataset.testid === "stColumn")
const paired = (node) =>
  columns(node).length > 1 && columns(node).every((one) => one.querySelectorAll('[data-testid="stVegaLiteChart"]').length === 1 &&
    !one.querySelector('[data-testid="stColumn"]'))
const pair = (node, beat) => `<div class="pair">${columns(node).map((one) => `<div>${pieces(one, beat)}</div>`).join("")}</div>`

const hiddenFrom = (node) => getComputedStyle(node).display === "none"

/** Whether a caption only announces buttons, which paper has not. */
function ofButtons(caption) {
  const next = caption.closest('[data-testid="stElementContainer"]')?.nextElementSibling
  return Boolean(next?.querySelector('[data-testid="stButton"], [data-testid="stDownloadButton"]'))
}

/** A question that waits for an answer: its choices as boxes to be ticked. */
function asked(group) {
  if (!group.closest('[class*="st-key-predict-"]')) return ""
  const question = group.querySelector('[data-testid="stWidgetLabel"]')
  const choices = [...group.querySelectorAll("button")].map((one) => `<li>☐ ${escaped(one.textContent.trim())}</li>`)
  return `<div class="question"><p><strong>${question ? written(question) : ""}</strong></p><ul>${choices.join("")}</ul></div>`
}

/** The player's step, written out. */
function played(root) {
  const player = root.querySelector(".player")
  if (!player || player.hidden) return ""
  const where = root.querySelector(".where")?.textContent ?? ""
  const line = root.querySelector(".line")?.textContent ?? ""
  return `<div class="step"><p>${escaped(where)}</p>${line ? `<pre>${escaped(line)}</pre>` : ""}</div>`
}

/** A number with the digits that paper has room for. */
const rounded = (text) => (/^-?\d+\.\d{6,}(e[-+]?\d+)?$/.test(text) ? String(Number(Number(text).toPrecision(6))) : text)

/** A table that is open: the rows that the browser has, and how many there are. */
function table(node, { words }) {
  const grid = node.querySelector("table[role=grid], canvas table, table")
  if (!grid) return ""
  const cells = (row) => [...row.querySelectorAll("th, td, [role=columnheader], [role=gridcell]")]
  const rows = [...grid.querySelectorAll("tr")].map((row) => cells(row).map((one) => rounded(one.textContent)))
  const [head, ...body] = rows
  if (!head) return ""
  const all = Math.max(Number(grid.getAttribute("aria-rowcount") ?? 0) - 1, body.length)
  const said = body.length < all ? `<p class="caption">${escaped(words.take_rows.replace("%n", body.length).replace("%all", all))}</p>` : ""
  const row = (tag, texts) => `<tr>${texts.map((text) => `<${tag}>${escaped(text)}</${tag}>`).join("")}</tr>`
  return `<table><thead>${row("th", head)}</thead><tbody>${body.map((one) => row("td", one)).join("")}</tbody></table>${said}`
}

// ---- pictures on paper -------------------------------------------------------------------------------------------------

function figure(chart) {
  return ofChart(chart).map((one) => onPaper(one, darkly(one.ground))).join("")
}

function onPaper({ svg, alt }, dark = false) {
  const { copy, width } = aloneStanding({ svg, alt, ground: "" })
  if (dark) blackOnWhite(copy)
  for (const node of [copy, ...copy.querySelectorAll("*")]) {
    // names of marks are for screens: one for every point would be read out, and printed they weigh ten times the picture
    for (const { name } of [...node.attributes]) if (name.startsWith("aria-") || name.startsWith("on")) node.removeAttribute(name)
  }
  copy.setAttribute("aria-label", alt)
  copy.removeAttribute("height")
  copy.setAttribute("width", "100%")
  return `<figure style="max-width: ${Math.round(width)}px">${serialized(copy)}</figure>`
}

const channels = (colour) => (colour.match(/[\d.]+/g) ?? []).map(Number)

/** Any colour as numbers, through the browser, which knows all ways to write one. */
function numbersOf(colour) {
  if (!colour || /^(none|transparent|url|inherit|currentcolor)/i.test(colour)) return null
  const pen = document.createElement("canvas").getContext("2d")
  pen.fillStyle = "#010203"
  pen.fillStyle = colour
  if (pen.fillStyle === "#010203") return null
  if (!pen.fillStyle.startsWith("#")) return channels(pen.fillStyle)
  return [1, 3, 5].map((k) => parseInt(pen.fillStyle.slice(k, k + 2), 16))
}

const light = ([r, g, b]) => (0.299 * r + 0.587 * g + 0.114 * b) / 255
const darkly = (colour) => light(numbersOf(colour) ?? [255, 255, 255]) < 0.5

/** Turn the greys of a dark page round and keep its colours, but for those too pale for paper. */
function blackOnWhite(svg) {
  for (const node of svg.querySelectorAll("*")) {
    for (const key of ["fill", "stroke"]) {
      const found = numbersOf(node.getAttribute(key))
      if (!found) continue
      const [r, g, b] = found
      const alpha = found[3] ?? 1
      const grey = Math.max(r, g, b) - Math.min(r, g, b) < 30
      const text = node.localName === "text"
      let now = found.slice(0, 3)
      if (grey) now = now.map((v) => 255 - v)
      else if (light(found) > 0.75) now = now.map((v) => Math.round(v * 0.6))
      if (text && light(now) > 0.6) now = now.map((v) => Math.round(v * 0.4))
      node.setAttribute(key, `rgba(${now.join(", ")}, ${alpha})`)
    }
  }
}

// ---- the sheet ----------------------------------------------------------------------------------------------------------

const STYLE = `
@page { size: A4; margin: 16mm 15mm 18mm; }
* { box-sizing: border-box; }
html { color-scheme: light; background: white; }
body { max-width: 180mm; margin: 0 auto; padding: 6mm; color: black; background: white; line-height: 1.5; font-size: 10.5pt;
  font-family: "Source Sans", "Noto Sans KR", "Noto Sans CJK KR", "Apple SD Gothic Neo", "Malgun Gothic", sans-serif; word-break: keep-all;
  overflow-wrap: anywhere; }
h1 { font-size: 18pt; margin: 0 0 2mm; } h2 { font-size: 14pt; margin: 0 0 2mm; } h3, h4 { font-size: 11.5pt; margin: 4mm 0 1mm; }
h1, h2, h3, h4 { break-after: avoid; line-height: 1.25; }
section { margin-top: 8mm; padding-top: 4mm; border-top: 1px solid #999; }
p { margin: 0 0 2mm; orphans: 3; widows: 3; } ul, ol { margin: 0 0 2mm; padding-left: 6mm; }
.about { color: #333; font-size: 9pt; }
figure { margin: 3mm 0 1mm; break-inside: avoid; break-after: avoid; } figure svg { display: block; max-width: 100%; height: auto; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(50mm, 1fr)); gap: 0 6mm; break-inside: avoid; }
.caption { color: #333; font-size: 9pt; margin-bottom: 3mm; break-before: avoid; }
.verdict, .question, .step { border: 1px solid #888; border-radius: 2mm; padding: 2mm 3mm; margin: 3mm 0; break-inside: avoid; }
.verdict p:last-child, .step pre, .question ul { margin-bottom: 0; } .question ul { list-style: none; padding-left: 0; }
.settings { display: grid; grid-template-columns: repeat(auto-fill, minmax(52mm, 1fr)); gap: 0 5mm; margin: 2mm 0 3mm; font-size: 9.5pt; }
.settings div { display: flex; justify-content: space-between; gap: 3mm; border-bottom: 1px dotted #999; break-inside: avoid; }
.settings dt { color: #333; flex: none; max-width: 60%; } .settings dd { margin: 0; min-width: 0; font-weight: 600; text-align: right; }
pre { margin: 0 0 2mm; white-space: pre-wrap; font-size: 9pt; font-family: "Source Code", "Noto Sans Mono CJK KR", monospace; }
code { font-family: "Source Code", monospace; font-size: 0.95em; }
table { border-collapse: collapse; margin: 2mm 0; font-size: 8.5pt; max-width: 100%; } tr { break-inside: avoid; }
th, td { border: 1px solid #999; padding: 0.5mm 2mm; text-align: left; }
.formula { margin: 2mm 0; overflow-x: auto; text-align: center; } math { font-size: 1.05em; }
@media print { body { padding: 0; max-width: none; } .formula { overflow: visible; } }
`

function settings(beat, words) {
  const list = document.querySelector(`.st-key-taken-${beat.name} dl`)
  const labels = [...(list?.querySelectorAll("dt") ?? [])]
  if (!labels.length) return ""
  const rows = labels.map((one) => `<div><dt>${escaped(one.textContent)}</dt><dd>${escaped(one.nextElementSibling?.textContent ?? "")}</dd></div>`)
  return `<h3>${escaped(words.take_settings)}</h3><dl class="settings">${rows.join("")}</dl>`
}

function beatOnPaper(beat, words) {
  const context = { words }
  const [prose, ...rest] = beat.place.children
  const inner = (node) => pieces(node, context)
  return `<section id="${escaped(beat.name)}">${prose ? inner(prose) : ""}${settings(beat, words)}${rest.map(inner).join("")}</section>`
}

/** The whole handout as a text. */
function handout({ title, language, words }) {
  const when = new Date().toLocaleString(language, { dateStyle: "long", timeStyle: "short" })
  const beats = beatsOf().map((beat) => beatOnPaper(beat, words)).join("\n")
  const about = `${escaped(words.take_address)} ${escaped(location.href)}<br>${escaped(words.take_made)} ${escaped(when)}` +
    `<br>${escaped(words.take_run)}`
  return `<!doctype html>
<html lang="${escaped(language)}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${STYLE}</style></head>
<body><h1>${escaped(title)}</h1><p class="about">${about}</p>
${beats}
</body></html>
`
}
