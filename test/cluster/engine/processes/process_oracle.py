"""What unmodified BioMAJ makes of the processes of a bank.

Argument: the global file. Reads one JSON question per line and answers each with one line:
  {"environment": {"bank", "release", "remoterelease", "dependencies"}}   -> the variables of a process
  {"run": {"bank", "kind", "done"}}                                       -> {"ok", "done", "metadata"}
"""
import json
import os
import sys
import types

sys.dont_write_bytecode = True
answers = os.fdopen(os.dup(1), 'w')
os.dup2(2, 1)

from biomaj.mongo_connector import MongoConnector
from biomaj.process.metaprocess import MetaProcess
from biomaj.process.processfactory import (
    PostProcessFactory, PreProcessFactory, ProcessFactory, RemoveProcessFactory)
from biomaj.session import Session
from biomaj.workflow import UpdateWorkflow
from biomaj_core.config import BiomajConfig

MongoConnector.banks = types.SimpleNamespace(update=lambda *_: None)
BiomajConfig.load_config(sys.argv[1], allow_user_config=False)


def bank_of(name, release=None, remoterelease=None, dependencies=()):
    config = BiomajConfig(name)
    for key in ('localrelease', 'remoterelease'):
        config.set(key, '')
    session = Session(name, config, UpdateWorkflow.FLOW)
    session.set('release', release)
    session.set('remoterelease', remoterelease)
    depends = [types.SimpleNamespace(name=other, session=types.SimpleNamespace(
        get_full_release_directory=lambda directory=directory: directory)) for other, directory in dependencies]
    return types.SimpleNamespace(name=name, config=config, session=session, depends=depends)


def environment(bank, release, remoterelease, dependencies):
    subject = bank_of(bank, release, remoterelease, dependencies)
    return {'variables': MetaProcess(subject, []).bmaj_only_env, 'logFile': subject.session.get('log_file')}


def run(bank, kind, done):
    subject = bank_of(bank, '1.0', '1.0')
    ProcessFactory.NB_THREAD = int(subject.config.get('bank.num.threads'))
    factory = {'preprocess': PreProcessFactory, 'postprocess': PostProcessFactory, 'removeprocess': RemoveProcessFactory}[kind]
    made = factory(subject, done)
    ok = made.run()
    status = made.blocks if kind == 'postprocess' else {'': made.meta_status}
    flat = {'.'.join((block, meta, process)): state
            for block, metas in status.items()
            for meta, processes in metas.items()
            for process, state in processes.items()}
    return {'ok': ok, 'done': flat, 'metadata': made.meta_data}


for line in sys.stdin:
    question = json.loads(line)
    for ask, options in question.items():
        answer = {'environment': environment, 'run': run}[ask](**options)
    answers.write(json.dumps(answer) + '\n')
    answers.flush()
