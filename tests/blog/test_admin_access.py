"""Who may enter the admin and what they may do there: roles decide, and each refusal is tried."""

import pytest
from django.urls import reverse

from accounts.models import User
from blog import actions
from blog.models import Article, Category, Figure, OldAddress, Post, Publication, SiteSettings
from tests import factories
from tests.forms import form_of, page_of, submit, values_of

OWNERS_LISTS = [
    "/admin/blog/category/",
    "/admin/blog/tag/",
    "/admin/blog/author/",
    "/admin/blog/publication/",
    "/admin/blog/article/",
    "/admin/blog/oldaddress/",
    "/admin/accounts/user/",
    "/admin/comments/discussionsettings/",
]


def editor_of(post) -> str:
    return reverse("admin:blog_post_change", args=[post.pk])


def menu_of(response) -> set[str]:
    return set(page_of(response).xpath("//header//nav//a/@href"))


@pytest.mark.django_db
def test_a_visitor_is_sent_to_the_sites_own_sign_in_and_back(client):
    response = client.get("/admin/blog/post/", follow=True)
    last, _status = response.redirect_chain[-1]
    assert last == "/accounts/login/?next=/admin/blog/post/"


def test_a_member_without_a_role_cannot_enter_the_admin(client, bob):
    client.force_login(bob)
    response = client.get("/admin/", follow=True)
    assert response.status_code == 403


def test_an_author_enters_without_being_staff(client, ada):
    assert not ada.is_staff
    client.force_login(ada)
    response = client.get("/admin/")
    assert response.status_code == 200
    assert menu_of(response) == {"/admin/", "/admin/blog/post/", "/admin/blog/figure/", "/moderation/"}


def test_an_account_that_was_closed_does_not_enter(client, ada):
    client.force_login(ada)
    User.objects.filter(pk=ada.pk).update(is_active=False)
    assert client.get("/admin/").status_code == 302


def test_an_author_neither_sees_nor_changes_anothers_post(client, ada):
    post = factories.make_draft(by=factories.make_author(display_name="Ben"), title="Of Ben's")
    client.force_login(ada)
    assert "Of Ben" not in client.get("/admin/blog/post/").content.decode()
    # A draft is as if it were not there; of a public post everybody knows.
    for status in (404, 403):
        assert client.get(editor_of(post)).status_code == status
        assert client.post(editor_of(post), {"title": "Mine now", "do": "save"}).status_code == status
        assert client.get(reverse("admin:blog_post_history", args=[post.pk])).status_code == status
        assert client.post(reverse("admin:blog_post_withdraw", args=[post.pk])).status_code == status
        assert Post.objects.get().title == "Of Ben's"
        actions.publish_post(post, by=None)


def test_a_post_that_is_not_there_answers_404(client, ada):
    client.force_login(ada)
    assert client.get("/admin/blog/post/4711/change/").status_code == 404


def test_nobody_deletes_a_post(client, owner, ada):
    post = factories.make_draft(by=ada.author)
    for person in (owner, ada):
        client.force_login(person)
        assert (
            client.post(reverse("admin:blog_post_delete", args=[post.pk]), {"post": "yes"}).status_code == 403
        )
        marked = {"action": "delete_selected", "_selected_action": str(post.pk), "post": "yes"}
        client.post("/admin/blog/post/", marked)
        assert "delete" not in client.get(editor_of(post)).content.decode().lower()
    assert Post.objects.count() == 1


@pytest.mark.parametrize("address", [*OWNERS_LISTS, "/admin/blog/sitesettings/"])
def test_what_belongs_to_owners_is_closed_to_authors_and_moderators(client, ada, mo, address):
    SiteSettings.load()
    for person in (ada, mo):
        client.force_login(person)
        assert client.get(address, follow=True).status_code == 403
        assert client.get(f"{address}add/").status_code == 403
        assert client.post(f"{address}add/", {"name": "Mine", "slug": "mine"}).status_code == 403


