"""The frame that every page shares. A page begins with ``lesson = ui.begin(__file__)``."""

import os

# Products of small matrices are far slower on several threads; this has to be said before NumPy is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from ui.cache import shared
from ui.controls.kinds import Choice, Number, Several, Switch, Text
from ui.lesson import begin

__all__ = ["Choice", "Number", "Several", "Switch", "Text", "begin", "shared"]
