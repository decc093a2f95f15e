import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { clientCredentialsFile } from '../config/environment-names.ts'
import { Failure } from './failure.ts'
import type { World } from './world.ts'

/** What `lading login` has got for one registry. */
export interface KeptKey {
  readonly user: string
  readonly key: string
  readonly id: string
}

type Kept = Readonly<Record<string, KeptKey>>

/** By the registry's host, with its port. undefined: nobody has logged in there. @throws Failure */
export function keptKey({ input }: World, host: string): KeptKey | undefined {
  const path = clientCredentialsFile(input.env)
  const kept = path === undefined ? {} : read(path)
  return Object.hasOwn(kept, host) ? kept[host] : undefined
}

/** `undefined` takes it away. The file is its owner's alone. @throws Failure */
export function keepKey({ input }: World, host: string, key: KeptKey | undefined): void {
  const path = clientCredentialsFile(input.env)
  if (path === undefined)
    throw new Failure(
      'there is nowhere to keep the key: set HOME, or LADING_CREDENTIALS to a file; or say --print',
    )
  const { [host]: _, ...others } = read(path)
  const kept: Kept = key === undefined ? others : { ...others, [host]: key }
  const next = `${path}.${process.pid}.next`
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    writeFileSync(next, `${JSON.stringify(kept, null, 2)}\n`, { mode: 0o600, flag: 'wx' })
    renameSync(next, path)
  } catch (error) {
    rmSync(next, { force: true })
    throw new Failure(`${path} cannot be written (${textOf(error)})`, undefined, { cause: error })
  }
}

function read(path: string): Kept {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as { readonly code?: string }).code === 'ENOENT') return {}
    throw new Failure(`${path} cannot be read (${textOf(error)})`, undefined, { cause: error })
  }
  try {
    const parsed: unknown = JSON.parse(text)
    if (typeof parsed === 'object' && parsed !== null && Object.values(parsed).every(isKept))
      return parsed as Kept
  } catch {
    // Said below: what stands there may be a key.
  }
  throw new Failure(`${path} is not what lading login has written; remove it, and log in again`)
}

function isKept(value: unknown): value is KeptKey {
  if (typeof value !== 'object' || value === null) return false
  const { user, key, id } = value as Readonly<Record<string, unknown>>
  return [user, key, id].every((one) => typeof one === 'string')
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
