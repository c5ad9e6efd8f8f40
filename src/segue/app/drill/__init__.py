"""`segue drill`: what trust promises, tried on a house of its own while everything that can fail does."""
