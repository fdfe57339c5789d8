"""The exchange app: imports, backups and the demo."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "exchange"
