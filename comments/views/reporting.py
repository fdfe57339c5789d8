"""Reporting a comment with a reason, and withdrawing the report, on a page of its own."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import guests
from accounts.network import origin_of
from comments import actions, permissions
from comments.discussion import single_comments
from comments.forms import ReportForm
from comments.models import Comment, Report
from comments.permissions import Writer
from comments.thread import viewer_of
from web import csrf, responses


@csrf.guarded
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, pk: int) -> HttpResponse:
    comment = Comment.objects.visible_to(request.user).public().with_post().filter(pk=pk).first()
    if comment is None:
        return responses.not_found(request, request.POST.get("text", ""))
    person = guests.person_of(request)
    if request.method == "POST" and request.POST.get("do") == "undo":
        return _take_back(request, comment, person)
    refusal = permissions.report_refusal(person, comment, now=timezone.now())
    if refusal:
        return _page(request, comment, ReportForm(), refusal=refusal, status=403)
    if request.method != "POST":
        return _page(request, comment, ReportForm(), report=_report_of(person, comment))
    form = ReportForm(request.POST)
    if not form.is_valid():
        return _page(request, comment, form, status=400)
    return _report(request, comment, person, form)


def _report(request: HttpRequest, comment: Comment, person: Writer | None, form: ReportForm) -> HttpResponse:
    reason, note = form.cleaned_data["reason"], form.cleaned_data["text"]
    try:
        report = actions.report_comment(
            comment, by=person, reason=reason, note=note, origin=origin_of(request)
        )
    except actions.TooMany as refusal:
        form.add_error(None, str(refusal))
        return responses.try_again_in(_page(request, comment, form, status=429), refusal.seconds)
    except actions.Refused as refusal:
        return _page(request, comment, form, refusal=str(refusal), status=403)
    # That page says what was reported, and offers to withdraw it.
    response = responses.see_other(request.path)
    if report.guest is not None:
        guests.remember(response, report.guest)
    return response


def _take_back(request: HttpRequest, comment: Comment, person: Writer | None) -> HttpResponse:
    try:
        was_there = actions.take_back_report(comment, by=person)
    except actions.Refused as refusal:
        return _page(request, comment, ReportForm(), refusal=str(refusal), status=403)
    done = _("Report withdrawn.")
    messages.success(request, done if was_there else _("You haven’t reported this comment."))
    return responses.see_other(comment.get_absolute_url())


def _report_of(person: Writer | None, comment: Comment) -> Report | None:
    """Return this person's report of the comment, or None."""
    if person is None:
        return None
    return person.reports.filter(comment=comment).first()


def _page(
    request: HttpRequest,
    comment: Comment,
    form: ReportForm,
    *,
    report: Report | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "comment": comment,
        "on": comment.post,
        "reported": single_comments.answered_comment(comment, viewer_of(request)),
        "form": form,
        "report": report,
        "settled": actions.settled_reason(report) if report else None,
        "refusal": refusal,
        "typed_text": request.POST.get("text", "") if refusal else "",
    }
    return responses.never_indexed(render(request, "comments/report.html", context, status=status))
