import { createHash } from 'node:crypto'
import { type Digest, digestAlgorithm, digestHex, isDigest } from '../domain/digest.ts'
import { parseTimestamp } from '../domain/rfc3339.ts'
import { clientFlags, openRegistry } from './client-flags.ts'
import { type Command, exitCodes, type Invocation, jsonFlag } from './command.ts'
import { Failure, usageFailure } from './failure.ts'
import type { RegistryClient } from './registry-client.ts'
import type { RegistryReference } from './registry-reference.ts'

export const tagRestore: Command = {
  name: 'tag restore',
  summary: 'Moves a tag back to what it has named before',
  takes: ['<ref>'],
  about: [
    'Asks a running registry. The tag is moved only if nobody else moves it meanwhile. `<ref>` is host[:port]/name:tag.',
  ],
  flags: {
    to: { takes: '<digest>', about: 'What the tag shall name.' },
    at: {
      takes: '<time>',
      about: 'The tag shall name what it named then, such as 2026-01-31T12:00:00Z (RFC 3339).',
    },
    ...clientFlags,
    ...jsonFlag,
  },
  examples: [
    'lading tag restore 127.0.0.1:7070/acme/app:latest --at 2026-01-31T12:00:00Z',
    'lading tag restore 127.0.0.1:7070/acme/app:latest --to sha256:…',
  ],
  async run(invocation) {
    const wanted = readWanted(invocation)
    const { reference, client } = await openRegistry(invocation)
    const manifest = await readManifest(client, reference, wanted)
    const before = await readCurrent(client, reference)
    if (before?.digest !== manifest.digest) await moveTag(client, reference, manifest, before)
    tell(invocation, reference, { digest: manifest.digest, previous: before?.digest ?? null })
    return exitCodes.done
  },
}

type Wanted = { readonly to: Digest } | { readonly at: string }

function readWanted({ values }: Invocation): Wanted {
  const { to, at } = values
  if ((to === undefined) === (at === undefined))
    throw usageFailure('wants either --to <digest> or --at <time>')
  if (to !== undefined) {
    if (isDigest(to)) return { to }
    throw usageFailure(
      `--to wants a digest, such as sha256:… with its 64 hex digits, not ${JSON.stringify(to)}`,
    )
  }
  try {
    parseTimestamp(at ?? '', '--at')
  } catch (error) {
    throw usageFailure(error instanceof Error ? error.message : String(error))
  }
  return { at: at ?? '' }
}

interface Manifest {
  readonly digest: Digest
  readonly mediaType: string
  readonly bytes: Uint8Array<ArrayBuffer>
}

async function readManifest(
  client: RegistryClient,
  { tag }: RegistryReference,
  wanted: Wanted,
): Promise<Manifest> {
  const path =
    'to' in wanted ? `manifests/${wanted.to}` : `manifests/${tag}?at=${encodeURIComponent(wanted.at)}`
  const { headers, bytes } = await client.send({ method: 'GET', path, headers: { accept: '*/*' } })
  const announced = 'to' in wanted ? wanted.to : headers.get('docker-content-digest')
  if (announced === null || !isDigest(announced))
    throw new Failure(`the answer to ${path} does not say which digest it has`)
  const actual = createHash(digestAlgorithm(announced)).update(bytes).digest('hex')
  if (actual !== digestHex(announced))
    throw new Failure(`the bytes that came for ${announced} are others; nothing was moved`)
  const mediaType = headers.get('content-type')
  if (mediaType === null) throw new Failure(`the answer to ${path} does not say what type it has`)
  return { digest: announced, mediaType, bytes: new Uint8Array(bytes) }
}

interface Current {
  readonly etag: string
  readonly digest: string
}

/** undefined: there is no such tag now. */
async function readCurrent(client: RegistryClient, { tag }: RegistryReference): Promise<Current | undefined> {
  const { status, headers } = await client.send({
    method: 'HEAD',
    path: `manifests/${tag}`,
    headers: { accept: '*/*' },
    expect: [404],
  })
  if (status === 404) return undefined
  const etag = headers.get('etag')
  if (etag === null)
    throw new Failure('the registry gives no ETag for the tag, so that it cannot be moved safely')
  return { etag, digest: headers.get('docker-content-digest') ?? '' }
}

async function moveTag(
  client: RegistryClient,
  { tag }: RegistryReference,
  { mediaType, bytes }: Manifest,
  before: Current | undefined,
): Promise<void> {
  // RFC 9110, section 13.1: only while the tag is what was seen a moment ago.
  const guard = before === undefined ? { 'if-none-match': '*' } : { 'if-match': before.etag }
  const { status } = await client.send({
    method: 'PUT',
    path: `manifests/${tag}`,
    headers: { 'content-type': mediaType, ...guard },
    body: bytes,
    expect: [412],
  })
  if (status === 412) {
    throw new Failure(
      `somebody else moved ${tag} meanwhile, and it was left so; see \`lading tag history\` and try again`,
    )
  }
}

function tell(
  { arguments: [ref], switches, world }: Invocation,
  { name, tag }: RegistryReference,
  { digest, previous }: { readonly digest: string; readonly previous: string | null },
): void {
  const moved = digest !== previous
  if (switches.has('json')) world.out(JSON.stringify({ name, tag, digest, previous, moved }))
  else if (moved) world.out(`${ref} names ${digest} (before: ${previous ?? 'nothing'})`)
  else world.out(`${ref} already names ${digest}`)
}
