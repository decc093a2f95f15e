import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { openConfiguredOutgoing } from '../../../src/adapters/outgoing/configured/open-configured-outgoing.ts'
import { OutgoingError } from '../../../src/ports/outgoing/errors.ts'
import type { Outgoing } from '../../../src/ports/outgoing/outgoing.ts'
import { type OutgoingBounds, outgoingContract } from '../../../src/ports/outgoing/suite.ts'
import { type OutgoingPlace, startOutgoingPlace } from '../../kit/outgoing-place.ts'

let place: OutgoingPlace
before(async () => {
  place = await startOutgoingPlace()
})
after(async () => {
  await place?.[Symbol.asyncDispose]()
})

type Fetch = Outgoing['fetch']

/** What is wrong with each, and the cases that find it. */
const mutants: Readonly<Record<string, readonly [(right: Fetch) => Fetch, readonly string[]]>> = {
  'follows whoever leads elsewhere': [
    (right) => async (url, request) => {
      const answer = await right(url, { ...request, redirect: 'manual' })
      const to = answer.headers.get('location')
      return to === null ? answer : await right(new URL(to, url))
    },
    ['who does not want to be led elsewhere is not'],
  ],
  'sends no body': [
    (right) => async (url, request) => await right(url, { ...request, body: null }),
    ['what is asked arrives, and the answer comes whole'],
  ],
  'says of every failure that nobody answers': [
    (right) => async (url, request) =>
      await right(url, request).catch((cause: unknown) => {
        throw new OutgoingError('unreachable', 'nobody answers', { cause })
      }),
    [
      'who does not want to be led elsewhere is not',
      'an answer that is larger than wanted is none',
      'an answer that does not end in time is none',
      'whoever does not want the answer any more is told why by themselves',
    ],
  ],
}

const boundless = (bounds: OutgoingBounds): OutgoingBounds => ({ ...bounds, maxBytes: 1_000_000 })

async function found(open: (bounds: OutgoingBounds) => Outgoing): Promise<readonly string[]> {
  const names: string[] = []
  for (const { name, run } of outgoingContract(() => ({ ...place, open })))
    await run().catch(() => names.push(name))
  return names
}

describe('the contract of outgoing', () => {
  for (const [what, [wrong, finding]] of Object.entries(mutants))
    it(`finds an engine that ${what}`, async () => {
      const open = (bounds: OutgoingBounds): Outgoing => ({
        fetch: wrong(openConfiguredOutgoing(bounds).fetch),
      })
      assert.deepEqual(await found(open), finding)
    })

  it('finds an engine that takes whatever comes', async () => {
    const open = (bounds: OutgoingBounds): Outgoing => openConfiguredOutgoing(boundless(bounds))
    assert.deepEqual(await found(open), ['an answer that is larger than wanted is none'])
  })
})
