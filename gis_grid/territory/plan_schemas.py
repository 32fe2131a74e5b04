"""What the API takes to draw: one shape for each type of operation, checked at the edge."""

import datetime as dt
import uuid
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import AfterValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from gis_grid.core.crs import EAST, NORTH, SOUTH, WEST
from gis_grid.core.texts import Text
from gis_grid.core.words import fits_a_name
from gis_grid.territory.coverage import MAX_VERTICES

GRID = r"^[1-9]\d{14}$"
AREA = r"^[1-9]\d{11}(\d{3})?$"
MOST_POINTS = 5_000

Lon = Annotated[float, Field(ge=WEST, le=EAST, allow_inf_nan=False)]
Lat = Annotated[float, Field(ge=SOUTH, le=NORTH, allow_inf_nan=False)]
Place = tuple[Lon, Lat]
Line = Annotated[list[Place], Field(min_length=2, max_length=MOST_POINTS)]
Ring = Annotated[list[Place], Field(min_length=4, max_length=MOST_POINTS)]
GridCode = Annotated[str, Field(pattern=GRID)]
Village = Annotated[str, Field(pattern=r"^[1-9]\d{11}$")]


def _plain(name: str) -> str:
    """A name as it may stand in lists and files: no markup, formula or hidden character."""
    if not fits_a_name(name):
        raise PydanticCustomError("unfit_name", "unfit as a name")
    return name.strip()


Name = Annotated[str, Field(min_length=1, max_length=60), AfterValidator(_plain)]
Kind = Literal["small", "void", "enclave"]


def _few(lines: list[Any]) -> list[Any]:
    """Lines drawn by hand, which have `MOST_POINTS` together at most."""
    if sum(len(line) for line in lines) > MOST_POINTS:
        raise PydanticCustomError("too_long", "too many points", {"max_length": MOST_POINTS})
    return lines


Lines = Annotated[list[Line], Field(min_length=1, max_length=50), AfterValidator(_few)]
Outline = Annotated[list[Ring], Field(min_length=1, max_length=50), AfterValidator(_few)]


class _Op(Schema):
    model_config = ConfigDict(extra="forbid")

    def as_json(self) -> dict[str, Any]:
        """What is kept: as it was sent, without what was left out."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


class Split(_Op):
    type: Literal["split"]
    grid: GridCode
    lines: Lines | None = None
    reference: int | None = Field(None, ge=1, description="Id of a road or stream to cut along.")
    names: list[Name] = Field([], max_length=50)

    @model_validator(mode="after")
    def _one_way(self) -> "Split":
        if (self.lines is None) == (self.reference is None):
            raise PydanticCustomError(
                "one_of_two", "lines or reference", {"names": "lines, reference"}
            )
        return self


class Merge(_Op):
    type: Literal["merge"]
    grids: list[GridCode] = Field(min_length=2, max_length=50)
    keep: GridCode


class Reshape(_Op):
    type: Literal["reshape"]
    line: Line
    grids: list[GridCode] = Field([], max_length=50)


class Move(_Op):
    origin: Place = Field(alias="from")
    to: Place


class Insert(_Op):
    between: tuple[Place, Place]
    at: Place


class MoveNodes(_Op):
    type: Literal["move_nodes"]
    moves: list[Move] = Field([], max_length=MOST_POINTS)
    insert: list[Insert] = Field([], max_length=MOST_POINTS)
    remove: list[Place] = Field([], max_length=MOST_POINTS)

    @model_validator(mode="after")
    def _something(self) -> "MoveNodes":
        if not (self.moves or self.insert or self.remove):
            raise PydanticCustomError("too_short", "nothing to move", {"min_length": 1})
        return self


class Transfer(_Op):
    type: Literal["transfer"]
    source: GridCode = Field(alias="from")
    to: Annotated[str, Field(pattern=AREA)]
    area: Outline | None = None
    name: Name | None = None


class FillGap(_Op):
    type: Literal["fill_gap"]
    place: Place
    to: GridCode


class Create(_Op):
    type: Literal["create"]
    village: Village
    area: Outline
    name: Name
    kind: Kind = "small"


class Rename(_Op):
    type: Literal["rename"]
    grid: GridCode
    name: Name


class Recode(_Op):
    type: Literal["recode"]
    grid: GridCode
    code: GridCode


class SetKind(_Op):
    type: Literal["set_kind"]
    grid: GridCode
    kind: Kind


ImportRing = Annotated[list[Place], Field(min_length=4, max_length=MAX_VERTICES)]
Rings = Annotated[list[ImportRing], Field(min_length=1, max_length=1_000)]


class OnePiece(_Op):
    type: Literal["Polygon"]
    coordinates: Rings


class SeveralPieces(_Op):
    type: Literal["MultiPolygon"]
    coordinates: list[Rings] = Field(min_length=1, max_length=1_000)


class ImportCell(_Op):
    code: GridCode | None = None
    name: Name
    kind: Kind = "small"
    geometry: Annotated[OnePiece | SeveralPieces, Field(discriminator="type")]


class Import(_Op):
    type: Literal["import"]
    village: Village
    cells: list[ImportCell] = Field(min_length=1, max_length=999)
    tolerance_m: float = Field(1.0, ge=0, le=50, allow_inf_nan=False)


class Undo(_Op):
    type: Literal["undo", "redo"]
    operation: int | None = Field(None, ge=1, description="Its number; else the last of mine.")


Op = Annotated[
    Split
    | Merge
    | Reshape
    | MoveNodes
    | Transfer
    | FillGap
    | Create
    | Rename
    | Recode
    | SetKind
    | Import
    | Undo,
    Field(discriminator="type"),
]


class OperationIn(Schema):
    base_revision: int = Field(ge=0, description="The revision that it was drawn on.")
    client_op_id: uuid.UUID = Field(description="The same id twice is one operation.")
    dry_run: bool = False
    resolve: Literal["mine", "new_draft"] | None = None
    op: Op


class Divide(_Op):
    type: Literal["divide"]
    grid: GridCode
    parts: int = Field(2, ge=2, le=8)


class Balance(_Op):
    type: Literal["balance"]
    village: Village


class SuggestIn(Schema):
    wanted: Annotated[Divide | Balance, Field(discriminator="type")]


class PlanIn(Schema):
    title: Text = Field(min_length=1, max_length=80)
    reason: Text = Field(min_length=1, max_length=500)
    area_code: Village = Field(description="A village, a town or a county.")
    effective_on: dt.date


class PlanChange(Schema):
    title: Text | None = Field(None, min_length=1, max_length=80)
    reason: Text | None = Field(None, min_length=1, max_length=500)
    effective_on: dt.date | None = None


class PlanQuery(Schema):
    status: (
        Literal[
            "draft", "submitted", "approved", "published", "rejected", "withdrawn", "superseded"
        ]
        | None
    ) = None
    area: str | None = Field(None, pattern=AREA, description="Plans inside this area.")
    limit: int = Field(200, ge=1, le=1000)


class Note(Schema):
    note: Text = Field("", max_length=500)


class RebaseIn(Schema):
    how: Literal["mine", "theirs", "new_draft"]


class CommentIn(Schema):
    text: Text = Field(min_length=1, max_length=1000)
    place: Place | None = None


class HearingIn(Schema):
    village: Village
    held_on: dt.date
    present: int = Field(ge=1, le=10_000)
    outcome: Text = Field("", max_length=1000)


class PresenceIn(Schema):
    grids: list[GridCode] = Field([], max_length=50)
