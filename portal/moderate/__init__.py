"""Judging: the curators' desk."""
