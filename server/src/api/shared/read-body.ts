import { RegistryError } from '../../domain/error.ts'
import { namingNearest } from '../../domain/nearest.ts'
import { parseTimestamp } from '../../domain/rfc3339.ts'
import { isJsonObject, type JsonObject, memberOf, parseStrictJson } from '../../domain/strict-json.ts'
import { readBody } from '../../http/body.ts'
import type { Exchange } from '../../http/exchange.ts'
import type { ApiBody } from './route.ts'

const deepest = 8
/** Items of a list. */
const mostItems = 100
/** Of a name that nobody knows so much is said again. */
const shownName = 40

/** @throws RegistryError `parameter-invalid`, `too-large`: its members are in a message by their paths, such as `scopes/0/kind` */
export async function readApiBody(
  exchange: Exchange,
  known: readonly string[],
  limit: number,
): Promise<ApiBody> {
  const type = exchange.header('content-type') ?? ''
  // What a page of somebody else's can send without asking is none of these types.
  if (!/^application\/json\s*(?:;|$)/i.test(type))
    throw invalid('body', 'it is to be a JSON object, sent as Content-Type: application/json')
  const bytes = await readBody(
    exchange,
    limit,
    () => new RegistryError('too-large', { what: 'the body', limit }),
  )
  const parsed = parseStrictJson(bytes, deepest)
  if (!parsed.ok) throw invalid('body', parsed.reason)
  return bodyOf(parsed.value, known, '')
}

function bodyOf(value: unknown, known: readonly string[], path: string): ApiBody {
  const where = path === '' ? 'body' : path.slice(0, -1)
  if (!isJsonObject(value)) throw invalid(where, 'it is no JSON object')
  for (const name of Object.keys(value)) {
    if (known.includes(name)) continue
    const shown = name.length > shownName ? `${name.slice(0, shownName)}…` : name
    throw invalid(
      `${path}${shown}`,
      `there is no such member${namingNearest(name, known) || `; there are ${known.join(', ')}`}`,
    )
  }
  return new Members(value, path)
}

class Members implements ApiBody {
  readonly #object: JsonObject
  readonly #path: string

  constructor(object: JsonObject, path: string) {
    this.#object = object
    this.#path = path
  }

  text(name: string): string | undefined {
    const value = memberOf(this.#object, name)
    if (value === undefined || typeof value === 'string') return value
    throw invalid(this.#path + name, 'it is no text')
  }

  requiredText(name: string): string {
    const value = this.text(name)
    if (value !== undefined) return value
    throw invalid(this.#path + name, 'it is missing')
  }

  flag(name: string): boolean | undefined {
    const value = memberOf(this.#object, name)
    if (value === undefined || typeof value === 'boolean') return value
    throw invalid(this.#path + name, 'it is neither true nor false')
  }

  texts(name: string): readonly string[] | undefined {
    return this.#items(name)?.map((item, at) => {
      if (typeof item === 'string') return item
      throw invalid(`${this.#path}${name}/${at}`, 'it is no text')
    })
  }

  time(name: string): number | undefined {
    const text = this.text(name)
    return text === undefined ? undefined : parseTimestamp(text, this.#path + name)
  }

  whole(name: string): number | null | undefined {
    const value = Object.hasOwn(this.#object, name) ? this.#object[name] : undefined
    if (value === undefined || value === null) return value
    if (typeof value === 'number' && Number.isSafeInteger(value)) return value
    throw invalid(this.#path + name, 'it is no whole number')
  }

  object(name: string, known: readonly string[]): ApiBody | undefined {
    const value = memberOf(this.#object, name)
    return value === undefined ? undefined : bodyOf(value, known, `${this.#path}${name}/`)
  }

  objects(name: string, known: readonly string[]): readonly ApiBody[] | undefined {
    return this.#items(name)?.map((item, at) => bodyOf(item, known, `${this.#path}${name}/${at}/`))
  }

  #items(name: string): readonly unknown[] | undefined {
    const value = memberOf(this.#object, name)
    if (value === undefined) return undefined
    if (!Array.isArray(value)) throw invalid(this.#path + name, 'it is no list')
    if (value.length > mostItems) throw invalid(this.#path + name, `it has more than ${mostItems} items`)
    return value
  }
}

function invalid(parameter: string, reason: string): RegistryError<'parameter-invalid'> {
  return new RegistryError('parameter-invalid', { parameter, reason })
}
