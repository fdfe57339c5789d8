"""The blog app: what is written."""

from django.apps import AppConfig
from django.db.models import Exists, OuterRef


class BlogConfig(AppConfig):
    name = "blog"

    def ready(self) -> None:
        """Have every member come with whether they are an author, which each page's masthead asks."""
        from accounts import backends
        from blog.models import Author

        backends.load_with(is_author=Exists(Author.objects.filter(user=OuterRef("pk"))))
