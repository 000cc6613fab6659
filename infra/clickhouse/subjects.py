"""What of the table of cases is a case: whatever events are about has a row there."""

from typing import Final

from contract.envelope import WHOLE_COURT

IS_CASE: Final = f"NOT startsWith(subject, '{WHOLE_COURT}')"
"""A condition: heartbeats, campaigns and directives to a whole court are about no case."""
