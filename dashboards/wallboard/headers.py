"""The headers that tell a browser how little a page of the board needs. Pure."""

from collections.abc import Mapping

_CONTENT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action {forms}; frame-ancestors 'none'"
)
EVERYWHERE: Mapping[str, str] = {
    "Content-Security-Policy": _CONTENT.format(forms="'none'"),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",  # browsers of televisions that do not know frame-ancestors
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-cache",
    "Server": "queuewatch",  # not which version of what
}
# With `no-referrer` a browser sends `Origin: null` with a form, and no form could be told from a foreign one.
WITH_FORM: Mapping[str, str] = {
    "Content-Security-Policy": _CONTENT.format(forms="'self'"),
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
# A year: a browser that saw TLS once never sends a cookie or a token in clear again.
WITH_TLS: Mapping[str, str] = {"Strict-Transport-Security": "max-age=31536000"}
