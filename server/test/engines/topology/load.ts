import { setTimeout as pause } from 'node:timers/promises'
import { digestOf, ociManifest } from '../../../../conformance/kit/image.ts'
import { type Answer, type Ask, ask } from '../../kit/http-client.ts'
import type { Topology } from '../../kit/servers/topology.ts'
import { bytesOf, newBlob, Promises } from './promises.ts'

export interface LoadOptions {
  readonly pushers?: number
  readonly pullers?: number
  /** Where they pull: past the proxy, at each process in turn, which is the default, or through it. */
  readonly pullAt?: 'each' | 'proxy'
  /** A request that has no answer by then hangs. */
  readonly longestMs: number
  /** What a fault may be answered with, beside 503 and 429 that say when to come back. */
  readonly mayFail?: (what: string, answer: Answer | Error) => boolean
}

/** Pushes and pulls through all processes, until it is disposed of. */
export interface Load extends AsyncDisposable {
  readonly promises: Promises
  /** Images that were acknowledged so far. */
  readonly pushed: number
  readonly pulled: number
  /** How often each answer that was no success was given. */
  readonly refusals: ReadonlyMap<string, number>
  readonly longestSeenMs: number
  /** Ends the load; each asks for nothing new, and ends with the answer to what it last asked. */
  stop(): Promise<void>
}

const kib = 1024
const sizes = [300, 20 * kib, 100 * kib, 400 * kib, 2000 * kib]
const betweenTriesMs = 50
const repository = 'acme/load'

type Try = { readonly answer: Answer } | { readonly error: Error }

interface Loading {
  readonly topology: Topology
  readonly options: LoadOptions
  readonly promises: Promises
  readonly refusals: Map<string, number>
  pushed: number
  pulled: number
  longestSeenMs: number
  stopped: boolean
}

