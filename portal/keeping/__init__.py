"""Keeping what was given: backups, their restoring, and moves from one store to another."""
