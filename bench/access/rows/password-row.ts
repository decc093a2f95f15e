import { below, figure, startTakes } from '../../engines/rows/figures.ts'
import { freshFolder } from '../../process/folder.ts'
import type { Row } from '../../session/row.ts'
import { measureTask, runTask } from '../run-task.ts'
import { argon2Name, ladingName } from '../targets.ts'
import type { Sizes } from './sizes.ts'

const clients = 16
/** Around the hash: the question who that is, and how often it was asked. */
const most = 1.25
/** Seconds of one check, roughly. */
const checkTakes = 0.05

export function passwordRow({ people, checks }: Sizes): Row {
  return {
    name: `password check, ${clients} logins at once`,
    targets: [ladingName, argon2Name],
    about: `Accounts with passwords by argon2id at the cost that Lading makes hashes with, each of which logs in once, since a password that was right is remembered. \`one check\` is of ${checks} that come one after the other. Then ${clients} clients in another process log in again and again by HTTP, all of them at one thread, each with a wrong password first; the event loop is that thread's: for so long somebody else's request waits. The other target computes the same hash by node:crypto, two at once as one thread of Lading does, and does nothing else.`,
    figures: [
      figure({ id: 'loop', name: 'event loop, p99', unit: 'ms', better: 'less' }, below(10)),
      figure(
        { id: 'check', name: 'one check', unit: 'ms', better: 'less' },
        { atMost: most, against: [argon2Name] },
      ),
      figure({ id: 'rate', name: 'rate', unit: 'checks/s', better: 'more' }),
    ],
    checkTakes: startTakes,
    takes: (seconds) => startTakes + 2 * checks * checkTakes + seconds,
    check: async () => undefined,
    async measure({ name, once }, seconds) {
      if (name === argon2Name) return await measureTask({ do: 'argon2', checks, seconds })
      const { path: folder } = await once(async () => {
        const made = await freshFolder()
        await runTask({ do: 'fill-people', folder: made.path, count: people })
        return made
      })
      return await measureTask({ do: 'login', folder, people, clients, checks, seconds })
    },
  }
}
