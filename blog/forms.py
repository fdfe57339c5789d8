"""Forms for what authors type: posts, quoted sources, figures, authors. Forms keep all input and write no rows."""

from functools import partial
from typing import TYPE_CHECKING, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.slugs import free_slug
from accounts.spelling import slugify
from blog import markup
from blog.converters import LAST_YEAR
from blog.fields import MomentField, WebAddressField
from blog.figures import figures_for, figures_of
from blog.imaging import processing
from blog.markup.blocks import with_plain_ends
from blog.models import Author, BodyFormat, CaptionFormat, Category, Figure, Post, PostTag, Tag, figure_data
from blog.topics import TAG_LENGTH, split_names
from web import dates

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

RECENT_FIGURES = 40
# Nobody reads more of them under a post.
MOST_TAGS = 40
# Characters of a wrong address that its error message quotes.
LONGEST_SHOWN = 80


class InOrder(forms.MultiWidget):
    """One select box per place: an ordered choice without dragging and without scripts."""

    def __init__(self, label: str, attrs: dict | None = None) -> None:
        self.label = label
        super().__init__([], attrs)

    def make_room(self, places: int, choices: list[tuple]) -> None:
        """Set the number of select boxes; each is labelled with its place."""
        self.widgets = [
            forms.Select({"aria-label": f"{self.label} {place}"}, choices) for place in range(1, places + 1)
        ]
        self.widgets_names = [f"_{place}" for place in range(places)]

    def decompress(self, value: list | None) -> list:
        return value or []

    def value_from_datadict(self, data, files, name: str) -> list[str]:
        return [data[key] for key in place_names(data, name) if data[key]]

    def value_omitted_from_data(self, data, files, name: str) -> bool:
        return not place_names(data, name)


def place_names(data, name: str) -> list[str]:
    """Return the names of the select boxes that were sent, in order."""
    places = range(len(data))
    found = []
    for place in places:
        if f"{name}_{place}" not in data:
            break
        found.append(f"{name}_{place}")
    return found


class InOrderField(forms.Field):
    """Rows of a model, in the order that the author chose."""

    default_error_messages = {"gone": gettext_lazy("One of these no longer exists. Choose again.")}

    def __init__(self, queryset: QuerySet, *, label: "_StrOrPromise", **kwargs) -> None:
        self.queryset = queryset
        super().__init__(label=label, widget=InOrder(str(label)), required=False, **kwargs)

    def make_room(self, places: int) -> None:
        self.widget.label = str(self.label)
        choices = [("", "—"), *((str(row.pk), str(row)) for row in self.queryset.all())]
        self.widget.make_room(places, choices)

    def clean(self, value: list[str]) -> list:
        keys = list(dict.fromkeys(value))
        try:
            rows = self.queryset.in_bulk([int(key) for key in keys])
            return [rows[int(key)] for key in keys]
        except (KeyError, ValueError, OverflowError) as error:
            raise ValidationError(self.error_messages["gone"], code="gone") from error

    def has_changed(self, initial: list | None, data: list | None) -> bool:
        return [str(key) for key in initial or []] != [str(key) for key in data or []]


