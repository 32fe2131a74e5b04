"""An intake told in lines of text: what it was taken for, what it would change, how it stands."""

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _

from gis_grid.core.problems import Counts
from gis_grid.exchange import report
from gis_grid.exchange.forms import OF_KIND
from gis_grid.exchange.incoming.targets import target_of
from gis_grid.exchange.incoming.words import FORMATS, datum_label
from gis_grid.exchange.models import KEPT, Intake


def checked(intake: Intake) -> Iterator[str]:
    """How the file was read, and what loading it would change."""
    target = target_of(intake.chosen["target"])
    yield from _described(intake)
    for kind, row in counts_of(intake):
        yield report.counted(kind, Counts(**row))
        if gone := intake.result["gone"].get(kind):
            values = {"count": gone["count"], "names": _joined(gone["names"], gone["count"])}
            if target is None or target.keeps_others:
                yield (
                    _("  %(count)d that you have are not in the file, and stay: %(names)s") % values
                )
            else:
                yield _("  %(count)d are not in the file, and end: %(names)s") % values
    for rows in intake.result["difference"].values():
        if rows["new"]:
            names = [row["label"] for row in rows["new"]]
            yield _("New: %(names)s") % {"names": _joined(names, len(names))}
        for row in rows["changed"]:
            cells = [
                " ".join(filter(None, (cell["column"], " → ".join(cell["values"]))))
                for cell in row["columns"]
            ]
            yield _("Changed: %(name)s: %(what)s") % {
                "name": row["label"],
                "what": " · ".join(cells),
            }


def counts_of(intake: Intake) -> list[tuple[str, dict[str, int]]]:
    """What became of the rows of each table, by its kind, in the order of the target's tables."""
    counts = intake.result.get("counts", {})
    target = target_of(intake.chosen.get("target", ""))
    kinds = [form.kind for form in target.forms] if target else list(counts)
    return [(kind, counts[kind]) for kind in kinds if kind in counts]


def _described(intake: Intake) -> Iterator[str]:
    chosen, target = intake.chosen, target_of(intake.chosen["target"])
    datum = datum_label(chosen["datum"]) if chosen["datum"] else ""
    label = str(target.label) if target else ""
    read_as = (FORMATS[intake.found["format"]], intake.found["encoding"], label, datum)
    yield " · ".join(str(one) for one in read_as if one)
    for read in chosen["reads"]:
        form, headings = OF_KIND[read["kind"]], chosen["headings"][read["kind"]]
        at = read["positions"]
        pairs = [f"{form.title(key)}={headings[at[key]]}" for key in form.columns if key in at]
        yield f"{read['sheet'] or form.sheets[0]} → {form.sheets[0]}: {'、'.join(pairs)}"


def listed(intake: Intake) -> str:
    """One line of a list of files."""
    at = timezone.localtime(intake.done_at or intake.created_at)
    end = undone_until(intake)
    until = _("can be undone until %(end)s") % {"end": end} if end else ""
    told = (f"{intake.pk:>6}", intake.get_state_display(), f"{at:%Y-%m-%d %H:%M}")
    return "  ".join(filter(None, (*map(str, told), intake.file_name, until)))


def undone_until(intake: Intake) -> str:
    """Until when a load can be taken back; empty where it can't be."""
    target = target_of(intake.chosen.get("target", ""))
    if not intake.can_be_undone or target is None or not target.is_undone_here:
        return ""
    return f"{timezone.localtime((intake.done_at or intake.created_at) + KEPT):%Y-%m-%d %H:%M}"


def _joined(names: list[str], count: int) -> str:
    shown = names[: report.SHOWN]
    return "、".join(shown) + (" …" if count > len(shown) else "")
