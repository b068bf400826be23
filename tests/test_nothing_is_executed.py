"""Nothing that a visitor can influence is executed, unpickled or written as HTML: a walk over all the sources.

What is dangerous is found by its name wherever it stands, called or not, since a function that is handed on can be
called elsewhere; from the standard library only what is listed may be imported. Where something of it is needed, the
place is listed with the reason, and as often as it stands there.
"""

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("dlcore", "charts", "classroom", "ui", "lessons", "pages", "server", "streamlit_app.py")
SCRIPTS = [path for part in PARTS for path in (sorted((ROOT / part).rglob("*.py")) or [ROOT / part])]
BROWSERS = sorted(path for part in PARTS for kind in ("*.js", "*.html", "*.svg") for path in (ROOT / part).rglob(kind))


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


STANDARD = _words(
    """ast base64 collections contextlib copy csv dataclasses difflib functools hashlib hmac html importlib inspect io
    itertools json keyword math numbers os pathlib re secrets struct sys textwrap time tomllib
    types typing unicodedata urllib zipfile zlib"""
)
"""What is imported of Python itself; none of it runs a text, starts a program or reads objects from a file, but for
what stands in NAMES."""

BUILTINS = frozenset(["eval", "exec", "compile", "globals", "locals", "breakpoint", "input", "help"])
"""What Python itself calls so; as the name of a method or an argument some of it is harmless."""

NAMES = _words(
    """eval exec __import__ __builtins__ __loader__ __spec__ import_module reload find_spec machinery util
    invalidate_caches system popen startfile fork forkpty kill putenv execl execle execlp execlpe execv execve
    execvp execvpe spawnl spawnle spawnlp spawnlpe spawnv spawnve spawnvp spawnvpe posix_spawn posix_spawnp
    __globals__ __code__ __closure__ __subclasses__ __getattribute__ f_globals f_locals f_builtins gi_frame
    _getframe settrace setprofile modules meta_path path_hooks read_pickle to_pickle read_hdf read_sql read_html
    read_xml to_html pickle ctypeslib fromfile memmap DataSource query html iframe components unsafe_allow_html
    unsafe_allow_javascript allow_pickle"""
)
"""Names and attributes that may stand nowhere but in PLACES, as words of Python or as texts that spell them."""

