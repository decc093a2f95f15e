import { mkdtemp, rm, symlink, unlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'

/** The least that a system takes for the name of a socket, its NUL left out: macOS 103 bytes, Linux 107. */
const socketNameBytes = 103
/** The way of a temporary folder whose own name leaves room for what is made in it. */
const shortestTemporary = '/tmp'
const roomInTemporary = 40

/**
 * Calls `use` with a name of the file that is short enough for a socket: its own, or one by way of a link to its folder,
 * which is gone afterwards. So the socket stands in the folder that protects it, however long that folder's name is.
 */
export async function atShortPath<T>(path: string, use: (short: string) => Promise<T>): Promise<T> {
  if (Buffer.byteLength(path) <= socketNameBytes) return await use(path)
  const temporary = tmpdir().length + roomInTemporary <= socketNameBytes ? tmpdir() : shortestTemporary
  const own = await mkdtemp(join(temporary, 'lading-'))
  try {
    const link = join(own, 'd')
    await symlink(dirname(path), link)
    return await use(join(link, basename(path))).finally(() => unlink(link))
  } finally {
    await rm(own, { recursive: true, force: true })
  }
}
