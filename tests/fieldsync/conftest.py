"""A tablet of the surveyor, and a place for the files that come from it."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.conftest import NewCell
from tests.fieldsync.tablets import Tablet


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def tablet(ground: dict[str, NewCell], cast: SimpleNamespace) -> Tablet:
    return Tablet(cast.surveyor)
