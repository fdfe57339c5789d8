"""Names the site's own admin as Django's default admin."""

from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig


class AdminConfig(DjangoAdminConfig):
    default_site = "blog.admin_site.AuthorsAdmin"
