"""Equations written out with their numbers: where these do not give the result that is shown, the sign is ≈.

    with_approximations("E = 0.33 · 0.3 = 0.11")       "E = 0.33 · 0.3 ≈ 0.11"
    come_out("0.9·(1, 2)", "(0.9, 1.9)")                False

A reader redoes them with pencil and paper, and has only the digits that are shown. What holds letters, dots or words is
left as it is: nobody can work that out from the line alone.
"""

import math
import re
from collections.abc import Callable
from functools import lru_cache

_EQUATION = re.compile(
    r" = (?P<result>\(?−?\d[\d,]*(?:\.\d+)?(?:×10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?(?: ?%)?\)?)(?=$|\n|,\s|;|\s\s| = )"
)
_BEFORE = re.compile(r"\n|=|≈|←|,\s|:\s|;\s")
"""What stands before the side of an equation that has no equals sign before it."""

_LABEL = re.compile(r" \((?:[A-Z]{1,2}|f′)\)")
"""What a factor is, behind its number: 0.25 (f′)."""

_IN_BRACKETS = re.compile(r"\(([^()]+, [^()]+)\)")
"""One number a weight."""

_TOKEN = re.compile(r"\d[\d,]*(?:\.\d+)?(?:×10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?|ln|sigmoid|tanh|max|sign|[^\s]")
_LOWERED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")

_FUNCTIONS: dict[str, Callable[[float], float]] = {
    "ln": math.log,
    "√": math.sqrt,
    "tanh": math.tanh,
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
    "sign": lambda z: float((z > 0) - (z < 0)),
}
_CLOSING = {"(": ")", "[": "]", "|": "|"}


@lru_cache(maxsize=4096)
def with_approximations(text: str) -> str:
    """The text with ≈ for every = before a result that the numbers shown do not give."""
    parts, done = [], 0
    for found in _EQUATION.finditer(text):
        *_, side = _BEFORE.split(text[done : found.start()])
        if side.strip() and _comes_out(side, found["result"]) is False:
            parts += [text[done : found.start()], " ≈ "]
            done = found.start("result")
    return "".join([*parts, text[done:]])


def with_digits(write: Callable[[int], str], least: int = 4, most: int = 9) -> str:
    """What ``write`` makes with the fewest digits, from ``least`` to ``most``, with which its equations come out.

    If they do with none of them, it is what it makes with the least, with a ≈ where it is due.
    """
    for digits in range(least, most + 1):
        text = write(digits)
        if with_approximations(text) == text:
            return text
    return with_approximations(write(least))


def _comes_out(side: str, result: str) -> bool | None:
    """Whether a side of numbers gives a result to the last digit shown; None if it cannot be worked out."""
    try:
        value = _Sum(_LABEL.sub("", side)).value()
    except (ValueError, ZeroDivisionError, OverflowError):
        return None
    shown, unit = _read(result)
    return abs(value - shown) <= 0.5 * unit * (1 + 1e-6)


@lru_cache(maxsize=4096)
def come_out(side: str, result: str) -> bool:
    """Whether a side of numbers, some of them one a weight in brackets, gives the result shown for every weight.

    What cannot be worked out is no mistake.
    """
    found = _IN_BRACKETS.fullmatch(result)
    results = found[1].split(", ") if found else [result]
    sides = [_IN_BRACKETS.sub(lambda group, k=k: f"({group[1].split(', ')[k]})", side) for k in range(len(results))]
    return not any(_comes_out(*pair) is False for pair in zip(sides, results, strict=True))


def _read(result: str) -> tuple[float, float]:
    """A number as it is written, and one unit of its last digit."""
    text = result.strip("()").replace("−", "-").replace(",", "")
    scale = 0.01 if text.endswith("%") else 1.0
    digits, _, power = text.rstrip(" %").partition("×10")
    scale *= 10.0 ** int(power.translate(_LOWERED)) if power else 1.0
    whole, _, decimals = digits.lstrip("-").partition(".")
    # of a large number only the first digits are shown, then zeros
    zeros = len(whole) - len(whole.rstrip("0"))
    last = -len(decimals) if decimals or len(whole) <= 4 else min(zeros, len(whole) - 4)
    return float(digits) * scale, 10.0**last * scale


class _Sum:
    """An expression of numbers, worked out; ValueError if there is something else in it."""

    def __init__(self, text: str) -> None:
        # the last one ends it
        self._tokens = [*_TOKEN.findall(text), ""]
        self._at = 0

    def value(self) -> float:
        value = self._terms()
        if self._tokens[self._at]:
            raise ValueError(self._tokens[self._at])
        return value

    def _next(self, wanted: str) -> str:
        """The next token if it is one of those signs, and go on; else ""."""
        token = self._tokens[self._at]
        if token and token in wanted:
            self._at += 1
            return token
        return ""

    def _terms(self) -> float:
        value = self._factors()
        while sign := self._next("+−"):
            term = self._factors()
            value += term if sign == "+" else -term
        return value

    def _factors(self) -> float:
        if sign := self._next("−+"):
            return -self._factors() if sign == "−" else self._factors()
        value = self._power()
        while sign := self._next("·×/"):
            factor = -self._power() if self._next("−") else self._power()
            value = value / factor if sign == "/" else value * factor
        return value

    def _power(self) -> float:
        value = self._atom()
        while sign := self._next("^⁰¹²³⁴⁵⁶⁷⁸⁹"):
            power = ""
            while sign and sign != "^":
                power, sign = power + sign.translate(_LOWERED), self._next("⁰¹²³⁴⁵⁶⁷⁸⁹")
            value **= int(power) if power else self._atom()
            if isinstance(value, complex):
                raise ValueError("a root of a negative number")
        return value

    def _atom(self) -> float:
        token = self._tokens[self._at]
        self._at += 1
        if token[:1].isdigit():
            return _read(token)[0] if "," in token or "×" in token else float(token)
        if token == "½":
            return 0.5
        if token == "max":
            return max(self._pair())
        if token in _FUNCTIONS:
            return _FUNCTIONS[token](self._power())
        if token in _CLOSING:
            value = self._terms()
            if not self._next(_CLOSING[token]):
                raise ValueError("a bracket is open")
            return abs(value) if token == "|" else value
        raise ValueError("no number")

    def _pair(self) -> tuple[float, float]:
        if not self._next("("):
            raise ValueError("no bracket")
        first = self._terms()
        if not self._next(","):
            raise ValueError("one number is not two")
        second = self._terms()
        if not self._next(")"):
            raise ValueError("a bracket is open")
        return first, second
