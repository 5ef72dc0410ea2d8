"""How the answers of the API look: what the OpenAPI document says of them, and tests hold them to.

Nothing is answered through these models; `portal.api.present` writes the values.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

Moment = Annotated[str, Field(description="RFC 3339, in UTC.")]
ByLanguage = Annotated[dict[str, str], Field(description="BCP 47 tag -> text.")]


class Shape(BaseModel):
    """An answer; it carries what is named here and nothing else."""

    model_config = ConfigDict(extra="forbid")


class FieldFault(Shape):
    """One field that does not hold: a stable code, and a sentence for people."""

    field: str
    code: str
    message: str
    asset: str | None = None
    value: Any = None
    allowed: list[str] = []


class Problem(Shape):
    """An error (RFC 9457). `code` is stable; `title` and `detail` are in the reader's language."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    reference: str | None = None
    errors: list[FieldFault] = []
    reason: str | None = Field(None, description="Why it was withdrawn, of a 410.")
    withdrawn_at: Moment | None = None
    revision: int | None = Field(None, description="Ours, of a 412.")


class Reason(Shape):
    """Why ingest holds or refuses a file."""

    code: str
    message: str


class Rendition(Shape):
    """A file made from an original."""

    name: str
    media_type: str
    bytes: int
    url: str


class Step(Shape):
    """One step of ingest; `progress` from 0 to 1."""

    name: str
    state: str
    progress: float
    attempts: int
    last_error: str | None


class Asset(Shape):
    """An original file with what is known of it; `steps` for those who work on it."""

    id: str
    filename: str
    role: str
    language: str | None
    bytes: int
    sha256: str | None
    media_type: str | None
    family: str | None
    state: str
    verdict: str | None
    reasons: list[Reason]
    released: bool
    facts: dict[str, Any]
    renditions: list[Rendition]
    content: str
    created_at: Moment
    steps: list[Step] = []


class Resource(Shape):
    """A resource with its texts in all languages and its files."""

    id: str
    state: str
    version: int
    revision: int
    institution: str
    institution_name: ByLanguage
    source_id: str | None
    kind: str
    title: ByLanguage
    summary: ByLanguage
    description: ByLanguage
    subjects: list[str]
    keywords: dict[str, list[str]]
    language: str | None
    ages: list[int] | None
    country: str | None
    year: int | None
    licence: str | None
    credit: str | None
    uses: list[str | dict[str, str]]
    access: str | None
    details: dict[str, Any]
    origins: dict[str, dict[str, str]]
    created_at: Moment
    updated_at: Moment
    submitted_at: Moment | None
    published_at: Moment | None
    assets: list[Asset]
    thumbnail: str | None
    url: str
    reason: str | None = Field(None, description="Why it was withdrawn.")


class Assets(Shape):
    """The files of a resource."""

    results: list[Asset]


class Snippet(Shape):
    """A quotation; `marks` are pairs of places in `text`."""

    field: str
    lang: str | None
    text: str
    marks: list[list[int]]
    asset: str | None
    page: int | None
    second: float | None


class Matched(Shape):
    """Why something was found: a field that has the words, or a subject that they name."""

    field: str | None = None
    concept: str | None = None
    label: str | None = None
    lang: str | None = None


class Smallest(Shape):
    """The smallest form that can be taken; `rendition` null is the original."""

    bytes: int
    rendition: str | None
    asset: str


class Hit(Shape):
    """One result of a search."""

    id: str
    kind: str
    title: str
    title_lang: str | None
    summary: str
    snippets: list[Snippet]
    matched_by: list[Matched]
    institution: str
    country: str | None
    languages: list[str]
    smallest: Smallest | None
    thumbnail: str | None
    url: str
    access: str | None
    near: bool


class FacetValue(Shape):
    """One value of a facet, with how many results it would give."""

    value: str
    label: str
    count: int
    chosen: bool


class Hits(Shape):
    """One page of a search."""

    total: int
    page: int
    per_page: int
    results: list[Hit]
    facets: dict[str, list[FacetValue]]


class Subject(Shape):
    """A concept; `count` is of public resources with it or with a narrower one."""

    id: str
    label: str
    labels: ByLanguage
    broader: list[str]
    narrower: list[str]
    count: int


class Subjects(Shape):
    """The vocabulary."""

    results: list[Subject]


class Suggestion(Shape):
    """A title, a subject or an institution that begins so."""

    text: str
    kind: str
    lang: str | None
    url: str


class Suggestions(Shape):
    """What the typed words may become."""

    results: list[Suggestion]
