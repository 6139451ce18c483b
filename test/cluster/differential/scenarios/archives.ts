import type {Action, Properties, Scenario} from '../scenario.ts'

const date = '2021-03-05T10:20:00Z'
const update: Action = {do: 'update', bank: 'alu'}
const put = (archive: string, name = archive): Action => ({do: 'put', file: `/files/${name}`, content: {archive}, date})
const text = (name: string, content: string): Action => ({do: 'put', file: `/files/${name}`, content, date})
const all: Properties = {'remote.files': '**/*', 'local.files': '**/*', 'no.extract': null}

const alu = '>a\nACGT\n'
const md5 = '5f76802474aa90b1515c820bf8a6b773'

/** What becomes of archives and of the checksums beside files. */
export const archives: readonly Scenario[] = [
  ...['seq.tar.gz', 'seq.tgz', 'seq.tar', 'seq.zip', 'plain.fa.gz'].map(
    (archive): Scenario => ({
      name: `extracts ${archive}`,
      upstream: 'local',
      banks: {alu: all},
      actions: [put(archive === 'seq.tgz' ? 'seq.tar.gz' : archive, archive), update],
    }),
  ),
  {
    name: 'extracts a tar.bz2',
    upstream: 'local',
    banks: {alu: all},
    actions: [put('seq.tar.bz2'), update],
  },
  {
    name: 'extracts in a folder',
    upstream: 'http',
    banks: {alu: all},
    actions: [put('seq.tar.gz', 'sub/seq.tar.gz'), put('plain.fa.gz', 'sub/plain.fa.gz'), update],
  },
  ...['true', '0', 'false', 'FALSE', ''].map(
    (value): Scenario => ({
      name: `no.extract=${value}`,
      upstream: 'local',
      banks: {alu: {...all, 'no.extract': value}},
      actions: [put('plain.fa.gz'), update],
    }),
  ),
  {
    name: 'an archive that is broken',
    upstream: 'local',
    banks: {alu: all},
    actions: [text('broken.tar.gz', 'this is no archive'), update, put('seq.tar.gz', 'broken.tar.gz'), update],
  },
  {
    name: 'a broken archive is fetched again and refused',
    upstream: 'http',
    banks: {alu: {...all, 'options.names': 'stop_condition,wait_policy'}},
    actions: [text('broken.tar.gz', 'this is no archive'), update],
  },
  {
    name: 'checksums that fit',
    upstream: 'local',
    banks: {alu: {...all, 'no.extract': 'true'}},
    actions: [text('alu.fa', alu), text('alu.fa.md5', `${md5}  alu.fa\n`), update],
  },
  ...['md5', 'sha256'].map(
    (kind): Scenario => ({
      name: `a ${kind} that does not fit`,
      deviations: ['a row for every run', 'last update stays'],
      upstream: 'local',
      banks: {alu: {...all, 'no.extract': 'true'}},
      actions: [
        text('alu.fa', alu),
        text(`alu.fa.${kind}`, '0123456789abcdef  alu.fa\n'),
        update,
        {do: 'remove pending', bank: 'alu'},
      ],
    }),
  ),
]
