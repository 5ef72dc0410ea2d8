"""A published resource of the catalogue as a search document: the only way into an index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog.resources.weights import smallest
from config.languages import from_stream
from search.engine import Document, Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from catalog.resources.indexable import FileWords
    from catalog.resources.views import AssetView, ResourceView
    from catalog.vocabulary import ConceptView

LONGEST_SEGMENT = 20_000
MOST_TEXT = 4_000_000
"""Characters of all files of one resource that are searched."""


def from_resource(
    view: ResourceView, words: Iterable[FileWords], concepts: Mapping[str, ConceptView]
) -> Document:
    """Return the document of a published resource with the text of its files."""
    fit = tuple(asset for asset in view.assets if asset.fit_to_give)
    lightest = smallest(fit)
    title = view.title.pick(view.language or "en", original=view.language)
    return Document(
        id=view.id,
        version=view.index_revision,
        kind=view.kind,
        institution=view.institution,
        texts=tuple(_texts(view, words, concepts, {asset.id for asset in fit})),
        published_at=view.published_at or view.updated_at,
        country=view.country or view.institution_country,
        subjects=with_broader(view.subjects, concepts),
        languages=_languages(view, fit),
        audio_languages=_of_streams(fit, "audio") + _spoken(view),
        subtitle_languages=_of_streams(fit, "subtitles") + _subtitles(fit),
        ages=view.ages,
        uses=tuple(dict.fromkeys(use.use for use in view.uses)),
        formats=tuple(dict.fromkeys(asset.family for asset in fit if asset.family)),
        size=lightest.bytes if lightest else None,
        duration=_duration(view, fit),
        sort_title=title.value if title else "",
    )


def with_broader(subjects: tuple[str, ...], concepts: Mapping[str, ConceptView]) -> tuple[str, ...]:
    """Return concepts with all that are broader, each once."""
    found: dict[str, None] = {}
    left = list(subjects)
    while left:
        concept = left.pop(0)
        if concept not in found:
            found[concept] = None
            left.extend(concepts[concept].broader if concept in concepts else ())
    return tuple(found)


def _texts(
    view: ResourceView,
    words: Iterable[FileWords],
    concepts: Mapping[str, ConceptView],
    fit: set[str],
) -> Iterator[Text]:
    for tag, value in view.title.values.items():
        yield Text("title", tag, value)
    for tag, value in view.summary.values.items():
        yield Text("summary", tag, value)
    for tag, value in view.description.values.items():
        yield Text("description", tag, value)
    for tag, keywords in view.keywords.items():
        for keyword in keywords:
            yield Text("keyword", tag, keyword)
    for subject in view.subjects:
        if subject in concepts:
            for tag, label in concepts[subject].labels.items():
                yield Text("label", tag, label, concept=subject)
    for tag, name in view.institution_names.items():
        yield Text("institution", tag, name)
    yield from _of_files(view, words, fit)


def _of_files(view: ResourceView, words: Iterable[FileWords], fit: set[str]) -> Iterator[Text]:
    left = MOST_TEXT
    for file in words:
        if file.asset_id not in fit:
            continue
        language = file.language or view.language or "und"
        for segment in file.segments:
            for start in range(0, len(segment.text), LONGEST_SEGMENT):
                piece = segment.text[start : start + LONGEST_SEGMENT]
                left -= len(piece)
                if left < 0:
                    return
                yield Text(
                    "file",
                    language,
                    piece,
                    asset=file.asset_id,
                    page=segment.page,
                    second=segment.second,
                )


def _languages(view: ResourceView, assets: tuple[AssetView, ...]) -> tuple[str, ...]:
    """Return the languages of the content: the resource's own, its files', their text's."""
    found = [view.language, *(asset.language for asset in assets)]
    for asset in assets:
        found.extend(asset.facts.get("languages") or ())
    return tuple(dict.fromkeys(tag for tag in found if tag))


def _of_streams(assets: tuple[AssetView, ...], name: str) -> tuple[str, ...]:
    streams = [each for asset in assets for each in asset.facts.get(name) or ()]
    tags = [from_stream(each["language"]) for each in streams if each.get("language")]
    return tuple(dict.fromkeys(tag for tag in tags if tag))


def _spoken(view: ResourceView) -> tuple[str, ...]:
    spoken = view.details.get("spoken_languages") or ()
    tracks = [asset.language for asset in view.assets if asset.role == "audio_track"]
    return tuple(dict.fromkeys(tag for tag in (*spoken, *tracks) if tag))


def _subtitles(assets: tuple[AssetView, ...]) -> tuple[str, ...]:
    tags = [
        asset.language or asset.facts.get("language")
        for asset in assets
        if asset.family == "subtitle"
    ]
    return tuple(dict.fromkeys(tag for tag in tags if tag))


def _duration(view: ResourceView, assets: tuple[AssetView, ...]) -> float | None:
    """Return seconds: of the longest film or sound among the main files, else as the giver says."""
    timed = [
        float(asset.facts["duration_s"])
        for asset in assets
        if asset.family in ("film", "audio") and asset.facts.get("duration_s")
    ]
    minutes = view.details.get("duration_minutes")
    if timed:
        return max(timed)
    return float(minutes) * 60 if isinstance(minutes, int | float) else None
