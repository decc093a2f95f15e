import { readFile } from 'node:fs/promises'

const bytesPerKib = 1024
const bytesPerMb = 1e6

/** The resident set of a whole process, all its threads, in MB of 10^6 bytes. Linux only: throws elsewhere. */
export async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]
  if (kib === undefined) throw new Error(`no VmRSS in /proc/${pid}/status`)
  return (Number(kib) * bytesPerKib) / bytesPerMb
}
