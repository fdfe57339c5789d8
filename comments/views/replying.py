"""Writing a comment: the form on a page of its own, its preview, and posting."""

import secrets

from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import guests, reads
from accounts.attempts import wait_in_words
from accounts.models import User
from accounts.network import origin_of
from blog import markup
from blog.models import Post
from comments import actions, permissions
from comments.discussion import quotations, single_comments
from comments.forms import CommentForm, remember_guest, remembered
from comments.mentions import links_for
from comments.models import Comment, DiscussionSettings
from comments.thread import WAITING, Viewer, is_readable, viewer_of
from comments.views import noting, pending_text
from comments.views.lookup import comment_for
from web import csrf, responses
from web.params import int_param


@require_safe
def reply(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the reply form of a comment on a page of its own."""
    parent = _answered(request, pk)
    if parent is None:
        return responses.not_found(request, pending_text.text_for(request, parent=pk))
    return _page(request, parent.post, parent, _empty_form(request, parent.post, parent))


@csrf.guarded
@require_http_methods(["GET", "HEAD", "POST"])
def comments(request: HttpRequest, post_id: int) -> HttpResponse:
    """Show the comment form of a post on a page of its own; posted, do what `do` says."""
    post = Post.objects.visible_to(request.user).filter(pk=post_id).defer("body", "body_html").first()
    if post is None:
        typed_text = request.POST.get("text") or pending_text.text_for(request, post=post_id, parent=None)
        return responses.not_found(request, typed_text)
    if request.method != "POST":
        return _page(request, post, None, _empty_form(request, post, None))
    return _take(request, post, _parent(request))


def _take(request: HttpRequest, post: Post, parent: Comment | None) -> HttpResponse:
    """Do what the pressed button says: sign in first, preview, post, or send a note."""
    if request.POST.get("do") == "signin":
        return _sign_in_first(request, post, parent)
    form = CommentForm(request.POST, person=_member(request), parent_id=parent and parent.pk)
    if _is_note(request):
        form.not_done = _("Your note was not sent")
    if request.POST.get("do") == "preview":
        return _preview(request, post, parent, form)
    if parent is None and request.POST.get("parent"):
        form.add_error(
            None, _("The comment you were replying to has been deleted. Post this as a new comment?")
        )
        return _refused(request, post, None, form, status=409)
    if not form.is_valid():
        return _refused(request, post, parent, form, status=_says_who(request, form))
    return _post(request, post, parent, form)


def _post(request: HttpRequest, post: Post, parent: Comment | None, form: CommentForm) -> HttpResponse:
    typed = {name: form.cleaned_data.get(name, "") for name in ("text", "name", "email")}
    typed["submission_key"] = form.cleaned_data.get("once", "")
    typed |= {"writer": guests.person_of(request), "origin": origin_of(request)}
    try:
        if _is_note(request):
            return noting.sent(request, actions.send_note(post, **typed), form)
        website = form.cleaned_data.get("website", "")
        comment = actions.post_comment(post, parent=parent, website=website, **typed)
    except markup.TextRefused as refusal:
        form.add_error("text", str(refusal))
        return _refused(request, post, parent, form, status=400)
    except actions.TooMany as refusal:
        form.add_error(None, str(refusal))
        return _refused(request, post, parent, form, status=429, seconds=refusal.seconds)
    except actions.Refused as refusal:
        form.add_error(None, str(refusal))
        return _refused(request, post, parent, form, status=403)
    return _posted(request, comment, form)


def _is_note(request: HttpRequest) -> bool:
    """Whether the text is a private note to the author."""
    return request.POST.get("do") == "note"


def _posted(request: HttpRequest, comment: Comment, form: CommentForm) -> HttpResponse:
    """Show the new comment: by a redirect to its place, or alone for a script that inserts it."""
    pending_text.forget(request, **_place(comment.post_id, comment.parent_id))
    viewer = viewer_of(request, comment.post)
    if comment.guest is not None:
        viewer = viewer._replace(guest_id=comment.guest.pk)
    if responses.wants_fragment(request):
        html = single_comments.comment_alone(comment, viewer, person=_member(request))
        response = HttpResponse(html, status=201)
    else:
        response = responses.see_other(reverse("comments:in_thread", args=[comment.pk]))
    if comment.guest is not None:
        guests.remember(response, comment.guest)
        remember_guest(response, form)
    return response


def _preview(request: HttpRequest, post: Post, parent: Comment | None, form: CommentForm) -> HttpResponse:
    """Show the text as it will be rendered; the other fields are not checked."""
    form.full_clean()
    if "text" in form.errors:
        return _refused(request, post, parent, form, status=400, only="text")
    if wait := reads.PREVIEWS.take(reads.who_asks(request)):
        form.add_error(None, wait_in_words(wait))
        return _refused(request, post, parent, form, status=429, seconds=wait, only=NON_FIELD_ERRORS)
    text = form.cleaned_data["text"]
    rendered = markup.render_comment(text, links=links_for(text, post=post, parent=parent))
    html = quotations.preview(rendered, post, viewer_of(request))
    if responses.wants_fragment(request):
        return render(request, "comments/_preview.html", {"html": html, "level": 4})
    form.errors.clear()
    return _page(request, post, parent, form, preview=html)


def _refused(
    request: HttpRequest,
    post: Post,
    parent: Comment | None,
    form: CommentForm,
    *,
    status: int,
    seconds: int = 0,
    only: str = "",
) -> HttpResponse:
    """Show the errors, with everything that was typed still in the form."""
    for name in [name for name in form.errors if only and name != only]:
        del form.errors[name]
    if responses.wants_fragment(request):
        response = render(request, "comments/_form_errors.html", {"form": form, "level": 3}, status=status)
    else:
        response = _page(request, post, parent, form, status=status)
    if seconds:
        responses.try_again_in(response, seconds)
    return response


def _page(
    request: HttpRequest,
    post: Post,
    parent: Comment | None,
    form: CommentForm,
    *,
    status: int = 200,
    preview: SafeString | None = None,
) -> HttpResponse:
    viewer = viewer_of(request)
    context = {
        "on": post,
        "parent": parent,
        "answered": parent and single_comments.answered_comment(parent, viewer),
        "to": _to(parent, viewer),
        "form": form,
        "once": form.data.get("once") or secrets.token_urlsafe(24),
        "preview_html": preview,
        "refusal": None if form.is_bound else _refusal(request, post, parent),
        "typed_text": form.initial.get("text", ""),
        "invites": _member(request) is None,
    }
    return responses.never_indexed(render(request, "comments/reply.html", context, status=status))


def _to(parent: Comment | None, viewer: Viewer) -> str:
    """Return the name of the person replied to, "" if the comment is gone."""
    return parent.writer_name if parent and is_readable(parent, viewer) else ""


def _refusal(request: HttpRequest, post: Post, parent: Comment | None) -> str | None:
    """Return why this reader cannot comment, or None."""
    settings = DiscussionSettings.load()
    return permissions.comment_refusal(_member(request), post, parent, settings=settings, now=timezone.now())


def _empty_form(request: HttpRequest, post: Post, parent: Comment | None) -> CommentForm:
    """Return a form with what this device remembers, and the text kept during a sign-in."""
    initial = remembered(request)
    if text := pending_text.text_for(request, **_place(post.pk, parent and parent.pk)):
        initial["text"] = text
    return CommentForm(person=_member(request), parent_id=parent and parent.pk, initial=initial)


def _sign_in_first(request: HttpRequest, post: Post, parent: Comment | None) -> HttpResponse:
    """Keep the text, and redirect to the sign-in, which leads back to the form."""
    here = (
        reverse("comments:reply", args=[parent.pk]) if parent else reverse("comments:write", args=[post.pk])
    )
    return pending_text.sign_in_first(request, here=here, post=post.pk, parent=parent and parent.pk)


def _place(post_id: int, parent_id: int | None) -> dict[str, int | None]:
    """Return the key of a kept text: the comment it replies to (which may move to another post), or else its post."""
    return {"parent": parent_id} if parent_id else {"post": post_id, "parent": None}


def _says_who(request: HttpRequest, form: CommentForm) -> int:
    """Return the status of a form with errors; a member who was signed out meanwhile is told so in it."""
    if form.person is None and "csrfmiddlewaretoken" in request.POST and "name" not in request.POST:
        form.errors.clear()
        form.is_signed_out = True
        words = _(
            "You’ve been signed out. Your text is safe: sign in again, or fill in your name and e-mail."
        )
        if responses.wants_fragment(request):
            # The form on that page is a member's, without a field for a name.
            words = _("You’ve been signed out. Your text is saved on this device.")
        form.add_error(None, words)
        return 403
    return 400


def _parent(request: HttpRequest) -> Comment | None:
    """Return the comment replied to, wherever it is now; None for an opener, or if it is not public any more."""
    number = int_param(request.POST.get("parent", ""))
    found = _answered(request, number) if number is not None else None
    return found if found is not None and found.is_public else None


def _answered(request: HttpRequest, pk: int) -> Comment | None:
    """Return the comment with this id; None if there is none, or if it waits and this reader may not read it."""
    found = comment_for(request, pk)
    if found is None or (found.state in WAITING and not is_readable(found, viewer_of(request))):
        return None
    return found


def _member(request: HttpRequest) -> User | None:
    return request.user if request.user.is_authenticated else None
