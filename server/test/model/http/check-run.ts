import assert from 'node:assert/strict'
import { blobs, graceTime, manifests, repositories, spans, tags } from './content.ts'
import type { Driver } from './driver.ts'
import type { Request } from './plain-registry.ts'
import { Possible } from './possible.ts'
import type { Program } from './program.ts'
import { send } from './requests.ts'

/**
 * Plays a program, and holds every answer against a plain model: there must be an order in which what ran at once could
 * have come, and what nobody heard an answer to may have come or not. At the end everything is read, and everything can be got rid of.
 */
export async function checkRun(driver: Driver, program: Program): Promise<void> {
  const possible = new Possible(repositories.length)
  for (const round of program) {
    // Never none: what came before is older than what comes now.
    await driver.pass(spans[round.after] as number)
    if ('restart' in round) await driver.restart()
    else await play(driver, possible, round.requests, round.cut)
  }
  await driver.pass(1)
  for (const request of readAll()) await play(driver, possible, [request])
  await driver.check({ empty: false })
  await removeAll(driver, possible)
}

async function play(
  driver: Driver,
  possible: Possible,
  requests: readonly Request[],
  cut?: number,
): Promise<void> {
  const isCut = cut !== undefined && driver.cut !== undefined
  const answering = Promise.all(requests.map((request) => answer(driver, request, isCut)))
  const [answers] = await Promise.all([answering, isCut ? driver.cut?.(cut) : undefined])
  await driver.settle()
  const before = String(possible)
  if (possible.explain(requests, answers, driver.now)) return
  const seen = requests
    .map((request, at) => `${JSON.stringify(request)} -> ${answers[at] ?? 'no answer'}`)
    .join('\n')
  const wanted = requests.map((request) => possible.expected(request, driver.now).join(' or ')).join('\n')
  assert.fail(`no order explains\n${seen}\nalone each would be\n${wanted}\nfrom\n${before}`)
}

/** undefined: the process ended before there was an answer. */
async function answer(driver: Driver, request: Request, isCut: boolean): Promise<string | undefined> {
  if (request.do === 'collect') {
    await driver.collect()
    return 'collected'
  }
  try {
    return await send(driver, request)
  } catch (error) {
    if (isCut && broken.has(String((error as NodeJS.ErrnoException).code))) return undefined
    throw error
  }
}

const broken: ReadonlySet<string> = new Set(['ECONNRESET', 'ECONNREFUSED', 'EPIPE'])

function readAll(): Request[] {
  return repositories.flatMap((_, repository) => [
    { do: 'list-tags' as const, repository },
    ...blobs.map((_each, blob) => ({ do: 'get-blob' as const, repository, blob })),
    ...manifests.flatMap((_each, manifest) => [
      { do: 'get-manifest' as const, repository, manifest },
      { do: 'referrers' as const, repository, manifest },
    ]),
    ...tags.flatMap((_each, tag) => [
      { do: 'get-tag' as const, repository, tag },
      { do: 'history' as const, repository, tag },
    ]),
  ])
}

/** Indexes first, since what they name stays while they are there. */
async function removeAll(driver: Driver, possible: Possible): Promise<void> {
  const order = manifests.map((_, at) => at).toSorted((a, b) => depth(b) - depth(a))
  for (const repository of repositories.keys()) {
    for (const manifest of order)
      await play(driver, possible, [{ do: 'delete-manifest', repository, manifest }])
  }
  await driver.pass(2 * graceTime)
  await play(driver, possible, [{ do: 'collect' }])
  for (const repository of repositories.keys()) {
    for (const blob of blobs.keys()) {
      await play(driver, possible, [{ do: 'get-blob', repository, blob }])
      assert.equal(await send(driver, { do: 'get-blob', repository, blob }), '404')
    }
  }
  await driver.pass(graceTime)
  await driver.collect()
  await driver.check({ empty: true })
}

const depth = (at: number): number => manifests[at]?.manifests.length ?? 0
