import { resolve } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'

// Loads the test files that LADING_TEST_FILES names, a line each, into this process. Node's runner could do so itself
// (`--test-isolation=none`), but passes over a file that throws while it is loaded.
for (const file of (process.env['LADING_TEST_FILES'] ?? '').split('\n')) {
  try {
    await import(pathToFileURL(resolve(file)).href)
  } catch (error) {
    test(`${file} is loaded`, () => {
      throw error
    })
  }
}
