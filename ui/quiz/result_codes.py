"""Result codes: twelve letters and digits that say which exercise was answered and how, for a student to read out.

No server keeps anything: the code itself holds the answer, and whoever has the same exercise on the screen can read it.
A code is checked against mistyping and against other exercises. It is no proof: who knows this source can make one.
"""

import hashlib
import re
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# Crockford's digits: no letter that looks like another one, so a code can be read from a screen and typed
DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans("OIL", "011")
# Twelve letters hold 60 bits. Two of 300 students draw the same number with a probability of 0.07 %. Of one-letter
# slips one in 65,536 is not noticed. A code of another exercise counts by mistake once in 2**30, since the check is of
# the exercise's whole name; the bits of the name itself only tell a foreign code from a mistyped one, and take one in
# 16,384 for the other.
_BITS = {"exercise": 14, "answer": 4, "who": 26, "check": 16}
LENGTH = sum(_BITS.values()) // 5
MOST_ANSWERS = 2 ** _BITS["answer"]
STUDENTS = 2 ** _BITS["who"]
"""So many numbers students can have."""
_CODE = re.compile(rf"(?<![0-9A-Za-z-])(?:[0-9A-Za-z]{{4}}-?){{{LENGTH // 4 - 1}}}[0-9A-Za-z]{{4}}(?![0-9A-Za-z-])")
_WORD = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]*")

MOST_PASTED = 200_000
"""Characters that are looked at: some ten thousand codes."""


def exercise(*parts: Any) -> str:
    """The name of an exercise: page, beat, question, settings. The same parts give the same name on any machine."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def random_student() -> int:
    """A number for one student, so that a code that is pasted twice counts once."""
    return secrets.randbelow(STUDENTS)


def encode(exercise: str, answer: int, who: int) -> str:
    """The code of an answer, counted from 0 and below MOST_ANSWERS, as XXXX-XXXX-XXXX."""
    if not 0 <= answer < MOST_ANSWERS:
        raise ValueError(f"an answer is a number from 0 to {MOST_ANSWERS - 1}; it is {answer}")
    values = {"exercise": _short(exercise), "answer": answer, "who": who % STUDENTS}
    values["check"] = _check(exercise, answer, values["who"])
    number = 0
    for name, bits in _BITS.items():
        number = number << bits | values[name]
    letters = "".join(DIGITS[number >> 5 * k & 31] for k in reversed(range(LENGTH)))
    return "-".join(letters[k : k + 4] for k in range(0, LENGTH, 4))


def _short(exercise: str) -> int:
    return int(exercise[:16], 16) % 2 ** _BITS["exercise"]


def _check(exercise: str, answer: int, who: int) -> int:
    digest = hashlib.sha256(f"{exercise} {answer} {who}".encode()).digest()
    return int.from_bytes(digest[:4]) % 2 ** _BITS["check"]


@dataclass(frozen=True)
class CodeCounts:
    """What a teacher pasted: by answer how many students gave it; and what does not count.

    duplicates: codes of a student who is counted already. other_exercise: of another exercise or other settings.
    invalid: of this one, but mistyped or changed. unreadable: pieces of text that are no codes, the first few;
    unreadable_count: how many there are.
    """

    counts: Mapping[int, int]
    duplicates: int
    other_exercise: int
    invalid: int
    unreadable: tuple[str, ...]
    unreadable_count: int

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def count(text: str, exercise: str) -> CodeCounts:
    """The codes of an exercise in a text, whatever stands between them; of a student's several codes the last."""
    text = text[:MOST_PASTED]
    answers: dict[int, int] = {}
    repeated = other = wrong = 0
    for found in _CODE.findall(text):
        values = _values(found)
        if values is None:
            wrong += 1
        elif values["exercise"] != _short(exercise):
            other += 1
        elif values["check"] != _check(exercise, values["answer"], values["who"]):
            wrong += 1
        else:
            repeated += values["who"] in answers
            answers[values["who"]] = values["answer"]
    # a name or a greeting beside a code is nobody's mistake, but a piece with a digit in it may be half a code
    rest = [word for word in _WORD.findall(_CODE.sub(" ", text)) if len(word) > 5 and re.search(r"\d", word)]
    return CodeCounts(dict(Counter(answers.values())), repeated, other, wrong, tuple(rest[:3]), len(rest))


def _values(code: str) -> dict[str, int] | None:
    letters = code.upper().replace("-", "").translate(_MISREAD)
    if len(letters) != LENGTH or not set(letters) <= set(DIGITS):
        return None
    number = 0
    for letter in letters:
        number = number << 5 | DIGITS.index(letter)
    values = {}
    for name, bits in reversed(_BITS.items()):
        values[name] = number & 2**bits - 1
        number >>= bits
    return values


def shares(found: CodeCounts, choices: Sequence[str]) -> list[tuple[str, int, float]]:
    """By choice, how many took it, and which share of all that is."""
    return [
        (choice, found.counts.get(k, 0), found.counts.get(k, 0) / max(1, found.total))
        for k, choice in enumerate(choices)
    ]
