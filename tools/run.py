"""`make run`: migrate, fill what is empty, say where it is, serve. Running it again skips what is done."""

import os
import socket
import sys

DEMO_THERAPISTS = 6000
"""Enough that a search in most towns finds several, few enough to be made in seconds."""


def main() -> int:
    host, port = os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "5000")
    if problem := port_problem(host, port):
        print(f"\n  {problem}\n", file=sys.stderr)
        return 1
    os.environ["PYTHONTZPATH"] = ""
    os.environ.setdefault("WITH_WORKER", "1")
    prepare()
    print(welcome(host, port), flush=True)
    gunicorn = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "app:create_app()"]
    os.execv(sys.executable, gunicorn)
    raise AssertionError("exec does not return")


def port_problem(host: str, port: str) -> str | None:
    """Why we could not serve there, in words that help; None when we can."""
    if not port.isdecimal() or not 0 < int(port) < 65536:
        return f"PORT is {port!r}, but a port is a number from 1 to 65535."
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except OSError as error:
            return (
                f"Port {port} cannot be used ({error.strerror}). Try another one: make run PORT={int(port) % 65535 + 1}"
            )
    return None


def prepare() -> None:
    """Bring the database up to date, and fill an empty one so that there is something to see."""
    from app.cli.articles import sync_articles
    from app.cli.demo import load_people, sign_ins
    from app.cli.places import load_places
    from app.directory.demo.services import is_empty
    from app.doors.database import db
    from app.factory import alembic, create_app
    from app.places.services import is_loaded

    app = create_app()
    with app.app_context():
        alembic.upgrade()
        sync_articles()
        if not is_loaded(db.session):
            print("\n  First start: loading the gazetteer of towns and ZIPs, which takes about a minute.\n", flush=True)
            load_places()
        if app.config["SETTINGS"].development and is_empty(db.session):
            print("\n  The directory is empty: making up fictional therapists.\n", flush=True)
            load_people(therapists=DEMO_THERAPISTS, seed=1)
        for line in sign_ins():
            print("  " + line, flush=True)
        db.session.rollback()
        db.engine.dispose()


def welcome(host: str, port: str) -> str:
    return f"""
  Unknot is at http://{host}:{port}

  Try "Austin, TX" and "sciatica". The demo therapists are fictional.
  Stop with Ctrl-C. Real data: see "Real therapists" in README.md.
"""


if __name__ == "__main__":
    sys.exit(main())
