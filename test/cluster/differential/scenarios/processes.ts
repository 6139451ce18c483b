import type {Action, Properties, Scenario} from '../scenario.ts'

const date = '2021-03-05T10:20:00Z'
const update: Action = {do: 'update', bank: 'alu'}
const alu: Action = {do: 'put', file: '/files/alu.n', content: '>a\nACGT\n', date}
const newer: Action = {do: 'put', file: '/files/alu.n', content: '>b\nACGTT\n', date: '2021-06-07T00:00:00Z'}
const third: Action = {do: 'put', file: '/files/alu.n', content: '>c\n', date: '2022-01-01T00:00:00Z'}

/** Leaves the environment that the shell was given, and where it runs. */
const look = `#!/bin/sh
cat "/proc/$$/environ" > "$processdir/seen/$1"
printf '\\nworking directory %s\\narguments %s\\n' "$(pwd)" "$*" >> "$processdir/seen/$1"
`
const scripts = {
  'look.sh': look,
  'declares.sh': `#!/bin/sh
echo 'making an index'
mkdir -p "$datadir/$dirversion/$localrelease/index"
echo "index of $localrelease" > "$datadir/$dirversion/$localrelease/index/alu.idx"
echo '##BIOMAJ#blast#nucleic,dna#organism:human,chr:1#index/alu.idx,flat/alu.n'
echo '##BIOMAJ#fasta###flat/alu.n'
`,
  'fails.sh': '#!/bin/sh\necho half\necho "no space left" >&2\nexit 3\n',
  'flag.sh': '#!/bin/sh\n[ -e "$processdir/flag" ] || exit 1\necho "flag found"\n',
  'link.sh': `#!/bin/sh
ls -l "$datadir/$dirversion" | sed -n 's/.*\\(future_release.*\\)/\\1/p'
`,
}

interface Process {
  exe?: string
  args?: string
  more?: Properties
}

function processes(all: Readonly<Record<string, Process>>): Properties {
  return Object.assign(
    {},
    ...Object.entries(all).map(([name, {exe = 'look.sh', args = name, more = {}}]) => ({
      [`${name}.name`]: name,
      [`${name}.desc`]: `process ${name}`,
      [`${name}.type`]: 'index',
      [`${name}.exe`]: exe,
      [`${name}.args`]: args,
      ...Object.fromEntries(Object.entries(more).map(([key, value]) => [`${name}.${key}`, value])),
    })),
  ) as Properties
}

const post = (all: Readonly<Record<string, Process>>): Properties => ({
  BLOCKS: 'BLOCK1',
  'BLOCK1.db.post.process': 'META1',
  META1: Object.keys(all).join(','),
  ...processes(all),
})

