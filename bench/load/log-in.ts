import type { Ask } from './exchange.ts'
import type { Done, Plan } from './plan.ts'
import { RawConnection } from './raw-connection.ts'

/**
 * Each client logs in again and again: first with a wrong password, then each time as somebody who has not done so yet, since a
 * password that was right is remembered. It ends early where nobody is left.
 */
export async function logIn({
  origin,
  clients,
  seconds,
  users: { prefix, first, count, password },
}: Extract<Plan, { kind: 'log-in' }>): Promise<Done> {
  const connections = Array.from({ length: clients }, () => new RawConnection(origin))
  const url = new URL('/v2/', origin)
  let next = 0
  const take = (): string | undefined => (next < count ? `${prefix}${first + next++}` : undefined)
  const expect = async (
    ask: Ask,
    [user, shown]: readonly [string, string],
    status: number,
  ): Promise<void> => {
    const authorization = `Basic ${Buffer.from(`${user}:${shown}`).toString('base64')}`
    const answer = await ask({ method: 'GET', url, headers: { authorization } })
    if (answer.status !== status) throw new Error(`${user} was answered ${answer.status}, not ${status}`)
  }
  try {
    await Promise.all(
      connections.map(({ ask }, at) =>
        expect(ask, [`${prefix}${first + (at % count)}`, `${password} not`], 401),
      ),
    )
    const begun = performance.now()
    const until = begun + seconds * 1000
    const counts = await Promise.all(
      connections.map(async ({ ask }) => {
        let times = 0
        do {
          const user = take()
          if (user === undefined) return times
          await expect(ask, [user, password], 200)
          times += 1
        } while (performance.now() < until)
        return times
      }),
    )
    const times = counts.reduce((sum, each) => sum + each, 0)
    return { times, bytes: 0, seconds: (performance.now() - begun) / 1000 }
  } finally {
    for (const connection of connections) connection.close()
  }
}
