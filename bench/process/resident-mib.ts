import { readFile } from 'node:fs/promises'

const kibPerMib = 1024

/** The resident set of a whole process, all its threads, in MiB. Linux only: throws elsewhere. */
export async function residentMib(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]
  if (kib === undefined) throw new Error(`no VmRSS in /proc/${pid}/status`)
  return Number(kib) / kibPerMib
}
