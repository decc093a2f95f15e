import { createHash, randomUUID } from 'node:crypto'
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { createServer, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { answersFile, type Ready } from './bare.ts'

/** The program that shows how fast a registry without a registry would be. Its one argument is the port. */

const folder = process.cwd()
const data = join(folder, 'data')
const answers = new Map<string, { headers: OutgoingHttpHeaders; body: Buffer }>()
/** Where the bytes of a path are, of what was pushed. */
const files = new Map<string, string>()

createServer((request, response) => {
  const { method = '', url = '' } = request
  if (method === 'GET' || method === 'HEAD') read(method, url, response)
  else void write(request, response).catch((error: unknown) => response.destroy(error as Error))
}).listen(Number(process.argv[2]), '127.0.0.1')

function read(method: string, url: string, response: ServerResponse): void {
  const answer = answers.get(url) ?? lateAnswer(url)
  if (answer !== undefined) {
    response.writeHead(200, answer.headers)
    response.end(method === 'GET' ? answer.body : undefined)
    return
  }
  const file = files.get(url)
  if (file === undefined) {
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
  const file = join(data, randomUUID())
  const digest = await hashAndKeep(request, file)
  const wanted = searchParams.get('digest')
  if (wanted !== null && wanted !== digest) {
    response.writeHead(400, { 'content-length': 0 }).end()
    return
  }
  files.set(wanted === null ? pathname : pathname.replace(/uploads\/[^/]*$/, digest), file)
  response.writeHead(201, { 'docker-content-digest': digest, 'content-length': 0 }).end()
}

/** The file and its place in the folder are on the disk when this has answered. */
async function hashAndKeep(bytes: AsyncIterable<Buffer>, file: string): Promise<string> {
  const hash = createHash('sha256')
  await using handle = await open(file, 'wx')
  for await (const chunk of bytes) {
    hash.update(chunk)
    await handle.writeFile(chunk)
  }
  await handle.sync()
  await using parent = await open(data, 'r')
  await parent.sync()
  return `sha256:${hash.digest('hex')}`
}
