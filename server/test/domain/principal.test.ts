import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { describePrincipal } from '../../src/domain/principal.ts'

describe('principal', () => {
  it('is described so that no user passes for another kind', () => {
    const described = [
      describePrincipal({ kind: 'anonymous' }),
      describePrincipal({ kind: 'user', name: 'anonymous' }),
      describePrincipal({ kind: 'user', name: 'system:gc' }),
      describePrincipal({ kind: 'system', name: 'gc' }),
    ]
    assert.deepEqual(described, ['anonymous', 'user:anonymous', 'user:system:gc', 'system:gc'])
  })
})
