import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.ts'
import { type Program, startProgram } from './program.ts'

/** An OpenSearch of one node, on 127.0.0.1 alone. Disposal ends it and takes its data away. */
export interface OpenSearchServer extends AsyncDisposable {
  readonly port: number
  readonly url: string
  readonly pid: number
  /** The end of what the server has written. */
  output(): string
  /** Without a chance to tidy up. */
  kill(): Promise<void>
  /** On the same port and the same data, where it is not there already. */
  start(): Promise<void>
  /** It is there, and does nothing. */
  freeze(): void
  thaw(): void
}

export interface OpenSearchServerOptions {
  /** Of data that outlives the server: filled where it is empty, and left as it is in the end. */
  readonly folder?: string
  /** MiB of memory for it; 512 where nothing is said. */
  readonly heap?: number
  /** Its Java compiles what is used much as well as it can, which makes starts slow. */
  readonly isLasting?: boolean
}

const root = join(import.meta.dirname, '../../../..')
const { LADING_TOOLS_DIR = join(root, '.cache/tools') } = process.env
const folder = join(LADING_TOOLS_DIR, 'opensearch')

/** False where it can be started, or why not. */
export const openSearchSkip: string | false = existsSync(join(folder, 'made-of'))
  ? false
  : 'OpenSearch is not installed: run conformance/install-opensearch'

/** Three seconds of processor time, which on a machine that others keep busy take long. */
const readyMs = 180_000
/** Of one question whether it is ready. */
const answerMs = 5_000

/** MiB. It starts with a quarter of that, and refuses what would not fit into it. */
const usualHeap = 512

const javaOptions = ({ heap = usualHeap, isLasting = false }: OpenSearchServerOptions): readonly string[] => [
  `-Xms${heap / 2}m`,
  `-Xmx${heap}m`,
  '-XX:+UseSerialGC',
  // What makes long runs fast makes starts slow.
  ...(isLasting ? [] : ['-XX:TieredStopAtLevel=1']),
  '-Xshare:auto',
  `-XX:SharedArchiveFile=${join(folder, 'classes.jsa')}`,
  // Where they were kept by another Java, it would warn, and starts without them.
  '-Xlog:disable',
  '-Xlog:all=error:stderr',
]

export async function startOpenSearchServer(
  options: OpenSearchServerOptions = {},
): Promise<OpenSearchServer> {
  const data = options.folder ?? (await mkdtemp(join(tmpdir(), 'lading-opensearch-')))
  await mkdir(data, { recursive: true })
  const [port, transportPort] = [await freePort(), await freePort()]
  const url = `http://127.0.0.1:${port}`
  const classes = `${join(folder, 'lib')}/*`
  const args = [
    ...javaOptions(options),
    '-cp',
    classes,
    'OpenSearchServer',
    data,
    String(port),
    String(transportPort),
  ]
  const start = (): Promise<Program> =>
    startProgram({ path: 'java', args, cwd: data, readyMs, ready: () => isReady(url) })
  const end = async (): Promise<void> => {
    if (options.folder !== undefined) return await program?.stop()
    // One that was frozen hears nothing else.
    await program?.kill()
    await rm(data, { recursive: true, force: true })
  }
  let program: Program | undefined
  try {
    program = await start()
  } catch (error) {
    await end()
    throw error
  }
  const running = (): Program => {
    if (program === undefined) throw new Error('OpenSearch was killed, and not started again')
    return program
  }
  return {
    port,
    url,
    get pid() {
      return running().pid
    },
    output: () => running().output(),
    kill: async () => {
      await program?.kill()
      program = undefined
    },
    start: async () => {
      program ??= await start()
    },
    freeze: () => running().signal('SIGSTOP'),
    thaw: () => running().signal('SIGCONT'),
    [Symbol.asyncDispose]: end,
  }
}

/** Every index has a shard that takes writes, those that were there before the start included. */
async function isReady(url: string): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(answerMs)
    const answer = await fetch(`${url}/_cluster/health?wait_for_status=yellow&timeout=4s`, { signal })
    await answer.body?.cancel()
    return answer.ok
  } catch {
    return false
  }
}
