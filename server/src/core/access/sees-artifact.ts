import type { Artifact } from '../../domain/artifact.ts'
import type { Permission } from '../../domain/permission.ts'
import { describePrincipal, type Principal } from '../../domain/principal.ts'

/** `listed`: lists and searches have it. `named`: whoever names it gets it. `hidden`: it is as if it were not there. */
export type Seen = 'listed' | 'named' | 'hidden'

type SeenArtifact = Pick<Artifact, 'owner' | 'visibility' | 'published' | 'deleted'>

/**
 * How an artifact is there for somebody: of what they may read that which is published and not private, and what is their own
 * or theirs to change. What was deleted is there for whoever may delete it.
 * @param may what they may do with it
 */
export function seenBy(
  principal: Principal,
  artifact: SeenArtifact,
  may: (permission: Permission) => boolean,
): Seen {
  if (!may('artifacts:read')) return 'hidden'
  if (artifact.deleted && !may('artifacts:delete')) return 'hidden'
  const isOwn = principal.kind !== 'anonymous' && artifact.owner === describePrincipal(principal)
  if (isOwn || may('artifacts:update')) return 'listed'
  if (!artifact.published || artifact.visibility === 'private') return 'hidden'
  return artifact.visibility === 'public' ? 'listed' : 'named'
}
