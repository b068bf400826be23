"""The frame that every page shares. A page begins with ``lesson = ui.begin(__file__)``."""

import os

# Products of small matrices are far slower on several threads. NumPy asks once, when it is loaded, so whichever of
# charts, dlcore and ui comes first has to say it; what a host has set stays.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from ui.cache import shared
from ui.controls.kinds import Choice, Number, Several, Switch, Text
from ui.lesson import begin

__all__ = ["Choice", "Number", "Several", "Switch", "Text", "begin", "shared"]
