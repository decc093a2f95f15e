import { formatDuration } from '../../domain/duration.ts'
import type { RepositoryName } from '../../domain/repository-name.ts'
import type { Retention, RetentionRule } from '../../domain/retention.ts'
import { formatTimestamp } from '../../domain/rfc3339.ts'
import { decidingGlob } from './immutable-tags.ts'

/** What the rules ask of a tag. */
export interface TagFacts {
  readonly tag: string
  readonly pushedAt: number
}

/** The rules of a namespace that speak of one repository, each with its number for a person. */
export function rulesFor(retention: Retention, repository: RepositoryName): readonly NumberedRule[] {
  return retention.tags.flatMap((rule, at) =>
    fits(rule.repositories, repository) ? [{ number: at + 1, rule }] : [],
  )
}

export interface NumberedRule {
  readonly number: number
  readonly rule: RetentionRule
}

export function speaksOf({ rule }: NumberedRule, tag: string): boolean {
  return fits(rule.tags, tag)
}

function fits(globs: readonly string[], text: string): boolean {
  return decidingGlob(globs, text)?.startsWith('!') === false
}

/** Which of the tags that a rule speaks of were pushed last. Of those pushed in the same millisecond, the name that sorts last counts as newer. */
export class Newest {
  readonly #most: number
  #tags: TagFacts[] = []
  #isSorted = true

  constructor(most: number) {
    this.#most = most
  }

  add({ tag, pushedAt }: TagFacts): void {
    this.#tags.push({ tag, pushedAt })
    this.#isSorted = false
    if (this.#tags.length > 2 * this.#most + 1000) this.#sort()
  }

  /** A tag that was pushed since it was added counts as newer than it was. */
  has(facts: TagFacts): boolean {
    if (!this.#isSorted) this.#sort()
    const last = this.#tags.at(-1)
    return this.#tags.length < this.#most || (last !== undefined && newestFirst(facts, last) <= 0)
  }

  #sort(): void {
    this.#tags = this.#tags.sort(newestFirst).slice(0, this.#most)
    this.#isSorted = true
  }
}

function newestFirst(a: TagFacts, b: TagFacts): number {
  if (a.pushedAt !== b.pushedAt) return b.pushedAt - a.pushedAt
  if (a.tag === b.tag) return 0
  // Tags are ASCII: this is their byte order.
  return a.tag < b.tag ? 1 : -1
}

/** All that is known of one repository's tags while its rules are applied. */
export class TagRules {
  readonly #source: string
  readonly #rules: readonly { readonly numbered: NumberedRule; readonly newest: Newest }[]

  /** `source`: whose rules they are, for a person: `namespace acme`. */
  constructor(source: string, rules: readonly NumberedRule[]) {
    this.#source = source
    this.#rules = rules.map((numbered) => ({ numbered, newest: new Newest(numbered.rule.keepNewest ?? 0) }))
  }

  /** Each tag once, before the first question. */
  add(facts: TagFacts): void {
    for (const { numbered, newest } of this.#rules) {
      if (numbered.rule.keepNewest !== undefined && speaksOf(numbered, facts.tag)) newest.add(facts)
    }
  }

  /** Whether pulls have a say. */
  asksForPulls({ tag }: TagFacts): boolean {
    return this.#rules.some(
      ({ numbered }) => numbered.rule.keepPulledWithin !== undefined && speaksOf(numbered, tag),
    )
  }

  /** Why the tag goes, for a person; undefined: it stays. `lastPull`: 0 for never. */
  whyGoes(facts: TagFacts, lastPull: number, now: number): string | undefined {
    const speaking = this.#rules.filter(({ numbered }) => speaksOf(numbered, facts.tag))
    if (speaking.length === 0) return undefined
    for (const { numbered, newest } of speaking) {
      const { keepNewest, keepPulledWithin, keepPushedWithin } = numbered.rule
      if (keepNewest !== undefined && newest.has(facts)) return undefined
      if (keepPulledWithin !== undefined && lastPull > 0 && lastPull >= now - keepPulledWithin)
        return undefined
      if (keepPushedWithin !== undefined && facts.pushedAt >= now - keepPushedWithin) return undefined
    }
    const said = speaking.map(({ numbered }, at) =>
      describeRule(numbered, at === 0 ? this.#source : undefined),
    )
    const pulled = this.asksForPulls(facts) ? ` and last pulled ${shownPull(lastPull)}` : ''
    return `${said.join('; ')}; this one was pushed ${formatTimestamp(facts.pushedAt)}${pulled}`
  }
}

function describeRule({ number, rule }: NumberedRule, source: string | undefined): string {
  const { keepNewest, keepPulledWithin, keepPushedWithin } = rule
  const kept = [
    ...(keepNewest === undefined ? [] : [`the newest ${keepNewest}`]),
    ...(keepPulledWithin === undefined ? [] : [`what was pulled within ${formatDuration(keepPulledWithin)}`]),
    ...(keepPushedWithin === undefined ? [] : [`what was pushed within ${formatDuration(keepPushedWithin)}`]),
  ]
  return `rule ${number}${source === undefined ? '' : ` of ${source}`} keeps ${kept.length === 0 ? 'none' : listed(kept)}`
}

function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
}

export function shownPull(lastPull: number): string {
  return lastPull === 0 ? 'never' : formatTimestamp(lastPull)
}
