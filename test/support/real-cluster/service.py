"""Runs one unmodified BioMAJ service: `service.py user|web|daemon HOST PORT`, BIOMAJ_CONFIG and BIOMAJ_TEST_STORE set.

Prints `ready` when it serves. Two libraries are adapted before BioMAJ is imported, BioMAJ itself is not touched:
MongoDB's client becomes the shared store, and bcrypt takes text again (BioMAJ was written for py-bcrypt).
"""
import sys

sys.dont_write_bytecode = True

import logging
import os

import bcrypt
from document_store import replace_pymongo

_hash_bytes = bcrypt.hashpw


def _hash_text(password, salt):
    return _hash_bytes(password.encode() if isinstance(password, str) else password, salt)


def serve_web(application, host, port):
    from werkzeug.serving import make_server

    server = make_server(host, port, application, threaded=True)
    print('ready', flush=True)
    server.serve_forever()


def main():
    role, host, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
    bcrypt.hashpw = _hash_text
    replace_pymongo(os.environ['BIOMAJ_TEST_STORE'])
    logging.basicConfig(level=logging.INFO, stream=sys.stderr)
    if role == 'user':
        from biomaj_user.biomaj_user_service import app

        serve_web(app, host, port)
    elif role == 'web':
        from biomaj_daemon.daemon.biomaj_daemon_web import app

        serve_web(app, host, port)
    elif role == 'daemon':
        from biomaj_daemon.daemon.daemon_service import DaemonService

        daemon = DaemonService(os.environ['BIOMAJ_CONFIG'])
        print('ready', flush=True)
        daemon.wait_for_messages()
    else:
        sys.exit('unknown service ' + role)


main()
