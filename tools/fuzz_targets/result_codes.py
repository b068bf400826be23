"""Fuzz target: result codes that somebody pastes."""

import re

from tools.fuzz_targets.target import as_text
from ui.quiz import result_codes

HERE = result_codes.exercise("gradient_descent", "one_weight", {"lr": 0.1})
ELSEWHERE = result_codes.exercise("gradient_descent", "one_weight", {"lr": 0.2})


def check_codes(data: bytes) -> None:
    """Every code in a text counts in one place, and one more code after it counts, too."""
    text = as_text(data)
    found = result_codes.count(text, HERE)
    counted = found.total + found.duplicates + found.other_exercise + found.invalid
    assert counted == len(result_codes._CODE.findall(text[: result_codes.MOST_PASTED]))
    assert all(0 <= answer < result_codes.MOST_ANSWERS and count > 0 for answer, count in found.counts.items())
    assert len(found.unreadable) == min(3, found.unreadable_count)
    assert all(word in text and re.fullmatch("[0-9A-Za-z-]{6,}", word) for word in found.unreadable)
    assert result_codes.count(text, HERE) == found
    shown = result_codes.shares(found, "abcd")
    assert all(0 <= share <= 1 for _, _, share in shown)
    if text.isascii():
        other = result_codes.count(text.lower(), HERE)
        assert (other.counts, other.duplicates, other.other_exercise) == (
            found.counts,
            found.duplicates,
            found.other_exercise,
        )
    more = f"{text[: result_codes.MOST_PASTED - 20]}\n{result_codes.encode(HERE, len(text) % 4, len(text))}"
    assert result_codes.count(more, HERE).counts.get(len(text) % 4, 0) >= 1


def codes_seeds() -> list[bytes]:
    mine = [result_codes.encode(HERE, k % 4, 7919 * k) for k in range(6)]
    other = result_codes.encode(ELSEWHERE, 1, 5)
    found = [
        "\n".join(mine),
        ", ".join([*mine, other]),
        mine[0].lower().replace("-", ""),
        f"me: {mine[1]}! {mine[1][:9]}",
    ]
    found += ["O0Il-" * 4, "", "7K3M-9QX2-41TD", mine[2] + mine[2], f"\uae40 {mine[3]}\r\n\uc774 {mine[4]}\x00"]
    return [text.encode() for text in found]


def codes_worst() -> dict[str, bytes]:
    many = "\n".join(result_codes.encode(HERE, k % 4, k) for k in range(14_000))
    found = {"14,000 codes": many, "10 MB of A": "A" * 10_000_000, "10 MB of A-": "A-" * 5_000_000}
    found |= {
        "dashes": "-" * 1_000_000,
        "half a code, again and again": "AAAA-AAAA-AAA " * 15_000,
        "Hangul": "\uac00" * 500_000,
    }
    return {name: text.encode() for name, text in found.items()}
