import socket

import pytest

from dashboards.wallboard.process import BoardOptions, run
from streams.plumbing.ports import PortTakenError


def test_a_taken_port_is_one_line_that_names_the_option() -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
        options = BoardOptions(bootstrap="127.0.0.1:1", namespace="", host="127.0.0.1", port=port)
        with pytest.raises(PortTakenError, match=rf"port {port} on .* is taken.*--port"):
            run(options)
