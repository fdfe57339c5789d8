"""Puts on the stage what people may type and no page expects: one long word, an address, text from the right.

Each of them stands in every place that shows a person's words; `places` makes the rows and says where they are.
"""

LETTERS = 60
# As wide as letters are, and without a place to break.
WORD = "Wolkenkratzerfassadenreinigungsunternehmensgeschäftsführerin"[:LETTERS]
ADDRESS = "https://example.org/a_path_without_any_place_at_which_a_line_could_break/?and=a+query"
HEBREW = "שלום לכולם, זה משפט ארוך למדי בעברית עם מספר 2026 באמצע"
ARABIC = "هذه جملة طويلة باللغة العربية مع رقم 2026 في الوسط"

BODY = f"""{WORD} {ADDRESS}

## {WORD}

{HEBREW}

## عنوان بالعربية

- {ARABIC}
- Words from the left.
- {WORD}

> {HEBREW}

> {WORD}

:::source
publication: {WORD}
headline: {WORD}
url: {ADDRESS}
writer: {WORD}
date: {WORD[:40]}

{WORD} {ADDRESS}

{ARABIC}

The last paragraph.
:::

| {WORD} | {HEBREW} |
| --- | --- |
| {ADDRESS} | {WORD} |

```
{WORD}{WORD}{WORD} {HEBREW}
```

`{WORD}{WORD}` and **{WORD}** and [{WORD}]({ADDRESS}).

Term one

1. {WORD}
   - {HEBREW}
"""
HTML = (
    f"<dl><dt>{WORD}</dt><dd>{WORD}</dd></dl><details><summary>{WORD}</summary><p>{ADDRESS}</p></details>"
    f"<blockquote cite='{ADDRESS}'><p>First {WORD}.</p><p>Last.</p></blockquote>"
    f"<figure class='plate'><img src='/static/img/favicon.svg' alt='{WORD}'><figcaption>{WORD}</figcaption></figure>"
)
QUOTE_PARAGRAPHS = 30
LONG_QUOTATION = "\n\n".join(
    f"Paragraph {number} of a long quotation. " + "It goes on for some lines, as reports do. " * 5
    for number in range(1, QUOTE_PARAGRAPHS + 1)
)
QUOTING = f":::source\npublication: The Paper\nheadline: A piece\nurl: https://example.org/a\n\n{LONG_QUOTATION}\n:::"


def places(password: str) -> dict:
    """Make the rows; return the addresses of pages by their kind, and the e-mail address of their owner."""
    from blog.models import Author, AuthorHandle, Figure, Quotation
    from comments.models import Note, Report
    from tests import factories

    figure = Figure.objects.create(
        alt=WORD, caption=f"{WORD} {HEBREW}", credit=WORD, description=f"{WORD}\n\n{ADDRESS}"
    )
    account = factories.make_owner(display_name=WORD)
    account.set_password(password)
    account.save()
    author = Author.objects.create(
        user=account, name=f"{WORD}{WORD}", slug="hard-words", bio=f"{WORD}\n\n{HEBREW}"
    )
    AuthorHandle.objects.create(author=author, network=WORD[:40], handle=f"@{WORD}", url=ADDRESS)
    made = {"by": author, "categories": (WORD, HEBREW[:30]), "tags": (WORD, HEBREW[:30], "Short", WORD[::-1])}
    posts = [
        factories.make_post(
            title=title, slug=f"hard-{number}", dek=dek, published_at=_day(number), **made, **words
        )
        for number, (title, dek, words) in enumerate(
            [
                (f"{WORD}{WORD}", f"{WORD} {ADDRESS}", {"body": HTML, "body_format": "html"}),
                (WORD, WORD, {"body": f"{BODY}\n\n:::figure\nid: {figure.pk}\n:::"}),
                (HEBREW, ARABIC, {"body": QUOTING}),
            ]
        )
    ]
    middle = posts[1]
    article = Quotation.objects.filter(post=middle).first().article
    article.archived_url = ADDRESS
    article.save()
    draft = factories.make_draft(title=WORD, slug="hard-draft", body=BODY, by=author)
    guest = factories.make_guest(name=WORD)
    text = f"{WORD} {ADDRESS}\n\n> {WORD}\n\n{HEBREW}\n\n- {WORD}\n\n```\n{WORD}{WORD}\n```\n\n`{WORD}{WORD}`"
    first = factories.make_comment(middle, text=text, by=guest, guest_website=ADDRESS)
    deep = factories.make_comment(
        middle, text=f"> {WORD}\n> — {WORD}, #1\n\n{ARABIC}", by=account, parent=first
    )
    for _level in range(8):
        deep = factories.make_comment(middle, text=f"{WORD}\n\n{ADDRESS}", by=guest, parent=deep)
        factories.make_comment(middle, text=HEBREW, name=HEBREW[:30], parent=deep.parent)
    removed = factories.make_comment(middle, text=WORD, by=guest, parent=first)
    factories.take_away(removed, reason=f"{WORD} {ADDRESS}")
    held = factories.make_comment(
        middle, text=text, by=guest, parent=first, state="held", state_reason=f"{WORD} {ADDRESS}"
    )
    Report.objects.create(comment=deep, guest=guest, reason="Personal attack", note=f"{WORD} {ADDRESS}")
    note = Note.objects.create(post=middle, guest_name=WORD, text=text)
    paths = {
        "post": middle.get_absolute_url(),
        "post before it": posts[0].get_absolute_url(),
        "post after it": posts[2].get_absolute_url(),
        "draft": f"/posts/{draft.pk}/preview/",
        "category": middle.post_categories.first().category.get_absolute_url(),
        "tag": middle.post_tags.first().tag.get_absolute_url(),
        "author": author.get_absolute_url(),
        "publication": article.publication.get_absolute_url(),
        "article": article.get_absolute_url(),
        "month": "/2021/03/",
        "person": f"/people/{account.slug}/",
        **{f"{name} of a comment": f"/comments/{first.pk}/{end}" for name, end in COMMENT_PAGES.items()},
        "comment that was removed": f"/comments/{removed.pk}/",
        "comment deep in a thread": f"/comments/{deep.pk}/",
        "answer deep in a thread": f"/comments/{deep.pk}/reply/",
        "flat discussion": f"{middle.get_absolute_url()}?order=flat",
        "found in the discussion": f"/posts/{middle.pk}/find/?q={WORD}",
        "note to the author": f"/posts/{middle.pk}/comments/",
        "held": f"/comments/{held.pk}/",
        "editor": f"/admin/blog/post/{draft.pk}/change/",
        "editor of an HTML post": f"/admin/blog/post/{posts[0].pk}/change/",
        "author in the admin": f"/admin/blog/author/{author.pk}/change/",
        "figure in the admin": f"/admin/blog/figure/{figure.pk}/change/",
        "article in the admin": f"/admin/blog/article/{article.pk}/change/",
        "publication in the admin": f"/admin/blog/publication/{article.publication.pk}/change/",
        "note in the admin": f"/admin/comments/note/{note.pk}/change/",
    }
    return {"hard": paths, "hard_owner": account.email}


# Pages of one comment by what is added to its address.
COMMENT_PAGES = {"page": "", "answer": "reply/", "report": "report/", "mute": "mute/", "removal": "removal/"}


def _day(number: int):
    """Return a day of a month in which nothing else was published."""
    from datetime import UTC, datetime

    return datetime(2021, 3, 1 + number, 9, tzinfo=UTC)
