"""A tablet in Python, by docs/field-sync.md alone: a second reading of the contract."""

import json
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

FINAL = ("applied", "duplicate", "conflict", "held", "rejected")
# Small pages, so that there are several.
PAGE = 3


class EndedError(Exception):
    """The token has ended, or the tablet was revoked (`code`)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass
class Twin:
    """What a tablet holds. `sealed` never changes; `open` waits for a final word, in order."""

    login: str
    areas: str
    token: str = ""
    device: str = ""
    seq: int = 0
    sealed: dict[str, dict[str, Any]] = field(default_factory=dict)
    open: list[str] = field(default_factory=list)
    receipts: dict[str, dict[str, Any]] = field(default_factory=dict)
    cursor: str = ""
    mirror: dict[tuple[str, int], Any] = field(default_factory=dict)

    def call(self, path: str, body: Any = None, *, raw: bytes | None = None) -> tuple[int, Any]:
        headers = {"accept-language": "en"}
        if self.token:
            headers["authorization"] = f"Bearer {self.token}"
        client = Client(headers=headers, enforce_csrf_checks=True)
        if body is None and raw is None:
            answer = client.get(f"/api/v1/{path}")
        else:
            content = json.dumps(body).encode() if raw is None else raw
            answer = client.post(f"/api/v1/{path}", content, content_type="application/json")
        found = answer.json()
        if answer.status_code == 401:
            raise EndedError(found["error"]["code"])
        return answer.status_code, found

    def enrol(self, code: str) -> None:
        self.token = ""
        given = {"code": code, "name": "twin"} | ({"device": self.device} if self.device else {})
        status, found = self.call("devices/enrol", given)
        assert status == 201, found
        self.token, self.device = found["token"], found["device"]

    def seal(self, entity: str, action: str, changes: dict[str, Any], **about: Any) -> str:
        """Finish an operation; `changes` are `{field: [old, new]}`."""
        self.seq += 1
        made = {
            "op_id": str(uuid.uuid4()),
            "device": self.device,
            "seq": self.seq,
            "entity": entity,
            "action": action,
            "record": str(uuid.uuid4()),
            "server_id": None,
            "base_rev": None,
            "form_version": 1,
            "made_at": "2026-11-25T09:12:00+08:00",
            "changes": changes,
            "fix": None,
            "attachments": [],
            **about,
        }
        self.sealed[made["op_id"]] = made
        self.open.append(made["op_id"])
        return str(made["op_id"])

    def body(self, most: int = 200) -> dict[str, Any]:
        chosen = [self.sealed[key] for key in self.open[:most]]
        return {"device": self.device, "queue": len(self.open), "operations": chosen}

    def push(self, most: int = 200, *, is_answer_lost: bool = False) -> None:
        body = self.body(most)
        status, found = self.call("sync/push", body)
        assert status == 200, found
        assert len(found["receipts"]) == len(body["operations"])
        if not is_answer_lost:
            self.take(found["receipts"])

    def take(self, receipts: list[dict[str, Any]]) -> None:
        """Keep final words; one that was final says the same ever after, or how it was settled."""
        for receipt in receipts:
            key, known = receipt["op_id"], self.receipts.get(receipt["op_id"])
            if known is not None and not receipt["settled"] and not known["settled"]:
                assert receipt["outcome"] == known["outcome"], (known, receipt)
                assert receipt["server_id"] == known["server_id"]
            if receipt["outcome"] in FINAL:
                self.receipts[key] = receipt
                if key in self.open:
                    self.open.remove(key)

    def ask(self) -> None:
        """How held ones went on."""
        held = [key for key, one in self.receipts.items() if one["outcome"] == "held"]
        if held:
            self.take(self.call("sync/receipts", {"op_ids": held[:500]})[1]["receipts"])

    def pull(self) -> None:
        """All that has changed since, laid over the mirror; from the beginning at a reset."""
        more = True
        while more:
            path = f"sync/pull?areas={self.areas}&cursor={self.cursor}&limit={PAGE}"
            status, page = self.call(path)
            assert status == 200, page
            if page["reset"]:
                self.cursor, self.mirror = "", {}
                continue
            for entity, rows in page["changes"].items():
                self.mirror |= {(entity, row["id"]): row for row in rows}
            for entity, ids in page["gone"].items():
                for key in ids:
                    self.mirror.pop((entity, key), None)
            self.cursor, more = page["cursor"], page["more"]

    def fresh(self) -> dict[tuple[str, int], Any]:
        """What a tablet would be told that begins now."""
        other = Twin(self.login, self.areas, self.token)
        other.pull()
        return other.mirror
