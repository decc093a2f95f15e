import { day } from './content.ts'
import type { Wrong } from './in-process.ts'
import type { Program } from './program.ts'

/** Where in `spans`: 1 ms, 13 hours, 25 hours, 6 and 11 days. */
const [soon, halfGrace, pastGrace, pastUntagged] = [0, 1, 2, 3]

const stock: Program = [
  { after: soon, requests: [0, 1, 2].map((blob) => ({ do: 'push-blob', repository: 0, blob })) },
]
const tagged = (manifest: number, tag: number): Program[number] => ({
  after: soon,
  requests: [{ do: 'push-manifest', repository: 0, manifest, tag }],
})
const collect = (after: number): Program[number] => ({ after, requests: [{ do: 'collect' }] })

/** A registry that keeps to other rules than the model thinks, and a program that must find it out. */
export const wrongRules: Readonly<Record<string, { readonly wrong: Wrong; readonly program: Program }>> = {
  'content goes too early': { wrong: { graceTime: day / 4 }, program: [...stock, collect(halfGrace)] },
  'content stays too long': { wrong: { graceTime: 30 * day }, program: [...stock, collect(pastGrace)] },
  'history lets go too early': {
    wrong: { historyWindow: day },
    program: [...stock, tagged(0, 0), tagged(1, 0), collect(pastUntagged)],
  },
  'the newest tag goes too': { wrong: { keepNewest: 0 }, program: [...stock, tagged(0, 2), collect(soon)] },
  'what nothing names goes too early': {
    wrong: { untagged: day / 4 },
    program: [
      ...stock,
      { after: soon, requests: [{ do: 'push-manifest', repository: 0, manifest: 0 }] },
      collect(halfGrace),
    ],
  },
}
