// Who may import whom. The table is the architecture: docs/architecture.md explains each folder.
const mayImport = {
  commands: ['cli', 'operations', 'presentation', 'api', 'config', 'shared', 'ui', 'cluster'],
  cli: ['operations', 'presentation', 'api', 'config', 'shared'],
  operations: ['api', 'shared'],
  presentation: ['operations', 'api', 'shared'],
  ui: ['operations', 'presentation', 'api', 'shared'],
  api: ['shared'],
  config: ['shared'],
  cluster: ['shared'],
  shared: [],
}

// Packages (and Node modules) that only some folders may know.
const packagesOf = [
  {name: 'only-ui-imports-ink', packages: ['ink', 'react', 'react-reconciler'], folders: ['ui']},
  {name: 'only-cli-and-commands-import-oclif', packages: ['@oclif/[^/]+'], folders: ['cli', 'commands']},
  {name: 'only-api-and-cluster-import-the-http-client', packages: ['got', 'hpagent'], folders: ['api', 'cluster']},
  {name: 'only-config-imports-the-stores', packages: ['conf', '@napi-rs/keyring'], folders: ['config']},
  {
    name: 'only-cluster-imports-server-and-database',
    packages: [
      'hono',
      '@hono/[^/]+',
      'pg',
      'pg-boss',
      'kysely',
      '(node:)?sqlite',
      'basic-ftp',
      'tar',
      'yauzl',
      'croner',
      'pino',
    ],
    folders: ['cluster'],
  },
]

const folders = Object.keys(mayImport)

const directions = folders.map(folder => ({
  name: `direction-of-${folder}`,
  comment: `src/${folder} may import only from: ${[folder, ...mayImport[folder]].join(', ')}.`,
  severity: 'error',
  from: {path: `^src/${folder}/`},
  to: {
    path: '^(src|bin|scripts|test|bench)/',
    // The wire contract is the one place where the client and the embedded cluster meet.
    pathNot: `^src/(${[folder, ...mayImport[folder]].join('|')})/${folder === 'cluster' ? '|^src/api/contract[./]' : ''}`,
  },
}))

const packageRules = packagesOf.map(({name, packages, folders: owners}) => ({
  name,
  severity: 'error',
  from: {path: '^src/', pathNot: `^src/(${owners.join('|')})/`},
  to: {path: `(^|node_modules/)(@types/)?(${packages.join('|')})(/|$)`},
}))

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...directions,
    ...packageRules,
    {
      name: 'commands-load-ui-and-cluster-lazily',
      comment: 'The dashboard and the embedded cluster cost start-up time: load them with await import().',
      severity: 'error',
      from: {path: '^src/commands/'},
      to: {path: '^src/(ui|cluster)/', dynamic: false},
    },
    {
      name: 'presentation-knows-only-types',
      comment:
        'Presentation is pure: from src/api and src/operations it may take types (import type), nothing that runs.',
      severity: 'error',
      from: {path: '^src/presentation/'},
      to: {path: '^src/(api|operations)/', dependencyTypesNot: ['type-only']},
    },
    {
      name: 'command-files-do-not-import-each-other',
      comment: 'One file is one command. What two commands share lives in src/cli or src/operations.',
      severity: 'error',
      from: {path: '^src/commands/'},
      to: {path: '^src/commands/'},
    },
    {
      name: 'every-folder-has-rules',
      comment: 'A new folder under src needs a line in the table above and in docs/architecture.md.',
      severity: 'error',
      from: {path: '^src/', pathNot: `^src/(${folders.join('|')})/`},
      to: {},
    },
    {name: 'no-circles', severity: 'error', from: {}, to: {circular: true}},
    {
      name: 'resolvable',
      comment: 'Without this a mistyped or unsupported path would escape all other rules.',
      severity: 'error',
      from: {path: '^src/'},
      to: {couldNotResolve: true, path: '^[.]'},
    },
  ],
  options: {
    doNotFollow: {path: 'node_modules'},
    // Type-only imports are imports: they decide what a reader has to know.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.json', '.d.ts'],
    },
  },
}
