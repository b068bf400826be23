"""What visitors share holds nothing that belongs to one of them: a walk through everything that outlives a visit."""

import functools
import gc
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from streamlit.runtime.caching import cache_data_api, cache_resource_api
from streamlit.testing.v1 import AppTest

from lessons.training import live, live_table
from tests.server.marked import MARK, NUMBER, TABLE, packed
from tests.server.visits import ROOT

pytestmark = pytest.mark.filterwarnings("ignore:.*No runtime found.*")

FORMULA = f"x**2 + {NUMBER}*y**2"


PACKED = (MARK.encode(), *packed(str(NUMBER)))
OURS = ("ui", "lessons", "charts", "dlcore", "pages")


@pytest.fixture(autouse=True)
def nothing_from_before() -> None:
    cache_data_api._data_caches.clear_all()


def opened(script: str, **address: str) -> AppTest:
    at = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
    at.switch_page(f"pages/{script}.py")
    at.query_params.update({"lang": "en", "predict": "0", "all": "print", **address})
    return at.run()


def remembered() -> Iterator[tuple[str, bytes]]:
    """What Streamlit's cache holds for all sessions: by function, the result as bytes."""
    for cache in cache_data_api._data_caches._function_caches.get(None, {}).values():
        for data in list(cache.storage._mem_cache.values()):  # type: ignore[attr-defined]
            yield cache.display_name, data


def standing() -> Iterator[tuple[str, Any]]:
    """What stands in the modules of the app, and what their functions remember."""
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] in OURS:
            for key, value in list(vars(module).items()):
                yield f"{name}.{key}", value
    for each in gc.get_objects():
        # by its type: a proxy would answer for what is no longer there
        if type(each) is functools._lru_cache_wrapper and str(each.__module__).split(".")[0] in OURS:
            yield f"{each.__module__}.{each.__qualname__}", each


def parts(thing: Any) -> list[Any]:
    """What a thing is made of, as far as it could keep something."""
    if isinstance(thing, dict):
        return [*thing.keys(), *thing.values()]
    if isinstance(thing, list | tuple | set | frozenset):
        return list(thing)
    if isinstance(thing, functools._lru_cache_wrapper):
        return [each for each in gc.get_referents(thing) if not isinstance(each, types.FunctionType | type)]
    if isinstance(thing, types.FunctionType):
        return [cell.cell_contents for cell in thing.__closure__ or () if cell != types.CellType()]
    if type(thing).__name__ == "_lru_list_elem":
        return gc.get_referents(thing)
    if type(thing).__module__.split(".")[0] in OURS:
        return list(getattr(thing, "__dict__", {}).values())
    return []


def holds(thing: Any, is_mark: Callable[[Any], bool], seen: set[int]) -> bool:
    waiting = [thing]
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if is_mark(one):
            return True
        waiting += parts(one)
    return False


def is_mark(one: Any) -> bool:
    if isinstance(one, str):
        return MARK in one
    if isinstance(one, bytes):
        return any(mark in one for mark in PACKED)
    if isinstance(one, np.ndarray):
        return one.dtype.kind == "f" and bool((one == NUMBER).any())
    return isinstance(one, float) and one == NUMBER


def found() -> set[str]:
    """Where the mark is."""
    places = {name for name, data in remembered() if is_mark(data)}
    seen: set[int] = set()
    return places | {name for name, thing in standing() if holds(thing, is_mark, seen)}


def test_the_walk_finds_what_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    from ui import cache
    from ui.text import texts

    monkeypatch.setattr(texts, "planted", {1: [("x", f"a {MARK} b")]}, raising=False)
    assert found() == {"ui.text.texts.planted"}
    monkeypatch.setattr(texts, "planted", functools.lru_cache(lambda key: np.array([NUMBER])), raising=False)
    texts.planted(1)  # type: ignore[attr-defined]
    assert "ui.text.texts.planted" in found()
    monkeypatch.undo()

    @cache.shared(max_entries=2)
    def told(name: str) -> str:
        return f"{name}!"

    told(MARK)
    assert any(name.endswith("told") for name in found())


def test_an_own_table_is_in_nothing_that_is_shared() -> None:
    at = opened("7_training", set="own_table", epochs="2", net="4")
    at.file_uploader(key="training.file").set_value((f"{MARK}.csv", TABLE.encode(), "text/csv"))
    at.run()
    at.button(key="training.go").click().run()
    assert not at.exception
    assert any(MARK in text.value for text in at.caption)
    assert any(True for _ in remembered())
    assert found() == set()
    assert not cache_resource_api._resource_caches._function_caches.get(None)


def test_an_own_table_that_the_live_network_learns_from_is_in_nothing_that_is_shared() -> None:
    at = opened("7_training", l_set="own_table", beat="live")
    at.file_uploader(key=live_table.FILE).set_value((f"{MARK}.csv", TABLE.encode(), "text/csv"))
    at.run()
    assert not at.exception
    assert any(MARK in text.value for text in at.caption)
    assert at.session_state[live.SESSION].wanted.rows.own
    assert found() == set()
    assert not cache_resource_api._resource_caches._function_caches.get(None)


@pytest.mark.parametrize(
    ("page", "keys"),
    [
        ("1_gradient_descent", "fg"),
        ("2_learning_rate", "fg"),
        ("5_optimizers", "fghk"),
    ],
)
def test_an_own_formula_is_in_nothing_that_is_shared(page: str, keys: str) -> None:
    own = dict.fromkeys(keys, "own_formula") | {f"{key}_text": FORMULA for key in keys}
    at = opened(page, **own)
    assert not at.exception
    assert [box.value for box in at.text_input if str(box.key).endswith("_text")] == [FORMULA] * len(keys)
    assert any(True for _ in remembered())
    assert found() == set()


@pytest.mark.parametrize(
    ("page", "address"),
    [
        ("7_training", {"set": "drawn_points", "pts": "0.173501, 0.917, 0; 0.5, 0.5, 1; 1, 1, 1; 0.2, 0.3, 0"}),
        ("6_losses", {"pts": "0.173501, 0.917; 0.5, 0.5; 1, 1; 0.2, 0.3", "yt": "0.173501, 2", "yp": "0.173501, 3"}),
    ],
)
def test_own_points_are_in_nothing_that_is_shared(
    page: str, address: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"MARK": "0.173501", "NUMBER": 0.173501, "PACKED": packed("0.173501")}.items():
        monkeypatch.setattr(f"{__name__}.{name}", value)
    at = opened(page, **address)
    assert not at.exception
    assert [box.value for box in at.text_input if str(box.key).endswith(".pts")] == [address["pts"]]
    assert any(True for _ in remembered())
    assert found() == set()
