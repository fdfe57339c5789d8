"""The exchange app: in and out."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "exchange"
