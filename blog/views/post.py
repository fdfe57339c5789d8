"""The page of a post, and the preview for people who may edit it."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from accounts import reads
from blog import permissions, post_lists
from blog.article_cache import make_parts, parts_of
from blog.models import Post, PostState
from blog.rate_limit import limited
from blog.redirects import lookup
from blog.sections import section_of
from web import responses


@require_safe
@limited(reads.WHOLE, when=lambda request: "all" in request.GET)
def post(request: HttpRequest, year: int, month: int, slug: str) -> HttpResponse:
    found = Post.objects.listed().filter(slug=slug).defer("body", "body_html").first()
    is_here = found is not None and (found.year, found.month) == (year, month)
    if not is_here and (target := lookup.exact(request.path)):
        # Another post was called so then: what is kept of its address is no guess.
        return redirect(target, permanent=True)
    if found is None:
        return _not_public(request, slug)
    if not is_here:
        query = request.META.get("QUERY_STRING", "")
        return redirect(found.get_absolute_url() + (f"?{query}" if query else ""), permanent=True)
    context = {"post": found, "section": section_of(request, found), "parts": parts_of(request, found)}
    return render(request, "blog/post.html", context)


def _not_public(request: HttpRequest, slug: str) -> HttpResponse:
    """Answer 410 for a withdrawn post; redirect people who may read it to the preview; else 404."""
    been_public = Post.objects.posts().filter(
        state=PostState.WITHDRAWN, first_published_at__lte=timezone.now()
    )
    if been_public.filter(slug=slug).exists():
        return responses.gone(request)
    found = get_object_or_404(Post.objects.posts().visible_to(request.user), slug=slug)
    return redirect("blog:preview", pk=found.pk)


@require_safe
@cache_control(private=True, no_store=True)
@login_required
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(post_lists.with_page_parts(Post.objects.visible_to(request.user)), pk=pk)
    if permissions.post_refusal(request.user, found):
        raise Http404
    parts = make_parts(request, found, preview=True)
    return render(request, "blog/post.html", {"post": found, "parts": parts, "preview": True})
