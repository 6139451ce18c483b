"""The public proxy: passes /api/daemon on to the daemon's web service, answers 404 for the rest, as the traefik of a deployment."""
import http.client
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOP_BY_HOP = {'connection', 'keep-alive', 'transfer-encoding', 'te', 'trailer', 'upgrade', 'proxy-authorization', 'proxy-authenticate'}


class PublicFront:
    """Can be taken down (connections are refused, open ones are cut) and up again on the same port."""

    def __init__(self, host, port, backend):
        self.host, self.port, self.backend = host, port, backend
        self.server = None

    def up(self):
        if self.server is not None:
            return
        server = _Server((self.host, self.port), _handler(self.backend))
        self.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, kwargs={'poll_interval': 0.05}, daemon=True).start()
        self.server = server

    def down(self):
        if self.server is None:
            return
        server, self.server = self.server, None
        server.shutdown()
        server.server_close()
        server.cut_connections()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, *args):
        self.open_sockets = set()
        super().__init__(*args)

    def process_request(self, request, client_address):
        self.open_sockets.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request):
        self.open_sockets.discard(request)
        super().shutdown_request(request)

    def cut_connections(self):
        for open_socket in list(self.open_sockets):
            try:
                open_socket.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # the client was faster

    def handle_error(self, request, client_address):
        pass  # a client that went away is no news


def _handler(backend):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = 'HTTP/1.1'

        def forward(self):
            body = self.read_body()
            if not self.path.startswith('/api/daemon'):
                return self.answer(404, b'404 page not found\n')
            connection = http.client.HTTPConnection(*backend, timeout=600)
            try:
                headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
                connection.request(self.command, self.path, body=body or None, headers=headers)
                response = connection.getresponse()
                content = response.read()
            except (OSError, http.client.HTTPException):
                return self.answer(502, b'Bad Gateway')
            finally:
                connection.close()
            self.send_response_only(response.status, response.reason)
            for name, value in response.getheaders():
                if name.lower() not in HOP_BY_HOP and name.lower() != 'content-length':
                    self.send_header(name, value)
            self.send_header('Content-Length', str(len(content)))
            self.end_headers()
            if self.command != 'HEAD':
                self.wfile.write(content)

        def read_body(self):
            if self.headers.get('Transfer-Encoding', '').lower() != 'chunked':
                return self.rfile.read(int(self.headers.get('Content-Length') or 0))
            body = b''
            while True:
                size = int(self.rfile.readline().split(b';')[0], 16)
                body += self.rfile.read(size)
                self.rfile.readline()
                if size == 0:
                    return body

        def answer(self, status, body):
            self.send_response_only(status)
            self.send_header('Content-Type', 'text/plain; charset=utf-8')
            self.send_header('Content-Length', str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_OPTIONS = do_PATCH = forward

        def log_message(self, *_args):
            pass

    return Handler
