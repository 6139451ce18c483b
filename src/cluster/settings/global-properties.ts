import {settingDefinitions} from './setting-definitions.js'

/** The folders and habits that a new cluster starts with, in the words of BioMAJ's own properties. */
function siteProperties(): Array<{comment: string; lines: string[]}> {
  return [
    {
      comment: 'Folders. Banks are published below data.dir; conf.dir holds one NAME.properties for each bank.',
      lines: [
        'conf.dir=%(root.dir)s/conf',
        'data.dir=%(root.dir)s/banks',
        'log.dir=%(root.dir)s/log',
        'process.dir=%(root.dir)s/process',
        'cache.dir=%(root.dir)s/cache',
        'lock.dir=%(root.dir)s/lock',
      ],
    },
    {comment: 'A release is published as current as soon as it is complete.', lines: ['auto_publish=1']},
    {comment: 'Releases that stay beside the newest one.', lines: ['keep.old.version=1']},
    {
      comment: 'Whether banks can be read by everybody, unless their own file says otherwise.',
      lines: ['visibility.default=public'],
    },
    {
      comment: 'Archives are recognised by the ends of their names; 1 leaves them packed.',
      lines: ['#no.extract=false'],
    },
    {
      comment: 'How much of a bank is worked on at the same time.',
      lines: ['files.num.threads=4', 'bank.num.threads=2'],
    },
    {comment: 'Log of each run: DEBUG, INFO, WARNING or ERROR.', lines: ['historic.logfile.level=INFO']},
    {
      comment: 'Who may do everything, separated by commas, beside those who were added as administrators.',
      lines: ['#admin='],
    },
    {
      comment: 'Way to the outside, where downloads need one.',
      lines: ['#proxy=http://proxy.example.org:3128', '#proxy_auth=user:password'],
    },
    {comment: 'BioMAJ wants an answer here; this cluster has no such index.', lines: ['use_elastic=0', 'use_ldap=0']},
  ]
}

/** The file that a new cluster writes into its data directory. `root` is absolute. */
export function newGlobalProperties(root: string): string {
  return [
    '# What all banks of this cluster have in common. BioMAJ itself could read this file.',
    '# `biomaj cluster config` shows each value and where it comes from.',
    '[GENERAL]',
    '',
    '# Where this cluster keeps everything.',
    `root.dir=${root.replaceAll('%', '%%')}`,
    ...siteProperties().flatMap(({comment, lines}) => ['', `# ${comment}`, ...lines]),
    '',
    '# Settings of the cluster itself: remove the # to change one.',
    ...settingDefinitions.flatMap(({key, whenUnset, comment}) => ['', `# ${comment}`, `#${key}=${whenUnset}`]),
    '',
  ].join('\n')
}
