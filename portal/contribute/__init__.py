"""Giving: drafts, their files, and handing over."""
