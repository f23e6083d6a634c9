"""Makes the database, listens on a free port, and says which. It ends when its standard input does."""

import logging
import os
import sys
import threading

os.environ["DJANGO_SETTINGS_MODULE"] = "settings"

import django

django.setup()

from django.core.management import call_command
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.db.backends.signals import connection_created


class Handler(WSGIRequestHandler):
    def get_environ(self):
        """Python's own server takes a body without a Content-Type for plain text; those of production do not."""
        environ = super().get_environ()
        environ["CONTENT_TYPE"] = self.headers.get("Content-Type", "")
        return environ


def without_waiting_for_the_disk(connection, **_):
    """What a power cut would do to this database is nobody's concern."""
    connection.cursor().execute("PRAGMA synchronous = OFF")


def end_with_input():
    sys.stdin.read()
    os._exit(0)


def without_body_for_head(app):
    """Python's own server would send the body of an answer to HEAD, and so break the connection."""

    def answer(environ, start_response):
        response = app(environ, start_response)
        if environ["REQUEST_METHOD"] != "HEAD":
            return response
        response.close()
        return []

    return answer


logging.getLogger("django.server").setLevel(logging.CRITICAL)
logging.getLogger("django.request").setLevel(logging.CRITICAL)
connection_created.connect(without_waiting_for_the_disk)
threading.Thread(target=end_with_input, daemon=True).start()
call_command("migrate", verbosity=0)
server = ThreadedWSGIServer(("127.0.0.1", 0), Handler)
server.set_app(without_body_for_head(get_wsgi_application()))
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
