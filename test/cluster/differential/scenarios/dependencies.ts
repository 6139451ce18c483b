import type {Action, Properties, Scenario} from '../scenario.ts'

const date = '2021-03-05T10:20:00Z'
const put = (file: string, content = `>${file}\nACGT\n`, at = date): Action => ({
  do: 'put',
  file: `/${file}`,
  content,
  date: at,
})
const from = (folder: string): Properties => ({'remote.dir': `<upstream>/${folder}/`})
const update: Action = {do: 'update', bank: 'computed'}
const scripts = {
  'sources.sh': '#!/bin/sh\ncat "/proc/$$/environ" > "$processdir/seen/environment"\n',
  'fails.sh': '#!/bin/sh\nexit 1\n',
}
const process = (exe: string): Properties => ({
  BLOCKS: 'BLOCK1',
  'BLOCK1.db.post.process': 'META1',
  META1: 'p1',
  'p1.name': 'p1',
  'p1.desc': 'p1',
  'p1.type': 'index',
  'p1.exe': exe,
  'p1.args': '',
})
const upstreams: readonly Action[] = [
  put('sub1/one.n'),
  put('sub2/two.n', '>two\nACGT\n', '2021-02-02T00:00:00Z'),
  put('main/main.n', '>main\nACGT\n', '2021-01-01T00:00:00Z'),
]

/** Banks that are made from others. */
export const dependencies: readonly Scenario[] = [
  {
    name: 'a bank computed from two others',
    upstream: 'local',
    scripts,
    banks: {
      sub1: from('sub1'),
      sub2: from('sub2'),
      computed: {
        ...from('main'),
        ...process('sources.sh'),
        depends: 'sub1,sub2',
        'sub1.files.move': 'flat/.*',
        'sub2.files.move': String.raw`flat/tw.*\.n`,
      },
    },
    actions: [...upstreams, update, update, put('sub1/one.n', '>new\nTT\n', '2021-07-07T00:00:00Z'), update],
  },
  {
    name: 'a bank with the release of another',
    upstream: 'local',
    scripts,
    banks: {
      sub1: from('sub1'),
      computed: {
        ...process('sources.sh'),
        protocol: 'none',
        server: null,
        'remote.dir': null,
        'remote.files': null,
        'local.files': null,
        depends: 'sub1',
        'ref.release': 'sub1',
        'sub1.files.move': 'flat/.*',
        'keep.old.version': '3',
      },
    },
    actions: [...upstreams, update, update, put('sub1/one.n', '>new\nTT\n', '2021-07-07T00:00:00Z'), update],
  },
  {
    name: 'a bank whose source fails',
    deviations: ['log of the run'],
    upstream: 'local',
    scripts,
    banks: {
      sub1: {...from('sub1'), ...process('fails.sh')},
      computed: {...from('main'), depends: 'sub1', 'sub1.files.move': 'flat/.*'},
    },
    actions: [
      ...upstreams,
      update,
      {do: 'change properties', bank: 'sub1', properties: {'p1.exe': 'sources.sh'}},
      update,
    ],
  },
  {
    name: 'files that a source does not have',
    deviations: ['files of a source'],
    upstream: 'local',
    banks: {
      sub1: from('sub1'),
      computed: {...from('main'), depends: 'sub1', 'sub1.files.move': 'flat/nothing.*'},
    },
    actions: [...upstreams, update],
  },
  {
    name: 'sources of sources',
    upstream: 'local',
    banks: {
      sub1: from('sub1'),
      sub2: {...from('sub2'), depends: 'sub1'},
      computed: {...from('main'), 'db.source': 'sub2'},
    },
    actions: [...upstreams, update],
  },
  {
    name: 'a source that there is not',
    upstream: 'local',
    banks: {computed: {...from('main'), depends: 'absent'}},
    actions: [...upstreams, update],
  },
]
