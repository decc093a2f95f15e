import { createHash, randomUUID } from 'node:crypto'
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { createServer, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { isMainThread, Worker, workerData } from 'node:worker_threads'
import { answersFile, type Ready } from './bare.ts'
import { WriteBehind } from './write-behind.ts'

/** The program that shows how fast a registry without a registry would be. */
export interface BareOptions {
  readonly port: number
  readonly threads: number
  /** What becomes of bodies: written as they come, or written while the next bytes come, or forgotten. */
  readonly bodies: 'written' | 'written behind' | 'forgotten'
}

const folder = process.cwd()
const data = join(folder, 'data')
const { port, threads, bodies } = options()
const answers = new Map<string, { headers: OutgoingHttpHeaders; body: Buffer }>()

createServer({ noDelay: true }, (request, response) => {
  const { method = '', url = '' } = request
  if (method === 'GET' || method === 'HEAD') read(method, url, response)
  else void write(request, response).catch((error: unknown) => response.destroy(error as Error))
}).listen({ port, host: '127.0.0.1', reusePort: threads > 1 }, () => {
  if (!isMainThread) return
  const workerData: BareOptions = { port, threads, bodies }
  for (let thread = 1; thread < threads; thread++) new Worker(import.meta.filename, { workerData })
})

function options(): BareOptions {
  return (isMainThread ? JSON.parse(process.argv[2] ?? '') : workerData) as BareOptions
}

function read(method: string, url: string, response: ServerResponse): void {
  const answer = answers.get(url) ?? lateAnswer(url)
  if (answer !== undefined) {
    response.writeHead(200, answer.headers)
    response.end(method === 'GET' ? answer.body : undefined)
    return
  }
  const file = fileOf(url)
  if (!existsSync(file)) {
    response.writeHead(url === '/v2/' ? 200 : 404, { 'content-length': 0 }).end()
    return
  }
  response.writeHead(200, { 'content-length': statSync(file).size })
  void pipeline(createReadStream(file), response).catch(() => response.destroy())
}

/** The answers are written after the start, before the first question for them. */
function lateAnswer(url: string): ReturnType<typeof answers.get> {
  const path = join(folder, answersFile)
  if (answers.size === 0 && existsSync(path)) {
    for (const { path: at, headers, body } of JSON.parse(readFileSync(path, 'utf8')) as Ready[]) {
      answers.set(at, { headers, body: Buffer.from(body, 'base64') })
    }
  }
  return answers.get(url)
}

async function write(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost')
  if (request.method === 'POST') {
    request.resume()
    response.writeHead(202, { location: `${pathname}${randomUUID()}`, 'content-length': 0 }).end()
    return
  }
  if (bodies === 'forgotten') {
    request.resume().on('end', () => response.writeHead(201, { 'content-length': 0 }).end())
    return
  }
  const wanted = searchParams.get('digest')
  const digest = await hashAndKeep(
    request,
    fileOf(wanted === null ? pathname : pathname.replace(/uploads\/[^/]*$/, wanted)),
  )
  const status = wanted !== null && wanted !== digest ? 400 : 201
  response.writeHead(status, { 'docker-content-digest': digest, 'content-length': 0 }).end()
}

/** Named after the path that it is read by, which every thread knows. */
function fileOf(path: string): string {
  return join(data, encodeURIComponent(path))
}

/** The file and its place in the folder are on the disk when this has answered. */
async function hashAndKeep(bytes: AsyncIterable<Buffer>, file: string): Promise<string> {
  const hash = createHash('sha256')
  await using handle = await open(file, 'w')
  if (bodies === 'written behind') {
    const behind = new WriteBehind(handle)
    for await (const chunk of bytes) {
      const full = behind.add(chunk)
      hash.update(chunk)
      if (full !== undefined) await full
    }
    await behind.end()
  } else {
    for await (const chunk of bytes) {
      hash.update(chunk)
      await handle.writeFile(chunk)
    }
  }
  await handle.sync()
  await using parent = await open(data, 'r')
  await parent.sync()
  return `sha256:${hash.digest('hex')}`
}
