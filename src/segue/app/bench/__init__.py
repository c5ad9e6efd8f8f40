"""Benchmarks: figures and, where something is compared, a ratio from one run on one machine."""
