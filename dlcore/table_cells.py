"""Cells of a table: how each is written, and the number that it means in a column whose other cells are known.

    form("1,5")                     "comma"
    number("1,5", comma=True)       1.5
    meanings(column, False)         what each distinct cell of a column means

Whether ``%``, a currency, brackets, or True and False are numbers, no cell can tell by itself: its column does.
"""

import math
import re
from collections import Counter
from typing import NamedTuple

# --- A cell by itself ---------------------------------------------------------------------------------------------
SPREADSHEET = frozenset(("", "#n/a", "#div/0!", "#name?", "#null!", "#num!", "#ref!", "#value!", "#na", "#n/a n/a"))
PROGRAMS = frozenset(("<na>", "nat", "-nan", "+nan", "1.#ind", "-1.#ind", "1.#qnan", "-1.#qnan"))
FAILED = SPREADSHEET | PROGRAMS  # nobody's name
MISSING = FAILED | frozenset(("na", "n/a", "nan", "null", "none", "-", "?", "."))
INFINITE = frozenset(sign + word for sign in ("", "+", "-") for word in ("inf", "infinity", "∞"))
FLAGS = {"true": 1.0, "false": 0.0}
LARGEST = 1e100  # its square is still a number
LONGEST = 40
"""Characters of a number: one of many thousand digits would take long to read."""

NUMBER = re.compile(  # with a point as decimal sign and perhaps commas between groups of three digits
    r"""[+-]? (?: [1-9][0-9]{0,2} (?P<groups> (?:,[0-9]{3})+ ) | [0-9]+ | (?=\.[0-9]) )
    (?:\.[0-9]*)? (?: [eE][+-]?[0-9]+ )?""",
    re.VERBOSE,
)
NUMBERS = frozenset(("plain", "point", "comma", "one_point", "one_comma"))
PERCENT = "%"
BEFORE = {sign: sign for sign in "$₩€£¥"} | {"￦": "₩", "＄": "$", "￥": "¥"}
BEHIND = BEFORE | {"%": PERCENT, "％": PERCENT, "\uc6d0": "₩"}  # the last is the letter behind an amount of won
_SWAPPED = str.maketrans(",.", ".,")
_DECORATED = re.compile("[()" + "".join(BEHIND) + "]")


class Bare(NamedTuple):
    """A number without what stands around it."""

    text: str
    symbol: str = ""
    """``%`` or a currency; "" if there is none."""
    bracketed: bool = False
    """Whether it stood in brackets, with which bookkeepers write a minus."""


def bare(cell: str) -> Bare:
    """What is left of a cell without ``%``, currency and brackets if that is a number; else the cell as it is."""
    if len(cell) > LONGEST or not _DECORATED.search(cell):
        return Bare(cell)
    bracketed = len(cell) > 2 and cell[0] == "(" and cell[-1] == ")"
    text, minus, symbol = cell[1:-1].strip() if bracketed else cell, "", ""
    if text and text[0] in "+-−":
        minus, text = text[0], text[1:].lstrip()
    if text and text[0] in BEFORE:
        symbol, text = BEFORE[text[0]], text[1:].lstrip()
    elif text and text[-1] in BEHIND:
        symbol, text = BEHIND[text[-1]], text[:-1].rstrip()
    text = ("-" if bracketed else minus) + text
    plain = (with_point(text, comma) for comma in (False, True))
    if (minus and bracketed) or not any(NUMBER.fullmatch(one) for one in plain):
        return Bare(cell)
    return Bare(text, symbol, bracketed)


def form(cell: str) -> str:
    """How a cell is written: ``missing``, ``text`` or one of NUMBERS.

    A number is ``plain`` if it means the same with either decimal sign, ``point`` or ``comma`` if it is a number with
    that sign alone, ``one_point`` or ``one_comma`` if that may as well separate thousands, as in 1.234.
    """
    if cell.lower() in MISSING:
        return "missing"
    if cell.lower() in INFINITE:
        return "plain"
    if len(cell) > LONGEST:
        return "text"
    cell = bare(cell).text
    by_point, by_comma = (NUMBER.fullmatch(with_point(cell, comma)) for comma in (False, True))
    if by_point and by_comma:
        return "one_point" if "." in cell else "one_comma" if "," in cell else "plain"
    return "point" if by_point else "comma" if by_comma else "text"


