"""What the store's refusals mean, in the store's own errors; and a second try for torn bytes."""

from __future__ import annotations

import random
import time
from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeVar

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004 - botocore's, not Python's
    FlexibleChecksumError,
    HTTPClientError,
    IncompleteReadError,
    NoCredentialsError,
    PartialCredentialsError,
)

from storage.store import (
    ObjectBusy,
    ObjectCorrupt,
    ObjectMissing,
    StoreDenied,
    StoreError,
    StoreFull,
    StoreUnavailable,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MISSING = frozenset({"404", "NoSuchKey", "NoSuchVersion", "NotFound"})
NO_UPLOAD = frozenset({"NoSuchUpload"})
FAILED = frozenset({"412", "PreconditionFailed"})
BUSY = frozenset({"409", "ConditionalRequestConflict", "OperationAborted"})
FULL = frozenset({"507", "InsufficientStorage", "QuotaExceeded", "XMinioStorageFull"})
TORN = frozenset(
    {
        "BadDigest",
        "IncompleteBody",
        "XAmzContentChecksumMismatch",
        "XAmzContentSHA256Mismatch",
    }
)
"""What was sent is not what arrived."""
UNABLE = frozenset({"501", "NotImplemented"})
DENIED = frozenset(
    {
        "401",
        "403",
        "AccessDenied",
        "AuthorizationHeaderMalformed",
        "ExpiredToken",
        "InvalidAccessKeyId",
        "InvalidToken",
        "RequestTimeTooSkewed",
        "SignatureDoesNotMatch",
        "XAdminUserNotFound",
    }
)
PAUSES = (0.2, 0.8)
"""Seconds between the tries, each half to one and a half times as long by chance."""
BROKEN = (ConnectionError, HTTPClientError, IncompleteReadError)
"""No line, no answer in time, a line that broke."""

Answer = TypeVar("Answer")


class ConditionFailed(StoreError):
    """What the request made a condition does not hold: nothing was read or written."""

    code = "condition_failed"


class UploadOver(ObjectMissing):
    """The multipart upload is completed or dropped."""


class ConditionUnknown(StoreError):
    """The store cannot hold conditions."""

    code = "condition_unknown"


def code_of(error: ClientError) -> str:
    """Return the store's own word for a refusal: a name, or the number of an answer without one."""
    return str(error.response.get("Error", {}).get("Code", ""))


@contextmanager
def told(key: str = "") -> Iterator[None]:
    """Turn errors of the client into the store's own."""
    try:
        yield
    except ClientError as error:
        raise _refusal(key, error) from error
    except (NoCredentialsError, PartialCredentialsError) as error:
        raise StoreDenied("store_denied", key, because=str(error)) from error
    except FlexibleChecksumError as error:
        raise ObjectCorrupt(key, because=str(error)[:200]) from error
    except BROKEN as error:
        raise StoreUnavailable(key, because=type(error).__name__) from error
    except (BotoCoreError, ValueError) as error:
        raise StoreDenied("store_refused", key, because=str(error)[:200]) from error


def _refusal(key: str, error: ClientError) -> StoreError:
    code = code_of(error)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    because = f"{error.operation_name}: {code}"
    kinds = (
        (MISSING, ObjectMissing),
        (NO_UPLOAD, UploadOver),
        (FULL, StoreFull),
        (BUSY, ObjectBusy),
        (FAILED, ConditionFailed),
        (UNABLE, ConditionUnknown),
        (TORN, StoreUnavailable),
        ({"416", "InvalidRange"}, ObjectCorrupt),
    )
    for codes, kind in kinds:
        if code in codes:
            return kind(key, because=because)
    if code == "NoSuchBucket":
        return StoreDenied("bucket_missing", key, because=because)
    if code in DENIED or status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return StoreDenied("store_denied", key, because=because)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or code == "SlowDown":
        return StoreUnavailable(key, because=because)
    return StoreDenied("store_refused", key, because=because)


def sent(key: str, call: Callable[[], Answer]) -> Answer:
    """Send bytes, and again where they arrived torn: botocore takes that for a fault of ours.

    Raises what `told` makes of the last refusal.
    """
    with told(key):
        for pause in PAUSES:
            try:
                return call()
            except ClientError as error:
                if code_of(error) not in TORN:
                    raise
            time.sleep(random.uniform(0.5, 1.5) * pause)  # noqa: S311 - chance, no secret
        return call()