def test_a_moderator_who_is_not_an_author_cannot_write_posts(client, mo, ada):
    post = factories.make_post(by=ada.author)
    client.force_login(mo)
    assert client.get("/admin/").status_code == 200
    for address in ("/admin/blog/post/", "/admin/blog/post/add/", "/admin/blog/figure/", editor_of(post)):
        assert client.get(address).status_code == 403
    assert (
        client.post("/admin/blog/post/add/", {"title": "T", "body": "B", "do": "publish"}).status_code == 403
    )
    assert Post.objects.count() == 1


def test_an_author_who_also_moderates_may_do_both(client, ada, mo):
    ada.groups.set(mo.groups.all())
    client.force_login(ada)
    assert {"/admin/blog/post/", "/admin/comments/comment/"} <= menu_of(client.get("/admin/"))


def test_an_author_changes_their_own_figures_only(client, ada):
    own, others = Figure.objects.create(alt="Own", created_by=ada), Figure.objects.create(alt="Another's")
    factories.make_post().figures.add(others)
    client.force_login(ada)
    assert client.get("/admin/blog/figure/").status_code == 200
    mine, theirs = (reverse("admin:blog_figure_change", args=[figure.pk]) for figure in (own, others))
    submit(client, client.get(mine), press="_save=", alt="A map of my own")
    assert client.post(theirs, {"alt": "Mine now"}).status_code == 403
    # It is shown, without a field that could be changed.
    page = client.get(theirs)
    assert page.status_code == 200
    assert not page_of(page).xpath("//main//textarea | //main//input[@type='file']")
    assert sorted(Figure.objects.values_list("alt", flat=True)) == ["A map of my own", "Another's"]


# --- pictures and names of other people's drafts --------------------------------------------------------------

SECRET = "A caption that is not public"


@pytest.fixture
def ben(db):
    return factories.make_author(display_name="Ben")


@pytest.fixture
def secret(ben):
    """A picture in Ben's draft, and the draft."""
    figure = Figure.objects.create(alt="Secret", caption=SECRET, created_by=ben.user)
    draft = factories.make_draft(
        by=ben,
        title="Secret title",
        slug="secret",
        tags=("Secret tag",),
        body=f":::figure\nid: {figure.pk}\n:::\n",
    )
    assert list(draft.figures.all()) == [figure]
    return figure


