"""The index of all addresses: each app brings its own."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/", include("accounts.urls")),
    path("", include("exchange.urls")),
    path("", include("comments.urls")),
    path("", include("blog.urls")),
]

# 410 and 429 are answered where they happen: web/responses.py.
handler400 = "blog.views.errors.bad_request"
handler403 = "blog.views.errors.forbidden"
handler404 = "blog.views.errors.not_found"
handler500 = "blog.views.errors.server_error"
