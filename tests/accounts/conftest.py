"""A browser, and people who sign in with it."""

import pytest
from django.test import Client

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Role
from tests.conftest import JINPING, make_user


@pytest.fixture
def visitor() -> Client:
    """A client that asks for pages, as a person's browser does."""
    return Client(headers={"accept": "text/html,application/xhtml+xml"})


@pytest.fixture
def clerk(db: None) -> User:
    """Somebody of the office of Jinping."""
    return make_user("clerk", Role.OFFICE, JINPING)
