"""Searching by program: what is answered, which values are asked for wrongly, how far it goes."""

from __future__ import annotations

from typing import Any

from tests.factories.answers import fields, problem

FACETS = (
    "kind",
    "subject",
    "country",
    "institution",
    "language",
    "audio_language",
    "subtitle_language",
    "age",
    "use",
    "format",
    "size",
    "duration",
)
HIT = {"id", "kind", "title", "title_lang", "summary", "snippets", "matched_by", "institution"} | {
    "country",
    "languages",
    "smallest",
    "thumbnail",
    "url",
    "near",
}


def test_a_search_answers_hits_and_facets_of_all_public_resources(call: Any, house: Any) -> None:
    rid = house.bring_to("published", country="CN", ages=[8, 12], year=2019)
    for state in ("draft", "submitted", "changes_asked", "declined", "withdrawn"):
        house.bring_to(state)
    house.index()
    for query in ("", "?q=", "?q=magnets", "?q=Magnets+float&lang=en", "?kind=film&use=show"):
        told = call(None, "GET", f"/resources{query}").json
        assert (told["total"], told["page"], told["per_page"]) == (1, 1, 20), query
        assert [each["id"] for each in told["results"]] == [rid]
        assert set(told["facets"]) == set(FACETS)
    hit = told["results"][0]
    assert set(hit) >= HIT
    assert (hit["title"], hit["title_lang"], hit["near"]) == ("Magnets float", "en", False)
    assert hit["smallest"]["rendition"] is None
    assert hit["url"] == f"/resources/{rid}"
    assert call(None, "GET", "/resources?lang=zh").json["results"][0]["title"] == "磁铁"
    kinds = {each["value"]: each for each in told["facets"]["kind"]}
    assert (kinds["film"]["count"], kinds["film"]["chosen"]) == (1, True)
    two = call(None, "GET", "/resources?kind=exhibit&kind=activity").json
    assert two["total"] == 0
    chosen = {each["value"] for each in two["facets"]["kind"] if each["chosen"]}
    assert chosen == {"exhibit", "activity"}
    assert all(each["count"] == 0 for each in two["facets"]["kind"] if each["chosen"])
    bands = {each["value"]: each["count"] for each in told["facets"]["age"] if each["count"]}
    assert bands == {"6-8": 1, "9-11": 1, "12-14": 1}


def test_what_is_asked_wrongly_is_named(call: Any) -> None:
    for query, code, faults in (
        ("bogus=1", "unknown_parameter", {"bogus": "unknown_parameter"}),
        ("Q=x", "unknown_parameter", {"Q": "unknown_parameter"}),
        ("page=0", "bad_request", {"page": "too_small"}),
        ("page=x", "bad_request", {"page": "not_a_number"}),
        ("page=", "bad_request", {"page": "not_a_number"}),
        ("page=" + "9" * 5_000, "bad_request", {"page": "not_a_number"}),
        ("per_page=101", "bad_request", {"per_page": "too_large"}),
        ("per_page=-1", "bad_request", {"per_page": "too_small"}),
        ("sort=colour", "bad_request", {"sort": "unknown_value"}),
        ("lang=no+tag", "bad_request", {"lang": "unknown_language"}),
        ("q=a&q=b", "bad_request", {"q": "too_many"}),
        ("page=501", "page_too_far", {"page": "page_too_far"}),
        ("page=101&per_page=100", "page_too_far", {"page": "page_too_far"}),
        ("&".join(["kind=x"] * 101), "bad_request", {"kind": "too_many"}),
    ):
        answer = call(None, "GET", f"/resources?{query}")
        assert (problem(answer), fields(answer)) == ((400, code), faults), query[:40]
    for query in ("page=500", "page=100&per_page=100", "q=%00", "q=%ED%A0%80", "kind=%00&age=x"):
        assert call(None, "GET", f"/resources?{query}").status_code == 200, query


def test_a_subject_counts_what_its_narrower_ones_have_as_the_facet_does(
    call: Any, house: Any
) -> None:
    house.bring_to("published", subjects=["magnetism", "compass"])
    house.bring_to("published", subjects=["compass"])
    house.bring_to("submitted", subjects=["magnetism"])
    house.bring_to("withdrawn", subjects=["magnetism"])
    house.index()
    told = {each["id"]: each for each in call(None, "GET", "/subjects?lang=zh").json["results"]}
    facet = call(None, "GET", "/resources").json["facets"]["subject"]
    assert told["compass"]["count"] == 2
    for each in facet:
        assert told[each["value"]]["count"] == each["count"], each["value"]
    assert told["magnetism"]["label"] == "磁学"
    assert {"zh", "en", "ru", "ar"} <= set(told["magnetism"]["labels"])
    for concept in told.values():
        for broader in concept["broader"]:
            assert concept["id"] in told[broader]["narrower"]
            assert told[broader]["count"] >= concept["count"]


def test_what_is_typed_is_completed_with_an_address(call: Any, house: Any, client: Any) -> None:
    rid = house.bring_to("published")
    house.index()
    told = call(None, "GET", "/suggestions?q=magn&lang=en").json["results"]
    assert {
        "text": "Magnets float",
        "kind": "title",
        "lang": "en",
        "url": f"/resources/{rid}",
    } in told
    assert {each["kind"] for each in told} >= {"title", "subject"}
    assert all(client.get(each["url"]).status_code == 200 for each in told)
    assert call(None, "GET", "/suggestions?q=").status_code == 200
    assert call(None, "GET", "/suggestions").status_code == 200
    assert problem(call(None, "GET", "/suggestions?q=a&page=1")) == (400, "unknown_parameter")
