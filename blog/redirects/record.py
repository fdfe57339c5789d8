"""Store a redirect when a page moves. Addresses are stored decoded.

Percent-encoded, an address of 170 Devanagari letters would not fit into the column.
"""

from urllib.parse import unquote

from blog.models import OldAddress


def leave_redirect(old: str, new: str) -> None:
    """Redirect `old`, and everything that redirected to it, to `new`; both as `reverse` returns them."""
    if old == new:
        return
    old_forms, new_forms = {old, unquote(old)}, {new, unquote(new)}
    OldAddress.objects.filter(path__in=new_forms).delete()
    OldAddress.objects.filter(target__in=old_forms).update(target=unquote(new))
    OldAddress.objects.update_or_create(path=unquote(old), defaults={"target": unquote(new)})
