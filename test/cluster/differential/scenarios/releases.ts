import type {Action, Scenario} from '../scenario.ts'

const first = '2021-03-05T10:20:00Z'
const second = '2021-04-15T08:00:00Z'
const third = '2022-12-01T23:59:00Z'

const alu = (content: string, date: string): Action => ({do: 'put', file: '/files/alu.n', content, date})
const update: Action = {do: 'update', bank: 'alu'}
const releaseText = (content: string, date = first): Action => ({
  do: 'put',
  file: '/files/RELEASE.note',
  content,
  date,
})

/** How a release gets its name, and what becomes of the ones before it. */
export const releases: readonly Scenario[] = [
  {
    name: 'release from the newest date',
    upstream: 'local',
    banks: {alu: {}},
    actions: [
      {do: 'check', bank: 'alu'},
      alu('>a\nACGT\n', first),
      {do: 'put', file: '/files/old.n', content: '>old\nA\n', date: '2020-01-01T00:00:00Z'},
      update,
      update,
      {do: 'publish', bank: 'alu'},
      alu('>a\nACGTACGT\n', second),
      {do: 'update', bank: 'alu', options: {publish: true}},
      {do: 'unpublish', bank: 'alu'},
    ],
  },
  {
    name: 'release from the newest date over http',
    upstream: 'http',
    banks: {alu: {auto_publish: '1'}},
    actions: [alu('>a\nACGT\n', first), update, update, alu('>a\nACGTACGT\n', third), update],
  },
  {
    name: 'release date in a format',
    upstream: 'local',
    banks: {alu: {'release.format': '%Y_%m_%d'}},
    actions: [alu('>a\nACGT\n', first), update],
  },
  {
    name: 'release separator',
    upstream: 'local',
    banks: {alu: {'release.separator': '-', auto_publish: '1'}},
    actions: [alu('>a\nACGT\n', first), update],
  },
  {
    name: 'release from the name of a file',
    upstream: 'local',
    banks: {alu: {'release.file': String.raw`alu_(\d+\.\d+)\.version`}},
    actions: [
      alu('>a\nACGT\n', first),
      {do: 'put', file: '/files/alu_1.2.version', content: '', date: first},
      update,
      {do: 'put', file: '/files/alu_1.10.version', content: '', date: second},
      update,
      update,
    ],
  },
  {
    name: 'release from the text of a file',
    upstream: 'http',
    banks: {alu: {'release.file': 'RELEASE.note', 'release.regexp': String.raw`Release\s(\d+_\d+)`, auto_publish: '1'}},
    actions: [
      alu('>a\nACGT\n', first),
      releaseText('This is Release 2021_03 of alu\n'),
      update,
      update,
      releaseText('This is Release 2021_04 of alu\n', second),
      update,
    ],
  },
  {
    name: 'the highest of several releases in a file',
    upstream: 'local',
    banks: {alu: {'release.file': 'RELEASE.note', 'release.regexp': String.raw`[\d]+\.*[\d]*`}},
    actions: [alu('>a\nACGT\n', first), releaseText('35.0 follows 9.1, and 34.2\n'), update],
  },
  {
    name: 'two files that may hold the release',
    upstream: 'local',
    banks: {alu: {'release.file': String.raw`.*\.note`, 'release.regexp': String.raw`(\d+)`}},
    actions: [
      alu('>a\nACGT\n', first),
      releaseText('12\n'),
      {do: 'put', file: '/files/b.note', content: '13', date: first},
      update,
    ],
  },
  {
    name: 'no release in the file',
    upstream: 'local',
    banks: {alu: {'release.file': 'RELEASE.note', 'release.regexp': String.raw`Release (\d+)`}},
    actions: [alu('>a\nACGT\n', first), releaseText('soon\n'), update, releaseText('Release 7\n', second), update],
  },
  {
    name: 'release file that is not there',
    upstream: 'local',
    banks: {alu: {'release.file': 'RELEASE.note', 'release.regexp': String.raw`(\d+)`}},
    actions: [alu('>a\nACGT\n', first), update],
  },
  {
    name: 'release control',
    upstream: 'local',
    banks: {
      alu: {
        'release.file': 'RELEASE.note',
        'release.regexp': String.raw`(\d+)`,
        'release.control': 'true',
        'local.files': '**/*',
        'remote.files': String.raw`^.*\.n$`,
      },
    },
    actions: [
      alu('>a\nACGT\n', first),
      releaseText('1\n'),
      update,
      update,
      {do: 'put', file: '/files/more.n', content: '>b\nTT\n', date: first},
      update,
    ],
  },
  {
    name: 'listing without dates',
    deviations: ['dates of files'],
    upstream: 'http',
    banks: {alu: {'http.group.file.date': '-1', 'http.group.file.size': '-1'}},
    actions: [alu('>a\nACGT\n', first), update],
  },
  {
    name: 'from scratch, twice',
    upstream: 'local',
    banks: {alu: {'keep.old.version': '3', auto_publish: '1'}},
    actions: [
      alu('>a\nACGT\n', first),
      update,
      {do: 'update', bank: 'alu', options: {fromscratch: true}},
      {do: 'update', bank: 'alu', options: {fromscratch: true}},
    ],
  },
  {
    name: 'old versions over five releases',
    upstream: 'local',
    banks: {alu: {'keep.old.version': '2', auto_publish: '1'}},
    actions: ['2021-01-01', '2021-02-02', '2021-03-03', '2021-04-04', '2021-05-05'].flatMap((day, index) => [
      alu(`>a${index}\nACGT\n`, `${day}T12:00:00Z`),
      update,
    ]),
  },
  {
    name: 'frozen and published releases are kept',
    deviations: ['refused at once'],
    upstream: 'local',
    banks: {alu: {'keep.old.version': '1'}},
    actions: [
      alu('>1\nA\n', '2021-01-01T12:00:00Z'),
      update,
      {do: 'freeze', bank: 'alu', release: '2021-1-1'},
      {do: 'remove', bank: 'alu', release: '2021-1-1'},
      alu('>2\nA\n', '2021-02-02T12:00:00Z'),
      {do: 'update', bank: 'alu', options: {publish: true}},
      alu('>3\nA\n', '2021-03-03T12:00:00Z'),
      update,
      alu('>4\nA\n', '2021-04-04T12:00:00Z'),
      update,
      {do: 'unfreeze', bank: 'alu', release: 'alu_2021-1-1'},
      alu('>5\nA\n', '2021-05-05T12:00:00Z'),
      update,
    ],
  },
  {
    name: 'keep no old version',
    upstream: 'local',
    banks: {alu: {'keep.old.version': '0', auto_publish: '1'}},
    actions: [alu('>1\nA\n', first), update, alu('>2\nA\n', second), update],
  },
]
