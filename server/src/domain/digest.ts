import { RegistryError } from './error.ts'

/** The algorithms that Lading stores content under, with the length of their hex form. */
export const digestAlgorithms = { sha256: 64, sha512: 128 } as const
export type DigestAlgorithm = keyof typeof digestAlgorithms

/**
 * `algorithm:hex`, lower case, of a supported algorithm and the right length.
 * @see OCI image-spec, descriptor.md, "Digests"
 */
export type Digest = string & { readonly brand: 'Digest' }

/** The grammar of any digest, registered or not. */
const grammar = /^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[a-zA-Z0-9=_-]+$/
const hex = /^[a-f0-9]+$/

/** @throws RegistryError `digest-invalid`: not of the grammar, an unsupported algorithm, or a wrong length. */
export function parseDigest(text: string): Digest {
  const reason = whyNotDigest(text)
  if (reason !== undefined) throw new RegistryError('digest-invalid', { digest: text, reason })
  return text as Digest
}

export function isDigest(text: string): text is Digest {
  return whyNotDigest(text) === undefined
}

export function digestAlgorithm(digest: Digest): DigestAlgorithm {
  return digest.slice(0, digest.indexOf(':')) as DigestAlgorithm
}

export function digestHex(digest: Digest): string {
  return digest.slice(digest.indexOf(':') + 1)
}

export function isDigestAlgorithm(text: string): text is DigestAlgorithm {
  return Object.hasOwn(digestAlgorithms, text)
}

function whyNotDigest(text: string): string | undefined {
  if (text.length > 256 || !grammar.test(text)) return 'it is not of the form algorithm:hex'
  const colon = text.indexOf(':')
  const algorithm = text.slice(0, colon)
  if (!isDigestAlgorithm(algorithm)) {
    return `the algorithm is not one of ${Object.keys(digestAlgorithms).join(', ')}`
  }
  const encoded = text.slice(colon + 1)
  if (encoded.length !== digestAlgorithms[algorithm]) {
    return `${algorithm} has ${digestAlgorithms[algorithm]} hex digits, not ${encoded.length}`
  }
  return hex.test(encoded) ? undefined : 'hex digits are 0-9 and a-f, in lower case'
}
