"""Addresses that lead from an old blog to this one."""

from django.urls import path

from exchange import views

app_name = "exchange"
urlpatterns = [path("old/comment/<int:old_id>/", views.old_comment, name="old_comment")]
