"""The role that serves the web, for the tests of the households."""

from tests.audit.conftest import web

__all__ = ["web"]
