import assert from 'node:assert/strict'
import type { CacheTier } from '../tier.ts'
import { becomes, patient, type TierCase, type TierFixture } from './harness.ts'

const long = 60_000

async function both(fixture: TierFixture): Promise<[CacheTier, CacheTier]> {
  assert.ok(fixture.other !== undefined, 'the harness says that it can be shared')
  return [fixture.tier, await fixture.other()]
}

async function kept(tier: CacheTier, key: string): Promise<string | undefined> {
  const found = await tier.get(key, patient())
  return found === undefined ? undefined : Buffer.from(found).toString('latin1')
}

const text = (value: string): Uint8Array => Buffer.from(value, 'latin1')

export const sharingCases: readonly TierCase[] = [
  {
    name: 'what one sets, overwrites or deletes the other sees',
    needs: 'shared',
    check: async (fixture) => {
      const [one, other] = await both(fixture)
      await one.set('key', text('first'), long)
      assert.equal(await kept(other, 'key'), 'first')
      await other.set('key', text('second'), long)
      assert.equal(await kept(one, 'key'), 'second')
      await one.delete(['key'])
      assert.equal(await kept(other, 'key'), undefined)
    },
  },
  {
    name: 'what one clears is gone for the other too, soon',
    needs: 'shared',
    check: async (fixture) => {
      const [one, other] = await both(fixture)
      await one.set('key', text('key'), long)
      assert.equal(await kept(other, 'key'), 'key')
      await one.clear()
      assert.equal(await kept(one, 'key'), undefined)
      await fixture.pass(1_000)
      await becomes(async () => (await kept(other, 'key')) === undefined, 'the clearing')
    },
  },
  {
    name: 'who follows is told what others overwrite and delete, and not what it does itself',
    needs: 'follow',
    check: async (fixture) => {
      const [one, other] = await both(fixture)
      const told: string[] = []
      const end = one.follow?.({
        forgotten: (keys) => void told.push(...keys),
        lost: () => {},
      })
      assert.ok(end !== undefined && one.can.follow)
      const tellsOf = async (key: string): Promise<void> =>
        await becomes(async () => {
          await other.set(key, text('theirs'), long)
          return told.includes(key)
        }, `news of ${key}`)
      await tellsOf('overwritten')
      await one.set('own', text('own'), long)
      await one.delete(['own'])
      await one.set('deleted', text('own'), long)
      await other.delete(['deleted'])
      await becomes(async () => told.includes('deleted'), 'news of a removal')
      assert.ok(!told.includes('own'))
      end()
      told.length = 0
      await other.set('after', text('theirs'), long)
      assert.equal(await kept(one, 'after'), 'theirs')
      assert.deepEqual(told, [])
    },
  },
]
