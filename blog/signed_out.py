"""Forms of the admin that came without a valid session or token: nothing typed is lost, and nothing is saved."""

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts.limits import Limit, take
from accounts.network import origin_of
from web import csrf, kept_forms, responses

# From one network: a kept form can take a megabyte of the database.
KEPT_FORMS = Limit("kept-forms", 20, 60 * 60)


def sent_signed_out(request: HttpRequest) -> HttpResponse | None:
    """Keep the form and ask for signing in; return None for forms that are not given back.

    Only for what our own page has sent: others' forms arrive signed out too, since cookies are not sent with them.
    """
    if not kept_forms.may_give_back(request):
        return None
    if take(KEPT_FORMS, origin_of(request).network_hash) or not kept_forms.keep(request):
        return responses.form_refused(request, kept_forms.words_of(request), sign_in=True)
    messages.warning(
        request,
        _(
            "You’re signed out, so nothing was saved. Sign in within an hour, and your text is back in the form."
        ),
    )
    return redirect_to_login(request.get_full_path())


def sent_without_token(request: HttpRequest) -> HttpResponse | None:
    """Offer to send the form again, or give back its words; return None for forms that are not given back.

    The token changes when somebody signs in, in another tab for example. A button is offered only to the member who had
    opened the form, and only if the browser says that our own page sent it.
    """
    if not kept_forms.may_give_back(request):
        return None
    is_ours = csrf.comes_from_here(request)
    if is_ours and not request.user.is_authenticated:
        return sent_signed_out(request)
    again = is_ours and kept_forms.was_opened_by(request, request.user.pk)
    return responses.form_refused(request, kept_forms.words_of(request), again=again)
