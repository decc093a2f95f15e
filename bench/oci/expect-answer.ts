import { type Asking, exchange, oneConnection } from '../load/exchange.ts'
import { WrongAnswer } from '../session/row.ts'
import { digestOf } from './content.ts'

export interface Wanted {
  readonly digest?: string
  readonly length: number
}

/** Asks once and throws WrongAnswer where status, length or bytes are not what they should be. */
export async function expectAnswer(asking: Asking, { digest, length }: Wanted): Promise<void> {
  const agent = oneConnection()
  try {
    const { status, headers, body } = await exchange(agent, asking)
    const what = `${asking.method} ${asking.url.pathname}`
    if (status !== 200) throw new WrongAnswer(`${what}: ${status}, not 200`)
    if (Number(headers['content-length']) !== length) {
      throw new WrongAnswer(`${what}: content-length ${headers['content-length']}, not ${length}`)
    }
    if (digest !== undefined && digestOf(body) !== digest) throw new WrongAnswer(`${what}: other bytes`)
  } finally {
    agent.destroy()
  }
}

/** Throws WrongAnswer where the registry does not say that it is one (distribution-spec "Determining Support"). */
export async function expectPing(origin: string): Promise<void> {
  const agent = oneConnection()
  try {
    const { status } = await exchange(agent, { method: 'GET', url: new URL('/v2/', origin) })
    if (status !== 200) throw new WrongAnswer(`GET /v2/: ${status}, not 200`)
  } finally {
    agent.destroy()
  }
}
