"""The app of the discussions under posts."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommentsConfig(AppConfig):
    name = "comments"
    verbose_name = _("Comments")

    def ready(self) -> None:
        """Register what `blog` asks for without knowing of comments, and connect the signals."""
        from blog import page_cache, search, sections
        from comments import signals
        from comments.discussion.section import discussion_section
        from comments.search import KIND

        search.register(KIND)
        sections.register("comments", discussion_section)
        # Every open page asks once a minute for new comments (views/visiting.py).
        page_cache.cache_also(r"/posts/([1-9][0-9]{0,17})/latest/")
        signals.connect()
