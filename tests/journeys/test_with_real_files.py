"""A museum gives a film, a lesson and an exhibit of real files; a curator judges; others take."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from tusclient import client as tus

from tests.journeys.conftest import Running, until

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
COMMON: dict[str, Any] = {
    "language": "en",
    "licence": "CC-BY-4.0",
    "uses": ["show", "copy"],
    "access": "open",
}


def begun(giver: httpx.Client, **values: Any) -> str:
    answer = giver.post("/resources", json={**COMMON, **values})
    assert (answer.status_code, answer.json()["state"]) == (201, "draft")
    return str(answer.json()["id"])


def send(running: Running, rid: str, path: Path, role: str = "main", language: str = "") -> None:
    headers = {"Authorization": f"Bearer {running.tokens['contributor']}"}
    speaker = tus.TusClient(f"{running.address}/api/v1/uploads", headers=headers)
    metadata = {"filename": path.name, "resource": rid, "role": role}
    metadata |= {"language": language} if language else {}
    speaker.uploader(str(path), chunk_size=100_000, metadata=metadata).upload()


def looked_at(caller: httpx.Client, rid: str) -> dict[str, Any]:
    """Wait until the machine is done with all files; return them by role."""

    def done() -> Any:
        files = caller.get(f"/resources/{rid}/assets").json()["results"]
        return files if all(each["state"] == "done" for each in files) else None

    files: Any = until(done, 120)
    return {each["role"]: each for each in files}


def judge(curator: httpx.Client, rid: str, decision: str, note: str = "") -> httpx.Response:
    assert curator.post(f"/resources/{rid}/claim").status_code == 200
    answer = curator.post(f"/resources/{rid}/decision", json={"decision": decision, "note": note})
    assert answer.status_code == 200
    return answer


def search(caller: httpx.Client, rid: str, **asked: str) -> Any:
    """Wait until a search finds the resource with all its words."""

    def found() -> Any:
        results = caller.get("/resources", params=asked).json()["results"]
        return [each for each in results if each["id"] == rid and not each["near"]]

    hits: Any = until(found, 30)
    return hits[0]


def test_a_film_with_old_arabic_subtitles_is_found_by_what_is_said_in_it_and_taken_by_partners(
    caravan: Running, samples: Path
) -> None:
    giver, curator, partner, visitor = (
        caravan.client(who) for who in ("contributor", "curator", "partner", None)
    )
    film = samples / "films" / "mp4_portrait_phone_720x1080.mp4"
    rid = begun(
        giver,
        kind="film",
        title={"en": "Under the hall", "ar": "تحت القاعة"},
        summary={"en": "Two walkers and a machine."},
        subjects=["магнетизм"],
        access="partners",
    )
    assert giver.post(f"/resources/{rid}/submission").status_code == 422
    send(caravan, rid, film)
    subtitles = samples / "subtitles" / "elephants_dream.ar.windows-1256.srt"
    send(caravan, rid, subtitles, "subtitle", "ar")
    files = looked_at(giver, rid)
    facts = files["main"]["facts"]
    assert (facts["display_width"], facts["display_height"]) == (720, 1080)
    assert files["main"]["sha256"] == hashlib.sha256(film.read_bytes()).hexdigest()
    assert files["subtitle"]["facts"]["charset"].lower() == "cp1256"
    made = {each["name"] for each in files["main"]["renditions"]}
    assert made >= {"poster", "thumbnail", "contact_sheet", "film_144p", "audio_only"}
    assert giver.post(f"/resources/{rid}/submission").json()["state"] == "submitted"

    queue = curator.get("/queue").json()["results"]
    assert rid in {each["id"] for each in queue}
    aid = files["main"]["id"]
    for anchor, status in (
        ({"asset": aid, "second": 1}, 201),
        ({"asset": aid, "second": 9999}, 422),
    ):
        note = curator.post(f"/resources/{rid}/notes", json={"text": "Louder.", "anchor": anchor})
        assert note.status_code == status
    assert judge(curator, rid, "ask_changes", "Say who made it.").json()["state"] == "changes_asked"
    assert giver.get(f"/resources/{rid}/notes").json()["results"][0]["text"] == "Louder."
    assert giver.patch(f"/resources/{rid}", json={"credit": "The museum"}).status_code == 200
    assert giver.post(f"/resources/{rid}/submission").status_code == 200
    assert visitor.get(f"/resources/{rid}").status_code == 404
    assert judge(curator, rid, "publish").json()["state"] == "published"

    lines = [line.strip() for line in subtitles.read_bytes().decode("cp1256").splitlines()]
    said = {"q": max(lines, key=len), "lang": "ar"}
    hit = search(visitor, rid, **said)
    assert hit["snippets"] == []
    quoted = search(partner, rid, **said)["snippets"][0]
    assert (quoted["field"], quoted["asset"]) == ("file", files["subtitle"]["id"])
    assert isinstance(quoted["second"], int | float)
    assert quoted["marks"]
    assert search(visitor, rid, q="磁学", lang="zh")["matched_by"][0]["concept"] == "magnetism"

    content = f"/resources/{rid}/assets/{aid}/content"
    assert visitor.get(content).status_code == 401
    whole = partner.get(content)
    assert whole.content == film.read_bytes()
    tag = whole.headers["ETag"]
    assert tag == f'"{files["main"]["sha256"]}"'
    part = partner.get(content, headers={"Range": "bytes=1000-1999", "If-Range": tag})
    assert (part.status_code, part.content) == (206, film.read_bytes()[1000:2000])
    assert (
        partner.get(content, headers={"Range": "bytes=0-9", "If-Range": '"other"'}).status_code
        == 200
    )
    poster = f"/resources/{rid}/assets/{aid}/renditions/poster"
    assert visitor.get(poster).status_code == 200


def test_a_lesson_in_word_is_found_by_a_word_of_its_pages_and_withdrawn(
    caravan: Running, samples: Path
) -> None:
    giver, curator, visitor = (caravan.client(who) for who in ("contributor", "curator", None))
    paper = samples / "documents" / "arabic_un_crc_rtl.docx"
    rid = begun(
        giver,
        kind="lesson_plan",
        title={"en": "Children have rights"},
        summary={"en": "To read aloud."},
        subjects=["history_of_science"],
        ages=[10, 14],
        details={"duration_minutes": 45},
    )
    send(caravan, rid, paper)
    files = looked_at(giver, rid)
    assert files["main"]["facts"]["language"] == "ar"
    assert [each["code"] for each in files["main"]["reasons"]] == ["external_reference"]
    assert giver.post(f"/resources/{rid}/submission").status_code == 200
    assert curator.post(f"/resources/{rid}/claim").status_code == 200
    released = f"/resources/{rid}/assets/{files['main']['id']}/release"
    assert curator.post(released, json={"note": "Only a template."}).status_code in (200, 204)
    admin = caravan.client("admin")
    assert admin.post(f"/resources/{rid}/decision", json={"decision": "publish"}).status_code == 403
    assert (
        curator.post(f"/resources/{rid}/decision", json={"decision": "publish"}).status_code == 200
    )
    hit = search(visitor, rid, q="الطفل", lang="ar")
    assert hit["snippets"][0]["field"] == "file"
    taken = visitor.get(f"/resources/{rid}/assets/{files['main']['id']}/content")
    assert taken.content == paper.read_bytes()
    assert "attachment" in taken.headers["Content-Disposition"]
    assert taken.headers["Content-Type"] == DOCX
    gone = curator.post(f"/resources/{rid}/withdrawal", json={"reason": "A newer one is coming."})
    assert gone.status_code == 200
    assert visitor.get(f"/resources/{rid}").status_code == 410
    assert visitor.get(f"/resources/{rid}/assets/{files['main']['id']}/content").status_code == 410
    until(
        lambda: (
            visitor.get("/resources", params={"q": "children have rights"}).json()["total"] == 0
        ),
        30,
    )
    actions = [each["action"] for each in giver.get(f"/resources/{rid}/events").json()["results"]]
    assert actions == ["create", "give_file", "submit", "claim", "release", "publish", "withdraw"]


def test_an_exhibit_with_a_held_drawing_is_released_and_taken_by_a_party_to_an_agreement(
    caravan: Running, samples: Path
) -> None:
    giver, curator, partner, admin = (
        caravan.client(who) for who in ("contributor", "curator", "partner", "admin")
    )
    rid = begun(
        giver,
        kind="exhibit",
        title={"en": "A cube to hold"},
        summary={"en": "Twenty millimetres on every side."},
        subjects=["geometry"],
        access="agreement",
        details={"mass_kg": 1},
    )
    send(caravan, rid, samples / "models" / "20mm_xyz_cube.stl")
    send(caravan, rid, samples / "images" / "svg_panel.svg", "drawing")
    files = looked_at(giver, rid)
    assert (files["main"]["verdict"], files["drawing"]["verdict"]) == ("accept", "hold")
    assert files["main"]["facts"]["triangles"] == 260
    assert giver.post(f"/resources/{rid}/submission").status_code == 200
    drawing = f"/resources/{rid}/assets/{files['drawing']['id']}"
    assert giver.post(f"{drawing}/release", json={"note": "Mine."}).status_code == 403
    assert curator.post(f"{drawing}/release", json={"note": "Only lines."}).status_code in (
        200,
        204,
    )
    judge(curator, rid, "publish")
    cube = f"/resources/{rid}/assets/{files['main']['id']}/content"
    assert partner.get(cube).status_code == 403
    pact = {"id": f"pact-{rid}", "parties": ["lanzhou", "muscat"]}
    assert admin.post("/agreements", json=pact).status_code == 201
    for path in (cube, f"{drawing}/content"):
        answer = partner.get(path)
        assert (answer.status_code, answer.headers["X-Content-Type-Options"]) == (200, "nosniff")
    assert search(partner, rid, q="cube", format="model")["thumbnail"]
