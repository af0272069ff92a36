"""`python -m services.runtime.local.provider PEOPLE KEY PORT` serves the provider until it is stopped."""

import json
import signal
import sys
import threading
from pathlib import Path

from werkzeug.serving import make_server

from services.runtime import logs
from services.runtime.local.ports import HOST
from services.runtime.local.provider.app import create_app, read_people
from services.runtime.settings import LogLevel


def main(people: str, key: str, port: str) -> None:
    """Serve on the loopback interface; SIGTERM ends it in good order."""
    logs.configure("provider", LogLevel.WARNING)
    app = create_app(read_people(Path(people)), json.loads(Path(key).read_bytes()), f"{HOST}:{port}")
    server = make_server(HOST, int(port), app, threaded=True)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever(poll_interval=0.1)


if __name__ == "__main__":
    main(*sys.argv[1:])
