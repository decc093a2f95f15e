import { RegistryError } from '../../domain/error.ts'
import { parseTag, parseTagOrDigest, type Tag, type TagOrDigest } from '../../domain/tag.ts'
import { requireStillLetIn } from '../../http/visitor.ts'
import { answer } from './answer.ts'
import type { Handle, OciCall } from './call.ts'
import { preconditionOf } from './precondition.ts'

/** "Pushing Manifests", and "Pushing Manifests with Subject". */
export const putManifest: Handle = async (call, { repository, name, argument }) => {
  const { exchange, registry, caller, settings } = call
  const reference = parseTagOrDigest(argument)
  const tags = moreTags(call, reference)
  const expect = preconditionOf(exchange)
  const limit = settings.manifestBytes
  using body = await settings.held.read(
    exchange,
    limit,
    (size) => new RegistryError('manifest-too-large', { size, limit }),
  )
  await requireStillLetIn(exchange, registry.access)
  const result = await registry.manifests.put(caller, {
    repository,
    reference: reference.kind === 'tag' ? reference.tag : reference.digest,
    tags,
    contentType: exchange.header('content-type'),
    bytes: body.bytes,
    expect,
  })
  const headers = [
    'Location',
    `/v2/${name}/manifests/${reference.kind === 'tag' ? result.digest : reference.digest}`,
    'Docker-Content-Digest',
    result.digest,
    'ETag',
    `"${result.digest}"`,
  ]
  if (result.subject !== undefined) headers.push('OCI-Subject', result.subject)
  if (tags.length > 0) headers.push('OCI-Tag', result.tags.join(', '))
  answer(exchange, 201, headers)
}

/** The tags of `?tag=`, which the spec knows for pushes by digest alone. */
function moreTags({ exchange, settings }: OciCall, reference: TagOrDigest): readonly Tag[] {
  if (exchange.search === '') return []
  const tags = [...new Set(exchange.parameters.getAll('tag'))].map(parseTag)
  if (tags.length > 0 && reference.kind === 'tag') {
    throw new RegistryError('parameter-invalid', {
      parameter: 'tag',
      reason: 'it goes with a push by digest',
    })
  }
  if (tags.length > settings.tagsPerPush) {
    throw new RegistryError('too-large', {
      what: 'the number of tags of one push',
      limit: settings.tagsPerPush,
    })
  }
  return tags
}
