"""Looks back to understand: audit, questions, health, product signals and value. It reads and never changes."""
