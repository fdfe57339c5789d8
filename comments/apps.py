"""The comments app: what is answered."""

from django.apps import AppConfig


class CommentsConfig(AppConfig):
    name = "comments"

    def ready(self) -> None:
        """Fill the registries of the rooms below, which know nothing of comments, and listen to them."""
        from blog import page_cache, search, sections
        from comments import signals
        from comments.discussion.section import discussion_section
        from comments.search import KIND

        search.register(KIND)
        sections.register("comments", discussion_section)
        # Every open page asks once a minute whether something has come (views/visiting.py).
        page_cache.cache_also(r"/posts/([1-9][0-9]{0,17})/latest/")
        signals.connect()
