"""How a frozen model is filled from named variables, and what is said when one is wrong.

A model declares a variable by a ``Setting`` among the annotations of a field; models nest one
deep, as groups. Which variables there are is told in ``config.settings`` alone.
"""

import difflib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from string import Template
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.fields import FieldInfo

from config.quantities import format_bytes
from config.urls import hide_credentials


class Group(BaseModel):
    """A frozen set of settings."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


@dataclass(frozen=True)
class Setting:
    """What the operator is told of one variable.

    ``default`` is text, read like a value of the environment, in which ``$NAME`` stands for a
    variable declared before. None means that there is no default; ``without`` then says what
    happens.
    """

    variable: str
    default: str | None
    meaning: str
    expects: str
    without: str = "none"
    secret: bool = False


def declared(model: type[Group]) -> Iterator[tuple[tuple[str, ...], Setting]]:
    """Yield the path of each field and its setting, in the order they are declared."""
    for name, info in model.model_fields.items():
        if isinstance(info.annotation, type) and issubclass(info.annotation, Group):
            for path, setting in declared(info.annotation):
                yield (name, *path), setting
        else:
            yield (name,), _setting(info)


def values(model: type[Group], given: Mapping[str, str]) -> dict[str, Any]:
    """Nest the texts as the model has them; what is unset and has no default is left out."""
    nested: dict[str, Any] = {}
    texts: dict[str, str] = {}
    for path, setting in declared(model):
        text = given.get(setting.variable, "").strip()
        if not text and setting.default is not None:
            text = Template(setting.default).substitute(texts)
        into = nested
        for step in path[:-1]:
            into = into.setdefault(step, {})
        if text:
            into[path[-1]] = texts[setting.variable] = text
    return nested


def unknown_name(name: str, known: Iterable[str], prefix: str) -> str:
    """Return the sentence for a variable that is no setting, with the nearest one if any is."""
    # Compared without the prefix, which would make any two names alike.
    endings = sorted(variable.removeprefix(prefix) for variable in known)
    nearest = difflib.get_close_matches(name.removeprefix(prefix), endings, n=1)
    if nearest:
        return f"{name} is not a setting; did you mean {prefix}{nearest[0]}?"
    return f"{name} is not a setting; `caravan settings` lists them all."


def bad_value(
    model: type[Group], texts: Mapping[str, Any], error: ValidationError
) -> tuple[Setting, str]:
    """Return the first setting that did not pass, and the sentence about it.

    The sentence holds the value where it may be shown, and the shape it must have.
    """
    place = error.errors()[0]["loc"]
    for path, setting in declared(model):
        if place[: len(path)] == path:
            text: Any = texts
            for step in path:
                text = text[step]
            # As JSON, so that a line break in the value does not break the sentence.
            quoted = json.dumps(hide_credentials(text), ensure_ascii=False)
            found = "set" if setting.secret else quoted
            return setting, f"{setting.variable} is {found}, but must be {setting.expects}."
    raise error


def shown(setting: Setting, value: object) -> str | None:
    """Write a value for the operator: secrets as stars, sizes with their unit, None as itself."""
    if value is None:
        return None
    if setting.secret:
        return "***"
    if setting.variable.endswith("_BYTES") and isinstance(value, int):
        return format_bytes(value)
    return hide_credentials(str(value))


def _setting(info: FieldInfo) -> Setting:
    return next(item for item in info.metadata if isinstance(item, Setting))
