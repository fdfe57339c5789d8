"""Writes small WordPress exports for tests: one function for each thing in them, all with plain defaults."""

from collections.abc import Iterable, Mapping
from io import StringIO
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from django.apps import apps
from django.core import serializers
from django.core.management import call_command

from comments import tree
from comments.models import Comment

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"'
    ' xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:wp="http://wordpress.org/export/1.2/">\n<channel>\n'
)
END = "</channel></rss>\n"
NEVER = "0000-00-00 00:00:00"


def cdata(text: object) -> str:
    return "<![CDATA[" + str(text).replace("]]>", "]]]]><![CDATA[>") + "]]>"


def fields(prefix: str, values: Mapping[str, object]) -> str:
    return "".join(f"<{prefix}{name}>{cdata(value)}</{prefix}{name}>" for name, value in values.items())


def export(
    *items: str, base: str = "https://old.example", title: str = "Old blog", terms: str = "", authors=None
) -> str:
    """A whole export; ada (user 7) writes in it unless `authors` says otherwise."""
    head = f"<title>{escape(title)}</title><link>{base}</link><description>Old words</description>"
    head += f"<wp:wxr_version>1.2</wp:wxr_version><wp:base_blog_url>{base}</wp:base_blog_url>\n"
    return HEAD + head + (author() if authors is None else authors) + terms + "\n".join(items) + END


def author(
    login: str = "ada", *, number: int = 7, name: str = "Ada Byron", email: str = "ada@old.example"
) -> str:
    values = {"author_id": number, "author_login": login, "author_email": email, "author_display_name": name}
    return f"<wp:author>{fields('wp:', values)}</wp:author>\n"


def category(key: str, name: str, *, parent: str = "") -> str:
    values = {"category_nicename": key, "category_parent": parent, "cat_name": name}
    return f"<wp:category>{fields('wp:', values)}</wp:category>\n"


def item(
    number: int,
    *comments: str,
    title: str = "A post",
    content: str = "Some words.",
    excerpt: str = "",
    date: str = "2020-05-01 12:00:00",
    gmt: str | None = None,
    slug: str | None = None,
    link: str | None = None,
    creator: str = "ada",
    filed: Iterable[tuple[str, str, str]] = (),
    meta: Mapping[str, object] | None = None,
    **columns: object,
) -> str:
    """One item; `columns` are further wp: columns such as status, post_type or post_password."""
    slug = f"post-{number}" if slug is None else slug
    values = {
        "post_id": number, "post_date": date, "post_date_gmt": date if gmt is None else gmt, "post_name": slug,
        "comment_status": "open", "status": "publish", "post_parent": 0, "post_type": "post", "post_password": "",
        "is_sticky": 0,
    } | columns  # fmt: skip
    link = f"https://old.example/{slug}/" if link is None else link
    terms = "".join(
        f"<category domain={quoteattr(domain)} nicename={quoteattr(key)}>{cdata(name)}</category>"
        for domain, key, name in filed
    )
    return (
        f"<item><title>{cdata(title)}</title><link>{escape(link)}</link><dc:creator>{cdata(creator)}</dc:creator>"
        f"<content:encoded>{cdata(content)}</content:encoded><excerpt:encoded>{cdata(excerpt)}</excerpt:encoded>"
        f"{fields('wp:', values)}{terms}{_meta('postmeta', meta)}{''.join(comments)}</item>"
    )


def attachment(number: int, path: str, *, alt: str = "", caption: str = "", parent: int = 0) -> str:
    return item(
        number, title=f"File {number}", excerpt=caption, post_type="attachment", status="inherit", content="",
        post_parent=parent, meta={"_wp_attachment_image_alt": alt} if alt else None,
        attachment_url=f"https://old.example/wp-content/uploads/{path}",
    )  # fmt: skip


def comment(
    number: int,
    content: str = "A thought.",
    *,
    parent: int = 0,
    name: str = "Bob",
    email: str = "bob@old.example",
    date: str = "2020-05-01 13:00:00",
    gmt: str | None = None,
    meta: Mapping[str, object] | None = None,
    **columns: object,
) -> str:
    values = {
        "comment_id": number, "comment_author": name, "comment_author_email": email, "comment_author_url": "",
        "comment_author_IP": "192.0.2.7", "comment_date": date, "comment_date_gmt": date if gmt is None else gmt,
        "comment_content": content, "comment_approved": "1", "comment_type": "comment", "comment_parent": parent,
        "comment_user_id": 0,
    } | columns  # fmt: skip
    return f"<wp:comment>{fields('wp:', values)}{_meta('commentmeta', meta)}</wp:comment>"


def _meta(tag: str, meta: Mapping[str, object] | None) -> str:
    return "".join(
        f"<wp:{tag}>{fields('wp:', {'meta_key': key, 'meta_value': value})}</wp:{tag}>"
        for key, value in (meta or {}).items()
    )


# --- bringing them in -----------------------------------------------------------------------------------------


def saved(folder: Path, text: str | bytes, name: str = "export.xml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def bring(folder: Path, text: str | bytes, *options: str, **named: object) -> str:
    """Import an export and return the report, white space folded."""
    return bring_file(saved(folder, text), *options, **named)


def bring_file(path: Path, *options: str, **named: object) -> str:
    out = StringIO()
    call_command("import_wordpress", str(path), *options, stdout=out, **named)
    return " ".join(out.getvalue().split())


def everything() -> str:
    """All rows of our own tables, to see whether anything changed."""
    models = [model for model in apps.get_models() if model.__module__.split(".")[0] in OUR_ROOMS]
    rows = (row for model in models for row in model._base_manager.order_by("pk"))
    return serializers.serialize("json", rows)


OUR_ROOMS = {"accounts", "blog", "comments", "exchange"}


def damaged() -> list[str]:
    """What is wrong with the trees, all of them; an empty list is well."""
    rows: dict[int, list] = {}
    for row in tree.rows_of(Comment.objects.order_by().values_list("tree_id", flat=True).distinct()):
        rows.setdefault(row.tree_id, []).append(row)
    return [damage for thread in rows.values() if (damage := tree.damage_of(thread))]
