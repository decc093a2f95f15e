import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { rmSync } from 'node:fs'

/** What must not outlive this process. */
const children = new Set<ChildProcess>()
const folders = new Set<string>()
const interruptedCode = 130

process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL')
  // A killed process may still be writing for a moment.
  for (const folder of folders)
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
})

/** Ends this process, and with it all that it started, when it is asked to. */
export function endOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => process.exit(interruptedCode))
  }
}

/** As `spawn`; the child is killed, by its id, when this process ends first. */
export function spawnChild(program: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  const child = spawn(program, args, options)
  children.add(child)
  for (const event of ['exit', 'error'] as const) child.once(event, () => children.delete(child))
  return child
}

/** The folder is removed when this process ends before it was removed. */
export function keepTrackOf(folder: string): { forget(): void } {
  folders.add(folder)
  return { forget: () => void folders.delete(folder) }
}
