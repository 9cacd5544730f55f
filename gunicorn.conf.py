"""How Unknot is served. Threads because requests wait for the disk when they book."""

import os

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '5000')}"
workers = int(os.environ.get("WEB_WORKERS", "2"))
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS", "4"))
preload_app = False
timeout = 30
graceful_timeout = 20
keepalive = 5
raw_env = ["PYTHONTZPATH="]