PLACES = {
    ("dlcore/formulas.py", "eval"): (1, "what Python's parser calls a text that is one expression; it only reads"),
    ("dlcore/callbacks.py", "locals"): (1, "the arguments of a function, to be kept by their names"),
    ("dlcore/models.py", "load"): (1, "of dlcore.storage"),
    ("dlcore/storage.py", "__subclasses__"): (1, "the families, each of which is a class of ours"),
    ("lessons/training/live_session.py", "import threading"): (
        1,
        "a lock: two runs of a page train in turn",
    ),
    ("lessons/training/training_run.py", "import threading"): (
        1,
        "a lock, with which one run of a page waits for another one's epoch",
    ),
    ("dlcore/datasets.py", "import warnings"): (1, "to say of a name that it has moved"),
    ("dlcore/__init__.py", "import warnings"): (1, "the same, of a module"),
    ("dlcore/experiments/gradient_flow.py", "import warnings"): (1, "the same"),
    ("dlcore/renamed.py", "import warnings"): (1, "the same, of a class"),
    ("dlcore/renamed.py", "modules"): (1, "the module that has the new name"),
    ("dlcore/__init__.py", "meta_path"): (1, "an old name of a module, out of a table, finds the new one"),
    ("dlcore/__init__.py", "machinery"): (1, "the same"),
    ("dlcore/__init__.py", "import_module"): (3, "the same, and a module of a name that Keras has, out of two tables"),
    ("dlcore/__init__.py", "modules"): (1, "the same"),
    ("ui/script_export.py", "modules"): (1, "to see whether a class can be imported by its name; nothing is imported"),
    ("ui/script_export.py", "getattr"): (1, "the same"),
    ("ui/page/class_link.py", "query"): (2, "the query of an address"),
    ("ui/lesson.py", "html"): (1, "a constant but for the language, one of two"),
    ("ui/lesson.py", "unsafe_allow_javascript"): (1, "the same"),
    ("ui/lesson.py", "<language>"): (1, "the same"),
    ("ui/lesson.py", "<script"): (1, "the same"),
    ("ui/page/presenter/__init__.py", "html"): (1, "a file of ours"),
    ("ui/page/room/__init__.py", "html"): (1, "a file of ours"),
    ("ui/page/room/ballots.py", "query"): (1, "the query of an address"),
    ("ui/page/style_sheets.py", "html"): (1, "files of ours"),
    ("ui/page/topic_cards/__init__.py", "html"): (1, "a file of ours"),
    ("server/early_scripts.py", "<script"): (1, "a script whose only variable part are names of Streamlit's own files"),
    ("server/early_scripts.py", "<ask>"): (1, "the same"),
    ("server/room/ballot/ballot.html", "<script"): (1, "the place of our own script, whose hash is in the policy"),
    ("server/room/ballot/remote.html", "<script"): (1, "the same"),
    ("server/rehearsal.py", "import asyncio"): (1, "to wait for the app's own answers; no process is started"),
    ("server/rehearsal.py", "import logging"): (1, "to say what went wrong"),
    ("classroom/redis_store.py", "import logging"): (1, "to say that the rooms cannot be reached"),
    ("classroom/redis_store.py", "import threading"): (1, "to hear the bells that other processes ring"),
    ("server/limits.py", "import asyncio"): (1, "to wait no longer than a while for a body that is let go by"),
    ("server/origins.py", "import ipaddress"): (1, "to tell numbers from names; nothing is connected"),
    ("server/open_files.py", "import resource"): (1, "to have more files open; no process is started"),
    ("classroom/store.py", "import threading"): (1, "a lock: the pages' threads and the server share the rooms"),
    ("server/prompt_answers.py", "import socket"): (1, "to switch off a delay of the server's own socket"),
    ("server/room/events.py", "import asyncio"): (1, "to wait for what is new in a room"),
    ("server/room/lifespan.py", "import asyncio"): (1, "to sweep now and then"),
    ("server/room/lifespan.py", "import logging"): (1, "to say what went wrong"),
    ("server/room/lifespan.py", "import signal"): (1, "to hear that the server is to end; none is sent"),
    ("ui/page/takehome/__init__.py", "html"): (1, "names that are escaped"),
    ("ui/page/takehome/__init__.py", "<settings>"): (1, "made of escaped pieces"),
    ("ui/page/takehome/__init__.py", "<names>"): (1, "made of escaped pieces"),
    ("charts/fast_marks.py", "getattr"): (
        2,
        "classes of Altair by the name of a channel, which charts write themselves",
    ),
    ("ui/page/takehome/takehome.js", "document.write"): (
        1,
        "the handout, whose texts are all escaped or a known tag's",
    ),
}
COMPONENTS = "streamlit.components.v2"
"""Components of our own files; the first version of components, which takes HTML of anybody, is not used."""

MARKUP = re.compile(r"(?<!\?P)(?<!\?)</?[a-zA-Z]")
"""The beginning of a tag; in a pattern ``(?P<name>`` and ``(?<!`` are none."""


