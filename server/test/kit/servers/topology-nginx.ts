import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installedTool, type Tool } from '../../../../conformance/kit/tool.ts'
import { freePort } from './free-port.ts'
import { startProgram } from './program.ts'

/** A real nginx, by the configuration that is given to operators. Disposal ends it. */
export interface Nginx extends AsyncDisposable {
  readonly url: string
  /** Where it keeps bodies that it does not pass on at once. */
  readonly bodies: string
  output(): string
}

export const nginxTool: Tool = sbin(installedTool('nginx'))

const deployed = join(import.meta.dirname, '../../../../deploy/nginx.conf')

/** In front of servers at `host:port`, in the place of those that the configuration names. */
export async function startNginx(servers: readonly string[]): Promise<Nginx> {
  const folder = await mkdtemp(join(tmpdir(), 'lading-nginx-'))
  const port = await freePort()
  const bodies = join(folder, 'bodies')
  const names = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  const places = names.map(
    (name) => `${name}_temp_path ${name === 'client_body' ? bodies : join(folder, name)};`,
  )
  let text = await readFile(deployed, 'utf8')
  const replace = (from: string, to: string): void => {
    const before = text
    text = text.replaceAll(from, to)
    if (text === before) throw new Error(`the configuration of nginx has no ${from}`)
  }
  for (const [at, server] of servers.entries()) replace(`lading-${at + 1}:7070`, server)
  replace('listen 7070;', `listen 127.0.0.1:${port};`)
  replace('/tmp/nginx.pid', join(folder, 'nginx.pid'))
  replace('http {', `http {\n  ${places.join('\n  ')}`)
  // As root its workers would be somebody who may not enter the folder.
  if (process.getuid?.() === 0) text = `user root;\n${text}`
  const path = join(folder, 'nginx.conf')
  await writeFile(path, text)
  try {
    const args = ['-p', folder, '-e', 'stderr', '-c', path, '-g', 'daemon off;']
    const program = await startProgram({ path: nginxTool.path, args, cwd: folder, port })
    return {
      url: `http://127.0.0.1:${port}`,
      bodies,
      output: () => program.output(),
      [Symbol.asyncDispose]: async () => {
        await program.stop()
        await rm(folder, { recursive: true, force: true })
      },
    }
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

/** Debian keeps it where a user's PATH may not lead. */
function sbin(tool: Tool): Tool {
  if (tool.skip === false) return tool
  const path = '/usr/sbin/nginx'
  return existsSync(path) ? { ...tool, path, skip: false } : tool
}
