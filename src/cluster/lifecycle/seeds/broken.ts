import {cancelled, failed, type Story, updated} from './story.js'

const release = '2026-10-01'
const before = updated('2026-09-01T02:00:00Z', '2026-09-01')
const when = '2026-10-02T02:00:00Z'
const ownFolder = {server: null, protocol: 'local'}

/** Every way in which a bank can fail. Those with a cause in their properties fail in the same way when they are updated. */
export const brokenStories: readonly Story[] = [
  {
    name: 'bad-archive',
    fullName: 'Broken: the archive is none',
    properties: {...ownFolder, 'remote.files': String.raw`^genes\.tar\.gz$`, 'local.files': '.*'},
    source: {'genes.tar.gz': 'this was a page about a login\n'},
    runs: [
      failed(when, 'download', {
        release,
        reason: 'genes.tar.gz was not extracted: it is damaged: incorrect header check',
      }),
    ],
  },
  {
    name: 'bad-checksum',
    fullName: 'Broken: the checksum is that of other data',
    properties: {
      ...ownFolder,
      'remote.files': String.raw`^genes\.fa$ ^genes\.fa\.md5$`,
      'local.files': String.raw`genes\.fa$`,
    },
    source: {'genes.fa': '>gene\nACGT\n', 'genes.fa.md5': 'd41d8cd98f00b204e9800998ecf8427e  genes.fa\n'},
    runs: [
      failed(when, 'download', {
        release,
        reason:
          'Wrong checksum: genes.fa (md5 9d3048392df02a6ea1982ceca9b8c2d3, expected d41d8cd98f00b204e9800998ecf8427e)',
      }),
    ],
  },
  {
    name: 'cancelled',
    fullName: 'Broken: cancelled while it was downloaded',
    runs: [before, cancelled(when, 'download', {release, reason: 'cancelled by jane'})],
    published: '2026-09-01',
  },
  {
    name: 'current-gone',
    fullName: 'Broken: published, but the link to the release is gone',
    runs: [before],
    published: '2026-09-01',
    damage: 'current gone',
  },
  {
    name: 'dependency-fails',
    fullName: 'Broken: the bank that it depends on fails',
    properties: {depends: 'process-fails'},
    runs: [
      failed(when, 'depends', {
        release: null,
        reason: 'the update of process-fails, which it depends on, failed: COUNT_count ended with exit code 1',
      }),
    ],
  },
  {
    name: 'file-gone',
    fullName: 'Broken: its properties file is gone',
    runs: [before],
    published: '2026-09-01',
    damage: 'no file',
  },
  {
    name: 'file-invalid',
    fullName: 'Broken: its properties are refused',
    properties: {protocol: 'sftp'},
    runs: [failed(when, 'check', {release: null, reason: '"sftp" is not a protocol that BioMAJ takes'})],
  },
  {
    name: 'interrupted',
    fullName: 'Broken: the cluster died while it was downloaded',
    runs: [before, {at: when, seconds: 30, result: 'interrupted', release, step: 'download'}],
    published: '2026-09-01',
  },
  {
    name: 'many-failures',
    fullName: 'Broken: never came to its end, for three releases',
    runs: ['2026-07-01', '2026-08-01', '2026-09-01'].map(name =>
      failed(`${name}T02:00:00Z`, 'postprocess', {release: name, reason: 'COUNT_count ended with exit code 1'}),
    ),
    properties: processes('false', ''),
  },
  {
    name: 'no-files',
    fullName: 'Broken: nothing matches remote.files',
    properties: {'remote.files': String.raw`^nothing\.gz$`},
    runs: [failed(when, 'download', {release: null, reason: String.raw`No remote file matches "^nothing\.gz$"`})],
  },
  {
    name: 'no-local-files',
    fullName: 'Broken: nothing matches local.files',
    properties: {'local.files': String.raw`^nothing$`},
    runs: [failed(when, 'download', {release, reason: 'No file match in offline dir'})],
  },
  {
    name: 'no-release',
    fullName: 'Broken: the file that tells the release is not there',
    properties: {'release.file': '^VERSION$', 'release.regexp': String.raw`(\d+)`},
    runs: [failed(when, 'release', {release: null, reason: 'No remote file matches "^VERSION$"'})],
  },
  {
    name: 'no-server',
    fullName: 'Broken: nobody answers at its server',
    properties: {server: '127.0.0.1:1'},
    runs: [
      before,
      failed(when, 'download', {release: null, reason: 'http://127.0.0.1:1/alu/: connect ECONNREFUSED 127.0.0.1:1'}),
    ],
    published: '2026-09-01',
  },
  {
    name: 'process-fails',
    fullName: 'Broken: a process ends with 1',
    properties: processes('false', ''),
    runs: [before, failed(when, 'postprocess', {release, reason: 'COUNT_count ended with exit code 1'})],
    published: '2026-09-01',
  },
  {
    name: 'process-missing',
    fullName: 'Broken: the program of a process is not installed',
    properties: processes('no-such-program', '--version'),
    runs: [failed(when, 'postprocess', {release, reason: 'COUNT_count ended with exit code 127'})],
  },
  {
    name: 'release-gone',
    fullName: 'Broken: the folder of its release is gone',
    runs: [before],
    published: '2026-09-01',
    damage: 'release gone',
  },
]

function processes(exe: string, args: string): Record<string, string> {
  return {
    'AFTER.db.post.process': 'COUNT',
    COUNT: 'count',
    'count.name': 'count',
    'count.desc': 'Fails',
    'count.type': 'index',
    'count.exe': exe,
    'count.args': args,
  }
}
