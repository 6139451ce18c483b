import type {Bank, BankStatus, Production} from '../../../src/cluster/model/bank.js'
import {emptyBank} from '../../../src/cluster/model/empty-bank.js'

export function bankOf(name: string, changes: Partial<Bank> = {}): Bank {
  return {...emptyBank({name, owner: 'ada', visibility: 'public', description: null, types: []}), ...changes}
}

export function productionOf(session: number, release: string): Production {
  return {
    session,
    release,
    remoteRelease: release.replace(/__\d+$/, ''),
    formats: ['fasta'],
    types: ['nucleic'],
    tags: {organism: 'hs'},
    sizeBytes: 1234,
    dataDir: '/data',
    dirVersion: 'genomes/alu',
    productionDirectory: `alu_${release}`,
    logFile: '/logs/alu.log',
    frozen: false,
  }
}

export function statusOf(session: number, filesDone: number | null = null): BankStatus {
  return {
    session,
    action: 'update',
    logFile: '/logs/alu.log',
    running: 'download',
    steps: [{step: 'init', state: 'over', startedAtMs: 1, endedAtMs: 2.5}],
    processes: [{name: 'B1_BLAST', state: 'waiting', startedAtMs: null, endedAtMs: null}],
    progress: filesDone === null ? null : {filesDone, filesTotal: 10, bytesDone: filesDone * 100, bytesTotal: null},
    reason: null,
  }
}
