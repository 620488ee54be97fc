"""Frozen value types and pure functions of the field. Standard library only."""
