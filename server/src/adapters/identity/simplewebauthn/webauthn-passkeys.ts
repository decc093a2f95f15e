import type { Ceremony, Passkey, Passkeys } from '../../../ports/identity/passkeys.ts'

type Library = typeof import('@simplewebauthn/server')
type RegistrationResponse = Parameters<Library['verifyRegistrationResponse']>[0]['response']
type AuthenticationResponse = Parameters<Library['verifyAuthenticationResponse']>[0]['response']

/** ES256, EdDSA and RS256 (RFC 9053): what is asked for is what is taken. */
const algorithms = [-7, -8, -257]
/** How long a browser asks its user, in ms. */
const timeout = 120_000
/** A password was shown already: that somebody is there is enough. */
const userVerification = 'preferred'
const name = 'Lading'

let loaded: Promise<Library> | undefined
const library = (): Promise<Library> => (loaded ??= import('@simplewebauthn/server'))

/** Passkeys by SimpleWebAuthn. Its code is read when the first one is made or asked for. */
export function openPasskeys(): Passkeys {
  return { creationOptions, requestOptions, made, credentialOf, signed }
}

async function creationOptions(
  { party, challenge }: Ceremony,
  { user, known }: { readonly user: string; readonly known: readonly string[] },
): Promise<object> {
  const { generateRegistrationOptions } = await library()
  return await generateRegistrationOptions({
    rpName: name,
    rpID: party.id,
    userName: user,
    challenge: bytesOf(challenge),
    timeout,
    attestationType: 'none',
    excludeCredentials: known.map((id) => ({ id })),
    authenticatorSelection: { residentKey: 'discouraged', userVerification },
    supportedAlgorithmIDs: algorithms,
  })
}

async function requestOptions({ party, challenge }: Ceremony, known: readonly string[]): Promise<object> {
  const { generateAuthenticationOptions } = await library()
  return await generateAuthenticationOptions({
    rpID: party.id,
    challenge: bytesOf(challenge),
    timeout,
    allowCredentials: known.map((id) => ({ id })),
    userVerification,
  })
}

async function made(response: unknown, { party, challenge }: Ceremony): Promise<Passkey | undefined> {
  const { verifyRegistrationResponse } = await library()
  try {
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: response as RegistrationResponse,
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      requireUserVerification: false,
      supportedAlgorithmIDs: algorithms,
    })
    if (!verified) return undefined
    const { id, publicKey, counter } = registrationInfo.credential
    return { credential: id, publicKey, counter }
  } catch {
    // It is somebody else's text: why it is none says nothing that could be acted upon.
    return undefined
  }
}

function credentialOf(response: unknown): string | undefined {
  const id: unknown =
    typeof response === 'object' && response !== null && 'id' in response ? response.id : undefined
  return typeof id === 'string' ? id : undefined
}

async function signed(
  response: unknown,
  { party, challenge }: Ceremony,
  { credential, publicKey, counter }: Passkey,
): Promise<{ readonly counter: number } | undefined> {
  if (credentialOf(response) !== credential) return undefined
  const { verifyAuthenticationResponse } = await library()
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: response as AuthenticationResponse,
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      credential: { id: credential, publicKey: new Uint8Array(publicKey), counter },
      requireUserVerification: false,
    })
    return verified ? { counter: authenticationInfo.newCounter } : undefined
  } catch {
    return undefined
  }
}

const bytesOf = (challenge: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(Buffer.from(challenge, 'base64url'))
