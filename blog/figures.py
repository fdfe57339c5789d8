"""Which figures somebody may see and use: their own, and those in posts they may read."""

from django.db.models import Q, QuerySet

from blog.models import Author, Figure, Post


def figures_for(user) -> QuerySet[Figure]:
    """Return the figures that `user` may see: a picture in somebody else's draft is as private as its text."""
    if user.is_superuser:
        return Figure.objects.all()
    posts = Post.objects.visible_to(user).order_by().values("pk")
    used = Post.figures.through.objects
    shown = used.filter(post__in=posts).values("figure")
    portraits = Author.objects.filter(portrait__isnull=False).values("portrait")
    # From an import, and not used by any post.
    nobodys = Q(created_by=None) & ~Q(pk__in=used.values("figure"))
    return Figure.objects.filter(Q(created_by=user) | Q(pk__in=shown) | Q(pk__in=portraits) | nobodys)


def figures_of(post: Post, *, by=None) -> QuerySet[Figure]:
    """Return the figures that a post may show when `by` saves it: those they may use, and those already in it.

    If `by` is None, the site itself saves it and may use all.
    """
    if by is None or by.is_superuser:
        return Figure.objects.all()
    already = Post.figures.through.objects.filter(post=post.pk).values("figure")
    return figures_for(by) | Figure.objects.filter(pk__in=already)