def found_in(source: str) -> Iterator[tuple[str, int]]:
    """What is dangerous in a Python source, and in which line."""
    walked = list(ast.walk(ast.parse(source)))
    modules = {
        name.asname or name.name.split(".")[0] for node in walked if isinstance(node, ast.Import) for name in node.names
    }
    ours = {node.name for node in walked if isinstance(node, ast.FunctionDef)}
    for node in walked:
        line = getattr(node, "lineno", 0)
        match node:
            case ast.Import():
                yield from ((f"import {name.name}", line) for name in node.names if _is_foreign(name.name))
                yield from ((part, line) for name in node.names for part in {*name.name.split(".")} & NAMES - {"html"})
            case ast.ImportFrom(module=str(module)):
                if _is_foreign(module):
                    yield f"import {module}", line
                parts = {*module.split(".")} - ({"html"} if module != COMPONENTS else {"components"}) | {
                    name.name for name in node.names
                }
                yield from ((part, line) for part in parts & NAMES)
                if module in ("os", "sys", "importlib") and {name.name for name in node.names} - {"resources"}:
                    yield f"from {module}", line
                if module == "numpy" and {"load", "*"} & {name.name for name in node.names}:
                    yield "load", line
            case ast.Name(id=name) if name in BUILTINS - ours or (name in NAMES and name.startswith("__")):
                yield name, line
            case ast.Attribute(attr=name, value=owner):
                if name in NAMES:
                    yield name, line
                if name in ("load", "loads") and ast.unparse(owner) not in ("json", "tomllib"):
                    yield from () if _loads_data(node, walked) else (("load", line),)
            case ast.keyword(arg=str(name)) if name in ARGUMENTS:
                yield name, line
                if name == "allow_pickle" and not (isinstance(node.value, ast.Constant) and node.value.value is False):
                    yield "allow_pickle that is not False", line
            case ast.Constant(value=str(text)):
                if text in NAMES - _WORDS:
                    yield text, line
                yield from (("<script", line) for _ in re.findall("<script", text, re.IGNORECASE))
            case ast.Call(func=ast.Name(id="getattr" | "setattr" | "delattr" as called), args=[owner, which, *_]):
                by_name = isinstance(which, ast.Constant)
                if not by_name and isinstance(owner, ast.Name) and owner.id in modules | {"found"}:
                    yield called, line
            case ast.JoinedStr(values=values):
                texts = "".join(str(each.value) for each in values if isinstance(each, ast.Constant))
                if MARKUP.search(texts):
                    yield from ((f"<{_written(each)}>", line) for each in values if _is_unescaped(each))


ARGUMENTS = frozenset(("unsafe_allow_html", "unsafe_allow_javascript", "allow_pickle"))

_WORDS = frozenset(("html", "query", "components", "modules", "util", "system", "kill", "reload", "pickle"))
"""Names that are words, too: as texts they say nothing."""


def _is_foreign(module: str) -> bool:
    top = module.split(".")[0]
    return top in sys.stdlib_module_names and top not in STANDARD


def _loads_data(node: ast.Attribute, walked: list[ast.AST]) -> bool:
    """Whether ``.load`` is a call without a file, as of a data set, or one of NumPy that refuses objects."""
    for call in walked:
        if isinstance(call, ast.Call) and call.func is node:
            return (not call.args and not call.keywords) or any(word.arg == "allow_pickle" for word in call.keywords)
    return ast.unparse(node.value) not in ("np", "numpy", "numpy.lib", "joblib", "yaml", "torch")


def _is_unescaped(piece: ast.expr) -> bool:
    if not isinstance(piece, ast.FormattedValue):
        return False
    called = piece.value.func if isinstance(piece.value, ast.Call) else None
    return not (isinstance(called, ast.Name) and called.id == "escape")


def _written(piece: ast.expr) -> str:
    return ast.unparse(piece.value) if isinstance(piece, ast.FormattedValue) else ""


JAVASCRIPT = re.compile(
    r"""\.?(innerHTML|outerHTML|insertAdjacentHTML|setHTMLUnsafe|createContextualFragment|parseFromString|srcdoc)\b
    | \b(document\s*\.\s*write(?:ln)?)\b | \b(eval|(?-i:Function)|importScripts|execScript)\s*\(
    | \bnew\s+((?-i:Function))\b
    | \b(setTimeout|setInterval)\s*\(\s*["'`] | (javascript\s*:) | (<script) | (\bon[a-z]+\s*=\s*["'`])
    | \b(import)\s*\( | setAttribute\(\s*["'`](on\w*|srcdoc)
    | [\w)\]](\[\s*["'`]) | \b(constructor)\b""",
    re.VERBOSE | re.IGNORECASE,
)


def found_in_browser(source: str) -> Iterator[tuple[str, int]]:
    """The same in what the browser runs: what makes HTML or code of a text."""
    for match in JAVASCRIPT.finditer(source):
        yield re.sub(r"\s", "", next(filter(None, match.groups()))), source[: match.start()].count("\n") + 1


def test_nothing_is_executed_unpickled_or_written_as_html_unchecked() -> None:
    assert len(SCRIPTS) > 100
    assert {path.suffix for path in BROWSERS} == {".js", ".html", ".svg"}
    lines: dict[tuple[str, str], list[int]] = {}
    for path in (*SCRIPTS, *BROWSERS):
        look = found_in if path.suffix == ".py" else found_in_browser
        for what, line in look(path.read_text(encoding="utf-8")):
            lines.setdefault((path.relative_to(ROOT).as_posix(), what), []).append(line)
    unlisted = {place: found for place, found in lines.items() if place not in PLACES}
    assert not unlisted, "write it in another way, or list the place and say why it is no danger"
    assert {place: len(found) for place, found in lines.items()} == {
        place: count for place, (count, _) in PLACES.items()
    }


