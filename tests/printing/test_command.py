"""Printing from the command line, as somebody."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from gis_grid.audit.models import Entry
from tests.conftest import LIJIA, QUANFENG
from tests.printing.conftest import read


def test_it_prints_what_the_person_may_see(
    ground: object, cast: SimpleNamespace, tmp_path: Path
) -> None:
    out = tmp_path / "village.pdf"
    call_command("print_map", QUANFENG, str(out), user="leader", size="A4", portrait=True)
    assert len(read(out.read_bytes()).pages) == 1
    assert Entry.objects.get(action="map_printed").actor == "leader"
    for area, user in ((LIJIA, "leader"), (QUANFENG, "none")):
        with pytest.raises(CommandError):
            call_command("print_map", area, str(out), user=user)
