import {execFileSync} from 'node:child_process'
import * as fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {equivalentCommand, type NamedAction} from '../../src/presentation/equivalent-command.js'
import {commandLine} from '../../src/presentation/shell-words.js'

const proxy = new URL('https://biomaj.example.org/')
const lineOf = (action: NamedAction, context?: string) => equivalentCommand(action, {proxy, context})
const cli = 'biomaj-cli.py --proxy https://biomaj.example.org --api-key "$BIOMAJ_APIKEY"'

describe('the command that does the same', () => {
  it.for<[NamedAction, string]>([
    [{action: 'update', bank: 'alu'}, 'biomaj update --bank alu --context prod'],
    [
      {action: 'update', bank: 'alu', update: {publish: true, fromScratch: true, stopAfter: 'download'}},
      'biomaj update --bank alu --publish --from-scratch --stop-after download --context prod',
    ],
    [
      {action: 'update', bank: 'alu', update: {release: '1', fromTask: 'postprocess', process: 'my index'}},
      "biomaj update --bank alu --release 1 --from-task postprocess --process 'my index' --context prod",
    ],
    [{action: 'cancel', bank: 'alu'}, 'biomaj cancel --bank alu --context prod'],
    [{action: 'publish', bank: 'alu'}, `${cli} --publish --bank alu`],
    [{action: 'publish', bank: 'alu', release: '-1'}, `${cli} --publish --bank alu --release=-1`],
    [{action: 'unpublish', bank: 'alu'}, `${cli} --unpublish --bank alu`],
    [{action: 'freeze', bank: 'alu', release: '1'}, `${cli} --freeze --bank alu --release 1`],
    [{action: 'unfreeze', bank: 'alu', release: '1'}, `${cli} --unfreeze --bank alu --release 1`],
    [{action: 'remove', bank: 'alu', release: '1'}, `${cli} --remove --bank alu --release 1`],
    [{action: 'remove-all', bank: 'alu'}, `${cli} --remove-all --bank alu`],
    [{action: 'remove-all', bank: 'alu', force: true}, `${cli} --remove-all --bank alu --force`],
    [{action: 'remove-pending', bank: 'alu'}, `${cli} --remove-pending --bank alu`],
    [{action: 'repair', bank: 'alu'}, `${cli} --repair --bank alu`],
    [{action: 'check', bank: 'alu'}, `${cli} --check --bank alu`],
    [{action: 'maintenance', on: true}, `${cli} --maintenance on`],
  ])('of %j', ([action, expected]) => {
    expect(lineOf(action, 'prod')).toBe(expected)
  })

  it('names the address where there is no context', () => {
    expect(lineOf({action: 'cancel', bank: 'alu'})).toBe('biomaj cancel --bank alu --proxy https://biomaj.example.org')
  })

  it('never lets a name end its word or its line', () => {
    expect(lineOf({action: 'cancel', bank: "a'; rm -rf ~\n\u001b"}, 'prod')).toBe(
      String.raw`biomaj cancel --bank $'a\'; rm -rf ~\x0a\x1b' --context prod`,
    )
  })

  it('is read by a shell as the words that it was made of', () => {
    const word = fc.string({unit: 'binary', minLength: 0, maxLength: 12}).filter(text => !text.includes('\0'))
    fc.assert(
      fc.property(fc.array(word, {minLength: 1, maxLength: 5}), words => {
        const line = commandLine(words)
        expect(line).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u)
        const heard = execFileSync('bash', ['--norc', '-c', `printf '%s\\0' ${line}`], {
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'inherit'],
          env: {LC_ALL: 'C.UTF-8', PATH: process.env['PATH']},
        })
        expect(heard).toBe(words.map(each => `${each}\0`).join(''))
      }),
      {numRuns: 60},
    )
  })
})
