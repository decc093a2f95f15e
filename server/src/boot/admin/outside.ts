import { realpath } from 'node:fs/promises'
import { basename, dirname, join, resolve, sep } from 'node:path'
import { RegistryError } from '../../domain/error.ts'

/**
 * Refuses a place to write to that is the data folder, in it, or above it, by whatever links: what is written there would
 * be taken for a part of the registry, or be mixed with it. @throws RegistryError `parameter-invalid`
 */
export async function requireOutside(data: string, parameter: string, path: string): Promise<void> {
  const [own, wanted] = await Promise.all([realPlace(resolve(data)), realPlace(resolve(path))])
  if (!isWithin(own, wanted) && !isWithin(wanted, own)) return
  const reason = `${path} is ${how(own, wanted)} the data folder ${data}: name a place outside it, best on another disk`
  throw new RegistryError('parameter-invalid', { parameter, reason })
}

function how(own: string, wanted: string): string {
  if (own === wanted) return 'itself'
  return isWithin(own, wanted) ? 'in' : 'above'
}

function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`)
}

/** Also of what is not there yet. */
async function realPlace(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    if (!missing || dirname(path) === path) throw error
    return join(await realPlace(dirname(path)), basename(path))
  }
}
