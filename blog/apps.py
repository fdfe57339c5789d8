"""The blog app: what is written."""

from django.apps import AppConfig
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _


class BlogConfig(AppConfig):
    name = "blog"
    verbose_name = _("Blog")

    def ready(self) -> None:
        """Listen for deletions, protect the site's names, and load members with whether they are authors."""
        from accounts import backends, protected_names
        from blog import deletions, names
        from blog.models import Author

        deletions.connect()
        protected_names.protect(names.refusal)
        backends.load_with(is_author=Exists(Author.objects.filter(user=OuterRef("pk"))))
