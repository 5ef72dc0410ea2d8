"""The description inside a glTF file, looked at before any decoder follows it.

Khronos glTF 2.0: JSON, alone or as the first chunk of a GLB. Runs in a child process only.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from ingest.verdict import Faulty

if TYPE_CHECKING:
    from collections.abc import Mapping

_GLB_MAGIC: Final = b"glTF"
_GLB_JSON: Final = 0x4E4F534A
_LARGEST_JSON: Final = 64 * 1024 * 1024
# Compressed geometry that trimesh cannot read: whole, but not for us.
_DECODERS: Final = frozenset({"KHR_draco_mesh_compression", "EXT_meshopt_compression"})


def check_scene(content: bytes) -> None:
    """Refuse what needs other files or decoders, and nodes with two parents or in a ring.

    Raises Faulty: `damaged`, `external_reference`, `unknown_type`, `too_large`.
    """
    scene = _description(content)
    try:
        if not _DECODERS.isdisjoint(scene.get("extensionsRequired", ())):
            raise Faulty("unknown_type", because="compressed geometry")
        for source in (*scene.get("buffers", ()), *scene.get("images", ())):
            if not str(source.get("uri", "data:")).startswith("data:"):
                raise Faulty("external_reference")
        children = [tuple(node.get("children", ())) for node in scene.get("nodes", ())]
        _check_tree(children)
    except (AttributeError, IndexError, TypeError) as broken:
        raise Faulty("damaged", because="not a scene") from broken


def _description(content: bytes) -> Mapping[str, Any]:
    """Return the JSON of a glTF 2.0 file, binary (Khronos glTF 2.0, 4.4) or plain."""
    if content.startswith(_GLB_MAGIC):
        length, kind = (int.from_bytes(content[at : at + 4], "little") for at in (12, 16))
        if kind != _GLB_JSON or 20 + length > len(content):
            raise Faulty("damaged", because="no scene description")
        if int.from_bytes(content[8:12], "little") > len(content):
            raise Faulty("damaged", because="cut off")
        content = content[20 : 20 + length]
    if len(content) > _LARGEST_JSON:
        raise Faulty("too_large")
    try:
        described = json.loads(content)
    except (ValueError, RecursionError) as broken:
        raise Faulty("damaged", because="not JSON") from broken
    if not isinstance(described, dict):
        raise Faulty("damaged", because="not a scene")
    return described


def _check_tree(children: list[tuple[int, ...]]) -> None:
    below = [child for some in children for child in some]
    if len(below) != len(set(below)):
        raise Faulty("damaged", because="a node with two parents")
    waiting = sorted(set(range(len(children))) - set(below))
    reached = 0
    while waiting:
        reached += 1
        waiting.extend(children[waiting.pop()])
    if reached != len(children):
        raise Faulty("damaged", because="nodes in a ring")
