"""Bytes in, bytes out, by key."""
