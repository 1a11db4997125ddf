"""Moto's S3 server on a free port of the loopback; prints the port.

Moto looks whether an object is there (If-None-Match: *) and stores it in two steps, so that two requests at once could both
find nothing; the lock makes a request one step, as S3 itself does.
"""

import threading

from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

application = DomainDispatcherApplication(create_backend_app)
one_at_a_time = threading.Lock()


def serial(environ, start_response):
    with one_at_a_time:
        return list(application(environ, start_response))


server = make_server("127.0.0.1", 0, serial, threaded=True)
print(server.port, flush=True)
server.serve_forever()
