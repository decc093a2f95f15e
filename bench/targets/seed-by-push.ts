import { type Asking, exchange, oneConnection } from '../load/exchange.ts'
import { pushArtifact, pushBlob } from '../load/push.ts'
import type { Seed } from '../oci/content.ts'
import type { Running } from '../process/serve.ts'

/** As any client would bring it in. */
export async function seedByPush({ origin }: Running, seed: Seed): Promise<void> {
  const agent = oneConnection()
  const where = { ask: (asking: Asking) => exchange(agent, asking), origin, repository: seed.repository }
  await pushArtifact(where, seed.tag, seed.artifact)
  await pushBlob(where, seed.large.digest, [seed.large.bytes])
  agent.destroy()
}
