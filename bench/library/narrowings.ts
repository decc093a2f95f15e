import type { Narrowed } from './layers/layer.ts'
import type { Facts } from './task.ts'

/** The combinations that lists are narrowed down by, with what most artifacts have. */
export function narrowings(facts: Facts): readonly { readonly name: string; readonly by: Narrowed }[] {
  const { kind, organization, author, topic } = facts
  return [
    { name: 'type and organization', by: { kind, organization } },
    { name: 'type and author', by: { kind, author } },
    { name: 'tag', by: { topic } },
    { name: 'published and type', by: { kind, published: true } },
  ]
}
