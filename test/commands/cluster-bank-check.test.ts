import {execFileSync} from 'node:child_process'
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import BankCheck from '../../src/commands/cluster/bank/check.js'
import {runCommand, type RunCommandOptions} from '../support/run-command.js'

const sound = String.raw`[GENERAL]
db.name=alu
offline.dir.name=offline/alu
dir.version=alu
protocol=ftp
server=ftp.example.org
remote.dir=/db/
remote.files=^alu.*\.gz$
local.files=.*
`
const worth = `${sound.replace('db.name=alu', 'db.name=pfam')}frequency.update=3\n`
const wrong = sound.replace('db.name=alu', 'db.name=silva').replace('protocol=ftp', 'protocol=sftp')

let home: string

beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'biomaj-bank-check-'))
  for (const [name, text] of Object.entries({alu: sound, pfam: worth, silva: wrong})) write(`${name}.properties`, text)
})

afterEach(() => rmSync(home, {recursive: true, force: true}))

function write(name: string, text: string | Uint8Array): void {
  writeFileSync(path.join(home, name), text)
}

async function run(argv: string[], options: RunCommandOptions = {}) {
  return runCommand(BankCheck, argv, {home, ...options})
}

function names(letter: string, length: number): string[] {
  return Array.from({length}, (_, index) => letter + index)
}

const all = ['alu.properties', 'pfam.properties', 'silva.properties']

describe('biomaj cluster bank check', () => {
  it('tells for each file what BioMAJ refuses and what it ignores', async () => {
    expect(await run(all)).toMatchInlineSnapshot(`
      {
        "exitCode": 1,
        "stderr": "Checked without a global file: give it with --global to check folders, mail and references as well.
      ",
        "stdout": "✓ valid  alu.properties

      ✓ valid  pfam.properties  1 warning
        pfam.properties:10  ! warning  frequency.update: BioMAJ 3 never reads it
          Plan updates with schedule.auto and schedule.delay, or with cron.

      ✗ invalid  silva.properties  1 error
        silva.properties:5  ✗ error  protocol: "sftp" is not a protocol that BioMAJ takes
          BioMAJ could download by sftp, but its check refuses it; take another, such as https or rsync.

      3 files, 1 invalid
      ",
      }
    `)
  })

  it('shows colours on a terminal, and never only colours', async () => {
    const painted = await run(all, {tty: true, env: {TERM: 'xterm'}})
    expect(painted.stdout).toContain('\u001B[31m✗ error\u001B[39m')
    expect(painted.stdout).toContain('\u001B[33m! warning\u001B[39m')
    const plain = await run([...all, '--no-color'], {tty: true})
    expect(plain.stdout).toBe((await run(all)).stdout)
  })

  it('gives all of it to a script', async () => {
    const {stdout, exitCode} = await run([...all, '--json'])
    expect(exitCode).toBe(1)
    expect(JSON.parse(stdout)).toMatchInlineSnapshot(`
      {
        "exitCode": 1,
        "files": [
          {
            "bank": "alu",
            "errors": 0,
            "file": "alu.properties",
            "findings": [],
            "valid": true,
            "warnings": 0,
          },
          {
            "bank": "pfam",
            "errors": 0,
            "file": "pfam.properties",
            "findings": [
              {
                "file": "pfam.properties",
                "hint": "Plan updates with schedule.auto and schedule.delay, or with cron.",
                "key": "frequency.update",
                "line": 10,
                "message": "BioMAJ 3 never reads it",
                "rule": "dead-key",
                "severity": "warning",
              },
            ],
            "valid": true,
            "warnings": 1,
          },
          {
            "bank": "silva",
            "errors": 1,
            "file": "silva.properties",
            "findings": [
              {
                "file": "silva.properties",
                "hint": "BioMAJ could download by sftp, but its check refuses it; take another, such as https or rsync.",
                "key": "protocol",
                "line": 5,
                "message": ""sftp" is not a protocol that BioMAJ takes",
                "rule": "unknown-protocol",
                "severity": "error",
              },
            ],
            "valid": false,
            "warnings": 0,
          },
        ],
        "global": null,
      }
    `)
  })

  it('tells what an embedded cluster does not do, which BioMAJ takes', async () => {
    const processes = 'BLOCKS=B\nB.db.post.process=M\nM=blast,sge,plain\n'
    const kinds = 'blast.docker=biocontainers/blast\nsge.cluster=true\nplain.cluster=false\n'
    const exes = ['blast', 'sge', 'plain']
      .map(name => `${name}.name=${name}\n${name}.desc=${name}\n${name}.exe=${name}.sh\n${name}.args=\n`)
      .join('')
    write('alu.properties', sound + processes + kinds + exes)
    write('pfam.properties', worth.replace('protocol=ftp', 'protocol=irods').replace('frequency.update=3\n', ''))
    const {stdout, exitCode} = await run(['alu.properties', 'pfam.properties', '--json'])
    const {files} = JSON.parse(stdout) as {files: Array<{valid: boolean; findings: Array<Record<string, unknown>>}>}
    const told = files.flatMap(({findings}) => findings.filter(({rule}) => rule === 'unsupported'))
    expect(told.map(({key, line, severity}) => [key, line, severity])).toEqual([
      ['blast.docker', 13, 'warning'],
      ['sge.cluster', 14, 'warning'],
      ['protocol', 5, 'warning'],
    ])
    expect(told.map(({message}) => message)).toEqual([
      'Process "blast" wants to run in a container (blast.docker), which an embedded cluster does not do',
      'Process "sge" wants to run on a batch system (sge.cluster), which an embedded cluster does not do',
      'An embedded cluster does not download by irods',
    ])
    expect([files[0]?.valid, exitCode]).toEqual([true, 0])
  })

  it('names what fails alone, with --quiet', async () => {
    expect(await run([...all, '--quiet'])).toEqual({exitCode: 1, stdout: 'silva.properties\n', stderr: ''})
    const strict = {exitCode: 1, stdout: 'pfam.properties\nsilva.properties\n', stderr: ''}
    expect(await run([...all, '--quiet', '--strict'])).toEqual(strict)
    expect(await run(['alu.properties', '--quiet'])).toEqual({exitCode: 0, stdout: '', stderr: ''})
  })

  it.each([
    [['alu.properties'], 0],
    [['alu.properties', '--strict'], 0],
    [['pfam.properties'], 0],
    [['pfam.properties', '--strict'], 1],
    [['pfam.properties', '--strict', '--json'], 1],
    [['silva.properties'], 1],
    [[], 2],
    [['alu.properties', '--global', 'nosuch.properties'], 2],
    [['alu.properties', '--nosuch'], 2],
  ])('%j exits %i', async (argv, exitCode) => {
    expect((await run(argv)).exitCode).toBe(exitCode)
  })

  it('takes the global file from --global, else from BIOMAJ_CONF', async () => {
    const global = '[GENERAL]\nuse_elastic=0\nconf.dir=/c\nlog.dir=/l\nprocess.dir=/p\nlock.dir=/k\ncache.dir=/h\n'
    write('short.properties', global)
    write('global.properties', `${global}data.dir=/d\n`)
    const env = {BIOMAJ_CONF: 'short.properties'}
    const {stdout, stderr, exitCode} = await run(['alu.properties'], {env})
    expect({stdout, stderr, exitCode}).toMatchInlineSnapshot(`
      {
        "exitCode": 1,
        "stderr": "",
        "stdout": "✗ invalid  alu.properties  1 error
        alu.properties  ✗ error  data.dir: It is not set
          Set data.dir, usually in the global file.
      ",
      }
    `)
    expect((await run(['alu.properties', '--global', 'global.properties'], {env})).exitCode).toBe(0)
  })

  it("leaves the shell's own variables out, unless --environment lets them in", async () => {
    const env = {BIOMAJ_PROTOCOL: 'sftp'}
    expect((await run(['alu.properties'], {env})).exitCode).toBe(0)
    expect((await run(['alu.properties', '--environment'], {env})).exitCode).toBe(1)
  })
})

