import {describe, expect, it} from 'vitest'
import type {User} from '../../../../src/cluster/model/records.js'
import type {StoreUnderTest} from '../conformance.js'

function userOf(id: string, changes: Partial<User> = {}): User {
  return {
    id,
    email: `${id}@example.org`,
    passwordHash: null,
    keyHash: `hash of ${id}`,
    keySealed: null,
    admin: false,
    createdAtMs: 1,
    ...changes,
  }
}

export function describeUsers(test: StoreUnderTest): void {
  describe('users', () => {
    it('are found by id, key and address, exactly', async () => {
      await test.store.users.insert(userOf('ada', {passwordHash: '$2b$', admin: true}))
      await test.store.users.insert(userOf('bob'))
      const {users} = await test.another()
      const ada = userOf('ada', {passwordHash: '$2b$', admin: true})
      expect(await users.get('ada')).toEqual(ada)
      expect(await users.byKeyHash('hash of ada')).toEqual(ada)
      expect(await users.byEmail('ada@example.org')).toEqual(ada)
      for (const none of ['', 'Ada', 'hash of', '%']) {
        expect(await users.get(none)).toBeUndefined()
        expect(await users.byKeyHash(none)).toBeUndefined()
        expect(await users.byEmail(none)).toBeUndefined()
      }
      expect((await users.list()).map(({id}) => id)).toEqual(['ada', 'bob'])
    })

    it('are inserted once, and never two with one key', async () => {
      const other = await test.another()
      expect(await test.store.users.insert(userOf('ada'))).toBe(true)
      expect(await other.users.insert(userOf('ada', {email: 'x'}))).toBe(false)
      const eve = userOf('eve', {keyHash: 'hash of ada'})
      await expect(other.users.insert(eve)).rejects.toMatchObject({code: 'refused'})
      expect(await test.store.users.list()).toEqual([userOf('ada')])
      expect(await other.users.insert(userOf('eve'))).toBe(true)
      await expect(other.users.change('eve', () => eve)).rejects.toMatchObject({code: 'refused'})
      expect(await test.store.users.get('eve')).toEqual(userOf('eve'))
    })

    it('are found by what they were changed to, and not by what they were', async () => {
      await test.store.users.insert(userOf('ada'))
      const changed = await test.store.users.change('ada', user => ({
        ...user,
        keyHash: 'new',
        email: 'new@example.org',
      }))
      expect(changed).toEqual(userOf('ada', {keyHash: 'new', email: 'new@example.org'}))
      expect(await test.store.users.byKeyHash('hash of ada')).toBeUndefined()
      expect(await test.store.users.byKeyHash('new')).toEqual(changed)
      expect(await test.store.users.byEmail('new@example.org')).toEqual(changed)
      expect(await test.store.users.change('bob', user => user)).toBeUndefined()
      await expect(test.store.users.change('ada', user => ({...user, id: 'bob'}))).rejects.toThrow(TypeError)
    })

    it('are removed once, with their key', async () => {
      await test.store.users.insert(userOf('ada'))
      expect(await test.store.users.remove('ada')).toBe(true)
      expect(await test.store.users.remove('ada')).toBe(false)
      expect(await test.store.users.byKeyHash('hash of ada')).toBeUndefined()
    })
  })
}
