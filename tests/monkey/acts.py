"""What a monkey can do to a page, as data: it can be listed, done again, and left out.

An act is a name and what it needs, all of it JSON. What a control is sent is what a browser would send.
"""

import json
import random
from dataclasses import dataclass
from typing import Any

from streamlit.proto.ButtonGroup_pb2 import ButtonGroup
from streamlit.proto.Slider_pb2 import Slider
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest

from tests.monkey.nonsense import CODES, FILES, FORMULAS, NETS, NUMBERS, ROWS, TEXTS, TYPED
from tests.monkey.seen import Control, Seen, whole

FITTING = {"pts": ROWS, "yt": ROWS, "yp": ROWS, "net": NETS, "codes": CODES, "text": FORMULAS}
"""What one would rather type into a line, by how its key ends."""
CELLS: tuple[Any, ...] = (None, 0, 1, -1, 0.5, 2, 1e-12, 1e9, -1e9, 1e300, True, "", "x", "relu", "he_normal", "가")
NO_LONGER_SHOWN = ("-present", "-link")
"""Buttons that open another world, which has tests of its own."""


@dataclass(frozen=True)
class Act:
    """``what`` is done, to the control or place ``key``, with ``value``."""

    what: str
    key: str = ""
    value: Any = None

    def __str__(self) -> str:
        return json.dumps([self.what, self.key, self.value], ensure_ascii=True)


# ---- choosing --------------------------------------------------------------------------------------------------------


def chosen(page: Seen, chance: random.Random, others: list[str]) -> list[Act]:
    """What to do next: one act, or a few controls moved before the page has answered. ``others``: where one can go."""
    kind = chance.choices(list(_WEIGHTS), list(_WEIGHTS.values()))[0]
    controls = [one for key, one in sorted(page.controls.items()) if _may_be_touched(key)]
    if kind == "fold" and page.folded:
        return [Act("fold", chance.choice(page.folded))]
    if kind == "speak":
        return [Act("speak", "", chance.choice(["ko", "en"]))]
    if kind == "leave":
        return [Act("leave", chance.choice(others))]
    if kind == "address":
        return [Act("address", "", address(page, chance))]
    if kind == "presses":
        controls = [one for one in controls if one.kind == "button"] or controls
    if kind == "rare":
        controls = [one for one in controls if one.kind in _RARE] or controls
    if not controls:
        return [Act("speak", "", chance.choice(["ko", "en"]))]
    count = min(chance.randint(2, 4), len(controls)) if kind == "several" else 1
    return [touched(one, chance) for one in chance.sample(controls, count)]


_WEIGHTS = {"one": 50, "several": 12, "presses": 12, "rare": 8, "address": 6, "fold": 6, "speak": 3, "leave": 3}
_RARE = ("text_input", "text_area", "data_editor", "file_uploader", "picture")


def _may_be_touched(key: str) -> bool:
    return not key.endswith(NO_LONGER_SHOWN) and key != "language_switch"


def touched(one: Control, chance: random.Random) -> Act:
    """A value that somebody might send from a control; the ends of its range are likelier than what is between."""
    proto = one.proto
    if one.kind == "slider" and proto.type == Slider.SELECT_SLIDER:
        return Act("slide", one.key, [_end_or(list(proto.options), chance)])
    if one.kind in ("slider", "number_input"):
        return Act("number", one.key, _number(proto, chance))
    if one.kind == "selectbox":
        return Act("pick", one.key, chance.randrange(len(proto.options)))
    if one.kind == "button_group":
        names = [option.content for option in proto.options]
        several = proto.click_mode == ButtonGroup.MULTI_SELECT
        many = chance.choice([0, 1, len(names), chance.randint(0, len(names))]) if several else 1
        return Act("pills", one.key, sorted(chance.sample(range(len(names)), many)))
    if one.kind == "toggle":
        return Act("toggle", one.key, not one.value)
    if one.kind in ("text_input", "text_area"):
        fitting = next((words for end, words in FITTING.items() if one.key.endswith(end)), TYPED)
        return Act("type", one.key, chance.choice(fitting if chance.random() < 0.75 else TYPED))
    if one.kind == "file_uploader":
        return Act("bring", one.key, chance.choice(list(FILES)))
    if one.kind == "data_editor":
        return Act("edit", one.key, _edits(chance))
    if one.kind == "picture":
        return Act("click", one.key, [chance.choice([0.0, 1.0, round(chance.random(), 3)]) for _ in "xy"])
    return Act("press", one.key)


