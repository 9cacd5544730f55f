"""Response headers that every page carries: content policy with a nonce, no framing, no sniffing, no referrer; and no
copy in any cache of what is not everybody's."""

import secrets

from flask import Flask, Response, current_app, g, request

from app.doors.audience import declared
from app.doors.links import signed_in

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=()",
}
"""Unless the view says something else."""


SECRET_ARGUMENTS = frozenset({"token", "key", "code"})
"""Of an address: whoever has it sees what one person should."""


def nonce() -> str:
    """This response's nonce for the few inline blocks that cannot be files (JSON-LD)."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    value: str = g.csp_nonce
    return value


def content_policy(script_nonce: str | None, tile_origin: str | None) -> str:
    script = "'self'" + (f" 'nonce-{script_nonce}'" if script_nonce else "")
    images = "'self' data:" + (f" {tile_origin}" if tile_origin else "")
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {script}",
            "style-src 'self'",
            f"img-src {images}",
            "connect-src 'self'",
            "font-src 'self'",
            "manifest-src 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "object-src 'none'",
        )
    )


def _tile_origin() -> str | None:
    url: str | None = current_app.config["SETTINGS"].map_tile_url
    return "/".join(url.replace("{s}.", "*.").split("/")[:3]) if url and "://" in url else None


def _to_be_kept(response: Response) -> str | None:
    """What caches are told, unless the view said something else: nothing of a page that anybody may see."""
    private = request.endpoint and "public" not in declared(current_app, request.endpoint)
    if private or SECRET_ARGUMENTS & (request.view_args or {}).keys():
        return "no-store"
    return "private, no-cache" if response.mimetype == "text/html" and signed_in() else None


def init_app(app: Flask) -> None:
    app.add_template_global(nonce, "csp_nonce")

    @app.after_request
    def secure(response: Response) -> Response:
        said = {name.lower() for name, _ in response.headers}
        wanted = {"Content-Security-Policy": content_policy(g.get("csp_nonce"), _tile_origin()), **ALWAYS}
        if current_app.config["SETTINGS"].base_url.startswith("https://"):
            wanted["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
        if how := _to_be_kept(response):
            wanted["Cache-Control"] = how
        for name, value in wanted.items():
            if name.lower() not in said:
                response.headers.add(name, value)
        return response
