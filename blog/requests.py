"""What middleware has put on a request, with the type it has; it looks nothing up."""

from typing import cast

from django.http import HttpRequest

from blog.models import SiteSettings


def site_of(request: HttpRequest) -> SiteSettings:
    """Return the site's settings, which SiteSettingsMiddleware has put on every request but those for health."""
    # The stubs expect the row of django.contrib.sites here, which we do not use.
    return cast(SiteSettings, request.site)
