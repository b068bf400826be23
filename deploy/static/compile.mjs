// Compiles Python's sources with the Python that will run them: node compile.mjs FOLDER [PARTS THAT KEEP THEIR SOURCES]
// FOLDER/pyodide is Pyodide, FOLDER/sources/<part> the sources; they are replaced by, or get beside them, what is compiled.
import { pathToFileURL } from "node:url"

const [folder, ...keeping] = process.argv.slice(2)
const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide/pyodide.mjs`).href)
const python = await loadPyodide({ indexURL: `${folder}/pyodide/` })
python.FS.mkdirTree("/sources")
python.FS.mount(python.FS.filesystems.NODEFS, { root: `${folder}/sources` }, "/sources")
python.globals.set("keeping", python.toPy(keeping))
python.runPython(`
import __future__
from importlib.util import MAGIC_NUMBER, cache_from_source, source_hash
from marshal import dumps
from pathlib import Path

# stlite changes it as a source when it is imported
AS_SOURCE = "altair/utils/_importers.py"
# compiled from a source whose changes nobody watches
FLAGS = (1).to_bytes(4, "little")

for part in Path("/sources").iterdir():
    for path in list(part.rglob("*.py")):
        source, name = path.read_bytes(), str(path.relative_to(part))
        if name == AS_SOURCE:
            continue
        keep = part.name in keeping
        # the app's annotations stay unread, so that naming pandas in one does not yet fetch it
        flags = __future__.annotations.compiler_flag if keep else 0
        code = compile(source, f"/home/pyodide/{name}" if keep else name, "exec", flags, dont_inherit=True)
        to = Path(cache_from_source(path)) if keep else path.with_suffix(".pyc")
        to.parent.mkdir(exist_ok=True)
        to.write_bytes(MAGIC_NUMBER + FLAGS + source_hash(source) + dumps(code))
        if not keep:
            path.unlink()
`)
