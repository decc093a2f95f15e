import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openPasskeys } from '../../../../src/adapters/identity/simplewebauthn/webauthn-passkeys.ts'
import type { Ceremony, Passkey } from '../../../../src/ports/identity/passkeys.ts'
import { SoftwareAuthenticator } from '../../../kit/software-authenticator.ts'

const origin = 'https://registry.example'
const ceremony = (byte: number): Ceremony => ({
  party: { id: 'registry.example', origin },
  challenge: Buffer.alloc(32, byte).toString('base64url'),
})
const keys = openPasskeys()

interface Response {
  id: string
  rawId: string
  response: Record<string, string>
}

// biome-ignore lint/suspicious/noExplicitAny: options are what the port says
const creation = async (known: readonly string[] = []): Promise<any> =>
  await keys.creationOptions(ceremony(1), { user: 'ada', known })
// biome-ignore lint/suspicious/noExplicitAny: options are what the port says
const asking = async (byte: number, known: readonly string[]): Promise<any> =>
  await keys.requestOptions(ceremony(byte), known)

async function register(key: SoftwareAuthenticator): Promise<Passkey> {
  const passkey = await keys.made(key.create(await creation(), { origin }), ceremony(1))
  assert.ok(passkey !== undefined)
  return passkey
}

describe('passkeys by SimpleWebAuthn', () => {
  for (const alg of [-7, -8] as const)
    test(`one of algorithm ${alg} is made, and signs`, async () => {
      const key = new SoftwareAuthenticator({ alg, counter: 3 })
      const passkey = await register(key)
      assert.deepEqual([passkey.credential, passkey.counter], [key.id.toString('base64url'), 3])
      const answer = key.get(await asking(2, [passkey.credential]), { origin })
      assert.equal(keys.credentialOf(answer), passkey.credential)
      assert.deepEqual(await keys.signed(answer, ceremony(2), passkey), { counter: 4 })
    })

  test('options say whom they are for, and leave out whoever has one', async () => {
    const key = new SoftwareAuthenticator()
    const { credential } = await register(key)
    const options = await creation([credential])
    assert.deepEqual(options.rp.id, 'registry.example')
    assert.equal(options.user.name, 'ada')
    assert.equal(options.challenge, ceremony(1).challenge)
    assert.equal(options.attestation, 'none')
    assert.throws(() => key.create(options, { origin }), /there already/)
    const request = await asking(2, [credential])
    assert.deepEqual([request.rpId, request.challenge], ['registry.example', ceremony(2).challenge])
    assert.deepEqual(
      request.allowCredentials.map(({ id }: { id: string }) => id),
      [credential],
    )
  })

  test('what was signed for another challenge, page, registry or purpose, or by nobody who was there, is none', async () => {
    const key = new SoftwareAuthenticator()
    const passkey = await register(key)
    const options = await asking(2, [passkey.credential])
    const right = key.get(options, { origin })
    assert.ok(await keys.signed(right, ceremony(2), passkey))
    assert.equal(await keys.signed(right, ceremony(3), passkey), undefined)
    for (const told of [
      { origin: 'https://evil.example' },
      { origin: 'https://registry.example.evil.example' },
      { origin, rpId: 'evil.example' },
      { origin, type: 'webauthn.create' },
      { origin, challenge: '' },
      { origin, flags: 0 },
    ])
      assert.equal(
        await keys.signed(key.get(options, told), ceremony(2), passkey),
        undefined,
        JSON.stringify(told),
      )
  })

  test('a counter that does not rise is found out, and one that is never used is not asked for', async () => {
    const key = new SoftwareAuthenticator({ counter: 5 })
    const passkey = await register(key)
    for (const [counter, isRight] of [
      [5, true],
      [4, false],
      [1, false],
      [9, true],
    ] as const) {
      key.counter = counter
      const answer = key.get(await asking(2, [passkey.credential]), { origin })
      assert.equal((await keys.signed(answer, ceremony(2), passkey)) !== undefined, isRight, `${counter}`)
    }
    key.counter = 0
    const none = key.get(await asking(2, [passkey.credential]), { origin })
    assert.equal(await keys.signed(none, ceremony(2), passkey), undefined)
    assert.deepEqual(await keys.signed(none, ceremony(2), { ...passkey, counter: 0 }), { counter: 0 })
  })

  test('a signature that was changed, or is of another key, is none', async () => {
    const key = new SoftwareAuthenticator()
    const other = new SoftwareAuthenticator()
    const [passkey, wrong] = [await register(key), await register(other)]
    const answer = key.get(await asking(2, []), { origin }) as Response
    assert.equal(
      await keys.signed(answer, ceremony(2), { ...wrong, credential: passkey.credential }),
      undefined,
    )
    assert.equal(await keys.signed(answer, ceremony(2), wrong), undefined)
    for (const part of ['signature', 'authenticatorData', 'clientDataJSON']) {
      const bytes = Buffer.from(answer.response[part] ?? '', 'base64url')
      bytes[bytes.length - 3] = (bytes.at(-3) ?? 0) ^ 1
      const changed = { ...answer, response: { ...answer.response, [part]: bytes.toString('base64url') } }
      assert.equal(await keys.signed(changed, ceremony(2), passkey), undefined, part)
    }
  })

  test('what is no answer at all is none, and nothing is thrown', async () => {
    const key = new SoftwareAuthenticator()
    const passkey = await register(key)
    const made = key.create(await creation(), { origin }) as Response
    const strange = [
      ...[null, undefined, 1, 'x', [], {}, { id: 1 }, { id: passkey.credential }],
      { ...made, response: null },
      { ...made, response: {} },
      { ...made, rawId: 'x' },
      { ...made, type: 'x' },
      { ...made, response: { ...made.response, attestationObject: 'AAAA' } },
      { ...made, response: { ...made.response, attestationObject: 'oWN4' } },
      { ...made, response: { ...made.response, clientDataJSON: 'e30' } },
      JSON.parse('{"__proto__": {"id": "x"}, "id": "y"}'),
    ]
    for (const answer of strange) {
      assert.equal(await keys.made(answer, ceremony(1)), undefined, JSON.stringify(answer))
      assert.equal(await keys.signed(answer, ceremony(1), passkey), undefined, JSON.stringify(answer))
    }
  })
})
