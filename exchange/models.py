"""Records what was imported from where, so that a second import changes nothing and old anchors find their comments."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ImportedItem(models.Model):
    """`old_id` of this kind at the old site is `new_id` here. Local edits and removals are never undone."""

    class Kind(models.TextChoices):
        POST = "post", _("post")
        COMMENT = "comment", _("comment")
        ATTACHMENT = "attachment", _("attachment")
        AUTHOR = "author", _("author")
        CATEGORY = "category", _("category")
        TAG = "tag", _("tag")

    site = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    old_id = models.CharField(max_length=200)
    new_id = models.BigIntegerField()

    class Meta:
        verbose_name = _("imported item")
        verbose_name_plural = _("imported items")
        constraints = [models.UniqueConstraint(fields=["site", "kind", "old_id"], name="one_import_per_item")]
        indexes = [models.Index(fields=["kind", "new_id"], name="imported_new_idx")]

    def __str__(self) -> str:
        return f"{self.kind} {self.old_id} → {self.new_id}"
