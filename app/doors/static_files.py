"""Our own styles and scripts: their addresses name the edition, so that browsers keep them and never show an old one."""

from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask, Response, send_from_directory

YEAR = 365 * 24 * 3600
LETTERS = 10


def init_app(app: Flask) -> None:
    """`url_for("static")` gives addresses in a folder of the edition, so that what scripts and styles name is in it too.

    Development, where files change under a running application, goes without.
    """
    folder = Path(str(app.static_folder))
    current = edition_of(folder)

    def send(filename: str, edition: str | None = None) -> Response:
        """Of another edition, as during an upgrade, we give what we have, and nobody keeps it."""
        if edition != current:
            return send_from_directory(folder, filename)
        answer = send_from_directory(folder, filename, max_age=YEAR)
        answer.cache_control.public = answer.cache_control.immutable = True
        return answer

    app.view_functions["static"] = send
    app.add_url_rule("/static/e-<edition>/<path:filename>", "static")
    if not app.config["SETTINGS"].development:
        app.url_defaults(lambda endpoint, values: _name(endpoint, values, current))


def edition_of(folder: Path) -> str:
    """Some letters that are others as soon as any file in the folder is."""
    seen = sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        seen.update(f"{path.relative_to(folder).as_posix()} {len(content)}\n".encode() + content)
    return seen.hexdigest()[:LETTERS]


def _name(endpoint: str, values: dict[str, Any], edition: str) -> None:
    if endpoint == "static":
        values.setdefault("edition", edition)