class PostForm(forms.ModelForm):
    """A post in the editor. `do` is the button pressed; publishing requires more fields than saving."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    caret = forms.CharField(required=False, widget=forms.HiddenInput)
    authors = InOrderField(Author.objects.all(), label=gettext_lazy("Byline"))
    # A page has none of these (blog/page_forms.py).
    categories: forms.Field | None = InOrderField(Category.objects.all(), label=gettext_lazy("Category"))
    tags: forms.Field | None = forms.CharField(
        label=gettext_lazy("Tags"),
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy("Separate with commas, most important first."),
    )
    add_tag: forms.Field | None = forms.CharField(
        label=gettext_lazy("Add a tag"),
        required=False,
        widget=forms.TextInput({"list": "known-tags", "autocomplete": "off"}),
    )
    publish_on = MomentField(
        label=gettext_lazy("Publish on"),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    class Meta:
        model = Post
        fields: tuple[str, ...] = (
            "title", "dek", "body_format", "body", "slug", "excerpt", "comment_policy", "comments_close_after",
        )  # fmt: skip
        widgets = {
            "title": forms.TextInput,
            "dek": forms.Textarea({"rows": 2}),
            "body": forms.Textarea({"rows": 24, "spellcheck": "true"}),
            "slug": forms.TextInput,
            "excerpt": forms.Textarea({"rows": 3}),
            "body_format": forms.Select,
            "comment_policy": forms.Select,
            "comments_close_after": forms.NumberInput({"min": 0}),
        }

    is_page = False
    # Set on the class that the admin creates for each request.
    user: User | None = None
    # Show the form again without saving: a block was inserted into the text.
    is_only_shown = False

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.theirs: Post | None = None
        self.do = self.data.get("do", "save")
        self._prepare_address()
        self._fill_in()

    def _prepare_address(self) -> None:
        self.fields["slug"].required = False
        self.fields["slug"].help_text = _("Leave empty to create it from the title.")

    def _fill_in(self) -> None:
        post = self.instance
        own = getattr(self.user, "author", None)
        chosen = {"authors": [own.pk] if own else [], "categories": []}
        if post.pk:
            chosen["authors"] = list(post.bylines.values_list("author", flat=True))
            chosen["categories"] = list(post.post_categories.values_list("category", flat=True))
            self.initial["tags"] = ", ".join(post.post_tags.values_list("tag__name", flat=True))
            self.initial["publish_on"] = post.published_at if post.is_scheduled() else None
            self.initial["seen"] = post.updated_at.isoformat()
        for name, least in (("authors", 2), ("categories", 3)):
            if name not in self.fields:
                continue
            self.initial[name] = chosen[name]
            sent = place_names(self.data, self.add_prefix(name))
            field = cast(InOrderField, self.fields[name])
            field.make_room(max(least, len(chosen[name]) + 1, len(sent)))

    def is_multipart(self) -> bool:
        """Return True: the form of a new figure is sent with the post."""
        return True

    def full_clean(self) -> None:
        """Drop all errors if the form is only shown again."""
        super().full_clean()
        if self.is_only_shown and self.is_bound:
            self.errors.clear()

    def is_valid(self) -> bool:
        return super().is_valid() and not self.is_only_shown

    def clean_body(self) -> str:
        """Refuse source blocks with a broken address, which would be dropped silently."""
        body = with_plain_ends(self.cleaned_data["body"])
        if self.cleaned_data.get("body_format", self.instance.body_format) == BodyFormat.MARKDOWN:
            wrong = dict.fromkeys(markup.unusable_source_addresses(body))
            words = _(
                "“%s” isn’t a web address. In a source block, “url:” must begin with https:// or http://."
            )
            if wrong:
                raise ValidationError([words % address[:LONGEST_SHOWN] for address in wrong])
        return body

    def clean_dek(self) -> str:
        return " ".join(self.cleaned_data["dek"].split())

    def clean_publish_on(self):
        moment = self.cleaned_data["publish_on"]
        if self.do != "schedule":
            return moment
        if moment is None:
            raise ValidationError(_("Choose a date and time."))
        if moment.year >= LAST_YEAR:
            raise ValidationError(_("Choose a year before %d.") % LAST_YEAR)
        if moment <= timezone.now():
            raise ValidationError(_("That time has passed. Choose a later one, or publish now."))
        return moment

    def clean(self) -> dict:
        super().clean()
        cleaned = self.cleaned_data
        self._clean_place(cleaned)
        if self.do in {"publish", "schedule"} and not cleaned.get("body", "").strip():
            self.add_error("body", _("A post needs some text before it can be published."))
        if self.instance.pk and not self.is_only_shown:
            self._refuse_to_overwrite()
        return cleaned

    def _clean_place(self, cleaned: dict) -> None:
        """Check the post's slug and tags."""
        self._clean_slug(cleaned)
        self._clean_tags(cleaned)

    def _clean_slug(self, cleaned: dict) -> None:
        if "slug" not in cleaned or "title" not in cleaned:
            return
        slug = cleaned["slug"] or slugify(cleaned["title"])
        if not slug:
            self.add_error("slug", _("The title contains no letters for a URL; enter one here."))
            return
        cleaned["slug"] = slug
        others = Post.objects.filter(slug=slug).exclude(pk=self.instance.pk)
        if not others.exists():
            return
        words = {"slug": slug, "free": free_slug(slug, Post.objects.all())}
        # The title of somebody else's draft stays private.
        if other := others.visible_to(self.user).first():
            words["title"] = other.title
            told = _("The URL “%(slug)s” is used by “%(title)s”. “%(free)s” is available.")
        else:
            told = _("The URL “%(slug)s” is used by another post. “%(free)s” is available.")
        self.add_error("slug", told % words)

    def _clean_tags(self, cleaned: dict) -> None:
        names = split_names(f"{cleaned.get('tags', '')}, {cleaned.get('add_tag', '')}")
        if len(names) > MOST_TAGS:
            words = {"most": MOST_TAGS, "count": len(names)}
            self.add_error("tags", _("You can add up to %(most)d tags (you have %(count)d).") % words)
        for name in names:
            if len(name) > TAG_LENGTH:
                self.add_error("tags", _("The tag “%s…” is too long.") % name[:40])
            elif not slugify(name):
                self.add_error("tags", _("The tag “%s” contains no letters or digits.") % name)
        cleaned["tags"] = names

    def _refuse_to_overwrite(self) -> None:
        """Refuse to save over changes made since the form was opened. The row stays locked until the save is done."""
        now = Post.objects.select_for_update().get(pk=self.instance.pk)
        if self.cleaned_data.get("seen") == now.updated_at.isoformat():
            return
        self.theirs = now
        # Saving again is then a decision, with both versions in view.
        data = cast(QueryDict, self.data).copy()
        data[self.add_prefix("seen")] = now.updated_at.isoformat()
        self.data = data
        raise ValidationError(
            _(
                "This post was saved elsewhere at %s, after you opened it. Your version is below; the saved one is at "
                "the end of the page. Saving again will overwrite it."
            )
            % dates.clock(now.updated_at),
            code="conflict",
        )

    @cached_property
    def rendered(self) -> str:
        """The typed text as HTML, for a preview without saving."""
        body = with_plain_ends(self.data.get("body", ""))
        figures = partial(figure_data, usable=figures_of(self.instance, by=self.user))
        return markup.trusted(
            markup.render_post(body, body_format=self.instance.body_format, figures=figures).html
        )

    def known_tags(self) -> list[str]:
        """Return tag names for completion: the newest of posts that the author may read, at most 1,000."""
        posts = Post.objects.visible_to(self.user).order_by().values("pk")
        tags = Tag.objects.filter(pk__in=PostTag.objects.filter(post__in=posts).values("tag"))
        return list(tags.order_by("-pk").values_list("name", flat=True)[:1000])


