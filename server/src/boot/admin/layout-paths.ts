import type { Stats } from 'node:fs'
import { stat } from 'node:fs/promises'
import { dirname, extname } from 'node:path'
import { RegistryError } from '../../domain/error.ts'

export function isArchive(path: string): boolean {
  return path.endsWith('.tar')
}

/** What says of itself to be an archive, and is no plain one. */
const otherArchives: ReadonlySet<string> = new Set(['.tgz', '.gz', '.zst', '.xz', '.bz2', '.zip', '.oci'])

/** Something that an image layout may be read from. @throws RegistryError `parameter-invalid` */
export async function requireLayoutPath(parameter: string, path: string): Promise<void> {
  const found = await foundAt(parameter, path)
  if (found === undefined) throw invalid(parameter, `there is nothing at ${path}`)
  if (found.isDirectory() || isArchive(path)) return
  const reason = otherArchives.has(extname(path))
    ? `${path} is no plain archive: unpack it first, into a folder or a file whose name ends on .tar`
    : `${path} is neither a folder nor a file whose name ends on .tar`
  throw invalid(parameter, reason)
}

/** A place for a new folder, or a new file in a folder that is there. @throws RegistryError `parameter-invalid` */
export async function requireNewLayoutPath(parameter: string, path: string): Promise<void> {
  if (otherArchives.has(extname(path))) {
    throw invalid(
      parameter,
      `no archive is written as ${extname(path)}: end the name on .tar, or name a folder without it`,
    )
  }
  const found = await foundAt(parameter, path)
  if (found === undefined && isArchive(path) && (await foundAt(parameter, dirname(path))) === undefined) {
    throw invalid(parameter, `there is no folder ${dirname(path)}: make it first`)
  }
}

/** A folder, or nothing yet. @throws RegistryError `parameter-invalid` */
export async function requireFolder(parameter: string, path: string): Promise<void> {
  const found = await foundAt(parameter, path)
  if (found?.isDirectory() === false) throw invalid(parameter, `${path} is not a folder`)
}

async function foundAt(parameter: string, path: string): Promise<Stats | undefined> {
  try {
    return await stat(path)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    const reason =
      code === 'ENOTDIR'
        ? `${path} is below something that is not a folder`
        : `${path} cannot be used: ${message}`
    throw invalid(parameter, reason)
  }
}

function invalid(parameter: string, reason: string): RegistryError<'parameter-invalid'> {
  return new RegistryError('parameter-invalid', { parameter, reason })
}
