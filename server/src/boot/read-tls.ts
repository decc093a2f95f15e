import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'
import type { Config } from '../config/config.ts'

/** PEM text. */
export interface TlsPair {
  readonly cert: string
  readonly key: string
}

/** undefined where none is configured. Rejects with words for the operator where TLS cannot be spoken with the pair. */
export async function readTls({ cert, key }: Config['tls']): Promise<TlsPair | undefined> {
  if (cert === undefined || key === undefined) return undefined
  const pair = { cert: await readPem('tls.cert', cert), key: await readPem('tls.key', key) }
  try {
    createSecureContext(pair)
    return pair
  } catch (error) {
    throw new Error(
      `TLS cannot be spoken with tls.cert (${cert}) and tls.key (${key}): ${fault(pair, error)}`,
    )
  }
}

async function readPem(setting: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    // Not its cause: of a system error the command would say that it is about the data folder.
    throw new Error(`${setting} (${path}) cannot be read: ${messageOf(error)}`)
  }
}

function fault({ cert, key }: TlsPair, error: unknown): string {
  if (!cert.includes('CERTIFICATE-----') && key.includes('CERTIFICATE-----')) {
    return 'the files are swapped: the certificate goes to tls.cert and its key to tls.key'
  }
  if (key.includes('ENCRYPTED')) {
    return 'the key in tls.key is locked with a passphrase, which nobody is there to type; write it without one: openssl pkey -in <locked> -out <open>'
  }
  const unreadable = attempt(() => new X509Certificate(cert))
  if (unreadable !== undefined) {
    return `there is no certificate to be read in tls.cert (${unreadable}); see what openssl x509 -in <file> -noout -text says`
  }
  const noKey = attempt(() => createPrivateKey(key))
  if (noKey !== undefined) {
    return `there is no private key to be read in tls.key (${noKey}); see what openssl pkey -in <file> -noout says`
  }
  if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) {
    return 'the key is not that of the certificate; both have to come from the same request, and in tls.cert the certificate of this host stands first, those that signed it after it'
  }
  return messageOf(error)
}

function attempt(read: () => unknown): string | undefined {
  try {
    read()
    return undefined
  } catch (error) {
    return messageOf(error)
  }
}

/** OpenSSL's own errors read `error:0480006C:PEM routines::no start line`: the end is for people. */
function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return /^error:[0-9A-F]+:(.*)$/.exec(message)?.[1]?.replace('::', ': ') ?? message
}
