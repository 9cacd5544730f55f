"""Files that people handed in, given out again."""

from flask import Response


def as_download(kind: str, content: bytes, name: str) -> Response:
    """Always a download, in a sandbox and kept nowhere: a stranger's file is never opened on our own address."""
    answer = Response(content, content_type=kind)
    ending = "pdf" if kind == "application/pdf" else "jpg"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "no-store"
    return answer
