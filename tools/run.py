"""`make run`: migrate, fill what is empty, say where it is, serve."""

import os
import subprocess
import sys

FLASK = [sys.executable, "-m", "flask", "--app", "app"]


def main() -> int:
    port = os.environ.get("PORT", "5000")
    os.environ["PYTHONTZPATH"] = ""
    subprocess.run([*FLASK, "db", "upgrade"], check=True)
    print(f"\n  Unknot is at http://127.0.0.1:{port}\n", flush=True)
    gunicorn = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "app:create_app()"]
    os.execv(sys.executable, gunicorn)


if __name__ == "__main__":
    sys.exit(main())
