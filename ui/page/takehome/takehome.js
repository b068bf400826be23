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

function makeSection(root) {
  const find = (name) => root.querySelector("." + name)
  const [box, list, status] = ["takehome", "pictures", "status"].map(find)
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

  box.ontoggle = () => {
    watcher.disconnect()
    if (!box.open) return
    fill()
    const page = document.querySelector('[data-testid="stMain"]')
    if (page) watcher.observe(page, { childList: true, subtree: true })
  }

  find("handout").onclick = () =>
    tried(() => saved(new Blob([handout(data)], { type: "text/html" }), `${data.page}-${data.language}.html`))

  find("print").onclick = () =>
    tried(() => {
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
      title: "take_home",
      said: "take_home_said",
      handout: "take_handout",
      print: "take_print",
      "pictures-title": "take_pictures",
    })) {
      find(place).textContent = data.words[word]
    }
    if (box.open) fill()
  }

  function remove() {
    clearTimeout(waiting)
    watcher.disconnect()
  }

  return { update, remove }
}
