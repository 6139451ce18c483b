import type {Action, Properties, Scenario} from '../scenario.ts'

const date = '2021-03-05T10:20:00Z'
const update: Action = {do: 'update', bank: 'alu'}
const alu: Action = {do: 'put', file: '/files/alu.n', content: '>a\nACGT\n', date}
const newer: Action = {do: 'put', file: '/files/alu.n', content: '>b\nACGTT\n', date: '2021-06-07T00:00:00Z'}
const flag = '#!/bin/sh\n[ -e "$processdir/flag" ] || exit 1\n'
const scripts = {'flag.sh': flag}
const failing: Properties = {
  BLOCKS: 'BLOCK1',
  'BLOCK1.db.post.process': 'META1',
  META1: 'p1',
  'p1.name': 'p1',
  'p1.desc': 'p1',
  'p1.type': 'index',
  'p1.exe': 'flag.sh',
  'p1.args': '',
}
const steps = ['check', 'release', 'download', 'postprocess', 'publish', 'over']

/** Runs that stop, go on, start in the middle or are taken back. */
export const stepScenarios: readonly Scenario[] = [
  ...steps.map(
    (step): Scenario => ({
      name: `stopped before ${step}, then taken up`,
      deviations: step === 'over' ? ['published, then stopped'] : [],
      upstream: 'local',
      banks: {alu: {auto_publish: '1'}},
      actions: [alu, {do: 'update', bank: 'alu', options: {stop_before: step}}, update],
    }),
  ),
  ...['init', 'release', 'download', 'publish'].map(
    (step): Scenario => ({
      name: `stopped after ${step}, then taken up`,
      deviations: step === 'publish' ? ['published, then stopped'] : [],
      upstream: 'local',
      banks: {alu: {auto_publish: '1'}},
      actions: [alu, {do: 'update', bank: 'alu', options: {stop_after: step}}, update],
    }),
  ),
  ...['download', 'postprocess', 'publish', 'init'].map(
    (step): Scenario => ({
      name: `from ${step} after a whole run`,
      upstream: 'local',
      banks: {alu: {}},
      actions: [alu, update, {do: 'update', bank: 'alu', options: {from_task: step, release: '2021-3-5'}}],
    }),
  ),
  {
    name: 'from a step of the last run, without a release',
    upstream: 'local',
    banks: {alu: {}},
    actions: [alu, update, {do: 'update', bank: 'alu', options: {from_task: 'publish', publish: true}}],
  },
  {
    name: 'from a step after one that failed',
    deviations: ['a row for every run'],
    upstream: 'local',
    scripts,
    banks: {alu: failing},
    actions: [alu, update, {do: 'update', bank: 'alu', options: {from_task: 'publish'}}],
  },
  {
    name: 'from a step that is none, of a release that is none',
    deviations: ['refused at once'],
    upstream: 'local',
    banks: {alu: {}},
    actions: [
      alu,
      update,
      {do: 'update', bank: 'alu', options: {from_task: 'nonsense'}},
      {do: 'update', bank: 'alu', options: {from_task: 'publish', release: '1999'}},
    ],
  },
  {
    name: 'from download after a whole run with a new file',
    upstream: 'local',
    banks: {alu: {'local.files': '**/*'}},
    actions: [
      alu,
      update,
      {do: 'put', file: '/files/more.n', content: '>m\n', date},
      {do: 'update', bank: 'alu', options: {from_task: 'download', release: '2021-3-5'}},
    ],
  },
  {
    name: 'repaired after a failure',
    deviations: ['formats of a repaired release'],
    upstream: 'local',
    scripts,
    banks: {alu: failing},
    actions: [alu, update, {do: 'repair', bank: 'alu'}, {do: 'publish', bank: 'alu'}, newer, update],
  },
  {
    name: 'a lock file that nobody holds',
    deviations: ['locks of nobody'],
    upstream: 'local',
    banks: {alu: {}},
    actions: [alu, update, newer, {do: 'write', file: 'lock/alu.lock', content: '1'}, update],
  },
  {
    name: 'a release that was removed and is there still at its source',
    upstream: 'local',
    banks: {alu: {}},
    actions: [alu, update, {do: 'remove', bank: 'alu', release: '2021-3-5'}, update],
  },
  {
    name: 'a failed run that is begun from scratch',
    upstream: 'local',
    scripts,
    banks: {alu: failing},
    actions: [
      alu,
      update,
      {do: 'write', file: 'process/flag', content: ''},
      {do: 'update', bank: 'alu', options: {fromscratch: true}},
    ],
  },
  {
    name: 'a failed run, then a newer release',
    upstream: 'local',
    scripts,
    banks: {alu: failing},
    actions: [alu, update, newer, {do: 'write', file: 'process/flag', content: ''}, update, update],
  },
  {
    name: 'pending releases removed',
    deviations: ['a row for every run', 'last update stays'],
    upstream: 'local',
    scripts,
    banks: {alu: failing},
    actions: [
      alu,
      update,
      {do: 'remove pending', bank: 'alu'},
      {do: 'write', file: 'process/flag', content: ''},
      update,
    ],
  },
  {
    name: 'releases removed',
    deviations: ['refused at once'],
    upstream: 'local',
    banks: {alu: {'keep.old.version': '3'}},
    actions: [
      alu,
      {do: 'update', bank: 'alu', options: {publish: true}},
      {do: 'remove', bank: 'alu', release: '2021-3-5'},
      newer,
      update,
      {do: 'remove', bank: 'alu', release: '1999'},
      {do: 'remove', bank: 'alu', release: 'alu_2021-6-7'},
      update,
      {do: 'unpublish', bank: 'alu'},
      {do: 'remove', bank: 'alu', release: '2021-3-5'},
    ],
  },
  {
    name: 'a release with a suffix removed',
    deviations: ['place of a release'],
    upstream: 'local',
    banks: {alu: {'keep.old.version': '3'}},
    actions: [
      alu,
      update,
      {do: 'update', bank: 'alu', options: {fromscratch: true}},
      {do: 'update', bank: 'alu', options: {fromscratch: true, publish: true}},
      {do: 'update', bank: 'alu', options: {from_task: 'postprocess', release: '2021-3-5'}},
      {do: 'remove', bank: 'alu', release: '2021-3-5__1'},
    ],
  },
  {
    name: 'a bank removed with all that it has',
    upstream: 'local',
    banks: {alu: {'keep.old.version': '3', auto_publish: '1'}, other: {}},
    actions: [alu, update, {do: 'update', bank: 'other'}, newer, update, {do: 'remove all', bank: 'alu'}, update],
  },
  {
    name: 'a bank with a frozen release removed',
    deviations: ['refused at once'],
    upstream: 'local',
    banks: {alu: {}},
    actions: [
      alu,
      update,
      {do: 'freeze', bank: 'alu', release: '2021-3-5'},
      {do: 'remove all', bank: 'alu'},
      {do: 'remove all', bank: 'alu', force: true},
    ],
  },
  {
    name: 'published by name, and what cannot be',
    deviations: ['refused at once'],
    upstream: 'local',
    banks: {alu: {'keep.old.version': '3'}},
    actions: [
      {do: 'publish', bank: 'alu'},
      {do: 'unpublish', bank: 'alu'},
      alu,
      update,
      newer,
      update,
      {do: 'publish', bank: 'alu', release: '2021-3-5'},
      {do: 'publish', bank: 'alu', release: 'alu_2021-6-7'},
      {do: 'publish', bank: 'alu', release: '1999'},
      {do: 'freeze', bank: 'alu', release: '1999'},
    ],
  },
  {
    name: 'a bank that is refused',
    upstream: 'local',
    banks: {alu: {'dir.version': '/absolute'}, nope: {protocol: 'gopher'}},
    actions: [alu, {do: 'check', bank: 'alu'}, update, {do: 'update', bank: 'nope'}, {do: 'update', bank: 'absent'}],
  },
  {
    name: 'old sessions kept',
    upstream: 'local',
    scripts,
    banks: {alu: {...failing, 'keep.old.sessions': '1'}},
    actions: [alu, update, newer, update, {do: 'write', file: 'process/flag', content: ''}, update],
  },
]
