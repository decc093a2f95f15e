import assert from 'node:assert/strict'
import { AsyncResource } from 'node:async_hooks'
import { beforeEach, describe, test } from 'node:test'
import { TransactionContext } from '../../../src/library/transaction/transaction-context.ts'

interface Sample {
  readonly name: string
  hasEnded: boolean
}

const sample = (name: string): Sample => ({ name, hasEnded: false })
let context = new TransactionContext<Sample>()
const here = (): string | undefined => context.current()?.name
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('the context of a transaction', () => {
  beforeEach(() => {
    context = new TransactionContext()
  })

  /** As a function does that begins one and answers it: whoever takes the answer calls `taken`. */
  function begin(one: Sample): Promise<{ readonly taken: () => void }> {
    return Promise.resolve({ taken: context.enter(one) })
  }

  test('who begins one is in it after the first wait, and in all that is called from there', async () => {
    assert.equal(here(), undefined)
    const one = sample('one')
    const answer = begin(one)
    assert.equal(here(), undefined, 'nobody has waited for it')
    ;(await answer).taken()
    assert.equal(here(), 'one')
    await turn()
    assert.equal(here(), 'one')
    await Promise.all([
      turn().then(() => assert.equal(here(), 'one')),
      (async () => assert.equal(here(), 'one'))(),
    ])
    one.hasEnded = true
    assert.equal(here(), undefined)
  })

  test('who has asked before the first wait is out of it until the answer is taken', async () => {
    const answer = begin(sample('one'))
    const asked = (async () => {
      assert.equal(here(), undefined)
      await turn()
      assert.equal(here(), undefined)
    })()
    const { taken } = await answer
    taken()
    assert.equal(here(), 'one')
    await asked
  })

  test('contexts from before, and those begun beside it, are out once the one that took the answer has worked', async () => {
    const opened = Promise.withResolvers<void>()
    const beside = async (): Promise<string | undefined> => {
      await opened.promise
      return here()
    }
    const before = beside()
    const own = async (): Promise<void> => {
      const { taken } = await begin(sample('one'))
      taken()
      assert.equal(here(), 'one')
      opened.resolve()
      await turn()
      assert.equal(here(), 'one')
    }
    assert.deepEqual(await Promise.all([own(), beside(), before]), [undefined, undefined, undefined])
    assert.equal(here(), undefined, 'nor is who has begun them all')
  })

  test('a function that is called to begin one begins it for its caller', async () => {
    const helper = async (answer: ReturnType<typeof begin>): Promise<void> => (await answer).taken()
    await helper(begin(sample('one')))
    await turn()
    assert.equal(here(), 'one')
  })

  test('the innermost that has not ended counts, and one that has ended is not entered again', async () => {
    const [outer, inner] = [sample('outer'), sample('inner')]
    ;(await begin(outer)).taken()
    const { taken } = await begin(inner)
    taken()
    assert.equal(here(), 'inner')
    inner.hasEnded = true
    assert.equal(here(), 'outer')
    taken()
    assert.equal(here(), 'outer')
    outer.hasEnded = true
    assert.equal(here(), undefined)
  })

  test('an outer one that ends first leaves the inner one', async () => {
    const [outer, inner] = [sample('outer'), sample('inner')]
    ;(await begin(outer)).taken()
    ;(await begin(inner)).taken()
    outer.hasEnded = true
    assert.equal(here(), 'inner')
    inner.hasEnded = true
    assert.equal(here(), undefined)
  })

  test('a context that a program has bound itself is the one that it was bound in', async () => {
    const outside = AsyncResource.bind(here)
    ;(await begin(sample('one'))).taken()
    const inside = AsyncResource.bind(here)
    assert.equal(outside(), undefined)
    assert.equal(inside(), 'one')
  })
})
