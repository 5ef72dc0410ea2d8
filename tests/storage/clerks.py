"""An account of the S3 server that may do what docs/storage.md grants, and nothing beyond."""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import boto3
from botocore.config import Config

from scripts.services import versitygw

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scripts.services.part import Running

PREFIX = "museum"
POLICY = re.compile(r"```json\n(.*?)```", re.DOTALL)
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "storage.md"


@dataclass(frozen=True)
class Clerk:
    """The account, a bucket of its own to work in, and the owner of both."""

    bucket: str
    url: str
    settings: Mapping[str, str]
    owner: Any
    client: Any


def hire(server: Running) -> Clerk:
    """Make the account and the bucket, with the policy as it is documented."""
    access, secret, bucket = (f"clerk-{secrets.token_hex(8)}" for _ in range(3))
    versitygw.add_account(server.settings, access, secret)
    address = server.settings["CARAVAN_STORAGE_URL"]
    owner = _client(
        address, server.settings["AWS_ACCESS_KEY_ID"], server.settings["AWS_SECRET_ACCESS_KEY"]
    )
    owner.create_bucket(Bucket=bucket)
    owner.put_bucket_policy(Bucket=bucket, Policy=json.dumps(documented(bucket, access)))
    return Clerk(
        bucket=bucket,
        url=f"s3://{bucket}/{PREFIX}?{urlsplit(address).query}",
        settings={"AWS_ACCESS_KEY_ID": access, "AWS_SECRET_ACCESS_KEY": secret},
        owner=owner,
        client=_client(address, access, secret),
    )


def documented(bucket: str, account: str) -> dict[str, Any]:
    """Return the policy of docs/storage.md as that of a bucket: it names the account."""
    found = POLICY.search(DOCUMENT.read_text("utf-8"))
    assert found is not None
    told: dict[str, Any] = json.loads(found[1].replace("BUCKET", bucket).replace("PREFIX", PREFIX))
    for statement in told["Statement"]:
        statement["Principal"] = {"AWS": [account]}
    return told


def _client(address: str, access: str, secret: str) -> Any:
    asked = parse_qs(urlsplit(address).query)
    return boto3.client(
        "s3",
        endpoint_url=asked["endpoint"][0],
        region_name=asked["region"][0],
        aws_access_key_id=access,
        aws_secret_access_key=secret,
        config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}),
    )
