import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import type { ContractCase } from '../contract.ts'
import {
  type IdentityProvider,
  type OutsideIdentity,
  ProviderError,
  type SignInAttempt,
} from './identity-provider.ts'

/** Nobody answers, or not in time; `failing`: it answers by 503. */
export type Trouble = 'unreachable' | 'timeout' | 'failing'

/** A provider with somebody who signs in there. */
export interface ProviderHarness {
  /** Where they come back to. */
  readonly redirectUri: string
  /** `trouble`: what it meets whenever it asks. */
  open(trouble?: Trouble): IdentityProvider
  /** They go where they are sent, sign in as this person, and come back with this query. */
  visit(address: string, person: 'one' | 'other'): Promise<URLSearchParams>
}

/** What every provider must do, and whom it must not take for somebody. */
export function identityProviderContract(harness: ProviderHarness): ContractCase[] {
  return cases.map(({ name, check }) => ({ name, run: async () => await check(harness) }))
}

let made = 0
function attemptAt({ redirectUri }: ProviderHarness): SignInAttempt {
  const secret = (what: string): string => createHash('sha256').update(`${what} ${made}`).digest('base64url')
  made++
  return { redirectUri, state: secret('state'), nonce: secret('nonce'), verifier: secret('verifier') }
}

async function signIn(harness: ProviderHarness, person: 'one' | 'other' = 'one'): Promise<OutsideIdentity> {
  const [provider, attempt] = [harness.open(), attemptAt(harness)]
  const query = await harness.visit(await provider.addressFor(attempt), person)
  return await provider.whoCameBack(query, attempt)
}

async function refuses(what: Promise<unknown>, kind: ProviderError['kind'] = 'refused'): Promise<void> {
  await assert.rejects(what, (error) => error instanceof ProviderError && error.kind === kind)
}

const cases: readonly {
  readonly name: string
  readonly check: (harness: ProviderHarness) => Promise<void>
}[] = [
  {
    name: 'the address says the attempt, and not what only this registry knows',
    check: async (harness) => {
      const attempt = attemptAt(harness)
      const address = new URL(await harness.open().addressFor(attempt))
      const { searchParams: said } = address
      assert.deepEqual(
        ['state', 'redirect_uri', 'response_type', 'code_challenge_method'].map((name) => said.getAll(name)),
        [[attempt.state], [harness.redirectUri], ['code'], ['S256']],
      )
      const challenge = createHash('sha256').update(attempt.verifier).digest('base64url')
      assert.deepEqual(said.getAll('code_challenge'), [challenge])
      assert.equal(address.href.includes(attempt.verifier), false)
    },
  },
  {
    name: 'the same person is the same each time, and another one is another',
    check: async (harness) => {
      const [first, again, other] = [
        await signIn(harness),
        await signIn(harness),
        await signIn(harness, 'other'),
      ]
      assert.deepEqual([again.issuer, again.subject], [first.issuer, first.subject])
      assert.equal(other.issuer, first.issuer)
      assert.notEqual(other.subject, first.subject)
      assert.notEqual(first.subject, '')
    },
  },
  {
    name: 'a code is good once',
    check: async (harness) => {
      const [provider, attempt] = [harness.open(), attemptAt(harness)]
      const query = await harness.visit(await provider.addressFor(attempt), 'one')
      await provider.whoCameBack(query, attempt)
      await refuses(provider.whoCameBack(query, attempt))
    },
  },
  {
    name: 'a state that is another one’s, missing or there twice is refused',
    check: async (harness) => {
      const [provider, attempt] = [harness.open(), attemptAt(harness)]
      const query = await harness.visit(await provider.addressFor(attempt), 'one')
      await refuses(provider.whoCameBack(query, { ...attempt, state: attemptAt(harness).state }))
      const without = new URLSearchParams(query)
      without.delete('state')
      await refuses(provider.whoCameBack(without, attempt))
      const twice = new URLSearchParams(query)
      twice.append('state', attempt.state)
      await refuses(provider.whoCameBack(twice, attempt))
      await provider.whoCameBack(query, attempt)
    },
  },
  {
    name: 'a code of another attempt is refused, though the state is right',
    check: async (harness) => {
      const [provider, attempt, other] = [harness.open(), attemptAt(harness), attemptAt(harness)]
      const query = await harness.visit(await provider.addressFor(other), 'other')
      query.set('state', attempt.state)
      await refuses(provider.whoCameBack(query, attempt))
    },
  },
  {
    name: 'whoever was refused there, or brings no code, is nobody',
    check: async (harness) => {
      const [provider, attempt] = [harness.open(), attemptAt(harness)]
      await provider.addressFor(attempt)
      const { state } = attempt
      for (const query of [
        { state },
        { state, error: 'access_denied' },
        { state, code: '' },
        { state, code: 'x' },
      ])
        await refuses(provider.whoCameBack(new URLSearchParams(query), attempt))
    },
  },
  {
    name: 'one that cannot be reached, or fails, is not to be had, and is asked again later',
    check: async (harness) => {
      const attempt = attemptAt(harness)
      const query = await harness.visit(await harness.open().addressFor(attempt), 'one')
      for (const trouble of ['unreachable', 'timeout', 'failing'] as const)
        await refuses(harness.open(trouble).whoCameBack(query, attempt), 'unavailable')
      await harness.open().whoCameBack(query, attempt)
    },
  },
]
