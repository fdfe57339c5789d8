"""Every kind of page holds in axe, at both widths and in both themes, under fingers and at 320 pixels."""

import pytest

from tests.journeys.axe import inspect, inspect_under_a_finger

pytestmark = [pytest.mark.journey, pytest.mark.barriers]

# Every page of interface.md §2 that exists, by where it is found: a path, or a link on another page.
PAGES = {
    "home": "/",
    "older posts": "/?before=1",
    "post with clippings, a figure and 120 comments": "{post}",
    "post in flat order": "{posts[the-polls-failed-together]}?order=flat",
    "post with closed comments": "{posts[a-ceiling-is-not-a-gag]}",
    "post without comments": "{posts[in-praise-of-the-slow-count]}",
    "thread with lanes and tombstones": "{lanes}",
    "comment": "/comments/{comments[ann3]}/",
    "comment that is gone": "/comments/{comments[jo]}/",
    "form of an answer": "/comments/{comments[ann3]}/reply/",
    "form of a comment": "/posts/{open_post}/comments/",
    "comment that was edited": "/comments/{edited}/",
    "report of a comment": "/comments/{comments[ann3]}/report/",
    "edit that is too late": "/comments/{comments[ann3]}/edit/",
    "form where only members comment": "/comments/{members_only}/reply/",
    "recent comments": "/comments/",
    "muting": "/comments/{comments[ann3]}/mute/",
    "mutes, none": "/mutes/",
    "finding in a thread": "/posts/{open_post}/find/",
    "shortcuts": "/shortcuts/",
    "category": "/category/the-assembly/",
    "tag": "/tag/speaker/",
    "author": "/author/maren-holloway/",
    "publication": "/source/the-statehouse-monitor/",
    "article": "{article}",
    "tags": "/tags/",
    "archive": "/archive/",
    "year": "/2024/",
    "month": "/2024/06/",
    "search": "/search/",
    "search that finds": "/search/?q=vote",
    "search that finds nothing": "/search/?q=xyzzy",
    "about": "/about/",
    "rules": "/rules/",
    "privacy": "/privacy/",
    "person": "/people/maren-holloway/",
    "sign-in": "/accounts/login/",
    "sign-up": "/accounts/signup/",
    "code by mail": "/accounts/login/code/",
    "forgotten password": "/accounts/password/reset/",
    "suspended": "/accounts/suspended/",
    "404": "/nowhere/",
    "410": "{withdrawn}",
}
# A form that asks who one is needs its token.
PAGES_WITH_TOKEN = {"sign-in", "sign-up", "code by mail", "forgotten password"}
PAGES_OF_MEMBERS = {
    "settings": "/accounts/",
    "name": "/accounts/name/",
    "change of password": "/accounts/password/change/",
    "sessions": "/accounts/sessions/",
    "second factor": "/accounts/second-factor/",
    "being asked again": "/accounts/email/",
    "signing out": "/accounts/logout/",
}
PAGES_OF_AUTHORS = {
    "admin": "/admin/",
    "list of posts in the admin": "/admin/blog/post/",
    "form of a post in the admin": "/admin/blog/post/1/change/",
    "form of a new post in the admin": "/admin/blog/post/add/",
    "list of figures in the admin": "/admin/blog/figure/",
    "list of notes in the admin": "/admin/comments/note/",
    "preview of a draft": "/posts/1/preview/",
    "403": "/admin/accounts/user/",
}
# Words of comments that wait since the beginning: what other journeys left there would make the lists longer.
PAGES_OF_MODERATORS = {
    "queue": "/moderation/?q=see",
    "queue of reports": "/moderation/?state=reported&q=hal",
    "queue of all": "/moderation/?state=all&q=see",
    "queue with nothing in it": "/moderation/?q=xyzzy",
    "removal": "/comments/{comments[ann3]}/removal/",
    "comment with its decisions": "/comments/{comments[held]}/",
    "thread with decisions": "{lanes}",
    "list of comments in the admin": "/admin/comments/comment/?q=Holloway",
}


@pytest.mark.parametrize("kind", PAGES)
def test_a_page_of_each_kind_has_no_barriers(visit, site, kind):
    path = PAGES[kind].format(**vars(site), post=site.post)
    page = visit()
    page.goto(path)
    inspect(page)
    # Nobody has acted yet.
    assert [cookie["name"] for cookie in page.context.cookies()] == (
        ["csrftoken"] if kind in PAGES_WITH_TOKEN else []
    )


@pytest.mark.parametrize("kind", PAGES)
def test_a_page_of_each_kind_fits_under_a_finger(visit, site, kind):
    path = PAGES[kind].format(**vars(site), post=site.post)
    # Style sheets that a test adds are not the page's own.
    page = visit(width=360, height=780, finger=True, bypass_csp=True)
    page.goto(path)
    inspect_under_a_finger(page)


@pytest.mark.parametrize("kind", PAGES_OF_MEMBERS)
def test_a_page_for_members_has_no_barriers(visit, member_state, kind):
    page = visit(storage_state=member_state)
    page.goto(PAGES_OF_MEMBERS[kind])
    inspect(page)


@pytest.mark.parametrize("kind", PAGES_OF_MEMBERS)
def test_a_page_for_members_fits_under_a_finger(visit, member_state, kind):
    page = visit(width=360, height=780, finger=True, bypass_csp=True, storage_state=member_state)
    page.goto(PAGES_OF_MEMBERS[kind])
    inspect_under_a_finger(page)


@pytest.mark.parametrize("kind", PAGES_OF_AUTHORS)
def test_a_page_for_authors_has_no_barriers(visit, author_state, kind):
    page = visit(storage_state=author_state)
    page.goto(PAGES_OF_AUTHORS[kind])
    inspect(page)


@pytest.mark.parametrize("kind", PAGES_OF_AUTHORS)
def test_a_page_for_authors_fits_under_a_finger(visit, author_state, kind):
    page = visit(width=360, height=780, finger=True, bypass_csp=True, storage_state=author_state)
    page.goto(PAGES_OF_AUTHORS[kind])
    inspect_under_a_finger(page)


@pytest.mark.parametrize("kind", PAGES_OF_MODERATORS)
def test_a_page_for_moderators_has_no_barriers(visit, site, moderator_state, kind):
    page = visit(storage_state=moderator_state)
    page.goto(PAGES_OF_MODERATORS[kind].format(**vars(site)))
    inspect(page)


@pytest.mark.parametrize("kind", PAGES_OF_MODERATORS)
def test_a_page_for_moderators_fits_under_a_finger(visit, site, moderator_state, kind):
    page = visit(width=360, height=780, finger=True, bypass_csp=True, storage_state=moderator_state)
    page.goto(PAGES_OF_MODERATORS[kind].format(**vars(site)))
    inspect_under_a_finger(page)