describe('a file that is none', () => {
  beforeEach(() => {
    mkdirSync(path.join(home, 'folder.properties'))
    write('binary.properties', Uint8Array.from([0x7f, 0x45, 0x4c, 0x46, 0, 0xff]))
    write('latin.properties', Uint8Array.from([...Buffer.from('[GENERAL]\na=1\nb='), 0xe9]))
    write('huge.properties', Buffer.alloc(3 * 1024 * 1024, '#'))
  })

  it('is an error that says why, and the others are checked all the same', async () => {
    const files = ['nosuch', 'folder', 'binary', 'latin', 'huge', 'alu'].map(name => `${name}.properties`)
    expect((await run(files)).stdout).toMatchInlineSnapshot(`
      "✗ invalid  nosuch.properties  1 error
        nosuch.properties  ✗ error  There is no such file
          Give the properties file of a bank.

      ✗ invalid  folder.properties  1 error
        folder.properties  ✗ error  It is a folder
          Give the properties file of a bank.

      ✗ invalid  binary.properties  1 error
        binary.properties  ✗ error  It is binary, not text
          Give the properties file of a bank.

      ✗ invalid  latin.properties  1 error
        latin.properties:3  ✗ error  It is not UTF-8; BioMAJ cannot read it
          Convert it, from Latin-1 for example: iconv -f latin1 -t utf8.

      ✗ invalid  huge.properties  1 error
        huge.properties  ✗ error  It has 3.0 MiB; a properties file of more than 1 MiB is not read
          Give the properties file of a bank.

      ✓ valid  alu.properties

      6 files, 5 invalid
      "
    `)
  })

  it.skipIf(process.platform === 'win32')('does not make it wait', async () => {
    execFileSync('mkfifo', [path.join(home, 'pipe.properties')])
    expect((await run(['pipe.properties'])).stdout).toContain('It is no regular file')
  })

  it.skipIf(process.platform === 'win32')('is no file at the end of a loop', async () => {
    execFileSync('ln', ['-s', 'loop.properties', path.join(home, 'loop.properties')])
    expect((await run(['loop.properties'])).stdout).toContain('Its links lead round in a circle')
  })

  it('is an error where it should be the global file', async () => {
    const {stderr, stdout, exitCode} = await run(['alu.properties', '--global', 'binary.properties'])
    expect({stderr, stdout, exitCode}).toMatchInlineSnapshot(`
      {
        "exitCode": 2,
        "stderr": "✗ The global file binary.properties cannot be read: It is binary, not text
        Give the global.properties of the cluster.
      ",
        "stdout": "",
      }
    `)
  })
})

