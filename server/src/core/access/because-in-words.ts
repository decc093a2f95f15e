import type { Decision } from './rights.ts'

/** What decided, in words that follow "since". */
export function becauseInWords({ because }: Decision): string {
  switch (because.by) {
    case 'system':
      return 'it is Lading itself'
    case 'owner':
      return `the namespace ${because.namespace} is theirs`
    case 'membership':
      return `they belong to the organisation ${because.organisation} as ${because.membership}`
    case 'grant':
      return `${because.to} has the role ${because.role} by the grant ${because.grant}`
    case 'visibility':
      return `the namespace is ${because.visibility}`
    case 'public-publish':
      return `everybody with an account may make artifacts in ${because.namespace}`
    case 'scope':
      return 'whoever has the key may, but the key is not good for it'
    case 'address':
      return `the namespace ${because.namespace} is not there for the address that they come from`
    case 'nothing':
      return 'nothing gives them that right'
  }
}
