import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Access, type Allowed } from '../../../src/core/access/access.ts'
import { isRegistryError } from '../../../src/domain/error.ts'
import type { Principal } from '../../../src/domain/principal.ts'
import { parseRepositoryName } from '../../../src/domain/repository-name.ts'

const name = parseRepositoryName('acme/app')
const identity = {
  verify: async (user: string, password: string) => (password === 'right' ? user.toLowerCase() : undefined),
}
const principals: Readonly<Record<string, Principal>> = {
  anonymous: { kind: 'anonymous' },
  ada: { kind: 'user', name: 'ada' },
  bob: { kind: 'user', name: 'bob' },
  system: { kind: 'system', name: 'ada' },
}

/** Who may read and who may write, under each pair of rules. */
const matrix: readonly {
  readonly read: Allowed
  readonly write: Allowed
  readonly reads: string
  readonly writes: string
}[] = [
  { read: 'anyone', write: 'anyone', reads: 'anonymous ada bob system', writes: 'anonymous ada bob system' },
  { read: 'anyone', write: ['ada'], reads: 'anonymous ada bob system', writes: 'ada system' },
  { read: 'anyone', write: [], reads: 'anonymous ada bob system', writes: 'system' },
  { read: ['bob'], write: ['ada'], reads: 'ada bob system', writes: 'ada system' },
  { read: ['ada', 'bob'], write: ['ada'], reads: 'ada bob system', writes: 'ada system' },
  { read: ['bob'], write: [], reads: 'bob system', writes: 'system' },
  { read: [], write: [], reads: 'system', writes: 'system' },
  { read: [], write: 'anyone', reads: 'anonymous ada bob system', writes: 'anonymous ada bob system' },
]

describe('who may do what', () => {
  for (const { read, write, reads, writes } of matrix) {
    test(`read ${read || 'nobody'}, write ${write || 'nobody'}`, () => {
      const access = new Access({ read, write }, identity)
      for (const [who, principal] of Object.entries(principals)) {
        const may = { read: reads.split(' ').includes(who), write: writes.split(' ').includes(who) }
        assert.equal(access.visible(principal)(name), may.read, `${who} sees`)
        for (const action of ['read', 'write'] as const) {
          assert.equal(access.may(principal, action, name), may[action], `${who} may ${action}`)
          const authorize = (): void => access.authorize(principal, action, name)
          if (may[action]) authorize()
          else {
            const code = principal.kind === 'anonymous' ? 'unauthenticated' : 'denied'
            assert.throws(authorize, (error) => isRegistryError(error, code), `${who}, ${action}`)
          }
        }
      }
      const refused =
        !access.may({ kind: 'anonymous' }, 'read', name) || !access.may({ kind: 'anonymous' }, 'write', name)
      if (refused) assert.equal(access.wantsCredentials, true)
    })
  }

  test('where anybody may do everything, nobody is asked who they are', () => {
    assert.equal(new Access({ read: 'anyone', write: 'anyone' }, identity).wantsCredentials, false)
    assert.equal(new Access({ read: 'anyone', write: ['ada'] }, identity).wantsCredentials, true)
  })
})

test('whoever shows the right password is whom the identity says, and nobody else is', async () => {
  const access = new Access({ read: 'anyone', write: ['ada'] }, identity)
  assert.deepEqual(await access.login('Ada', 'right'), { kind: 'user', name: 'ada' })
  assert.equal(await access.login('ada', 'wrong'), undefined)
})
