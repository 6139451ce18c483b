import {execFile} from 'node:child_process'
import {existsSync} from 'node:fs'
import {promisify} from 'node:util'

const program = '/usr/bin/biomaj-cli.py'

/** Whether Debian's python3-biomaj3-cli is installed. */
export function originalClientAvailable(): boolean {
  return existsSync(program)
}

/** What BioMAJ's own client prints. It ends with 0 almost whatever happens. */
export async function originalClient(argv: readonly string[], home: string): Promise<string> {
  const env = {PATH: '/usr/bin:/bin', HOME: home, LANG: 'C.UTF-8', TZ: 'UTC'}
  try {
    const {stdout, stderr} = await promisify(execFile)(program, [...argv], {env, maxBuffer: 16 * 1_048_576})
    return `${stdout}${lastLine(stderr)}`
  } catch (error) {
    if (error instanceof Error && 'stdout' in error && 'stderr' in error && 'code' in error) {
      return `${String(error.stdout)}${lastLine(String(error.stderr))}(exit ${String(error.code)})`
    }
    throw error
  }
}

/** Of a traceback, or of argparse's usage, the line that says what is wrong. */
function lastLine(errors: string): string {
  return errors.trim().split('\n').at(-1) ?? ''
}
