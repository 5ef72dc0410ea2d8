"""What the OpenAPI document says of the API as a whole, and how its values look."""

from __future__ import annotations

from typing import Any

from flask_openapi3.models.info import Info
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, ConfigDict, Field

INFO = Info(
    title="Caravan",
    version="1",
    description=(
        "Find, give, judge and take what science museums share. Errors are problem+json "
        "(RFC 9457) with a stable `code`. Unknown parameters are refused with 400."
    ),
)

SECURITY_SCHEMES: dict[str, Any] = {
    "token": {"type": "http", "scheme": "bearer"},
    "session": {"type": "apiKey", "in": "cookie", "name": "caravan_session"},
}

FINDING = Tag(name="finding", description="Search, subjects, suggestions.")
GIVING = Tag(name="giving", description="Resources and their files.")
JUDGING = Tag(name="judging", description="Submission, review, decision.")
MANAGING = Tag(name="managing", description="Institutions, agreements, people, tokens.")


class Strict(BaseModel):
    """A query or body in which nothing unknown may stand."""

    model_config = ConfigDict(extra="forbid")


class Nothing(Strict):
    """No parameters."""


class ResourcePath(BaseModel):
    """The id of a resource."""

    rid: str


class AssetPath(ResourcePath):
    """The id of a file of a resource."""

    aid: str


class RenditionPath(AssetPath):
    """The name of a rendition of a file."""

    name: str


class ThingPath(BaseModel):
    """The id of something that is managed."""

    tid: str


class SearchQuery(Strict):
    """A search. Facets may be repeated: OR within one, AND across."""

    q: str = ""
    lang: str = ""
    page: int = Field(1, ge=1)
    per_page: int = Field(20, ge=1, le=100)
    sort: str = "relevance"
    kind: list[str] = []
    subject: list[str] = []
    country: list[str] = []
    institution: list[str] = []
    language: list[str] = []
    audio_language: list[str] = []
    subtitle_language: list[str] = []
    age: list[str] = []
    use: list[str] = []
    format: list[str] = []
    size: list[str] = []
    duration: list[str] = []


class LangQuery(Strict):
    """The language of labels."""

    lang: str = ""


class SuggestQuery(LangQuery):
    """What has been typed so far."""

    q: str = ""


class VersionQuery(Strict):
    """Another version than the one that is shown by itself."""

    version: int | None = Field(None, ge=1)


class PageQuery(Strict):
    """One page of a list."""

    page: int = Field(1, ge=1)
    per_page: int = Field(20, ge=1, le=100)


class ResourceBody(BaseModel):
    """The writable fields of a resource, as in the JSON Lines of the bulk import."""

    model_config = ConfigDict(extra="allow")

    institution: str | None = None
    kind: Any = None
    title: Any = None
    summary: Any = None
    description: Any = None
    subjects: Any = None
    keywords: Any = None
    language: Any = None
    ages: Any = None
    country: Any = None
    year: Any = None
    licence: Any = None
    credit: Any = None
    uses: Any = None
    access: Any = None
    details: Any = None
    source_id: Any = None


class NoteBody(Strict):
    """A note, anchored to {field}, {asset, page} or {asset, second}."""

    text: str = ""
    anchor: dict[str, Any] | None = None


class DecisionBody(Strict):
    """What a curator decides: publish, ask_changes or decline."""

    decision: str
    note: str = ""


class WithdrawalBody(Strict):
    """Why something is withdrawn; everybody may read it."""

    reason: str = ""


class ReleaseBody(Strict):
    """Why a held file may be taken."""

    note: str = ""


class InstitutionBody(Strict):
    """An institution to be added."""

    id: str
    name: dict[str, str]
    country: str


class InstitutionPatch(Strict):
    """What changes of an institution."""

    name: dict[str, str] | None = None
    country: str | None = None


class AgreementBody(Strict):
    """An agreement to be added; dates as 2026-11-24."""

    id: str
    parties: list[str]
    start: str | None = Field(None, alias="from")
    until: str | None = None


class AgreementPatch(Strict):
    """What changes of an agreement."""

    start: str | None = Field(None, alias="from")
    until: str | None = None


class UserBody(Strict):
    """An account to be added, or a further role for one."""

    email: str
    name: str
    role: str
    institution: str | None = None
    password: str | None = None


class UserPatch(Strict):
    """Opens or closes an account."""

    active: bool


class TokenBody(Strict):
    """A token for oneself; no scopes: all that the account may."""

    name: str = ""
    scopes: list[str] = []
