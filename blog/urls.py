"""Addresses of posts."""

app_name = "blog"
urlpatterns: list = []
