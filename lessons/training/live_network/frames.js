// The frames of a training: bytes become pictures, weights and logs, one object an epoch.

/** What the feed brings: a header of this page, and frames as dlcore/experiments/live_frames.py lays them out. */
function opened(bytes) {
  const header = headerOf(bytes)
  return { header: header.json, packed: bytes.subarray(header.end) }
}

function headerOf(bytes) {
  const end = 4 + new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true)
  return { json: JSON.parse(new TextDecoder().decode(bytes.subarray(4, end))), end }
}

async function inflated(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))
  return new Response(stream).arrayBuffer()
}

const product = (shape) => shape.reduce((a, b) => a * b, 1)

async function unpacked(packed) {
  const { json, end } = headerOf(packed)
  const body = await inflated(packed.subarray(end))
  const count = json.frames
  let place = 0
  const taken = (Kind, shape) => {
    const size = product(shape)
    const bytes = count * size * Kind.BYTES_PER_ELEMENT
    const all = new Kind(body.slice(place, place + bytes))
    place += bytes
    return Array.from({ length: count }, (_, k) => all.subarray(k * size, (k + 1) * size))
  }
  const pictures = (shape) => {
    const frames = taken(Uint8Array, shape)
    for (let k = 1; k < count; k++) for (let i = 0; i < frames[k].length; i++) frames[k][i] += frames[k - 1][i]
    return frames
  }
  const logs = json.logs.map((name) => [name, taken(Float64Array, [])])
  const layers = json.kernels.map((shape) => [taken(Float32Array, shape), taken(Float32Array, [shape[1]])])
  const border = pictures(json.border)
  const units = json.units.map(pictures)
  const frames = Array.from({ length: count }, (_, k) => ({
    border: border[k],
    units: units.map((layer) => layer[k]),
    kernels: layers.map(([kernel]) => kernel[k]),
    biases: layers.map(([, bias]) => bias[k]),
    logs: Object.fromEntries(logs.map(([name, values]) => [name, values[k][0]])),
  }))
  return { start: json.start, frames, shapes: { border: json.border, units: json.units, kernels: json.kernels } }
}
