"""Looks back to do better: lessons, calibration, evidence, boundary, drift and reviews.

It hears of the desk's work through recorded events, never by importing it.
"""
