"""The environment becomes settings, or one sentence that says what is wrong."""

import json
import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from config.settings import SettingsError, describe, load

ROOT = Path(__file__).parents[2]

CONTRACT = {
    "CARAVAN_HOME",
    "CARAVAN_DATABASE_URL",
    "CARAVAN_SEARCH_URL",
    "CARAVAN_SEARCH_INDEX",
    "CARAVAN_STORAGE_URL",
    "CARAVAN_BASE_URL",
    "CARAVAN_SECRET_KEY",
    "CARAVAN_MAIL_URL",
    "CARAVAN_MAX_UPLOAD_BYTES",
    "CARAVAN_JOB_LEASE_SECONDS",
    "CARAVAN_SEARCHES_PER_MINUTE",
    "CARAVAN_QUOTA_BYTES",
    "CARAVAN_TRUSTED_PROXIES",
    "CARAVAN_SEND_FILES",
    "CARAVAN_STORAGE_PUBLIC_ENDPOINT",
    "CARAVAN_SEARCH_CA_FILE",
    "CARAVAN_SEARCH_API_KEY",
}
EXTENSIONS = {"CARAVAN_CONTACT", "CARAVAN_TRANSFERS"}


def refusal(**environ: str) -> str:
    with pytest.raises(SettingsError) as caught:
        load(environ)
    assert caught.value.variable in environ
    return str(caught.value)


def test_every_setting_is_declared_once_and_described_in_one_sentence() -> None:
    lines = describe(load({}))
    assert {line.name for line in lines} == CONTRACT | EXTENSIONS
    assert len({line.name for line in lines}) == len(lines)
    assert all(line.meaning.endswith(".") and line.default for line in lines)


def test_without_any_variable_everything_lies_under_one_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load({})
    assert settings.home == tmp_path / "var"
    assert settings.database.url == f"sqlite:///{tmp_path}/var/caravan.db"
    assert settings.storage.url == f"file:{tmp_path}/var/media"
    assert settings.search.url == "embedded:"
    assert settings.mail.url == "log:"
    assert settings.portal.base_url == "http://127.0.0.1:8000"
    assert settings.portal.send_files == "direct"
    assert settings.portal.secret_key is None
    assert settings.limits.max_upload_bytes == 50 * 2**30
    assert settings.limits.job_lease_seconds == 30
    assert settings.limits.quota_bytes is None
    assert settings.limits.transfers == 160


def test_the_database_and_the_media_follow_the_home(tmp_path: Path) -> None:
    settings = load({"CARAVAN_HOME": str(tmp_path / "a b")})
    assert settings.database.url == f"sqlite:///{tmp_path}/a b/caravan.db"
    assert settings.storage.url == f"file:{tmp_path}/a b/media"


def test_the_environment_of_the_process_is_read_when_none_is_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CARAVAN_TRANSFERS", "7")
    assert load().limits.transfers == 7


def test_variables_of_other_programs_are_left_alone() -> None:
    assert load({"HOME": "/nowhere", "caravan": "1"}) == load({})


def test_an_empty_variable_counts_as_not_set() -> None:
    assert load({"CARAVAN_TRANSFERS": "", "CARAVAN_QUOTA_BYTES": " "}) == load({})


