"""Measures: our figures on labelled files, and beside them what the simplest method reaches on the same rows.

One module a measure, each with one `run(...) -> dict` of plain JSON in snake case; `cli/measures.py` has a command for
each. A measure fits what it needs from the files it is given, as a workspace would from its own history.
"""
