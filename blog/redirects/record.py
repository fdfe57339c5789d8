"""What has a new address leaves the old one behind, leading on; addresses are kept as people read them.

In percent, an address of 170 Devanagari letters would have no room in the column.
"""

from urllib.parse import unquote

from blog.models import OldAddress


def leave_redirect(old: str, new: str) -> None:
    """Let `old` and everything that led to it lead to `new`; both as `reverse` gives them."""
    if old == new:
        return
    old_forms, new_forms = {old, unquote(old)}, {new, unquote(new)}
    OldAddress.objects.filter(path__in=new_forms).delete()
    OldAddress.objects.filter(target__in=old_forms).update(target=unquote(new))
    OldAddress.objects.update_or_create(path=unquote(old), defaults={"target": unquote(new)})
