import { existsSync } from 'node:fs'
import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type PostgresqlServer, startPostgresqlServer } from './postgresql-server.ts'

/** A primary, and a server that follows it. */
export interface PostgresqlPair extends AsyncDisposable {
  readonly primary: PostgresqlServer
  readonly replica: PostgresqlServer
  /** The replica takes in nothing of what it receives until `resume`. */
  pause(): Promise<void>
  resume(): Promise<void>
  /** The replica becomes a primary of its own. */
  promote(): Promise<void>
}

/** Debian's: the programs of the npm package lack `pg_basebackup`. */
const bin = '/usr/lib/postgresql/15/bin'

/** False where a pair can be started, or why not. */
export const postgresqlPairSkip: string | false = existsSync(join(bin, 'pg_basebackup'))
  ? false
  : 'pg_basebackup is not installed: the package postgresql-15 has it'

export async function startPostgresqlPair(): Promise<PostgresqlPair> {
  const primary = await startPostgresqlServer({ bin, settings: ['wal_level=replica', 'max_wal_senders=4'] })
  try {
    await appendFile(join(primary.folder, 'pg_hba.conf'), 'host replication all 127.0.0.1/32 trust\n')
    await primary.query('SELECT pg_reload_conf()')
    const from = ['-h', primary.host, '-p', String(primary.port), '-U', primary.user]
    const replica = await startPostgresqlServer({
      bin,
      settings: ['hot_standby=on', 'wal_receiver_status_interval=1s'],
      fill: (runAs, folder) =>
        runAs('pg_basebackup', [...from, '-D', folder, '-R', '-X', 'stream', '-c', 'fast', '--no-sync']),
    })
    return {
      primary,
      replica,
      pause: async () => {
        await replica.query('SELECT pg_wal_replay_pause()')
      },
      resume: async () => {
        await replica.query('SELECT pg_wal_replay_resume()')
      },
      promote: async () => {
        await replica.query('SELECT pg_promote()')
      },
      [Symbol.asyncDispose]: async () => {
        await replica[Symbol.asyncDispose]()
        await primary[Symbol.asyncDispose]()
      },
    }
  } catch (error) {
    await primary[Symbol.asyncDispose]()
    throw error
  }
}
