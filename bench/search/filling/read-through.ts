import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** What a server reads when it starts, and never when it is asked. */
const logs = 'pg_wal'

/**
 * Reads all files below a folder, so that the machine has them in memory as one has on which a registry is asked all day: where they
 * were filled long ago they have left it, and what is measured is the disk.
 */
export async function readThrough(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile() && !entry.parentPath.split('/').includes(logs))
  for (const { parentPath, name } of files)
    for await (const _ of createReadStream(join(parentPath, name), { highWaterMark: 1 << 20 }));
}
