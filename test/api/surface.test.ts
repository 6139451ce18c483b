import fs from 'node:fs'
import path from 'node:path'
import ts from 'typescript'
import {describe, expect, it} from 'vitest'

const root = path.join(import.meta.dirname, '../..')
const options: ts.CompilerOptions = {
  ...ts.parseJsonConfigFileContent(
    ts.readConfigFile(path.join(root, 'tsconfig.json'), ts.sys.readFile.bind(ts.sys)).config,
    ts.sys,
    root,
  ).options,
  noEmit: true,
}

/** Names that a program gets from `biomaj/client`, with what each is. */
function exportsOf(file: string): Record<string, 'value' | 'type'> {
  const program = ts.createProgram([file], options)
  const checker = program.getTypeChecker()
  const source = program.getSourceFile(file)
  const module = source && checker.getSymbolAtLocation(source)
  if (!module) throw new Error(`${file} is no module`)
  const named = checker.getExportsOfModule(module).map(symbol => {
    const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
    return [symbol.name, target.flags & ts.SymbolFlags.Value ? 'value' : 'type'] as const
  })
  return Object.fromEntries(named)
}

describe('biomaj/client', () => {
  it('exports what is promised and no more', () => {
    expect(exportsOf(path.join(root, 'src/api/index.ts'))).toEqual({
      Accepted: 'type',
      Account: 'type',
      Activity: 'type',
      BankCheck: 'type',
      BankDetail: 'type',
      BankRun: 'type',
      BankSummary: 'type',
      BiomajClient: 'value',
      BiomajError: 'value',
      CheckFinding: 'type',
      DaemonActivity: 'type',
      ErrorCode: 'type',
      HistoryEntry: 'type',
      KeyState: 'type',
      Locks: 'type',
      ModuleVersion: 'type',
      PendingRelease: 'type',
      PendingRequest: 'type',
      ProcessRun: 'type',
      Release: 'type',
      RequestOptions: 'type',
      Secret: 'value',
      ServerTime: 'type',
      Service: 'type',
      ServiceInstance: 'type',
      ServiceState: 'type',
      StepRun: 'type',
      StepState: 'type',
      TransportOptions: 'type',
      UpdateOptions: 'type',
      UpdateStep: 'type',
      isUpdateStep: 'value',
      sanitise: 'value',
      updateSteps: 'value',
    })
  })

  it('has a guide whose example compiles', () => {
    const guide = fs.readFileSync(path.join(root, 'docs/client-library.md'), 'utf8')
    const examples = [...guide.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = '']) => code)
    expect(examples.length).toBeGreaterThan(0)
    const names = examples.map((_, index) => path.join(root, `docs/example-${index}.ts`))
    const disk = ts.createCompilerHost(options)
    const exampleOf = (name: string) => examples[names.indexOf(path.normalize(name))]
    const host: ts.CompilerHost = {
      ...disk,
      fileExists: name => exampleOf(name) !== undefined || disk.fileExists(name),
      readFile: name => exampleOf(name) ?? disk.readFile(name),
      getSourceFile: (name, version, ...rest) => {
        const example = exampleOf(name)
        if (example === undefined) return disk.getSourceFile(name, version, ...rest)
        return ts.createSourceFile(name, example, version, true)
      },
    }
    const paths = {'biomaj/client': [path.join(root, 'src/api/index.ts')]}
    const program = ts.createProgram(names, {...options, paths}, host)
    const said = ts
      .getPreEmitDiagnostics(program)
      .map(({messageText}) => ts.flattenDiagnosticMessageText(messageText, '\n'))
    expect(said).toEqual([])
  })
})

describe('the source of the client', () => {
  const files = ['src/api', 'src/shared'].flatMap(folder =>
    fs
      .readdirSync(path.join(root, folder), {recursive: true, encoding: 'utf8'})
      .filter(name => name.endsWith('.ts'))
      .map(name => path.join(folder, name)),
  )

  it('is there', () => {
    expect(files).toContain(path.join('src/api', 'transport.ts'))
    expect(files.length).toBeGreaterThan(20)
  })

  it.for(files)('%s knows no terminal, no command line and no environment', file => {
    const text = fs.readFileSync(path.join(root, file), 'utf8')
    const code = text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
    expect(code).not.toMatch(/@oclif|(?<!\.)\bprocess\.|node:process|\bconsole\./)
    expect(code).not.toMatch(/biomaj (login|banks|status|update)|--[a-z]|BIOMAJ_/)
  })
})