def _end_or(values: list[Any], chance: random.Random) -> Any:
    return chance.choice([values[0], values[-1], chance.choice(values), chance.choice(values)])


def _number(proto: Any, chance: random.Random) -> float:
    low, high = proto.min, proto.max
    steps = max(1, round((high - low) / (proto.step or 1)))
    between = min(high, low + (proto.step or 1) * chance.randint(0, steps))
    near_zero = min(max(0.0, low), high)
    value = chance.choice([low, high, near_zero, between, between, between])
    return int(value) if whole(proto) else float(value)


def _edits(chance: random.Random) -> dict[str, Any]:
    """What Streamlit's table reports; cells go by the places of their columns, for names differ from table to table."""
    edits: dict[str, Any] = {"edited_rows": {}, "added_rows": [], "deleted_rows": []}
    for _ in range(chance.randint(1, 3)):
        cell = {str(chance.randint(0, 3)): chance.choice(CELLS)}
        where = chance.choice(["edited_rows", "added_rows", "deleted_rows"])
        if where == "edited_rows":
            edits[where][str(chance.randint(0, 2))] = cell
        elif where == "added_rows":
            edits[where].append({str(k): chance.choice(CELLS) for k in range(8)})
        else:
            edits[where].append(chance.randint(0, 4))
    return edits


def address(page: Seen, chance: random.Random) -> dict[str, Any]:
    """An address with a few parameters: valid, out of range, twice, unknown, or nonsense."""
    keys = [key.split(".")[-1] for key in sorted(page.values)] or ["q"]
    asked: dict[str, Any] = {}
    for _ in range(chance.randint(0, 6)):
        key = chance.choice([*keys, *keys, *keys, "unknown", "lang", "predict", "lock", "hide", "q"])
        value = chance.choice([_plausible(page, key, chance), chance.choice(NUMBERS), chance.choice(TEXTS)])
        if key == "lang":
            value = chance.choice(["ko", "en", "tlh"])
        if key in ("lock", "hide"):
            value = ",".join(chance.sample(keys, min(2, len(keys))))
        asked[key] = [value, str(chance.randint(0, 9))] if chance.random() < 0.1 else value
    return asked


def _plausible(page: Seen, key: str, chance: random.Random) -> str:
    one = next((each for name, each in page.controls.items() if name.endswith(f".{key}")), None)
    if one is None:
        return str(chance.randint(-3, 100))
    if one.kind == "slider" and one.proto.type == Slider.SELECT_SLIDER:
        return chance.choice(one.proto.options).replace(",", "")
    if one.kind in ("slider", "number_input"):
        return repr(_number(one.proto, chance) * chance.choice([1, 1, 1, -1, 1000]))
    if one.kind == "toggle":
        return chance.choice("01")
    if one.kind == "text_input":
        return chance.choice(TYPED)
    return str(one.value)


# ---- doing -----------------------------------------------------------------------------------------------------------


def do(at: AppTest, page: Seen, acts: list[Act], script: str) -> bool:
    """Do it, all at once, and run the page; False if there is nothing on the page to which that could be done."""
    first, states = acts[0], []
    if first.what == "speak":
        at.segmented_control(key="language_switch").select(first.value).run()
    elif first.what == "fold":
        if first.key not in page.folded:
            return False
        at.session_state[first.key] = not is_open(at, first.key)
        at.run()
    elif first.what == "leave":
        for where in (first.key, script):
            here = at.query_params.get("lang", ["ko"])
            at.switch_page(where)
            at.query_params.clear()
            at.query_params.update({"lang": here})
            at.run()
            if at.exception:
                break
    elif first.what == "address":
        at.query_params.clear()
        at.query_params.update(first.value)
        at.run()
    else:
        for act in acts:
            if (one := page.controls.get(act.key)) is None:
                continue
            if act.what == "bring":
                name = "mine.npz" if act.key.endswith("npz") else "mine.csv"
                at.file_uploader(key=act.key).set_value((name, FILES[act.value], "text/csv"))
                states.append(None)
            elif (state := sent(at, one, act)) is not None:
                states.append(state)
        if not states:
            return False
        _send(at, [state for state in states if state is not None])
    return True


