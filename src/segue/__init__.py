"""Segue: a self-hosted support desk where an assistant and people share every conversation.

Start with `segue/intake/receive.py`: it tells the story of the house.
"""

__version__ = "0.1.0"
