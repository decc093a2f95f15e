import { setTimeout as wait } from 'node:timers/promises'
import type { Registry } from '../../../server/src/boot/registry.ts'
import { isRegistryError } from '../../../server/src/domain/error.ts'
import { parseNamespace } from '../../../server/src/domain/repository-name.ts'
import { Timings } from '../../library/operations/timings.ts'
import { serveHere } from '../../process/serve-here.ts'
import type { Measurement, Task } from '../task.ts'

/** Between two looks, ms. */
const lookEveryMs = 5
const deadlineMs = 60_000
const kind = 'persona'
const principal = { kind: 'user', name: 'bench' } as const
const caller = { principal, requestId: 'bench', signal: new AbortController().signal } as const

/** From the answer to a publication until a search finds it, with the indexer at work that the registry has. */
export async function measurePublish({
  folder,
  env,
  engine,
  artifacts,
}: Extract<Task, { do: 'publish' }>): Promise<Measurement> {
  const { composed, close } = await serveHere(folder, env)
  try {
    const { registry } = composed
    await untilTrue(async () => await answers(registry, engine))
    const timings = new Timings()
    for (let at = 0; at < artifacts; at++) {
      const name = `published ${at} ${word(at)}`
      await registry.artifacts.create(caller, {
        kind,
        namespace: parseNamespace('bench'),
        slug: undefined,
        owner: 'user:bench',
        visibility: 'public',
        metadata: { name },
        document: undefined,
        source: '',
        version: '1.0.0',
        changelog: '',
        published: true,
      })
      const begun = performance.now()
      await found(registry, word(at), engine)
      timings.add(performance.now() - begun)
    }
    return { p95: timings.p95, median: timings.median }
  } finally {
    await close()
  }
}

/** Which no other one has. */
const word = (at: number): string => `z${at.toString(36)}q`

/** Its index is built, and nobody else answers in its place. */
async function answers(registry: Registry, engine: string): Promise<boolean> {
  const answer = await registry.search.search(principal, { limit: 1 })
  return answer.engine === engine && !answer.degraded
}

async function found(registry: Registry, text: string, engine: string): Promise<void> {
  await untilTrue(async () => {
    const answer = await registry.search.search(principal, { text, limit: 1 })
    return answer.engine === engine && answer.relaxed === 'none' && answer.hits.length === 1
  })
}

async function untilTrue(look: () => Promise<boolean>): Promise<void> {
  const late = performance.now() + deadlineMs
  for (;;) {
    const isTrue = await look().catch((error: unknown) => {
      if (isRegistryError(error) && error.code === 'unavailable') return false
      throw error
    })
    if (isTrue) return
    if (performance.now() > late) throw new Error(`not within ${deadlineMs} ms`)
    await wait(lookEveryMs)
  }
}