def is_open(at: AppTest, key: str) -> bool:
    """Whether a box is unfolded."""
    return key in at.session_state and bool(at.session_state[key])


def _send(at: AppTest, new: list[WidgetState]) -> None:
    """Run the page with what a browser sends: the state of every control, and of some a new one."""
    states = at._tree.get_widget_states()
    rest = [state for state in states.widgets if state.id not in {one.id for one in new}]
    del states.widgets[:]
    states.widgets.extend([*rest, *new])
    at._run(states)


def sent(at: AppTest, one: Control, act: Act) -> WidgetState | None:
    """What a browser sends; None if the control has changed so much that this cannot be done to it."""
    proto, state = one.proto, WidgetState(id=one.proto.id)
    match act.what, one.kind:
        case "slide", "slider" if proto.type == Slider.SELECT_SLIDER:
            if act.value[0] not in proto.options:
                return None
            state.string_array_value.data[:] = act.value
        case "number", "slider" if proto.type != Slider.SELECT_SLIDER and proto.min <= act.value <= proto.max:
            state.double_array_value.data.append(act.value)
        case "number", "number_input" if proto.min <= act.value <= proto.max:
            if whole(proto):
                state.int_value = int(act.value)
            else:
                state.double_value = act.value
        case "pick", "selectbox" if act.value < len(proto.options):
            state.string_value = proto.options[act.value]
        case "pills", "button_group" if max(act.value, default=0) < len(proto.options):
            state.string_array_value.data[:] = [proto.options[k].content for k in act.value]
            state.string_array_value.SetInParent()
        case "toggle", "toggle":
            state.bool_value = act.value
        case "type", "text_input" | "text_area":
            state.string_value = act.value[: proto.max_chars or None]
        case "press", "button":
            state.trigger_value = True
        case "edit", "data_editor":
            state.string_value = json.dumps(_named(at, one, act.value))
        case "click", "picture":
            state.id = f"$$STREAMLIT_INTERNAL_KEY_{proto.id}__events"
            state.json_trigger_value = json.dumps([{"event": "place", "value": act.value}])
        case _:
            return None
    return state


def _named(at: AppTest, one: Control, edits: dict[str, Any]) -> dict[str, Any]:
    """Edits as Streamlit's table reports them, and no more than a cell of its column can hold."""
    table = next(each for each in at.dataframe if each.proto.id == one.proto.id).value

    configured = json.loads(one.proto.columns or "{}")
    limits = {name: (how or {}).get("type_config") or {} for name, how in configured.items()}

    def row(cells: dict[str, Any]) -> dict[str, Any]:
        wanted = {int(k): value for k, value in cells.items() if int(k) < len(table.columns)}
        named = {str(table.columns[k]): (table.iloc[:, k], v) for k, v in wanted.items()}
        return {name: v for name, (column, v) in named.items() if _fits(column, v, limits.get(name, {}))}

    # a browser fills a new row with the defaults of its columns
    unticked = {str(name): False for name in table.columns if table[name].dtype.kind == "b"}
    rows = {int(k): cells for k, cells in edits["edited_rows"].items() if int(k) < len(table)}
    return {
        "edited_rows": {k: row(cells) for k, cells in rows.items()},
        "added_rows": [unticked | row(cells) for cells in edits["added_rows"]],
        "deleted_rows": [k for k in edits["deleted_rows"] if k < len(table)],
    }


def _fits(column: Any, value: Any, limits: dict[str, Any]) -> bool:
    """Whether a browser lets a cell of this column have that value; ``limits``: those of the column's kind."""
    if value is None:
        return True
    if column.dtype.kind == "b":
        return isinstance(value, bool)
    if column.dtype.kind in "if":
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        low, high = (limits.get(end) for end in ("min_value", "max_value"))
        return is_number and (low is None or value >= low) and (high is None or value <= high)
    return isinstance(value, str) and value in limits.get("options", [value])
