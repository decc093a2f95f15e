import { readdirSync, readFileSync } from 'node:fs'

const withinMs = 2_000
const betweenLooks = new Int32Array(new SharedArrayBuffer(4))

/**
 * After it the program runs no more until SIGCONT. SIGSTOP reaches the threads of a process one after the other, and one that
 * is on another core may answer meanwhile: where the system tells (Linux), all of them are waited for.
 */
export function stopThreads(pid: number): void {
  process.kill(pid, 'SIGSTOP')
  if (process.platform !== 'linux') return
  const end = performance.now() + withinMs
  while (!allStopped(pid)) {
    if (performance.now() > end) throw new Error(`process ${pid} has not stopped`)
    Atomics.wait(betweenLooks, 0, 0, 1)
  }
}

function allStopped(pid: number): boolean {
  const threads = `/proc/${pid}/task`
  return readdirSync(threads).every((thread) => {
    try {
      const stat = readFileSync(`${threads}/${thread}/stat`, 'latin1')
      // The name before it may have blanks and brackets in it.
      return 'TZX'.includes(stat.charAt(stat.lastIndexOf(')') + 2))
    } catch {
      return true
    }
  })
}
