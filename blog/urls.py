"""URLs of posts, pages, lists, feeds and search."""

from django.urls import path

from blog import converters, feeds
from blog.views import (
    archive,
    author,
    health,
    media,
    page,
    post,
    search,
    site,
    sitemap,
    source,
    stream,
    topic,
)

converters.register()

app_name = "blog"
urlpatterns = [
    path("", stream.home, name="home"),
    path("<yyyy:year>/<mm:month>/<words:slug>/", post.post, name="post"),
    path("posts/<int:pk>/preview/", post.preview, name="preview"),
    path("<yyyy:year>/", archive.year, name="year"),
    path("<yyyy:year>/<mm:month>/", archive.month, name="month"),
    path("archive/", archive.archive, name="archive"),
    path("category/<words:slug>/", topic.category, name="category"),
    path("tag/<words:slug>/", topic.tag, name="tag"),
    path("tags/", topic.tags, name="tags"),
    path("author/<words:slug>/", author.author, name="author"),
    path("source/<words:slug>/", source.publication, name="publication"),
    path("source/<words:slug>/<int:pk>/", source.article, name="article"),
    path("search/", search.search, name="search"),
    # Feeds
    path("feed/", feeds.latest, name="feed"),
    path("category/<words:slug>/feed/", feeds.category, name="category_feed"),
    path("tag/<words:slug>/feed/", feeds.tag, name="tag_feed"),
    path("author/<words:slug>/feed/", feeds.author, name="author_feed"),
    path("source/<words:slug>/feed/", feeds.publication, name="publication_feed"),
    # The site
    path("theme/", site.theme, name="theme"),
    path("media/<path:path>", media.media, name="media"),
    # For machines
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("robots.txt", site.robots, name="robots"),
    path("sitemap.xml", sitemap.sitemap, name="sitemap"),
    path("sitemap-pages.xml", sitemap.sitemap_pages, name="sitemap_pages"),
    path("sitemap-<yyyy:year>-<mm:month>.xml", sitemap.sitemap_month, name="sitemap_month"),
    path("favicon.ico", site.favicon, name="favicon"),
    # Pages stand at whatever address is not one of ours (blog/paths.py).
    path("<page_path:path>/", page.page, name="page"),
]
