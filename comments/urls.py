"""Addresses of discussions."""

app_name = "comments"
urlpatterns: list = []
