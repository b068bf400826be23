"""Korean particles, chosen by the last sound of what stands before them: "object eul" or "object reul".

A text has both in double braces with a slash between them: the first is for a final consonant, the second for a vowel.
What stands before is often a value that nobody knows when the text is written: a number, a name of Keras, a reader's
own word. Letters stand here by their numbers, as everywhere but in the texts.
"""

import re
import unicodedata
from typing import Literal

FIRST, LAST = "\uac00", "\ud7a3"
"""The ends of Unicode's Korean syllables."""

PARTICLE = re.compile(rf"\{{\{{([{FIRST}-{LAST}]+)/([{FIRST}-{LAST}]+)\}}\}}")
Sound = Literal["vowel", "rieul", "consonant"]
"""How a text ends: rieul is the l, a consonant after which one particle has the form that it has after a vowel."""

_EURO = "\uc73c\ub85c"
"""That particle, "by" or "to", as it is after all other consonants."""

_FINALS, _FINAL_RIEUL = 28, 8
"""Syllables are in order of their parts; the final consonant, or none, runs fastest."""
_CONSONANTS, _RIEUL = ("\u3131", "\u314e"), "\u3139"
"""Letters that stand alone are called by their names, which end as they sound."""

_QUOTES = {"`": "`", "”": "“", "’": "‘", "»": "«"}
_ENCLOSING = "*\"'()[]{}⟨⟩"
_SILENT = ".,;:!?…-–—−+*/=<>~^#|_&@$€₩\\"
"""What is only said where nothing else is: the point at the end of a name, but not in “.” alone."""

_SAID_WITH_RIEUL = frozenset("178₁₇₈lrLR∂|_")
"""il, chil, pal; el, al; del, the upright line, the line beneath."""
_SAID_WITH_CONSONANT = frozenset("0360₀₃₆mnMN⁰¹²³⁴⁵⁶⁷⁸⁹′ŷε.:₩^#")
"""yeong, sam, yuk; em, en; jegop (a power), prime, hat, epsilon, jeom, colon, won, caret, sharp."""
_ENDS_WITH_VOWEL = ("R²",)
"""What is not read as it is written: R square, by its English name."""
_TRILLIONS = re.compile(r"(?<![\d.,])[1-9]\d{0,3},?000,?000,?000,?000$")
"""Of round numbers all end with a consonant (sip, baek, cheon, man, eok) but these (jo)."""

_LATIN = re.compile(r"[A-Za-z]+$")
_SPELT = re.compile(r"[A-Z]{2,}s?|[^aeiouyAEIOUY]+|.")
"""A word that is read letter by letter: capitals only, no vowel at all, or a single letter."""
_ENDS_WITH_RIEUL = re.compile(r"le?$")
_ENDS_WITH_CONSONANT = re.compile(r"(?:[mn]e?|ng|(?<![aeiou])[aeiou][bkptc]|ck|out)$")
"""Endings of English words that Korean writes with a final consonant: momentum, line, step, unit, metric, dropout."""


def particle_after(before: str, after_consonant: str, after_vowel: str) -> str:
    """The one of two particles that follows a text."""
    sound = last_sound(before)
    as_after_vowels = sound == "vowel" or (sound == "rieul" and after_consonant.startswith(_EURO))
    return after_vowel if as_after_vowels else after_consonant


def last_sound(text: str) -> Sound:
    """How a text ends when it is read aloud in Korean; what cannot be read counts as a vowel.

    A remark in brackets that follows a word at once is not read: "the error(0.3)" ends as "error". Code is: `f(x)`.
    """
    text = unicodedata.normalize("NFC", text).rstrip().rstrip("*")
    if (opening := _QUOTES.get(text[-1:])) and (begins := text.rfind(opening, 0, -1)) >= 0:
        return _sound_of_phrase(text[begins + 1 : -1]) if text[begins + 1 : -1].strip() else last_sound(text[:begins])
    if text.endswith(")") and (begins := _opening_of(text)) > 0 and not text[begins - 1].isspace():
        return last_sound(text[:begins])
    return _sound_of_phrase(text)


def _opening_of(text: str) -> int:
    """Where the bracket begins that a text ends with; -1 if it never does."""
    depth = 0
    for place in range(len(text) - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(text[place], 0)
        if depth == 0:
            return place
    return -1


def _sound_of_phrase(phrase: str) -> Sound:
    """How a phrase ends, what it is enclosed in left aside; a single sign is called by its name."""
    words = (phrase.rstrip(_ENCLOSING + " ") or phrase).split()
    word = words[-1] if words else ""
    return _sound_of(word.rstrip(_SILENT) or word[-1:])


def _sound_of(word: str) -> Sound:
    """The last sound of a word that ends with a letter, a digit or a single sign."""
    last = word[-1:]
    if FIRST <= last <= LAST:
        final = (ord(last) - ord(FIRST)) % _FINALS
        return "vowel" if final == 0 else "rieul" if final == _FINAL_RIEUL else "consonant"
    if _CONSONANTS[0] <= last <= _CONSONANTS[1]:
        return "rieul" if last == _RIEUL else "consonant"
    latin = _LATIN.search(word)
    if latin and not _SPELT.fullmatch(latin[0]):
        end = latin[0].lower()
        return "rieul" if _ENDS_WITH_RIEUL.search(end) else "consonant" if _ENDS_WITH_CONSONANT.search(end) else "vowel"
    if word.endswith(_ENDS_WITH_VOWEL) or _TRILLIONS.search(word):
        return "vowel"
    return "rieul" if last in _SAID_WITH_RIEUL else "consonant" if last in _SAID_WITH_CONSONANT else "vowel"
