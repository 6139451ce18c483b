/** Keys that BioMAJ 3 reads, in the lower case of the files. */
export const knownKeys: ReadonlySet<string> = new Set(
  `
  admin auto_publish bank.num.threads blocks cache.dir conf.dir copy.skip data.dir data.stats db.formats db.fullname
  db.name db.pre.process db.remove.process db.source db.type db.url depends dir.version docker.sudo
  download.plugin elastic_index elastic_nodes expose file.md5.check files.num.threads
  historic.logfile.level http.group.dir.date http.group.dir.name http.group.file.date http.group.file.date_format
  http.group.file.name http.group.file.size http.parse.dir.line http.parse.file.line influxdb.db influxdb.host
  influxdb.password influxdb.port influxdb.user irods.password irods.port irods.protocol irods.user irods.zone
  keep.old.sessions keep.old.version ldap.dn ldap.host ldap.port local.files localrelease lock.dir log.dir mail.admin
  mail.body.attach mail.body.tail mail.from mail.password mail.smtp.host mail.smtp.port mail.template.body
  mail.template.subject mail.tls mail.user micro.biomaj.proxy micro.biomaj.rabbit_mq micro.biomaj.rabbit_mq_password
  micro.biomaj.rabbit_mq_port micro.biomaj.rabbit_mq_user micro.biomaj.rabbit_mq_virtualhost no.extract
  offline.dir.name options.names plugins_dir process.dir protocol proxy proxy_auth redis.db redis.host redis.port
  redis.prefix ref.release release.control release.credentials release.file release.format release.plugin
  release.plugin_args release.protocol release.proxy release.proxy_auth release.regexp release.remote.dir
  release.separator release.server release.url.method releaseonly remote.dir remote.files remote.list remote.plugin
  remote.plugin_args remoterelease root.dir schedule.auto schedule.delay schedule.execute server server.credentials
  ssh_hosts_file ssh_new_host stop_condition target.name test timeout.download url.method url.params use_drmaa
  use_elastic use_hardlinks use_ldap visibility.default wait_policy
  `
    .trim()
    .split(/\s+/),
)

/** Keys found in many files that BioMAJ 3 never reads, and what there is in their place. */
export const deadKeys: ReadonlyMap<string, string> = new Map([
  ['frequency.update', 'Plan updates with schedule.auto and schedule.delay, or with cron.'],
  ['remote.excluded.files', 'Write remote.files so that they do not match.'],
  ['local.files.excluded', 'Write local.files so that they do not match.'],
  ['release.file.compressed', 'Leave it out.'],
  ['do.link.copy', 'There is use_hardlinks.'],
  ['log.files', 'Leave it out.'],
  ['ftp.timeout', 'There is timeout.download, in seconds.'],
  ['ftp.active.mode', 'Leave it out.'],
  ['ftp.automatic.reconnect', 'Leave it out; there is stop_condition among the options of a download.'],
  ['port', 'Write it into server: ftp.example.org:2121.'],
  ['username', 'Write server.credentials=user:password.'],
  ['password', 'Write server.credentials=user:password.'],
  ['db.post.process', 'Name a block in BLOCKS and set <block>.db.post.process.'],
  ['production.directory.chmod', 'Change permissions in a process.'],
])

/** What follows the name of a process. */
export const processFields = [
  'name',
  'desc',
  'type',
  'exe',
  'args',
  'cluster',
  'native',
  'docker',
  'expand',
  'format',
  'types',
  'tags',
  'files',
]

/** What follows `remote.file.N.`; names of parameters and options stand behind the dotted ones. */
export const remoteFileFields = [
  'protocol',
  'server',
  'path',
  'name',
  'method',
  'credentials',
  'params.keys',
  'options.names',
]

export const downloadOptions = [
  'tcp_keepalive',
  'ssl_verifyhost',
  'ssl_verifypeer',
  'ssl_server_cert',
  'ftp_method',
  'skip_check_uncompress',
  'stop_condition',
  'wait_policy',
  'ssh_hosts_file',
  'ssh_new_host',
  'allow_redirections',
]

/** Booleans in BioMAJ's ordinary sense: `true` or `1`, and all else is false. */
export const booleanKeys: ReadonlySet<string> = new Set([
  'auto_publish',
  'copy.skip',
  'docker.sudo',
  'keep.old.sessions',
  'release.control',
  'releaseonly',
  'use_elastic',
  'use_hardlinks',
  'use_ldap',
])
