import { digestOf } from '../../../conformance/kit/image.ts'
import type { Reply, Wire } from './wire.ts'
import type { World } from './world.ts'

export interface Check {
  readonly world: World
  readonly wire: Wire
  /** Keys of manifests and holdings that are there whole. */
  readonly there: Set<string>
}

export async function read({ world, wire }: Check, path: string, allowed: readonly number[]): Promise<Reply> {
  const reply = await wire.send({ path })
  if (reply === undefined) throw new Error(`no answer to GET ${path}: ${wire.silence}`)
  if (!allowed.includes(reply.status)) {
    world.say(`GET ${path}: ${reply.status} ${reply.body.toString().slice(0, 300)}`)
  }
  return reply
}

/** What was seen, which must be possible. */
export function observe({ world }: Check, key: string, value: string): void {
  const possible = [...world.registers.possible(key)]
  if (world.registers.observe(key, value)) return
  world.say(
    `${key} is ${value === '' ? 'not there' : value}; it must be ${possible.map((one) => one || 'gone').join(' or ')}`,
  )
}

/** False: not there. Bytes of another digest are told, and are not there either. */
export async function hasContent(check: Check, path: string, digest: string): Promise<boolean> {
  const { status, body } = await read(check, path, [200, 404])
  if (status !== 200) return false
  const isWhole = digestOf(body) === digest
  if (!isWhole) check.world.say(`GET ${path}: other bytes`)
  return isWhole
}
