"""What the documented account may not, and a store that knows its bucket by the host's name."""

from __future__ import annotations

import io
import socket
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from botocore.exceptions import ClientError

from scripts.services import versitygw
from storage.opening import open_store
from storage.store import PART_BYTES, StoreDenied
from tests.storage.clerks import PREFIX, hire

if TYPE_CHECKING:
    from collections.abc import Callable

    from scripts.services.part import Running

KEY = "originals/ab/abc"


def test_the_documented_account_may_nothing_beyond(
    real: Callable[[str], Running], monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk = hire(real("versitygw"))
    for name, value in clerk.settings.items():
        monkeypatch.setenv(name, value)
    own, mine = clerk.bucket, f"{PREFIX}/objects/{KEY}"
    open_store(clerk.url).put(KEY, io.BytesIO(b"ours"))
    clerk.owner.put_object(Bucket=own, Key="elsewhere", Body=b"theirs")
    clerk.owner.put_object(Bucket=own, Key=f"{PREFIX}/other", Body=b"theirs")
    upload = clerk.owner.create_multipart_upload(Bucket=own, Key="elsewhere")["UploadId"]
    elsewhere: dict[str, Any] = {"Bucket": own, "Key": "elsewhere"}
    beyond: list[tuple[str, dict[str, Any]]] = [
        ("get_object", elsewhere),
        ("head_object", elsewhere),
        ("put_object", {**elsewhere, "Body": b"x"}),
        ("delete_object", elsewhere),
        ("create_multipart_upload", elsewhere),
        ("list_parts", {**elsewhere, "UploadId": upload}),
        ("abort_multipart_upload", {**elsewhere, "UploadId": upload}),
        ("get_object", {"Bucket": own, "Key": f"{PREFIX}/other"}),
        ("put_object", {"Bucket": own, "Key": f"{PREFIX}-2/objects/x", "Body": b"x"}),
        ("list_objects_v2", {"Bucket": own}),
        ("list_objects_v2", {"Bucket": own, "Prefix": "else"}),
        ("list_objects_v2", {"Bucket": own, "Prefix": PREFIX}),
        ("list_objects_v2", {"Bucket": versitygw.BUCKET}),
        ("get_object", {"Bucket": versitygw.BUCKET, "Key": mine}),
        ("put_object", {"Bucket": versitygw.BUCKET, "Key": mine, "Body": b"x"}),
        ("put_object_acl", {"Bucket": own, "Key": mine, "ACL": "public-read"}),
        ("put_object_tagging", {"Bucket": own, "Key": mine, "Tagging": {"TagSet": []}}),
        ("get_bucket_policy", {"Bucket": own}),
        ("put_bucket_policy", {"Bucket": own, "Policy": "{}"}),
        ("delete_bucket_policy", {"Bucket": own}),
        ("put_bucket_acl", {"Bucket": own, "ACL": "public-read"}),
        (
            "put_bucket_versioning",
            {"Bucket": own, "VersioningConfiguration": {"Status": "Enabled"}},
        ),
        ("delete_bucket", {"Bucket": own}),
        ("create_bucket", {"Bucket": f"{own}-more"}),
    ]
    for call, asked in beyond:
        with pytest.raises(ClientError) as refused:
            getattr(clerk.client, call)(**asked)
        assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403, (call, asked)
    # A list of keys to delete is answered key by key.
    told = clerk.client.delete_objects(
        Bucket=own, Delete={"Objects": [{"Key": "elsewhere"}, {"Key": mine}]}
    )
    assert [each["Key"] for each in told.get("Errors", ())] == ["elsewhere"]
    assert clerk.owner.get_object(**elsewhere)["Body"].read() == b"theirs"
    with pytest.raises(StoreDenied) as denied:
        open_store(clerk.url.replace(f"/{PREFIX}?", "?"))
    assert denied.value.code == "store_denied"


def test_a_bucket_is_known_by_the_name_of_the_host_where_the_address_says_so(
    bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve = socket.getaddrinfo

    def local(host: Any, *more: Any, **named: Any) -> Any:
        """What ends in .localhost is this machine (RFC 6761), which not every resolver knows."""
        known = str(host if isinstance(host, str) else host.decode()).endswith(".localhost")
        return resolve("127.0.0.1" if known else host, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", local)
    address = bucket.replace("//127.0.0.1:", f"//{versitygw.DOMAIN}:")
    assert address != bucket
    content = bytes(range(256)) * (PART_BYTES // 256) + b"behind the first part"
    found = open_store(f"{address}&addressing=virtual")
    assert found.append(KEY, 0, [content], durable=lambda _: None) == len(content)
    assert found.finish(KEY, size=len(content)).size == len(content)
    link = str(found.link(KEY, media_type="image/png", disposition="inline"))
    assert link.startswith(f"http://caravan.{versitygw.DOMAIN}:")
    assert httpx.get(link).content == content
    assert open_store(bucket).stat(KEY).size == len(content), "the same bucket by its path"
    shown = open_store(
        f"{address}&addressing=virtual", public_endpoint="https://media.example.org"
    ).link(KEY, media_type="image/png", disposition="inline")
    assert str(shown).startswith("https://caravan.media.example.org/")
