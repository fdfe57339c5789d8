"""Makes our admin site Django's default admin, and loads the system checks of the settings."""

from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig


class AdminConfig(DjangoAdminConfig):
    default_site = "blog.admin_site.AuthorsAdmin"

    def ready(self) -> None:
        super().ready()
        from config import checks  # noqa: F401
