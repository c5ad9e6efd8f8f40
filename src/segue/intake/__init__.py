"""A message arrives and finds its way. `receive.py` is the story of the house."""