def number(cell: str, comma: bool) -> float | None:
    """The number in a bare cell: NaN if it is missing, infinite if it is too large, None if it is text."""
    if cell.lower() in MISSING:
        return math.nan
    if cell.lower() in INFINITE:
        return math.inf
    if len(cell) > LONGEST:
        return None
    value = _value(with_point(cell, comma))
    # what is too large with either decimal sign is no word
    return math.inf if value is None and _value(with_point(cell, not comma)) == math.inf else value


def number_in(cell: str, comma: bool) -> float | None:
    """The number in a cell, whatever sign of percent or of a currency stands beside it; else as ``number``."""
    return number(bare(cell).text, comma)


def _value(written: str) -> float | None:
    if not NUMBER.fullmatch(written):
        return None
    value = float(written.replace(",", ""))
    return value if abs(value) <= LARGEST else math.inf


def with_point(cell: str, comma: bool) -> str:
    """The cell with a point as decimal sign and an ASCII minus."""
    return (cell.translate(_SWAPPED) if comma else cell).replace("−", "-")


def is_grouped(cell: str, comma: bool) -> bool:
    """Whether digits of a number in a cell stand in groups of three."""
    found = NUMBER.fullmatch(with_point(bare(cell).text, comma))
    return found is not None and found["groups"] is not None


def exact(cell: str, comma: bool) -> tuple[str, str, int] | None:
    """Sign, digits and power of ten of the number in a cell, of which a float keeps only 16 digits; None if none."""
    text = with_point(bare(cell).text, comma)
    if not NUMBER.fullmatch(text):
        return None
    mantissa, _, power = text.replace(",", "").lower().partition("e")
    whole, _, behind = mantissa.lstrip("+-").partition(".")
    digits = (whole + behind).lstrip("0")
    kept = digits.rstrip("0")
    exponent = int(power or 0) - len(behind) + len(digits) - len(kept)
    return ("-" if mantissa.startswith("-") else "", kept, exponent) if kept else ("", "", 0)


def is_number(value: float | None) -> bool:
    """Whether a cell that means this is a number, if an infinite one."""
    return value is not None and not math.isnan(value)


# --- A cell among those of its column -----------------------------------------------------------------------------
class Meanings(NamedTuple):
    """What the cells of a column mean."""

    values: dict[str, float | None]
    """By distinct cell what ``number`` gives."""
    symbols: frozenset[str]
    """The cells whose ``%`` or currency was left out."""
    brackets: frozenset[str]
    """The cells whose brackets were read as a minus."""
    flags: bool
    """Whether True and False are its numbers."""


def meanings(counts: Counter[str], comma: bool) -> Meanings:
    """What the distinct cells of a column mean; ``counts``: how often each occurs.

    Percent are numbers where most numbers have that sign, and then those without it are none. Of currencies the most
    frequent one is left out, brackets are a minus if fewer than half of the numbers have any, and True and False are
    1 and 0 where they are more than half of what is filled.
    """
    without = {cell: bare(cell) for cell in counts}
    values = {cell: number(one.text, comma) for cell, one in without.items()}
    symbols: Counter[str] = Counter()
    bracketed = filled = 0
    for cell, count in counts.items():
        filled += count * (values[cell] is None or is_number(values[cell]))
        if is_number(values[cell]):
            symbols[without[cell].symbol] += count
            bracketed += count * without[cell].bracketed
    if 2 * symbols[PERCENT] > symbols.total():
        allowed = {PERCENT}
    else:
        money = [symbol for symbol in symbols if symbol not in ("", PERCENT)]
        allowed = {"", max(money, key=lambda symbol: symbols[symbol])} if money else {""}
    for cell, one in without.items():
        outside = one.symbol not in allowed or (one.bracketed and 2 * bracketed >= symbols.total())
        if outside and is_number(values[cell]):
            values[cell] = None
    flags = 2 * sum(count for cell, count in counts.items() if cell.lower() in FLAGS) > filled
    if flags:
        values |= {cell: FLAGS[cell.lower()] for cell in counts if cell.lower() in FLAGS}
    read = [cell for cell in counts if is_number(values[cell])]
    return Meanings(
        values,
        frozenset(cell for cell in read if without[cell].symbol),
        frozenset(cell for cell in read if without[cell].bracketed),
        flags,
    )
