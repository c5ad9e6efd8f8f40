"""Load on a whole house, open loop: what comes and when is fixed before the first message is sent."""
