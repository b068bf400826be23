"""dlcore: the basics of deep learning in NumPy, in Keras's vocabulary.

NumPy is the only requirement; nothing here knows about web pages. Read the files in this order:
``family`` (how a rule declares its settings), ``datasets``, ``losses``, ``surfaces`` (landscapes of one or two
weights), ``formulas`` (a landscape typed by the reader), ``optimizers``, ``descent`` (a ball rolling down) and
``diagnosis`` (what happened to it, in measured facts).
"""