/** What runs before, after and at the removal of a release. */
export const processScenarios: readonly Scenario[] = [
  {
    name: 'environment of a process',
    upstream: 'local',
    scripts,
    banks: {alu: {...post({p1: {args: 'p1 one "two words" $localrelease'}}), 'own.property': 'own value', UPPER: 'x'}},
    actions: [alu, update],
  },
  {
    name: 'arguments that no shell expands',
    upstream: 'local',
    scripts,
    banks: {
      alu: post({
        p1: {args: 'p1 "two words" * ${localrelease}', more: {expand: 'false'}},
        p2: {args: 'p2 * ${dbname}'},
      }),
    },
    actions: [alu, update],
  },
  {
    name: 'metadata that a process tells',
    deviations: ['no empty types'],
    upstream: 'local',
    scripts,
    banks: {alu: {...post({p1: {exe: 'declares.sh', args: ''}}), 'db.formats': 'fasta', auto_publish: '1'}},
    actions: [alu, update],
  },
  {
    name: 'metadata from the properties',
    upstream: 'local',
    scripts,
    banks: {
      alu: {
        ...post({
          p1: {
            exe: 'declares.sh',
            args: '',
            more: {format: 'bowtie', types: 'protein', tags: 'organism:mouse', files: 'flat/alu.n'},
          },
          p2: {more: {format: 'hmm', types: 'profile', tags: 'a:b', files: 'flat/alu.n,index/alu.idx'}},
        }),
        auto_publish: '1',
      },
    },
    actions: [alu, update],
  },
  {
    name: 'a process that fails, then does not',
    deviations: ['log of the run', 'processes of the session'],
    upstream: 'local',
    scripts,
    banks: {alu: {...post({p1: {}, p2: {exe: 'flag.sh', args: ''}, p3: {}}), auto_publish: '1'}},
    actions: [
      alu,
      update,
      {do: 'write', file: 'process/flag', content: ''},
      {do: 'delete', file: 'process/seen/p1'},
      update,
    ],
  },
  {
    name: 'a process that is not there',
    upstream: 'local',
    scripts,
    banks: {alu: post({p1: {exe: 'missing.sh'}, p2: {}})},
    actions: [alu, update],
  },
  {
    name: 'blocks, and metas side by side',
    upstream: 'local',
    scripts,
    banks: {
      alu: {
        BLOCKS: 'FIRST,SECOND,THIRD',
        'FIRST.db.post.process': 'A,B,C',
        'SECOND.db.post.process': 'D,E,F',
        'THIRD.db.post.process': 'G',
        A: 'a1,a2',
        B: 'b1',
        C: 'c1',
        D: 'd1,d2',
        E: 'e1',
        F: 'f1',
        G: 'g1',
        ...processes({a1: {}, a2: {}, b1: {}, c1: {}, d1: {exe: 'fails.sh'}, d2: {}, e1: {}, f1: {}, g1: {}}),
      },
    },
    actions: [alu, update],
  },
  {
    name: 'the link to the release to come',
    upstream: 'local',
    scripts,
    banks: {alu: post({p1: {exe: 'link.sh', args: ''}})},
    actions: [alu, update],
  },
  {
    name: 'processes before the update',
    upstream: 'local',
    scripts,
    banks: {alu: {'db.pre.process': 'BEFORE', BEFORE: 'p1,p2', ...processes({p1: {}, p2: {}})}},
    actions: [alu, update, update],
  },
  {
    name: 'a process before the update that fails',
    upstream: 'local',
    scripts,
    banks: {alu: {'db.pre.process': 'BEFORE', BEFORE: 'p1,p2', ...processes({p1: {exe: 'fails.sh'}, p2: {}})}},
    actions: [alu, update],
  },
  {
    name: 'processes at the removal of a release',
    deviations: ['removed release'],
    upstream: 'local',
    scripts,
    banks: {alu: {'db.remove.process': 'AWAY', AWAY: 'p1', ...processes({p1: {}})}},
    actions: [
      alu,
      update,
      newer,
      {do: 'update', bank: 'alu', options: {publish: true}},
      {do: 'remove', bank: 'alu', release: '2021-3-5'},
    ],
  },
  {
    name: 'processes at the removal of an old version',
    upstream: 'local',
    scripts,
    banks: {
      alu: {
        'keep.old.version': '0',
        auto_publish: '1',
        'db.remove.process': 'AWAY',
        AWAY: 'p1',
        ...processes({p1: {}}),
      },
    },
    actions: [alu, update, newer, update, third, update],
  },
  {
    name: 'a process at the removal that fails',
    upstream: 'local',
    scripts,
    banks: {alu: {'db.remove.process': 'AWAY', AWAY: 'p1', ...processes({p1: {exe: 'fails.sh'}})}},
    actions: [
      alu,
      update,
      newer,
      {do: 'update', bank: 'alu', options: {publish: true}},
      {do: 'remove', bank: 'alu', release: '2021-3-5'},
    ],
  },
  {
    name: 'post-processing again',
    deviations: [
      'log of the run',
      'processes of the session',
      'all processes again',
      'refused at once',
      'a row for every run',
    ],
    upstream: 'local',
    scripts,
    banks: {
      alu: {
        BLOCKS: 'FIRST,SECOND',
        'FIRST.db.post.process': 'A,B',
        'SECOND.db.post.process': 'C',
        A: 'a1,a2',
        B: 'b1',
        C: 'c1',
        ...processes({a1: {}, a2: {}, b1: {}, c1: {}}),
        auto_publish: '1',
      },
    },
    actions: [
      alu,
      update,
      ...[undefined, 'SECOND', 'B', 'a2', 'nothing'].flatMap((process): Action[] => [
        {do: 'delete', file: 'process/seen'},
        {do: 'write', file: 'process/seen/.keep', content: ''},
        {
          do: 'update',
          bank: 'alu',
          options: {from_task: 'postprocess', release: '2021-3-5', ...(process === undefined ? {} : {process})},
        },
      ]),
    ],
  },
]
