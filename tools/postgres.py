"""Prints the version of the PostgreSQL server at the address given as first argument; fails where none answers."""

import sys

import psycopg


def main() -> int:
    """0 and one line when a server answers within three seconds, else 1 and nothing."""
    try:
        with psycopg.connect(sys.argv[1], connect_timeout=3) as connection:
            print(f"PostgreSQL {connection.info.server_version // 10000}.{connection.info.server_version % 10000}")
    except psycopg.OperationalError:
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
