"""A question of a page as it is put to a room: its words in every language, and the address that shows it again."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from urllib.parse import urlencode

from classroom.questions import MOST_CHARACTERS, Ballot
from ui.controls.page_state import LANGUAGE_KEY
from ui.controls.widgets import Say
from ui.page.class_link import ClassLink
from ui.quiz import misconceptions
from ui.quiz.prediction import Exercise
from ui.text.texts import LANGUAGES
from ui.visit import Visit


def ballot_of(visit: Visit, exercise: Exercise, because: Callable[[Say], str]) -> Ballot:
    """The question for a room; ``because`` makes the sentence that says why, in the words that it is given."""
    asked = exercise.question
    says: dict[str, Say] = {language: partial(visit.word_in, language) for language in LANGUAGES}

    def words(key: str) -> dict[str, str]:
        return {language: say(key) for language, say in says.items()}

    wrong = [place for place, choice in enumerate(asked.choices) if choice not in asked.truths]
    note = _claims(visit, exercise.beat, asked.word)
    return Ballot(
        exercise=exercise.name,
        kind="choice",
        title={language: visit.heading_in(language, exercise.beat) for language in LANGUAGES},
        asked=words(asked.word),
        choices=[words(choice) for choice in asked.choices],
        shuffled=not asked.ordered,
        truths=[list(asked.choices).index(truth) for truth in asked.truths],
        reason={language: without_formulas(because(say))[:MOST_CHARACTERS] for language, say in says.items()},
        boxes=dict.fromkeys(wrong, note) if note else {},
        lesson=lesson_address(visit, exercise.beat),
    )


def _claims(visit: Visit, beat: str, question: str) -> Mapping[str, str]:
    """What whoever answers a question wrongly has read in notes, by language; nothing if that is not known."""
    claims = {}
    for language in LANGUAGES:
        names = misconceptions.of_beat(beat, {name: None for parts in visit.sections.values() for name in parts})
        found = misconceptions.mending(
            question, [misconceptions.parse(visit.section_in(language, name)[0]) for name in names]
        )
        claims[language] = without_formulas(" · ".join(each.claim for each in found))
    return claims if any(claims.values()) else {}


def lesson_address(visit: Visit, beat: str) -> str:
    """The address of a question as it is set now, from where the app is; each phone adds its language."""
    query = ClassLink(visit.language, beat=beat).query(visit.state)
    del query[LANGUAGE_KEY]
    address = f"{visit.page.name}?{urlencode(query, safe=',;:')}"
    return address if len(address) <= MOST_CHARACTERS else f"{visit.page.name}?{urlencode({'beat': beat})}"


_FORMULA = re.compile(r"\$([^$]+)\$")
_HAT = re.compile(r"\\hat\{(\w)\}")
_INDEX = re.compile(r"_\{?(\d+)\}?")
_LOW = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def without_formulas(text: str) -> str:
    """A text whose formulas are plain letters: phones load nothing that could typeset them."""
    return _FORMULA.sub(lambda found: _letters(found[1]), text)


def _letters(formula: str) -> str:
    formula = _HAT.sub("\\1\u0302", formula)
    formula = _INDEX.sub(lambda found: found[1].translate(_LOW), formula)
    return re.sub(r"\\(\w+)", r"\1", formula).replace("-", "−")