PLANTED = """
eval(x) | run = exec | [compile][0](x, "", "exec") | __import__("os") | __builtins__["eval"] | globals()["ev" + "al"](x)
getattr(__builtins__, "eval") | import builtins | from builtins import eval as e | import pickle | import _pickle
from marshal import loads | import shelve | import subprocess | from subprocess import run | os.system(x) | os.popen(x)
f = os.execvp | from os import system | import os; getattr(os, "sys" + "tem")(x) | import os; getattr(os, name)(x)
import ctypes | import runpy | import code | import multiprocessing | import importlib; importlib.import_module(x)
from importlib import import_module | from importlib import util | import importlib.util
import socket | import threading
pd.read_pickle(x) | pd.eval(x) | frame.eval(x) | frame.query(x) | frame.to_pickle(x) | pandas.io.pickle.read_pickle(x)
np.load(x) | np.load(x, allow_pickle=True) | np.load(x, allow_pickle=flag) | read = np.load | from numpy import load
import numpy; numpy.load(x, **{"allow_pickle": True}) | np.fromfile(x) | np.lib.npyio.DataSource(x) | joblib.load(x)
yaml.load(x) | torch.load(x) | st.markdown(x, unsafe_allow_html=True) | st.markdown(x, **{"unsafe_allow_html": True})
how = dict(unsafe_allow_html=True) | st.html(x) | write = st.html | st.components.v1.html(x) | st.iframe(x)
from streamlit.components.v1 import html | import streamlit.components.v1 as v1
st.html(x, unsafe_allow_javascript=True)
().__class__.__mro__[1].__subclasses__() | f.__globals__ | sys._getframe() | sys.modules["os"] | show("<script>" + x)
f"<b>{x}</b>" | f"<b>{escape(x)}{x}</b>" | f"<a href={x.y()}>" | st.dataframe(x).to_html() | sys.settrace(x)
""".strip().replace("\n", " | ")


@pytest.mark.parametrize("source", PLANTED.split(" | "))
def test_each_way_around_is_found(source: str) -> None:
    assert list(found_in(f"def f(x):\n    {source}\n"))


HARMLESS = (
    're.compile("x")',
    'model.compile(loss="mse")',
    "from html import escape",
    'f"<b>{escape(x)}</b>"',
    'f"{x} < {y}"',
    "data.load()",
    "json.loads(x)",
    "np.load(x, allow_pickle=False)['w']",
    "from streamlit.components.v2 import component",
    "from importlib import resources",
    'getattr(plan, "units")',
    "getattr(plan, name)",
    'st.text_input(x, help="help")',
)


@pytest.mark.parametrize("source", HARMLESS)
def test_what_is_no_danger_may_stay(source: str) -> None:
    assert [what for what, _ in found_in(f"def f(x):\n    {source}\n") if what != "allow_pickle"] == []


IN_BROWSERS = """
a.innerHTML = x | a.outerHTML += x | a.insertAdjacentHTML("beforeend", x) | document.write(x) | document . writeln(x)
eval(x) | new Function(x)() | Function(x)() | setTimeout("x") | a.srcdoc = x | range.createContextualFragment(x)
a.setAttribute("onclick", x) | a["inner" + "HTML"] = x | import(x) | new DOMParser().parseFromString(x, "text/html")
a.href = "javascript:" + x | `<img onerror="${x}">` | f.constructor("x")() | `<script>${x}` | a.setHTMLUnsafe(x)
""".strip().replace("\n", " | ")


@pytest.mark.parametrize("source", IN_BROWSERS.split(" | "))
def test_each_way_around_in_a_browser_is_found(source: str) -> None:
    assert list(found_in_browser(source))


def test_every_exception_says_why() -> None:
    assert all(count > 0 and why for count, why in PLACES.values())
    assert Counter(place for place in PLACES).most_common(1)[0][1] == 1
