"""Whatever is sent to an address of the OpenAPI document, the answer is one that it names."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

WHO = (None, "partner", "contributor", "curator", "second_curator", "house_admin", "admin")
TEXTS = st.text(max_size=8)
WORDS = st.sampled_from(
    [
        "en",
        "zh",
        "lanzhou",
        "magnetism",
        "publish",
        "decline",
        "film",
        "read",
        "curator",
        "2026-11-24",
        "KZ",
        "relevance",
        "*",
        '"',
        "a AND b",
        "-",
        "\0",
        "😀",
        "",
    ]
)
NUMBERS = st.integers(-2, 12) | st.sampled_from([10**6, 10**30, 0.5])
LEAVES = st.none() | st.booleans() | NUMBERS | WORDS | TEXTS
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS | TEXTS, inner, max_size=3),
    max_leaves=5,
)
TYPED = {
    "string": WORDS,
    "boolean": st.booleans(),
    "integer": NUMBERS,
    "array": st.lists(WORDS, max_size=3),
    "object": st.dictionaries(WORDS, WORDS, max_size=3),
}


@pytest.fixture
def known(house: Any) -> dict[str, list[str]]:
    """Ids of things that are there, and of some that are not."""
    states = ("draft", "submitted", "in_review", "published", "withdrawn")
    rids = [house.bring_to(state) for state in states]
    house.index()
    with house.services.database.unit_of_work() as session:
        from catalog import notes
        from catalog.resources import reading

        public = reading.resource(session, house.actors["admin"], rids[3])
        view = reading.working_version(session, house.actors["curator"], rids[2])
        note = notes.leave(session, by=house.actors["curator"], view=view, text="A").id
    people = [str(actor.person_id) for actor in house.actors.values()]
    return {
        "rid": [*rids, "nothing"],
        "aid": [public.assets[0].id, "nothing"],
        "nid": [note, "nothing"],
        "role": ["curator", "partner", "nothing"],
        "name": ["thumbnail", "poster", "../x"],
        "tid": ["lanzhou", "patras", *people, "nothing"],
    }


def value_of(draw: Any, schema: dict[str, Any]) -> Any:
    """A value of the type that is asked for, more often than not."""
    kinds = [part["type"] for part in schema.get("anyOf", [schema]) if part.get("type") in TYPED]
    likely = TYPED[kinds[0]] if kinds else ANYTHING
    return draw(likely if draw(st.integers(0, 3)) else ANYTHING)


def body_of(draw: Any, document: dict[str, Any], operation: dict[str, Any]) -> Any:
    content = operation.get("requestBody", {}).get("content", {})
    if not content:
        return draw(st.none() | st.just({}) | st.just({"x": 1}))
    name = content["application/json"]["schema"]["$ref"].rpartition("/")[2]
    model = document["components"]["schemas"][name]
    needed = model.get("required", ())
    return {
        field: value_of(draw, schema)
        for field, schema in model["properties"].items()
        if draw(st.integers(0, 5)) > (0 if field in needed else 3)
    }


@settings(
    max_examples=120,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_no_answer_is_a_fault_of_ours_and_every_one_is_as_documented(
    app: Any, house: Any, known: dict[str, list[str]], data: Any
) -> None:
    client = app.test_client()
    document = client.get("/api/v1/openapi.json").json
    draw = data.draw
    calls = [
        (address, verb)
        for address, item in document["paths"].items()
        for verb in item
        if "uploads" not in address and verb != "parameters"
    ]
    for address, verb in draw(st.lists(st.sampled_from(calls), min_size=3, max_size=6)):
        operation = document["paths"][address][verb]
        places = {name: draw(st.sampled_from(ids)) for name, ids in known.items()}
        asked = {
            each["name"]: value_of(draw, each["schema"])
            for each in operation.get("parameters", [])
            if each["in"] == "query" and not draw(st.integers(0, 5))
        }
        who = draw(st.sampled_from(WHO))
        headers = {"Authorization": f"Bearer {house.tokens[who]}"} if who else {}
        if not draw(st.integers(0, 4)):
            headers["If-Match"] = draw(st.sampled_from(["*", '"1-1"', "x", '"', 'W/"a", "b"']))
        body = body_of(draw, document, operation)
        answer = client.open(
            address.format(**places),
            method=verb.upper(),
            query_string=asked,
            headers=headers,
            **({"json": body} if verb in ("post", "put", "patch") and body is not None else {}),
        )
        told = operation["responses"].get(str(answer.status_code))
        where = (verb, address, who, asked, body, answer.status_code, answer.data[:300])
        assert answer.status_code < 500, where
        assert told is not None, where
        kind = answer.content_type if answer.data else None
        if answer.status_code == 204:
            assert answer.data == b"", where
        elif kind in told.get("content", {}) and "json" in str(kind):
            schema = told["content"][kind]["schema"] | {"components": document["components"]}
            Draft202012Validator(schema).validate(answer.json)
        else:
            assert answer.status_code < 400, where
