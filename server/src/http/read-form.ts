import { RegistryError } from '../domain/error.ts'
import { readBody } from './body.ts'
import type { Exchange } from './exchange.ts'

const type = /^application\/x-www-form-urlencoded\s*(?:;|$)/i
const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * The fields of a form that a page has sent (HTML Standard, "URL-encoded form data"). One that comes twice is refused: two who
 * read it might take different ones.
 * @throws RegistryError `parameter-invalid`, `too-large`
 */
export async function readForm(
  exchange: Exchange,
  known: readonly string[],
  limit: number,
): Promise<ReadonlyMap<string, string>> {
  if (!type.test(exchange.header('content-type') ?? ''))
    throw invalid('body', 'it is to be a form, sent as application/x-www-form-urlencoded')
  const bytes = await readBody(
    exchange,
    limit,
    () => new RegistryError('too-large', { what: 'the form', limit }),
  )
  const fields = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(decoded(bytes))) {
    if (!known.includes(name)) throw invalid('body', 'it has a field that this form does not have')
    if (fields.has(name)) throw invalid(name, 'it comes twice')
    if (value.includes('\0') || value.includes('\ufffd')) throw invalid(name, 'it has what is no text')
    fields.set(name, value)
  }
  return fields
}

function decoded(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw invalid('body', 'it is not UTF-8')
  }
}

function invalid(parameter: string, reason: string): RegistryError {
  return new RegistryError('parameter-invalid', { parameter, reason })
}
