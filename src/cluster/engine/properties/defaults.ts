/**
 * What BioMAJ takes for a key that no file sets. Numbers are text here as they are in a file; BioMAJ has some as
 * integers, which no reader of theirs can tell apart.
 */
export const defaultValues: Readonly<Record<string, string>> = {
  'http.parse.dir.line': String.raw`<img[\s]+src="[\S]+"[\s]+alt="\[DIR\]"[\s]*/?>[\s]*<a[\s]+href="([\S]+)/"[\s]*>.*([\d]{2}-[\w\d]{2,5}-[\d]{4}\s[\d]{2}:[\d]{2})`,
  'http.parse.file.line': String.raw`<img[\s]+src="[\S]+"[\s]+alt="\[[\s]+\]"[\s]*/?>[\s]<a[\s]+href="([\S]+)".*([\d]{2}-[\w\d]{2,5}-[\d]{4}\s[\d]{2}:[\d]{2})[\s]+([\d\.]+[MKG]{0,1})`,
  'http.group.dir.name': '1',
  'http.group.dir.date': '2',
  'http.group.file.name': '1',
  'http.group.file.date': '2',
  'http.group.file.size': '3',
  'visibility.default': 'public',
  'historic.logfile.level': 'INFO',
  'bank.num.threads': '2',
  'files.num.threads': '4',
  use_elastic: '0',
  use_drmaa: '0',
  'db.type': '',
  'db.formats': '',
  'keep.old.version': '1',
  'keep.old.sessions': '0',
  'docker.sudo': '1',
  auto_publish: '0',
  use_hardlinks: '0',
  wait_policy: 'wait_fixed(3)',
  stop_condition: 'stop_after_attempt(3)',
  ssh_hosts_file: '~/.ssh/known_hosts',
  ssh_new_host: 'reject',
}
