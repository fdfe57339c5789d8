"""The shape of a page as its owner types it: a post without topics, at an address of its own. It writes nothing."""

from urllib.parse import unquote

from django import forms
from django.utils.translation import gettext as _

from blog import paths
from blog.forms import PostForm
from blog.models import CommentPolicy, OldAddress, Post, PostKind
from blog.models.posts import LONGEST_PATH


class PageForm(PostForm):
    """A page. Its address is made from the title where none is typed, and is none of ours nor anybody else's."""

    is_page = True
    categories = None
    tags = None
    add_tag = None

    class Meta(PostForm.Meta):
        fields = (
            "title", "dek", "body_format", "body", "path", "shown_in", "position", "excerpt", "comment_policy",
            "comments_close_after",
        )  # fmt: skip
        widgets = PostForm.Meta.widgets | {
            "path": forms.TextInput,
            "shown_in": forms.Select,
            "position": forms.NumberInput({"min": 0}),
        }

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.instance.kind = PostKind.PAGE
        if not self.instance.pk:
            self.initial |= {"comment_policy": CommentPolicy.CLOSED, "authors": []}

    def _prepare_address(self) -> None:
        self.fields["path"].help_text = _(
            "For example /about/ or /about/team/. Leave empty to create it from the title."
        )

    def _clean_place(self, cleaned: dict) -> None:
        if "title" not in cleaned or "path" not in cleaned:
            return
        path = paths.cleaned(cleaned["path"] or cleaned["title"].replace("/", " "))
        if refusal := self._path_refusal(path):
            self.add_error("path", refusal)
        cleaned["path"] = path

    def _path_refusal(self, path: str) -> str:
        """Return why the page cannot stand there, or ""."""
        if not path:
            return _("The title contains no letters for a URL; enter one here.")
        words = {"path": path, "free": self._free(path)}
        if len(words["free"]) > LONGEST_PATH:
            return _("This URL is too long.")
        if paths.is_ours(path):
            return _("“%(path)s” begins like one of the site’s own URLs. “%(free)s” is available.") % words
        if other := Post.objects.pages().exclude(pk=self.instance.pk).filter(path=path).first():
            words["title"] = other.title
            return _("The URL “%(path)s” is used by “%(title)s”. “%(free)s” is available.") % words
        if old := self._old_address(path):
            words["target"] = old.target
            return (
                _("“%(path)s” redirects to %(target)s, which had this URL before. “%(free)s” is available.")
                % words
            )
        return ""

    def _old_address(self, path: str) -> OldAddress | None:
        """Return what leads on from there to somewhere else than this page."""
        own = unquote(self.instance.get_absolute_url()) if self.instance.pk else None
        return OldAddress.objects.filter(path=path).exclude(target=own).first()

    def _free(self, path: str) -> str:
        beginning = path.rstrip("/")
        taken = set(Post.objects.pages().filter(path__startswith=beginning).values_list("path", flat=True))
        taken |= set(OldAddress.objects.filter(path__startswith=beginning).values_list("path", flat=True))
        return paths.free(path, taken) if path else ""
