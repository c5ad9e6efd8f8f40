"""Decides who handles a message and what is promised: pure functions over settings a lead can read and change.

`written` turns text into a policy and back, `decide` applies it, `promise` says when a person answers.
"""
