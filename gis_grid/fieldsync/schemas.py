"""What the API of the field takes, checked at the edge."""

from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from gis_grid.core.texts import Text

MOST_RECEIPTS = 500
Code = Annotated[str, Field(pattern=r"^[1-9]\d{11}(\d{3})?$")]


class ReceiptsIn(Schema):
    op_ids: list[UUID] = Field(max_length=MOST_RECEIPTS)
    queue: int | None = Field(None, ge=0, le=2**31 - 1, description="What the tablet still holds.")


class SettleIn(Schema):
    choice: Literal["mine", "theirs", "other"]
    value: Any = Field(None, description="With the choice `other`.")
    theirs: Any = Field(None, description="The server's value that was on the screen.")


class HeldIn(Schema):
    take: bool = Field(description="Do it in one's own name, or refuse it.")
    reason: Text = Field("", max_length=500)


class AreasQuery(Schema):
    areas: str = Field(max_length=8_000, description="Codes with commas between.")

    def codes(self) -> list[str]:
        return [code.strip() for code in self.areas.split(",") if code.strip()]


class PullQuery(AreasQuery):
    cursor: str = Field("", max_length=400)
    limit: int = Field(5_000, ge=1, le=5_000)
    forms: str = Field("", max_length=40, description="`etag` of the forms that are there.")
