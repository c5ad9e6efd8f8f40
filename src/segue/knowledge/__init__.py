"""What we know and how we find it: encoder, articles cut into passages, search, past resolutions."""
