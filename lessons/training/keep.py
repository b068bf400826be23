"""What a reader takes home: the program, growing beside the page and whole; the data beside it; the trained network."""

import io
import math
from collections.abc import Callable

import numpy as np
import streamlit as st

from dlcore import programs
from dlcore.models import Sequential, load_model
from lessons.training.layer_notation import MOST_WEIGHTS
from lessons.training.results import Shown
from lessons.training.rows import Given
from ui.beat import Beat
from ui.controls.widgets import Say
from ui.number_format import readable

MOST_BYTES = 8 * 2 * MOST_WEIGHTS + 400_000
"""What a network that is brought back may take, as a file and unpacked: twice the weights of the largest one that this
page trains, and what describes them."""

COMPARED_ROWS, COMPARED_NUMBERS = 2000, 2_000_000
"""On how many rows a network that was brought back is compared, and how many numbers all its layers may make of them:
with one wide layer after another, a few weights would fill the memory."""


# ---- the program -----------------------------------------------------------------------------------------------------
def program(beat: Beat, shown: Shown) -> None:
    """The whole program, as Keras and as dlcore code, with its files."""
    data, recipe = shown.data, shown.recipe
    written = {
        "Keras": programs.keras_program(recipe, data.source),
        "dlcore": programs.dlcore_program(recipe, data.source),
    }
    for tab, (name, text) in zip(st.tabs(list(written)), written.items(), strict=True):
        with tab:
            stem = f"train_{name.lower()}"
            with st.container(horizontal=True, gap="xsmall"):
                _file(f"{stem}.py", text.encode(), "text/x-python")
                _file(f"{stem}.ipynb", programs.notebook(text, beat.lesson.title).encode(), "application/json")
            st.code(text, language="python", height=420)
    st.caption(beat.word("data_beside", rows=len(data.y)))
    _file(programs.DATA_FILE, lambda: data_file(data), "text/csv")


def data_file(data: Given) -> bytes:
    """The rows as the programs read them."""
    return programs.data_csv(data.x, data.y, data.parts.order, data.features, data.target).encode()


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


def network(beat: Beat, shown: Shown) -> None:
    """The trained network as a file, and a file as a network."""
    st.markdown(f"**{beat.word('save_network')}**")
    if shown.result is not None and shown.told:
        model = shown.result.model
        _file("model.npz", lambda: written_network(model), "application/octet-stream")
        st.caption(beat.word("npz_told", weights=f"{model.count_params():,}"))
    else:
        st.caption(beat.word("nothing_to_save"))
    st.markdown(f"**{beat.word('load_network')}**")
    file = st.file_uploader(beat.word("npz_file"), type=["npz"], key="training.npz", label_visibility="collapsed")
    if file is not None:
        _loaded(beat, shown, file.getvalue())


def _loaded(beat: Beat, shown: Shown, data: bytes) -> None:
    """What a file holds, and what that network makes of the present rows; or why it is none."""
    try:
        model = read_network(data)
    except ValueError as why:
        st.error(beat.word("npz_refused", why=_short(str(why))))
        return
    st.success(beat.word("npz_loaded", name=_short(model.name), weights=f"{model.count_params():,}"))
    with st.expander("model.summary()"):
        st.code(model.summary(), language=None)
    st.markdown(compared(beat.word, shown, model))


def read_network(data: bytes) -> Sequential:
    """The network in the bytes of a file; ValueError if there is none that this page could train."""
    if len(data) > MOST_BYTES:
        raise ValueError(f"{len(data)} bytes; at most {MOST_BYTES} are read")
    model = load_model(io.BytesIO(data), most_bytes=MOST_BYTES)
    if (weights := model.count_params()) > 2 * MOST_WEIGHTS:
        raise ValueError(f"{weights} weights; at most {2 * MOST_WEIGHTS} are read")
    return model


def compared(say: Say, shown: Shown, model: Sequential) -> str:
    """The loss of a network that was brought back, on the rows of the page, and whether it is the page's own."""
    parts = shown.data.parts
    if model.input_shape != (len(shown.data.features),):
        return say("npz_other_inputs", takes=str(model.input_shape), inputs=len(shown.data.features))
    widths = sum(math.prod(layer.output_shape) for layer in model.layers)
    rows = parts.validation.x if len(parts.validation.x) else parts.train.x
    rows = rows[: max(1, min(COMPARED_ROWS, COMPARED_NUMBERS // widths))]
    p = model.predict(rows)
    if not np.isfinite(p).all():
        return say("npz_no_numbers")
    if shown.result is not None and shown.told and shown.result.model.output_shape == model.output_shape:
        gap = float(np.max(np.abs(p - shown.result.model.predict(rows))))
        if gap == 0:
            return say("npz_same", rows=len(p))
        if math.isfinite(gap):
            return say("npz_differs", rows=len(p), gap=readable(gap, 3))
    return say("npz_answers", rows=len(p), low=readable(float(p.min()), 3), high=readable(float(p.max()), 3))


def _short(text: str) -> str:
    return " ".join(text.replace("`", "'").split())[:160]
