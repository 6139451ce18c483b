import {BiomajError} from '../../../shared/errors.js'
import type {BankProperties} from '../properties/bank-properties.js'
import {isSecretKey} from '../properties/check/subject.js'
import {interpolate} from '../properties/interpolation.js'
import {told} from '../told.js'

export interface EnvironmentSubject {
  bank: string
  properties: BankProperties
  session: {
    /** The run's log, absolute; null when it has none. */
    logFile: string | null
    release: string | null
    remoteRelease: string | null
  }
  /** The release directories of the banks that this one depends on, absolute. */
  dependencies: ReadonlyArray<{bank: string; directory: string}>
  /** Search path of the cluster itself; undefined when it has none. */
  path: string | undefined
}

/**
 * The variables that BioMAJ gives the processes of a bank: every property, in lower case and with its dots, and names
 * of its own. `localrelease` is the name of the release's directory (`alu_None` before there is a release, as in
 * BioMAJ). Passwords are left out: those of keys that hold one, and of an address for proxies or the database.
 *
 * @throws {BiomajError} `config_invalid` when a value refers to a key that is not set
 */
export function bankEnvironment(subject: EnvironmentSubject): Record<string, string> {
  const {bank, properties, session, dependencies, path} = subject
  const directory = (key: string) => properties.get(key, '')
  const processDirectory = directory('process.dir')
  const environment: Record<string, string> = {
    ...fileProperties(properties),
    dbname: bank,
    datadir: directory('data.dir'),
    'data.dir': directory('data.dir'),
    processdir: processDirectory,
    PATH: path === undefined ? `${processDirectory}:/usr/local/bin:/usr/sbin:/usr/bin` : `${path}:${processDirectory}`,
    PP_DEPENDENCE: '#',
    PP_DEPENDENCE_VOLATILE: '#',
    PP_WARNING: '#',
    PATH_PROCESS_BIOMAJ: processDirectory,
    offlinedir: joined(directory('data.dir'), directory('offline.dir.name')),
    dirversion: directory('dir.version'),
    noextract: directory('no.extract'),
    remoterelease: '',
    localrelease: `${bank}${properties.get('release.separator', '_')}${session.release ?? 'None'}`,
  }
  const mails = {mailadmin: properties.get('mail.admin'), mailsmtp: properties.get('mail.smtp.host')}
  for (const [name, value] of Object.entries(mails)) if (value !== undefined && value !== '') environment[name] = value
  if (session.logFile !== null) {
    environment['logdir'] = session.logFile.replace(/\/[^/]*$/, '')
    environment['logfile'] = session.logFile
  }
  if (session.release !== null) {
    environment['remoterelease'] = session.remoteRelease ?? ''
    environment['removedrelease'] = session.release
  }
  for (const dependency of dependencies) environment[`${dependency.bank}source`] = dependency.directory
  return environment
}

/** BioMAJ reads these from the files, so neither the cluster's environment nor its own special cases touch them. */
function fileProperties(properties: BankProperties): Record<string, string> {
  const values: Record<string, string> = {}
  for (const key of properties.keys) {
    const raw = rawOf(properties, key)
    if (raw === undefined || isSecretKey(key)) continue
    const read = interpolate(raw, reference => rawOf(properties, reference))
    if (!read.ok) {
      throw new BiomajError({
        code: 'config_invalid',
        message: told`The value of "${key}", which processes would get, cannot be read: ${read.problem.message}`,
        hint: 'Write %% for a percent sign, and %(key)s for the value of another key.',
      })
    }
    if (!holdsPassword(key, read.value)) values[key] = read.value
  }
  return values
}

function rawOf(properties: BankProperties, key: string): string | undefined {
  const property = properties.resolve(key)
  if (property?.ok === true && property.origin.from === 'session') return property.value
  return properties.entry(key)?.raw
}

/** An address of a proxy or a database with a password in it. Other keys may be meant for a process. */
function holdsPassword(key: string, value: string): boolean {
  return /(^|\.)(proxy|url)$|^micro\.biomaj\./.test(key) && /^[a-z][a-z0-9+.-]*:\/\/[^/\s@]*:[^/\s]*@/i.test(value)
}

/** As Python's os.path.join does it: a slash between, and nothing else changed. */
function joined(folder: string, name: string): string {
  if (name.startsWith('/')) return name
  return folder === '' || folder.endsWith('/') ? `${folder}${name}` : `${folder}/${name}`
}
