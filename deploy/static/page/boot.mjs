// Python for the lessons, in the worker in which stlite calls loadPyodide: everything that it would install is here.

import about from "./about.mjs"

const HERE = new URL(".", import.meta.url)
const channel = new BroadcastChannel(new URL(import.meta.url).search.slice(1, -".mjs".length))
const SITE = "/lib/python3.13/site-packages"
const HOME = "/home/pyodide"
const wanted = new Map()
const late = new Map()

channel.onmessage = ({ data }) => {
  if (data.path) wanted.get(data.path)?.(data.bytes)
  if (data.late) unpacked(data.bytes).arrayBuffer().then((bytes) => late.set(data.late, new Uint8Array(bytes)))
}

const unpacked = (bytes) => new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")))

/** A part that the page is fetching, unpacked. */
function part(path) {
  const arrived = new Promise((done) => wanted.set(path, done))
  channel.postMessage({ want: path })
  return arrived.then(unpacked)
}

// ---- Pyodide -------------------------------------------------------------------------------------------------------------

// With these, Pyodide 0.29 loses stack whenever Python awaits: idle, a tab would die after half an hour.
delete WebAssembly.Suspending
delete WebAssembly.promising

/** Pyodide's own fetching finds what is packed in this folder. */
const fetchElsewhere = globalThis.fetch
const packed = { "pyodide.asm.wasm": "application/wasm", "python_stdlib.zip": "application/zip" }
globalThis.fetch = async (resource, options) => {
  const name = String(resource?.url ?? resource).split("/").pop()
  if (!(name in packed)) return fetchElsewhere(resource, options)
  const { body } = await part(`pyodide/${name}.gz`)
  return new Response(body, { headers: { "content-type": packed[name] } })
}

/** Write the files of a tar archive; USTAR is simple enough to be read here, many times faster than by Python. */
function untar(FS, bytes, folder) {
  const text = new TextDecoder()
  const field = (at, size) => text.decode(bytes.subarray(at, at + size)).split("\0")[0]
  const made = new Set()
  for (let at = 0; bytes[at]; ) {
    const size = parseInt(field(at + 124, 12), 8)
    const path = [folder, field(at + 345, 155), field(at, 100)].filter(Boolean).join("/")
    const parent = path.slice(0, path.lastIndexOf("/"))
    if (!made.has(parent)) made.add(parent), FS.mkdirTree(parent)
    at += 512
    FS.writeFile(path, bytes.subarray(at, at + size))
    at += 512 * Math.ceil(size / 512)
  }
}

/** What comes last, now: Python cannot wait for it, so what has not come yet is asked for and unpacked on the spot. */
function fetchLate(python) {
  for (const path of Object.keys(about.late)) {
    if (late.has(path)) untar(python.FS, late.get(path), SITE)
    else {
      const asked = new XMLHttpRequest()
      asked.open("GET", new URL(path, HERE), false)
      asked.responseType = "arraybuffer"
      asked.send()
      if (asked.status !== 200) throw new Error(`${path}: ${asked.status}`)
      python.unpackArchive(asked.response, "gztar", { extractDir: SITE })
    }
    late.delete(path)
  }
}

/** A message of Streamlit's to the page, as stlite's worker sends it. */
function send({ buffer: payload }) {
  postMessage({ type: "websocket:message", data: { payload } }, [payload])
}

export async function loadPyodide(options) {
  try {
    const { loadPyodide: load } = await import("./pyodide/pyodide.mjs")
    const files = ["packages.tar.gz", "app.tar.gz"].map(async (path) => new Uint8Array(await (await part(path)).arrayBuffer()))
    const lockFileContents = JSON.stringify({ info: about.python, packages: {} })
    const python = await load({ ...options, lockFileContents, indexURL: new URL("pyodide/", HERE).href })
    channel.postMessage({ step: "unpacking" })
    untar(python.FS, await files[0], SITE)
    untar(python.FS, await files[1], HOME)
    channel.postMessage({ step: "starting_app" })
    python.pyimport("importlib").invalidate_caches()
    globalThis.lessons = {
      fetchLate: () => fetchLate(python),
      send,
      stack: () => python._module.stackSave(),
      run: (code) => python.runPython(code),
    }
    return installed(python)
  } catch (why) {
    channel.postMessage({ failed: String(why?.message ?? why) })
    throw why
  }
}

/** Pyodide for stlite: whatever it asks to be installed is there already. */
function installed(python) {
  const nothing = { callKwargs: async () => {} }
  const micropip = { add_mock_package: nothing, install: nothing }
  const instead = {
    loadPackage: async () => [],
    pyimport(name) {
      if (name === "micropip") return micropip
      // the last that stlite imports before the app runs
      if (name === "stlite_lib.asgi_app") python.pyimport("lessons_in_browser").prepare()
      return python.pyimport(name)
    },
  }
  return new Proxy(python, { get: (target, name) => instead[name] ?? Reflect.get(target, name) })
}
