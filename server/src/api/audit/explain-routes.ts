import type { Audit } from '../../boot/compose/audit.ts'
import type { Registry } from '../../boot/registry.ts'
import { shownEntry } from '../../core/audit/shown-entry.ts'
import { RegistryError } from '../../domain/error.ts'
import { parseRepositoryName } from '../../domain/repository-name.ts'
import { parseTag } from '../../domain/tag.ts'
import { StrictParameters } from '../../http/strict-parameters.ts'
import { answerJson } from '../shared/answer.ts'
import type { ApiRoute } from '../shared/route.ts'

/** Which right, tag, pattern and quota decide what is answered: `/api/v1/explain`. */
export function explainRoutes({ audit }: Pick<Registry, 'audit'>): readonly ApiRoute[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/explain',
      name: 'explain',
      admits: 'deciding',
      needs: [{ be: 'account' }],
      handle: async ({ exchange, caller }) => {
        const read = new StrictParameters(exchange.parameters, ['name', 'tag', 'as'])
        const [name, tag, as] = [read.text('name'), read.text('tag'), read.text('as')]
        if (name === undefined)
          throw new RegistryError('parameter-invalid', { parameter: 'name', reason: 'it is missing' })
        const explained = await audit.explain(caller, {
          repository: parseRepositoryName(name),
          ...(tag !== undefined && { tag: parseTag(tag) }),
          ...(as !== undefined && { as: as === 'anonymous' || as.includes(':') ? as : `user:${as}` }),
        })
        answerJson(exchange, 200, explainedJson(explained))
      },
    },
    {
      method: 'GET',
      path: '/api/v1/explain/requests/{request}',
      name: 'explain-request',
      admits: 'deciding',
      needs: [{ permission: 'audit:read', of: 'namespace' }],
      handle: async (call) => {
        const found = await audit.explainRequest(call.caller, call.at('request'))
        const refusals = found.map(({ entry, explained }) => ({
          ...shownEntry(entry),
          ...(explained !== undefined && { explained: explainedJson(explained) }),
        }))
        answerJson(call.exchange, 200, { refusals })
      },
    },
  ]
}

function explainedJson({ tag, ...rest }: Awaited<ReturnType<Audit['explain']>>): object {
  if (tag === undefined) return rest
  const { movedAt, ...facts } = tag
  return {
    ...rest,
    tag: { ...facts, ...(movedAt !== undefined && { movedAt: new Date(movedAt).toISOString() }) },
  }
}
