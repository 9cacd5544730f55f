"""Every test is collected: no test hides behind a wrong name, and none is skipped by hand."""

import ast
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent


def functions(tree: ast.Module) -> list[str]:
    return [node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def test_files_with_tests_are_named_test() -> None:
    for path in TESTS.rglob("*.py"):
        tests = [name for name in functions(ast.parse(path.read_text())) if name.startswith("test_")]
        assert not tests or path.name.startswith("test_"), f"{path.name} holds {tests} and would not be collected"


def test_no_test_is_defined_twice_in_a_file() -> None:
    for path in TESTS.rglob("test_*.py"):
        names = functions(ast.parse(path.read_text()))
        twice = {name for name in names if names.count(name) > 1}
        assert not twice, f"{path.name}: {twice}: the later one hides the earlier"


def test_every_folder_of_tests_is_a_package() -> None:
    for path in TESTS.rglob("test_*.py"):
        assert (path.parent / "__init__.py").exists(), f"{path.parent.name} lacks __init__.py"


def test_browser_tests_wait_for_what_a_person_sees_next_and_never_for_a_time() -> None:
    """Their one patience is set where their browsers are made: `new_context` and `page` in tests/browser/conftest.py."""
    for path in (TESTS / "browser").glob("test_*.py"):
        text = path.read_text()
        impatient = {"sleep(", "wait_for_timeout", "set_default_timeout", "chromium.new_context"}
        found = {word for word in impatient if word in text}
        assert not found, f"{path.name}: {found}: use `press` and `settled` of tests/browser/pages.py, and `expect`"
