"""The account that PostgreSQL runs as where we are root, because it refuses to be root itself."""

import os
import pwd
import shutil
import subprocess

from services.runtime.local.errors import EditionFailed

NAME = "lantern-postgres"
SETTINGS = (
    "--system",
    "--user-group",
    "--no-create-home",
    "--home-dir",
    "/nonexistent",
    "--shell",
    "/usr/sbin/nologin",
)


def ensure() -> pwd.struct_passwd | None:
    """The account to change to: None where we are an ordinary user, who may run PostgreSQL as we are.

    Raises EditionFailed if we are root and no account can be made.
    """
    if os.geteuid() != 0:
        return None
    return find() or _make()


def find() -> pwd.struct_passwd | None:
    """The account to change to, if we are root and it is there."""
    if os.geteuid() != 0:
        return None
    return next((entry for entry in pwd.getpwall() if entry.pw_name == NAME), None)


def _make() -> pwd.struct_passwd:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is None:
        raise _cannot("there is no useradd here")
    done = subprocess.run([useradd, *SETTINGS, NAME], capture_output=True, text=True, check=False)
    account = find()
    if account is None:
        raise _cannot(done.stderr.strip())
    return account


def _cannot(reason: str) -> EditionFailed:
    return EditionFailed(
        f"PostgreSQL refuses to run as root, and the account {NAME} could not be made: {reason}. "
        f"Make a system account of that name, or run the same command as an ordinary user."
    )
