import { after, before, describe, it } from 'node:test'
import { openConfiguredOutgoing } from '../../../src/adapters/outgoing/configured/open-configured-outgoing.ts'
import { openGuardedOutgoing } from '../../../src/adapters/outgoing/guarded/open-guarded-outgoing.ts'
import { AddressRanges } from '../../../src/domain/address-ranges.ts'
import { type OutgoingHarness, outgoingContract } from '../../../src/ports/outgoing/suite.ts'
import { type OutgoingPlace, startOutgoingPlace } from '../../kit/outgoing-place.ts'

const engines: Readonly<Record<string, OutgoingHarness['open']>> = {
  'what the operator has configured': (bounds) => openConfiguredOutgoing(bounds),
  'what users have named': (bounds) =>
    openGuardedOutgoing({ ...bounds, allow: new AddressRanges(['127.0.0.1']), maxRedirects: 3 }),
}

let place: OutgoingPlace
before(async () => {
  place = await startOutgoingPlace()
})
after(async () => {
  await place?.[Symbol.asyncDispose]()
})

for (const [what, open] of Object.entries(engines))
  describe(what, () => {
    for (const { name, run } of outgoingContract(() => ({ ...place, open }))) it(name, run)
  })
