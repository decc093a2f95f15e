import { X509Certificate } from 'node:crypto'
import { resolve } from 'node:path'
import { getCACertificates } from 'node:tls'
import { clientAuthorities } from '../config/environment-names.ts'
import type { Invocation } from './command.ts'
import { Failure, usageFailure } from './failure.ts'
import type { RegistryReference } from './registry-reference.ts'

/** How a registry is spoken to. */
export interface Transport {
  /** In this order, until one is answered. */
  readonly schemes: readonly ['http' | 'https', ...'https'[]]
  /** PEM, one certificate each. Empty: those that this machine trusts anyway. */
  readonly authorities: readonly string[]
}

type Address = Pick<RegistryReference, 'scheme' | 'loopback'>

/** From the flags, the environment, and what stands before the reference. @throws Failure */
export function readTransport(invocation: Invocation, reference: Address): Transport {
  return { schemes: readSchemes(invocation, reference), authorities: readAuthorities(invocation) }
}

function readSchemes({ switches, values }: Invocation, reference: Address): Transport['schemes'] {
  const { scheme, loopback } = reference
  const plain = [scheme === 'http' ? 'http://' : '', switches.has('plain-http') ? '--plain-http' : '']
  const tls = [
    scheme === 'https' ? 'https://' : '',
    switches.has('tls') ? '--tls' : '',
    values['ca-file'] === undefined ? '' : '--ca-file',
  ]
  const [saysPlain, saysTls] = [plain.find(Boolean), tls.find(Boolean)]
  if (saysPlain !== undefined && saysTls !== undefined) {
    const [first, second] = scheme === 'https' ? [saysTls, saysPlain] : [saysPlain, saysTls]
    throw usageFailure(`wants either ${first} or ${second}, not both`)
  }
  if (saysTls !== undefined) return ['https']
  if (saysPlain !== undefined) return ['http']
  // Nobody else can listen in, so that most registries on the own machine have no TLS.
  return loopback ? ['http', 'https'] : ['https']
}

function readAuthorities({ values, world }: Invocation): readonly string[] {
  const fromFlag = values['ca-file']
  const named = fromFlag ?? clientAuthorities(world.input.env)
  if (named === undefined) return []
  const path = resolve(world.input.cwd, named)
  const where = `${fromFlag === undefined ? 'LADING_CA_FILE' : '--ca-file'}: ${path}`
  return [...getCACertificates('default'), ...certificatesIn(readText(path, where, world), where)]
}

function readText(path: string, where: string, { input }: Invocation['world']): string {
  try {
    return input.readFile(path)
  } catch (error) {
    throw new Failure(`${where} cannot be read (${error instanceof Error ? error.message : String(error)})`)
  }
}

const certificate = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[\s\S]*?-----END [A-Z0-9 ]+-----/g

/** Node passes over what it cannot read of `ca`, and then says of the registry what is true of the file. */
function certificatesIn(text: string, where: string): string[] {
  const found = text.match(certificate) ?? []
  if (found.length === 0) {
    throw new Failure(`${where} holds no certificate; it wants those of the authority, as PEM`)
  }
  for (const pem of found) {
    if (isCertificate(pem)) continue
    throw new Failure(
      `${where} has a certificate that cannot be read; it wants those of the authority, as PEM`,
    )
  }
  return found
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== null
  } catch {
    return false
  }
}
