import { digestOf } from '../oci/content.ts'
import type { Done, Expected, Plan } from './plan.ts'
import { type Look, SteadyClient } from './steady-client.ts'

/** As many clients as are wanted, each of which looks at every answer. */
export async function askAgain({
  origin,
  clients,
  warmSeconds,
  seconds,
  path,
  headers,
  expect,
}: Extract<Plan, { kind: 'ask' }>): Promise<Done> {
  const all = Array.from(
    { length: clients },
    () => new SteadyClient({ origin, path, headers }, lookFor(expect)),
  )
  try {
    await askFor(all, warmSeconds)
    const begun = performance.now()
    const times = await askFor(all, seconds)
    return { times, bytes: 0, seconds: (performance.now() - begun) / 1000 }
  } finally {
    for (const client of all) client.close()
  }
}

async function askFor(clients: readonly SteadyClient[], seconds: number): Promise<number> {
  const until = performance.now() + seconds * 1000
  const counts = await Promise.all(clients.map((client) => client.ask(until)))
  return counts.reduce((sum, each) => sum + each, 0)
}

/** The first one is hashed, and the others are compared with it. */
export function lookFor(expect: Expected): Look {
  if ('begins' in expect) {
    const beginning = Buffer.from(expect.begins)
    return (body) => {
      if (!body.subarray(0, beginning.length).equals(beginning)) throw otherBody(body)
    }
  }
  let first: Buffer | undefined
  return (body) => {
    if (first === undefined && digestOf(body) === expect.digest) first = Buffer.from(body)
    if (first?.equals(body) !== true) throw otherBody(body)
  }
}

const otherBody = (body: Buffer): Error => new Error(`another body: ${body.toString('utf8', 0, 200)}`)
