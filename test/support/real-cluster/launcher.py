#!/usr/bin/python3
"""Starts BioMAJ as Debian ships it, as one small cluster on loopback, and lets a test pull its plugs.

The daemon's web service, the user service and one or more message daemons run unmodified, each in its own process, over a
real Redis. MongoDB (document_store.py), Consul (consul_agent.py) and the public proxy (public_front.py) are stand-ins.

Everything internal listens on a loopback address of its own, 127.x.y.z: BioMAJ's Consul client knows port 8500 only, so
whoever holds 8500 on an address owns that address, and several clusters can run side by side.

Prints one JSON line when it serves. Commands arrive as `POST /<command>` with a JSON body on the control address.
Ends on SIGTERM, SIGINT or when its standard input ends (the starter died); its processes end with it.
"""
import sys

sys.dont_write_bytecode = True

import argparse
import ctypes
import json
import os
import queue
import random
import signal
import socket
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import bcrypt
import yaml
from bson import json_util
from consul_agent import ConsulAgent
from document_store import StoreServer
from public_front import PublicFront

HERE = os.path.dirname(os.path.abspath(__file__))
DIRECTORIES = ('conf', 'db', 'log', 'process', 'cache', 'lock', 'home', 'redis', 'prometheus', 'services')
ELSEWHERE = ('biomaj-download', 'biomaj-process', 'biomaj-watcher', 'biomaj-cron', 'biomaj-ftp')
START_SECONDS = 60

GLOBAL_PROPERTIES = """[GENERAL]
conf.dir={root}/conf
data.dir={root}/db
log.dir={root}/log
process.dir={root}/process
cache.dir={root}/cache
lock.dir={root}/lock
db.url=mongodb://localhost:27017
db.name=biomaj
admin={admin}
use_ldap=0
use_elastic=0
mail.smtp.host=
mail.from=biomaj@example.org
auto_publish=0
data.stats=1
keep.old.version=1
bank.num.threads=2
files.num.threads=2
historic.logfile.level={log_level}
visibility.default=public
micro.biomaj.service.daemon=1
micro.biomaj.service.user=1
{extra}

[loggers]
keys=root,biomaj

[handlers]
keys=console

[formatters]
keys=line

[logger_root]
level=INFO
handlers=console

[logger_biomaj]
level=INFO
handlers=console
qualname=biomaj
propagate=0

[handler_console]
class=StreamHandler
args=(sys.stderr,)
level=INFO
formatter=line

[formatter_line]
format=%(asctime)s %(levelname)-5.5s [%(name)s][%(threadName)s] %(message)s
"""


def end_with_parent():
    """Runs in the child: the kernel kills it when the launcher's main thread ends."""
    ctypes.CDLL('libc.so.6', use_errno=True).prctl(1, signal.SIGKILL)


def free_port(address):
    with socket.socket() as probe:
        probe.bind((address, 0))
        return probe.getsockname()[1]


