"""The bucket that an address names, and the clients that speak with it.

Credentials come from the usual chain of AWS: variables, files, the role of the machine. Addresses
are path-style where an endpoint is given, since few of the stores that have one know their buckets
by host name; `addressing=virtual` is for those that know them by nothing else.
"""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import boto3
from botocore.config import Config

from storage.keys import checked_key
from storage.s3.refusals import told
from storage.store import ObjectMissing

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CONNECT_SECONDS = 5
READ_SECONDS = 30
PATIENT_SECONDS = 600
"""Putting the parts of a large file together may take a store minutes without a word."""
BRIEF_SECONDS = 2
"""For a question whether the store is there at all: who asks that wants an answer, not patience."""
ATTEMPTS = 4
"""The first and three more; botocore waits up to 1, 2, 4 seconds between them, by chance."""
CONNECTIONS = 200
DEFAULT_REGION = "us-east-1"
CHECKSUMS = "AWS_REQUEST_CHECKSUM_CALCULATION"


class Access:
    """How clients are made."""

    def __init__(self, endpoint: str | None, region: str | None, addressing: str | None) -> None:
        """Read what the environment and the files of AWS say."""
        self._session = boto3.session.Session(region_name=region)
        self._endpoint, self._addressing = endpoint, addressing
        # boto3 sends trailing checksums unless told otherwise, and some stores refuse them; the
        # variable of AWS turns them on.
        self._checksums = os.environ.get(CHECKSUMS, "when_required").lower()
        signed = (endpoint or "").startswith("http:")
        self.digests = self._checksums != "when_supported" and not signed
        """Whether we send an MD5 with what we put, since the client sends no checksum of its own.

        On a line without TLS the SHA-256 of all bytes is part of the signature, which the store
        checks; an MD5 beside it took a sixth of the portal's time in an upload.
        """

    def client(
        self, *, endpoint: str | None = None, seconds: int | None = None, attempts: int = ATTEMPTS
    ) -> S3Client:
        """Return a client for `endpoint`, by default that of the address.

        It waits `seconds` for an answer, `READ_SECONDS` unless told.
        """
        at = endpoint or self._endpoint
        seconds = READ_SECONDS if seconds is None else seconds
        settings: dict[str, Any] = {
            "signature_version": "s3v4",
            "s3": {"addressing_style": self._addressing or ("path" if at else "auto")},
            "connect_timeout": min(CONNECT_SECONDS, seconds),
            "read_timeout": seconds,
            "retries": {"mode": "standard", "total_max_attempts": attempts},
            "max_pool_connections": CONNECTIONS,
            "request_checksum_calculation": self._checksums,
            "response_checksum_validation": self._checksums,
        }
        return self._session.client(
            "s3",
            endpoint_url=at,
            region_name=self._session.region_name or DEFAULT_REGION,
            config=Config(**settings),
        )


class Bucket:
    """A bucket, or what is below a prefix of one. `client` may be used by many threads.

    `objects/KEY` is what is finished, or a multipart upload that will be. `unfinished/KEY/OFFSET-NAME`
    are bytes from OFFSET on which are no part yet.
    """

    def __init__(self, name: str, prefix: str, access: Access, public_endpoint: str | None) -> None:
        """Take what `access` gives; nothing is asked yet."""
        self.name, self.prefix = name, prefix
        self.digests = access.digests
        self.client = access.client()
        self.signer = access.client(endpoint=public_endpoint) if public_endpoint else self.client
        self._access, self._lock = access, threading.Lock()
        self._made: dict[tuple[int, int], S3Client] = {}

    @property
    def patient(self) -> S3Client:
        """A client that waits long."""
        return self._waiting(PATIENT_SECONDS, ATTEMPTS)

    @property
    def brief(self) -> S3Client:
        """A client that asks once and waits little."""
        return self._waiting(BRIEF_SECONDS, 1)

    def _waiting(self, seconds: int, attempts: int) -> S3Client:
        """Return a client made when it is first asked for, since few ask."""
        with self._lock:
            if (seconds, attempts) not in self._made:
                client = self._access.client(seconds=seconds, attempts=attempts)
                self._made[seconds, attempts] = client
            return self._made[seconds, attempts]

    def look(self, client: S3Client) -> None:
        """Ask for one finished object. Raises StoreDenied, StoreUnavailable."""
        with told():
            client.list_objects_v2(Bucket=self.name, Prefix=f"{self.prefix}objects/", MaxKeys=1)

    def place(self, key: str) -> str:
        """Return where a finished object lies. Raises ObjectMissing for what is no key of ours."""
        return f"{self.prefix}objects/{_checked(key)}"

    def drafts(self, key: str) -> str:
        """Return what the names of the pieces of an unfinished object begin with."""
        return f"{self.prefix}unfinished/{_checked(key)}/"


def _checked(key: str) -> str:
    try:
        return checked_key(key)
    except ValueError as error:
        raise ObjectMissing(key, because="not a key") from error


def open_bucket(url: str, *, public_endpoint: str | None = None) -> Bucket:
    """Return the bucket of `s3://NAME[/PREFIX][?endpoint=URL&region=REGION...]`, not asked yet.

    `public_endpoint` is the address of the store in links for visitors. Raises StoreDenied when
    what is set for AWS cannot be used.
    """
    parts = urlsplit(url)
    asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    prefix = parts.path.strip("/")
    with told():
        access = Access(asked.get("endpoint"), asked.get("region"), asked.get("addressing"))
        return Bucket(parts.netloc, f"{prefix}/" if prefix else "", access, public_endpoint)