class SourceForm(forms.Form):
    """A quotation and its source, to be inserted into the text as a block."""

    url = WebAddressField(label=gettext_lazy("Web address"), required=False)
    publication = forms.CharField(label=gettext_lazy("Publication"), required=False, max_length=200)
    headline = forms.CharField(label=gettext_lazy("Headline"), required=False, max_length=500)
    writer = forms.CharField(label=gettext_lazy("Writer"), required=False, max_length=200)
    date = forms.CharField(
        label=gettext_lazy("Date"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("2026-03-02, or as printed in the source."),
    )
    text = forms.CharField(
        label=gettext_lazy("Quotation"),
        required=False,
        widget=forms.Textarea({"rows": 6}),
        help_text=gettext_lazy("Separate paragraphs with blank lines; mark omissions with […]."),
    )

    def clean(self) -> dict:
        super().clean()
        cleaned = self.cleaned_data
        if not self.errors and not cleaned["publication"] and not cleaned["url"]:
            self.add_error("publication", _("Enter a publication or a web address."))
        if not cleaned.get("text", "").strip():
            self.add_error("text", _("Paste the quotation."))
        return cleaned


def clean_picture(file):
    """Return the cleaned picture; raise ValidationError with the reason if it cannot be used.

    This runs before any model field sees the file: Django would open it to measure it, and less carefully.
    """
    if not file or not hasattr(file, "content_type"):
        return file
    try:
        return processing.cleaned(file)
    except processing.NotAPicture as error:
        raise ValidationError(str(error)) from error


# Without HEIC: then an iPhone sends a JPEG by itself.
PICTURE_TYPES = "image/jpeg,image/png,image/webp,image/gif,image/avif,image/tiff,image/bmp,image/jp2"


CAPTION_HELP = {
    "markdown": gettext_lazy("Links and emphasis as in a post: [link text](https://…), *emphasis*."),
    "html": gettext_lazy(
        'This caption is written in HTML: <a href="https://…">link text</a>, <em>emphasis</em>.'
    ),
}


MOST_OF_A_CAPTION = Figure._meta.get_field("caption").max_length or 0


class FigureForm(forms.ModelForm):
    """A picture with its words. The alt text is required: without it some readers get nothing."""

    caption = forms.CharField(
        label=gettext_lazy("caption"),
        max_length=Figure._meta.get_field("caption_markup").max_length,
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )

    class Meta:
        model = Figure
        fields = ("image", "alt", "caption", "credit", "link", "description")
        # Django's ImageField would look first, and has one message for everything that it cannot open.
        field_classes = {"image": forms.FileField}
        widgets = {
            "image": forms.FileInput({"accept": PICTURE_TYPES}),
            "alt": forms.Textarea({"rows": 2}),
            "credit": forms.TextInput,
            "link": forms.TextInput({"inputmode": "url"}),
            "description": forms.Textarea({"rows": 4}),
        }

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        # Optional in the model, for imports that found no file; required for a new figure. Somebody else's figure is
        # shown without any fields.
        if "image" in self.fields:
            self.fields["image"].required = not self.instance.pk
        if "caption" in self.fields:
            is_html = self.instance.caption_markup and self.instance.caption_format == CaptionFormat.HTML
            self.fields["caption"].help_text = CAPTION_HELP["html" if is_html else "markdown"]
            self.initial["caption"] = self.instance.caption_markup or self.instance.caption

    def clean_image(self):
        return clean_picture(self.cleaned_data["image"])

    def clean_caption(self) -> str:
        """Return the caption's plain words; store its markup too if it has links or emphasis.

        An unchanged caption is left alone, even if it was typed before captions had markup.
        """
        written, figure = self.cleaned_data["caption"], self.instance
        if written == self.initial["caption"]:
            return figure.caption
        figure.caption_format = figure.caption_format if figure.caption_markup else CaptionFormat.MARKDOWN
        html = markup.render_caption(written, text_format=figure.caption_format)
        has_markup = html != markup.render_caption(written, text_format="plain")
        figure.caption_markup = written if has_markup else ""
        words = markup.plain_text(html) if has_markup else written
        if len(words) > MOST_OF_A_CAPTION:
            raise ValidationError(_("Keep it to %d characters.") % MOST_OF_A_CAPTION)
        return words

    def clean_link(self) -> str:
        link = self.cleaned_data["link"]
        address = markup.link_address(link)
        if link and not address:
            raise ValidationError(
                _("Enter a web address that begins with https://, or with / for a page of this site.")
            )
        return address


class AuthorForm(forms.ModelForm):
    """An author. The account is entered by e-mail address and the portrait by number, since both lists may be long."""

    account = forms.EmailField(
        label=gettext_lazy("Account"),
        required=False,
        help_text=gettext_lazy(
            "The e-mail address they sign in with. Leave empty for a guest author without an account."
        ),
    )

    class Meta:
        model = Author
        fields = ("name", "slug", "bio", "portrait")
        widgets = {"bio": forms.Textarea({"rows": 4}), "portrait": forms.NumberInput({"min": 1})}
        labels = {"portrait": gettext_lazy("portrait")}
        help_texts = {"portrait": gettext_lazy("The number of a figure, as shown in the list of figures.")}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.initial["account"] = self.instance.user.email if self.instance.user else ""
        self.order_fields(["name", "slug", "account"])

    def clean_account(self) -> str:
        address = self.cleaned_data["account"]
        self.instance.user = User.objects.filter(email__iexact=address).first() if address else None
        if address and self.instance.user is None:
            raise ValidationError(_("No account uses this address."))
        other = Author.objects.filter(user=self.instance.user).exclude(pk=self.instance.pk).first()
        if address and other is not None:
            raise ValidationError(_("This account is already linked to %s.") % other)
        return address


class FigureChoiceField(forms.ModelChoiceField):
    """A choice of figures, labelled with number and words."""

    def label_from_instance(self, figure: Figure) -> str:
        return f"{figure.pk}: {str(figure)[:80]}"


class FigurePickForm(FigureForm):
    """A figure to insert into a text: an existing one, or a new one."""

    figure = FigureChoiceField(
        Figure.objects.none(),
        label=gettext_lazy("Reuse a figure"),
        required=False,
        empty_label="—",
    )

    def __init__(self, *args, user: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        recent = figures_for(user).order_by("-pk").values_list("pk", flat=True)[:RECENT_FIGURES]
        choice = cast(FigureChoiceField, self.fields["figure"])
        choice.queryset = Figure.objects.filter(pk__in=list(recent))
        self.order_fields(["figure", *self.Meta.fields])

    def full_clean(self) -> None:
        """Require an image and alt text only if no existing figure was chosen."""
        chosen = bool(self.data.get(self.add_prefix("figure")))
        for name in ("image", "alt"):
            self.fields[name].required = not chosen
        super().full_clean()

    def _post_clean(self) -> None:
        """Validate the model only if a new figure is added."""
        if not self.cleaned_data.get("figure"):
            # Where Django's model forms look at the model; its stubs leave the method out.
            super()._post_clean()  # type: ignore[misc]
