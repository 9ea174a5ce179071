"""Run the service: `python3 -m rollcall --help`."""

from __future__ import annotations

import argparse
import getpass

from rollcall.app import build_router
from rollcall.database import Database
from rollcall.server import make_server
from rollcall.services import Services


def main() -> None:
    parser = argparse.ArgumentParser(prog="rollcall")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--database", default="rollcall.db", metavar="FILE")
    parser.add_argument("--first-admin", metavar="EMAIL", help="create this admin if there are no users yet")
    options = parser.parse_args()

    database = Database(options.database)
    services = Services.build(database)
    if options.first_admin and not services.users.page(limit=1, offset=0):
        password = getpass.getpass(f"Password for {options.first_admin}: ")
        services.users.add(options.first_admin, "Admin", services.passwords.hash(password), role="admin")

    server = make_server(build_router(services), options.host, options.port)
    print(f"rollcall listens on http://{options.host}:{server.server_port}")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
        database.close()


if __name__ == "__main__":
    main()
