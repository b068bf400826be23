"""Result codes: what is written can be read, by whoever has the same exercise, and by nobody else by accident."""

import functools
import hashlib
import math
import operator
import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.quiz import result_codes

HERE = result_codes.exercise("gradient_descent", "one_weight", {"lr": 0.1})
ELSEWHERE = result_codes.exercise("gradient_descent", "one_weight", {"lr": 0.2})


@given(st.integers(0, 15), st.integers(0, result_codes.STUDENTS - 1))
def test_what_is_written_can_be_read(answer: int, who: int) -> None:
    code = result_codes.encode(HERE, answer, who)
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}", code)
    assert result_codes.count(code, HERE).counts == {answer: 1}


@given(st.integers(0, 11), st.integers(1, 31), st.integers(0, result_codes.STUDENTS - 1))
def test_a_mistyped_code_is_counted_in_one_place(place: int, change: int, who: int) -> None:
    letters = result_codes.encode(HERE, 3, who).replace("-", "")
    new = result_codes.DIGITS[(result_codes.DIGITS.index(letters[place]) + change) % 32]
    found = result_codes.count(letters[:place] + new + letters[place + 1 :], HERE)
    # sixteen bits of check: one change in 65,536 may slip through, but it is never counted twice or lost
    assert found.total + found.invalid + found.other_exercise == 1


def test_nearly_every_mistyped_letter_is_found() -> None:
    letters, slipped = result_codes.encode(HERE, 3, 12345).replace("-", ""), 0
    for place in range(12):
        for change in range(1, 32):
            new = result_codes.DIGITS[(result_codes.DIGITS.index(letters[place]) + change) % 32]
            slipped += result_codes.count(letters[:place] + new + letters[place + 1 :], HERE).total
    assert slipped == 0


def test_codes_are_read_as_people_write_them() -> None:
    code = result_codes.encode(HERE, 2, 99)
    for text in (code.lower(), code.replace("-", ""), f"me: {code}!", f"{code};", f"\n\n{code}\r\n"):
        assert result_codes.count(text, HERE).counts == {2: 1}, text
    misread = code.replace("0", "O").replace("1", "l")
    assert result_codes.count(misread, HERE).counts == {2: 1}


def test_hundreds_of_codes_with_any_separators() -> None:
    draw = random.Random(1)
    answers = [draw.randrange(4) for _ in range(5000)]
    text = "".join(
        result_codes.encode(HERE, a, k) + draw.choice(["\n", ", ", ";", "  ", "\t"]) for k, a in enumerate(answers)
    )
    found = result_codes.count(text, HERE)
    assert found.total == 5000 and found.counts == {a: answers.count(a) for a in range(4)}
    assert (found.duplicates, found.other_exercise, found.invalid, found.unreadable) == (0, 0, 0, ())
    assert [count for _, count, _ in result_codes.shares(found, "abcd")] == [answers.count(a) for a in range(4)]


def test_a_student_counts_once_with_the_last_answer() -> None:
    text = " ".join(result_codes.encode(HERE, answer, 7) for answer in (0, 1, 1))
    found = result_codes.count(text, HERE)
    assert found.counts == {1: 1} and found.duplicates == 2


def test_three_hundred_students_hardly_ever_draw_the_same_number() -> None:
    both = [f"{result_codes.encode(HERE, 1, 0)} {result_codes.encode(HERE, 1, 1 << bit)}" for bit in range(64)]
    bits = sum(result_codes.count(text, HERE).total == 2 for text in both)
    assert 2**bits == result_codes.STUDENTS
    assert 1 - math.prod(1 - k / 2**bits for k in range(300)) < 0.001
    # and every one of these bits is drawn
    drawn = [result_codes.random_student() for _ in range(200)]
    assert functools.reduce(operator.or_, drawn) == 2**bits - 1
    assert functools.reduce(operator.and_, drawn) == 0


def test_codes_of_the_layout_before_this_one_are_foreign() -> None:
    """They had 20 bits of exercise, 4 of answer, 20 of who and 16 of check."""
    draw = random.Random(1)

    def before(exercise: str, answer: int, who: int) -> str:
        check = int.from_bytes(hashlib.sha256(f"{exercise} {answer} {who}".encode()).digest()[:4]) % 2**16
        number = ((int(exercise[:16], 16) % 2**20 << 4 | answer) << 20 | who) << 16 | check
        letters = "".join(result_codes.DIGITS[number >> 5 * k & 31] for k in reversed(range(12)))
        return "-".join(letters[k : k + 4] for k in (0, 4, 8))

    for exercise in (HERE, ELSEWHERE):
        codes = [before(HERE, k % 4, draw.getrandbits(20)) for k in range(300)]
        found = result_codes.count(" ".join(codes), exercise)
        assert (found.other_exercise, found.total + found.duplicates + found.invalid + found.unreadable_count) == (
            300,
            0,
        )


def test_codes_of_another_exercise_do_not_count() -> None:
    found = result_codes.count(result_codes.encode(ELSEWHERE, 1, 5) + " " + result_codes.encode(HERE, 1, 5), HERE)
    assert found.counts == {1: 1} and found.other_exercise == 1


def test_what_is_no_code_is_shown_and_does_not_harm() -> None:
    code = result_codes.encode(HERE, 1, 5)
    found = result_codes.count(f"hello {code[:9]} {code} {'9' * 50} \x00 {code}{code}", HERE)
    assert found.counts == {1: 1}
    assert found.unreadable_count == 3 and found.unreadable[0] == code[:9]
    assert result_codes.count("", HERE).total == 0
    assert result_codes.count("A" * 10_000_000, HERE).total == 0


def test_answers_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="0 to 15"):
        result_codes.encode(HERE, 16, 0)
