"""Every address that django-allauth may ask for by name is here, or belongs to a feature that is turned off."""

import ast
from pathlib import Path

import allauth
import pytest
from allauth.account import app_settings as account
from allauth.mfa import app_settings as mfa
from allauth.mfa.webauthn.views import EditWebAuthnView, RemoveWebAuthnView
from django.conf import settings
from django.urls import NoReverseMatch, get_resolver, reverse

from accounts.urls import urlpatterns
from tests import house_rules as rules

LIBRARY = Path(allauth.__file__).parent
APPS = sorted(app for app in settings.INSTALLED_APPS if app.startswith("allauth."))


def _codes_instead_of_links():
    return account.EMAIL_VERIFICATION_BY_CODE_ENABLED


def _reset_by_code():
    return account.PASSWORD_RESET_BY_CODE_ENABLED


def _signed_in_by_the_reset():
    return account.PASSWORD_RESET_BY_CODE_ENABLED and account.LOGIN_ON_PASSWORD_RESET


def _no_phones():
    return "phone" not in account.LOGIN_METHODS and "phone" not in account.SIGNUP_FIELDS


def _no_sign_up_by_passkey():
    return not mfa.PASSKEY_SIGNUP_ENABLED


def _no_trusted_browsers():
    return not mfa.TRUST_ENABLED


def _passkeys_have_no_page_of_their_own():
    """Renaming one is not here, and taking one away leads back to the list of all factors."""
    edits = [view for view in VIEWS if issubclass(view, EditWebAuthnView)]
    removals = [view for view in VIEWS if issubclass(view, RemoveWebAuthnView)]
    return not edits and [str(view.success_url) for view in removals] == [reverse("mfa_index")]


# Names that have no address here, and what must hold so that nobody asks for them.
NOT_ASKED_FOR_WHILE = {
    "account_confirm_email": _codes_instead_of_links,
    "account_reset_password_done": _reset_by_code,
    "account_reset_password_from_key": _reset_by_code,
    "account_reset_password_from_key_done": _reset_by_code,
    "account_password_reset_completed": _signed_in_by_the_reset,
    "account_change_phone": _no_phones,
    "account_verify_phone": _no_phones,
    "account_signup_by_passkey": _no_sign_up_by_passkey,
    "mfa_signup_webauthn": _no_sign_up_by_passkey,
    "mfa_trust": _no_trusted_browsers,
    "mfa_list_webauthn": _passkeys_have_no_page_of_their_own,
}
VIEWS = [pattern.callback.view_class for pattern in urlpatterns if hasattr(pattern.callback, "view_class")]


def names_offered() -> set[str]:
    """Return the names of all addresses that the installed apps of the library define, on or off."""
    found = set()
    for app in APPS:
        for file in sorted((LIBRARY / app.partition(".")[2]).rglob("urls.py")):
            found |= {
                keyword.value.value
                for node in ast.walk(ast.parse(file.read_text()))
                if isinstance(node, ast.Call)
                for keyword in node.keywords
                if keyword.arg == "name" and isinstance(keyword.value, ast.Constant)
            }
    return found


def names_asked_for() -> set[str]:
    """Return the names of addresses that stand as words in the library's code, whatever it does with them."""
    offered = names_offered()
    files = [LIBRARY / "core", *(LIBRARY / app.partition(".")[2] for app in APPS)]
    sources = [
        file
        for folder in files
        for file in folder.rglob("*.py")
        if file.name != "urls.py" and "tests" not in file.parts
    ]
    return {
        node.value
        for file in sources
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in offered
    }


def names_here() -> set[str]:
    return {name for name in get_resolver().reverse_dict if isinstance(name, str)}


def test_every_address_that_the_library_asks_for_is_here():
    asked = names_asked_for()
    assert {"account_login", "account_reauthenticate", "mfa_authenticate", "usersessions_list"} <= asked
    assert asked - names_here() - set(NOT_ASKED_FOR_WHILE) == set()


@pytest.mark.slow
@pytest.mark.parametrize("name", NOT_ASKED_FOR_WHILE)
def test_an_address_that_is_not_here_belongs_to_something_that_is_off(name):
    assert NOT_ASKED_FOR_WHILE[name]()
    assert name in names_asked_for(), "the library asks no more, so the line can go"
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_our_own_pages_stand_in_for_all_of_the_librarys():
    """Its templates ask for addresses too; none of them is ever shown."""
    templates = {view: view.template_name for view in VIEWS if getattr(view, "template_name", None)}
    assert len(templates) > 15
    ours = set(rules.files(".html", ".txt"))
    assert [view for view, name in templates.items() if f"templates/{name}" not in ours] == []


def test_the_lock_holds_no_version_that_was_not_looked_at():
    """From 65.22 on the library asks for two addresses more, whenever somebody is asked who they are again."""
    line = next(line for line in rules.read("requirements/base.in").splitlines() if "allauth[" in line)
    assert line.endswith(">=65.21,<65.22")
    for lock in ("base", "dev"):
        assert "django-allauth[mfa]==65.21." in rules.read(f"requirements/{lock}.txt")
