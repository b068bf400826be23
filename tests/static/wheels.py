"""NumPy and pandas for WebAssembly, from a registry that a test can reach: a package of PyPI brings them along.

Good for a test; a site that is given to students is built with the wheels that Pyodide's own lock file names.
"""

import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

BROUGHT_BY = "open-webui==0.8.12"
FOLDER = "open_webui/frontend/pyodide/"
TAGS = "cp313-cp313-pyodide_2025_0_wasm32.whl"
WHEELS = {
    # the hashes in the lock file of Pyodide 0.28.3, whose Python is the same
    f"numpy-2.2.5-{TAGS}": "3db3c4f3e0448f4d62a85c262692f1260ccd8a91335442bd2442f21ffeddb558",
    f"pandas-2.3.1-{TAGS}": "01d16ef68eb333f3ac18e370aa352660f8f8d432f607ff1272a16cd2ea2e87ce",
}


class Unreachable(Exception):
    """No registry has the package."""


def gathered(folder: Path) -> Path:
    """A folder with the wheels; ``Unreachable`` if they cannot be had from here, ValueError if they are not those."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--only-binary", ":all:", "--ignore-requires-python"]
    done = subprocess.run([*command, "--dest", str(folder), BROUGHT_BY], capture_output=True, text=True, timeout=300)
    if done.returncode:
        raise Unreachable(f"pip has no {BROUGHT_BY}, which brings the wheels: {done.stderr.strip()[-300:]}")
    (brought,) = folder.glob("open_webui-*.whl")
    with zipfile.ZipFile(brought) as archive:
        for name, expected in WHEELS.items():
            wheel = archive.read(FOLDER + name)
            if hashlib.sha256(wheel).hexdigest() != expected:
                raise ValueError(f"{name} in {BROUGHT_BY} is not what it was")
            (folder / name).write_bytes(wheel)
    brought.unlink()
    return folder
