"""The content of what can't be read, for the county, with a reason."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from gis_grid.accounts.access import user_of
from gis_grid.accounts.policies import Permission
from gis_grid.core.errors import InputError
from gis_grid.core.finding import one_of
from gis_grid.fieldsync.pages.forms import OpenForm
from gis_grid.fieldsync.services.unreadable import open_unreadable, unreadable_of


def unreadable_page(request: HttpRequest, key: int) -> HttpResponse:
    """What is known of it; what stands in it comes with the answer to a reason, once."""
    user = user_of(request)
    row = one_of(unreadable_of(user, Permission.USER_MANAGE), min(key, 2**63 - 1))
    form, content = OpenForm(), None
    if request.method == "POST":
        form = OpenForm(request.POST)
        if form.is_valid():
            try:
                content = open_unreadable(
                    acting_user=user, key=row.pk, reason=form.cleaned_data["reason"]
                )
            except InputError as error:
                form.add_error("reason", str(error.message))
    context = {"row": row, "form": form, "content": content}
    status = 422 if form.errors else 200
    return render(request, "fieldsync/unreadable.html", context, status=status)
