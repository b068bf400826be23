// Turns a click inside the plot of a Vega chart into shares of its width (from the left) and height (from below).

const listeners = new WeakMap()

export default function (component) {
  const { parentElement, data, setTriggerValue } = component
  parentElement.querySelector(".hint").textContent = data.hint
  listeners.get(parentElement)?.abort()
  const listening = new AbortController()
  listeners.set(parentElement, listening)
  const inside = `.st-key-${data.container}`

  document.addEventListener(
    "click",
    (event) => {
      const svg = event.target.closest?.(`${inside} svg.marks, ${inside} .vega-embed svg`)
      const plot = svg?.querySelector(".mark-group.role-frame > g > path.background")
      if (!plot) return
      const box = plot.getBoundingClientRect()
      const place = [(event.clientX - box.left) / box.width, 1 - (event.clientY - box.top) / box.height]
      if (place.every((share) => share >= 0 && share <= 1)) setTriggerValue("place", place)
    },
    { signal: listening.signal }
  )
  return () => listening.abort()
}
