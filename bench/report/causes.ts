import { readFile } from 'node:fs/promises'

/** By the name of what was measured: why its goal is missed, in Markdown. */
export type Causes = ReadonlyMap<string, string>

/** What stands of a missed goal that nobody has explained. */
export const unexplained = 'not explained yet'

/**
 * The file of causes, written by hand: a heading `## <name>` for each missed goal, and below it what the profile showed
 * and what was tried. Throws where a heading names nothing that is measured, which a renamed row would leave behind.
 */
export async function readCauses(path: string, names: readonly string[]): Promise<Causes> {
  return causesIn(await readFile(path, 'utf8'), names)
}

export function causesIn(text: string, names: readonly string[]): Causes {
  const [, ...sections] = text.split(/^## /m)
  const causes = sections.map((section): [string, string] => {
    const end = section.indexOf('\n')
    return end === -1 ? [section.trim(), ''] : [section.slice(0, end).trim(), section.slice(end).trim()]
  })
  for (const [name, cause] of causes) {
    if (!names.includes(name)) throw new Error(`a cause of what is not measured: ${name}`)
    if (cause === '') throw new Error(`no cause below the heading ${name}`)
  }
  return new Map(causes)
}
