import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startPeopled } from '../../kit/peopled-registry.ts'

describe('users, by the API', () => {
  it('are listed to who may manage them, by pages', async () => {
    await using registry = await startPeopled()
    const names = async (who: string, query = ''): Promise<unknown> => {
      const answer = await registry.api(who, `GET users${query}`)
      if (answer.status !== 200) return answer.status
      const { users, next } = answer.json()
      return [users.map(({ name }: { name: string }) => name).join(' '), next]
    }
    assert.deepEqual(await names('root'), ['ada bob eve root', undefined])
    assert.deepEqual(await names('root', '?limit=2'), ['ada bob', 'bob'])
    assert.deepEqual(await names('root', '?limit=2&last=bob'), ['eve root', undefined])
    assert.deepEqual([await names('ada'), await names('')], [403, 401])
    const [ada] = (await registry.api('root', 'GET users')).json().users
    assert.deepEqual(Object.keys(ada).sort(), ['createdAt', 'createdBy', 'email', 'name', 'state', 'title'])
    assert.equal(ada.state, 'active')
  })
})
