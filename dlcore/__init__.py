"""dlcore: the basics of deep learning in NumPy, in Keras's vocabulary.

NumPy is the only requirement; nothing here knows about web pages. Read the files in this order:
``family`` (how a rule declares its settings), ``datasets``, ``tables`` and ``preprocessing`` (what is learned from),
``losses`` and ``metrics`` (how far off, how good), ``baselines`` (what to beat); ``surfaces`` (landscapes of one or
two weights) and ``formulas`` (one typed by the reader), ``optimizers`` and ``schedules``, ``descent`` (a ball rolling
down) and ``diagnosis`` (what happened to it); ``initializers``, ``activations``, ``regularizers``, ``layers``,
``network``, ``validation``, ``models``, ``callbacks``, ``storage``, and ``gradient_check``, which shows that all of
it is right.
"""
