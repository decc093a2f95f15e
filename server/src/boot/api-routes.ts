import { factorRoutes } from '../api/access/factor-routes.ts'
import { grantRoutes } from '../api/access/grant-routes.ts'
import { identityRoutes } from '../api/access/identity-routes.ts'
import { namespaceRoutes } from '../api/access/namespace-routes.ts'
import { organisationRoutes } from '../api/access/organisation-routes.ts'
import { peopleRoutes } from '../api/access/people-routes.ts'
import { robotRoutes } from '../api/access/robot-routes.ts'
import { roleRoutes } from '../api/access/role-routes.ts'
import { ownRoutes } from '../api/access/routes.ts'
import { teamRoutes } from '../api/access/team-routes.ts'
import { tokenRoutes } from '../api/access/token-routes.ts'
import { explainRoutes } from '../api/audit/explain-routes.ts'
import { auditRoutes } from '../api/audit/routes.ts'
import { searchRoutes } from '../api/search/routes.ts'
import type { ApiRoute } from '../api/shared/route.ts'
import type { Registry } from './registry.ts'

/** All that stands below `/api`. The matrix of who may what has a row for each. */
export function apiRoutes(registry: Registry): readonly ApiRoute[] {
  return [
    ...searchRoutes(registry),
    ...ownRoutes(registry),
    ...peopleRoutes(registry),
    ...organisationRoutes(registry),
    ...teamRoutes(registry),
    ...namespaceRoutes(registry),
    ...robotRoutes(registry),
    ...factorRoutes(registry),
    ...grantRoutes(registry),
    ...roleRoutes(registry),
    ...tokenRoutes(registry),
    ...identityRoutes(registry),
    ...auditRoutes(registry),
    ...explainRoutes(registry),
  ]
}
