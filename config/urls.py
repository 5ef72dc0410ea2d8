"""Checks of the addresses that settings carry, and the hiding of what is secret in them.

Each check takes the text of one setting and returns it in its kept form, or raises ValueError.
A scheme that a later floor cannot serve yet is still a good setting: that floor says so.
"""

import re
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, parse_qs, urlsplit

_BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_OF_A_BUCKET: Final = frozenset({"endpoint", "region", "addressing"})
_SECRET_PARAMETER: Final = re.compile(
    r"([?&][^=&]*(?:pass|secret|key|token)[^=&]*=)[^&]*", re.IGNORECASE
)


def hide_credentials(url: str) -> str:
    """Replace what stands before the last ``@``, and secret parameters, by stars.

    Works on damaged addresses too, since it is also used to say what was wrong with one: a
    password with an unescaped slash must not be printed.
    """
    hidden = re.sub(r"//.*@", "//***@", url, flags=re.DOTALL)
    return _SECRET_PARAMETER.sub(r"\1***", hidden)


def database_url(text: str) -> str:
    """Accept ``sqlite:///PATH``, made absolute, and ``postgresql+psycopg://HOST/NAME``."""
    if text.startswith("sqlite:///"):
        path, mark, parameters = text.removeprefix("sqlite:///").partition("?")
        if not path:
            raise ValueError(text)
        if path == ":memory:":
            return text
        return f"sqlite:///{Path(path).absolute()}{mark}{parameters}"
    parts = _split(text, "postgresql+psycopg")
    if parts.path in ("", "/"):
        raise ValueError(text)
    return text


def search_url(text: str) -> str:
    """Accept ``embedded:`` and the http(s) address of a cluster, without its last slash."""
    if text == "embedded:":
        return text
    _split(text, "http", "https")
    return text.rstrip("/")


def storage_url(text: str) -> str:
    """Accept ``file:FOLDER``, made absolute, and ``s3://bucket[/prefix][?endpoint=&region=...]``.

    `addressing` is `path`, the default where there is an endpoint, or `virtual`. The folder is
    plain text, not percent-encoded. Credentials never stand in an s3 address.
    """
    if text.startswith("file:"):
        folder = text.removeprefix("file:")
        if folder.startswith("//"):  # file:///srv/media, as other programs write it
            folder = "/" + folder.lstrip("/")
        if not folder:
            raise ValueError(text)
        return f"file:{Path(folder).absolute()}"
    parts = _split(text, "s3")
    parameters = parse_qs(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    if not _BUCKET.fullmatch(parts.netloc) or not set(parameters) <= _OF_A_BUCKET:
        raise ValueError(text)
    if not set(parameters.get("addressing", ())) <= {"path", "virtual"}:
        raise ValueError(text)
    for endpoint in parameters.get("endpoint", ()):
        web_address(endpoint)
    return text


def origin_of_media(storage_url: str, public_endpoint: str | None) -> str | None:
    """Return scheme, host and port of an S3 store as visitors reach it, as a browser compares them.

    None where it is not told. With `addressing=virtual` the bucket is a part of the host.
    """
    bucket = urlsplit(storage_url)
    asked = parse_qs(bucket.query) if bucket.scheme == "s3" else {}
    address = public_endpoint or asked.get("endpoint", [None])[-1]
    if address is None:
        return None
    parts = urlsplit(address)
    virtual = asked.get("addressing", [""])[-1] == "virtual"
    return f"{parts.scheme}://{bucket.netloc + '.' if virtual else ''}{parts.netloc}"


def mail_url(text: str) -> str:
    """Accept ``log:`` and ``smtp://`` or ``smtps://`` with a host."""
    if text != "log:":
        _split(text, "smtp", "smtps")
    return text


def web_address(text: str) -> str:
    """Accept an http(s) address with no query, fragment or credentials; drops its last slash."""
    parts = _split(text, "http", "https")
    if parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError(text)
    return text.rstrip("/")


def contact(text: str | None) -> str | None:
    """Accept an e-mail address and an http(s) address."""
    if text is None or re.fullmatch(r"[^@\s<>,;?&]+@[^@\s<>,;?&]+\.[^@\s<>,;?&]+", text):
        return text
    return web_address(text)


def send_files(text: str) -> str:
    """Accept ``direct``, ``redirect`` and ``x-accel:/prefix``, without its last slash."""
    if text in ("direct", "redirect"):
        return text
    if not re.fullmatch(r"x-accel:/[A-Za-z0-9._~/-]+", text):
        raise ValueError(text)
    return text.rstrip("/")


def _split(text: str, *schemes: str) -> SplitResult:
    if re.search(r"[\s\x00-\x1f]", text):
        raise ValueError(text)
    parts = urlsplit(text)
    # Reading the port raises ValueError when it is no port.
    if parts.scheme not in schemes or not parts.hostname or parts.port == 0:
        raise ValueError(text)
    return parts
