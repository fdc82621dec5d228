"""Alerts of the pipeline that go on, as Alertmanager, or `deliver` in its place, lists them: they stand in no topic."""

import json
import urllib.error
import urllib.parse
import urllib.request
from http.client import HTTPException

from schemas.owners import OF_QUEUEWATCH
from streams.sinks.alertmanager.pipeline_listed import Listed, of_pipeline

_WITHIN_S = 5.0


class NotListedError(Exception):
    """One line that says why it is not known which of them go on."""


def going_on(url: str) -> list[Listed]:
    """Oldest first. `url` is that of Alertmanager's API, without a path; NotListedError where it gives no list."""
    query = urllib.parse.urlencode({"filter": f'owner="{OF_QUEUEWATCH}"'})
    place = f"{url}/api/v2/alerts?{query}"
    try:
        with urllib.request.urlopen(place, timeout=_WITHIN_S) as answer:  # noqa: S310 - its scheme is checked
            found = list(of_pipeline(json.load(answer)))
    except urllib.error.HTTPError as error:
        error.close()
        raise NotListedError(f"Alertmanager at {url} answers {error.code}") from None
    except OSError:
        raise NotListedError(f"Alertmanager does not answer at {url}") from None
    except (HTTPException, ValueError, KeyError, TypeError, AttributeError):
        raise NotListedError(f"what answers at {url} gives no list of alerts") from None
    return sorted(found, key=lambda each: (each.starts_at, each.alert_id))
