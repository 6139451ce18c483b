import type {Action, Scenario} from '../scenario.ts'

const date = '2021-03-05T10:20:00Z'
const later = '2021-04-15T08:00:00Z'
const update: Action = {do: 'update', bank: 'alu'}
const put = (file: string, content = `>${file}\nACGT\n`, at = date): Action => ({
  do: 'put',
  file: `/files/${file}`,
  content,
  date: at,
})

const tree: readonly Action[] = [
  put('a.n'),
  put('b.txt'),
  put('sub/c.n'),
  put('sub/deep/d.n'),
  put('sub2/e.n'),
  put('other/f.txt'),
]

/** Where files come from, and which of them are taken. */
export const sources: readonly Scenario[] = [
  ...(['local', 'http', 'ftp'] as const).flatMap((upstream): Scenario[] => [
    {
      name: `a whole tree over ${upstream}`,
      upstream,
      banks: {alu: {'remote.files': '**/*', 'local.files': '**/*'}},
      actions: [...tree, update, update],
    },
    {
      name: `files in folders over ${upstream}`,
      upstream,
      banks: {alu: {'remote.files': String.raw`^a\.n$ ^sub/c.*\.n$ ^sub.*/[de]\.n$`, 'local.files': '**/*'}},
      actions: [...tree, update],
    },
    {
      name: `names from groups over ${upstream}`,
      ...(upstream === 'local' ? {deviations: ['names from groups']} : {}),
      upstream,
      banks: {alu: {'remote.files': String.raw`^(a)\.(n)$ sub/(.*)\.n$`, 'local.files': '**/*'}},
      actions: [...tree, update],
    },
    {
      name: `no file matches over ${upstream}`,
      upstream,
      banks: {alu: {'remote.files': String.raw`^nothing.*$`}},
      actions: [...tree, update],
    },
    {
      name: `folder that is not there over ${upstream}`,
      upstream,
      banks: {alu: {'remote.dir': upstream === 'local' ? '<upstream>/nowhere/' : '/nowhere/'}},
      actions: [...tree, update],
    },
  ]),
  {
    name: 'several patterns for one file',
    deviations: ['counted once'],
    upstream: 'local',
    banks: {alu: {'remote.files': String.raw`^a.*$ ^.*\.n$ a\.n`, 'local.files': '**/*'}},
    actions: [...tree, update],
  },
  {
    name: 'only some files are kept',
    upstream: 'local',
    banks: {alu: {'remote.files': '**/*', 'local.files': String.raw`^a\.n$ sub/.*\.n`}},
    actions: [...tree, update],
  },
  {
    name: 'nothing is left of what was fetched',
    upstream: 'local',
    banks: {alu: {'remote.files': '**/*', 'local.files': '^zzz$'}},
    actions: [...tree, update],
  },
  {
    name: 'direct download with a name of its own',
    deviations: ['dates of files'],
    upstream: 'http',
    banks: {
      alu: {
        protocol: 'directhttp',
        'remote.dir': '/files/a.n',
        'remote.files': null,
        'target.name': 'alu.n',
        'url.method': 'GET',
        'url.params': 'query,page',
        'query.value': 'alu sequences',
        'page.value': '1',
      },
    },
    actions: [...tree, update],
  },
  {
    name: 'direct download with parameters in the body',
    deviations: ['dates of files'],
    upstream: 'http',
    banks: {
      alu: {
        protocol: 'directhttp',
        'remote.dir': '/files/a.n',
        'remote.files': null,
        'target.name': 'alu.n',
        'url.method': 'POST',
        'url.params': 'query,page',
        'query.value': 'alu sequences',
        'page.value': '1',
      },
    },
    actions: [...tree, update],
  },
  {
    name: 'several remotes',
    deviations: ['dates of files'],
    upstream: 'http',
    banks: {
      alu: {
        protocol: 'multi',
        server: null,
        'remote.dir': null,
        'remote.files': null,
        'local.files': '**/*',
        'remote.file.0.protocol': 'directhttp',
        'remote.file.0.server': '<upstream>',
        'remote.file.0.path': '/files/a.n',
        'remote.file.0.name': 'first.n',
        'remote.file.1.protocol': 'directhttp',
        'remote.file.1.server': '<upstream>',
        'remote.file.1.path': '/files/sub/c.n',
        'remote.file.1.name': 'second.n',
      },
    },
    actions: [...tree, update],
  },
  {
    name: 'files named in a list',
    deviations: ['dates of files'],
    upstream: 'http',
    banks: {alu: {'remote.list': '<root>/list.json', 'remote.files': null, 'local.files': '**/*'}},
    actions: [
      ...tree,
      {
        do: 'write',
        file: 'list.json',
        content: JSON.stringify([{name: 'a.n'}, {name: 'sub/c.n', save_as: 'c-saved.n'}]),
      },
      update,
    ],
  },
  {
    name: 'list of files that is empty',
    deviations: ['an empty list'],
    upstream: 'http',
    banks: {alu: {'remote.list': '<root>/list.json', 'remote.files': null, 'local.files': '**/*'}},
    actions: [...tree, {do: 'write', file: 'list.json', content: '[]'}, update],
  },
  {
    name: 'list of files that is absent',
    deviations: ['an empty list'],
    upstream: 'http',
    banks: {alu: {'remote.list': '<root>/list.json', 'remote.files': null, 'local.files': '**/*'}},
    actions: [...tree, update],
  },
  {
    name: 'a file that cannot be fetched, then can',
    deviations: ['unfinished files'],
    upstream: 'http',
    banks: {alu: {}},
    actions: [
      put('a.n'),
      put('b.n'),
      {do: 'fail', file: '/files/b.n', failure: 'missing'},
      update,
      {do: 'heal', file: '/files/b.n'},
      update,
      update,
    ],
  },
  {
    name: 'a truncated file, then a whole one',
    deviations: ['unfinished files'],
    upstream: 'http',
    banks: {alu: {}},
    actions: [
      put('a.n', 'ACGT'.repeat(500)),
      {do: 'fail', file: '/files/a.n', failure: 'truncated'},
      update,
      {do: 'heal', file: '/files/a.n'},
      update,
    ],
  },
  {
    name: 'ftp that refuses a file, then gives it',
    deviations: ['unfinished files'],
    upstream: 'ftp',
    banks: {alu: {}},
    actions: [
      put('a.n'),
      put('b.n'),
      {do: 'fail', file: '/files/b.n', failure: 'refused'},
      update,
      {do: 'heal', file: '/files/b.n'},
      update,
    ],
  },
  {
    name: 'unchanged files come from the last production',
    upstream: 'http',
    banks: {alu: {'keep.old.version': '3'}},
    actions: [put('a.n'), put('b.n'), update, put('b.n', '>new\nTTTT\n', later), update],
  },
  {
    name: 'unchanged files are fetched again with copy.skip',
    upstream: 'http',
    banks: {alu: {'keep.old.version': '3', 'copy.skip': '1'}},
    actions: [put('a.n'), put('b.n'), update, put('b.n', '>new\nTTTT\n', later), update],
  },
  {
    name: 'unchanged files are linked with hard links',
    upstream: 'http',
    banks: {alu: {'keep.old.version': '3', use_hardlinks: '1'}},
    actions: [put('a.n'), put('b.n'), update, put('b.n', '>new\nTTTT\n', later), update],
  },
  {
    name: 'local files are linked with hard links',
    upstream: 'local',
    banks: {alu: {use_hardlinks: '1'}},
    actions: [put('a.n'), put('b.n'), update],
  },
]
