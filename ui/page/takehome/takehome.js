// The section at the foot of a page: buttons for every picture that is drawn now, and for the handout.

// Streamlit calls the default export again whenever data or theme change; what must last longer lives here, by section.
const sections = new WeakMap()

export default function (component) {
  const { parentElement, data } = component
  let section = sections.get(parentElement)
  if (!section) {
    section = makeSection(parentElement)
    sections.set(parentElement, section)
  }
  section.update(data)
  return () => {
    section.remove()
    sections.delete(parentElement)
  }
}

// On the page of all, questions wait until they come near the screen; what is taken home has them all.
const ALL_WANTED = "lesson-all-wanted"
const LONG_ENOUGH = 90_000
const waitingOnes = () => document.querySelector('[class*="st-key-nearby-"]') !== null

const isDrawn = () =>
  !waitingOnes() &&
  document.querySelector('[data-testid="stApp"]')?.dataset.testScriptState === "notRunning" &&
  !document.querySelector('[data-testid="stSkeleton"]') &&
  [...document.querySelectorAll('[data-testid="stVegaLiteChart"]')].every((chart) => chart.querySelector("svg .role-mark"))

async function allDrawn(say) {
  if (!waitingOnes()) return
  say()
  document.dispatchEvent(new Event(ALL_WANTED))
  const end = performance.now() + LONG_ENOUGH
  while (!isDrawn() && performance.now() < end) await new Promise((done) => setTimeout(done, 200))
}

function makeSection(root) {
  const find = (name) => root.querySelector("." + name)
  const [list, status] = ["pictures", "status"].map(find)
  let data = null
  let listed = ""
  let waiting = null

  function button(label, name, act) {
    const made = document.createElement("button")
    made.type = "button"
    made.textContent = label
    made.setAttribute("aria-label", name)
    made.onclick = () => tried(act)
    return made
  }

  async function tried(act) {
    status.textContent = ""
    try {
      status.textContent = (await act()) ?? ""
    } catch (why) {
      status.textContent = `${data.words.take_failed} ${why?.message ?? ""}`
    }
  }

  const complete = () => allDrawn(() => (status.textContent = data.words.take_drawing))

  function saved(blob, name) {
    save(blob, name)
    return `${data.words.take_done} ${name}`
  }

  /** Look for a picture again when it is asked for: Vega may have drawn it anew since. */
  const again = (beat, k) => picturesOf(beatsOf().find((one) => one.name === beat) ?? { place: list, name: "" })[k]

  function fill() {
    waiting = null
    const found = beatsOf().map((beat) => [beat.name, headingOf(beat), picturesOf(beat)])
    const now = JSON.stringify([data.words, found.map(([name, title, all]) => [name, title, all.map((one) => [one.alt, one.name])])])
    if (now === listed) return
    listed = now
    list.replaceChildren()
    for (const [beat, title, pictures] of found) {
      if (!pictures.length) continue
      const heading = document.createElement("h5")
      heading.textContent = title
      list.append(heading)
      pictures.forEach(({ alt, name }, k) => {
        const row = document.createElement("div")
        row.className = "picture"
        const called = document.createElement("span")
        called.className = "name"
        called.textContent = alt
        const stem = `${data.page}-${beat}-${name}`
        row.append(
          called,
          button("SVG", `${alt}: SVG`, () => saved(asSvg(again(beat, k)), `${stem}.svg`)),
          button("PNG", `${alt}: PNG`, async () => saved(await asPng(again(beat, k)), `${stem}.png`))
        )
        list.append(row)
      })
    }
    if (!list.childElementCount) list.textContent = data.words.take_no_pictures
  }

  // a playing chart changes many times a second; names are compared before anything is drawn anew
  const watcher = new MutationObserver(() => (waiting ??= setTimeout(fill, 500)))

  find("handout").onclick = () =>
    tried(async () => {
      await complete()
      return saved(new Blob([handout(data)], { type: "text/html" }), `${data.page}-${data.language}.html`)
    })

  find("print").onclick = () =>
    tried(async () => {
      await complete()
      const sheet = window.open("", "_blank")
      if (!sheet) return data.words.take_blocked
      sheet.document.open()
      sheet.document.write(handout(data))
      sheet.document.close()
      // what is drawn is there at once; the fonts may not be
      const ready = sheet.document.fonts?.ready ?? Promise.resolve()
      return ready.then(() => (sheet.focus(), sheet.print(), ""))
    })

  function update(next) {
    data = next
    for (const [place, word] of Object.entries({
      said: "take_home_said",
      handout: "take_handout",
      print: "take_print",
      "pictures-title": "take_pictures",
    })) {
      find(place).textContent = data.words[word]
    }
    fill()
  }

  function remove() {
    clearTimeout(waiting)
    watcher.disconnect()
  }

  // it is drawn when a reader has opened the box: what waits further up is wanted now
  document.dispatchEvent(new Event(ALL_WANTED))
  const page = document.querySelector('[data-testid="stMain"]')
  if (page) watcher.observe(page, { childList: true, subtree: true })
  return { update, remove }
}
