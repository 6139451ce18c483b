"""One in-memory document database that several BioMAJ processes share.

Debian ships no MongoDB server. mongomock speaks enough of its language but lives inside one process, so the launcher holds
the only mongomock client and serves it over a Unix socket; each BioMAJ process gets a `MongoClient` that forwards calls.
What is written is kept in a file, so that a restarted cluster knows its banks, users and history.
"""
import os
import threading
from multiprocessing.connection import Client, Listener

from bson import json_util

READ_ONLY = {'find', 'find_one', 'count', 'count_documents', 'distinct', 'aggregate'}


class StoreServer:
    """Holds the documents; call `serve()` once, then `call()` from any thread."""

    def __init__(self, address, snapshot):
        import mongomock

        self.address = address
        self.snapshot = snapshot
        self.client = mongomock.MongoClient()
        self.lock = threading.Lock()
        self._load()

    def serve(self):
        if os.path.exists(self.address):
            os.unlink(self.address)
        listener = Listener(self.address, family='AF_UNIX', backlog=64)
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def call(self, database, collection, method, args=(), kwargs=None, chain=()):
        with self.lock:
            if method == 'find_one' and len(args) == 2 and any(field.endswith('.$') for field in args[1]):
                return first_matching_elements(self.client[database][collection].find_one(args[0]), *args)
            result = getattr(self.client[database][collection], method)(*args, **(kwargs or {}))
            for name, chained_args, chained_kwargs in chain:
                result = getattr(result, name)(*chained_args, **chained_kwargs)
            if method in ('find', 'aggregate'):
                return list(result)
            if method not in READ_ONLY:
                self._save()
            return result

    def _accept(self, listener):
        while True:
            threading.Thread(target=self._answer, args=(listener.accept(),), daemon=True).start()

    def _answer(self, connection):
        while True:
            try:
                request = connection.recv()
            except (EOFError, ConnectionError):
                return
            try:
                answer = (True, self.call(*request))
            except Exception as error:  # the caller raises it again, in its own process
                answer = (False, error)
            try:
                connection.send(answer)
            except (BrokenPipeError, ConnectionError):
                return

    def _load(self):
        if not os.path.exists(self.snapshot):
            return
        with open(self.snapshot, encoding='utf-8') as source:
            for database, collections in json_util.loads(source.read()).items():
                for collection, documents in collections.items():
                    if documents:
                        self.client[database][collection].insert_many(documents)

    def _save(self):
        content = {
            database: {name: list(self.client[database][name].find()) for name in self.client[database].list_collection_names()}
            for database in self.client.list_database_names()
        }
        unfinished = self.snapshot + '.tmp'
        with open(unfinished, 'w', encoding='utf-8') as target:
            target.write(json_util.dumps(content))
        os.replace(unfinished, self.snapshot)


def first_matching_elements(document, query, projection):
    """What MongoDB answers to a projection such as `{'sessions.$': 1}`, which mongomock does not know."""
    if document is None:
        return None
    answer = {'_id': document['_id']}
    for field in projection:
        name = field[:-len('.$')]
        conditions = {key[len(name) + 1:]: value for key, value in query.items() if key.startswith(name + '.')}
        matching = (element for element in document[name] if all(element[key] == value for key, value in conditions.items()))
        answer[name] = [next(matching)]
    return answer


class Cursor:
    """A query that runs when it is looped over, after `sort` and `limit` were noted."""

    def __init__(self, collection, method, args, kwargs):
        self.collection, self.method, self.args, self.kwargs, self.chain = collection, method, args, kwargs, []

    def _then(self, name, *args, **kwargs):
        self.chain.append((name, args, kwargs))
        return self

    def sort(self, *args, **kwargs):
        return self._then('sort', *args, **kwargs)

    def limit(self, *args, **kwargs):
        return self._then('limit', *args, **kwargs)

    def __iter__(self):
        return iter(self.collection.ask(self.method, self.args, self.kwargs, self.chain))


class Collection:
    def __init__(self, client, database, name):
        self.client, self.database, self.name = client, database, name

    def ask(self, method, args, kwargs, chain=()):
        return self.client.ask(self.database, self.name, method, args, kwargs, tuple(chain))

    def find(self, *args, **kwargs):
        return Cursor(self, 'find', args, kwargs)

    def __getattr__(self, method):
        if method.startswith('_'):
            raise AttributeError(method)
        return lambda *args, **kwargs: self.ask(method, args, kwargs)


class Database:
    def __init__(self, client, name):
        self.client, self.name = client, name

    def __getitem__(self, collection):
        return Collection(self.client, self.name, collection)

    def __getattr__(self, collection):
        if collection.startswith('_'):
            raise AttributeError(collection)
        return self[collection]


class SharedMongoClient:
    """Takes the place of `pymongo.MongoClient` in a BioMAJ process."""

    address = None
    _connections = threading.local()

    def __init__(self, *_args, **_kwargs):
        pass

    def __getitem__(self, database):
        return Database(self, database)

    def server_info(self):
        return {'version': 'mongomock'}

    def ask(self, *request):
        connection = getattr(self._connections, 'connection', None)
        if connection is None:
            connection = self._connections.connection = Client(self.address, family='AF_UNIX')
        connection.send(request)
        fine, result = connection.recv()
        if not fine:
            raise result
        return result


def replace_pymongo(address):
    import pymongo

    SharedMongoClient.address = address
    pymongo.MongoClient = SharedMongoClient
