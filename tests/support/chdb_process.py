"""Statements as JSON on stdin, rows as JSON on stdout: an embedded ClickHouse that ends with us."""

import json
import sys

import chdb


def main() -> None:
    work = json.load(sys.stdin)
    connection = chdb.connect(":memory:")
    try:
        for statement in work["setup"]:
            connection.query(statement)
        connection.query("SET date_time_output_format = 'iso'")
        answers = [
            json.loads(str(connection.query(query, "JSON")))["data"] for query in work["queries"]
        ]
    finally:
        connection.close()
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
