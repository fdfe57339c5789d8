"""URLs that help old links find their comments."""

from django.urls import path

from exchange import views

app_name = "exchange"
urlpatterns = [path("old/comment/<int:old_id>/", views.old_comment, name="old_comment")]
