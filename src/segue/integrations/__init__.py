"""The world outside: mail, which comes and goes, and the tracker that issues are filed in.

Only `segue.app` imports it; everyone else sees the small protocols in `domain/ports.py`.
"""
