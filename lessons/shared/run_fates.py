"""How a run of gradient descent can end, in the words from which a reader chooses."""

import math

from dlcore.experiments.diagnosis import Diagnosis
from ui.controls.widgets import Say
from ui.number_format import percent, readable

FATES = ("will_arrive", "will_crawl", "will_swing", "will_diverge")
_FATE_OF = {
    "converged": 0, "slow": 1, "stuck": 1, "oscillating": 2, "diverged": 3, "bottomless": 3, "undefined": 3,
}  # fmt: skip


def fates_of(diagnosis: Diagnosis) -> tuple[str, ...]:
    """The words for whether and how a run arrives, of FATES; several where a ball is practically there, or leaving."""
    fates = {FATES[_FATE_OF[diagnosis.verdict]]}
    if diagnosis.beside:
        fates.add("will_arrive")
    if diagnosis.leaving:
        fates.add("will_diverge")
    return tuple(fate for fate in FATES if fate in fates)


def against_limit(say: Say, rate: float, limit: float) -> str:
    """How large a rate is beside the limit 2 / λ, before the word for it: "0.3% of", or "4,057 times"."""
    share = rate / limit
    if share < 10:
        return say("share_of", share=percent(share))
    return say("times_of", times=readable(share))


def height_in_words(height: float, say: Say) -> str:
    """The number, or that there is none where the landscape is not defined."""
    return say("no_height") if math.isnan(height) else readable(float(height))
