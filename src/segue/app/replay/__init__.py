"""Replaying a stream of real messages through the real intake, inbox and turns, in simulated time."""
