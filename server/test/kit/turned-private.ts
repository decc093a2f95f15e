import assert from 'node:assert/strict'
import { digestOf } from '../../src/domain/digest-of.ts'
import { Actor, authOf, manifestOf, password, type Send } from './access-actor.ts'
import { ask } from './http-client.ts'
import { holdAnswer, type Pull, type Pulled, pullWhile } from './pull-while.ts'

const pullers = 1000
/** Answers whose bodies are on their way when the namespace is turned. */
const held = 8
/** More than the system keeps of a connection that nobody reads. */
const heldBytes = 24 * 1024 * 1024
/** It has a file of its own, and comes from there. */
const largeBytes = 100_000
const app = '/v2/acme/app'

interface Content {
  readonly small: string
  readonly large: string
  readonly held: string
  readonly manifest: string
}

/** ada owns acme, and bob has an account and no right. */
export async function arrangePulls(actor: Actor): Promise<Content> {
  for (const name of ['ada', 'bob']) await actor.person(name)
  await actor.api('ada', 'POST organisations', { name: 'acme' })
  await actor.pushImage('ada', 'acme/app')
  const push = (bytes: Buffer): Promise<string> => actor.pushBlob('ada', 'acme/app', bytes)
  return {
    small: await push(Buffer.from('a small layer')),
    large: await push(Buffer.alloc(largeBytes, 'a large layer ')),
    held: await push(Buffer.alloc(heldBytes, 'a layer that takes its time ')),
    manifest: digestOf(Buffer.from(manifestOf(Buffer.from('{}')))),
  }
}

interface Asked extends Pull {
  /** What it is answered while the namespace is public. */
  readonly open: number
  /** What it is answered once it is not. */
  readonly closed: number
  /** Of the body, where there is one. */
  readonly digest?: string
}

/** All there is to pull, by nobody and by somebody who has no right, each in the ways in which they may come. */
async function everyPull(actor: Actor, content: Content): Promise<readonly Asked[]> {
  const { manifest, small, large } = content
  const asked: readonly Omit<Asked, 'closed'>[] = [
    { path: `${app}/manifests/v1`, open: 200, digest: manifest },
    { path: `${app}/blobs/${small}`, open: 200, digest: small },
    { path: `${app}/manifests/${manifest}`, open: 200, digest: manifest },
    { path: `${app}/blobs/${large}`, open: 200, digest: large },
    { path: `${app}/manifests/v1`, method: 'HEAD', open: 200 },
    { path: `${app}/blobs/${small}`, headers: { Range: 'bytes=0-3' }, open: 206 },
    { path: `${app}/blobs/${large}`, method: 'HEAD', open: 200 },
    { path: `${app}/manifests/${manifest}`, headers: { 'If-None-Match': `"${manifest}"` }, open: 304 },
    { path: `${app}/tags/list`, open: 200 },
  ]
  const scope = 'repository:acme/app:pull'
  const nobodys = await actor.token('', scope)
  const bobs = await actor.token(`bob:${password}`, scope)
  const { key } = (await actor.api('bob', 'POST me/keys', { label: 'a test' })).json()
  return asked.flatMap((one): readonly Asked[] => [
    { ...one, closed: 401 },
    { ...one, headers: { ...one.headers, ...nobodys }, closed: 401 },
    { ...one, auth: `any:${key}`, closed: 404 },
    { ...one, headers: { ...one.headers, ...bobs }, closed: 404 },
  ])
}

/**
 * A thousand pull from a public namespace while it is turned private. What began after the answer to that is served to nobody
 * who has no right; what began before is served whole or refused; and whoever has the right is served all the while.
 * @returns how often what was answered, in words
 */
export async function requireServedNobody(
  { change, urls }: { readonly change: Send; readonly urls: readonly string[] },
  content: Content,
): Promise<string> {
  const actor = new Actor(change)
  const turn = async (visibility: string): Promise<void> =>
    void (await actor.api('ada', 'PATCH namespaces/acme', { visibility }))
  await turn('public')
  const pulls = await everyPull(actor, content)
  const bodies = await Promise.all(
    Array.from({ length: held }, (_, n) =>
      holdAnswer(urls[n % urls.length] ?? '', { path: `${app}/blobs/${content.held}` }),
    ),
  )
  assert.deepEqual([...new Set(bodies.map(({ status }) => status))], [200])
  const members = ownersPulls(urls, content)
  const { changed, pulled } = await pullWhile({ urls, pullers, pulls }, () => turn('private')).finally(
    members.stop,
  )
  assert.ok(members.count() > 0, 'nobody with a right has pulled')
  const late = pulled.filter(({ began }) => began > changed)
  const early = pulled.filter(({ began }) => began <= changed)
  const wrong = [
    ...late.filter((one) => one.status !== (pulls[one.pull] as Asked).closed),
    ...early.filter((one) => !isWhole(one, pulls[one.pull] as Asked)),
  ]
  assert.deepEqual(
    wrong.map((one) => toldOf(one, pulls[one.pull] as Asked, changed)),
    [],
  )
  const underWay = early.filter(({ ended }) => ended > changed).length
  assert.ok(underWay > 0.9 * pullers, `${underWay} were pulling when it was turned`)
  assert.equal(new Set(late.map(({ pull }) => pull)).size, pulls.length, 'something was not asked for')
  // What had begun goes to its end: nobody is left with half of a layer.
  for (const body of bodies)
    assert.deepEqual(await body.finish(), { length: heldBytes, digest: content.held })
  return `before the answer: ${countOf(early)}; after it: ${countOf(late)}`
}

/** Somebody who has the right goes on pulling, one after the other at each place. */
function ownersPulls(
  urls: readonly string[],
  { small, manifest }: Content,
): { stop(): Promise<void>; count(): number } {
  let isOver = false
  let count = 0
  const pullOn = async (url: string): Promise<void> => {
    while (!isOver)
      for (const path of [`${app}/manifests/${manifest}`, `${app}/blobs/${small}`]) {
        const { status, body } = await ask(url, { path, ...authOf('ada') })
        assert.deepEqual([status, path.endsWith(digestOf(body))], [200, true], 'of whoever has the right')
        count++
      }
  }
  const pulling = Promise.all(urls.map(pullOn))
  pulling.catch(() => undefined)
  return {
    stop: async () => {
      isOver = true
      await pulling
    },
    count: () => count,
  }
}

/** It was served all that it asked for, or nothing. */
function isWhole(one: Pulled, { open, closed, digest }: Asked): boolean {
  if (one.status === closed) return true
  return one.status === open && (digest === undefined || digest === one.digest)
}

function toldOf(one: Pulled, { method = 'GET', path }: Asked, changed: number): string {
  const when = `${Math.round(one.began - changed)} ms after the change`
  return `${method} ${one.url}${path}, ${when}: ${one.status}, ${one.length} bytes`
}

function countOf(pulled: readonly Pulled[]): string {
  const counts = Map.groupBy(pulled, ({ status }) => status)
  return [...counts].map(([status, { length }]) => `${length} × ${status}`).join(', ')
}
