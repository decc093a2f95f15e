import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { findProgram, type Wanted } from '../process/find-program.ts'
import { freePort } from '../process/free-port.ts'
import { serve } from '../process/serve.ts'
import type { Target } from './target.ts'

const wanted: Wanted = {
  name: 'nginx',
  variable: 'LADING_PEER_NGINX',
  inPath: true,
  versionArgs: ['-v'],
  version: /nginx\/(\S+)/,
  howToGet: 'LADING_PEER_NGINX names no program, and none is in the path: apt-get install nginx-light',
}

export const nginx: Target = {
  name: 'nginx',
  about: 'one process that sends the file with sendfile and knows nothing of registries',
  async find(env) {
    const found = await findProgram(wanted, env)
    if ('missing' in found) return found
    return {
      version: found.version,
      async start(folder) {
        const port = await freePort()
        const config = join(folder, 'nginx.conf')
        await mkdir(join(folder, 'data'), { recursive: true })
        await writeFile(config, configFor(folder, port))
        const args = ['-p', folder, '-e', join(folder, 'error.log'), '-c', config]
        return await serve({ program: found.path, args, folder, port })
      },
      async seed({ folder }, { repository, large }) {
        const path = join(folder, 'data/v2', repository, 'blobs', large.digest)
        await mkdir(dirname(path), { recursive: true })
        await writeFile(path, large.bytes)
      },
    }
  },
}

/** One process, in the foreground, that writes nothing outside of its folder. */
function configFor(folder: string, port: number): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  return `daemon off;
master_process off;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
events { worker_connections 256; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  default_type application/octet-stream;
${temporary.map((name) => `  ${name}_temp_path ${folder}/${name};`).join('\n')}
  server {
    listen 127.0.0.1:${port};
    root ${folder}/data;
  }
}
`
}
