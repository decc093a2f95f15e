import { open, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { type Check, ok, warning } from './check.ts'

const tries = 5
/** Each push waits for about three. */
const slowMs = 50

/** How long the disk takes to keep a small write. `flush` answers ms. */
export function flushTimeCheck(flush: (folder: string) => Promise<number> = flushOnce): Check {
  return {
    name: 'flush time',
    async run({ config: { data }, hasRecords }) {
      if (!hasRecords) return []
      const times: number[] = []
      for (let count = 0; count < tries; count++) times.push(await flush(data))
      const usual = times.sort((a, b) => a - b)[Math.floor(tries / 2)] ?? 0
      const said = `the disk takes ${usual < 10 ? usual.toFixed(1) : Math.round(usual)} ms to keep a small write`
      if (usual < slowMs) return [ok(said)]
      return [
        warning(
          `${said}, and every push waits for several`,
          'see what else writes to it (iostat -x 1), or put the data folder on a faster disk',
        ),
      ]
    },
  }
}

async function flushOnce(folder: string): Promise<number> {
  const path = join(folder, `doctor-${process.pid}.tmp`)
  const handle = await open(path, 'w')
  try {
    await handle.write(new Uint8Array(4096))
    const begun = performance.now()
    await handle.sync()
    return performance.now() - begun
  } finally {
    await handle.close()
    await unlink(path)
  }
}
