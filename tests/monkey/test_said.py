"""What the monkey takes for a number that is none, and the words with which a page owns up to one."""

import numpy as np
import pandas as pd
import pytest

from tests.monkey import said
from ui.text import texts


@pytest.mark.parametrize(
    "text",
    [
        "loss = nan",
        "E nan",
        "**NaN**",
        "from 3 to -inf",
        "L = ?",
        "(?, 2)",
        "w = None",
        "w = undefined",
        "undefined",
        "{{count}} rows",
        "−inf %",
        "E ∞",
    ],
)
def test_what_is_no_number_is_found(text: str) -> None:
    assert said.faults([text], "en", "all is well")


@pytest.mark.parametrize(
    "text",
    [
        "What next?",
        "`nan` is no number",
        "$e^{{x}}$",
        "range −∞ … ∞",
        "finance",
        "information",
        "Diverged or undefined (black): 0.00%",
        "None is chosen, so you see sigmoid.",
    ],
)
def test_what_only_looks_like_it_is_left_alone(text: str) -> None:
    assert not said.faults([text], "en", "all is well")


@pytest.mark.parametrize("spoken", said.SAID)
def test_an_infinite_number_may_be_shown_where_the_page_says_so(spoken: str) -> None:
    diverged = texts.words()["verdict_diverged"][spoken]
    table = pd.DataFrame({"loss": [1.0, np.inf]})
    assert said.faults(["E ∞"], spoken, "") and not said.faults(["E ∞"], spoken, diverged)
    assert said.table_faults("runs", table, spoken, "") and not said.table_faults("runs", table, spoken, diverged)


@pytest.mark.parametrize("spoken", said.SAID)
def test_the_words_that_say_so_are_the_pages_own(spoken: str) -> None:
    own = "\n".join(both[spoken] for both in texts.words().values())
    for word in said.WORDS[spoken]:
        assert word in own.casefold(), word


def test_json_that_a_browser_refuses_is_refused() -> None:
    assert said.strict('{"a": [1, null]}')
    for text in ('{"a": NaN}', "[Infinity]", "[-Infinity]"):
        with pytest.raises(ValueError, match="browser"):
            said.strict(text)
