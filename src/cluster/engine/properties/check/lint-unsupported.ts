import {unsupportedProcesses} from '../../processes/unsupported.js'
import {told} from '../../told.js'
import {type Finding, placeOf} from './finding.js'
import {referencedProcesses, type Subject, valueOf} from './subject.js'
import {warningAt} from './warning.js'

/** What BioMAJ does, and an embedded cluster refuses when it comes to it. */
export function lintUnsupported(subject: Subject): Finding[] {
  return [...protocols(subject), ...processes(subject)]
}

function protocols(subject: Subject): Finding[] {
  const keys = subject.properties.keys.filter(key =>
    /^(?:(?:release\.)?protocol|remote\.file\.\d+\.protocol)$/.test(key),
  )
  return keys.flatMap(key => {
    const protocol = valueOf(subject, key)
    // As the protocol of a bank sftp is an error: BioMAJ refuses it, too.
    if (protocol !== 'irods' && (protocol !== 'sftp' || key === 'protocol')) return []
    return [
      warn(subject, key, {
        message: told`An embedded cluster does not download by ${protocol}`,
        hint: 'Take another protocol, or fetch the files by a process of the bank.',
      }),
    ]
  })
}

function processes(subject: Subject): Finding[] {
  const {properties} = subject
  const readable = referencedProcesses(subject).processes.filter(process =>
    ['docker', 'cluster'].every(word => properties.resolve(`${process}.${word}`)?.ok !== false),
  )
  return unsupportedProcesses(properties, readable).map(({key, ...words}) => warn(subject, key, words))
}

function warn({properties, bank}: Subject, key: string, words: Pick<Finding, 'message' | 'hint'>): Finding {
  return warningAt({name: key, ...placeOf(properties.resolve(key)?.origin, bank.file)}, 'unsupported', words)
}
