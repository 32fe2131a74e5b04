"""What stands on a notice: grids with their people and what has changed, no personal data else.

Names and phones are those of the posts, which are published with the grid (DOMAIN §2); of
households nothing is told, not even their number.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.core.errors import StateError
from gis_grid.duties.selectors import Answering, answering
from gis_grid.territory import coverage
from gis_grid.territory.models import Grid, GridVersion, Plan, PlanHearing, Region
from gis_grid.territory.plans import sheets
from gis_grid.territory.plans.report import is_worth_telling
from gis_grid.territory.redraw.sheet import DraftCell
from gis_grid.territory.selectors import place_names

M2_A_MU = 2000 / 3
_TOLD = (Plan.Status.APPROVED, Plan.Status.PUBLISHED)
KINDS = {
    "small": lambda: _("Grid"),
    "void": lambda: _("Uninhabited land"),
    "enclave": lambda: _("Grid with an enclave"),
}


@dataclass(frozen=True)
class Line:
    """One grid of the table."""

    code: str
    name: str
    kind: str
    area_mu: float
    change: str
    people: list[Answering]


@dataclass(frozen=True)
class VillagePart:
    """A village with its people and grids, and the grids that it has no longer."""

    code: str
    name: str
    people: list[Answering]
    grids: list[Line]
    ended: list[str]
    hearing: PlanHearing | None


@dataclass(frozen=True)
class Notice:
    """Everything that a notice shows."""

    plan: Plan
    area_name: str
    villages: list[VillagePart]
    # Cells of the villages by code, as they hold with the plan; `changed` are drawn strong.
    cells: Mapping[str, DraftCell]
    changed: frozenset[str]
    since: dt.date
    is_demo: bool

    @property
    def reason(self) -> str:
        """The plan's reason, for a sentence to go on behind it."""
        return self.plan.reason.rstrip("。.；;，, ")


def notice_of(plan: Plan, user: User) -> Notice:
    """The notice of an approved or published plan, as far as the person sees its land.

    StateError for a plan that is not vetted: what hangs on the wall has been decided.
    """
    if plan.status not in _TOLD:
        raise StateError(_("Only an approved or published plan has a notice."))
    scope = user.scope(Permission.MAP_VIEW)
    pairs = {
        code: (before, after)
        for code, (before, after) in sheets.changed_cells(plan).items()
        if scope.covers(code) and is_worth_telling(before, after)
    }
    villages = sorted({code[:12] for code in pairs})
    cells = _cells(plan, villages, pairs)
    names = place_names([plan.area_code, *villages])
    hearings = {one.village: one for one in plan.hearings.defer("minutes").order_by("held_on")}
    parts = [
        VillagePart(
            code=village,
            name=names.get(village, village),
            people=_own(user, village),
            grids=_lines(user, village, cells, pairs),
            ended=_ended(village, pairs),
            hearing=hearings.get(village),
        )
        for village in villages
    ]
    regions = Region.objects.filter(code=plan.area_code)
    area = parts[0].name if len(parts) == 1 else names.get(plan.area_code, "")
    return Notice(
        plan=plan,
        area_name=area,
        villages=parts,
        cells=cells,
        changed=frozenset(pairs),
        since=plan.effective_on,
        is_demo=regions.filter(is_demo=True).exists(),
    )


def _cells(
    plan: Plan,
    villages: list[str],
    pairs: Mapping[str, tuple[DraftCell | None, DraftCell | None]],
) -> dict[str, DraftCell]:
    """The villages' small grids with the plan: as of its publication, or as they will be."""
    held = GridVersion.objects.at(plan.published_at).filter(
        grid__level=Grid.Level.SMALL, parent__code__in=villages
    )
    draft = sheets.cells_of(held)
    if plan.status != Plan.Status.PUBLISHED:
        for code, (_before, after) in pairs.items():
            draft.pop(code, None)
            if after is not None:
                draft[code] = after
    return dict(sorted(draft.items()))


def _own(user: User, area: str) -> list[Answering]:
    """People with a post of the grid in this very area."""
    return [one for one in answering(user, area) if one.area_code == area and one.is_grid_post]


def _lines(
    user: User,
    village: str,
    cells: Mapping[str, DraftCell],
    pairs: Mapping[str, tuple[DraftCell | None, DraftCell | None]],
) -> list[Line]:
    return [
        Line(
            code=code,
            name=cell.name,
            kind=KINDS[cell.kind](),
            area_mu=coverage.area_m2(cell.shape) / M2_A_MU,
            change=_change(pairs.get(code)),
            people=_own(user, code),
        )
        for code, cell in cells.items()
        if code.startswith(village)
    ]


def _change(pair: tuple[DraftCell | None, DraftCell | None] | None) -> str:
    if pair is None:
        return _("as before")
    before, after = pair
    if before is None:
        return _("new")
    if after is not None and before.shape.normalize() == after.shape.normalize():
        return _("renamed") if before.name != after.name else _("as before")
    return _("border changed")


def _ended(
    village: str, pairs: Mapping[str, tuple[DraftCell | None, DraftCell | None]]
) -> list[str]:
    return [
        f"{before.name} ({code})"
        for code, (before, after) in pairs.items()
        if before is not None and after is None and code.startswith(village)
    ]
