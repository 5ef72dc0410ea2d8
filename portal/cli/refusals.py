"""What went wrong with a command, in a sentence."""

from __future__ import annotations

from flask import Flask
from flask_babel import Babel

from catalog.errors import CatalogError, Invalid
from config.settings import SettingsError
from portal.sentences import field_sentence, sentence
from search.engine import EngineRefused, EngineUnavailable
from storage.store import StoreError


def explained(error: Exception) -> str | None:
    """Return the sentence for a refusal; None for what is a fault of ours."""
    if isinstance(error, SettingsError | FileNotFoundError | IsADirectoryError | PermissionError):
        return str(error)
    if isinstance(error, StoreError):
        return f"The store cannot be used: {error}"
    if isinstance(error, EngineRefused | EngineUnavailable):
        return f"The search cannot be used: {error}"
    if isinstance(error, CatalogError):
        return in_words(error)
    return None


def in_words(error: CatalogError) -> str:
    """Return an error of the catalogue in English, with every field that does not hold."""
    app = Flask("words")
    Babel(app, default_locale="en")
    with app.test_request_context():
        if not isinstance(error, Invalid):
            return sentence(error.code, error.facts)
        lines = [
            f"{fault.field}: {field_sentence(fault.code, fault.facts)}" for fault in error.faults
        ]
        return "; ".join(lines)