describe('what a file says', () => {
  const hostile = '\u001B[2J\u001B]52;c;aGk=\u0007\u202Eevil\u0000'

  it('reaches neither terminal nor pipe as a command', async () => {
    const name = 'a\u001B[31mb.properties'
    write(
      name,
      `${sound.replace('protocol=ftp', `protocol=${hostile}`)}${hostile}=1\nBLOCKS=${hostile}\n${hostile}.exe=1\n[${hostile}]\n`,
    )
    for (const tty of [true, false]) {
      const {stdout, stderr} = await run([name, '--no-color'], {tty})
      expect(stdout).toContain('is set already in section [GENERAL]')
      // oxlint-disable-next-line no-control-regex
      expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202E]/)
    }
    expect((await run([name, '--quiet'], {tty: true})).stdout).toBe('ab.properties\n')
    expect((await run([name, '--quiet'])).stdout).toBe('ab.properties\n')
  })

  it('hides nothing of what is said about it', async () => {
    const openEnded = '\u001B]0;title'
    write(
      'alu.properties',
      sound.replace('protocol=ftp', `protocol=${openEnded}`) + `[${openEnded}]\nBLOCKS=${openEnded}\n`,
    )
    const {stdout} = await run(['alu.properties'])
    expect(stdout).toContain('"" is not a protocol that BioMAJ takes')
    expect(stdout).toContain('Section [] does nothing')
  })

  it('is whole in JSON, and escaped', async () => {
    const odd = '\u202E\u009B2J'
    write('evil.properties', `${sound}${odd}.exe=1\n`)
    const {stdout} = await run(['evil.properties', '--json'])
    // oxlint-disable-next-line no-control-regex
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202E]/)
    const {findings} = JSON.parse(stdout).files[0]
    expect(findings.map(({rule, key}: {rule: string; key: string}) => [rule, key])).toContainEqual([
      'unused-process',
      `${odd}.exe`,
    ])
  })

  it('cannot fill the screen', async () => {
    write('alu.properties', sound.replace('protocol=ftp', `protocol=${'x'.repeat(200_000)}`))
    expect((await run(['alu.properties'])).stdout.length).toBeLessThan(6000)
  })

  it('is told up to a hundred findings, and all in JSON', async () => {
    write('alu.properties', sound + Array.from({length: 150}, (_, index) => `p${index}.exe=x\n`).join(''))
    const {stdout} = await run(['alu.properties'])
    expect(stdout.split('\n').filter(line => line.includes('! warning'))).toHaveLength(100)
    expect(stdout).toContain('  … and 50 more, which --json tells\n')
    expect(JSON.parse((await run(['alu.properties', '--json'])).stdout).files[0].warnings).toBe(150)
  })

  it.each([
    ['values that grow', `z=${'%%'.repeat(50_000)}\n${names('k', 20_000).join('=%(z)s\n')}=1\n`],
    [
      'blocks that share processes',
      [
        `BLOCKS=${names('B', 300).join(',')}`,
        ...names('B', 300).map(block => `${block}.db.post.process=${names('M', 60).join(',')}`),
        ...names('M', 60).map(meta => `${meta}=${names('P', 200).join(',')}`),
      ].join('\n'),
    ],
    ['one name many times', `BLOCKS=${'B,'.repeat(200_000)}B\n`],
    ['many mistyped keys', names('remote.file.', 20_000).join('.pat=1\n')],
    ['many patterns', `release.regexp=${'(a '.repeat(200_000)}\n`],
  ])('cannot keep it busy with %s', async (_, more) => {
    write('alu.properties', `${sound}${more}\n`)
    const started = performance.now()
    expect((await run(['alu.properties'])).exitCode).toBeLessThanOrEqual(1)
    expect(performance.now() - started).toBeLessThan(10_000)
  })
})
