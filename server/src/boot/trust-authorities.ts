import { readFileSync } from 'node:fs'
import type { Config } from '../config/config.ts'

const trusted = new Set<string>()

/**
 * Trusts the authorities of `outgoing.ca` beside those of the machine, in everything that this thread asks others for by TLS from
 * now on and that has no authorities of its own. @throws Error where the file is none of authorities
 */
export function trustAuthorities({ outgoing: { ca } }: Pick<Config, 'outgoing'>): void {
  if (ca === undefined || trusted.has(ca)) return
  // Only where it is wanted: TLS costs every thread some memory.
  const { getCACertificates, setDefaultCACertificates } = process.getBuiltinModule('node:tls')
  const authorities = certificatesIn(readFileSync(ca, 'utf8'))
  if (authorities.length === 0) throw new Error(`outgoing.ca has no certificates in ${ca}`)
  setDefaultCACertificates([...getCACertificates('default'), ...authorities])
  trusted.add(ca)
}

const certificate = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

const certificatesIn = (text: string): readonly string[] => text.match(certificate) ?? []