def test_an_author_sees_no_picture_of_anothers_draft(client, ada, secret):
    client.force_login(ada)
    here = reverse("admin:blog_figure_change", args=[secret.pk])
    for address in ("/admin/blog/figure/", "/admin/blog/figure/?q=caption", "/admin/blog/post/add/"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert SECRET not in answer.content.decode()
    for address in (here, here.replace("change", "history"), here.replace("change", "delete")):
        assert client.get(address).status_code in {403, 404}
        assert (
            client.get(address).status_code
            == client.get(address.replace(str(secret.pk), "98765")).status_code
        )


def test_an_author_sees_pictures_of_posts_that_they_read_or_sign(client, ada, secret):
    client.force_login(ada)
    draft = secret.posts.get()
    draft.bylines.create(author=ada.author, position=1)
    assert SECRET in client.get("/admin/blog/figure/").content.decode()
    draft.bylines.filter(author=ada.author).delete()
    assert SECRET not in client.get("/admin/blog/figure/").content.decode()
    actions.publish_post(draft, by=None)
    assert SECRET in client.get("/admin/blog/figure/").content.decode()


def test_naming_its_number_shows_no_picture_of_anothers_draft(client, ada, secret):
    client.force_login(ada)
    block = f":::figure\nid: {secret.pk}\n:::\n"
    page = client.get("/admin/blog/post/add/")
    submit(client, page, press="do=save", title="Mine", body=block)
    mine = Post.objects.get(title="Mine")
    actions.rerender_post(mine)
    mine.refresh_from_db()
    assert SECRET not in mine.body_html and not mine.figures.exists()
    preview = submit(client, client.get(editor_of(mine)), press="do=preview", body=block)
    assert SECRET not in preview.content.decode()
    picked = submit(
        client, client.get(editor_of(mine)), press="do=figure", **{"figure-figure": str(secret.pk)}
    )
    assert SECRET not in picked.content.decode()
    # Who may see it keeps it, whoever saves the post afterwards.
    shared = secret.posts.get()
    shared.bylines.create(author=ada.author, position=1)
    actions.save_post(shared, by=ada)
    assert SECRET in shared.body_html


def test_a_form_reveals_neither_titles_nor_tags_of_someone_elses_draft(client, ada, secret):
    client.force_login(ada)
    page = client.get("/admin/blog/post/add/")
    assert "Secret tag" not in page.content.decode()
    told = submit(client, page, press="do=save", title="Mine", body="Words.", slug="secret").content.decode()
    assert "is used by another post" in told and "Secret title" not in told
    actions.publish_post(secret.posts.get(), by=None)
    page = client.get("/admin/blog/post/add/")
    assert "Secret tag" in page.content.decode()
    told = submit(client, page, press="do=save", title="Mine", body="Words.", slug="secret").content.decode()
    assert "Secret title" in told


# --- what owners do -------------------------------------------------------------------------------------------


@pytest.fixture
def office(client, owner):
    """A client in which the owner is signed in."""
    client.force_login(owner)
    return client


@pytest.mark.parametrize("address", OWNERS_LISTS)
def test_an_owner_opens_every_list(office, address):
    assert office.get(address, follow=True).status_code == 200


def test_the_first_page_names_everything_and_the_masthead_what_is_used_daily(office):
    page = office.get("/admin/")
    links = page_of(page).xpath("//main//a/@href")
    assert set(OWNERS_LISTS) <= set(links)
    assert menu_of(page) == {
        "/admin/",
        "/admin/blog/post/",
        "/admin/blog/page/",
        "/admin/blog/figure/",
        "/admin/comments/comment/",
        "/moderation/",
    }
    assert "/admin/auth/group/" not in links


def test_an_owner_changes_any_post(office, ada):
    post = factories.make_post(by=ada.author)
    submit(office, office.get(editor_of(post)), press="do=save", title="A better title")
    post.refresh_from_db()
    assert post.title == "A better title"
    assert [byline.author for byline in post.bylines.all()] == [ada.author]


def test_the_sites_settings_are_one_form_and_raise_the_version_of_every_page(office):
    before = SiteSettings.load().version
    page = office.get("/admin/blog/sitesettings/", follow=True)
    submit(office, page, press="_save=", name="The Ledger", time_zone="Europe/Vienna")
    now = SiteSettings.load()
    assert (now.name, now.time_zone) == ("The Ledger", "Europe/Vienna")
    assert now.version > before


def test_an_unknown_time_zone_is_refused_and_nothing_is_lost(office):
    page = office.get("/admin/blog/sitesettings/", follow=True)
    response = submit(office, page, press="_save=", time_zone="Vienna", tagline="A long text.")
    assert "isn’t a time zone" in response.content.decode()
    assert values_of(form_of(response))["tagline"] == "A long text."


def test_renaming_a_category_leaves_its_old_address_behind(office):
    courts = factories.make_category("Courts")
    page = office.get(reverse("admin:blog_category_change", args=[courts.pk]))
    submit(office, page, press="_save=", name="Law", slug="law")
    assert OldAddress.objects.get(path="/category/courts/").target == "/category/law/"


def test_a_category_that_a_post_carries_stays(office):
    factories.make_post(categories=("Courts",))
    courts = Category.objects.get()
    response = office.get(reverse("admin:blog_category_delete", args=[courts.pk]))
    assert "can’t be deleted because posts still use it" in response.content.decode()
    office.post(reverse("admin:blog_category_delete", args=[courts.pk]), {"post": "yes"})
    assert Category.objects.exists()


def test_an_article_gets_its_archived_copy_and_is_marked_dead(office):
    factories.make_post(
        body=":::source\npublication: AP\nheadline: One\nurl: https://ap.example/1\n\nWords.\n:::"
    )
    article = Article.objects.get()
    page = office.get(reverse("admin:blog_article_change", args=[article.pk]))
    submit(office, page, press="_save=", archived_url="https://archive.example/1", is_dead="on")
    article.refresh_from_db()
    assert article.is_dead and article.archived_url == "https://archive.example/1"


def test_a_publication_gets_its_full_name_and_another_host(office):
    factories.make_post(
        body=":::source\npublication: AP\nheadline: One\nurl: https://ap.example/1\n\nWords.\n:::"
    )
    publication = Publication.objects.get()
    page = office.get(reverse("admin:blog_publication_change", args=[publication.pk]))
    new = {"aliases-1-key": "www.apnews.example"}
    submit(office, page, press="_save=", full_name="Associated Press", **new)
    publication.refresh_from_db()
    assert publication.full_name == "Associated Press"
    assert publication.aliases.filter(key="apnews.example").exists()


def test_making_somebody_an_author_lets_them_write(office, client, bob):
    response = office.get("/admin/blog/author/add/")
    submit(office, response, press="_save=", name="Bob Byline", slug="bob-byline", account=bob.email.upper())
    client.force_login(bob)
    assert client.get("/admin/blog/post/add/").status_code == 200


def test_an_account_writes_under_one_name_and_an_unknown_one_is_refused(office, ada):
    page = office.get("/admin/blog/author/add/")
    taken = submit(office, page, press="_save=", name="Ada again", slug="ada-again", account=ada.email)
    assert "This account is already linked to Ada." in taken.content.decode()
    unknown = submit(office, page, press="_save=", name="Nobody", slug="nobody", account="nobody@example.org")
    assert "No account uses this address." in unknown.content.decode()


def test_email_addresses_are_for_owners_only(office, client, bob, ada, mo):
    assert bob.email in office.get("/admin/accounts/user/").content.decode()
    for person in (ada, mo):
        client.force_login(person)
        for address in ("/admin/", "/admin/blog/post/", "/admin/comments/comment/"):
            assert bob.email not in client.get(address).content.decode()


def test_the_list_of_members_speaks_of_owners_and_roles_without_djangos_icons(office, bob):
    page = office.get("/admin/accounts/user/").content.decode()
    assert "By owner" in page and "By moderator role" in page
    assert "icon-yes" not in page and "superuser" not in page.lower().replace("is_superuser", "")
    # Nobody has searched, so nothing was found.
    assert "found." not in page and "found." in office.get("/admin/accounts/user/?q=bob").content.decode()


def test_an_owner_adds_a_member_whose_name_nobody_has(office, bob):
    page = office.get("/admin/accounts/user/add/")
    taken = submit(office, page, press="_save=", display_name="B0b", email="new@example.org")
    assert "one very like it" in taken.content.decode()
    words = {"display_name": "Nora", "email": "Nora@Example.org", "new_password": "long enough words"}
    submit(office, page, press="_save=", **words)
    nora = User.objects.get(display_name="Nora")
    assert nora.check_password("long enough words") and nora.email == "Nora@example.org"
    assert nora.emailaddress_set.get().verified


def test_an_owner_cannot_lock_themselves_out(office, owner):
    page = office.get(reverse("admin:accounts_user_change", args=[owner.pk]))
    values = values_of(form_of(page))
    del values["is_superuser"]
    response = office.post(page.request["PATH_INFO"], values)
    assert "You can’t remove your own access" in response.content.decode()
    owner.refresh_from_db()
    assert owner.is_superuser


def test_nobody_deletes_a_member(office, bob):
    assert (
        office.post(reverse("admin:accounts_user_delete", args=[bob.pk]), {"post": "yes"}).status_code == 403
    )
