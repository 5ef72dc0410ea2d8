"""Every ``CARAVAN_*`` setting, once: its name, default, meaning, and what a value must look like.

``load`` is the only reader of the environment in the house. What it returns is frozen and passed
on as a value. An empty variable counts as one that is not set.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError

from config import urls
from config.quantities import parse_bytes, parse_seconds
from config.variables import Group, Setting, bad_value, declared, shown, unknown_name, values

PREFIX: Final = "CARAVAN_"
_HOME: Final = "$CARAVAN_HOME"


class SettingsError(Exception):
    """A setting that stops the start; its text is one plain sentence for the operator."""

    def __init__(self, sentence: str, *, variable: str) -> None:
        """Keep the name of the variable beside the sentence."""
        super().__init__(sentence)
        self.variable = variable


@dataclass(frozen=True)
class SettingLine:
    """One line of ``caravan settings``; the value has its secrets hidden, and None is unset."""

    name: str
    value: str | None
    default: str
    meaning: str


def _folder(text: str) -> Path:
    # A database address would read what follows a question mark as its parameters.
    if "?" in text or "\0" in text:
        raise ValueError(text)
    return Path(text).absolute()


_Bytes = Annotated[int, BeforeValidator(parse_bytes), Field(ge=1)]
_SIZE: Final = "a size of at least one byte, such as 2000000 or 50 GiB"


class Database(Group):
    """Where the records are."""

    url: Annotated[
        str,
        AfterValidator(urls.database_url),
        Setting(
            "CARAVAN_DATABASE_URL",
            f"sqlite:///{_HOME}/caravan.db",
            "The database of the records, SQLite or PostgreSQL.",
            "sqlite:///PATH or postgresql+psycopg://USER:PASSWORD@HOST/NAME",
        ),
    ] = Field(repr=False)


class Search(Group):
    """Where the search index is."""

    url: Annotated[
        str,
        AfterValidator(urls.search_url),
        Setting(
            "CARAVAN_SEARCH_URL",
            "embedded:",
            "The search engine, the embedded one or an Elasticsearch cluster.",
            "embedded: or http(s)://USER:PASSWORD@HOST:9200",
        ),
    ] = Field(repr=False)
    index: Annotated[
        str,
        Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,99}$"),
        Setting(
            "CARAVAN_SEARCH_INDEX",
            "caravan",
            "What the names of the indexes on the cluster begin with.",
            "at most 100 small letters, digits, - and _, with a letter or digit first",
        ),
    ]
    ca_file: Annotated[
        Path | None,
        Setting(
            "CARAVAN_SEARCH_CA_FILE",
            None,
            "The certificate authority of a secured cluster, a PEM file.",
            "the path of a file",
        ),
    ] = None
    api_key: Annotated[
        str | None,
        Setting(
            "CARAVAN_SEARCH_API_KEY",
            None,
            "The API key for a secured cluster.",
            "a key as the cluster gave it",
            secret=True,
        ),
    ] = Field(default=None, repr=False)


class Storage(Group):
    """Where the files are."""

    url: Annotated[
        str,
        AfterValidator(urls.storage_url),
        Setting(
            "CARAVAN_STORAGE_URL",
            f"file:{_HOME}/media",
            "The store of the files, a folder or a bucket of an S3 store"
            " (its credentials come from the usual AWS variables or files).",
            "file:FOLDER or s3://BUCKET/PREFIX?endpoint=URL&region=REGION",
        ),
    ] = Field(repr=False)
    public_endpoint: Annotated[
        str | None,  # a default of None is not validated
        AfterValidator(urls.web_address),
        Setting(
            "CARAVAN_STORAGE_PUBLIC_ENDPOINT",
            None,
            "The address of the store as visitors reach it, where that is another one.",
            "http(s)://HOST",
            without="the endpoint of the store",
        ),
    ] = None

    @property
    def visitors_origin(self) -> str | None:
        """Scheme, host and port of the store as visitors reach it; None where that is not told."""
        return urls.origin_of_media(self.url, self.public_endpoint)


class Mail(Group):
    """How mail leaves."""

    url: Annotated[
        str,
        AfterValidator(urls.mail_url),
        Setting(
            "CARAVAN_MAIL_URL",
            "log:",
            "The mail server; log: writes each mail as a file under the home.",
            "log: or smtp://USER:PASSWORD@HOST:PORT",
        ),
    ] = Field(repr=False)


class Portal(Group):
    """How the portal meets its visitors."""

    base_url: Annotated[
        str,
        AfterValidator(urls.web_address),
        Setting(
            "CARAVAN_BASE_URL",
            "http://127.0.0.1:8000",
            "The public address of the portal.",
            "http(s)://HOST, with a port or a path if need be",
        ),
    ]
    secret_key: Annotated[
        str | None,
        Field(min_length=8),
        Setting(
            "CARAVAN_SECRET_KEY",
            None,
            "The key that signs sessions and links; the same for all portals of one site.",
            "at least 8 characters, better 32 random ones",
            without="made once and kept in the home",
            secret=True,
        ),
    ] = Field(default=None, repr=False)
    trusted_proxies: Annotated[
        int,
        Field(ge=0, le=10),
        Setting(
            "CARAVAN_TRUSTED_PROXIES",
            "0",
            "How many proxies in front to believe about the visitor's address.",
            "a whole number from 0 to 10",
        ),
    ]
    send_files: Annotated[
        str,
        AfterValidator(urls.send_files),
        Setting(
            "CARAVAN_SEND_FILES",
            "direct",
            "Who sends the bytes of a download: the portal (direct), nginx (x-accel:/prefix)"
            " or the S3 store (redirect).",
            "direct, x-accel:/PREFIX or redirect",
        ),
    ]
    contact: Annotated[
        str | None,
        AfterValidator(urls.contact),
        Setting(
            "CARAVAN_CONTACT",
            None,
            "Where visitors may write to: an e-mail address, or that of a page.",
            "NAME@HOST or http(s)://HOST/PAGE",
        ),
    ] = None


class Limits(Group):
    """How much, how often, how long."""

    max_upload_bytes: Annotated[
        _Bytes,
        Setting("CARAVAN_MAX_UPLOAD_BYTES", "50 GiB", "The largest file that may be given.", _SIZE),
    ]
    job_lease_seconds: Annotated[
        int,
        BeforeValidator(parse_seconds),
        Field(ge=1, le=86400),
        Setting(
            "CARAVAN_JOB_LEASE_SECONDS",
            "30",
            "The seconds after which the job of a killed worker is taken up by another.",
            "a time from 1 second to one day, such as 30 or 2 min",
        ),
    ]
    searches_per_minute: Annotated[
        int,
        Field(ge=1, le=1_000_000),
        Setting(
            "CARAVAN_SEARCHES_PER_MINUTE",
            "600",
            "The searches a minute from one address; five times that for an account or token.",
            "a whole number from 1 to 1000000",
        ),
    ]
    quota_bytes: Annotated[
        _Bytes | None,
        Setting(
            "CARAVAN_QUOTA_BYTES",
            None,
            "The space that one institution may fill.",
            _SIZE,
        ),
    ] = None
    transfers: Annotated[
        int,
        Field(ge=1, le=10_000),
        Setting(
            "CARAVAN_TRANSFERS",
            "160",
            "The uploads and downloads that may go on at once; one more is asked to come back.",
            "a whole number from 1 to 10000",
        ),
    ]


class Settings(Group):
    """All settings of one Caravan, checked and frozen."""

    home: Annotated[
        Path,
        BeforeValidator(_folder),
        Setting(
            "CARAVAN_HOME",
            "./var",
            "The folder of everything that the embedded parts write.",
            "the path of a folder, without a question mark",
        ),
    ]
    database: Database
    search: Search
    storage: Storage
    mail: Mail
    portal: Portal
    limits: Limits


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings, by default from the environment of the process.

    Raises SettingsError for the first unknown ``CARAVAN_*`` name, bad value, or pair of values
    that cannot go together.
    """
    given = os.environ if environ is None else environ
    known = [setting.variable for _, setting in declared(Settings)]
    for name in given:
        if name.startswith(PREFIX) and name not in known:
            raise SettingsError(unknown_name(name, known, PREFIX), variable=name)
    texts = values(Settings, given)
    try:
        settings = Settings.model_validate(texts)
    except ValidationError as error:
        setting, sentence = bad_value(Settings, texts, error)
        raise SettingsError(sentence, variable=setting.variable) from None
    _demand_that_files_can_be_sent(settings)
    return settings


