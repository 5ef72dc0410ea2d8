"""What the OpenAPI document says of the API as a whole, and how its values look."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from flask_openapi3.models.info import Info
from flask_openapi3.models.tag import Tag
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from catalog.tokens import LONGEST_NAME
from config.languages import normalise_tag

INFO = Info(
    title="Caravan",
    version="1",
    description=(
        "Find, give, judge and take what science museums share. Errors are problem+json "
        "(RFC 9457) with a stable code. Unknown parameters are refused with 400. What a caller may "
        "not know of is 404; what is known but closed is 401 without an account, 403 with one. "
        "PATCH is a JSON merge patch (RFC 7396). Times are RFC 3339 in UTC."
    ),
)

SECURITY_SCHEMES: dict[str, Any] = {
    "token": {"type": "http", "scheme": "bearer"},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "caravan_session",
        "description": "What changes something needs the CSRF token of a page too: X-CSRFToken.",
    },
}

MOST_CHOSEN = 100
"""Values chosen of one facet; the longest facet has fifty."""

FINDING = Tag(name="finding", description="Search, subjects, suggestions.")
GIVING = Tag(name="giving", description="Resources and their files.")
JUDGING = Tag(name="judging", description="Submission, review, decision.")
MANAGING = Tag(name="managing", description="Institutions, agreements, people, tokens.")
CHAPTERS = tuple(tag.name for tag in (FINDING, GIVING, JUDGING, MANAGING))
"""In the order of the work."""


class Strict(BaseModel):
    """A query in which nothing unknown may stand."""

    model_config = ConfigDict(extra="forbid")


class Body(BaseModel):
    """A body in which nothing unknown may stand, and no value of another type."""

    model_config = ConfigDict(extra="forbid", strict=True)


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


def _known_tag(tag: str) -> str:
    return normalise_tag(tag) if tag else ""


Tag47 = Annotated[
    str, AfterValidator(_known_tag), Field(description="A BCP 47 tag, such as sr-Latn.")
]
Chosen = Annotated[list[str], Field(max_length=MOST_CHOSEN)]


class PageQuery(Strict):
    """One page of a list; no further than the 10,000th result."""

    page: int = Field(1, ge=1)
    per_page: int = Field(20, ge=1, le=100)


class SearchQuery(PageQuery):
    """A search. Facets may be repeated: OR within one, AND across."""

    q: str = Field("", description='Words, "a phrase", -without, begin*. Empty: everything.')
    lang: Tag47 = ""
    sort: Literal["relevance", "newest", "smallest", "title"] = "relevance"
    kind: Chosen = []
    subject: Chosen = Field([], description="Concepts; one counts its narrower ones.")
    country: Chosen = Field([], description="ISO 3166 codes.")
    institution: Chosen = []
    language: Chosen = Field([], description="Of the content; sr finds sr-Latn too.")
    audio_language: Chosen = []
    subtitle_language: Chosen = []
    age: Chosen = Field([], description="3-5 6-8 9-11 12-14 15-17 18+")
    use: Chosen = Field([], description="show copy translate build broadcast alter")
    format: Chosen = Field([], description="film audio image document model subtitle ...")
    size: Chosen = Field([], description="MB of the smallest form: 0-1 1-10 10-100 100+")
    duration: Chosen = Field([], description="Minutes: 0-5 5-15 15-45 45+")


class LangQuery(Strict):
    """The language of labels."""

    lang: Tag47 = ""


class SuggestQuery(LangQuery):
    """What has been typed so far."""

    q: str = ""


class VersionQuery(Strict):
    """Another version than the one that is shown by itself."""

    version: int | None = Field(None, ge=1)


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


class NoteBody(Body):
    """A note, anchored to {field}, {asset, page} or {asset, second}."""

    text: str = ""
    anchor: dict[str, Any] | None = None
    answers: str | None = Field(None, description="The note that this one answers.")
    private: bool = Field(default=False, description="For curators only.")


class DecisionBody(Body):
    """What a curator decides: publish, ask_changes or decline."""

    decision: str
    note: str = ""


class WithdrawalBody(Body):
    """Why something is withdrawn; everybody may read it."""

    reason: str = ""


class ReleaseBody(Body):
    """Why a held file may be taken."""

    note: str = ""


class InstitutionBody(Body):
    """An institution to be added."""

    id: str
    name: dict[str, str]
    country: str


class InstitutionPatch(Body):
    """A merge patch of an institution; a name set to null goes."""

    name: dict[str, str | None] | None = None
    country: str | None = None


class InstitutionFields(Body):
    """What an institution is after a patch."""

    name: dict[str, str]
    country: str


class AgreementBody(Body):
    """An agreement to be added; dates as 2026-11-24."""

    id: str
    parties: list[str]
    start: str | None = Field(None, alias="from")
    until: str | None = None


class AgreementPatch(Body):
    """A merge patch of an agreement; a date set to null is open."""

    parties: list[str] | None = None
    start: str | None = Field(None, alias="from")
    until: str | None = None


class AgreementFields(Body):
    """What an agreement is after a patch."""

    parties: list[str]
    start: str | None = Field(None, alias="from")
    until: str | None = None


class UserBody(Body):
    """An account to be added, or a further role for one."""

    email: str
    name: str
    role: str
    institution: str | None = None
    password: str | None = None


class UserPatch(Body):
    """Renames an account, gives it a password, opens or closes it."""

    name: str = ""
    password: str = ""
    active: bool = True


class TokenBody(Body):
    """A token for oneself; no scopes: all that the account may."""

    name: str = Field("", max_length=LONGEST_NAME)
    scopes: list[str] = []


class TokenPatch(Body):
    """Renames a token, or gives it other scopes."""

    name: str = Field("", max_length=LONGEST_NAME)
    scopes: list[str] = []


class TokenFields(Body):
    """What a token is after a patch."""

    name: str
    scopes: list[str]
