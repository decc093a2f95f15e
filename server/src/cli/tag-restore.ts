import { clientFlags, openRegistry } from './client-flags.ts'
import { type Command, exitCodes, type Invocation, jsonFlag } from './command.ts'
import { Failure } from './failure.ts'
import type { RegistryClient } from './registry-client.ts'
import type { RegistryReference } from './registry-reference.ts'
import { readWanted, type WantedManifest, wantedManifest } from './wanted-manifest.ts'

export const tagRestore: Command = {
  name: 'tag restore',
  summary: 'Moves a tag back to what it has named before',
  takes: ['<ref>'],
  about: [
    'Asks a running registry. Wants one of --to, --at and --previous. The tag is moved only if nobody else moves it meanwhile. `<ref>` is host[:port]/name:tag.',
  ],
  flags: {
    to: { takes: '<digest>', about: 'What the tag shall name, such as sha256:… with its 64 hex digits.' },
    at: {
      takes: '<time>',
      about: 'The tag shall name what it named then, such as 2026-01-31T12:00:00Z (RFC 3339).',
    },
    previous: { about: 'The tag shall name what it named before its newest change, its deletion too.' },
    ...clientFlags,
    ...jsonFlag,
  },
  examples: [
    'lading tag restore 127.0.0.1:7070/acme/app:latest --previous',
    'lading tag restore 127.0.0.1:7070/acme/app:latest --at 2026-01-31T12:00:00Z',
    'lading tag restore 127.0.0.1:7070/acme/app:latest --to sha256:…',
  ],
  async run(invocation) {
    const wanted = readWanted(invocation)
    const { reference, client } = await openRegistry(invocation)
    const manifest = await wantedManifest(client, reference, wanted)
    const before = await readCurrent(client, reference)
    const { current } = manifest
    if (current !== undefined && current !== (before?.digest ?? null)) throw movedMeanwhile(reference)
    if (before?.digest !== manifest.digest) await moveTag(client, reference, manifest, before)
    tell(invocation, reference, { digest: manifest.digest, previous: before?.digest ?? null })
    return exitCodes.done
  },
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
  reference: RegistryReference,
  { mediaType, bytes, digest }: WantedManifest,
  before: Current | undefined,
): Promise<void> {
  // RFC 9110, section 13.1: only while the tag is what was seen a moment ago.
  const guard = before === undefined ? { 'if-none-match': '*' } : { 'if-match': before.etag }
  const { status } = await client.send({
    method: 'PUT',
    // By its digest, so that its algorithm is kept: by the tag alone the registry would choose one.
    path: `manifests/${digest}?tag=${reference.tag}`,
    headers: { 'content-type': mediaType, ...guard },
    body: bytes,
    expect: [412],
  })
  if (status === 412) throw movedMeanwhile(reference)
}

function movedMeanwhile({ tag }: RegistryReference): Failure {
  return new Failure(
    `somebody else moved ${tag} meanwhile, and it was left so; see \`lading tag history\` and try again`,
  )
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
