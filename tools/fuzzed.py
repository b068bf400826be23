"""What holds for any text or bytes of a visitor: a function for each reader of them, for tools/fuzz.py and the tests.

    TARGETS["formula"].check(data)      raises AssertionError, or whatever else the reader should not have raised

Each function says what is right without asking the reader itself: what is accepted keeps its promises and can be
written and read again, what is refused is refused by the documented error, with a place that exists.
"""

import random
from collections.abc import Callable, Iterator, Sequence

from tools.fuzz_targets.formula import FORMULA_WORDS, FORMULAS, check_formula, formula_worst
from tools.fuzz_targets.model_file import check_model, model_seeds, model_worst
from tools.fuzz_targets.page_address import ADDRESSES, KINDS, address_worst, check_address
from tools.fuzz_targets.program import PROGRAMS, check_program, program_worst
from tools.fuzz_targets.result_codes import check_codes, codes_seeds, codes_worst
from tools.fuzz_targets.table import check_table, table_seeds, table_worst
from tools.fuzz_targets.target import Target
from tools.fuzz_targets.typed_numbers import ENTERED, check_entered, entered_worst
from tools.fuzz_targets.votes import ballot_seeds, ballot_worst, check_ballot, check_vote, vote_seeds, vote_worst


# ---- all of them -----------------------------------------------------------------------------------------------------
def _as_bytes(texts: Sequence[str]) -> Callable[[], list[bytes]]:
    return lambda: [text.encode("utf-8", "surrogatepass") for text in texts]


TARGETS = {
    "formula": Target(check_formula, _as_bytes(FORMULAS.split("|")), FORMULA_WORDS, formula_worst, 300),
    "table": Target(
        check_table,
        table_seeds,
        (
            '"',
            '""',
            ",",
            ";",
            "\t",
            "\n",
            "\r",
            "NaN",
            "inf",
            "∞",
            "1e400",
            "1,234",
            "1.234,5",
            "−1",
            "#DIV/0!",
            "#",
            "sep=;",
            "|",
            " ",
            "%",
            "₩",
            "(3)",
            "True",
            "False",
            "\ud569\uacc4",
            "12345678901234567891",
            "\ufeff",
            "\uac00",
            "\x1a",
        ),
        table_worst,
    ),
    "codes": Target(check_codes, codes_seeds, ("-", " ", "\n", "AAAA-AAAA-AAAA", "O0Il"), codes_worst),
    "address": Target(
        check_address,
        _as_bytes(ADDRESSES),
        (
            *(f"&{key}=" for key in (*KINDS, "lock", "hide", "lang")),
            "%60",
            "%0a",
            "nan",
            "inf",
            "1e5",
            ",",
            "saddle",
            "adam",
            "http://[",
            "ht:////[",
            "//℀/",
        ),
        address_worst,
        1500,
    ),
    "entered": Target(
        check_entered,
        _as_bytes(ENTERED),
        (
            ",",
            ";",
            "\n",
            "-",
            ":",
            "nan",
            "inf",
            "1e9",
            "1e-300",
            "−",
            "d0.5",
            "l1=",
            "l2=",
            "b",
            "tanh",
            "he_normal",
            "0.5, 0.5",
        ),
        entered_worst,
        600,
    ),
    "program": Target(
        check_program,
        _as_bytes(PROGRAMS),
        ("'", '"', '"""', "\\", "\n", "\r", "{}", "# %%", ")", "\u2028", "\0"),
        program_worst,
        300,
    ),
    "model": Target(
        check_model,
        model_seeds,
        (
            '"layers"',
            '"Dense"',
            '"BatchNormalization"',
            '"Dropout"',
            '"units"',
            "1e999",
            "[]",
            "{}",
            "null",
            "-1",
            "10000000000",
        ),
        model_worst,
        8192,
    ),
    "vote": Target(
        check_vote,
        vote_seeds,
        (
            *("1e999", "NaN", "-Infinity", "true", "null", "[]", "{}", "-1", "0.5", "99999999999999999999", '"1"'),
            *(
                '"choice"',
                '"numbers"',
                '"question"',
                '"round"',
                '"sure"',
                '"id"',
                '"rate"',
                '"\\ud800"',
                "\0",
                "\x01",
                "\x02",
            ),
        ),
        vote_worst,
        600,
    ),
    "ballot": Target(
        check_ballot,
        ballot_seeds,
        (
            *("1e999", "NaN", "true", "null", "[]", "{}", "-1", "7", '"choice"', '"race"', '"number"', '"\\ud800"'),
            *('"choices"', '"truths"', '"boxes"', '"fields"', '"value"', '"de"', '"low"', '"high"', '"more"'),
        ),
        ballot_worst,
        2000,
    ),
}


def mutations(name: str, count: int, seed: int = 0) -> Iterator[bytes]:
    """Inputs made of a target's own: with bytes changed, words put in, pieces taken out, doubled or joined."""
    target, draw = TARGETS[name], random.Random(seed)
    seeds, words = target.seeds(), [word.encode() for word in target.words]
    for _ in range(count):
        data = bytearray(draw.choice(seeds))
        for _ in range(draw.randint(1, 4)):
            i, j = sorted((draw.randrange(len(data) + 1), draw.randrange(len(data) + 1)))
            j = min(j, i + 60)
            match draw.randrange(6):
                case 0:
                    data[i:i] = draw.choice(words)
                case 1:
                    data[i:j] = b""
                case 2:
                    data[i:j] = data[i:j] * 2
                case 3:
                    data[i:] = draw.choice(seeds)[i:]
                case 4:
                    data[i : i + 1] = bytes([draw.randrange(256)])
                case _:
                    data[i:j] = draw.choice(words)
        yield bytes(data[: target.most])
