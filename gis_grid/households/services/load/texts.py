"""What can be wrong with a row of households, people or tags, and how to mend it."""

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

# code → (what, how to mend); both are filled with the parameters of the problem.
TEXTS: dict[str, tuple[StrPromise, StrPromise]] = {
    "needed": (_("nothing is filled in"), _("Fill in the cell.")),
    "too_long": (
        _("%(length)d characters, at most %(most)d fit"),
        _("Shorten the text."),
    ),
    "control_characters": (
        _("hidden control or direction marks in the text (%(mark)s)"),
        _("Type the text anew instead of pasting it."),
    ),
    "name_unfit": (
        _("the name holds <, > or an invisible character, or begins with =, + or @"),
        _("Write the name as it is spoken."),
    ),
    "head_masked": (
        _("“%(head)s” is a name with letters hidden, of nobody who is known here"),
        _("Write the whole name."),
    ),
    "cell_error": (_("the formula ends in the error %(value)s"), _("Mend or replace the formula.")),
    "number_cut": (
        _("Excel has cut the number to 15 digits; what stands behind them is lost"),
        _("Format the column as text, and type the number anew."),
    ),
    "code_form": (
        _("a household code has up to 20 letters, digits and dashes"),
        _("Correct the code."),
    ),
    "code_twice": (
        _("the same household code stands in row %(other)s"),
        _("Give each household a code of its own, or delete one of the rows."),
    ),
    "code_taken": (
        _("another household has this code already"),
        _("Give the household another code."),
    ),
    "village_form": (_("a village code has 12 digits"), _("Correct the village code.")),
    "village_unknown": (
        _("no village of your area has the code %(village)s"),
        _("Correct the code, or load the regions first (import_regions)."),
    ),
    "phone_form": (
        _("this is no telephone number"),
        _("11 digits for a mobile, or area code and number, such as 0735-6622345."),
    ),
    "phone_demo": (
        _("the number is one of those kept for demonstrations (199 0000 ….)"),
        _("Enter the real number, or leave the cell empty; load demonstration data with --demo."),
    ),
    "phone_not_demo": (
        _("a demonstration may only hold numbers 199 0000 …."),
        _("Use invented numbers, or load real data without --demo."),
    ),
    "id_not_demo": (
        _("a demonstration may not hold an identity number with a right check character"),
        _("Change the last character, or load real data without --demo."),
    ),
    "origin_unknown": (_("“%(value)s” is not known"), _("Write 本地 or 外来.")),
    "place_form": (_("“%(value)s” is no number of degrees"), _("Write it like 112.4065498.")),
    "place_half": (
        _("only one of longitude and latitude is filled in"),
        _("Fill in both, or neither."),
    ),
    "place_swapped": (
        _("longitude and latitude are swapped"),
        _("Swap the two; longitude is the larger one."),
    ),
    "place_metres": (
        _("these are metres of a projected system, not degrees"),
        _("Convert the columns to longitude and latitude in degrees (CGCS2000)."),
    ),
    "place_outside_china": (_("the place lies outside China"), _("Correct the coordinates.")),
    "outside_every_grid": (
        _("the place lies in no grid, %(metres)s m from the nearest (%(grid)s)"),
        _("Correct the coordinates, or say with --datum what they are (gcj02, bd09)."),
    ),
    "outside_grids": (
        _("the place lies in no grid"),
        _("Correct the coordinates; load the boundaries first where there are none yet."),
    ),
    "other_village": (
        _("the place lies in grid %(grid)s, which belongs to another village"),
        _("Correct the coordinates or the village code."),
    ),
    "tag_unknown": (_("there is no tag “%(value)s”"), _("Take one of: %(known)s.")),
    "tag_twice": (
        _("the same tag from the same day stands in row %(other)s"),
        _("Delete one of the rows."),
    ),
    "date_form": (_("“%(value)s” is no date"), _("Write it like 2026-03-01.")),
    "date_future": (_("the date lies in the future"), _("Correct the date.")),
    "end_before_start": (_("the end is not later than the start"), _("Correct the dates.")),
    "household_unknown": (
        _("no household of your area has the code %(code)s, neither here nor in the file"),
        _("Correct the code, or add the household to the table of households."),
    ),
    "household_refused": (
        _("the household of this row could not be loaded"),
        _("Mend the household's own row first."),
    ),
    "relation_needed": (
        _("the relation to the head of household is missing"),
        _("Write 户主, 配偶, 子, 女 …"),
    ),
    "missing_head": (
        _("none of the people of household %(code)s is its head (户主)"),
        _("Write 户主 in the row of the head."),
    ),
    "two_heads": (
        _("household %(code)s has a second head, the first stands in row %(other)s"),
        _("Only one person can be 户主; correct the relation of the other."),
    ),
    "head_differs": (
        _("the head is another person than in the table of households (row %(other)s)"),
        _("Make the two names agree."),
    ),
    "person_twice": (
        _("the same person stands in row %(other)s"),
        _("Delete one of the rows, or add the identity numbers."),
    ),
    "sex_unknown": (_("“%(value)s” is not known"), _("Write 男 or 女.")),
    "sex_differs": (
        _("the identity number is that of a %(sex)s person"),
        _("Correct the sex or the identity number."),
    ),
    "yes_no": (_("“%(value)s” is neither yes nor no"), _("Write 是 or 否.")),
    "id_form": (
        _("an identity number has 18 characters, the last a digit or X"),
        _("Correct the number; numbers of 15 digits are no longer valid."),
    ),
    "id_date": (
        _("characters 7 to 14 of the identity number are no possible date of birth"),
        _("Correct the number."),
    ),
    "id_checksum": (
        _("the check character of the identity number is wrong: a digit is mistyped"),
        _("Compare the number with the card."),
    ),
    "id_twice": (
        _("the same identity number stands in row %(other)s"),
        _("Correct one of the two, or delete the row that is there twice."),
    ),
    "id_elsewhere": (
        _("the person is registered in another household already"),
        _("Let the other household's entry be ended first, or correct the number."),
    ),
    "region_is_demo": (
        _("the town of this village holds demonstration data"),
        _("Real people are not loaded into it; use another database for the real town."),
    ),
    "region_is_real": (
        _("the town of this village holds real households"),
        _("Demonstration data is not loaded into it."),
    ),
}