def _demand_that_files_can_be_sent(settings: Settings) -> None:
    way, store = settings.portal.send_files, settings.storage.url
    if way == "redirect" and not store.startswith("s3:"):
        sentence = (
            "CARAVAN_SEND_FILES is redirect, but only an S3 store can send files itself:"
            " set CARAVAN_STORAGE_URL to s3://BUCKET, or use direct or x-accel:/PREFIX."
        )
        raise SettingsError(sentence, variable="CARAVAN_SEND_FILES")
    if way.startswith("x-accel:") and not store.startswith("file:"):
        sentence = (
            "CARAVAN_SEND_FILES is x-accel, but nginx can send files from a folder only:"
            " set CARAVAN_STORAGE_URL to file:FOLDER, or use direct or redirect."
        )
        raise SettingsError(sentence, variable="CARAVAN_SEND_FILES")


def describe(settings: Settings) -> tuple[SettingLine, ...]:
    """Return one line a setting, in the order they are declared, with all secrets hidden."""
    lines = []
    for path, setting in declared(Settings):
        value: object = settings
        for step in path:
            value = getattr(value, step)
        default = setting.without if setting.default is None else setting.default
        lines.append(SettingLine(setting.variable, shown(setting, value), default, setting.meaning))
    return tuple(lines)
