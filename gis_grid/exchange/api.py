"""Files into drafts, over the API."""

import tempfile
import uuid
from pathlib import Path
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import File, Form, Router, Schema, UploadedFile
from pydantic import AfterValidator, Field

from gis_grid.accounts.access import user_of
from gis_grid.accounts.policies import Permission
from gis_grid.core.errors import InputError
from gis_grid.core.texts import tidy
from gis_grid.exchange.drafts import MAX_BYTES, MapFile, grids_of
from gis_grid.exchange.refusals import refusal
from gis_grid.territory.plan_schemas import Village
from gis_grid.territory.plans.operate import operate
from gis_grid.territory.plans.recording import Asked
from gis_grid.territory.plans.selectors import plan_for

router = Router(tags=["plans"])
Text = Annotated[str, Field(max_length=100), AfterValidator(tidy)]


class ImportIn(Schema):
    village: Village = Field(description="Whose grids the file draws; all of them are replaced.")
    base_revision: int = Field(ge=0)
    client_op_id: uuid.UUID
    dry_run: bool = False
    resolve: Literal["mine", "new_draft"] | None = None
    tolerance_m: float = Field(1.0, ge=0, le=50, allow_inf_nan=False)
    layer: Text = ""
    crs: Text = Field("", description="As EPSG:4547, where the file does not say it or is wrong.")
    encoding: Literal["", "utf-8", "gb18030", "gbk", "big5"] = Field(
        "", description="Of a Shapefile's texts, where it is not recognised."
    )
    code_column: Text = ""
    name_column: Text = ""
    kind_column: Text = ""

    def file(self, path: Path) -> MapFile:
        chosen = {"code": self.code_column, "name": self.name_column, "kind": self.kind_column}
        return MapFile(
            path,
            layer=self.layer or None,
            crs=self.crs or None,
            encoding=self.encoding or None,
            columns={key: name for key, name in chosen.items() if name},
        )


@router.post("/plans/{int:plan_id}/import", summary="A file as one operation")
def import_file(
    request: HttpRequest, plan_id: int, data: Form[ImportIn], file: File[UploadedFile]
) -> dict[str, Any]:
    """A GeoPackage, GeoJSON or zipped Shapefile (20 MB) in the place of a village's grids.

    Answers as `operations` does; `cleaned` tells each grid before and after, `file` what was read.
    """
    user = user_of(request)
    plan = plan_for(user, plan_id)
    # Nobody else's file is even opened.
    user.require(Permission.PLAN_DRAFT, plan.area_code)
    if (file.size or 0) > MAX_BYTES:
        raise refusal("too_large", most=MAX_BYTES // 2**20)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "boundaries"
        with path.open("wb") as copy:
            copy.writelines(file.chunks())
        try:
            drawn = grids_of(data.file(path), data.village)
        except InputError as error:
            # Sentences for the commands name their options; here these are fields.
            error.message = str(error.message).replace("--", "")
            raise
    asked = Asked(
        client_op_id=data.client_op_id,
        base_revision=data.base_revision,
        op={
            "type": "import",
            "village": data.village,
            "cells": drawn.cells,
            "tolerance_m": data.tolerance_m,
        },
        dry_run=data.dry_run,
        resolve=data.resolve,
    )
    told = {"layer": drawn.layer, "crs": drawn.crs, "skipped": drawn.skipped}
    return operate(plan_id=plan_id, acting_user=user, asked=asked) | {"file": told}
