"""Editing one's own comment: the form on a page of its own, its preview, and saving it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods

from accounts import guests, reads
from accounts.attempts import wait_in_words
from blog import markup
from comments import actions, permissions
from comments.discussion import quotations
from comments.forms import EditForm
from comments.mentions import links_for
from comments.models import Comment, DiscussionSettings
from comments.thread import WAITING, viewer_of
from comments.views import pending_text
from comments.views.lookup import comment_for
from web import csrf, responses


@csrf.guarded
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    comment = comment_for(request, pk)
    is_own = comment is not None and viewer_of(request).wrote(comment)
    if not is_own and _was_signed_out(request):
        return _signed_out(request, pk)
    if comment is None or (comment.state in WAITING and not is_own):
        # A comment that waits for review looks to others as if it did not exist.
        return responses.not_found(request, request.POST.get("text", ""))
    settings, person = DiscussionSettings.load(), guests.person_of(request)
    refusal = permissions.edit_refusal(person, comment, settings=settings, now=timezone.now())
    if refusal:
        return _page(request, comment, EditForm(comment=comment), refusal=refusal, status=403)
    if request.method != "POST":
        return _page(request, comment, EditForm(comment=comment, text=_waiting(request, comment)))
    form = EditForm(request.POST, comment=comment)
    if not form.is_valid():
        return _page(request, comment, form, status=400)
    if request.POST.get("do") == "preview":
        return _looked_at(request, comment, form)
    return _save(request, comment, form)


def _was_signed_out(request: HttpRequest) -> bool:
    """Whether a member's form came without the member."""
    if request.user.is_authenticated:
        return False
    return "csrfmiddlewaretoken" in request.POST or request.POST.get("do") == "signin"


def _signed_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the text back, and keep it during the sign-in. The answer does not tell whether the comment exists."""
    if request.POST.get("do") == "signin":
        return pending_text.sign_in_first(request, here=request.path, edit=pk)
    return render(
        request, "comments/signed_out.html", {"typed_text": request.POST.get("text", "")}, status=403
    )


def _waiting(request: HttpRequest, comment: Comment) -> str:
    """Return what its writer typed before signing in, "" for anybody else who has signed in here since."""
    return pending_text.text_for(request, edit=comment.pk) if viewer_of(request).wrote(comment) else ""


def _save(request: HttpRequest, comment: Comment, form: EditForm) -> HttpResponse:
    text = form.cleaned_data["text"]
    try:
        actions.edit_comment(comment, by=guests.person_of(request), text=text)
    except markup.TextRefused as refusal:
        form.add_error("text", str(refusal))
        return _page(request, comment, form, status=400)
    except actions.TooMany as refusal:
        form.add_error(None, str(refusal))
        return responses.try_again_in(_page(request, comment, form, status=429), refusal.seconds)
    except actions.Refused as refusal:
        return _page(request, comment, form, refusal=str(refusal), status=403)
    pending_text.forget(request, edit=comment.pk)
    return responses.see_other(reverse("comments:in_thread", args=[comment.pk]))


def _looked_at(request: HttpRequest, comment: Comment, form: EditForm) -> HttpResponse:
    """Show the preview, or say how long to wait for one."""
    if wait := reads.PREVIEWS.take(reads.who_asks(request)):
        form.add_error(None, wait_in_words(wait))
        return responses.try_again_in(_page(request, comment, form, status=429), wait)
    return _page(request, comment, form, preview=_preview(request, comment, form.cleaned_data["text"]))


def _preview(request: HttpRequest, comment: Comment, text: str) -> SafeString:
    links = links_for(text, post=comment.post, parent=comment.parent)
    rendered = markup.render_comment(text, links=links)
    return quotations.preview(rendered, comment.post, viewer_of(request))


def _page(
    request: HttpRequest,
    comment: Comment,
    form: EditForm,
    *,
    refusal: str = "",
    preview: SafeString | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "comment": comment,
        "on": comment.post,
        "form": form,
        "preview_html": preview,
        "refusal": refusal,
        "until": permissions.edited_until(comment, DiscussionSettings.load()),
        # Whatever refuses it gives back what was typed.
        "typed_text": (request.POST.get("text") or _waiting(request, comment)) if refusal else "",
        "waited": not form.is_bound and bool(_waiting(request, comment)),
    }
    return responses.never_indexed(render(request, "comments/edit.html", context, status=status))
