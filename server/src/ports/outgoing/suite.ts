import assert from 'node:assert/strict'
import type { ContractCase } from '../contract.ts'
import { OutgoingError, type OutgoingErrorKind } from './errors.ts'
import type { Outgoing } from './outgoing.ts'

export interface OutgoingBounds {
  readonly timeoutMs: number
  readonly maxBytes: number
}

/**
 * A server that the engine may ask. `/echo` answers JSON of `method`, `authorization` and `body` with the header `X-Said`; `/away`
 * leads to `/elsewhere`; `/much` has 100,000 bytes; `/slow` begins its answer and does not end it; `/nothing` answers 204.
 */
export interface OutgoingHarness {
  readonly url: string
  /** Where nobody listens. */
  readonly nowhere: string
  /** Methods and paths of what was asked. */
  readonly asked: readonly string[]
  open(bounds: OutgoingBounds): Outgoing
}

const roomy: OutgoingBounds = { timeoutMs: 10_000, maxBytes: 1_000_000 }

/** What every engine must do with whatever it is asked and may ask. */
export function outgoingContract(harness: () => OutgoingHarness): ContractCase[] {
  return cases.map(({ name, check }) => ({ name, run: async () => await check(harness()) }))
}

const fails = async (what: Promise<unknown>, ...kinds: readonly OutgoingErrorKind[]): Promise<void> =>
  await assert.rejects(what, (error) => error instanceof OutgoingError && kinds.includes(error.kind))

const cases: readonly {
  readonly name: string
  readonly check: (harness: OutgoingHarness) => Promise<void>
}[] = [
  {
    name: 'what is asked arrives, and the answer comes whole',
    check: async ({ url, open }) => {
      const bodies = ['a=b', new TextEncoder().encode('a=b'), new URLSearchParams({ a: 'b' })]
      for (const body of bodies) {
        const headers = { Authorization: 'Bearer x' }
        const answer = await open(roomy).fetch(`${url}/echo`, { method: 'POST', headers, body })
        assert.deepEqual([answer.status, answer.headers.get('x-said')], [200, 'yes'])
        assert.deepEqual(await answer.json(), { method: 'POST', authorization: 'Bearer x', body: 'a=b' })
      }
      const plain = await open(roomy).fetch(new URL(`${url}/echo`))
      assert.deepEqual(await plain.json(), { method: 'GET', authorization: '', body: '' })
    },
  },
  {
    name: 'an answer without a body is one',
    check: async ({ url, open }) => {
      const answer = await open(roomy).fetch(`${url}/nothing`)
      assert.deepEqual([answer.status, await answer.text()], [204, ''])
    },
  },
  {
    name: 'who does not want to be led elsewhere is not',
    check: async ({ url, open, asked }) => {
      const before = asked.length
      await fails(open(roomy).fetch(`${url}/away`, { redirect: 'error' }), 'refused')
      const answer = await open(roomy).fetch(`${url}/away`, { redirect: 'manual' })
      assert.deepEqual([answer.status, answer.headers.get('location')], [302, '/elsewhere'])
      assert.deepEqual(asked.slice(before), ['GET /away', 'GET /away'])
    },
  },
  {
    name: 'an answer that is larger than wanted is none',
    check: async ({ url, open }) => {
      await fails(open({ ...roomy, maxBytes: 99_999 }).fetch(`${url}/much`), 'too-large')
      const answer = await open({ ...roomy, maxBytes: 100_000 }).fetch(`${url}/much`)
      assert.equal((await answer.bytes()).length, 100_000)
    },
  },
  {
    name: 'an answer that does not end in time is none',
    check: async ({ url, open }) =>
      await fails(open({ ...roomy, timeoutMs: 100 }).fetch(`${url}/slow`), 'timeout'),
  },
  {
    name: 'nobody answers where nobody is',
    check: async ({ nowhere, open }) => await fails(open(roomy).fetch(nowhere), 'unreachable'),
  },
  {
    name: 'whoever does not want the answer any more is told why by themselves',
    check: async ({ url, open }) => {
      const reason = new Error('enough')
      const stopping = new AbortController()
      const asking = open(roomy).fetch(`${url}/slow`, { signal: stopping.signal })
      stopping.abort(reason)
      await assert.rejects(asking, (error) => error === reason)
    },
  },
]
