import { RegistryError } from '../../domain/error.ts'
import type { DirectoryReader } from '../../ports/directory/directory.ts'

/** A file in memory; undefined where there is none. @throws RegistryError `too-large` */
export async function readWhole(
  from: DirectoryReader,
  path: string,
  limit: number,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  await using file = await from.open(path, signal)
  if (file === undefined) return undefined
  if (file.size > limit) throw new RegistryError('too-large', { what: path, limit })
  const chunks: Uint8Array[] = []
  for await (const chunk of file.bytes) chunks.push(Uint8Array.from(chunk))
  return Buffer.concat(chunks)
}
