"""Small factories for tests, one file an aggregate."""
