"""Addresses of discussions."""

from django.urls import path

from comments import feeds
from comments.views import reading

app_name = "comments"
urlpatterns = [
    path("comments/", reading.latest, name="recent"),
    path("comments/<int:pk>/", reading.comment, name="comment"),
    path("comments/<int:pk>/in-thread/", reading.in_thread, name="in_thread"),
    path("people/<str:slug>/", reading.person, name="person"),
    # Feeds
    path("comments/feed/", feeds.all_comments, name="feed"),
    path("<int:year>/<int:month>/<str:slug>/feed/", feeds.post_comments, name="post_feed"),
]
