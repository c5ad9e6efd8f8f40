"""Notices what a message holds: intent, urgency, frustration, complexity, repeat contact, a wish for a person.

Facts with the words that moved them, never a decision. `assess` is the verb; what phrases mean stands in `phrases/`.
"""
