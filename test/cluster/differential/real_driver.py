"""Unmodified BioMAJ in one process: its web application, its message daemon and its engine, without sockets.

Reads one JSON command per line and answers each with one line:
  {"open": {"root", "globalProperties", "users": [{"name", "apiKey"}]}}   an empty cluster below a folder
  {"request": {"method", "path", "apiKey", "body"}}                       -> {"status", "text"}, the queue is not worked on
  {"work": true}                                                          works on the queue until it is empty

Redis, MongoDB and the user service are answered from memory; everything else is Debian's BioMAJ.
"""
import sys

sys.dont_write_bytecode = True

import json
import os
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', '..', 'support', 'real-cluster'))

# Answers go to the real standard output; whatever BioMAJ prints goes to standard error.
answers = os.fdopen(os.dup(1), 'w')
os.dup2(2, 1)

import requests
import redis
from document_store import SharedMongoClient, StoreServer


class MemoryStore(StoreServer):
    def __init__(self):
        super().__init__('', '')

    def _save(self):
        pass


class MemoryMongoClient(SharedMongoClient):
    store = MemoryStore()

    def ask(self, *request):
        return MemoryMongoClient.store.call(*request)


class MemoryRedis:
    values, lists, hashes = {}, {}, {}

    def __init__(self, *_args, **_kwargs):
        pass

    def ping(self):
        return True

    def get(self, key):
        return self.values.get(key)

    def set(self, key, value):
        self.values[key] = str(value)

    def delete(self, key):
        self.values.pop(key, None)

    def expire(self, _key, _seconds):
        return True

    def lpush(self, key, value):
        self.lists.setdefault(key, []).insert(0, value)

    def rpop(self, key):
        waiting = self.lists.get(key) or []
        return waiting.pop() if waiting else None

    def llen(self, key):
        return len(self.lists.get(key) or [])

    def lindex(self, key, index):
        waiting = self.lists.get(key) or []
        return waiting[index] if index < len(waiting) else None

    def hset(self, key, field, value):
        self.hashes.setdefault(key, {})[field] = value

    def hgetall(self, key):
        return dict(self.hashes.get(key) or {})

    @classmethod
    def forget(cls):
        cls.values, cls.lists, cls.hashes = {}, {}, {}


class KnownUser:
    """What the user service answers for a key."""

    status_code = 200
    by_key = {}

    def __init__(self, key):
        name = self.by_key.get(key)
        self.user = None if name is None else {'id': name, 'email': name + '@example.org', 'apikey': key}

    def json(self):
        return {'user': self.user}


def get(url, *args, **kwargs):
    if '/api/user/info/apikey/' in url:
        return KnownUser(url.rsplit('/', 1)[1])
    return _get(url, *args, **kwargs)


_get, requests.get = requests.get, get

import pymongo

pymongo.MongoClient = MemoryMongoClient
redis.StrictRedis = MemoryRedis


class Cluster:
    application = None

    def open(self, root, globalProperties, users):
        os.chdir(root)
        MemoryMongoClient.store = MemoryStore()
        MemoryRedis.forget()
        KnownUser.by_key = {user['apiKey']: user['name'] for user in users}
        properties = os.path.join(root, 'global.properties')
        with open(properties, 'w') as target:
            target.write(globalProperties)
        self.config_file = os.path.join(root, 'service.yml')
        with open(self.config_file, 'w') as target:
            json.dump({
                'biomaj': {'config': properties, 'admin': ['admin']},
                'mongo': {'url': 'mongodb://localhost:27017', 'db': 'biomaj'},
                'redis': {'host': '127.0.0.1', 'port': 1, 'db': 0, 'prefix': 'biomajdaemon'},
                'rabbitmq': {'host': None},
                'consul': {'host': None, 'id': 'differential'},
                'ldap': {'host': None},
                'tls': {'key': None, 'cert': None},
                'web': {'debug': False, 'port': 0, 'local_endpoint': 'http://127.0.0.1:1'},
            }, target)
        from biomaj.mongo_connector import MongoConnector
        from biomaj_core.config import BiomajConfig

        MongoConnector.db = None
        os.environ['BIOMAJ_CONFIG'] = self.config_file
        if Cluster.application is None:
            os.environ['prometheus_multiproc_dir'] = os.environ['PROMETHEUS_MULTIPROC_DIR']
            from biomaj_daemon.daemon import biomaj_daemon_web

            Cluster.application = biomaj_daemon_web.app
        BiomajConfig.load_config(properties)
        from biomaj_daemon.daemon.daemon_service import DaemonService

        self.daemon = DaemonService(self.config_file)
        # The services of a deployment are said to be remote by the daemon; here all of it is in one process.
        for service in ('download', 'process'):
            BiomajConfig.global_config.remove_option('GENERAL', 'micro.biomaj.service.' + service)
        return {}

    def request(self, method, path, apiKey=None, body=None):
        headers = {} if apiKey is None else {'Authorization': 'APIKEY ' + apiKey, 'X-API-KEY': apiKey}
        keywords = {} if body is None else {'json': body}
        answer = Cluster.application.test_client().open(path, method=method, headers=headers, **keywords)
        return {'status': answer.status_code, 'text': answer.get_data(as_text=True)}

    def work(self):
        queue = MemoryRedis()
        while True:
            message = queue.rpop('biomajdaemon:queue')
            if message is None:
                return {}
            self.daemon.callback_messages(json.loads(message))
            # Session ids and log folders are the time; two runs must not share one.
            time.sleep(0.002)


def main():
    cluster = Cluster()
    for line in sys.stdin:
        command = json.loads(line)
        try:
            if 'open' in command:
                answer = cluster.open(**command['open'])
            elif 'request' in command:
                answer = cluster.request(**command['request'])
            else:
                answer = cluster.work()
        except Exception as error:
            traceback.print_exc()
            answer = {'failure': '%s: %s' % (type(error).__name__, error)}
        answers.write(json.dumps(answer) + '\n')
        answers.flush()


main()
