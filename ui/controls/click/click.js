// Turns a click inside the plot of a Vega chart into shares of its width (from the left) and height (from below).

const listeners = new WeakMap()

// With equal scales the plot shows more than the extent along one axis, as much on either side of it.
function withinExtent(across, up, box, [wide, high]) {
  const unit = Math.max(wide / box.width, high / box.height)
  return [0.5 + ((across - 0.5) * box.width * unit) / wide, 0.5 + ((up - 0.5) * box.height * unit) / high]
}

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
      const across = (event.clientX - box.left) / box.width
      const up = 1 - (event.clientY - box.top) / box.height
      const place = data.lengths ? withinExtent(across, up, box, data.lengths) : [across, up]
      if (place.every((share) => share >= 0 && share <= 1)) setTriggerValue("place", place)
    },
    { signal: listening.signal }
  )
  return () => listening.abort()
}