export function startLoad(topology: Topology, options: LoadOptions): Load {
  const { pushers = 3, pullers = 2 } = options
  const loading: Loading = {
    topology,
    options,
    promises: new Promises(),
    refusals: new Map(),
    pushed: 0,
    pulled: 0,
    longestSeenMs: 0,
    stopped: false,
  }
  const work = [
    ...Array.from({ length: pushers }, (_, at) => pushOn(loading, `${repository} w${at}`)),
    ...Array.from({ length: pullers }, (_, at) => pullOn(loading, at)),
  ]
  const all = Promise.all(work)
  all.catch((error: unknown) => loading.promises.say(`the load itself failed: ${error}`))
  const stop = async (): Promise<void> => {
    loading.stopped = true
    await all
  }
  return {
    promises: loading.promises,
    get pushed() {
      return loading.pushed
    },
    get pulled() {
      return loading.pulled
    },
    refusals: loading.refusals,
    get longestSeenMs() {
      return loading.longestSeenMs
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

async function pushOn(loading: Loading, tag: string): Promise<void> {
  for (let time = 0; !loading.stopped; time++) {
    const layer = newBlob((sizes[time % sizes.length] ?? 1) + time)
    const config = newBlob(100)
    for (const blob of [config, layer]) if (!(await pushBlob(loading, blob, time % 2 === 0))) return
    const named = [config, layer].map(({ digest, size }) => ({ mediaType: 'x/y', digest, size }))
    const document = { schemaVersion: 2, mediaType: ociManifest, config: named[0], layers: named.slice(1) }
    const bytes = Buffer.from(JSON.stringify({ ...document, annotations: { tag, time: String(time) } }))
    if (!(await putManifest(loading, tag, bytes))) return
    loading.pushed++
  }
}

type NewBlob = ReturnType<typeof newBlob>

/** Until it is acknowledged; false: it was told to stop before. */
async function pushBlob(loading: Loading, blob: NewBlob, inChunks: boolean): Promise<boolean> {
  const path = `/v2/${repository}/blobs/uploads/`
  for (; !loading.stopped; await pause(betweenTriesMs)) {
    const begun = await send(loading, { method: 'POST', path })
    if (!('answer' in begun) || begun.answer.status !== 202) continue
    let location = begun.answer.headers.location ?? ''
    let sent = 0
    if (inChunks) {
      sent = blob.size >> 1
      const headers = { 'Content-Range': `0-${sent - 1}` }
      const more = { method: 'PATCH', path: location, headers, body: blob.bytes.subarray(0, sent) }
      const patched = await send(loading, more)
      if (!('answer' in patched) || patched.answer.status !== 202) continue
      location = patched.answer.headers.location ?? ''
    }
    const put = { method: 'PUT', path: `${location}?digest=${blob.digest}`, body: blob.bytes.subarray(sent) }
    const done = await send(loading, put)
    if (!('answer' in done) || done.answer.status !== 201) continue
    loading.promises.blobs.set(`${repository} ${blob.digest}`, { number: blob.number, size: blob.size })
    return true
  }
  return false
}

async function putManifest(loading: Loading, tag: string, bytes: Buffer): Promise<boolean> {
  const digest = digestOf(bytes)
  const acknowledged = loading.promises.moving(tag, digest)
  const path = `/v2/${tag.replace(' ', '/manifests/')}`
  const put = { method: 'PUT', path, headers: { 'Content-Type': ociManifest }, body: bytes }
  for (; !loading.stopped; await pause(betweenTriesMs)) {
    const done = await send(loading, put)
    if (!('answer' in done) || done.answer.status !== 201) continue
    acknowledged()
    loading.promises.manifests.set(`${repository} ${digest}`, bytes)
    return true
  }
  return false
}

async function pullOn(loading: Loading, first: number): Promise<void> {
  const { topology, promises } = loading
  for (let time = first; !loading.stopped; time++) {
    const each = loading.options.pullAt === 'proxy' ? [] : topology.ladings
    const { url } = each[time % Math.max(1, each.length)] ?? topology
    const tag = promises.tags[time % Math.max(1, promises.tags.length)]
    if (tag !== undefined) await pullTag(loading, url, tag)
    const blobs = [...promises.blobs].slice(-20)
    const blob = blobs[time % Math.max(1, blobs.length)]
    if (blob !== undefined) await pullBlob(loading, url, blob)
    loading.pulled++
    // One client among others: a busy loop of pulls would leave no time to those that push.
    await pause(5)
  }
}

async function pullTag(loading: Loading, url: string, tag: string): Promise<void> {
  const asked = performance.now()
  const told = await send(loading, { path: `/v2/${tag.replace(' ', '/manifests/')}` }, url)
  if (!('answer' in told)) return
  const { status, body } = told.answer
  if (status === 200) loading.promises.sawTag(tag, digestOf(body), asked)
  else if (status === 404) loading.promises.sawTag(tag, undefined, asked)
}

async function pullBlob(
  loading: Loading,
  url: string,
  [key, { number, size }]: [string, { readonly number: number; readonly size: number }],
): Promise<void> {
  const told = await send(loading, { path: `/v2/${key.replace(' ', '/blobs/')}` }, url)
  if (!('answer' in told)) return
  const { status, body } = told.answer
  if (status === 200 && !body.equals(bytesOf(number, size))) loading.promises.say(`${key}: other bytes`)
  if (status === 404) loading.promises.say(`${key} is not there at ${url}, and was acknowledged`)
}

/** One request, and what may not be answered to it. */
async function send(loading: Loading, wanted: Ask, url: string = loading.topology.url): Promise<Try> {
  const { options, promises, refusals } = loading
  const what = `${wanted.method ?? 'GET'} ${wanted.path}`
  const begun = performance.now()
  const late = setTimeout(
    () => promises.say(`${what} at ${url} hangs for more than ${options.longestMs} ms`),
    options.longestMs,
  )
  const told: Try = await ask(url, wanted).then(
    (answer) => ({ answer }),
    (error: Error) => ({ error }),
  )
  clearTimeout(late)
  loading.longestSeenMs = Math.max(loading.longestSeenMs, performance.now() - begun)
  const known = 'answer' in told ? told.answer : told.error
  const name =
    known instanceof Error ? `${wanted.method ?? 'GET'} broke` : `${wanted.method ?? 'GET'} ${known.status}`
  if (!(known instanceof Error) && known.status < 400) return told
  refusals.set(name, (refusals.get(name) ?? 0) + 1)
  const isClear =
    !(known instanceof Error) && [429, 503].includes(known.status) && Number(known.headers['retry-after']) > 0
  const isNotYet = !(known instanceof Error) && known.status === 404 && wanted.method === undefined
  if (!isClear && !isNotYet && options.mayFail?.(what, known) !== true) {
    promises.say(
      `${what}: ${known instanceof Error ? known.message : `${known.status} ${known.text().slice(0, 300)}`}`,
    )
  }
  return told
}
