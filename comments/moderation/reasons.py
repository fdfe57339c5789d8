"""Lists the reasons for a removal: those of reports, which are the house rules."""

from comments.models import ReportReason

# Said where the comment was, and to its writer. The keys of the queue pick one by its number.
REASONS = tuple((value, label) for value, label in ReportReason.choices if value != ReportReason.OTHER)
# What a form that was open during an upgrade may still send.
FORMER_REASONS = {"advertising": ReportReason.SPAM.value, "repeated": ReportReason.SPAM.value}
