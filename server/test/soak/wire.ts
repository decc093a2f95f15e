import { Agent } from 'node:http'
import { type Answer, type Ask, ask } from '../kit/http-client.ts'

/** How often each answer was given, and what should not have come. */
export class Tally {
  readonly answers: Map<string, number> = new Map()
  readonly wrong: string[] = []
  requests = 0

  count(what: string, status: number | 'left'): void {
    this.requests++
    const key = `${what} ${status}`
    this.answers.set(key, (this.answers.get(key) ?? 0) + 1)
  }

  say(what: string): void {
    this.wrong.push(what)
  }
}

/** One client's connection, which stays open. */
export class Wire {
  readonly url: string
  readonly tally: Tally
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 })

  constructor(url: string, tally: Tally) {
    this.url = url
    this.tally = tally
  }

  /** An answer that is not among the expected, or none, is told. undefined: there was none. */
  async send(what: string, request: Ask, expected: readonly number[]): Promise<Answer | undefined> {
    try {
      const answer = await ask(this.url, { ...request, agent: this.#agent })
      this.tally.count(what, answer.status)
      if (!expected.includes(answer.status)) {
        this.tally.say(`${what}: the answer was ${answer.status} ${answer.text().slice(0, 300)}`)
      }
      return answer
    } catch (error) {
      this.tally.say(`${what}: ${error}`)
      return undefined
    }
  }

  close(): void {
    this.#agent.destroy()
  }
}
