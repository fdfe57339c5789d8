"""The reasons for a removal: those of reports, which are the house rules (`ReportReason`)."""

from comments.models import ReportReason

# Shown in place of the comment, and to its writer. The number keys of the queue pick one.
REASONS = tuple((value, label) for value, label in ReportReason.choices if value != ReportReason.OTHER)
# Values that a form which was open during an upgrade may still send.
FORMER_REASONS = {"advertising": ReportReason.SPAM.value, "repeated": ReportReason.SPAM.value}
