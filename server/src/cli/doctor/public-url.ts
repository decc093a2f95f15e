import { exchange } from '../http-exchange.ts'
import { unreachable } from '../unreachable.ts'
import { type Check, ok, type Patient, warning } from './check.ts'

const answerMs = 5000

/** What clients are told to use leads here. Asked only while a server runs. */
export const publicUrlCheck: Check = {
  name: 'public URL',
  async run({ config: { publicUrl }, server }: Patient) {
    if (publicUrl === undefined || server === undefined) return []
    const url = new URL(`${publicUrl}/v2/`)
    try {
      const request = { method: 'GET', headers: {}, authorities: [], timeoutMs: answerMs }
      const { status } = await exchange(url, request)
      if (status === 200 || status === 401) {
        return [ok(`${url.href} answers as a registry`)]
      }
      return [
        warning(
          `${url.href} answers ${status}, and not as a registry`,
          'let the proxy pass /v2/ to Lading with its path unchanged, or correct publicUrl',
        ),
      ]
    } catch (error) {
      return [
        warning(
          unreachable(url, error),
          'see whether the proxy runs and the name leads to it, or correct publicUrl',
        ),
      ]
    }
  },
}
