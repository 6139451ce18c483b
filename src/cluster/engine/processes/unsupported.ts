import type {BankProperties} from '../properties/bank-properties.js'
import {told} from '../told.js'

/** A process that BioMAJ could run, and we do not. */
export interface UnsupportedProcess {
  key: string
  /** One line. */
  message: string
  hint: string
}

/** Those of the processes that ask for a container or for a batch system. */
export function unsupportedProcesses(properties: BankProperties, processes: readonly string[]): UnsupportedProcess[] {
  return processes.flatMap(process => {
    const found: UnsupportedProcess[] = []
    if (properties.get(`${process}.docker`, '') !== '') {
      found.push({
        key: `${process}.docker`,
        message: told`Process "${process}" wants to run in a container (${process}.docker), which an embedded cluster does not do`,
        hint: told`Have ${process}.exe start the container itself, such as "docker run --rm ...", and take out ${process}.docker.`,
      })
    }
    if (properties.getBoolean(`${process}.cluster`)) {
      found.push({
        key: `${process}.cluster`,
        message: told`Process "${process}" wants to run on a batch system (${process}.cluster), which an embedded cluster does not do`,
        hint: told`Have ${process}.exe submit the job and wait for it, such as "sbatch --wait", and take out ${process}.cluster.`,
      })
    }
    return found
  })
}
