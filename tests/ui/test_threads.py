"""How many threads NumPy's products take: said before NumPy is loaded, for later it counts no more."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
VARIABLE = "OPENBLAS_NUM_THREADS"

# a visitor who enters by a link starts a page's script alone, in a process that has loaded Streamlit's server
FIRST_VISIT = """
import ast, os, sys
from pathlib import Path

class Watch:
    def find_spec(self, name, path=None, target=None):
        if name == "numpy":
            print(os.environ.get("OPENBLAS_NUM_THREADS"), flush=True)
            os._exit(0)

sys.meta_path.insert(0, Watch())
import streamlit.web.bootstrap
script = ast.parse(Path(sys.argv[1]).read_text(encoding="utf-8"))
script.body = [node for node in ast.walk(script) if isinstance(node, ast.Import | ast.ImportFrom)]
exec(compile(script, sys.argv[1], "exec"))
"""


def at_numpys_import(program: str, *arguments: str, **variables: str) -> str:
    """What the variable holds in a fresh process when it first asks for NumPy; empty if it never does."""
    environment = {name: value for name, value in os.environ.items() if name != VARIABLE} | variables
    environment["PYTHONPATH"] = str(ROOT)
    command = [sys.executable, "-c", program, *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_one_thread_is_said_before_a_page_loads_numpy(any_script: str) -> None:
    assert at_numpys_import(FIRST_VISIT, any_script) == "1"


@pytest.mark.parametrize("package", ["charts", "dlcore.losses", "ui"])
def test_whichever_package_comes_first_says_it(package: str) -> None:
    program = FIRST_VISIT.partition("import streamlit.web")[0] + f"import {package}"
    assert at_numpys_import(program) == "1"


def test_what_a_host_has_said_stays() -> None:
    assert at_numpys_import(FIRST_VISIT, "pages/5_optimizers.py", **{VARIABLE: "4"}) == "4"
