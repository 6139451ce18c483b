"""The part of a Consul agent that BioMAJ asks: who is registered, and who is healthy."""
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote


class ConsulAgent:
    """`services` maps a service name to its instances, each {'id', 'address', 'port', 'healthy'}."""

    def __init__(self):
        self.services = {}

    def set_service(self, name, instances):
        if instances:
            self.services[name] = instances
        else:
            self.services.pop(name, None)

    def register(self, name, identifier, address, port):
        instances = [known for known in self.services.get(name, []) if known['id'] != identifier]
        self.services[name] = instances + [{'id': identifier, 'address': address, 'port': port, 'healthy': True}]

    def agent_services(self):
        return {
            instance['id']: {'ID': instance['id'], 'Service': name, 'Address': instance['address'], 'Port': instance['port'], 'Tags': ['biomaj']}
            for name, instances in self.services.items()
            for instance in instances
        }

    def health(self, name):
        return [
            {
                'Service': {'ID': instance['id'], 'Service': name, 'Address': instance['address'], 'Port': instance['port']},
                'Checks': [{'Status': 'passing' if instance['healthy'] else 'critical'}],
            }
            for instance in self.services.get(name, [])
        ]

    def server(self, host):
        agent = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'

            def do_GET(self):
                path = unquote(self.path.partition('?')[0])
                if path == '/v1/agent/services':
                    self.answer(agent.agent_services())
                elif path.startswith('/v1/health/service/'):
                    self.answer(agent.health(path.rsplit('/', 1)[1]))
                else:
                    self.answer('not found', 404)

            def do_PUT(self):
                body = json.loads(self.rfile.read(int(self.headers.get('Content-Length', 0))) or b'{}')
                if self.path.startswith('/v1/agent/service/register'):
                    agent.register(body.get('name') or body.get('Name'), body.get('id') or body.get('ID'), body.get('address') or '', body.get('port') or 0)
                self.answer(True)

            def answer(self, value, status=200):
                body = json.dumps(value).encode()
                self.send_response(status)
                self.send_header('Content-Type', 'application/json')
                self.send_header('Content-Length', str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_args):
                pass

        return ThreadingHTTPServer((host, 8500), Handler)
