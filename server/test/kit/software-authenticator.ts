import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

/** What an authenticator is told beside a page's options; as a browser tells it, where nothing is said. */
export interface Told {
  /** Of the page. */
  readonly origin: string
  /** For whom it signs; as the options say, where nothing is said. */
  readonly rpId?: string
  /** What it says that was asked for. */
  readonly type?: string
  readonly challenge?: string
  /** Of the authenticator data; user present and verified where nothing is said. */
  readonly flags?: number
}

interface CreationOptions {
  readonly challenge: string
  readonly rp: { readonly id: string }
  readonly pubKeyCredParams: readonly { readonly alg: number }[]
  readonly excludeCredentials?: readonly { readonly id: string }[]
}

interface RequestOptions {
  readonly challenge: string
  readonly rpId: string
  readonly allowCredentials?: readonly { readonly id: string }[]
}

const present = 0x01
const verified = 0x04
const attested = 0x40

/** An authenticator and the browser around it, in software (Web Authentication, level 3, 5.1, 6.1 and 6.5): one key, by ES256 or EdDSA. */
export class SoftwareAuthenticator {
  readonly id: Buffer = randomBytes(32)
  readonly #alg: -7 | -8
  readonly #secret: KeyObject
  readonly #cose: Buffer
  /** Raised by each signature; 0 for ever where it does not count. */
  counter: number

  constructor({ alg = -7, counter = 0 }: { readonly alg?: -7 | -8; readonly counter?: number } = {}) {
    this.#alg = alg
    this.counter = counter
    const pair =
      alg === -7 ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519')
    this.#secret = pair.privateKey
    const { x = '', y = '' } = pair.publicKey.export({ format: 'jwk' })
    const bytes = (text: string): Buffer => Buffer.from(text, 'base64url')
    // RFC 9053, 7.1.1 and 7.2: kty EC2 with alg ES256 and crv P-256, or kty OKP with alg EdDSA and crv Ed25519.
    this.#cose =
      alg === -7
        ? map([
            [1, 2],
            [3, -7],
            [-1, 1],
            [-2, bytes(x)],
            [-3, bytes(y)],
          ])
        : map([
            [1, 1],
            [3, -8],
            [-1, 6],
            [-2, bytes(x)],
          ])
  }

  /** RegistrationResponseJSON. */
  create(options: CreationOptions, told: Told): object {
    if (!options.pubKeyCredParams.some(({ alg }) => alg === this.#alg))
      throw new Error('none of the algorithms is known')
    if (options.excludeCredentials?.some(({ id }) => id === this.id.toString('base64url')))
      throw new Error('InvalidStateError: it is there already')
    const { rpId = options.rp.id, type = 'webauthn.create' } = told
    const length = Buffer.alloc(2)
    length.writeUInt16BE(this.id.length)
    const data = Buffer.concat([
      this.#head(rpId, (told.flags ?? present | verified) | attested),
      ...[Buffer.alloc(16), length, this.id, this.#cose],
    ])
    const attestationObject = map([
      ['fmt', 'none'],
      ['attStmt', map([])],
      ['authData', data],
    ])
    return this.#credential({
      clientDataJSON: clientData({ ...told, type, challenge: told.challenge ?? options.challenge }),
      attestationObject,
    })
  }

  /** AuthenticationResponseJSON. */
  get(options: RequestOptions, told: Told): object {
    const { allowCredentials: allowed = [] } = options
    if (allowed.length > 0 && allowed.every(({ id }) => id !== this.id.toString('base64url')))
      throw new Error('NotAllowedError: none of these is here')
    if (this.counter > 0) this.counter += 1
    const { rpId = options.rpId, type = 'webauthn.get' } = told
    const authenticatorData = this.#head(rpId, told.flags ?? present | verified)
    const clientDataJSON = clientData({ ...told, type, challenge: told.challenge ?? options.challenge })
    const hash = createHash('sha256').update(clientDataJSON).digest()
    const signed = Buffer.concat([authenticatorData, hash])
    const signature = sign(this.#alg === -7 ? 'sha256' : null, signed, this.#secret)
    return this.#credential({ clientDataJSON, authenticatorData, signature })
  }

  #head(rpId: string, flags: number): Buffer {
    const counter = Buffer.alloc(4)
    counter.writeUInt32BE(this.counter)
    return Buffer.concat([createHash('sha256').update(rpId).digest(), Buffer.from([flags]), counter])
  }

  #credential(response: Readonly<Record<string, Buffer>>): object {
    const id = this.id.toString('base64url')
    return {
      ...{ id, rawId: id, type: 'public-key', clientExtensionResults: {} },
      response: Object.fromEntries(
        Object.entries(response).map(([name, bytes]) => [name, bytes.toString('base64url')]),
      ),
    }
  }
}

function clientData({ type, challenge, origin }: Told): Buffer {
  return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }))
}

/** Of CBOR (RFC 8949), what a credential is made of. A map within a map is written as it is. */
type Item = number | string | Buffer

const whole = new WeakSet<Buffer>()

function map(entries: readonly (readonly [Item, Item])[]): Buffer {
  const bytes = Buffer.concat([
    head(5, entries.length),
    ...entries.flatMap(([key, value]) => [item(key), item(value)]),
  ])
  whole.add(bytes)
  return bytes
}

function item(value: Item): Buffer {
  if (typeof value === 'number') return value >= 0 ? head(0, value) : head(1, -1 - value)
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)])
  return whole.has(value) ? value : Buffer.concat([head(2, value.length), value])
}

/** RFC 8949, 3: the major type, and an argument of up to 16 bits. */
function head(major: number, argument: number): Buffer {
  const type = major << 5
  if (argument < 24) return Buffer.from([type | argument])
  if (argument < 256) return Buffer.from([type | 24, argument])
  return Buffer.from([type | 25, argument >> 8, argument & 0xff])
}
