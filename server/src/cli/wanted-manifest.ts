import { createHash } from 'node:crypto'
import { type Digest, digestAlgorithm, digestHex, isDigest } from '../domain/digest.ts'
import { parseTimestamp } from '../domain/rfc3339.ts'
import type { Invocation } from './command.ts'
import { Failure, usageFailure } from './failure.ts'
import { readHistory } from './read-history.ts'
import type { RegistryClient } from './registry-client.ts'
import type { RegistryReference } from './registry-reference.ts'

/** What a tag shall go back to, as it was asked for. */
export type Wanted = { readonly to: Digest } | { readonly at: string } | 'previous'

/** @throws Failure unless exactly one of the three was said, and well */
export function readWanted({ values, switches }: Invocation): Wanted {
  const { to, at } = values
  const said = [to !== undefined, at !== undefined, switches.has('previous')]
  if (said.filter(Boolean).length !== 1)
    throw usageFailure('wants exactly one of --to <digest>, --at <time> and --previous')
  if (to !== undefined) {
    if (isDigest(to)) return { to }
    throw usageFailure(
      `--to wants a digest, such as sha256:… with its 64 hex digits, not ${JSON.stringify(to)}`,
    )
  }
  if (at === undefined) return 'previous'
  try {
    parseTimestamp(at, '--at')
  } catch (error) {
    throw usageFailure(error instanceof Error ? error.message : String(error))
  }
  return { at }
}

export interface WantedManifest {
  readonly digest: Digest
  readonly mediaType: string
  readonly bytes: Uint8Array<ArrayBuffer>
  /** What the tag named when this was chosen, null: nothing. Absent: it does not matter for the choice. */
  readonly current?: string | null
}

/** The manifest itself, its bytes checked. @throws Failure */
export async function wantedManifest(
  client: RegistryClient,
  reference: RegistryReference,
  wanted: Wanted,
): Promise<WantedManifest> {
  if (wanted === 'previous') {
    const { digest, current } = await beforeNewest(client, reference)
    return { ...(await manifestOf(client, reference, digest)), current }
  }
  if ('to' in wanted) return await manifestOf(client, reference, wanted.to)
  const path = `manifests/${reference.tag}?at=${encodeURIComponent(wanted.at)}`
  const answer = await client.send({ method: 'GET', path, headers: { accept: '*/*' } })
  return checked(path, answer, answer.headers.get('docker-content-digest'))
}

async function beforeNewest(
  client: RegistryClient,
  reference: RegistryReference,
): Promise<{ readonly digest: Digest; readonly current: string | null }> {
  const { name, tag } = reference
  const [newest] = await readHistory(client, reference, 1)
  if (newest === undefined) throw new Failure(`there has never been a tag ${tag} in ${name}`)
  const { previous, digest: current } = newest
  if (previous === null || !isDigest(previous)) {
    throw new Failure(
      `${tag} named nothing before its newest change; see \`lading tag history\`, and say with --to what it shall name`,
    )
  }
  return { digest: previous, current }
}

async function manifestOf(
  client: RegistryClient,
  reference: RegistryReference,
  digest: Digest,
): Promise<WantedManifest> {
  const path = `manifests/${digest}`
  const request = { method: 'GET', path, headers: { accept: '*/*' } } as const
  const answer = await client.send({ ...request, expect: [404] })
  if (answer.status !== 404) return checked(path, answer, digest)
  const { name, tag } = reference
  if (!(await hasNamed(client, reference, digest))) {
    throw new Failure(`${name} has no manifest ${digest}, and ${tag} has never named it`)
  }
  throw new Failure(
    `${digest} was deleted from ${name} since ${tag} named it; whoever still has it can push it again`,
  )
}

/** Further back than anybody asks; it bounds how many pages are read. */
const historySearched = 10_000

async function hasNamed(
  client: RegistryClient,
  reference: RegistryReference,
  digest: Digest,
): Promise<boolean> {
  return (await readHistory(client, reference, historySearched)).some((entry) => entry.digest === digest)
}

function checked(
  path: string,
  { headers, bytes }: Awaited<ReturnType<RegistryClient['send']>>,
  announced: string | null,
): WantedManifest {
  if (announced === null || !isDigest(announced))
    throw new Failure(`the answer to ${path} does not say which digest it has`)
  const actual = createHash(digestAlgorithm(announced)).update(bytes).digest('hex')
  if (actual !== digestHex(announced))
    throw new Failure(`the bytes that came for ${announced} are others; nothing was moved`)
  const mediaType = headers.get('content-type')
  if (mediaType === null) throw new Failure(`the answer to ${path} does not say what type it has`)
  return { digest: announced, mediaType, bytes: new Uint8Array(bytes) }
}
