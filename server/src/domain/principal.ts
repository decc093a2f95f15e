/** Who asks. `system` is Lading itself: a job, or an operator at the console; `name` says which. */
export type Principal =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'user'; readonly name: string }
  | { readonly kind: 'system'; readonly name: string }

/** For audit entries and logs. Injective: no user can pass for the system. */
export function describePrincipal(principal: Principal): string {
  switch (principal.kind) {
    case 'anonymous':
      return 'anonymous'
    case 'user':
      return `user:${principal.name}`
    case 'system':
      return `system:${principal.name}`
  }
}
