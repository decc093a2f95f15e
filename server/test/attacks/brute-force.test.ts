import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { WrongCodes } from '../../src/core/access/wrong-codes.ts'
import { isRegistryError } from '../../src/domain/error.ts'
import { callerOf } from '../core/kit.ts'
import { startWithAccounts } from '../kit/accounted-registry.ts'
import type { TestRegistry } from '../kit/test-registry.ts'

const ada = callerOf({ kind: 'user', name: 'ada', via: { kind: 'session', id: 'one' } })
const letters = [...'BCDFGHJKLM']
const wrong = letters.flatMap((one) => letters.map((other) => `BBBB-BB${one}${other}`))

/** What each guess is told, and what the right code is told after them. */
async function guess(registry: TestRegistry, at: 'once' | 'turns'): Promise<readonly string[]> {
  const { devices } = registry.composed.registry.outside
  const { userCode } = await devices.begin({ address: '192.0.2.1' }, { client: 'a laptop', permissions: [] })
  const find = async (code: string): Promise<string> =>
    await devices.find(ada, code).then(
      ({ client }) => client,
      (error: unknown) => (isRegistryError(error) ? error.code : String(error)),
    )
  const codes = [...wrong, userCode]
  if (at === 'once') return await Promise.all(codes.map(find))
  const told: string[] = []
  for (const code of codes) told.push(await find(code))
  return told
}

describe('guessing the code that a program shows', () => {
  it('finds the code of a program where wrong ones are not counted', async (t) => {
    t.mock.method(WrongCodes.prototype, 'take', () => undefined)
    await using registry = await startWithAccounts()
    for (const at of ['turns', 'once'] as const)
      assert.deepEqual(await guess(registry, at), [...wrong.map(() => 'link-invalid'), 'a laptop'])
  })

  for (const at of ['turns', 'once'] as const)
    it(`ends after a few, ${at === 'once' ? 'all at once' : 'one after the other'}`, async () => {
      await using registry = await startWithAccounts()
      const told = await guess(registry, at)
      assert.equal(told.filter((one) => one === 'link-invalid').length, 10)
      assert.equal(told.filter((one) => one === 'too-many-requests').length, wrong.length - 10 + 1)
      assert.equal(told.at(-1), 'too-many-requests')
      registry.clock.jump(600_000)
      assert.equal((await guess(registry, 'turns')).at(0), 'link-invalid')
    })

  it('is not what somebody does who types the right one, however often', async () => {
    await using registry = await startWithAccounts()
    const { devices } = registry.composed.registry.outside
    const { userCode } = await devices.begin(
      { address: '192.0.2.1' },
      { client: 'a laptop', permissions: [] },
    )
    for (let times = 0; times < 30; times++)
      assert.equal((await devices.find(ada, userCode)).client, 'a laptop')
  })
})
