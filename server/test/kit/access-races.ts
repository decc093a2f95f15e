import assert from 'node:assert/strict'
import { digestOf } from '../../src/domain/digest-of.ts'
import type { Quota } from '../../src/domain/quota.ts'
import { Actor, authOf, manifestOf, manifestType, type Send } from './access-actor.ts'
import type { Answer, Ask } from './http-client.ts'

/** All of them at the same time, spread over the places. */
const clients = 64
const room = 10
/** Of one request that loses its races. */
const mostTries = 100
const config = Buffer.from('{}')

type Request = Omit<Ask, 'agent'>

/** Until it is decided: whoever loses too many races is told to come back. */
async function decided(ask: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 1; ; tries++) {
    const answer = await ask()
    if (answer.status !== 503 || tries === mostTries) return answer
  }
}

async function race(places: readonly Send[], requests: readonly Request[]): Promise<readonly Answer[]> {
  return await Promise.all(
    requests.map((request, n) => {
      const send = places[n % places.length] ?? assert.fail('there is no place')
      return decided(() => send({ ...request, ...authOf('root') }))
    }),
  )
}

const each = (make: (n: number) => Request): readonly Request[] =>
  Array.from({ length: clients }, (_, n) => make(n))

/** What 64 clients push at once into a namespace that has room for ten of it. */
const pushes: Readonly<Record<keyof Quota, (namespace: string, n: number) => Request>> = {
  repositories: (namespace, n) => pushOf(`${namespace}/app-${n}`, config),
  bytes: (namespace, n) => pushOf(`${namespace}/app`, Buffer.alloc(1000, `content ${n} `)),
  manifests: (namespace, n) => {
    const body = manifestOf(config, `${n}`)
    const path = `/v2/${namespace}/app/manifests/${digestOf(Buffer.from(body))}`
    return { method: 'PUT', path, body, headers: { 'Content-Type': manifestType } }
  },
}

function pushOf(repository: string, body: Uint8Array): Request {
  return { method: 'POST', path: `/v2/${repository}/blobs/uploads/?digest=${digestOf(body)}`, body }
}

const bounds: Readonly<Record<keyof Quota, number>> = {
  repositories: room,
  // Not enough for an eleventh.
  bytes: room * 1000 + 999,
  manifests: room,
}

export const measures: readonly (keyof Quota)[] = ['repositories', 'bytes', 'manifests']

/** As many get in as there is room for, and no more, wherever they come. */
export async function requireQuotaHolds(
  places: readonly Send[],
  measure: keyof Quota,
  namespace: string,
): Promise<void> {
  const [first] = places
  assert.ok(first)
  const actor = new Actor(first)
  await actor.api('root', 'POST namespaces', { namespace })
  if (measure === 'manifests') await actor.pushBlob('root', `${namespace}/app`, config)
  await actor.api('root', `PATCH namespaces/${namespace}`, { quota: { [measure]: bounds[measure] } })
  const requests = each((n) => pushes[measure](namespace, n))
  const answers = await race(places, requests)
  const allowed = answers.filter(({ status }) => status === 201)
  const refused = answers.filter(({ status }) => status === 403)
  assert.deepEqual([allowed.length, refused.length], [room, clients - room], told(answers))
  for (const answer of refused) assert.match(answer.text(), /DENIED/)
  // Not one more later either, at any place.
  const again = await race(
    places,
    requests.filter((_, n) => answers[n]?.status === 403),
  )
  assert.deepEqual([...new Set(again.map(({ status }) => status))], [403], told(again))
}

/** Of 64 owners each is taken away, by whichever way there is: one stays, and whoever wanted that one gone is told. */
export async function requireOwnerStays(places: readonly Send[], organisation: string): Promise<void> {
  const [first] = places
  assert.ok(first)
  const actor = new Actor(first)
  const members = `organisations/${organisation}/members`
  const names = Array.from({ length: clients }, (_, n) => `${organisation}-${n}`)
  await actor.api('root', 'POST organisations', { name: organisation })
  for (const name of names) {
    await actor.api('root', 'POST users', { name })
    await actor.api('root', `PUT ${members}/${name}`, { role: 'owner' })
  }
  await actor.api('root', `DELETE ${members}/root`)
  const requests = names.map((name, n): Request => {
    const path = `/api/v1/${members}/${name}`
    const headers = { 'Content-Type': 'application/json' }
    // Of those that follow each other both are at each place.
    return n % 4 < 2
      ? { method: 'DELETE', path }
      : { method: 'PUT', path, headers, body: JSON.stringify({ role: 'admin' }) }
  })
  const answers = await race(places, requests)
  const kept = answers.flatMap(({ status }, n) => (status === 409 ? [names[n]] : []))
  assert.deepEqual(
    [answers.filter(({ status }) => status === 204).length, kept.length],
    [clients - 1, 1],
    told(answers),
  )
  for (const send of places) {
    const shown = (await new Actor(send).api('root', `GET ${members}`)).json().members
    const owners = shown.filter(({ role }: { readonly role: string }) => role === 'owner')
    assert.deepEqual(
      owners.map(({ user }: { readonly user: string }) => user),
      kept,
    )
    const last = await new Actor(send).asked('root', `DELETE ${members}/${kept[0]}`)
    assert.deepEqual([last.status, last.json().code], [409, 'last-owner'])
  }
}

function told(answers: readonly Answer[]): string {
  const counts = Map.groupBy(answers, (answer) => `${answer.status} ${answer.text().slice(0, 200)}`)
  return [...counts].map(([text, { length }]) => `${length} × ${text}`).join('\n')
}
