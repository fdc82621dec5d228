"""Where processes that post to each other answer, as they ship."""

ALERTMANAGER_URL = "http://127.0.0.1:9093"
BOARD_URL = "http://127.0.0.1:8080"
DELIVER_URL = "http://127.0.0.1:9096"
NOTIFY_URL = "http://127.0.0.1:9103"
PROBE_PATH = "/probe"  # of notify: whoever tells people gives its probes back there
# In the status of deliver: the owners that have an address there which takes what it is handed; Alertmanager does not say.
REACHES = "reaches"
STATUS_PATH = "/api/v2/status"  # of Alertmanager, and of deliver in its place
