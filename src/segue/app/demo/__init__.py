"""The demo company: Ledgerly, its customers, its help pages and 90 days of conversations.

Everything here is written for Segue and fictional. `facts.md` is what the rest agrees with; the YAML, the phrasings and
the articles are the material; `generate.build` tells the past from it, the same for the same day and seed. `story.yaml`
is not part of the past: the product lives through it in front of the spectator.
"""
