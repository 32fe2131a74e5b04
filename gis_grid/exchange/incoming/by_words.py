"""What a file is, said in words instead of on a page: the rest is proposed, or asked for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from gis_grid.accounts.models import User
from gis_grid.core.errors import InputError, MissingError
from gis_grid.exchange.incoming import datum as datums
from gis_grid.exchange.incoming.describing import Description, Part, describe, fitting_targets
from gis_grid.exchange.incoming.detecting import MAPS
from gis_grid.exchange.incoming.targets import Target, target_of, targets_for
from gis_grid.exchange.incoming.words import REASONS, datum_label
from gis_grid.exchange.models import Intake

Pair = tuple[str, str]


@dataclass(frozen=True)
class Words:
    """What was said of a file; what is empty was not.

    `sheets` are (table of ours or "", sheet of the file), `columns` (column of ours, heading of
    the file or "" for none), `options` the answers to what the target asks.
    """

    target: str = ""
    layer: str = ""
    datum: str = ""
    sheets: Sequence[Pair] = ()
    columns: Sequence[Pair] = ()
    options: Mapping[str, str] = field(default_factory=dict)


def chosen_by(user: User, intake: Intake, words: Words) -> dict[str, Any]:
    """The file as `steps.ask_check` takes it.

    InputError where something was not said and is not certain, or was said of what is not there:
    `where` is what has to be said, `details["choices"]` pairs of what may be said and its label.
    """
    target = _target(user, intake, words.target)
    layer = _layer(intake, words.layer)
    found = describe(
        user,
        intake,
        target.key,
        layer=layer,
        chosen_sheets=_sheets(intake, target, words.sheets),
        adjust=lambda parts: _with_columns(parts, words.columns),
    )
    if found is None:
        raise MissingError(_("The file is gone: bring it again."))
    if all(part.sheet is None for part in found.parts):
        raise _asked(
            "sheet",
            _("No sheet of the file is the table “%(wanted)s”. Say which one is.")
            % {"wanted": target.forms[0].sheets[0]},
            [(one.name, "、".join(filter(None, one.headings))) for one in found.sheets],
        )
    datum = _datum(found, words.datum)
    return found.as_chosen() | {"datum": datum, "options": _options(user, target, words.options)}


def _asked(where: str, sentence: str, choices: Iterable[Pair]) -> InputError:
    return InputError(sentence, where=where, details={"choices": list(choices)})


def _target(user: User, intake: Intake, said: str) -> Target:
    choices = [(one.key, str(one.label)) for one in targets_for(user)]
    if said:
        target = target_of(said)
        if target is None:
            raise _asked(
                "target", _("There is no target “%(said)s”.") % {"said": said[:40]}, choices
            )
        user.require(target.permission)
        return target
    fitting = fitting_targets(user, intake)
    # The columns of a map may mean anything: what its shapes are for is seen on the page only.
    is_clear = intake.found["format"] not in MAPS and len(fitting) > 1
    if len(fitting) == 1 or (is_clear and fitting[0][0] > fitting[1][0]):
        return fitting[0][1]
    raise _asked("target", _("It is not certain what the file holds. Say it."), choices)


def _layer(intake: Intake, said: str) -> str:
    layers = [(one["layer"], str(one["count"])) for one in intake.found.get("layers", [])]
    if said in dict(layers) or (not said and len(layers) < 2):
        return said
    raise _asked("layer", _("Say which layer of the file is meant."), layers)


def _sheets(intake: Intake, target: Target, said: Sequence[Pair]) -> dict[str, str] | None:
    if not said:
        return None
    names = [one["name"] for one in intake.found.get("sheets", [])]
    tables = {name: form.kind for form in target.forms for name in (form.kind, *form.sheets)}
    chosen = {}
    for table, sheet in said:
        kind = tables.get(table) if table else target.forms[0].kind
        if kind is None or sheet not in names:
            raise _asked(
                "sheet",
                _("There is no table or no sheet of this name: %(said)s.")
                % {"said": f"{table}={sheet}"},
                [(f"{form.sheets[0]}={name}", "") for form in target.forms for name in names],
            )
        chosen[kind] = sheet
    return chosen


def _with_columns(parts: Sequence[Part], said: Sequence[Pair]) -> list[Part]:
    """The parts, with what was said of columns; of several tables each that has them is meant."""
    changed = list(parts)
    for ours, theirs in said:
        meant = [_with_column(part, ours, theirs) for part in changed]
        if not any(meant):
            read = [part for part in parts if part.sheet is not None]
            headings = [name for part in read if part.sheet for name in part.sheet.headings]
            raise _asked(
                "column",
                _("No table has the columns of %(said)s. Headings of the file: %(headings)s.")
                % {"said": f"{ours}={theirs}", "headings": "、".join(filter(None, headings))},
                [
                    (part.form.title(key), part.form.sheets[0])
                    for part in read
                    for key in part.form.columns
                ],
            )
        changed = [new or old for new, old in zip(meant, changed, strict=True)]
    return changed


def _with_column(part: Part, ours: str, theirs: str) -> Part | None:
    matched = part.form.match([ours])
    if part.sheet is None or not matched or (theirs and theirs not in part.sheet.headings):
        return None
    key = matched[0][1]
    positions = {one: at for one, at in part.positions.items() if one != key}
    if theirs:
        positions[key] = part.sheet.headings.index(theirs)
    return replace(part, positions=positions)


def _datum(found: Description, said: str) -> str:
    guess = found.guess
    if guess is None or datums.is_datum(said):
        return said if guess else ""
    if not said and guess.is_certain:
        return guess.datum
    are_metres = bool((abs(found.points) > 360).any())
    thinkable = [guess.datum, *guess.others, *(datums.zones() if are_metres else datums.DEGREES)]
    why = " ".join(str(REASONS[one]) for one in guess.reasons)
    raise _asked(
        "datum",
        _(
            "It is not certain what system the coordinates are in. Say it; epsg:N is any that has"
            " a number, :yx behind it swaps the axes."
        )
        + f" {why}",
        [(one, datum_label(one)) for one in dict.fromkeys(thinkable)],
    )


def _options(user: User, target: Target, said: Mapping[str, str]) -> dict[str, str]:
    """The answers that were given, and those that leave no choice."""
    if unknown := sorted(said.keys() - {one.key for one in target.questions}):
        raise _asked(
            "option",
            _("Nothing is asked under the name %(said)s.") % {"said": unknown[0]},
            [(one.key, str(one.label)) for one in target.questions],
        )
    choices = {one.key: one.choices(user) for one in target.questions}
    only = {key: found[0][0] for key, found in choices.items() if len(found) == 1}
    return {**dict.fromkeys(choices, ""), **only, **said}
