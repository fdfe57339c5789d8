"""The comments app: what is answered."""

from django.apps import AppConfig


class CommentsConfig(AppConfig):
    name = "comments"

    def ready(self) -> None:
        """Fill the registries of the rooms below, which know nothing of comments."""
        from blog import search
        from comments.search import KIND

        search.register(KIND)
