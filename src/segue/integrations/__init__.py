"""The world outside, one folder each: mail, helpdesks, CRM, tracker, Slack, language models, webhooks.

Only `segue.app` imports it; everyone else sees the small protocols in `domain/ports.py`.
"""
