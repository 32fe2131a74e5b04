"""A client of tus in a test, and a kind of thing that takes what it sends."""

import base64
import hashlib
import uuid
from dataclasses import dataclass, field
from typing import Any

from gis_grid.accounts.models import User
from gis_grid.core import crypto
from gis_grid.fieldsync.models import Operation, Outcome
from gis_grid.fieldsync.reading import PAYLOAD, content_of
from tests.fieldsync.tablets import Tablet

BASE = "/api/v1/uploads/"
PIECE = "application/offset+octet-stream"


def encoded(value: str | bytes) -> str:
    return base64.b64encode(value.encode() if isinstance(value, str) else value).decode()


@dataclass
class File:
    """What is sent, under ids of its own."""

    content: bytes
    op_id: uuid.UUID = field(default_factory=uuid.uuid4)
    attachment: uuid.UUID = field(default_factory=uuid.uuid4)
    name: str = "水沟.jpg"

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    def announced(self, **other: str) -> dict[str, str]:
        """The headers of its creation."""
        told = {
            "op": str(self.op_id),
            "attachment": str(self.attachment),
            "sha256": self.sha256,
            "filename": self.name,
            "filetype": "image/jpeg",
        }
        pairs = ",".join(f"{name} {encoded(value)}" for name, value in (told | other).items())
        return {"upload-length": str(len(self.content)), "upload-metadata": pairs}


class Sender:
    """Speaks tus as a tablet."""

    def __init__(self, tablet: Tablet) -> None:
        self.tablet = tablet

    def ask(self, method: str, url: str, content: bytes = b"", **headers: str) -> Any:
        given = {"tus-resumable": "1.0.0"}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        kind = given.pop("content-type", PIECE)
        return self.tablet.client.generic(method, url, content, content_type=kind, headers=given)

    def begin(self, file: File, **other: str) -> Any:
        return self.ask("POST", BASE, **file.announced(**other))

    def url(self, file: File) -> str:
        answer = self.begin(file)
        assert answer.status_code == 201, answer.content
        return str(answer["Location"])

    def put(self, url: str, offset: int, content: bytes, **headers: str) -> Any:
        return self.ask("PATCH", url, content, upload_offset=str(offset), **headers)

    def offset(self, url: str) -> int:
        answer = self.ask("HEAD", url)
        assert answer.status_code == 200
        return int(answer["Upload-Offset"])


def applied(user: User, file: File, **more: Any) -> Operation:
    """The operation of the file, as it stands when it has been applied to thing 7."""
    told = {"outcome": Outcome.APPLIED, "object_id": 7, "entity": "thing", **more}
    sent = {
        "op_id": str(file.op_id),
        "seq": 1,
        "entity": "thing",
        "action": "create",
        "changes": {},
    }
    text, digest = content_of(sent)
    return Operation.objects.create(
        op_id=file.op_id,
        user=user,
        seq=1,
        action="create",
        payload_cipher=crypto.encrypt(text, purpose=PAYLOAD),
        digest=digest,
        **told,
    )
