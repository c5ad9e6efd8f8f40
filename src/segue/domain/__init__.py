"""The words: frozen values and their own small rules. Imports nothing of ours."""
