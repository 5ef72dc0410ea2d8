"""Stub."""


def install(app):
    pass
