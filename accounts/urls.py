"""URLs of accounts, under the names that django-allauth expects; its other URLs are left out."""

from django.urls import path

from accounts.views import entering, factors, passwords, settings

urlpatterns = [
    path("", settings.settings, name="account_settings"),
    path("name/", settings.name, name="account_name"),
    path("email/", settings.ChangeEmail.as_view(), name="account_email"),
    path("sessions/", settings.Sessions.as_view(), name="usersessions_list"),
    # Signing in, up and out
    path("login/", entering.SignIn.as_view(), name="account_login"),
    path("login/code/", entering.RequestCode.as_view(), name="account_request_login_code"),
    path("login/code/confirm/", entering.ConfirmCode.as_view(), name="account_confirm_login_code"),
    path("login/passkey/", entering.SignInByPasskey.as_view(), name="mfa_login_webauthn"),
    path("login/second-factor/", factors.AskSecondFactor.as_view(), name="mfa_authenticate"),
    path("logout/", entering.SignOut.as_view(), name="account_logout"),
    path("signup/", entering.SignUp.as_view(), name="account_signup"),
    path("confirm-email/", entering.ConfirmEmail.as_view(), name="account_email_verification_sent"),
    path("suspended/", entering.Suspended.as_view(), name="account_inactive"),
    # Passwords
    path("password/change/", passwords.ChangePassword.as_view(), name="account_change_password"),
    path("password/set/", passwords.SetPassword.as_view(), name="account_set_password"),
    path("password/reset/", passwords.ForgottenPassword.as_view(), name="account_reset_password"),
    path(
        "password/reset/confirm/",
        passwords.ConfirmReset.as_view(),
        name="account_confirm_password_reset_code",
    ),
    path("password/reset/new/", passwords.NewPassword.as_view(), name="account_complete_password_reset"),
    # Being asked again before something important
    path("again/", factors.AskPassword.as_view(), name="account_reauthenticate"),
    path("again/code/", factors.AskCode.as_view(), name="mfa_reauthenticate"),
    path("again/passkey/", factors.AskPasskey.as_view(), name="mfa_reauthenticate_webauthn"),
    # Second factor
    path("second-factor/", factors.SecondFactor.as_view(), name="mfa_index"),
    path("second-factor/app/", factors.AddApp.as_view(), name="mfa_activate_totp"),
    path("second-factor/app/code.svg", factors.app_picture, name="account_app_picture"),
    path("second-factor/app/remove/", factors.RemoveApp.as_view(), name="mfa_deactivate_totp"),
    path("second-factor/codes/", factors.RecoveryCodes.as_view(), name="mfa_view_recovery_codes"),
    path("second-factor/codes/new/", factors.NewRecoveryCodes.as_view(), name="mfa_generate_recovery_codes"),
    path(
        "second-factor/codes/file/", factors.RecoveryCodesFile.as_view(), name="mfa_download_recovery_codes"
    ),
    path("second-factor/passkeys/add/", factors.AddPasskey.as_view(), name="mfa_add_webauthn"),
    path(
        "second-factor/passkeys/<int:pk>/remove/", factors.RemovePasskey.as_view(), name="mfa_remove_webauthn"
    ),
]
