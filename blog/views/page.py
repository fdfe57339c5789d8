"""A page outside the stream of posts, at the path its owner chose."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.common import no_append_slash
from django.views.decorators.http import require_safe

from accounts import reads
from blog import permissions
from blog.article_cache import parts_of
from blog.models import Post, PostState
from blog.rate_limit import limited
from blog.sections import section_of
from web import responses


# Nearly every address could be that of a page: what is none is not sent on to be none there.
@no_append_slash
@require_safe
@limited(reads.WHOLE, when=lambda request: "all" in request.GET)
def page(request: HttpRequest, path: str) -> HttpResponse:
    found = Post.objects.pages().filter(path=f"/{path}/").defer("body", "body_html").first()
    if found is None:
        raise Http404
    if found.is_public():
        context = {"post": found, "section": section_of(request, found), "parts": parts_of(request, found)}
        return render(request, "blog/post.html", context)
    been_public = found.first_published_at is not None and found.first_published_at <= timezone.now()
    if found.state == PostState.WITHDRAWN and been_public:
        return responses.gone(request, reason=_("The page at this address was withdrawn."))
    if permissions.post_refusal(request.user, found):
        raise Http404
    return redirect("blog:preview", pk=found.pk)
