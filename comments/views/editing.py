"""Editing one's own comment: the form on a page of its own, its preview, and the words saved."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods

from accounts import guests
from blog import answers, cross_site, markup
from comments import actions, permissions, quoting
from comments.forms import EditForm
from comments.mentions import links_for
from comments.models import Comment, DiscussionSettings
from comments.thread import WAITING, viewer_of


@cross_site.guarded
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    comments = Comment.objects.visible_to(request.user).with_post().select_related("post", "user", "parent")
    comment = comments.filter(pk=pk).first()
    if comment is None or (comment.state in WAITING and not viewer_of(request).wrote(comment)):
        return answers.lost(request, request.POST.get("text", ""))
    settings, person = DiscussionSettings.load(), guests.person_of(request)
    refusal = permissions.edit_refusal(person, comment, settings=settings, now=timezone.now())
    if refusal:
        return _page(request, comment, EditForm(comment=comment), refusal=refusal, status=403)
    if request.method != "POST":
        return _page(request, comment, EditForm(comment=comment))
    form = EditForm(request.POST, comment=comment)
    if not form.is_valid():
        return _page(request, comment, form, status=400)
    if request.POST.get("do") == "preview":
        return _page(request, comment, form, preview=_preview(request, comment, form.cleaned_data["text"]))
    return _save(request, comment, form)


def _save(request: HttpRequest, comment: Comment, form: EditForm) -> HttpResponse:
    text = form.cleaned_data["text"]
    try:
        actions.edit_comment(comment, by=guests.person_of(request), text=text)
    except markup.TextRefused as refusal:
        form.add_error("text", str(refusal))
        return _page(request, comment, form, status=400)
    except actions.TooMany as refusal:
        form.add_error(None, str(refusal))
        response = _page(request, comment, form, status=429)
        response["Retry-After"] = str(refusal.seconds)
        return response
    except actions.Refused as refusal:
        return _page(request, comment, form, refusal=str(refusal), status=403)
    return HttpResponseRedirect(reverse("comments:in_thread", args=[comment.pk]), status=303)


def _preview(request: HttpRequest, comment: Comment, text: str) -> SafeString:
    links = links_for(text, post=comment.post, parent=comment.parent)
    rendered = markup.render_comment(text, links=links)
    return quoting.preview(rendered, comment.post, viewer_of(request))


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
        "typed_text": request.POST.get("text", "") if refusal else "",
    }
    response = render(request, "comments/edit.html", context, status=status)
    response["X-Robots-Tag"] = "noindex"
    return response
