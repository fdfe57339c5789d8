"""Addresses of discussions."""

from django.urls import path

from blog import converters
from comments import feeds
from comments.views import (
    editing,
    moderating,
    muting,
    reading,
    replying,
    reporting,
    searching,
    shortcuts,
    visiting,
    voting,
    withdrawing,
)

converters.register()

app_name = "comments"
urlpatterns = [
    path("comments/", reading.latest, name="recent"),
    path("comments/vote/", voting.vote, name="vote"),
    path("comments/<int:pk>/", reading.comment, name="comment"),
    path("comments/<int:pk>/in-thread/", reading.in_thread, name="in_thread"),
    path("comments/<int:pk>/preview/", reading.preview, name="preview"),
    path("comments/<int:pk>/decision/", moderating.decision, name="decision"),
    path("comments/<int:pk>/removal/", moderating.removal, name="removal"),
    path("moderation/", moderating.moderation, name="moderation"),
    path("moderation/bulk/", moderating.bulk, name="moderation_bulk"),
    path("moderation/events/<int:pk>/undo/", moderating.undo, name="undo"),
    path("comments/<int:pk>/reply/", replying.reply, name="reply"),
    path("comments/<int:pk>/edit/", editing.edit, name="edit"),
    path("comments/<int:pk>/report/", reporting.report, name="report"),
    path("comments/<int:pk>/withdrawal/", withdrawing.withdraw, name="withdraw"),
    path("comments/<int:pk>/mute/", muting.mute, name="mute"),
    path("mutes/", muting.mutes, name="mutes"),
    path("shortcuts/", shortcuts.shortcuts, name="shortcuts"),
    path("posts/<int:post_id>/comments/", replying.comments, name="write"),
    path("posts/<int:post_id>/find/", searching.find, name="find"),
    path("posts/<int:post_id>/latest/", visiting.latest, name="latest"),
    path("posts/<int:post_id>/arrived/", visiting.arrived, name="arrived"),
    path("posts/<int:post_id>/news/", visiting.news, name="news"),
    path("posts/<int:post_id>/visit/", visiting.visit, name="visit"),
    path("people/<words:slug>/", reading.person, name="person"),
    # Feeds
    path("comments/feed/", feeds.all_comments, name="feed"),
    path("comments/<int:pk>/feed/", feeds.branch_comments, name="branch_feed"),
    path("<yyyy:year>/<mm:month>/<words:slug>/feed/", feeds.post_comments, name="post_feed"),
    path("<page_path:path>/feed/", feeds.page_comments, name="page_feed"),
]
