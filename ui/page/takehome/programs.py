"""Programs to take home: each as a file, as a notebook, and as a zip with all that it needs to run there.

Whoever takes one home has no dlcore. The zip has it as a wheel, with two lines on how to install and run; a notebook
carries it inside itself, since in Colab one file is all that can be opened at once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from dlcore.notebooks import Cell, files_cell, notebook
from ui.controls.widgets import Say
from ui.page.takehome.wheel import dlcore_wheel, zip_archive

README = "README.txt"


@dataclass(frozen=True)
class Program:
    """A program by the name of its files, its text, and its notebook's heading (Markdown) and cells.

    data: makes the files that it reads, by name.
    """

    stem: str
    text: str
    heading: str
    cells: Sequence[Cell]
    data: Callable[[], Mapping[str, bytes]] = field(default=dict)

    def as_notebook(self, say: Say) -> bytes:
        """The notebook, which installs what it carries with its first cell and says so."""
        wheel = dlcore_wheel()
        first = files_cell(say("home_cell"), {wheel.name: wheel.content, **self.data()})
        heading: Cell = ("markdown", f"{self.heading}\n\n{say('home_notebook')}")
        return notebook([heading, first, *self.cells]).encode()

    def as_zip(self, say: Say) -> bytes:
        """Program, notebook, data and dlcore, and how to install and run them, as a zip."""
        wheel = dlcore_wheel()
        lines = [say("home_install", wheel=wheel.name), say("home_run", program=f"{self.stem}.py")]
        files = {
            README: "".join(f"{line}\n" for line in lines).encode(),
            f"{self.stem}.py": self.text.encode(),
            f"{self.stem}.ipynb": self.as_notebook(say),
            **self.data(),
            wheel.name: wheel.content,
        }
        return zip_archive(files)


def draw_files(program: Program, say: Say, key: str) -> None:
    """Buttons for the zip, the program and the notebook; what carries dlcore is made when it is asked for."""
    files: dict[str, tuple[str, Any]] = {
        "zip": ("application/zip", lambda: program.as_zip(say)),
        "py": ("text/x-python", program.text),
        "ipynb": ("application/json", lambda: program.as_notebook(say)),
    }
    with st.container(horizontal=True, gap="xsmall"):
        for kind, (mime, content) in files.items():
            name, icon = f"{program.stem}.{kind}", ":material/download:"
            st.download_button(name, content, name, mime, f"{key}-{kind}", on_click="ignore", icon=icon)
