import { type Check, ok, warning } from './check.ts'

/** The one that the tests run on; see bin/lading.js. */
const madeFor = 26

export function nodeVersionCheck(version: string = process.versions.node): Check {
  return {
    name: 'Node',
    run: () =>
      Number(version.split('.')[0]) === madeFor
        ? [ok(version)]
        : [
            warning(
              `Node ${version} runs it, and Lading is made for Node ${madeFor}`,
              'install Lading with its optional dependencies, which bring that Node: npm install without --omit=optional',
            ),
          ],
  }
}
