import assert from 'node:assert/strict'
import { CacheTierError } from '../errors.ts'
import type { CacheTier } from '../tier.ts'
import { becomes, bytesOf, patient, type TierCase, tierValueBytes } from './harness.ts'

const long = 60_000

async function kept(tier: CacheTier, key: string): Promise<string | undefined> {
  const found = await tier.get(key, patient())
  return found === undefined ? undefined : Buffer.from(found).toString('latin1')
}

const text = (value: string): Uint8Array => Buffer.from(value, 'latin1')

export const keepingCases: readonly TierCase[] = [
  {
    name: 'get answers the very bytes that were set last, of any length up to the bound',
    check: async ({ tier }) => {
      const values = [1, 2, 255, 65_536, tierValueBytes].map((length) => bytesOf(length))
      values.push(Uint8Array.from([0, 13, 10, 0x24, 0x80, 0xff]))
      // A part of something larger.
      values.push(bytesOf(1_000).subarray(10, 20))
      for (const [n, value] of values.entries()) await tier.set(`value ${n}`, value, long)
      for (const [n, value] of values.entries()) {
        const found = await tier.get(`value ${n}`, patient())
        assert.ok(found !== undefined && Buffer.compare(found, value) === 0, `value ${n}`)
      }
      await tier.set('value 0', text('second'), long)
      assert.equal(await kept(tier, 'value 0'), 'second')
    },
  },
  {
    name: 'a key that was never set, was deleted or was cleared is a miss',
    check: async ({ tier }) => {
      assert.equal(await kept(tier, 'never'), undefined)
      for (const key of ['one', 'two', 'three', 'four']) await tier.set(key, text(key), long)
      await tier.delete(['one', 'never', 'two'])
      await tier.delete([])
      assert.deepEqual(await Promise.all(['one', 'two', 'three', 'four'].map((key) => kept(tier, key))), [
        undefined,
        undefined,
        'three',
        'four',
      ])
      await tier.clear()
      assert.equal(await kept(tier, 'three'), undefined)
      await tier.set('three', text('again'), long)
      assert.equal(await kept(tier, 'three'), 'again')
    },
  },
  {
    name: 'keys are of any text and length, and none is taken for another',
    check: async ({ tier }) => {
      const keys = [
        '',
        ' ',
        'a b',
        'a\nb\r\n',
        '\0',
        '__proto__',
        '*',
        '?[a]',
        '../x',
        '/etc',
        '#',
        '#a',
        'A',
        'a',
      ]
      keys.push('\u{1f4e6}', 'é', 'e\u0301', '\ud800', '\udc00', 'x'.repeat(250), 'x'.repeat(251))
      keys.push(`${'y'.repeat(5_000)}1`, `${'y'.repeat(5_000)}2`)
      for (const [n, key] of keys.entries()) {
        assert.equal(await kept(tier, key), undefined, JSON.stringify(key))
        await tier.set(key, text(String(n)), long)
      }
      for (const [n, key] of keys.entries())
        assert.equal(await kept(tier, key), String(n), JSON.stringify(key))
      await tier.delete([keys.at(-1) as string])
      assert.equal(await kept(tier, keys.at(-2) as string), String(keys.length - 2))
    },
  },
  {
    name: 'what is over the bound is not kept, and leaves no older value under its key',
    check: async ({ tier }) => {
      await tier.set('grows', text('before'), long)
      await tier.set('other', text('other'), long)
      await tier.set('grows', bytesOf(2 * tierValueBytes + 1), long)
      assert.equal(await kept(tier, 'grows'), undefined)
      assert.equal(await kept(tier, 'other'), 'other')
    },
  },
  {
    name: 'nothing is found after its time, and a new value has a new one',
    check: async ({ tier, pass }) => {
      const short = 300
      await tier.set('short', text('short'), short)
      await tier.set('renewed', text('first'), short)
      await tier.set('renewed', text('second'), long)
      await tier.set('long', text('long'), long)
      assert.equal(await kept(tier, 'short'), 'short')
      await pass(short)
      await becomes(async () => (await kept(tier, 'short')) === undefined, 'the end of its time')
      assert.deepEqual([await kept(tier, 'renewed'), await kept(tier, 'long')], ['second', 'long'])
    },
  },
  {
    name: 'no time to live keeps nothing, and no older value',
    check: async ({ tier }) => {
      for (const ttl of [0, -5]) {
        await tier.set('key', text('before'), long)
        await tier.set('key', text('after'), ttl)
        assert.equal(await kept(tier, 'key'), undefined)
      }
    },
  },
  {
    name: 'many calls at once: each key has one of the values that were set, the last where they were set in turn',
    check: async ({ tier }) => {
      const keys = Array.from({ length: 20 }, (_, n) => `key ${n}`)
      const work = keys.map(async (key, n) => {
        for (let turn = 0; turn < 5; turn++) {
          await tier.set(key, text(`${n} ${turn}`), long)
          assert.equal(await kept(tier, key), `${n} ${turn}`)
        }
      })
      const racing = Array.from({ length: 20 }, (_, n) => tier.set('raced', text(`r${n}`), long))
      await Promise.all([...work, ...racing])
      assert.match((await kept(tier, 'raced')) ?? '', /^r\d+$/)
      await Promise.all(keys.map((key) => tier.delete([key])))
      for (const key of keys) assert.equal(await kept(tier, key), undefined)
    },
  },
  {
    name: 'hits, misses and errors are counted, and sizes where they are known',
    check: async ({ tier }) => {
      await tier.set('a', text('a'), long)
      for (const key of ['a', 'a', 'b']) await tier.get(key, patient())
      const { hits, misses, errors, entries, bytes, maxBytes } = tier.stats()
      assert.deepEqual({ hits, misses, errors }, { hits: 2, misses: 1, errors: 0 })
      if (maxBytes === undefined) return
      assert.ok(entries === 1 && bytes !== undefined && bytes > 0 && bytes <= maxBytes)
    },
  },
  {
    name: 'once it is closed every call says so, and closing again does nothing',
    check: async ({ tier }) => {
      await tier.close()
      await tier.close()
      const calls = [
        () => tier.get('a', patient()),
        () => tier.set('a', text('a'), long),
        () => tier.delete(['a']),
        () => tier.clear(),
      ]
      for (const call of calls)
        await assert.rejects(call(), (error) => error instanceof CacheTierError && error.kind === 'closed')
    },
  },
]
