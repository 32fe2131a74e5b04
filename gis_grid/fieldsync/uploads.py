"""Files in pieces by tus 1.0 (core, creation, checksum, expiration) at `/api/v1/uploads/`.

Plain views: ninja would read a body whole. Only a bearer token opens them, so that there is no
cookie that another site could ride on.
"""

import base64
import binascii
import functools
import uuid
from collections.abc import Callable, Iterator

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, UnreadablePostError
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from gis_grid.core.errors import DomainError, InputError
from gis_grid.core.middleware import error_response
from gis_grid.core.texts import tidy
from gis_grid.fieldsync.device_auth import caller_by_header
from gis_grid.fieldsync.errors import MediaTypeError, ProtocolError
from gis_grid.fieldsync.models import Upload
from gis_grid.fieldsync.services import uploading

VERSION = "1.0.0"
PIECE_TYPE = "application/offset+octet-stream"
CHECKSUMS = ("sha1", "sha256")
_READ = 1 << 18
View = Callable[..., HttpResponse]


def _tus(*methods: str) -> Callable[[View], View]:
    """What every answer says, and what is refused before a view runs."""

    def wrap(view: View) -> View:
        @csrf_exempt
        @functools.wraps(view)
        def asked(request: HttpRequest, **args: uuid.UUID) -> HttpResponse:
            method = _method_of(request)
            if method == "OPTIONS":
                answer = _abilities()
            elif method not in methods:
                answer = HttpResponseNotAllowed(["OPTIONS", *methods])
            else:
                try:
                    _require_version(request)
                    answer = view(request, method, **args)
                except DomainError as error:
                    answer = error_response(request, error)
                    if isinstance(error, ProtocolError):
                        answer["Tus-Version"] = VERSION
            answer["Tus-Resumable"] = VERSION
            answer["Cache-Control"] = "no-store"
            return answer

        return asked

    return wrap


@_tus("POST")
def uploads(request: HttpRequest, method: str) -> HttpResponse:
    """Announce a file; the same one again answers the upload that is there."""
    caller = caller_by_header(request)
    told = _announced(request)
    upload = uploading.begin(user=caller.user, device=caller.device, told=told)
    answer = HttpResponse(status=201)
    answer["Location"] = f"{request.path}{upload.pk}"
    return _with_state(answer, upload)


@_tus("HEAD", "PATCH")
def upload(request: HttpRequest, method: str, key: uuid.UUID) -> HttpResponse:
    """How far it has come, or its next piece."""
    user = caller_by_header(request).user
    if method == "HEAD":
        found = uploading.the_upload(user, key)
        answer = _with_state(HttpResponse(), found)
        answer["Upload-Length"] = str(found.size)
        answer["Upload-Metadata"] = _metadata_of(found)
        return answer
    if request.content_type != PIECE_TYPE:
        raise MediaTypeError(_("A piece is sent as %(type)s.") % {"type": PIECE_TYPE})
    done = uploading.add(
        user=user,
        key=key,
        offset=_number(request, "Upload-Offset"),
        pieces=_pieces(request),
        checksum=_checksum(request),
    )
    return _with_state(HttpResponse(status=204), done)


def _with_state(answer: HttpResponse, upload: Upload) -> HttpResponse:
    answer["Upload-Offset"] = str(upload.offset)
    if upload.state == Upload.State.PARTIAL:
        answer["Upload-Expires"] = http_date(upload.expires_at.timestamp())
    return answer


def _abilities() -> HttpResponse:
    answer = HttpResponse(status=204)
    answer["Tus-Version"] = VERSION
    answer["Tus-Extension"] = "creation,checksum,expiration"
    answer["Tus-Checksum-Algorithm"] = ",".join(CHECKSUMS)
    answer["Tus-Max-Size"] = str(settings.ATTACHMENT_BYTES)
    return answer


def _method_of(request: HttpRequest) -> str:
    """For clients in whose way something stands that lets no PATCH through."""
    if request.method == "POST":
        return request.headers.get("X-HTTP-Method-Override", "POST").upper()
    return request.method or ""


def _require_version(request: HttpRequest) -> None:
    if request.headers.get("Tus-Resumable") != VERSION:
        raise ProtocolError(
            _("This server speaks tus %(version)s.") % {"version": VERSION}, where="Tus-Resumable"
        )


def _pieces(request: HttpRequest) -> Iterator[bytes]:
    """The body as far as it comes: of one that breaks off, what was there is kept."""
    while True:
        try:
            piece = request.read(_READ)
        except UnreadablePostError:
            return
        if not piece:
            return
        yield piece


def _number(request: HttpRequest, header: str) -> int:
    text = request.headers.get(header, "")
    if not (text.isascii() and text.isdecimal()) or len(text) > 18:
        raise InputError(_("A whole number is wanted here."), where=header)
    return int(text)


def _checksum(request: HttpRequest) -> uploading.Checksum | None:
    text = request.headers.get("Upload-Checksum")
    if text is None:
        return None
    algorithm, _blank, digest = text.partition(" ")
    if algorithm not in CHECKSUMS:
        raise InputError(
            _("Checksums are taken as one of: %(known)s.") % {"known": ", ".join(CHECKSUMS)},
            where="Upload-Checksum",
        )
    return uploading.Checksum(algorithm, _decoded(digest, "Upload-Checksum"))


def _announced(request: HttpRequest) -> uploading.Announced:
    where = "Upload-Metadata"
    given: dict[str, str] = {}
    for pair in request.headers.get(where, "").split(","):
        name, _blank, value = pair.strip().partition(" ")
        try:
            given[name] = tidy(_decoded(value, where).decode())
        except UnicodeDecodeError as error:
            raise InputError(_("This is no text: %(name)s.") % {"name": name}, where) from error
    sha256 = given.get("sha256", "").lower()
    if len(sha256) != 64 or set(sha256) - set("0123456789abcdef"):
        raise InputError(_("The SHA-256 of the whole file is wanted, in hex."), where="sha256")
    return uploading.Announced(
        op_id=_id(given, "op"),
        attachment=_id(given, "attachment"),
        sha256=sha256,
        size=_number(request, "Upload-Length"),
        name=given.get("filename", "")[:255],
        content_type=given.get("filetype", "")[:100],
    )


def _id(given: dict[str, str], name: str) -> uuid.UUID:
    try:
        return uuid.UUID(given.get(name, ""))
    except ValueError:
        raise InputError(_("A UUID is wanted here."), where=name) from None


def _decoded(text: str, where: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise InputError(_("This is no base64."), where=where) from None


def _metadata_of(upload: Upload) -> str:
    told = {
        "op": str(upload.op_id),
        "attachment": str(upload.attachment),
        "sha256": upload.sha256,
        "filename": upload.name,
        "filetype": upload.content_type,
    }
    return ",".join(
        f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in told.items()
    )
