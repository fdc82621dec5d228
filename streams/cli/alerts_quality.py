"""`queuewatch alerts quality`: how alert rules did, from the archive; declared like a report of `history`."""

from streams.cli.history import report_command
from streams.history import alert_quality

quality = report_command("alerts", "quality", alert_quality.REPORT, alert_quality.LINE)
