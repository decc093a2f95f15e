import type { SeededIdentity } from './seeded-identity.ts'

/** What its author wrote, in the language of the kind. Each revision has a line more. */
export function seededSource({ kind, title, slug }: SeededIdentity, about: string, revision: number): string {
  const name = title.replaceAll(' ', '')
  const lines = Array.from({ length: revision }, (_, at) => `Revision ${at + 1} says more about the edges.`)
  switch (kind) {
    case 'persona':
    case 'team':
    case 'workflow':
      return [
        `// ${about}`,
        `${kind} ${name} {`,
        `  title: "${title}"`,
        `  notes: "${[`Kept as ${slug}.`, ...lines].join(' ')}"`,
        '}',
        '',
      ].join('\n')
    case 'skill':
      return [
        '---',
        `name: ${slug.slice(0, 64)}`,
        `description: ${about}`,
        '---',
        `# ${title}`,
        '',
        ...[about, ...lines].map((line) => `- ${line}`),
        '',
      ].join('\n')
    default:
      return [`/** ${[about, ...lines].join(' ')} */`, `export ${declared(kind, name)}`, ''].join('\n')
  }
}

function declared(kind: string, name: string): string {
  switch (kind) {
    case 'type':
      return `type ${name} = { readonly id: string; readonly amount?: number }`
    case 'interface':
      return `interface ${name} {\n  readonly name: string\n  read(id: string): unknown\n}`
    case 'enum':
      return `const ${name} = { first: 0, second: 1 } as const`
    case 'function':
      return `function ${name}(input: string): string {\n  return input.trim()\n}`
    default:
      return `const ${name} = {}`
  }
}
