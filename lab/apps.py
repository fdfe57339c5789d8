"""The lab app: the two management commands that measure a site or try to break it."""

from django.apps import AppConfig


class LabConfig(AppConfig):
    name = "lab"
