"""Faces, one file per audience: customers, agents, machines. Nothing here decides; it shows and it takes in."""
