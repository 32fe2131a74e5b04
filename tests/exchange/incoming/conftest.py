"""Files that go the whole way: brought, described, checked, loaded, undone."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import translation

from gis_grid.accounts.models import User
from gis_grid.exchange.incoming import describing, steps
from gis_grid.exchange.incoming.working import work
from gis_grid.exchange.models import Intake
from tests.audit.conftest import web

__all__ = ["web"]


class Wizard:
    """One person with one file; each step as a page asks for it, the worker's part at once."""

    def __init__(self, user: User, path: Path) -> None:
        self.user = user
        with translation.override("en"):
            self.intake = steps.receive(
                acting_user=user, name=path.name, chunks=[path.read_bytes()]
            )

    def check(self, target: str, **more: Any) -> Intake:
        guess = describing.describe(self.user, self.intake, target, layer=more.pop("layer", ""))
        chosen = guess.as_chosen() | more
        return self._go(steps.ask_check, chosen=chosen)

    def load(self, *, keep_good: bool = False) -> Intake:
        return self._go(steps.ask_import, keep_good=keep_good)

    def undo(self) -> Intake:
        return self._go(steps.ask_undo)

    def _go(self, step: Callable[..., Intake], **more: Any) -> Intake:
        with translation.override("en"):
            step(acting_user=self.user, intake_id=self.intake.pk, **more)
            work(self.intake.pk)
        self.intake.refresh_from_db()
        return self.intake


@pytest.fixture
def wizard(settings: Any, tmp_path: Path, cast: SimpleNamespace) -> Callable[..., Wizard]:
    """`wizard(path, user)`: a file brought by the town's office, or another."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return lambda path, user=None: Wizard(user or cast.office, path)
