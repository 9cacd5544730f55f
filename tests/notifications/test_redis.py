"""With REDIS_URL the queue and the rate limits live in a real Redis, shared by all processes."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from flask import Flask
from huey import RedisHuey

from app.doors import jobs
from app.doors.limits import limiter
from app.factory import create_app
from config import from_environment
from tests.support.elsewhere import PATIENCE
from tools.serving import free_port

pytestmark = pytest.mark.redis
NO_LOGS = {"TESTING": True}
"""Where the lines of the log go is said once for a process: what a test says of it would hold for all that follow."""


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    program = shutil.which("redis-server")
    assert program, "CI needs redis-server: apt-get install redis-server"
    home = tmp_path_factory.mktemp("redis")
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(home), "--save", ""]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    url = f"redis://127.0.0.1:{port}/0"
    for _ in range(20 * PATIENCE):
        try:
            redis.Redis.from_url(url).ping()
            break
        except redis.ConnectionError:
            time.sleep(0.05)
    yield url
    process.terminate()
    process.wait(PATIENCE)


@pytest.fixture
def redis_app(redis_url: str, tmp_path: Path) -> Iterator[Flask]:
    variables = {
        "APP_ENV": "development",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'x.db'}",
        "INSTANCE_PATH": str(tmp_path),
    }
    yield create_app(from_environment({**variables, "REDIS_URL": redis_url}), NO_LOGS)
    create_app(from_environment(variables), NO_LOGS)  # the limiter is one for a process: give it its own memory back


def test_the_queue_is_in_redis_and_runs_a_task(redis_app: Flask, redis_url: str) -> None:
    queue = jobs.make_queue(redis_app)
    assert isinstance(queue, RedisHuey)
    done: list[int] = []
    task = queue.task()(done.append)
    task(7)
    assert redis.Redis.from_url(redis_url).llen("huey.redis.unknot") == 1
    queue.execute(queue.dequeue())
    assert done == [7]


def test_two_processes_share_one_limit(redis_app: Flask, redis_url: str) -> None:
    with redis_app.test_request_context("/"):
        assert "redis" in str(type(limiter.storage)).lower()
    client = redis_app.test_client()
    client.get("/robots.txt")
    assert any(b"LIMITS" in key or b"127.0.0.1" in key for key in redis.Redis.from_url(redis_url).keys("*"))
