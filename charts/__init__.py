"""Pictures: arrays and words in, Altair charts out. No Streamlit and no dlcore here.

Every picture comes in two parts: a function that draws (axes, marks, colours; it names data sets) and frames that fill
those names. What is drawn stays the same while a reader moves a slider, so it is built once.
``t`` is the parameter of the player: the step that is shown; moving it needs no server.

What ``__all__`` of a module lists is there as ``charts.name`` too.
"""

# ruff: noqa: F403 (each module says itself what it offers)

import os

# Products of small matrices are far slower on several threads. NumPy asks once, when it is loaded, so whichever of
# charts, dlcore and ui comes first has to say it; what a host has set stays.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


from charts.activations import *
from charts.backpropagation import *
from charts.cell_and_unit import *
from charts.class_race import *
from charts.data_rows import *
from charts.descent import *
from charts.epoch_curves import *
from charts.error_bands import *
from charts.frames import *
from charts.gates import *
from charts.losses import *
from charts.model_selection import *
from charts.momentum import *
from charts.neuron import *
from charts.optimizers import *
from charts.rates import *
from charts.residuals import *
from charts.scores import *
from charts.training_answers import *
from charts.training_inside import *
from charts.training_losses import *
