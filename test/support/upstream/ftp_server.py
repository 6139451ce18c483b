"""`ftp_server.py FOLDER FAILURES`: anonymous, read-only FTP on a free loopback port, which it prints. Ends with its standard input.

FAILURES is a JSON file that maps a path to refused, missing, truncated or held, and is read again for each download.
"""
import sys

sys.dont_write_bytecode = True

import json
import logging
import os
import threading

from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FileProducer, FTPHandler
from pyftpdlib.servers import FTPServer

folder, failures_file = sys.argv[1:]


class CutFile:
    """Reads half of a file, then breaks."""

    def __init__(self, file):
        self.file, self.left, self.name = file, os.path.getsize(file.name) // 2, file.name
        self.closed = False

    def read(self, size):
        if self.left == 0:
            raise OSError('cut')
        data = self.file.read(min(size, self.left))
        self.left -= len(data)
        return data

    def close(self):
        self.closed = True
        self.file.close()


class Handler(FTPHandler):
    use_sendfile = False

    def ftp_RETR(self, file):
        with open(failures_file) as source:
            failure = json.load(source).get(self.fs.fs2ftp(file))
        if failure == 'refused':
            self.respond('451 Requested action aborted: local error in processing.')
        elif failure == 'missing':
            self.respond('550 No such file or directory.')
        elif failure == 'held':
            self.ioloop.call_later(0.05, self.ftp_RETR, file)
        elif failure == 'truncated':
            self.push_dtp_data(FileProducer(CutFile(open(file, 'rb')), self._current_type), isproducer=True, cmd='RETR')
        else:
            return super().ftp_RETR(file)
        return None


def end_with_starter():
    while os.read(0, 4096):
        pass
    os._exit(0)


authorizer = DummyAuthorizer()
authorizer.add_anonymous(folder)
Handler.authorizer = authorizer
logging.basicConfig(level=logging.ERROR)
threading.Thread(target=end_with_starter, daemon=True).start()
server = FTPServer(('127.0.0.1', 0), Handler)
print(server.address[1], flush=True)
server.serve_forever()
