import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import type { OpenSearchServerOptions } from '../../../server/test/kit/servers/opensearch-server.ts'
import type { PostgresqlServerOptions } from '../../../server/test/kit/servers/postgresql-server.ts'
import type { S3Place } from '../task.ts'

export interface WantedServers {
  /** What it acknowledges is on the disk, where nothing else is said. */
  readonly postgresql?: Pick<PostgresqlServerOptions, 'folder' | 'settings' | 'fsync'>
  readonly s3?: true
  readonly redis?: true
  readonly opensearch?: OpenSearchServerOptions
}

/** Where those are that were wanted. */
export interface Addresses {
  /** Of the server's own database, by somebody who may make others. */
  readonly postgresql?: string
  readonly s3?: Omit<S3Place, 'bucket'>
  readonly redis?: string
  readonly opensearch?: string
}

/** Servers in processes below another one. Disposal ends them, and takes away what they kept in folders of their own. */
export interface Hosted extends AsyncDisposable {
  readonly addresses: Addresses
}

const program = join(import.meta.dirname, 'host.ts')

/** Rejects with what was said where one of them does not start. */
export async function hostServers(wanted: WantedServers): Promise<Hosted> {
  const child = spawn(process.execPath, [program, JSON.stringify(wanted)], {
    stdio: ['pipe', 'pipe', 'pipe'],
    // An interruption is for whoever started it, which tells of it by the end of the input.
    detached: true,
  })
  const exited = once(child, 'exit')
  exited.catch(() => {})
  const said = text(child.stderr)
  const end = async (): Promise<void> => {
    child.stdin.end()
    await exited
  }
  const lines = createInterface(child.stdout)
  const line = await Promise.race([
    once(lines, 'line').then(([first]) => String(first)),
    exited.then(async () => Promise.reject(new Error(`servers did not start: ${(await said).trim()}`))),
  ])
  return { addresses: JSON.parse(line) as Addresses, [Symbol.asyncDispose]: end }
}

/** Throws where that was not wanted. */
export function addressOf<Name extends keyof Addresses>(
  { addresses }: Hosted,
  name: Name,
): NonNullable<Addresses[Name]> {
  const address = addresses[name]
  if (address === undefined) throw new Error(`no ${name} was started`)
  return address as NonNullable<Addresses[Name]>
}
