from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.languages import LANGUAGES
from search.engine import ConceptMatch, Hit, Query, Text
from search.highlights import EXCERPT, MOST_SNIPPETS, Explained, Snippet, explain
from search.query import parse

LONG = "Nothing to see in this sentence. " * 40


def explained(
    words: str,
    *texts: Text,
    lang: str = "en",
    near: bool = False,
    quote: bool = True,
    concepts: tuple[ConceptMatch, ...] = (),
    subjects: tuple[str, ...] = (),
) -> Explained:
    query = Query(words, lang, words=parse(words, lang), concepts=concepts)
    return explain(query, Hit("a", 1.0, near, subjects, texts), quote_files=quote)


def marked(snippet: Snippet) -> list[str]:
    return [snippet.text[start:end] for start, end in snippet.marks]


@pytest.mark.parametrize(
    ("lang", "words", "text", "found"),
    [
        ("en", "magnet", "Two Magnets, one magnetic field.", ["Magnets", "magnetic"]),
        ("fr", "ecole", "L'École d’été", ["L'École"]),
        ("es", "volcan", "El volcán en una caja", ["volcán"]),
        ("ru", "магнит", "Земля тоже магнит: магниты.", ["магнит", "магниты"]),
        ("el", "ΜΑΓΝΗΤΕΣ", "Οι μαγνήτες", ["μαγνήτες"]),
        ("ar", "مَغْنَاطِيس", "هذا مغناطيس كبير", ["مغناطيس"]),
        ("sr", "magneti", "Магнети и игла", ["Магнети"]),
        ("sr-Latn", "магнети", "Magneti i igla", ["Magneti"]),
        ("uz", "Ulugbek", "Ulug‘bek va yulduzlar", ["Ulug‘bek"]),
        ("uz", "Улуғбек", "Ulug‘bek va yulduzlar", ["Ulug‘bek"]),
        ("zh", "磁鐵", "一根针，在磁铁上擦", ["磁铁"]),
        ("zh-Hant", "磁铁", "在磁鐵上擦", ["磁鐵"]),
        ("th", "แม่เหล็ก", "ชามน้ำและแม่เหล็กหนึ่งแท่ง", ["แม่เหล็ก"]),
        ("my", "သံလိုက်", "ဒီ သံလိုက် ကြီး", ["သံလိုက်"]),
        ("ms", "magnet", "Dua magnet", ["magnet"]),
        ("ar", "42", "٤٢ نجمة", ["٤٢"]),
        ("en", '"copper tube"', "A tube. A copper tube; copper.", ["copper tube"]),
        ("en", "magn*", "Magnify a magnet", ["Magnify", "magnet"]),
        ("en", "3D", "𝟯D 👨‍👩‍👧 print", ["𝟯D"]),
    ],
)
def test_marks_stand_on_the_words_in_every_script(
    lang: str, words: str, text: str, found: list[str]
) -> None:
    told = explained(words, Text("title", lang, text), lang=lang)
    assert [marked(each) for each in told.snippets] == [found]
    assert [each.field for each in told.matched_by] == ["title"]


def test_excluded_words_are_not_marked() -> None:
    told = explained("copper -tube", Text("title", "en", "A copper tube"))
    assert marked(told.snippets[0]) == ["copper"]


@pytest.mark.parametrize("typed", ["magmet", "mgnet", "magnnet", "mangets"])
def test_a_mistyped_word_is_marked_where_it_brought_a_near_match(typed: str) -> None:
    text = Text("title", "en", "A magnet and magnets")
    assert explained(typed, text).snippets == ()
    assert marked(explained(typed, text, near=True).snippets[0])
    assert explained("xagnxt", text, near=True).snippets == ()


def test_the_text_of_a_file_is_quoted_with_its_place_to_those_who_may_take_it() -> None:
    page = Text("file", "en", f"{LONG}Here is the rhinoceros. {LONG}", asset="f", page=7)
    (quoted,) = explained("rhinoceros", page).snippets
    assert (quoted.asset, quoted.page, quoted.second) == ("f", 7, None)
    assert marked(quoted) == ["rhinoceros"]
    assert quoted.cut_before
    assert quoted.cut_after
    assert len(quoted.text) <= EXCERPT
    assert quoted.text in page.value
    hidden = explained("rhinoceros", page, quote=False)
    assert hidden.snippets == ()
    assert [each.field for each in hidden.matched_by] == ["file"]


def test_a_label_is_a_reason_with_its_language_and_no_snippet() -> None:
    label = Text("label", "zh", "磁学", concept="magnetism")
    told = explained("磁学", label, lang="zh")
    assert told.snippets == ()
    (reason,) = told.matched_by
    assert (reason.concept, reason.label, reason.lang) == ("magnetism", "磁学", "zh")


@pytest.mark.parametrize(
    ("words", "near", "is_met"),
    [
        ("fields", False, True),
        ("magn*", False, True),
        ('"magnetic fields"', False, True),
        ('"fields magnetic"', False, False),
        ("magmetic", False, False),
        ("magmetic", True, True),
        ("rhinoceros", False, False),
        ("rhinoceros", True, False),
    ],
)
def test_a_label_is_met_by_all_that_meets_another_text(
    words: str, near: bool, is_met: bool
) -> None:
    label = Text("label", "en", "Magnetic fields", concept="magnetism")
    title = Text("title", "en", "Magnetic fields")
    assert bool(explained(words, label, near=near).matched_by) is is_met
    assert bool(explained(words, title, near=near).matched_by) is is_met


def test_a_concept_that_was_named_is_a_reason_once_and_only_where_the_resource_has_it() -> None:
    match = ConceptMatch("magnetism", "магнетизм", "ru", 0, 0)
    label = Text("label", "ru", "магнетизм", concept="magnetism")
    told = explained("магнетизм", label, concepts=(match,), subjects=("magnetism", "physics"))
    assert [each.concept for each in told.matched_by] == ["magnetism"]
    assert explained("магнетизм", concepts=(match,), subjects=("optics",)).matched_by == ()


def test_the_askers_language_is_shown_first_and_each_field_once() -> None:
    texts = [Text("title", tag, "Magnet") for tag in ("ru", "ms", "fr")]
    texts += [Text("file", "ms", f"magnet {number}", second=number) for number in range(5)]
    told = explained("magnet", *texts, lang="ms")
    assert [each.field for each in told.snippets] == ["title", "file", "file"]
    assert told.snippets[0].lang == "ms"
    assert len(told.snippets) <= MOST_SNIPPETS


SIGNS = 'aMé ñß İıŉﬁ磁鐵号แม่เหล็กำသံလိုက်مَغْنَاطِيسΜΑΓΝήςљЉ‘ʻ0٤𝟯👨‍👩‍👧\u200b\n-."*'
WORDS = st.text(alphabet=SIGNS, max_size=60)


@settings(max_examples=300, deadline=None)
@given(words=WORDS, text=WORDS, lang=st.sampled_from(sorted(LANGUAGES)), near=st.booleans())
def test_marks_lie_inside_their_text_in_order_whatever_is_asked(
    words: str, text: str, lang: str, near: bool
) -> None:
    long = Text("description", lang, text * 20)
    for each in explained(words, Text("title", lang, text), long, lang=lang, near=near).snippets:
        last = 0
        assert each.marks
        for start, end in each.marks:
            assert last <= start < end <= len(each.text)
            last = end
        whole = text if each.field == "title" else long.value
        assert each.text in whole
