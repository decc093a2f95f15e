import type { Operator, Status } from '../../src/boot/operator.ts'
import type { Progress } from '../../src/core/ledger/progress.ts'
import type { JobRecord } from '../../src/ports/journal/journal.ts'

export const fakeStatus: Status = {
  release: '9.9.9',
  node: '26.0.0',
  pid: 4711,
  startedAt: 0,
  data: '/var/lib/lading',
  schemaVersion: 2,
  total: { bytes: 3, repositories: 1, manifests: 2 },
  namespaces: [{ namespace: 'acme', bytes: 3, repositories: 1, manifests: 2, quota: { bytes: 10 } }],
  jobs: { ready: 1, due: 1, running: 0, dead: 0 },
  uploads: 0,
  trash: { files: 0 },
  damaged: 0,
  unsealed: { entries: 0 },
  hasAccounts: true,
}

type Work = (options: unknown, progress: Progress, signal: AbortSignal) => Promise<unknown>

/** What was asked of an operator, in its order. */
export interface Asked {
  readonly name: string
  readonly options: unknown
}

/** An operator whose work is what a test says; without a word on it, work answers its own name. */
export function fakeOperator(
  works: Readonly<Record<string, Work>> = {},
  dead: readonly JobRecord[] = [],
): { operator: Operator; asked: Asked[] } {
  const asked: Asked[] = []
  const work =
    (name: string): Work =>
    async (options, progress, signal) => {
      asked.push({ name, options })
      return await (works[name]?.(options, progress, signal) ?? { did: name })
    }
  const names = ['gc', 'scrub', 'backup', 'copy', 'export', 'import', 'seed', 'verifyAudit']
  const operations = Object.fromEntries(names.map((name) => [name, work(name)]))
  const jobs: Operator['jobs'] = {
    dead: async () => dead,
    revive: async (ids) => ids.filter((id) => dead.some((job) => job.id === id)).length,
  }
  const setUpLink: Operator['setUpLink'] = async () => {
    asked.push({ name: 'setUpLink', options: undefined })
    return { url: 'http://localhost:7070/setup?token=x', expiresAt: 0 }
  }
  const resetLink: Operator['resetLink'] = async (user, options) => {
    asked.push({ name: 'resetLink', options: { user, ...options } })
    return { url: 'http://localhost:7070/password?token=x', expiresAt: 0 }
  }
  const links = { setUpLink, resetLink }
  const operator = { ...operations, status: async () => fakeStatus, jobs, ...links } as unknown as Operator
  return { operator, asked }
}

/** Work that goes on until it is cut short, and tells when it has begun and when it has ended. */
export function endlessWork(): {
  readonly work: Work
  readonly begun: Promise<void>
  readonly ended: Promise<unknown>
} {
  const begun = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<unknown>()
  return {
    work: (_options, progress, signal) =>
      new Promise((_resolve, reject) => {
        progress({ phase: 'turning', done: 1, unit: 'rows' })
        begun.resolve()
        const stop = (): void => {
          ended.resolve(signal.reason)
          reject(signal.reason)
        }
        if (signal.aborted) stop()
        else signal.addEventListener('abort', stop, { once: true })
      }),
    begun: begun.promise,
    ended: ended.promise,
  }
}
