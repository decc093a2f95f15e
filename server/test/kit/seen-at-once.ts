import assert from 'node:assert/strict'
import { Actor, type Send } from './access-actor.ts'
import type { Revocation } from './revocations.ts'

export interface Places {
  /** Where something is taken away. */
  readonly here: Send
  /** Where that has to be known: one for each that answers by itself. */
  readonly there: readonly Send[]
}

/** What revocations begin with: see there. */
export async function arrangeAccounts(actor: Actor): Promise<void> {
  for (const name of ['ada', 'bob']) await actor.person(name)
  await actor.api('ada', 'POST organisations', { name: 'acme' })
  await actor.pushImage('ada', 'acme/app')
}

/** What is good everywhere is good for nothing, anywhere, in any request that begins after it was taken away. */
export async function requireGoneAtOnce(
  { what, arrange }: Revocation,
  { here, there }: Places,
): Promise<void> {
  const { use, good, gone, revoke } = await arrange(new Actor(here))
  const answered = async (): Promise<readonly number[]> => [
    ...new Set(await Promise.all(there.map(async (send) => (await send(use)).status))),
  ]
  // Twice: whoever keeps what it is good for keeps it by then.
  for (const time of ['first', 'second'])
    assert.deepEqual(await answered(), [good], `${what}, the ${time} time`)
  await revoke()
  assert.deepEqual(await answered(), [gone], `${what}, once it is gone`)
}
