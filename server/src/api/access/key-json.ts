import type { ShownKey } from '../../boot/registry.ts'
import { RegistryError } from '../../domain/error.ts'
import type { KeyScope } from '../../domain/grant.ts'
import { isPermission } from '../../domain/permission.ts'
import type { ApiBody } from '../shared/route.ts'

/** What is said of a key that is to be made. */
export const newKeyMembers: readonly string[] = ['label', 'scopes', 'expiresAt', 'from']

export interface AskedKey {
  readonly label: string
  readonly scopes?: readonly KeyScope[]
  readonly expiresAt?: number
  readonly from?: readonly string[]
}

/** @throws RegistryError `parameter-invalid` */
export function newKeyOf(body: ApiBody): AskedKey {
  const [scopes, expiresAt, from] = [scopesOf(body), body.time('expiresAt'), body.texts('from')]
  return {
    label: body.requiredText('label'),
    ...(scopes !== undefined && { scopes }),
    ...(expiresAt !== undefined && { expiresAt }),
    ...(from !== undefined && { from }),
  }
}

function scopesOf(body: ApiBody): readonly KeyScope[] | undefined {
  return body.objects('scopes', ['permissions', 'namespace', 'kind', 'name'])?.map((scope, at): KeyScope => {
    const permissions = scope.texts('permissions') ?? []
    const strange = permissions.find((one) => !isPermission(one))
    if (strange !== undefined)
      throw new RegistryError('parameter-invalid', {
        parameter: `scopes/${at}/permissions`,
        reason: `there is no permission ${JSON.stringify(strange)}`,
      })
    return {
      permissions: permissions.filter(isPermission),
      namespace: scope.text('namespace') ?? '*',
      kind: scope.text('kind') ?? '*',
      name: scope.text('name') ?? '*',
    }
  })
}

export function keyJson({ createdAt, expiresAt, lastUsedAt, ...key }: ShownKey): object {
  return {
    ...key,
    createdAt: new Date(createdAt).toISOString(),
    ...(expiresAt !== undefined && { expiresAt: new Date(expiresAt).toISOString() }),
    ...(lastUsedAt !== undefined && { lastUsedAt: new Date(lastUsedAt).toISOString() }),
  }
}
