"""What went wrong with a command, in a sentence."""

from __future__ import annotations

from catalog.errors import CatalogError, Invalid, NotFound
from config.settings import SettingsError
from portal.sentences import ERRORS, field_sentence, sentence
from portal.words import speaking
from search.engine import EngineRefused, EngineUnavailable
from storage.store import StoreError

STORE_WORDS = {
    "bucket_missing": "there is no such bucket, make it or mend CARAVAN_STORAGE_URL; ",
    "store_denied": "it does not let us in, look at the AWS variables and the rights of the key; ",
    "store_unavailable": "nobody answers, look at CARAVAN_STORAGE_URL and at the store itself; ",
    "unsupported_store": "CARAVAN_STORAGE_URL has to begin with file: or s3:; ",
}
"""What an operator can do, before the code and the store's own words."""


def explained(error: Exception) -> str | None:
    """Return the sentence for a refusal; None for what is a fault of ours."""
    if isinstance(error, SettingsError):
        return str(error)
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror or error}"
    if isinstance(error, StoreError):
        return f"The store cannot be used: {STORE_WORDS.get(error.code, '')}{error}."
    if isinstance(error, EngineRefused | EngineUnavailable):
        return _of_engine(error)
    if isinstance(error, CatalogError):
        return in_words(error)
    return None


def _of_engine(error: EngineRefused | EngineUnavailable) -> str:
    code = f"search_{error.code}"
    if code not in ERRORS:
        return f"The search cannot be used: {error}"
    with speaking():
        return sentence(code)


def in_words(error: CatalogError) -> str:
    """Return an error of the catalogue in English, with every field that does not hold."""
    if isinstance(error, NotFound):
        return f"There is no such {error.facts.get('what', 'thing')} here."
    with speaking():
        if not isinstance(error, Invalid) or not error.faults:
            return sentence(error.code, error.facts)
        lines = [
            f"{fault.field}: {field_sentence(fault.code, fault.facts)}" for fault in error.faults
        ]
        return "; ".join(lines)
