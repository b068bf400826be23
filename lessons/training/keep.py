"""Keep: the program, with the data beside it, and the trained network as files to take home."""

import io
import math
from collections.abc import Callable

import numpy as np
import streamlit as st

from dlcore import notebooks
from dlcore.experiments import code_export
from dlcore.models import Sequential, load_model
from lessons.training.layer_notation import MOST_WEIGHTS
from lessons.training.results import TrainingOutcome as Setup
from lessons.training.results import choose, measure
from lessons.training.rows import LabelledRows
from lessons.training.training_run import Result
from ui.beat import Beat
from ui.controls.widgets import Say
from ui.number_format import readable
from ui.page.takehome.programs import Program, draw_files
from ui.question import Question

__all__ = ["Setup", "choose", "draw", "explain", "measure", "question"]

MOST_BYTES = 8 * 2 * MOST_WEIGHTS + 400_000
"""What a network that is brought back may take, as a file and unpacked: twice the weights of the largest one that this
page trains, and what describes them."""

COMPARED_ROWS, COMPARED_NUMBERS = 2000, 2_000_000
"""On how many rows a network that was brought back is compared, and how many numbers all its layers may make of them:
with one wide layer after another, a few weights would fill the memory."""


def question(setup: Setup, result: Result | None) -> Question | None:
    """Nothing: what is kept was asked about before."""
    return None


def explain(setup: Setup, result: Result | None, say: Say) -> str:
    """Nothing, since nothing is asked."""
    return ""


def draw(beat: Beat, setup: Setup, result: Result | None) -> None:
    """The network as a file, and a file as a network; beside them the program."""
    with beat.panel:
        _draw_network(beat, setup, result)
    # where others have their guess and their pictures
    with beat.question_place:
        _draw_program(beat, setup)


# ---- the program -----------------------------------------------------------------------------------------------------


def _draw_program(beat: Beat, setup: Setup) -> None:
    """The whole program, as Keras and as dlcore code, with its files."""
    rows, recipe = setup.rows, setup.recipe
    texts = {
        "Keras": code_export.keras_program(recipe, rows.source),
        "dlcore": code_export.dlcore_program(recipe, rows.source),
    }
    keras, dlcore = st.tabs(list(texts))
    with keras:
        with st.container(horizontal=True, gap="xsmall"):
            _file("train_keras.py", texts["Keras"].encode(), "text/x-python")
            title, word = beat.lesson.title, beat.word("home_cell_data")
            _file("train_keras.ipynb", lambda: keras_notebook(title, texts["Keras"], rows, word), "application/json")
        st.code(texts["Keras"], language="python", height=420)
    with dlcore:
        program = home_program(beat.lesson.title, texts["dlcore"], rows)
        draw_files(program, beat.word, f"training.file-{program.stem}")
        st.code(program.text, language="python", height=420)
    st.caption(beat.word("data_beside", rows=len(rows.y)))
    _file(code_export.DATA_FILE, lambda: data_file(rows), "text/csv")


def keras_notebook(title: str, text: str, rows: LabelledRows, cell_title: str) -> bytes:
    """Keras's program as a notebook that carries the rows, so that in Colab it is the one file to open."""
    first = notebooks.files_cell(cell_title, {code_export.DATA_FILE: data_file(rows)})
    heading: notebooks.Cell = ("markdown", f"# {title}\n\n{code_export.headline(text)}")
    return notebooks.notebook([heading, first, *code_export.cells(text)]).encode()


def home_program(title: str, text: str, rows: LabelledRows) -> Program:
    """dlcore's program with what it needs to run elsewhere: of a reader's own rows also their file."""
    heading = f"# {title}\n\n{code_export.headline(text)}"
    data = (lambda: {code_export.DATA_FILE: data_file(rows)}) if rows.source.dataset is None else dict
    return Program("train_dlcore", text, heading, code_export.cells(text), data)


def data_file(rows: LabelledRows) -> bytes:
    """The rows as the programs read them."""
    return code_export.data_csv(rows.x, rows.y, rows.parts.order, rows.features, rows.target).encode()


def _file(name: str, content: bytes | Callable[[], bytes], mime: str) -> None:
    key = f"training.file-{name}"
    icon = ":material/download:"
    st.download_button(name, content, file_name=name, mime=mime, key=key, on_click="ignore", icon=icon)


# ---- the network -----------------------------------------------------------------------------------------------------


def written_network(model: Sequential) -> bytes:
    """The network as the bytes of an .npz file."""
    file = io.BytesIO()
    model.save(file)
    return file.getvalue()


def _draw_network(beat: Beat, setup: Setup, result: Result | None) -> None:
    """The trained network as a file, and a file as a network."""
    st.markdown(f"**{beat.word('save_network')}**")
    if result is not None:
        model = result.model
        _file("model.npz", lambda: written_network(model), "application/octet-stream")
        st.caption(beat.word("npz_told", weights=f"{model.count_params():,}"))
    else:
        st.caption(beat.word("nothing_to_save"))
    st.markdown(f"**{beat.word('load_network')}**")
    file = st.file_uploader(beat.word("npz_file"), type=["npz"], key="training.npz", label_visibility="collapsed")
    if file is not None:
        _draw_loaded(beat, setup, file.getvalue())


def _draw_loaded(beat: Beat, setup: Setup, data: bytes) -> None:
    """What a file holds, and what that network makes of the present rows; or why it is none."""
    try:
        model = read_network(data)
    except ValueError as why:
        st.error(beat.word("npz_refused", why=_short(str(why))))
        return
    st.success(beat.word("npz_loaded", name=_short(model.name), weights=f"{model.count_params():,}"))
    with st.expander("model.summary()"):
        st.code(model.summary_text(), language=None)
    st.markdown(answers_sentence(beat.word, setup, model))


def read_network(data: bytes) -> Sequential:
    """The network in the bytes of a file; ValueError if there is none that this page could train."""
    if len(data) > MOST_BYTES:
        raise ValueError(f"{len(data)} bytes; at most {MOST_BYTES} are read")
    model = load_model(io.BytesIO(data), most_bytes=MOST_BYTES)
    if (weights := model.count_params()) > 2 * MOST_WEIGHTS:
        raise ValueError(f"{weights} weights; at most {2 * MOST_WEIGHTS} are read")
    return model


def answers_sentence(say: Say, setup: Setup, model: Sequential) -> str:
    """What a network that was brought back answers for the rows of the page, and whether it is the page's own."""
    parts = setup.rows.parts
    if model.input_shape != (len(setup.rows.features),):
        return say("npz_other_inputs", takes=str(model.input_shape), inputs=len(setup.rows.features))
    widths = sum(math.prod(layer.output_shape) for layer in model.layers)
    rows = parts.validation.x if len(parts.validation.x) else parts.train.x
    rows = rows[: max(1, min(COMPARED_ROWS, COMPARED_NUMBERS // widths))]
    p = model.predict(rows)
    if not np.isfinite(p).all():
        return say("npz_no_numbers")
    result = setup.visible_result
    if result is not None and result.model.output_shape == model.output_shape:
        gap = float(np.max(np.abs(p - result.model.predict(rows))))
        if gap == 0:
            return say("npz_same", rows=len(p))
        if math.isfinite(gap):
            return say("npz_differs", rows=len(p), gap=readable(gap, 3))
    return say("npz_answers", rows=len(p), low=readable(float(p.min()), 3), high=readable(float(p.max()), 3))


def _short(text: str) -> str:
    return " ".join(text.replace("`", "'").split())[:160]
