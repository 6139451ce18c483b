import {cancelled, failed, type Story, updated, upToDate} from './story.js'

const gone = 'ftp.example.org: the connection was closed before the end of the file'

/** Twelve banks, all of the sequences that come with the package: each can be updated, without a network. */
export const demoStories: readonly Story[] = [
  {name: 'alu', fullName: 'Alu elements of human chromosome 1', runs: []},
  {
    name: 'adapters',
    fullName: 'Demonstration: the last update failed, the release before is published',
    runs: [
      updated('2026-08-03T02:00:00Z', '2026-08-01'),
      failed('2026-09-07T02:00:00Z', 'download', {release: '2026-09-05', reason: gone}),
    ],
    published: '2026-08-01',
  },
  {
    name: 'amplicons',
    fullName: 'Demonstration: three failures, then a release',
    runs: [
      failed('2026-09-01T03:00:00Z', 'download', {release: '2026-08-30', reason: gone}),
      failed('2026-09-02T03:00:00Z', 'download', {release: '2026-08-30', reason: gone}),
      failed('2026-09-03T03:00:00Z', 'postprocess', {
        release: '2026-08-30',
        reason: 'INDEX_makeblastdb: exit status 1',
      }),
      updated('2026-09-04T03:00:00Z', '2026-08-30', 310),
    ],
    published: '2026-08-30',
  },
  {
    name: 'archive',
    fullName: 'Demonstration: the last update was cancelled',
    runs: [
      updated('2026-07-01T22:00:00Z', '2026-06', 1800),
      cancelled('2026-10-01T22:00:00Z', 'download', {release: '2026-09', reason: 'cancelled by jane'}),
    ],
    published: '2026-06',
  },
  {
    name: 'contigs',
    fullName: 'Demonstration: three releases, the newest one is published',
    properties: {'keep.old.version': '2'},
    runs: [
      updated('2026-08-10T01:00:00Z', '41'),
      updated('2026-09-10T01:00:00Z', '42'),
      updated('2026-10-10T01:00:00Z', '43'),
    ],
    published: '43',
  },
  {
    name: 'controls',
    fullName: 'Demonstration: a release that is not published',
    properties: {auto_publish: '0'},
    runs: [updated('2026-10-20T12:00:00Z', '2026-10-18')],
  },
  {
    name: 'isolates',
    fullName: 'Demonstration: all releases were removed',
    runs: [updated('2026-05-05T05:00:00Z', '7'), updated('2026-06-05T05:00:00Z', '8')],
    removed: ['7', '8'],
  },
  {
    name: 'markers',
    fullName: 'Demonstration: the last update found nothing new',
    runs: [
      updated('2026-10-01T04:00:00Z', '2026-09-28'),
      upToDate('2026-10-08T04:00:00Z', '2026-09-28'),
      upToDate('2026-10-15T04:00:00Z', '2026-09-28'),
    ],
    published: '2026-09-28',
  },
  {
    name: 'primers',
    fullName: 'Demonstration: two releases, the older one is published',
    runs: [updated('2026-09-15T06:00:00Z', '1.4'), updated('2026-10-15T06:00:00Z', '1.5')],
    published: '1.4',
  },
  {
    name: 'probes',
    fullName: 'Demonstration: a private bank',
    visibility: 'private',
    runs: [updated('2026-09-20T07:00:00Z', '2026-09-19')],
    published: '2026-09-19',
  },
  {
    name: 'repeats',
    fullName: 'Demonstration: one release, published',
    runs: [updated('2026-10-25T08:00:00Z', '2026-10-24')],
    published: '2026-10-24',
  },
  {
    name: 'vectors',
    fullName: 'Demonstration: an old release that is frozen, a newer one that is published',
    runs: [updated('2026-03-12T09:00:00Z', '5.0'), updated('2026-09-12T09:00:00Z', '5.2')],
    published: '5.2',
    frozen: ['5.0'],
  },
]
