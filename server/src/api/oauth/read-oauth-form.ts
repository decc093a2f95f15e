import { RegistryError } from '../../domain/error.ts'
import { readBody } from '../../http/body.ts'
import type { Exchange } from '../../http/exchange.ts'

const type = /^application\/x-www-form-urlencoded\s*(?:;|$)/i
const mostWords = 50

/** Parameters of OAuth. Each method throws RegistryError `parameter-invalid`. */
export interface OauthForm {
  /** undefined: it is missing, or empty, which is the same (RFC 6749, section 3.2). */
  text(name: string): string | undefined
  required(name: string): string
  /** With blanks between them. */
  words(name: string): readonly string[]
}

/** Those that nobody knows are passed over, and one that comes twice is refused (RFC 6749, section 3.2). */
export async function readOauthForm(exchange: Exchange, limit: number): Promise<OauthForm> {
  if (!type.test(exchange.header('content-type') ?? ''))
    throw invalid('body', 'it is to be a form, sent as Content-Type: application/x-www-form-urlencoded')
  const tooLarge = (): Error => new RegistryError('too-large', { what: 'the form', limit })
  const bytes = await readBody(exchange, limit, tooLarge)
  const fields = new URLSearchParams(Buffer.from(bytes).toString('utf8'))
  const text = (name: string): string | undefined => {
    const [value = '', ...more] = fields.getAll(name)
    if (more.length > 0) throw invalid(name, 'it comes twice')
    if (value.includes('\0')) throw invalid(name, 'it has what is no text')
    return value === '' ? undefined : value
  }
  return {
    text,
    required: (name) => {
      const value = text(name)
      if (value === undefined) throw invalid(name, 'it is missing')
      return value
    },
    words: (name) => {
      const words = (text(name) ?? '').split(' ').filter((word) => word !== '')
      if (words.length > mostWords) throw invalid(name, `it has more than ${mostWords} words`)
      return [...new Set(words)]
    },
  }
}

function invalid(parameter: string, reason: string): RegistryError<'parameter-invalid'> {
  return new RegistryError('parameter-invalid', { parameter, reason })
}
