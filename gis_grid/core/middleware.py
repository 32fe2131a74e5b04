"""One place where domain errors become answers of pages."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from gis_grid.core.errors import DomainError


def error_response(request: HttpRequest, error: DomainError) -> HttpResponse:
    """JSON for scripts, a page for people; the same status and sentence."""
    if "text/html" in request.headers.get("Accept", ""):
        return render(request, "error.html", {"error": error}, status=error.status)
    return JsonResponse({"error": error.as_json()}, status=error.status)


class DomainErrorMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return error_response(request, error) if isinstance(error, DomainError) else None
