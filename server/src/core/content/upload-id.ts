import { createHmac, timingSafeEqual } from 'node:crypto'
import { RegistryError } from '../../domain/error.ts'
import type { RepositoryName } from '../../domain/repository-name.ts'

/**
 * An upload's id: a UUID, the time of its beginning in base 36, and a signature over both and the repository. It lets
 * a session begin without a row, and nobody append to an upload that was not begun here. It never names a file.
 */
export function makeUploadId(
  key: Uint8Array,
  uuid: string,
  repository: RepositoryName,
  begunAt: number,
): string {
  const body = `${uuid}.${begunAt.toString(36)}`
  return `${body}.${sign(key, body, repository)}`
}

const form = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([0-9a-z]{1,11})\.([A-Za-z0-9_-]{22})$/

/** When the upload was begun (ms since 1970). @throws RegistryError `upload-unknown`: not here, or for another repository. */
export function readUploadId(
  key: Uint8Array,
  id: string,
  repository: RepositoryName,
): { readonly begunAt: number } {
  const match = form.exec(id)
  const unknown = new RegistryError('upload-unknown', { upload: id })
  if (match === null) throw unknown
  const [, uuid = '', time = '', signature = ''] = match
  const expected = sign(key, `${uuid}.${time}`, repository)
  if (!timingSafeEqual(Buffer.from(expected), Buffer.from(signature))) throw unknown
  return { begunAt: Number.parseInt(time, 36) }
}

function sign(key: Uint8Array, body: string, repository: RepositoryName): string {
  return createHmac('sha256', key)
    .update(`${body}\n${repository}`)
    .digest()
    .subarray(0, 16)
    .toString('base64url')
}
