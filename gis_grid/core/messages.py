"""What the project says to people, gathered from its sources, against the Chinese catalogue.

Works without GNU gettext: Babel reads Python, JavaScript and (by Django's own templatize)
templates; polib reads and writes the catalogue. Only developers need it.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polib
from babel.messages.extract import extract_javascript, extract_python
from django.conf import settings
from django.utils.translation.template import templatize

ROOT: Path = settings.BASE_DIR
KEYWORDS = [
    "_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy",
    "pgettext", "pgettext_lazy", "npgettext",
]  # fmt: skip
DOMAINS = ("django", "djangojs")


@dataclass(frozen=True)
class Message:
    """A text to translate. `plural` and `context` are empty where it has none."""

    text: str
    plural: str
    context: str
    source: str

    @property
    def key(self) -> tuple[str, str]:
        return self.context, self.text


def catalogue_path(domain: str) -> Path:
    return ROOT / "gis_grid" / "locale" / "zh_Hans" / "LC_MESSAGES" / f"{domain}.po"


def used(domain: str) -> dict[tuple[str, str], Message]:
    """Every message of the sources, by (context, text)."""
    found = _javascript() if domain == "djangojs" else _python_and_templates()
    return {message.key: message for message in found}


def _python_and_templates() -> Iterator[Message]:
    for path in sorted((ROOT / "gis_grid").rglob("*.py")):
        if "migrations" not in path.parts:
            yield from _messages(path, path.read_bytes(), extract_python)
    for path in sorted((ROOT / "gis_grid").rglob("*.html")):
        yield from _messages(path, templatize(path.read_text("utf-8")).encode(), extract_python)


def _javascript() -> Iterator[Message]:
    for path in sorted((ROOT / "static" / "js").rglob("*.js")):
        yield from _messages(path, path.read_bytes(), extract_javascript)


def _messages(path: Path, content: bytes, extract: object) -> Iterator[Message]:
    rows = extract(io.BytesIO(content), KEYWORDS, [], {"encoding": "utf-8"})  # type: ignore[operator]
    for line, function, texts, _comments in rows:
        source = f"{path.relative_to(ROOT)}:{line}"
        parts = [text or "" for text in (texts if isinstance(texts, tuple) else (texts,))]
        context = parts.pop(0) if "pgettext" in function else ""
        plural = parts[1] if "ngettext" in function or "npgettext" in function else ""
        if parts and parts[0]:
            yield Message(parts[0], plural, context, source)


def load(domain: str) -> polib.POFile:
    path = catalogue_path(domain)
    if path.exists():
        return polib.pofile(str(path))
    fresh = polib.POFile(wrapwidth=100)
    fresh.metadata = {
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": "zh_Hans",
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    return fresh


def untranslated(domain: str) -> list[str]:
    """Messages with no translation, a doubtful one, or placeholders that differ."""
    entries = {(entry.msgctxt or "", entry.msgid): entry for entry in load(domain)}
    faults = []
    for key, message in used(domain).items():
        entry = entries.get(key)
        if entry is None or not entry.translated() or entry.fuzzy:
            faults.append(f"{message.source}: {message.text}")
    return faults


def update(domain: str) -> int:
    """Bring the catalogue in line with the sources; the number of messages it gained."""
    wanted, catalogue = used(domain), load(domain)
    entries = {(entry.msgctxt or "", entry.msgid): entry for entry in catalogue}
    for key in set(entries) - set(wanted):
        catalogue.remove(entries[key])
    new = [message for key, message in wanted.items() if key not in entries]
    for message in new:
        entry = polib.POEntry(msgid=message.text, msgctxt=message.context or None)
        if message.plural:
            entry.msgid_plural, entry.msgstr_plural = message.plural, {0: ""}
        catalogue.append(entry)
    for entry in catalogue:
        # Lines move with every edit: the file alone keeps the catalogue's history readable.
        source = wanted[entry.msgctxt or "", entry.msgid].source
        entry.occurrences = [(source.rsplit(":", 1)[0], "")]
        entry.flags = [flag for flag in entry.flags if flag != "fuzzy"]
        if "%(" in entry.msgid and "python-format" not in entry.flags:
            entry.flags.append("python-format")
    catalogue.sort(key=lambda entry: (entry.occurrences, entry.msgid))
    if wanted:
        catalogue_path(domain).parent.mkdir(parents=True, exist_ok=True)
        catalogue.save(str(catalogue_path(domain)))
    return len(new)
