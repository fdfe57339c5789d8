"""The blog app: what is written."""

from django.apps import AppConfig


class BlogConfig(AppConfig):
    name = "blog"
