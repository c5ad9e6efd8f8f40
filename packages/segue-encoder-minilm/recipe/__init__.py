"""How the encoder's files are made; used while the wheel is built and never installed."""
