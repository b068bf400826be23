// A presenter's clicker sends PageUp and PageDown: they press the two buttons of the presenter's bar.

const listeners = new WeakMap()
const TYPING = 'input:not([type="range"]):not([type="checkbox"]):not([type="radio"]), textarea, select, [contenteditable="true"]'

export default function (component) {
  const { parentElement, data } = component
  listeners.get(parentElement)?.abort()
  const listening = new AbortController()
  listeners.set(parentElement, listening)
  const buttons = { PageUp: data.back, PageDown: data.on }

  document.addEventListener(
    "keydown",
    (event) => {
      const key = buttons[event.key]
      const [target] = event.composedPath()
      if (!key || event.ctrlKey || event.altKey || event.metaKey || target.closest?.(TYPING)) return
      // a slider that was touched last would move as well
      event.preventDefault()
      event.stopImmediatePropagation()
      if (!event.repeat) document.querySelector(`.st-key-${key} button`)?.click()
    },
    { signal: listening.signal, capture: true }
  )
  return () => listening.abort()
}