class Cluster:
    def __init__(self, arguments):
        self.root = os.path.abspath(arguments.root)
        self.arguments = arguments
        self.users = [dict(zip(('name', 'password', 'apiKey'), user.split(':'))) for user in arguments.user]
        self.children = {}
        for name in DIRECTORIES:
            os.makedirs(os.path.join(self.root, name), exist_ok=True)
        self.store = StoreServer(os.path.join(self.root, 'store.sock'), os.path.join(self.root, 'store.json'))
        self.consul = ConsulAgent()
        self.address = self.claim_address()
        self.ports = {name: free_port(self.address) for name in ('user', 'web', 'redis')}
        self.front = PublicFront('127.0.0.1', arguments.port, (self.address, self.ports['web']))

    def claim_address(self):
        for _ in range(200):
            address = '127.%d.%d.%d' % (random.randint(16, 250), random.randint(0, 250), random.randint(2, 250))
            try:
                self.consul_server = self.consul.server(address)
            except OSError:
                continue
            threading.Thread(target=self.consul_server.serve_forever, daemon=True).start()
            return address
        raise RuntimeError('no loopback address with a free port 8500')

    def start(self):
        self.store.serve()
        self.write_configuration()
        self.add_users()
        for name in ELSEWHERE:
            self.consul.register(name, name + '-1', self.address, 0)
        self.start_redis()
        names = ['user', 'web'] + [self.daemon_name(number) for number in range(1, self.arguments.daemons + 1)]
        for name in names:
            self.spawn(name)
        for name in names:
            self.wait_until_ready(name)
        self.front.up()

    @staticmethod
    def daemon_name(number):
        return 'daemon%d' % number

    @staticmethod
    def consul_id(name):
        return {'web': 'biomaj_daemon_web', 'user': 'biomaj_user_web'}.get(name, 'biomaj_daemon_message' + name[len('daemon'):])

    def write_configuration(self):
        with open(os.path.join(self.root, 'global.properties'), 'w') as target:
            target.write(GLOBAL_PROPERTIES.format(
                root=self.root, admin=self.arguments.admin, log_level=self.arguments.log_level, extra='\n'.join(self.arguments.set)))

    def service_config(self, name):
        path = os.path.join(self.root, 'services', name + '.yml')
        with open(path, 'w') as target:
            yaml.safe_dump({
                'biomaj': {'config': os.path.join(self.root, 'global.properties'), 'admin': [self.arguments.admin]},
                'mongo': {'url': 'mongodb://localhost:27017', 'db': 'biomaj'},
                'redis': {'host': self.address, 'port': self.ports['redis'], 'db': 0, 'prefix': 'biomajdaemon'},
                'rabbitmq': {'host': None},
                'consul': {'host': self.address, 'id': self.consul_id(name)},
                'ldap': {'host': None},
                'tls': {'key': None, 'cert': None},
                'web': {
                    'debug': False,
                    'port': self.ports.get(name, 0),
                    'local_endpoint': 'http://%s:%d' % (self.address, self.ports['user']),
                },
            }, target)
        return path

    def environment(self, name):
        prometheus = os.path.join(self.root, 'prometheus')
        return {
            'PATH': '/usr/local/bin:/usr/bin:/bin',
            'HOME': os.path.join(self.root, 'home'),
            'USER': 'biomaj',
            'LOGNAME': 'biomaj',
            'LANG': 'C.UTF-8',
            'TZ': self.arguments.time_zone,
            'BIOMAJ_CONFIG': self.service_config(name),
            'BIOMAJ_HOSTNAME': self.address,
            'BIOMAJ_TEST_STORE': self.store.address,
            'PROMETHEUS_MULTIPROC_DIR': prometheus,
            'prometheus_multiproc_dir': prometheus,
            # `version` asks PyPI: no test may leave the machine, so that way leads nowhere.
            'HTTPS_PROXY': 'http://127.0.0.1:9',
        }

    def add_users(self):
        for user in self.users:
            if self.store.call('biomaj', 'users', 'find_one', ({'id': user['name']},)) is None:
                self.store.call('biomaj', 'users', 'insert_one', ({
                    'id': user['name'],
                    'email': user['name'] + '@example.org',
                    'apikey': user['apiKey'],
                    'is_ldap': False,
                    'hashed_password': bcrypt.hashpw(user['password'].encode(), bcrypt.gensalt(4)),
                },))

    def start_redis(self):
        with open(os.path.join(self.root, 'services', 'redis.log'), 'ab') as log:
            self.redis = subprocess.Popen(
                ['redis-server', '--bind', self.address, '--port', str(self.ports['redis']), '--protected-mode', 'no',
                 '--dir', os.path.join(self.root, 'redis'), '--save', '', '--appendonly', 'yes'],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=end_with_parent)
        import redis

        self.queue = redis.StrictRedis(host=self.address, port=self.ports['redis'], decode_responses=True)
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self.queue.ping()
                return
            except redis.RedisError:
                if time.monotonic() > deadline or self.redis.poll() is not None:
                    raise RuntimeError('redis-server did not start, see services/redis.log')
                time.sleep(0.02)

    def spawn(self, name):
        role = 'daemon' if name.startswith('daemon') else name
        with open(os.path.join(self.root, 'services', name + '.log'), 'ab') as log:
            # A session of its own: the bank processes that a daemon starts can be killed together with it.
            self.children[name] = subprocess.Popen(
                ['/usr/bin/python3', os.path.join(HERE, 'service.py'), role, self.address, str(self.ports.get(name, 0))],
                env=self.environment(name), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log,
                start_new_session=True, preexec_fn=end_with_parent, text=True)
        if role == 'daemon':
            self.consul.register('biomaj-daemon-message', self.consul_id(name), self.address, 0)

    def wait_until_ready(self, name):
        child = self.children[name]
        said = queue.Queue()

        def listen():
            for line in child.stdout:
                if line.strip() == 'ready':
                    said.put(True)
            said.put(False)

        threading.Thread(target=listen, daemon=True).start()
        try:
            ready = said.get(timeout=START_SECONDS)
        except queue.Empty:
            ready = False
        if not ready:
            raise RuntimeError('%s did not start:\n%s' % (name, self.log_tail(name)))

    def log_tail(self, name):
        with open(os.path.join(self.root, 'services', name + '.log'), encoding='utf-8', errors='replace') as log:
            return ''.join(log.readlines()[-20:])

    def end_child(self, name, grace_seconds):
        child = self.children.pop(name, None)
        if child is None:
            return
        if grace_seconds > 0 and child.poll() is None:
            child.send_signal(signal.SIGCONT)
            child.send_signal(signal.SIGTERM)
            try:
                child.wait(grace_seconds)
            except subprocess.TimeoutExpired:
                pass  # as a container manager does: asked first, killed then
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        child.wait()

    def stop(self, grace_seconds):
        self.front.down()
        for name in sorted(self.children):
            self.end_child(name, grace_seconds if name.startswith('daemon') else 0)
        self.redis.terminate()
        self.redis.wait()

    # Commands of the control address

    def command_front(self, up):
        if up:
            self.front.up()
        else:
            self.front.down()

    def command_service(self, name, up):
        if name not in ('user', 'web'):
            raise ValueError('no such service: ' + name)
        if not up:
            self.end_child(name, 0)
        elif name not in self.children:
            self.spawn(name)
            self.wait_until_ready(name)

    def command_daemon(self, number, state):
        name = self.daemon_name(number)
        if state in ('stopped', 'killed'):
            self.end_child(name, self.arguments.grace if state == 'stopped' else 0)
            return
        if state not in ('running', 'paused'):
            raise ValueError('no such state: ' + state)
        if name not in self.children:
            self.spawn(name)
            self.wait_until_ready(name)
        self.children[name].send_signal(signal.SIGSTOP if state == 'paused' else signal.SIGCONT)

    def command_consul(self, service, instances):
        self.consul.set_service(service, [
            {'id': '%s-%d' % (service, index + 1), 'address': instance.get('address', self.address), 'port': 0, 'healthy': instance['healthy']}
            for index, instance in enumerate(instances)
        ])

    def command_store(self, collection, method, arguments):
        result = self.store.call('biomaj', collection, method, tuple(json_util.loads(json.dumps(arguments))))
        if hasattr(result, 'raw_result'):
            result = result.raw_result
        return json.loads(json_util.dumps(result, json_options=json_util.RELAXED_JSON_OPTIONS))

    def command_redis(self, command):
        return self.queue.execute_command(*command)

    def run(self, command, arguments):
        method = getattr(self, 'command_' + command, None)
        if method is None:
            raise ValueError('no such command: ' + command)
        return method(**arguments)


