import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { RequestCaller } from '../../src/http/request-caller.ts'
import { entering } from '../../src/pages/account/entering.ts'
import { safeNext } from '../../src/pages/account/safe-next.ts'
import { callerOf } from '../core/kit.ts'
import { serveDoor } from '../http/serve-door.ts'
import { type AccountedRegistry, startWithAccounts } from '../kit/accounted-registry.ts'
import { ask } from '../kit/http-client.ts'
import { Browser, codeOf } from '../kit/second-browser.ts'

const password = 'correct horse'
const own = 'https://registry.example'

/** Where a browser goes that is told so by a page of the registry (URL Standard, "basic URL parser"). */
const goesTo = (location: string): string => new URL(location, `${own}/login`).origin

/** Where links of an attacker lead, once somebody has logged in. */
const elsewhere = [
  'https://evil.example/',
  'http:evil.example',
  '//evil.example',
  '///evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '/\t/evil.example',
  'javascript:alert(1)',
  'data:text/html,x',
]
/** They stay here as they are written; what is left of them once their dots are gone does not. */
const dotted = [
  '/.//evil.example',
  '/a/..//evil.example',
  '/%2e//evil.example',
  '/a/%2E%2e//evil.example/?b=c',
  '/..///evil.example',
  '/.//evil.example\\@registry.example',
]

/** Logs ada in, and goes on to where `guard` says. */
async function goOn(
  registry: AccountedRegistry,
  next: string,
  guard: (next: string) => string,
): Promise<string> {
  const { enter } = entering(registry.composed.registry, { isSecure: false })
  await using served = await serveDoor(async (exchange) => {
    const principal = { kind: 'anonymous' } as const
    const asked = { exchange, principal, caller: new RequestCaller(principal, exchange), token: undefined }
    await enter(asked, 'ada', { next: guard(exchange.parameters.get('next') ?? '') })
  })
  const answer = await ask(served.url, { path: `/door?next=${encodeURIComponent(next)}` })
  assert.equal(answer.status, 303)
  return answer.headers.location ?? ''
}

describe('a link that leads elsewhere after a login', () => {
  it('does so where nobody looks at it', async () => {
    await using registry = await startWithAccounts()
    for (const next of elsewhere) {
      const location = await goOn(registry, next, (given) => given)
      assert.notEqual(goesTo(location), own, next)
    }
  })

  it('leads to a path of the registry, by the same way in, where it is looked at', async () => {
    await using registry = await startWithAccounts()
    for (const next of [...elsewhere, ...dotted])
      assert.equal(goesTo(await goOn(registry, next, safeNext)), own, next)
  })

  it('does not at the first step', async () => {
    await using registry = await startWithAccounts()
    for (const next of [...elsewhere, ...dotted]) {
      const answer = await new Browser(registry).post('/login', { name: 'ada', password, next })
      assert.equal(answer.status, 303, answer.text())
      assert.equal(goesTo(answer.headers.location ?? ''), own, next)
    }
  })

  it('does not at the second step, whatever the first one has let through', async () => {
    await using registry = await startWithAccounts()
    const { factors } = registry.composed.registry
    const ada = callerOf({ kind: 'user', name: 'ada', via: { kind: 'session', id: 'one' } })
    const { secret } = await factors.beginTotp(ada, { password })
    await factors.confirmTotp(ada, codeOf(secret, registry.clock.now()))
    for (const next of [...elsewhere, ...dotted]) {
      registry.clock.jump(60_000)
      const browser = new Browser(registry)
      const first = await browser.post('/login', { name: 'ada', password, next })
      assert.match(first.headers.location ?? '', /^\/login\/second\?next=/)
      const code = codeOf(secret, registry.clock.now())
      const second = await browser.send('/login/second', '/login/second', { code, next })
      assert.equal(second.status, 303, second.text())
      assert.equal(goesTo(second.headers.location ?? ''), own, next)
    }
  })

  it('is no link that can be made of what links are made of', () => {
    const pieces = [
      ...['/', '//', '.', '..', '%2e', '%2F', '%5c', '%09', '\\', '\t', '\n', '?', '#', '@', ':', ';', ' '],
      ...['evil.example', 'https:', 'registry.example', 'a', '\u3002', '\uff0f', '\0'],
    ]
    const link = fc.array(fc.constantFrom(...pieces), { maxLength: 8 }).map((parts) => parts.join(''))
    fc.assert(
      fc.property(link, (next) => {
        const location = safeNext(next)
        assert.match(location, /^\/[\x21-\x7e]*$/)
        assert.equal(goesTo(location), own, `${JSON.stringify(next)} leads to ${location}`)
      }),
      { numRuns: 2_000 },
    )
  })
})