@pytest.mark.parametrize(
    ("name", "text", "group", "field", "value"),
    [
        ("MAX_UPLOAD_BYTES", "2000000", "limits", "max_upload_bytes", 2_000_000),
        ("QUOTA_BYTES", "1.5 GiB", "limits", "quota_bytes", 3 * 2**29),
        ("JOB_LEASE_SECONDS", "2 min", "limits", "job_lease_seconds", 120),
        ("SEARCHES_PER_MINUTE", "1", "limits", "searches_per_minute", 1),
        ("TRUSTED_PROXIES", "2", "portal", "trusted_proxies", 2),
        ("BASE_URL", "https://example.org/shared/", "portal", "base_url", None),
        ("CONTACT", "help@example.org", "portal", "contact", None),
        ("CONTACT", "https://example.org/help", "portal", "contact", None),
        ("SEND_FILES", "x-accel:/files/", "portal", "send_files", "x-accel:/files"),
        ("SECRET_KEY", "long enough", "portal", "secret_key", "long enough"),
        ("DATABASE_URL", "postgresql+psycopg://u:p@db:5432/caravan", "database", "url", None),
        ("DATABASE_URL", "sqlite:////srv/caravan.db?x=1", "database", "url", None),
        ("DATABASE_URL", "sqlite:///:memory:", "database", "url", None),
        ("SEARCH_URL", "https://elastic:p@search:9200", "search", "url", None),
        ("SEARCH_INDEX", "museums-2", "search", "index", None),
        ("SEARCH_CA_FILE", "/etc/ca.pem", "search", "ca_file", Path("/etc/ca.pem")),
        ("SEARCH_API_KEY", "abc=", "search", "api_key", None),
        ("STORAGE_URL", "file:///srv/media", "storage", "url", "file:/srv/media"),
        (
            "STORAGE_URL",
            "s3://media-1/deep?endpoint=http://s3:9000&region=eu&addressing=virtual",
            "storage",
            "url",
            None,
        ),
        (
            "STORAGE_PUBLIC_ENDPOINT",
            "https://media.example.org",
            "storage",
            "public_endpoint",
            None,
        ),
        ("MAIL_URL", "smtp://u:p@mail:587", "mail", "url", None),
    ],
)
def test_good_values_are_kept_in_their_type(
    name: str, text: str, group: str, field: str, value: object
) -> None:
    settings = load({f"CARAVAN_{name}": text})
    kept = getattr(getattr(settings, group), field)
    assert kept == (text.rstrip("/") if value is None else value)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("HOME", "a?b"),
        ("MAX_UPLOAD_BYTES", "0"),
        ("MAX_UPLOAD_BYTES", "-1"),
        ("MAX_UPLOAD_BYTES", "lots"),
        ("QUOTA_BYTES", "5 parsecs"),
        ("JOB_LEASE_SECONDS", "0"),
        ("JOB_LEASE_SECONDS", "2 d"),
        ("SEARCHES_PER_MINUTE", "many"),
        ("TRANSFERS", "0"),
        ("TRUSTED_PROXIES", "11"),
        ("BASE_URL", "example.org"),
        ("CONTACT", "example.org"),
        ("CONTACT", "a@b.org?cc=c@d.org"),
        ("CONTACT", "javascript:alert(1)"),
        ("BASE_URL", "http://example.org/?a=1"),
        ("BASE_URL", "http://example.org:99999"),
        ("SEND_FILES", "nginx"),
        ("SEND_FILES", "x-accel:files"),
        ("DATABASE_URL", "mysql://db/caravan"),
        ("DATABASE_URL", "postgresql+psycopg://db"),
        ("DATABASE_URL", "sqlite:///"),
        ("SEARCH_URL", "elastic:9200"),
        ("SEARCH_URL", "http://"),
        ("SEARCH_INDEX", "Caravan"),
        ("SEARCH_INDEX", "a\nb"),
        ("STORAGE_URL", "file:"),
        ("STORAGE_URL", "s3://B"),
        ("STORAGE_URL", "s3://bucket?colour=red"),
        ("STORAGE_URL", "s3://bucket?endpoint=nowhere"),
        ("STORAGE_URL", "s3://bucket?addressing=magic"),
        ("STORAGE_PUBLIC_ENDPOINT", "media.example.org"),
        ("MAIL_URL", "pigeon://post"),
    ],
)
def test_a_bad_value_is_named_with_its_variable_and_what_is_expected(name: str, text: str) -> None:
    sentence = refusal(**{f"CARAVAN_{name}": text})
    assert sentence.startswith(f"CARAVAN_{name} is {json.dumps(text)}, but must be ")
    assert sentence.endswith(".")


def test_an_unknown_name_is_refused_with_the_nearest_known_one() -> None:
    sentence = refusal(CARAVAN_SEARCH_ULR="embedded:")
    assert sentence == "CARAVAN_SEARCH_ULR is not a setting; did you mean CARAVAN_SEARCH_URL?"


def test_an_unknown_name_that_is_near_to_none_points_to_the_list() -> None:
    assert "`caravan settings`" in refusal(CARAVAN_ZZZ="1")


def test_files_cannot_be_redirected_to_a_folder() -> None:
    assert "S3" in refusal(CARAVAN_SEND_FILES="redirect")
    together = load({"CARAVAN_SEND_FILES": "redirect", "CARAVAN_STORAGE_URL": "s3://bucket"})
    assert together.portal.send_files == "redirect"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("CARAVAN_SECRET_KEY", "hunter2"),
        ("CARAVAN_DATABASE_URL", "mysql://u:hunter2@db/c"),
        ("CARAVAN_DATABASE_URL", "postgresql+psycopg://u:hunter2/or@3@db"),
        ("CARAVAN_STORAGE_URL", "s3://key:hunter2@bucket"),
        ("CARAVAN_BASE_URL", "http://me:hunter2@example.org"),
    ],
)
def test_a_refusal_never_shows_a_secret(name: str, text: str) -> None:
    assert "hunter2" not in refusal(**{name: text})


def test_neither_the_description_nor_the_repr_shows_a_secret() -> None:
    settings = load(
        {
            "CARAVAN_SECRET_KEY": "hunter2-key",
            "CARAVAN_SEARCH_API_KEY": "hunter2",
            "CARAVAN_SEARCH_URL": "https://elastic:hunter2@search:9200",
            "CARAVAN_DATABASE_URL": "postgresql+psycopg://u@db/c?password=hunter2",
            "CARAVAN_MAIL_URL": "smtp://u:hunter2@mail",
        }
    )
    assert "hunter2" not in repr(settings)
    assert "hunter2" not in repr(describe(settings))
    shown = {line.name: line.value for line in describe(settings)}
    assert {shown["CARAVAN_SECRET_KEY"], shown["CARAVAN_SEARCH_API_KEY"]} == {"***"}
    assert shown["CARAVAN_SEARCH_URL"] == "https://***@search:9200"
    assert shown["CARAVAN_SEARCH_CA_FILE"] is None


def test_settings_cannot_be_changed_once_they_are_read() -> None:
    with pytest.raises(ValidationError):
        load({}).limits.transfers = 1


def test_the_settings_page_has_every_setting_with_default_and_meaning() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(CARAVAN_\w+)` \| (.+?) \| (.+) \|$", page, re.MULTILINE)
    lines = describe(load({}))
    assert [(name, default.strip("`"), meaning) for name, default, meaning in rows] == [
        (line.name, line.default, line.meaning) for line in lines
    ]
