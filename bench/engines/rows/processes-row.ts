import type { Measured, Row } from '../../session/row.ts'
import { operations } from '../operations/mixed-client.ts'
import { measureTask } from '../run-task.ts'
import { freshBucket, freshDatabase } from '../servers/fresh-places.ts'
import type { Hosted } from '../servers/hosted.ts'
import { type LadingServers, ladingServers } from '../servers/lading-servers.ts'
import type { Shared } from '../servers/shared.ts'
import { figure, nothingToCheck, startTakes } from './figures.ts'
import type { Sizes } from './sizes.ts'

export const oneProcess = 'one process'
export const twoProcesses = 'two processes'
const warmUpTakes = 2

/** `servers`: PostgreSQL and S3. */
export function processesRow({ clients }: Sizes, servers: Shared<Hosted>): Row {
  return {
    name: 'a mixed load, PostgreSQL and S3',
    targets: [twoProcesses, oneProcess],
    about: `${clients} clients, each in a repository of its own: push two blobs and a manifest, ask for and pull all of it, move a tag, list tags, delete one. With two processes each step goes to the other than the one before, and must find what that has answered: one answer that is wrong ends the measurement. Medians of each operation; a blob is pushed by two requests.`,
    figures: operations.map((id) =>
      figure(
        { id, name: id.replaceAll('-', ' '), unit: 'ms', better: 'less' },
        { atMost: 1.2, against: [oneProcess] },
      ),
    ),
    checkTakes: 4 * startTakes,
    takes: (seconds) => startTakes + warmUpTakes + seconds,
    check: nothingToCheck,
    async measure(target, seconds) {
      const { servers: running } = await target.once(() => start(target, servers))
      const [one, other = one] = running
      if (one === undefined || other === undefined) throw new Error('no process was started')
      return await measureTask({ do: 'mixed', origins: [one.origin, other.origin], clients, seconds })
    },
  }
}

async function start({ name }: Measured, servers: Shared<Hosted>): Promise<LadingServers> {
  await using stack = new AsyncDisposableStack()
  const { value: hosted } = stack.use(await servers.lease())
  const database = stack.use(await freshDatabase(hosted))
  const place = await freshBucket(hosted)
  const lading = stack.use(await ladingServers(name === twoProcesses ? 2 : 1, place, database.url))
  const all = stack.move()
  return { servers: lading.servers, [Symbol.asyncDispose]: () => all.disposeAsync() }
}
