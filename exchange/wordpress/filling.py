"""Finds pictures and links in posts imported earlier whose files were missing then and are available now.

A picture's place is its figure: the post names the figure's number, so whoever has edited the text keeps what they
have, and gets the picture where the number still stands.
"""

from django.utils.translation import gettext as _

from blog.models import Figure, Post, SiteSettings
from exchange.wordpress import posts
from exchange.wordpress.figures import keys_of
from exchange.wordpress.html import Picture, convert
from exchange.wordpress.memory import Kind
from exchange.wordpress.plan import Plan, featured_of
from exchange.wordpress.report import Kind as Why
from exchange.wordpress.report import Noun
from exchange.wordpress.uploads import linked_in
from exchange.wordpress.wxr import Item


class Filling:
    """Looks into posts imported earlier, only if any figures are without a file."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        # Figures without their file by what they are remembered by.
        self.empty: dict[str, int] = {}
        self.pictures: dict[Picture, str] = {}
        self.galleries: dict[int, str] = {}
        # Links to uploads in texts that nobody has changed since they came, by post.
        self.links: dict[int, list[str]] = {}

    def look(self) -> None:
        """Find the figures of this site that have no file."""
        numbers = set(Figure.objects.filter(image="").values_list("pk", flat=True))
        if numbers:
            known = self.plan.memory.all(Kind.ATTACHMENT)
            self.empty = {key: number for key, number in known.items() if number in numbers}

    def take(self, item: Item) -> list[str]:
        """Remember which pictures a post shows that is here already; return the uploads that it links to."""
        if self.empty:
            self._take_pictures(item)
        return self._take_links(item) if self.plan.library.folder is not None else []

    def _take_links(self, item: Item) -> list[str]:
        number = self.plan.known_posts[str(item.id)]
        post = Post.objects.filter(pk=number).only("body", "updated_at").first()
        zone = SiteSettings.load().zone
        modified = posts.moment(item.modified_gmt, None, zone) or (
            posts.fate_of(item, zone, exported=self.plan.exported, now=self.plan.now).date
        )
        if post is None or post.updated_at != modified:
            # Whoever has changed the text since keeps the links that it has.
            return []
        if links := linked_in(post.body):
            self.links[number] = links
        return links

    def _take_pictures(self, item: Item) -> None:
        converted = convert(
            item.content,
            featured=featured_of(item),
            footnotes=item.meta_value("footnotes"),
            shared=self.plan.shared,
            base=self.plan.base,
        )
        for picture in converted.pictures:
            self.pictures.setdefault(picture, posts.title_of(item))
        if converted.shows_whole_gallery:
            self.galleries[item.id] = posts.title_of(item)

    def finish(self) -> None:
        """Add to the plan what can be filled in, and to the report what cannot."""
        library = self.plan.library
        for post_id, title in self.galleries.items():
            for number in library.of_post(post_id):
                self.pictures.setdefault(Picture(attachment=number), title)
        for picture, title in self.pictures.items():
            figure = next((self.empty[key] for key in keys_of(picture, library) if key in self.empty), None)
            if figure is not None and figure not in self.plan.fillings:
                self._plan(figure, picture, title)
        self.plan.relinked = [
            number for number, links in self.links.items() if any(map(self.plan.wanted.has, links))
        ]
        self.plan.report.came[Noun.RELINKED] = len(self.plan.relinked)

    def _plan(self, number: int, picture: Picture, title: str) -> None:
        report = self.plan.report
        file, refusal = self.plan.library.look_up(picture)
        name = _("%(example)s in “%(title)s”") % {
            "example": f"{picture.src}: {refusal}"
            if refusal
            else picture.src or f"attachment {picture.attachment}",
            "title": title,
        }
        if file is None:
            if self.plan.library.folder is not None:
                report.note(Why.REFUSED_PICTURE if refusal else Why.MISSING_PICTURE, name)
            if Figure.objects.filter(pk=number, old_address="").exists():
                # Of an import that kept no addresses.
                self.plan.fillings[number] = picture
        elif Post.figures.through.objects.filter(figure=number).exists():
            self.plan.fillings[number] = picture
            report.came[Noun.FILLED] += 1
        else:
            report.note(Why.EDITED_AWAY, name)