def control_server(inbox):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = 'HTTP/1.1'

        def do_POST(self):
            arguments = json.loads(self.rfile.read(int(self.headers.get('Content-Length') or 0)) or b'{}')
            reply = queue.Queue()
            inbox.put((self.path.strip('/'), arguments, reply))
            status, value = reply.get()
            body = json.dumps(value, default=str).encode()
            self.send_response(status)
            self.send_header('Content-Type', 'application/json')
            self.send_header('Content-Length', str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args):
            pass

    server = ThreadingHTTPServer(('127.0.0.1', 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def watch_starter(inbox):
    def wait_for_end():
        while os.read(0, 4096):
            pass
        inbox.put(('end', {}, None))

    threading.Thread(target=wait_for_end, daemon=True).start()


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('root', help='folder of this cluster; a second start with the same folder goes on where the first ended')
    parser.add_argument('--port', type=int, default=0, help='public port, 0 takes a free one')
    parser.add_argument('--user', action='append', default=[], metavar='NAME:PASSWORD:APIKEY')
    parser.add_argument('--admin', default='admin')
    parser.add_argument('--daemons', type=int, default=1, help='message daemons, each runs one bank at a time')
    parser.add_argument('--grace', type=float, default=0.5, help='seconds that a message daemon gets after SIGTERM')
    parser.add_argument('--time-zone', default='UTC', help='what the servers call local time')
    parser.add_argument('--log-level', default='INFO', help='historic.logfile.level of the banks')
    parser.add_argument('--set', action='append', default=[], metavar='PROPERTY=VALUE', help='one more line of global.properties')
    parser.add_argument('--stay', action='store_true', help='do not end when standard input ends')
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    inbox = queue.SimpleQueue()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signal_number, lambda *_: inbox.put(('end', {}, None)))
    if not arguments.stay:
        watch_starter(inbox)
    cluster = Cluster(arguments)
    try:
        cluster.start()
        control = control_server(inbox)
        print(json.dumps({
            'event': 'ready',
            'url': 'http://127.0.0.1:%d' % cluster.front.port,
            'port': cluster.front.port,
            'controlUrl': 'http://127.0.0.1:%d' % control.server_address[1],
            'address': cluster.address,
            'root': cluster.root,
            **{name: os.path.join(cluster.root, name) for name in ('conf', 'db', 'log', 'process', 'cache', 'lock', 'services')},
            'processes': {'launcher': os.getpid(), 'redis': cluster.redis.pid, **{name: child.pid for name, child in cluster.children.items()}},
        }), flush=True)
        # Children are spawned by this thread only: they end with the thread that spawned them.
        while True:
            try:
                command, options, reply = inbox.get(timeout=0.2)
            except queue.Empty:
                continue
            if command == 'end':
                break
            try:
                reply.put((200, {'result': cluster.run(command, options)}))
            except Exception as error:
                reply.put((400, {'error': '%s: %s' % (type(error).__name__, error)}))
    finally:
        cluster.stop(arguments.grace)


main()
