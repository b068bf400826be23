"""What the lessons need of Streamlit that Streamlit for the browser, some versions behind, has not or has otherwise.

Called by ``boot.mjs`` when Streamlit is there and before a page is. Each thing says what it stands for; when stlite
moves on to a Streamlit that has it, the thing goes.
"""

import asyncio
import functools
import importlib
import sys
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any

import lessons_tables


def prepare() -> None:
    """Mend Streamlit, once."""
    sys.modules["pandas"] = _Late("pandas", ("DataFrame", "Series", "Index", "Timestamp"))
    _components()
    _messages()
    _pauses()
    _tables()
    _later_options()


class _Late(ModuleType):
    """A package that is fetched when something is asked of it: half of what there is, and not needed at first."""

    def __init__(self, name: str, kinds: Iterable[str]) -> None:
        super().__init__(name)
        for kind in kinds:
            setattr(self, kind, _Unmade(kind, (), {"_package": self}))

    def __getattr__(self, name: str) -> Any:
        # who only looks around, as ``inspect`` does, is told that there is nothing; a package beneath it wants the path
        if name.startswith("__") and name != "__path__":
            raise AttributeError(name)
        return getattr(self._load_late(), name)

    def _load_late(self) -> ModuleType:
        if sys.modules[self.__name__] is self:
            from js import lessons

            # without a network this fails, and is tried again the next time
            lessons.fetchLate()
            importlib.invalidate_caches()
            del sys.modules[self.__name__]
            self.__dict__.update(vars(importlib.import_module(self.__name__)))
        return sys.modules[self.__name__]


class _Unmade(type):
    """A class of such a package: nothing is one of it as long as the package is not there."""

    _package: _Late

    def __instancecheck__(cls, one: object) -> bool:
        return False

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(getattr(cls._package._load_late(), cls.__name__), name)

    def __call__(cls, *args: Any, **how: Any) -> Any:
        return getattr(cls._package._load_late(), cls.__name__)(*args, **how)


def _components() -> None:
    """Components of version 2 ask a runtime that is a singleton; here it belongs to a context."""
    from streamlit import runtime

    runtime.Runtime.exists = staticmethod(runtime.exists)
    runtime.Runtime.instance = staticmethod(runtime.get_instance)


def _messages() -> None:
    """Messages leave when they are made: this Python does nothing else meanwhile, so that they would wait for its end.

    A bar that says how far a training is, and the questions of a page one after the other, are seen only so.
    """
    from js import lessons
    from pyodide.ffi import to_js
    from streamlit.runtime.app_session import AppSession
    from streamlit.runtime.runtime import Runtime
    from streamlit.runtime.runtime_util import serialize_forward_msg
    from streamlit.runtime.scriptrunner import ScriptRunnerEvent
    from streamlit.web.server.starlette.starlette_websocket import StarletteSessionClient

    def write_forward_msg(_client: StarletteSessionClient, message: Any) -> None:
        lessons.send(to_js(serialize_forward_msg(message)))

    def enqueued_some_message(runtime: Any) -> None:
        for session in runtime._session_mgr.list_active_sessions():
            for message in session.session.flush_browser_queue():
                runtime._send_message(session, message)

    def on_scriptrunner_event(session: Any, sender: Any, event: ScriptRunnerEvent, *told: Any, **how: Any) -> None:
        if event == ScriptRunnerEvent.SHUTDOWN:
            later(session, sender, event, *told, **how)
        else:
            session._handle_scriptrunner_event_on_event_loop(sender, event, *told, **how)

    later = AppSession._on_scriptrunner_event
    AppSession._on_scriptrunner_event = on_scriptrunner_event
    StarletteSessionClient.write_forward_msg = write_forward_msg
    Runtime._enqueued_some_message = enqueued_some_message


def _pauses() -> None:
    """Before every run of a page what the reader has done is heard, also if the page itself has asked for the run."""
    from streamlit.runtime.scriptrunner import script_runner

    run = script_runner.exec_func_with_error_handling

    async def heard_first(*told: Any, **how: Any) -> Any:
        await asyncio.sleep(0.02)
        return await run(*told, **how)

    script_runner.exec_func_with_error_handling = heard_first


def _tables() -> None:
    """Frames travel as Arrow, which the page reads as it is; ``build.py`` has told the page so."""
    from streamlit import dataframe_util
    from streamlit.components.v2.bidi_component import serialization

    dataframe_util.convert_pandas_df_to_arrow_bytes = lessons_tables.of_frame
    is_frame = dataframe_util.is_dataframe_like
    # to find out, Streamlit would ask pandas; what the components are told is plain
    serialization.is_dataframe_like = lambda one: not isinstance(one, _PLAIN) and is_frame(one)


_PLAIN = str | int | float | list | tuple | dict | None


_LATER = {
    "vega_lite_chart": "alt",
    "dataframe": "alt",
    "data_editor": "alt",
    "image": "alt",
    "pills": "wrap",
    "segmented_control": "wrap",
}
"""Options that this Streamlit does not have yet. Choices wrap by themselves here."""


def _later_options() -> None:
    """A chart says its ``alt`` as Vega's description; for a table and a drawing there is no place for it yet."""
    import streamlit as st
    from streamlit.delta_generator import DeltaGenerator

    for name, option in _LATER.items():
        for owner in (st, DeltaGenerator):
            setattr(owner, name, _without(option, getattr(owner, name), describes=name == "vega_lite_chart"))


def _without(option: str, draw: Callable[..., Any], describes: bool) -> Callable[..., Any]:
    @functools.wraps(draw)
    def draw_without(*args: Any, **how: Any) -> Any:
        said = how.pop(option, None)
        if describes and said:
            *before, spec = args
            args = (*before, {**spec, "description": said})
        return draw(*args, **how)

    return draw_without
