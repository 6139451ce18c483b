"""Answers, one JSON line for each request, what Python and unmodified BioMAJ make of files and patterns."""
import base64
import configparser
import io
import json
import logging
import os
import re
import sys
import tempfile
import warnings

logging.disable(logging.CRITICAL)
# BioMAJ calls it by its old name, and Python says so each time.
logging.warn = logging.warning
# About patterns of a kind that Python may read otherwise one day.
warnings.simplefilter("ignore")
answers = sys.stdout
# BioMAJ prints now and then.
sys.stdout = io.StringIO()

folder = tempfile.TemporaryDirectory()


def write(content, name):
    path = os.path.join(folder.name, name)
    with open(path, "wb") as out:
        out.write(base64.b64decode(content))
    return path


def value_of(parser, section, key):
    try:
        return {"value": parser.get(section, key)}
    except configparser.Error as error:
        return {"error": type(error).__name__}


def parse(request):
    parser = configparser.ConfigParser()
    paths = [write(content, "%d.properties" % index) for index, content in enumerate(request["files"])]
    try:
        parser.read(paths)
    except (configparser.Error, UnicodeDecodeError) as error:
        return {"ok": False, "error": type(error).__name__}
    return {
        "ok": True,
        "raw": {section: dict(parser.items(section, raw=True)) for section in parser.sections()},
        "values": {
            section: {key: value_of(parser, section, key) for key in parser.options(section)}
            for section in parser.sections()
        },
    }


def loaded(request):
    from biomaj_core.config import BiomajConfig

    for name in list(os.environ):
        if name.startswith("BIOMAJ_"):
            del os.environ[name]
    os.environ.update(request.get("env", {}))
    BiomajConfig.global_config = None
    BiomajConfig.user_config = None
    BiomajConfig.load_config(request["global"])
    return BiomajConfig


class Options:
    no_log = True

    def get_option(self, name):
        return None


def get(request):
    config = loaded(request)(request["bank"], Options())
    answers_by_key = {}
    for key, default in request["keys"]:
        try:
            answers_by_key[key] = {"value": config.get(key, default=default), "bool": config.get_bool(key, default=default)}
        except configparser.Error as error:
            answers_by_key[key] = {"error": type(error).__name__}
    return answers_by_key


class Collection:
    def find_one(self, *args):
        return None

    def insert(self, document):
        return 1


def check(request):
    from biomaj.bank import Bank
    from biomaj.mongo_connector import MongoConnector

    MongoConnector.db = True
    MongoConnector.banks = MongoConnector.history = Collection()
    try:
        loaded(request)
        return {"valid": Bank(request["bank"], no_log=True).check()}
    except SystemExit as error:
        return {"valid": False, "reason": "exit %s" % error}
    except Exception as error:
        return {"valid": False, "reason": "%s: %s" % (type(error).__name__, error)}


def pattern(request):
    try:
        re.compile(request["pattern"])
        return {"ok": True}
    except (re.error, OverflowError, ValueError, RecursionError) as error:
        return {"ok": False, "error": str(error)}


requests = {"parse": parse, "get": get, "check": check, "pattern": pattern}
for line in sys.stdin:
    request = json.loads(line)
    answers.write(json.dumps(requests[request["ask"]](request)) + "\n")
    answers.flush()
