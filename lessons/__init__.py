"""The code of the lessons' questions: ``lessons/<topic>/<question>.py``, a file for each, named like the question."""
