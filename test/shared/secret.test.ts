import {format, inspect} from 'node:util'
import {expect, it} from 'vitest'
import {Secret} from '../../src/shared/secret.js'

const secret = new Secret('the value')

it.for<[string, () => unknown]>([
  ['String', () => String(secret)],
  ['a template', () => `${secret.toString()} ${[secret].join(',')}`],
  ['concatenation', () => ['', secret].join('')],
  ['JSON', () => JSON.stringify({secret, list: [secret]})],
  ['inspect', () => inspect({secret, map: new Map([['a', secret]])}, {depth: 10, showHidden: true, getters: true})],
  ['inspect without custom forms', () => inspect(secret, {customInspect: false, showHidden: true, depth: 10})],
  ['format', () => format('%s %o %O %j', secret, secret, secret, secret)],
  ['a copy of its properties', () => inspect(Object.assign({}, secret))],
  ['keys', () => JSON.stringify([Object.keys(secret), Reflect.ownKeys(secret).map(String)])],
  ['a clone', () => inspect(structuredClone(secret))],
  ['an error', () => inspect(new Error('failed', {cause: secret}), {depth: 10, showHidden: true})],
])('is not shown by %s', ([, shown]) => {
  expect(shown()).not.toContain('the value')
})

it('is shown as three stars', () => {
  expect([String(secret), JSON.stringify(secret), inspect(secret)]).toEqual(['***', '"***"', '***'])
})

it('gives its value to whoever asks for it by name', () => {
  expect(secret.reveal()).toBe('the value')
})
