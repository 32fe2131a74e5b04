"""Everything that a user reads has Chinese words, with the same placeholders."""

import re

import pytest

from gis_grid.core import messages

PLACEHOLDER = re.compile(r"%\(\w+\)(?:\.\d+)?[sdf]|%[sd]|\{\w+\}")


@pytest.mark.parametrize("domain", messages.DOMAINS)
def test_every_text_is_translated(domain: str) -> None:
    assert messages.untranslated(domain) == []


@pytest.mark.parametrize("domain", messages.DOMAINS)
def test_no_translation_loses_a_placeholder(domain: str) -> None:
    for entry in messages.load(domain):
        translation = entry.msgstr or entry.msgstr_plural[0]
        wanted = set(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
        assert set(PLACEHOLDER.findall(translation)) == wanted, entry.msgid


def test_the_catalogue_holds_nothing_that_is_no_longer_said() -> None:
    for domain in messages.DOMAINS:
        used = messages.used(domain)
        stale = [e.msgid for e in messages.load(domain) if (e.msgctxt or "", e.msgid) not in used]
        assert stale == []
