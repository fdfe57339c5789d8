"""The comments app: what is answered."""

from django.apps import AppConfig


class CommentsConfig(AppConfig):
    name = "comments"

    def ready(self) -> None:
        """Fill the registries of the rooms below, which know nothing of comments, and listen to them."""
        from blog import kept, search
        from comments import members
        from comments.search import KIND

        search.register(KIND)
        # Every open page asks once a minute whether something has come (views/visiting.py).
        kept.keep_also(r"^/posts/([0-9]{1,18})/latest/$")
        members.connect()
