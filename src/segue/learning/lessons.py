"""Lessons: what a person resolved teaches the intent head. The assistant's own text never does."""

from __future__ import annotations

from segue.store.knowledge import KnowledgeStore


def learn(knowledge: KnowledgeStore, conversation: str) -> int:
    """Takes a resolved conversation as a lesson; the head takes it up at its next fit. Returns how many were new."""
    return knowledge.learn(conversation)
