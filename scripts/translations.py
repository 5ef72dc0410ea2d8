"""Collects the strings of the pages and brings the template and all catalogues up to date.

Babel's own `update` either drops the header of a catalogue, its plural rule with it, or fills it
with dates that change at every run. A language that is new in `config.languages.INTERFACE` gets an
empty catalogue; `tests/house/test_translations.py` then asks for every string.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

from config.languages import INTERFACE
from scripts import glossary
from scripts.second_script import FROM

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "portal" / "translations"
WIDTH = 98
KEYWORDS = {"_": None, "_l": None, "gettext": None, "ngettext": (1, 2)}
NOT_OURS = {".git", ".venv", "bench", "build", "tests", "var"}


def template() -> Catalog:
    """Return every string of the source, in the order of the alphabet."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as lines:
        methods, options = parse_mapping_cfg(lines)  # type: ignore[no-untyped-call]
    found = Catalog()
    for _file, _line, message, _comments, context in extract_from_dir(
        str(ROOT),
        methods,
        keywords=KEYWORDS,
        options_map=options,
        directory_filter=lambda path: Path(path).name not in NOT_OURS,
    ):
        found.add(message, context=context)
    return found


def header(catalogue: Catalog) -> str:
    """Return what gettext must know of a catalogue, and nothing that changes by itself."""
    return (
        'msgid ""\nmsgstr ""\n'
        '"Project-Id-Version: Caravan 1\\n"\n'
        f'"Language: {catalogue.locale_identifier}\\n"\n'
        f'"Plural-Forms: {catalogue.plural_forms}\\n"\n'
        '"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n\n'
    )


def body(catalogue: Catalog) -> str:
    """Return the messages of a catalogue as gettext writes them."""
    out = BytesIO()
    write_po(
        out,
        catalogue,
        width=WIDTH,
        no_location=True,
        omit_header=True,
        sort_output=True,
        ignore_obsolete=True,
    )
    return out.getvalue().decode("utf-8").lstrip("\n")


def place(tag: str) -> Path:
    """Return where the catalogue of a language is; gettext spells sr-Latn as sr_Latn."""
    return FOLDER / tag.replace("-", "_") / "LC_MESSAGES" / "messages.po"


def kept(tag: str) -> Catalog:
    """Return the catalogue of a language as it is, or an empty one."""
    if not place(tag).exists():
        return empty(tag)
    with place(tag).open("rb") as file:
        return read_po(file, locale=tag.replace("-", "_"))


def empty(tag: str) -> Catalog:
    """Return a catalogue without strings, its plurals as CLDR has them.

    Babel's own rules for gettext know neither Malay nor Burmese, and give them two forms.
    """
    locale = tag.replace("-", "_")
    begun = Catalog(locale=locale)
    if not begun.locale or begun.locale.plural_form.tags:
        return begun
    forms = header(begun).replace(begun.plural_forms, "nplurals=1; plural=0;")
    return read_po(BytesIO(forms.encode()), locale=locale)


def made(tag: str) -> Catalog:
    """Return the catalogue of a language in its second script, from that of its first."""
    first, written = FROM[tag]
    catalogue = empty(tag)
    for message in kept(first):
        said = message.string or ""
        if message.id:
            again = written(said) if isinstance(said, str) else tuple(map(written, said))
            catalogue.add(message.id, again, flags=message.flags, context=message.context)
    return catalogue


def main() -> None:
    """Write the template, each catalogue and the glossary; what was translated stays."""
    strings = template()
    (FOLDER / "messages.pot").write_text(body(strings), encoding="utf-8")
    for tag in INTERFACE[1:]:
        catalogue = made(tag) if tag in FROM else kept(tag)
        catalogue.update(strings, no_fuzzy_matching=True)
        path = place(tag)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(header(catalogue) + body(catalogue), encoding="utf-8")
    glossary.write(kept)


if __name__ == "__main__":
    main()
