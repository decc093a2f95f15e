import type { Permission } from '../../domain/permission.ts'
import type { Principal } from '../../domain/principal.ts'
import type { Exchange } from '../../http/exchange.ts'
import type { RequestCaller } from '../../http/request-caller.ts'

export type ApiMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/**
 * Who is let in. `anyone`; `someone`: whoever has said who they are; `deciding`: whoever it is, and the use case says what they
 * may. What is not `anyone` asks an anonymous caller to log in.
 */
export type Admits = 'anyone' | 'someone' | 'deciding'

/** One request on its way through the API. */
export interface ApiCall {
  readonly exchange: Exchange
  readonly principal: Principal
  readonly caller: RequestCaller
  /** What a session has to show with its changes; undefined where none asks. */
  readonly csrf: string | undefined
  /** What stands in the path where the route has braces. */
  readonly at: (name: string) => string
  /** The JSON object that was sent, with no members but these. @throws RegistryError `parameter-invalid`, `too-large` */
  readonly body: (known: readonly string[]) => Promise<ApiBody>
}

/** Members of a body, taken at their word. Each method throws RegistryError `parameter-invalid`. */
export interface ApiBody {
  text(name: string): string | undefined
  requiredText(name: string): string
  flag(name: string): boolean | undefined
  texts(name: string): readonly string[] | undefined
  /** A time of RFC 3339, as ms since 1970. */
  time(name: string): number | undefined
  /** null where that was sent. */
  whole(name: string): number | null | undefined
  object(name: string, known: readonly string[]): ApiBody | undefined
  objects(name: string, known: readonly string[]): readonly ApiBody[] | undefined
}

/**
 * A permission in the namespace that the path or the body names, or in the registry; or to be something: `anyone`, who is shown what
 * they may see; `account`, whoever has said who they are; `self`, whom it is about; an owner; a member of the organisation; or
 * whoever may do anything at all there (`seeing`).
 */
export type RouteNeed =
  | { readonly permission: Permission; readonly of: 'namespace' | 'registry' }
  | { readonly be: 'anyone' | 'account' | 'self' | 'owner' | 'member' | 'seeing' }

/** Something that the API does: its methods, paths and doors are made of these, and so is the matrix of who may what. */
export interface ApiRoute {
  readonly method: ApiMethod
  /** `/api/v1/users/{user}/keys` */
  readonly path: string
  /** What it is called where requests are counted. */
  readonly name: string
  readonly admits: Admits
  /** What the use case asks for before it does it; the whole of it where several are named. */
  readonly needs: readonly [RouteNeed, ...RouteNeed[]]
  readonly handle: (call: ApiCall) => Promise<void>
}
