/** A number as it is read, with a minus for a hyphen. */
const shown = (value) => String(Number(value.toPrecision(6))).replace("-", "−")

/** The number that somebody typed, with a comma or a point; NaN if it is none. */
const typedNumber = (text) => (text.trim() ? Number(text.trim().replace("−", "-").replace(",", ".")) : NaN)

/** Where a value of a field stands on its slider, and the value at a place there; a step of a log slider is 1/200. */
function placeOf({ low, high, step, log }, value) {
  return Math.ceil((log ? (200 * Math.log(value / low)) / Math.log(high / low) : (value - low) / step) - 1e-9)
}

function valueAt({ low, high, step, log }, place) {
  const value = log ? low * (high / low) ** (place / 200) : low + step * place
  return Math.min(high, Math.max(low, Number(value.toPrecision(log ? 2 : 6))))
}
